"""
Edition: the files of the whole site at one moment, in the order in which they may be written.

A renderer yields EditionFiles without making their bytes: each carries a `key` over everything it is made from, so a
writer that remembers keys makes and writes only what changed. Assets come before the pages that show them, pages before
the lists that link to them, lists before feeds and sitemap: never does anything public link to what is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from kawaraban.variant import Variant


class Stage(IntEnum):
    """
    The order of writing; removal goes the other way round. POINTERS name files of FEEDS: robots.txt, a sitemap index.

    TOMBSTONES stand in for pages that go: they come when nothing links to those any more, and before those are removed.
    """

    ASSETS = 0
    PAGES = 1
    LISTS = 2
    FEEDS = 3
    POINTERS = 4
    TOMBSTONES = 5


@dataclass(frozen=True, slots=True)
class EditionFile:
    """
    One public file. `path` is relative to the channel's folder, `/`-separated, NFC, never leading out of it.

    `key` is a hash over everything the bytes depend on; `make` makes the bytes. `bare` makes the same page with no link to
    any other page, list or feed of the site (pictures, style sheet and its own anchors stay): where several files are new
    and link to each other, each is written bare first, so that none ever links to nothing. Every HTML file that links to
    others has one. Where somebody else's file stands at a path that `yields`, theirs stays (an operator's robots.txt);
    nothing may link to such a file.
    """

    path: str
    stage: Stage
    key: str
    make: Callable[[], bytes]
    bare: Callable[[], bytes] | None = None
    yields: bool = False


@dataclass(frozen=True, slots=True)
class LiveArticle:
    """
    An article as the edition shows it: its live variant and since when it is public there.

    `since` is the first confirmed live instant on this channel. `hidden` (archived) keeps its page and leaves home and lists.
    """

    variant: Variant
    since: datetime
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """
    An article that was public and is no more: its last variant, the day it was taken down, and the reason given.

    `expired`: nobody withdrew it, its time was over.
    """

    variant: Variant
    at: datetime | date
    reason: str = ""
    expired: bool = False


def edition_key(*parts: str) -> str:
    """Return the SHA-256 (hex) over the parts, each closed by a NUL so that no two lists collide."""
    return hashlib.sha256("".join(f"{part}\0" for part in parts).encode()).hexdigest()


def edition_digest(files: Iterable[EditionFile]) -> str:
    """Return the digest of a whole edition: the same files with the same keys give the same digest."""
    return edition_key(*(f"{file.path}={file.key}" for file in sorted(files, key=lambda file: file.path)))
