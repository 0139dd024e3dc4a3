"""Tombstones: what readers find where an article was taken down. In no list, sitemap or feed; servers answer 410 with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from kawaraban import address
from kawaraban.edition import EditionFile, Gone, Stage
from renderers.site import dates
from renderers.site.frame import Frame, file_of
from renderers.site.machine import Room, alias_path


def tombstones(frame: Frame, gone: Sequence[Gone], taken: Iterable[str]) -> Iterator[EditionFile]:
    """Yield one for each address of each article that is gone; an address that something stands at again has none."""
    room = Room(taken)
    for one in sorted(gone, key=lambda one: one.variant.article):
        head = one.variant.head
        own = file_of(address.article(head.slug))
        for path in (own, *filter(None, map(alias_path, head.aliases))):
            if room.takes(path):
                yield _tombstone(frame, one, path)


def _tombstone(frame: Frame, one: Gone, path: str) -> EditionFile:
    where = path.removesuffix("index.html")
    page = replace(
        frame.page("/" + quote(where), one.variant.title, running=(frame.site.name,)),
        lang=one.variant.head.lang,
        description="",
        year=dates.local(one.at, frame.publication.zone).year,
        feeds=(),
        indexed=False,
    )
    depends = [one.at.isoformat(), one.reason, str(one.expired)]
    made = frame.file(page, "tombstone.html", Stage.TOMBSTONES, depends, partial(_itself, one))
    return replace(made, path=where + address.TOMBSTONE)


def _itself(one: Gone) -> Gone:
    return one
