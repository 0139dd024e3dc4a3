"""
The edition: every public file of the site, from live variants, publication and theme. No article is read here.

Each file's key covers exactly what its bytes depend on: an article's page its variant and its neighbours' cards, a list
the cards on it. So one new article changes its own page, its older neighbour's, home, the front of each list it stands
in, and the sitemap that names it, whether the archive holds ten articles or ten thousand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from markupsafe import Markup

from kawaraban import address
from kawaraban.config import ChannelSettings, Publication
from kawaraban.edition import EditionFile, Gone, LiveArticle, Stage, edition_key
from kawaraban.variant import Asset
from renderers.site import dates, machine, typeset
from renderers.site.cards import Card, Shelf, shelve
from renderers.site.frame import Frame, file_of
from renderers.site.jsonld import blog_posting
from renderers.site.lists import Lists
from renderers.site.theme import Theme
from renderers.site.tombstones import tombstones
from renderers.site.views import ArticleView, Column, Corrected, FeedsView, HomeView, Issue, Name

_COLUMNS = 8
_OPENING = 170
_OPENING_ALONE = 420
_SOURCES = re.compile(r'(?:\s*<section class="source".*?</section>\n?)+', re.DOTALL)


def edition(  # noqa: PLR0913 - what a site is made of, each by its name
    publication: Publication,
    channel: ChannelSettings,
    live: Sequence[LiveArticle],
    *,
    feeds: Sequence[ChannelSettings] = (),
    bytes_of: Callable[[Asset], bytes],
    theme: Path | None = None,
    gone: Sequence[Gone] = (),
) -> Iterator[EditionFile]:
    """
    Yield the files of the whole site.

    `live` are the articles that are (or are about to be) public there; `feeds` the feed channels that belong to the
    site; `bytes_of` gives a prepared picture; `theme` an operator's folder of templates; `gone` what was public
    and was taken down: its addresses keep a tombstone. Raises WrongInput for a theme
    that can't be used. Pure: no clock, no file but the theme's, and the order of `live` does not matter.
    """
    del channel  # the site has no settings that change its pages
    shelf = shelve(live, publication)
    yield from _Edition(
        Frame(publication, Theme(theme, publication.zone), bool(feeds)), shelf, bytes_of, tuple(gone)
    ).files()


@dataclass(frozen=True)
class _Edition:
    frame: Frame
    shelf: Shelf
    bytes_of: Callable[[Asset], bytes]
    gone: tuple[Gone, ...] = ()

    def files(self) -> Iterator[EditionFile]:
        """Yield everything; a path that two things want is the first one's."""
        taken: set[str] = set()
        for file in self._files():
            if file.path not in taken:
                taken.add(file.path)
                yield file
        series = [None, *(one.slug for one in self.frame.publication.series.values())]
        taken |= {file_of(address.feed(form, slug)) for form in address.FEED_FILES for slug in series}
        for file in machine.redirects(self.frame, self.shelf.cards, taken):
            taken.add(file.path)
            yield file
        yield from tombstones(self.frame, self.gone, taken)

    def _files(self) -> Iterator[EditionFile]:
        theme = self.frame.theme
        yield EditionFile(theme.sheet_path.lstrip("/"), Stage.ASSETS, theme.sheet_path, lambda: theme.sheet)
        yield machine.icon(self.frame)
        for card in self.shelf.cards:
            yield from self._pictures(card)
            yield self._article(card)
        lists = Lists(self.frame, self.shelf)
        yield self._home()
        yield from lists.files()
        yield from self._about_the_paper()
        found = [address.HOME, address.series_index(), address.FIND_PAGE, address.CORRECTIONS_PAGE, address.ABOUT_PAGE]
        found += [address.FEEDS_PAGE] if self.frame.has_feeds else []
        found += [one.path for one in lists.all()]
        yield from machine.sitemaps(self.frame, [card for card in self.shelf.cards if _is_own(card)], found)
        yield machine.robots(self.frame)

    # --- articles ------------------------------------------------------------------------------------------------

    def _pictures(self, card: Card) -> Iterator[EditionFile]:
        for asset in card.variant.assets:
            path = file_of(card.asset_path(asset))
            yield EditionFile(path, Stage.ASSETS, asset.digest, partial(self.bytes_of, asset))

    def _article(self, card: Card) -> EditionFile:
        series, head = card.series, card.head
        running = (head.series, card.label, self.frame.site.name) if head.series else (self.frame.site.name,)
        page = replace(
            self.frame.page(card.path, card.title, series=series, running=running),
            canonical=head.canonical_url or head.url,
            lang=head.lang,
            description=head.description,
            year=dates.local(card.shown, self.frame.publication.zone).year,
        )
        neighbours = self.shelf.neighbours(card)
        named = {name: self._people[name] for name in (*head.authors, *head.speakers) if name in self._people}
        depends = [
            card.variant.digest, card.key, series.slug if series else "", repr(named), str(card.hidden),
            *(one.key if one else "" for one in neighbours),
        ]  # fmt: skip
        return self.frame.file(page, "article.html", Stage.PAGES, depends, partial(self._article_view, card))

    def _article_view(self, card: Card) -> ArticleView:
        head = card.head
        older, newer = self.shelf.neighbours(card)
        source, body = _after_sources(card.variant.body)
        shows_cover = card.cover is not None and f'src="{card.cover.name}"' not in card.variant.body
        return ArticleView(
            card=card,
            source=source,
            body=body,
            json_ld=blog_posting(card, self.frame.publication),
            cover=card.cover if shows_cover else None,
            older=older,
            newer=newer,
            issues=tuple(self._issues(card)),
            authors=self._names(head.authors),
            speakers=self._names(head.speakers),
            tags=tuple(Name(tag, None if card.hidden else address.tag(tag)) for tag in head.tags),
        )

    @cached_property
    def _people(self) -> dict[str, str]:
        return {person.name: address.person(person.slug) for person in self.frame.publication.people.values()}

    def _names(self, names: Sequence[str]) -> tuple[Name, ...]:
        return tuple(Name(name, self._people.get(name)) for name in names)

    def _issues(self, card: Card) -> Iterator[Issue]:
        """Yield 初版, then a 版 for each correction and for an update that no correction tells of."""
        zone, head = self.frame.publication.zone, card.head
        first = dates.local(card.shown, zone)
        yield Issue(1, card.shown, same_day=False, text="")
        later = [(entry.date, entry.text) for entry in head.corrections]
        told = {dates.local(moment, zone) for moment, _ in later}
        if head.updated is not None and dates.local(head.updated, zone) not in told and (
            dates.local(head.updated, zone) != first or dates.clock(head.updated, zone)
        ):  # fmt: skip
            later.append((head.updated, ""))
        later.sort(key=lambda pair: dates.order(pair[0], zone))
        for number, (moment, text) in enumerate(later, 2):
            yield Issue(number, moment, same_day=dates.local(moment, zone) == first, text=text)

    # --- home ----------------------------------------------------------------------------------------------------

    def _home(self) -> EditionFile:
        publication = self.frame.publication
        lead = next(iter(self.shelf.listed), None)
        columns = tuple(self._columns(lead))
        page = replace(
            self.frame.page(address.HOME, publication.name),
            year=dates.local(lead.shown, publication.zone).year if lead else None,
        )
        depends = [
            f"{lead.key}{lead.variant.digest}" if lead else "",
            *(edition_key(column.series.model_dump_json() if column.series else "", *(card.key for card in column.cards))
              for column in columns),
        ]  # fmt: skip
        return self.frame.file(page, "home.html", Stage.LISTS, depends, partial(_home_view, lead, columns))

    def _columns(self, lead: Card | None) -> Iterator[Column]:
        declared = self.frame.publication.series.values()
        shelves = [
            (one, [card for card in self.shelf.series.get(one.name, ()) if card is not lead]) for one in declared
        ]
        filled = [(one, cards) for one, cards in shelves if cards][:_COLUMNS]
        loose = [card for card in self.shelf.listed if card.series is None and card is not lead]
        each = {0: 9, 1: 6, 2: 4}.get(len(filled) - (not loose), 3)
        for series, cards in filled:
            yield Column(series, tuple(cards[:each]))
        if loose:
            yield Column(None, tuple(loose[:each]))

    # --- the paper itself ----------------------------------------------------------------------------------------

    def _about_the_paper(self) -> Iterator[EditionFile]:
        frame, publication = self.frame, self.frame.publication
        series = tuple(publication.series.values())
        name = frame.site.name
        if frame.has_feeds:
            view = FeedsView(frame.feeds(), tuple((one, frame.feeds(one)) for one in series))
            page = frame.page(address.FEEDS_PAGE, "フィード", running=("フィード", "案内", name))
            yield frame.file(page, "feeds.html", Stage.LISTS, [one.model_dump_json() for one in series], lambda: view)
        page = frame.page(address.ABOUT_PAGE, "この通信について", running=("この通信について", name))
        about = publication.model_dump_json(include={"people", "series", "authors"})
        yield frame.file(page, "about.html", Stage.LISTS, [about], lambda: publication)
        corrected = tuple(self._corrected())
        page = frame.page(address.CORRECTIONS_PAGE, "訂正の記録", running=("訂正の記録", name))
        told = [f"{one.date}{one.text}{one.card.key}" for one in corrected]
        yield frame.file(page, "corrections.html", Stage.LISTS, told, lambda: corrected)
        page = replace(frame.page("/404.html", "頁が見つかりません", running=(name,)), anywhere=True, indexed=False)
        yield frame.file(page, "404.html", Stage.LISTS, [])

    def _corrected(self) -> list[Corrected]:
        zone = self.frame.publication.zone
        found = [
            Corrected(entry.date, entry.text, card) for card in self.shelf.listed for entry in card.head.corrections
        ]
        return sorted(found, key=lambda one: (dates.order(one.date, zone), one.card.id, one.text), reverse=True)


def _is_own(card: Card) -> bool:
    """Return whether a sitemap names the page: not when it is archived, or says itself that another page is the original."""
    return not card.hidden and card.head.canonical_url in ("", card.head.url)


def _after_sources(body: str) -> tuple[Markup, Markup]:
    """Return the source cards a body begins with, and what follows them."""
    end = found.end() if (found := _SOURCES.match(body)) else 0
    return Markup(body[:end]), Markup(body[end:])  # noqa: S704 - made and escaped by our own macros


def _home_view(lead: Card | None, columns: tuple[Column, ...]) -> HomeView:
    if lead is None:
        return HomeView(None, None, (), vertical=False, columns=columns)
    words = lead.head.lead or lead.head.description
    limit = _OPENING if lead.picture else _OPENING_ALONE
    return HomeView(
        lead, lead.picture, typeset.opening(words, limit), vertical=typeset.stands(lead.title), columns=columns
    )
