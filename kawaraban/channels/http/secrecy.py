"""
No secret in an error or a log line: secrets become ‹…›, addresses lose user, password, query and fragment.

What a server says may go into an error too, as one short line that gives no orders to who prints or stores it.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Collection
from urllib.parse import quote, urlsplit, urlunsplit

HIDDEN = "‹…›"
_SHORTEST = 4
_UNMISTAKABLE = 16
_LONGEST = 300
_TOKENS = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]+){0,2}", re.ASCII)
"""A JSON web token (RFC 7519, compact), or its beginning: what we sign for one request, or got for a session, and no setting holds."""
_ORDERS = frozenset({"Cc", "Cs"})  # controls, and halves of surrogate pairs, which nothing can store
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def redacted(text: str, secrets: Collection[str]) -> str:
    """Return the text with every secret hidden, also where it is percent-encoded. Very short ones are left alone."""
    forms = {form for secret in secrets for form in (secret, quote(secret, safe="")) if len(secret) >= _SHORTEST}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text


def unechoed(body: bytes, secrets: Collection[str]) -> bytes:
    """
    Return what a server sent without our own long secrets, as they are or escaped: one that echoes them may name a post so.

    Shorter ones than 16 are left: they may be words of an article that is read back.
    """
    for secret in secrets:
        if len(secret) >= _UNMISTAKABLE:
            for form in {secret, quote(secret, safe=""), secret.replace("/", "\\/")}:
                body = body.replace(form.encode(), HIDDEN.encode())
    return body


def quoted(said: str, secrets: Collection[str] = (), longest: int | None = _LONGEST) -> str:
    """Return a server's own words as they may stand in an error: one line, no secrets, nothing that steers a terminal."""
    line = " ".join("".join(filter(_is_harmless, said)).split())
    return _TOKENS.sub(HIDDEN, redacted(line, secrets))[:longest]


def _is_harmless(letter: str) -> bool:
    return letter.isspace() or (letter not in _TURNS and unicodedata.category(letter) not in _ORDERS)


def shown(url: str, secrets: Collection[str]) -> str:
    """Return an address as a person may see it in an error."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return HIDDEN
    whole = urlunsplit((parts.scheme, f"{parts.hostname or ''}{port}", parts.path, "", ""))
    return quoted(whole, secrets, longest=None)


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
