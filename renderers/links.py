"""Addresses inside an article that is read elsewhere: absolute, percent-encoded, and never one that a reader could be harmed by."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from renderers.cleaning import clean

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_KEPT = "/:@!$&'()*+,;=~%"


def absolute(page: str, href: str) -> str:
    """
    Return the address that `href` means on `page`, as a URI (RFC 3986) with an ASCII host.

    "" where it can't be linked: a scheme that may run something, or no address at all. What it names stays as text.
    """
    try:
        parts = urlsplit(urljoin(page, clean(href).strip()))
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except ValueError:  # UnicodeError is one
        return ""
    if parts.scheme not in _SCHEMES or (parts.scheme.startswith("http") and not host):
        return ""
    path, query, fragment = (_encoded(part) for part in (parts.path, parts.query, parts.fragment))
    return SplitResult(parts.scheme, host, path, query, fragment).geturl()


def _encoded(part: str) -> str:
    return _STRAY_PERCENT.sub("%25", quote(part, safe=f"{_KEPT}?"))
