"""Addresses of everything public (DESIGN section 4): paths below the site's root, and their absolute URLs."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

HOME = "/"
FEEDS_PAGE = "/feeds/"
CORRECTIONS_PAGE = "/corrections/"
FIND_PAGE = "/archive/"
ABOUT_PAGE = "/about/"
SITEMAP = "/sitemap.xml"
TOMBSTONE = "410.html"
"""What stands at the end of an address whose page was taken down (`/articles/x/` + this): servers answer 410 with it."""
FEED_FILES = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}


def readable(url: str | None) -> str | None:
    """Return an address that a server gave for its page if readers may be led there: http(s), with a host, in one piece; else None."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    whole = url is not None and url.isprintable() and not any(letter.isspace() for letter in url)
    return url if whole and parts.scheme in {"http", "https"} and parts.hostname else None


def segment(name: str) -> str:
    """Return one path segment: NFC, percent-encoded (RFC 3986), `/` included, so that no name leaves its folder."""
    encoded = quote(unicodedata.normalize("NFC", name), safe="")
    return {".": "%2E", "..": "%2E%2E"}.get(encoded, encoded)


def article(slug: str) -> str:
    """Return the article's page."""
    return f"/articles/{segment(slug)}/"


def article_asset(slug: str, name: str) -> str:
    """Return a picture beside an article's page."""
    return f"{article(slug)}{segment(name)}"


def series(slug: str) -> str:
    """Return a series' list."""
    return f"/series/{segment(slug)}/"


def series_index() -> str:
    """Return the list of all series."""
    return "/series/"


def tag(name: str) -> str:
    """Return a tag's list."""
    return f"/tags/{segment(name)}/"


def person(slug: str) -> str:
    """Return a person's page."""
    return f"/people/{segment(slug)}/"


def archive(year: int, month: int | None = None) -> str:
    """Return the archive of a year or a month."""
    return f"/archive/{year}/" if month is None else f"/archive/{year}/{month:02d}/"


def page(slug: str) -> str:
    """Return a page of `content/pages/`."""
    return f"/{segment(slug)}/"


def numbered(list_path: str, number: int) -> str:
    """Return page `number` of a list; page 1 is the oldest and never changes its address."""
    return f"{list_path}page/{number}/"


def feed(form: str, series_slug: str | None = None) -> str:
    """Return a feed's path; `form` is rss, atom or json."""
    below = HOME if series_slug is None else series(series_slug)
    return f"{below}{FEED_FILES[form]}"


def absolute(base_url: str, path: str) -> str:
    """Return the absolute URL of a path below the site's root; `base_url` may itself have a path."""
    return urljoin(base_url.rstrip("/") + "/", path.lstrip("/"))


def encoded(url: str) -> str:
    """Return a URL in ASCII only: the host in IDNA, the rest percent-encoded (what is encoded already stays)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    port = f":{parts.port}" if parts.port and not parts.netloc.isascii() else ""
    path, query, fragment = (
        quote(part, safe="/%:@!$&'()*+,;=?~-._") for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, f"{host}{port}", path, query, fragment))
