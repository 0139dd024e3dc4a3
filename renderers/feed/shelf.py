"""Which items a feed shows, in which order, and the ids and dates that never move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property

from kawaraban import address
from kawaraban.config import Publication, Series
from kawaraban.edition import LiveArticle, edition_key
from kawaraban.errors import Blocked, Sentence
from kawaraban.variant import Asset, Variant
from renderers.cleaning import clean, line

COMPLETE_ITEMS = 50
COMPLETE_BYTES = 1_000_000
WIDE_COVER = 1200
SUMMARY_LENGTH = 200


@dataclass(frozen=True)
class Item:
    """One article in a feed. `id` is a `tag:` URI (RFC 4151), or the id an earlier feed used."""

    variant: Variant
    published: datetime
    updated: datetime
    changed: bool
    id: str

    @property
    def cover(self) -> Asset | None:
        """The cover, when it is wide enough to be worth showing."""
        asset = self.variant.asset(self.variant.head.cover) if self.variant.head.cover else None
        return asset if asset is not None and asset.width >= WIDE_COVER else None

    @property
    def names(self) -> tuple[str, ...]:
        """The authors, else those who speak."""
        return _names(self.variant.head.authors or self.variant.head.speakers)

    @property
    def byline(self) -> str:
        """Their names on one line."""
        return "、".join(self.names)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, each once, none empty."""
        return _names(self.variant.head.tags)

    @property
    def title(self) -> str:
        """The title on one line."""
        return line(self.variant.title)

    @property
    def summary(self) -> str:
        """What it is about in at most 200 characters of plain text, never empty, never cut out of the HTML."""
        return line(self.variant.head.description) or self.title[:SUMMARY_LENGTH]


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(line, names))))


@dataclass(frozen=True)
class Feed:
    """A feed in all its forms: what it is about and what it shows. `complete`: it holds every item there is."""

    publication: Publication
    series: Series | None
    items: tuple[Item, ...]
    complete: bool

    @property
    def title(self) -> str:
        """The paper's name, with the series'."""
        name = self.publication.name
        return line(f"{name}：{self.series.name}" if self.series else name)

    @property
    def description(self) -> str:
        """One sentence about it, never empty."""
        own = self.series.description if self.series else self.publication.description
        return line(own) or self.title

    @property
    def page(self) -> str:
        """The page the feed belongs to."""
        path = address.series(self.series.slug) if self.series else address.HOME
        return address.absolute(self.publication.base_url, path)

    @property
    def id(self) -> str:
        """Its `tag:` id, the same in all its forms."""
        key = f"series:{self.series.slug}" if self.series else "main"
        return f"tag:{self.publication.tag_authority}:feed:{key}"

    def url(self, form: str) -> str:
        """Return the address of one form."""
        return address.absolute(
            self.publication.base_url, address.feed(form, self.series.slug if self.series else None)
        )

    @property
    def updated(self) -> datetime:
        """The newest change among its items; a feed without items dates from the year the ids are from."""
        newest = max((item.updated for item in self.items), default=None)
        zone = self.publication.zone
        year = int(self.publication.tag_authority.partition(",")[2][:4] or self.publication.first_year)
        return newest or datetime(year, 1, 1, tzinfo=zone)

    @cached_property
    def key(self) -> str:
        """A hash over everything its bytes depend on."""
        return edition_key(
            self.publication.model_dump_json(exclude={"people", "series", "alerts"}),
            self.series.model_dump_json() if self.series else "",
            str(self.complete),
            *(
                f"{item.variant.digest}{item.published.isoformat()}{item.updated.isoformat()}{item.id}"
                for item in self.items
            ),
        )


def item_of(live: LiveArticle, publication: Publication) -> Item:
    """
    Return a live article as an item.

    `updated` is the editors' date, or a later day's correction that was written by hand; never earlier than `published`.
    A typo moves neither.
    """
    head = live.variant.head
    zone = publication.zone
    published = _whole(head.published or live.since, publication)
    updated = _instant(head.updated, publication) or published
    for entry in head.corrections:
        corrected = _instant(entry.date, publication) or published
        if corrected.date() > updated.date():
            updated = corrected
    updated = max(updated, published)
    return Item(
        variant=live.variant,
        published=published,
        updated=updated.astimezone(zone),
        changed=updated > published,
        id=clean(head.feed_id) or f"tag:{publication.tag_authority}:{live.variant.article}",
    )


def _instant(moment: date | datetime | None, publication: Publication) -> datetime | None:
    """A bare date is noon in the newsroom: the same day in Japan and in Europe."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return _whole(moment, publication)
    return datetime.combine(moment, time(12), publication.zone)


def _whole(moment: datetime, publication: Publication) -> datetime:
    return moment.astimezone(publication.zone).replace(microsecond=0)


def feeds(publication: Publication, live: Sequence[LiveArticle]) -> Iterator[Feed]:
    """Yield the paper's feed and each series'; raise Blocked where two items claim one id."""
    items = sorted(
        (item_of(one, publication) for one in live if not one.hidden),
        key=lambda item: (item.published.astimezone(UTC), item.id),
        reverse=True,
    )
    _ids_once(items)
    window = publication.feeds.items
    yield Feed(publication, None, tuple(items[:window]), complete=len(items) <= window)
    for series in publication.series.values():
        own = [item for item in items if item.variant.head.series == series.name]
        whole = len(own) <= COMPLETE_ITEMS and sum(len(item.variant.body.encode()) for item in own) <= COMPLETE_BYTES
        yield Feed(publication, series, tuple(own if whole else own[:window]), complete=whole or len(own) <= window)


def _ids_once(items: Sequence[Item]) -> None:
    seen: dict[str, Item] = {}
    for item in items:
        other = seen.setdefault(item.id, item)
        if other is not item:
            raise Blocked(
                Sentence(
                    ja=f"「{other.variant.title}」と「{item.variant.title}」のフィードの識別子が同じです: {item.id}",
                    en=f"`{other.variant.title}` and `{item.variant.title}` have the same feed id: {item.id}",
                ),
                remedy=Sentence(ja="どちらかの feed_id を直してください", en="mend one of their `feed_id`s"),
            )
