"""No secret in an error or a log line: secrets become ‹…›, addresses lose user, password, query and fragment."""

from __future__ import annotations

import logging
from collections.abc import Collection
from urllib.parse import quote, urlsplit, urlunsplit

HIDDEN = "‹…›"
_SHORTEST = 4


def redacted(text: str, secrets: Collection[str]) -> str:
    """Return the text with every secret hidden, also where it is percent-encoded. Very short ones are left alone."""
    forms = {form for secret in secrets for form in (secret, quote(secret, safe="")) if len(secret) >= _SHORTEST}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text


def shown(url: str, secrets: Collection[str]) -> str:
    """Return an address as a person may see it in an error."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return HIDDEN
    return redacted(urlunsplit((parts.scheme, f"{parts.hostname or ''}{port}", parts.path, "", "")), secrets)


class Redaction(logging.Filter):
    """Hides secrets in the HTTP library's own log lines."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record where it holds a secret; it always passes."""
        said = record.getMessage()
        if (safe := redacted(said, self._secrets)) != said:
            record.msg, record.args = safe, ()
        return True
