"""The lists of the site: series, tags, people, months; each in pages whose numbers never shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from kawaraban import address
from kawaraban.config import Person, Series
from kawaraban.edition import EditionFile, Stage, edition_key
from renderers.site import dates
from renderers.site.cards import PAGE_SIZE, Card, Chunk, Shelf, chunks
from renderers.site.frame import Frame
from renderers.site.typeset import digits, kanji
from renderers.site.views import Count, FindView, ListView, Name, Pager, SeriesEntry, Year


@dataclass(frozen=True)
class ListOf:
    """One list before it is cut into pages; `says` is what stands under its heading."""

    kind: str
    path: str
    heading: str
    cards: tuple[Card, ...]
    says: str = ""
    series: Series | None = None
    person: Person | None = None
    others: tuple[Series, ...] = ()
    running: str = ""
    """What the running head says instead of `heading`: there, digits would lie on their side."""


@dataclass(frozen=True)
class Lists:
    """Makes the lists' files."""

    frame: Frame
    shelf: Shelf

    def files(self) -> Iterator[EditionFile]:
        """Yield every list."""
        for one in self.all():
            yield from self._pages(one)
        yield self._series_index()
        yield self._find()

    def all(self) -> Iterator[ListOf]:
        """Yield every list there is: declared series and people also while they are empty."""
        declared = tuple(self.frame.publication.series.values())
        for series in declared:
            yield ListOf("series", address.series(series.slug), series.name, self.shelf.series.get(series.name, ()),
                         series.description, series=series, others=tuple(one for one in declared if one is not series))  # fmt: skip
        for tag, cards in sorted(self.shelf.tags.items()):
            yield ListOf("tag", address.tag(tag), tag, cards)
        for person in self.frame.publication.people.values():
            yield ListOf("person", address.person(person.slug), person.name, self.shelf.people.get(person.name, ()),
                         person.description, person=person)  # fmt: skip
        for (year, month), cards in sorted(self.shelf.months.items()):
            yield ListOf("month", address.archive(year, month), f"{year}年{month}月", cards,
                         running=f"{digits(year)}年{kanji(month)}月")  # fmt: skip

    def _pages(self, one: ListOf) -> Iterator[EditionFile]:
        for chunk in chunks(one.cards):
            path = one.path if chunk.is_front else address.numbered(one.path, chunk.number)
            running = (
                one.running or one.heading,
                self._total(one) if chunk.is_front else _places(one, chunk.first, chunk.last),
                self.frame.site.name,
            )
            title = one.heading if chunk.is_front else f"{one.heading}（{_places(one, chunk.first, chunk.last)}）"
            page = replace(
                self.frame.page(path, title, series=one.series, running=running),
                year=self._year(chunk.cards),
                description=one.says or self.frame.publication.description,
            )
            depends = [self._described(one, chunk), str(chunk.number), str(chunk.numbered if chunk.number in (0, chunk.numbered) else ""),
                       str(chunk.first), *(card.key for card in chunk.cards), self._first_key(one, chunk)]  # fmt: skip
            yield self.frame.file(page, "list.html", Stage.LISTS, depends, partial(self._view, one, chunk))

    def _described(self, one: ListOf, chunk: Chunk) -> str:
        return edition_key(
            one.kind, one.path, one.heading, one.says,
            one.series.model_dump_json() if one.series else "", one.person.model_dump_json() if one.person else "",
            *(f"{other.slug}\t{other.name}" for other in _others(one, chunk)),
        )  # fmt: skip

    def _first_key(self, one: ListOf, chunk: Chunk) -> str:
        first = _first(one, chunk)
        return first.path if first else ""

    def _view(self, one: ListOf, chunk: Chunk) -> ListView:
        feeds = self.frame.feeds(one.series) if one.series else ()
        return ListView(
            kind=one.kind, heading=one.heading, says=one.says, years=tuple(self._years(chunk.cards)),
            pager=_pager(one, chunk), series=one.series, person=one.person, first=_first(one, chunk),
            feed=feeds[0].url if feeds else None, others=_others(one, chunk),
        )  # fmt: skip

    def _years(self, cards: Sequence[Card]) -> Iterator[Year]:
        zone = self.frame.publication.zone
        for year, some in groupby(cards, key=lambda card: dates.local(card.shown, zone).year):
            yield Year(year, tuple(some))

    def _year(self, cards: Sequence[Card]) -> int | None:
        return dates.local(cards[0].shown, self.frame.publication.zone).year if cards else None

    def _total(self, one: ListOf) -> str:
        return f"全{kanji(len(one.cards))}{one.series.counter if one.series else '本'}" if one.cards else ""

    # --- lists of lists ------------------------------------------------------------------------------------------

    def _series_index(self) -> EditionFile:
        entries = tuple(
            SeriesEntry(series, len(cards), next(iter(cards), None))
            for series in self.frame.publication.series.values()
            for cards in (self.shelf.series.get(series.name, ()),)
        )
        page = self.frame.page(address.series_index(), "連載", running=("連載", self.frame.site.name))
        depends = [
            f"{entry.series.model_dump_json()}{entry.count}{entry.newest.key if entry.newest else ''}"
            for entry in entries
        ]
        return self.frame.file(page, "series-index.html", Stage.LISTS, depends, lambda: entries)

    def _find(self) -> EditionFile:
        months = tuple(
            (year, tuple(Count(f"{month}月", address.archive(year, month), len(self.shelf.months[(year, month)]))
                         for _, month in some))
            for year, some in groupby(sorted(self.shelf.months, reverse=True), key=lambda pair: pair[0])
        )  # fmt: skip
        found = {
            kind: tuple(
                Count(one.heading, one.path, len(one.cards)) for one in self.all() if one.kind == kind and one.cards
            )
            for kind in ("series", "tag", "person")
        }
        view = FindView(months, found["series"], found["tag"], found["person"])
        page = self.frame.page(address.FIND_PAGE, "さがす", running=("さがす", self.frame.site.name))
        return self.frame.file(page, "find.html", Stage.LISTS, [repr(view)], lambda: view)


def _others(one: ListOf, chunk: Chunk) -> tuple[Series, ...]:
    """Return the other series that a series' front names; older pages don't, so that a new series leaves them alone."""
    return one.others if chunk.is_front else ()


def _first(one: ListOf, chunk: Chunk) -> Card | None:
    """Return the oldest article where a series' front offers to begin with it."""
    return one.cards[-1] if one.kind == "series" and chunk.is_front and len(one.cards) > 1 else None


def _places(one: ListOf, first: int, last: int) -> str:
    """Return 第一回から第二十回, or the like for a list that is no series."""
    counter = one.series.counter if one.series else "本目"
    prefix = "第" if one.series else ""
    words = [f"{prefix}{kanji(place)}{counter}" for place in (first, last)]
    return "から".join(dict.fromkeys(words))


def _numbered_places(one: ListOf, number: int) -> str:
    """Return the places on a numbered page, which is always full."""
    return _places(one, (number - 1) * PAGE_SIZE + 1, number * PAGE_SIZE)


def _pager(one: ListOf, chunk: Chunk) -> Pager | None:
    if not chunk.numbered:
        return None
    before = chunk.numbered if chunk.is_front else chunk.number - 1
    older = Name(_numbered_places(one, before), address.numbered(one.path, before)) if before else None
    newer = None
    if chunk.number == chunk.numbered:
        newer = Name("いちばん新しい頁", one.path)
    elif not chunk.is_front:
        newer = Name(_numbered_places(one, chunk.number + 1), address.numbered(one.path, chunk.number + 1))
    return Pager(_places(one, chunk.first, chunk.last), older, newer)
