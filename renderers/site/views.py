"""What each template is given as `view`: finished values, so that a template decides nothing but how they look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from kawaraban.config import Person, Series
from kawaraban.variant import Asset
from renderers.site.cards import Card
from renderers.site.frame import FeedLink


@dataclass(frozen=True)
class Name:
    """A person or a tag: `path` is its page, None where it has none."""

    text: str
    path: str | None


@dataclass(frozen=True)
class Issue:
    """One 版 of an article in its colophon: when, and what changed ("" for the first)."""

    number: int
    moment: date | datetime
    same_day: bool
    text: str


@dataclass(frozen=True)
class ArticleView:
    """
    article.html. `source` are the source cards the body begins with, `body` the rest: the contents stand between them.

    `cover` is the article's own picture where the body does not show it already.
    """

    card: Card
    source: Markup
    body: Markup
    json_ld: Markup
    cover: Asset | None
    older: Card | None
    newer: Card | None
    issues: tuple[Issue, ...]
    authors: tuple[Name, ...]
    speakers: tuple[Name, ...]
    tags: tuple[Name, ...]


@dataclass(frozen=True)
class Column:
    """A series on the home page with its newest articles; `series` None: articles outside any series."""

    series: Series | None
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class HomeView:
    """home.html. `vertical`: the lead's title can stand upright; `opening` are the first sentences of its lead."""

    lead: Card | None
    picture: Asset | None
    opening: tuple[str, ...]
    vertical: bool
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Year:
    """The articles of one year on a page of a list, newest first."""

    number: int
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Pager:
    """Where a page of a list stands: its own words, and the pages before (older) and after it."""

    here: str
    older: Name | None
    newer: Name | None


@dataclass(frozen=True)
class ListView:
    """list.html: a series, a tag, a person or a month. `kind` says which."""

    kind: str
    heading: str
    says: str
    years: tuple[Year, ...]
    pager: Pager | None
    series: Series | None = None
    person: Person | None = None
    first: Card | None = None
    feed: str | None = None
    others: tuple[Series, ...] = ()


@dataclass(frozen=True)
class SeriesEntry:
    """A series in the list of all series."""

    series: Series
    count: int
    newest: Card | None


@dataclass(frozen=True)
class Count:
    """Something articles can be found by, and how many there are."""

    text: str
    path: str
    count: int


@dataclass(frozen=True)
class FindView:
    """find.html: everything articles can be found by."""

    months: tuple[tuple[int, tuple[Count, ...]], ...]
    series: tuple[Count, ...]
    tags: tuple[Count, ...]
    people: tuple[Count, ...]


@dataclass(frozen=True)
class FeedsView:
    """feeds.html: the site's feeds, then each series'."""

    site: tuple[FeedLink, ...]
    series: tuple[tuple[Series, tuple[FeedLink, ...]], ...]


@dataclass(frozen=True)
class Corrected:
    """One correction, newest first."""

    date: date | datetime
    text: str
    card: Card
