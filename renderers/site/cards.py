"""What lists show of an article, and the order and numbers articles have in the paper and in their series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from kawaraban import address
from kawaraban.config import Publication, Series
from kawaraban.edition import LiveArticle, edition_key
from kawaraban.variant import Asset, Head, Variant
from renderers.site import dates
from renderers.site.typeset import kanji

PAGE_SIZE = 20

Name = TypeVar("Name", str, tuple[int, int])


@dataclass(frozen=True, eq=False)
class Card:
    """
    One article in a list. `number` is its place in its series, from 1 (0: none), `label` that place in words (第十四回).

    `series` is the declared series, None where it has none or an undeclared one (then `head.series` has its name).
    """

    variant: Variant
    since: datetime
    hidden: bool
    series: Series | None = None
    number: int = 0

    @property
    def id(self) -> str:
        """The article's id."""
        return self.variant.article

    @property
    def head(self) -> Head:
        """The variant's head."""
        return self.variant.head

    @property
    def title(self) -> str:
        """The title, one string."""
        return self.variant.title

    @property
    def path(self) -> str:
        """Its page."""
        return address.article(self.variant.head.slug)

    @property
    def label(self) -> str:
        """第十四回, or "" outside a series."""
        return f"第{kanji(self.number)}{self.series.counter if self.series else '回'}" if self.number else ""

    @cached_property
    def shown(self) -> datetime:
        """The instant readers see: `published`, else since when it is live."""
        return self.variant.head.published or self.since

    @property
    def cover(self) -> Asset | None:
        """The article's own picture, if it has one."""
        return self.variant.asset(self.variant.head.cover) if self.variant.head.cover else None

    @property
    def picture(self) -> Asset | None:
        """What the home page shows of it: the cover, else its first picture."""
        return self.cover or next(iter(self.variant.assets), None)

    def asset_path(self, asset: Asset) -> str:
        """A picture's address: it lies beside the page."""
        return address.article_asset(self.variant.head.slug, asset.name)

    @cached_property
    def key(self) -> str:
        """A hash over what lists and neighbours show of it: another body alone changes no list."""
        head = self.variant.head
        return edition_key(
            self.id, self.title, head.slug, head.description, head.series, self.shown.isoformat(), self.label
        )


@dataclass(frozen=True)
class Shelf:
    """All articles of the edition: every one by id, oldest first; and those that lists show, newest first."""

    cards: tuple[Card, ...]
    listed: tuple[Card, ...]
    series: Mapping[str, tuple[Card, ...]]
    tags: Mapping[str, tuple[Card, ...]]
    people: Mapping[str, tuple[Card, ...]]
    months: Mapping[tuple[int, int], tuple[Card, ...]]

    @cached_property
    def _neighbours(self) -> Mapping[str, tuple[Card | None, Card | None]]:
        found: dict[str, tuple[Card | None, Card | None]] = {}
        for shelf in self.series.values():
            for place, card in enumerate(shelf):
                older = shelf[place + 1] if place + 1 < len(shelf) else None
                found[card.id] = (older, shelf[place - 1] if place else None)
        return found

    def neighbours(self, card: Card) -> tuple[Card | None, Card | None]:
        """Return the previous and the next article of its series (older, newer); hidden ones are passed over."""
        return self._neighbours.get(card.id, (None, None))


def shelve(live: Sequence[LiveArticle], publication: Publication) -> Shelf:
    """Put the articles in order: by the instant readers see, then by id; numbers count from the oldest of a series."""
    cards = tuple(_numbered(live, publication))
    listed = tuple(card for card in reversed(cards) if not card.hidden)
    zone = publication.zone

    def month(card: Card) -> tuple[int, int]:
        day = dates.local(card.shown, zone)
        return day.year, day.month

    return Shelf(
        cards,
        listed,
        _grouped((card.head.series, card) for card in listed if card.head.series),
        _grouped((tag, card) for card in listed for tag in dict.fromkeys(card.head.tags)),
        _grouped((name, card) for card in listed for name in dict.fromkeys((*card.head.authors, *card.head.speakers))),
        _grouped((month(card), card) for card in listed),
    )


def _numbered(live: Sequence[LiveArticle], publication: Publication) -> Iterable[Card]:
    declared = {series.name: series for series in publication.series.values()}
    numbers: dict[str, int] = defaultdict(int)
    for one in sorted(live, key=lambda one: (one.variant.head.published or one.since, one.variant.article)):
        name = one.variant.head.series
        counted = bool(name) and not one.hidden
        if counted:
            numbers[name] += 1
        yield Card(one.variant, one.since, one.hidden, declared.get(name), numbers[name] if counted else 0)


def _grouped(pairs: Iterable[tuple[Name, Card]]) -> dict[Name, tuple[Card, ...]]:
    found: dict[Name, list[Card]] = defaultdict(list)
    for name, card in pairs:
        found[name].append(card)
    return {name: tuple(cards) for name, cards in found.items()}


@dataclass(frozen=True)
class Chunk:
    """
    One page of a list, newest first. Page 1 is the oldest and never changes; the front (number 0) holds the newest.

    `first` and `last` are the places of its oldest and newest card, counted from the oldest of all, from 1.
    """

    number: int
    numbered: int
    first: int
    cards: tuple[Card, ...]

    @property
    def last(self) -> int:
        """The place of its newest card."""
        return self.first + len(self.cards) - 1

    @property
    def is_front(self) -> bool:
        """Whether it stands at the list's own address."""
        return self.number == 0


def chunks(cards: Sequence[Card], size: int = PAGE_SIZE) -> list[Chunk]:
    """
    Cut a list (newest first) into its front and numbered pages whose numbers never shift.

    The front grows from `size` to twice that less one; then its older half becomes the next numbered page. So one new
    article changes the front alone, and no front ever shows a single article of many.
    """
    numbered = max(0, len(cards) // size - 1)
    oldest_first = list(reversed(cards))
    front = oldest_first[numbered * size :]
    found = [Chunk(0, numbered, numbered * size + 1, tuple(reversed(front)))]
    for number in range(1, numbered + 1):
        start = (number - 1) * size
        found.append(Chunk(number, numbered, start + 1, tuple(reversed(oldest_first[start : start + size]))))
    return found
