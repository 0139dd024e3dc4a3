"""What machines read: sitemap (sitemaps.org 0.9), robots.txt (RFC 9309), and the redirects of former addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote, unquote, urlsplit

from kawaraban import address
from kawaraban.edition import EditionFile, Stage, edition_key
from renderers.site import dates
from renderers.site.cards import Card
from renderers.site.frame import Frame

ONE_FILE = 1000
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME_BYTES = 255


@dataclass(frozen=True)
class Entry:
    """One address in a sitemap; `changed` is RFC 3339 or ""."""

    url: str
    changed: str = ""


def sitemaps(frame: Frame, cards: Sequence[Card], lists: Sequence[str]) -> Iterator[EditionFile]:
    """Yield the sitemap: one file while the paper is small, then an index with one file a year and one of the lists."""
    base = frame.publication.base_url
    own = [Entry(address.absolute(base, path)) for path in lists]
    if len(cards) <= ONE_FILE:
        yield _sitemap(frame, "sitemap.xml", [*own, *(_entry(frame, card) for card in cards)])
        return
    years: dict[int, list[Entry]] = {}
    for card in cards:
        years.setdefault(dates.local(card.shown, frame.publication.zone).year, []).append(_entry(frame, card))
    files = {"sitemap-lists.xml": own, **{f"sitemap-{year}.xml": entries for year, entries in sorted(years.items())}}
    for name, entries in files.items():
        yield _sitemap(frame, name, entries)
    yield _sitemap(frame, "sitemap.xml", [Entry(address.absolute(base, name)) for name in files], index=True)


def _entry(frame: Frame, card: Card) -> Entry:
    return Entry(card.head.url, dates.machine(card.head.updated or card.shown, frame.publication.zone))


def _sitemap(frame: Frame, path: str, entries: Sequence[Entry], *, index: bool = False) -> EditionFile:
    key = edition_key("sitemap", frame.theme.digest, str(index), *(f"{one.url} {one.changed}" for one in entries))
    make = partial(frame.theme.render, "sitemap.xml", entries=entries, index=index)
    return EditionFile(path, Stage.POINTERS if index else Stage.FEEDS, key, make)


def robots(frame: Frame) -> EditionFile:
    """Return robots.txt: everything may be read, and where the sitemap is. An operator's own one stays."""
    sitemap = address.absolute(frame.publication.base_url, address.SITEMAP)
    key = edition_key("robots", frame.theme.digest, sitemap)
    make = partial(frame.theme.render, "robots.txt", sitemap=sitemap)
    return EditionFile("robots.txt", Stage.POINTERS, key, make, yields=True)


def icon(frame: Frame) -> EditionFile:
    """Return the seal as the site's icon."""
    site = frame.site
    key = edition_key("icon", frame.theme.digest, site.seal)
    return EditionFile(
        site.icon.lstrip("/"), Stage.ASSETS, key, partial(frame.theme.render, "seal.svg", seal=site.seal)
    )


# --- former addresses ------------------------------------------------------------------------------------------------


def alias_path(alias: str) -> str | None:
    """
    Return the file a former address needs; None where it leads out of the site's folder or names nothing.

    An alias is a path, a whole URL (its path counts) or a former slug.
    """
    try:
        path = unquote(urlsplit(alias.strip()).path, errors="strict")
    except (UnicodeDecodeError, ValueError):
        return None
    if _SLUG.fullmatch(path):
        path = address.article(path)
    parts = [part for part in path.split("/") if part]
    if not parts or any(part.startswith(".") or not part.isprintable() or "\\" in part for part in parts):
        return None
    if any(len(part.encode()) > _NAME_BYTES for part in parts):
        return None
    return "/".join(parts) if parts[-1].lower().endswith((".html", ".htm")) else "/".join([*parts, "index.html"])


def redirects(frame: Frame, cards: Iterable[Card], taken: Iterable[str]) -> Iterator[EditionFile]:
    """Yield a small page at each former address; an address that a file of ours has, or needs as a folder, is left alone."""
    room = Room(taken)
    for card in cards:
        for alias in card.head.aliases:
            path = alias_path(alias)
            if path is None or not room.takes(path):
                continue
            here = "/" + quote(path.removesuffix("index.html"))
            page = replace(
                frame.page(here, card.title), canonical=card.head.url, lang=card.head.lang, feeds=(), indexed=False
            )
            yield frame.file(page, "redirect.html", Stage.LISTS, [card.path], partial(_itself, card))


def _itself(card: Card) -> Card:
    return card


class Room:
    """Which addresses are free: a file can neither stand where another does nor where another needs a folder."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._files = set(taken)
        self._folders = {folder for path in self._files for folder in _folders(path)}

    def takes(self, path: str) -> bool:
        """Take an address; False where it is not free."""
        above = _folders(path)
        if path in self._files or path in self._folders or not self._files.isdisjoint(above):
            return False
        self._files.add(path)
        self._folders |= set(above)
        return True


def _folders(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
