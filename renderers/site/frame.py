"""The frame around every page: what templates know of site and page, links relative to the page, the key of a file."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote, urlsplit

from kawaraban import address
from kawaraban.config import Publication, Series
from kawaraban.edition import EditionFile, Stage, edition_key
from renderers.site import typeset
from renderers.site.bare import without_links
from renderers.site.theme import Theme

_FORMS = (
    ("rss", "RSS", "application/rss+xml"),
    ("atom", "Atom", "application/atom+xml"),
    ("json", "JSON", "application/feed+json"),
)


@dataclass(frozen=True)
class FeedLink:
    """One feed in one format: `name` RSS, Atom or JSON; `url` absolute."""

    name: str
    type: str
    title: str
    url: str


@dataclass(frozen=True)
class Site:
    """What every page shows of the paper. `sheet` and `icon` are addresses below the site's root."""

    name: str
    description: str
    base_url: str
    lang: str
    seal: str
    sheet: str
    icon: str
    has_feeds: bool
    mast: str
    """How large the name is set in the vertical masthead: large, middle, small or tiny."""


@dataclass(frozen=True)
class Page:
    """
    One page, as its template knows it.

    `path` is below the site's root; `year` stands in the colophon; `running` are the parts of the running head; `feeds` are
    announced in the head, the site's first. `anywhere`: it is served at any address (404), so its links start at the root.
    """

    path: str
    title: str
    root: str
    canonical: str
    lang: str
    description: str = ""
    year: int | None = None
    running: tuple[str, ...] = ()
    feeds: tuple[FeedLink, ...] = ()
    anywhere: bool = False
    indexed: bool = True

    def to(self, target: str) -> str:
        """Return the link from this page to an address below the site's root: relative, so that the folder can lie anywhere."""
        if self.anywhere:
            return f"{self.root}{target}"
        here = self.path if self.path.endswith("/") else posixpath.dirname(self.path) + "/"
        path = posixpath.relpath(target, here)
        if target.endswith("/"):
            return "./" if path == "." else f"{path}/"
        return path


@dataclass(frozen=True)
class Frame:
    """Makes files from pages: one instance for an edition."""

    publication: Publication
    theme: Theme
    has_feeds: bool

    @cached_property
    def site(self) -> Site:
        """What every template sees as `site`."""
        one = self.publication
        ems = typeset.ems(one.name)
        mast = next((size for room, size in ((5, "large"), (7, "middle"), (10, "small")) if ems <= room), "tiny")
        return Site(
            name=one.name, description=one.description, base_url=one.base_url.rstrip("/"), lang=one.lang,
            seal=one.seal or next(iter(typeset.graphemes(one.name))), sheet=self.theme.sheet_path,
            icon=f"/assets/seal-{edition_key(one.seal or one.name)[:10]}.svg", has_feeds=self.has_feeds, mast=mast,
        )  # fmt: skip

    @cached_property
    def key(self) -> str:
        """A hash over what every page shows around its content."""
        return edition_key(self.theme.digest, repr(self.site), self.publication.timezone)

    @cached_property
    def root(self) -> str:
        """The path the site lies under: "" or `/blog`."""
        return urlsplit(self.publication.base_url).path.rstrip("/")

    def feeds(self, series: Series | None = None) -> tuple[FeedLink, ...]:
        """Return the feeds of a series, or the site's; none where no feed channel belongs to the site."""
        if not self.has_feeds:
            return ()
        name = f"{self.publication.name}：{series.name}" if series else self.publication.name
        return tuple(
            FeedLink(
                form,
                kind,
                f"{name}（{form}）",
                address.absolute(self.publication.base_url, address.feed(key, series.slug if series else None)),
            )
            for key, form, kind in _FORMS
        )

    def page(self, path: str, title: str, *, series: Series | None = None, running: tuple[str, ...] = ()) -> Page:
        """Return a page at `path`: its feeds are the site's, then those of `series`; `running` is cut to 20 characters."""
        return Page(
            path=path,
            title=title,
            root=self.root,
            canonical=address.absolute(self.publication.base_url, path),
            lang=self.publication.lang,
            description=self.publication.description,
            running=typeset.running(*running),
            feeds=(*self.feeds(), *(self.feeds(series) if series else ())),
        )

    def file(
        self, page: Page, template: str, stage: Stage, depends: Sequence[str], view: Callable[[], object] = lambda: None
    ) -> EditionFile:
        """
        Return the file of a page: made when it is written, by `template` from `site`, `page` and `view()`.

        `depends` are what the view shows, as text; the key is made of them, of the page and of the frame.
        """
        key = edition_key(template, self.key, repr(page), *depends)

        def make() -> bytes:
            return self.theme.render(template, site=self.site, page=page, view=view())

        def bare() -> bytes:
            return without_links(
                make(), address.absolute(self.publication.base_url, page.path), self.site.base_url + "/"
            )

        return EditionFile(file_of(page.path), stage, key, make, bare)


def file_of(path: str) -> str:
    """Return the file behind an address: percent signs decoded, as a web server does."""
    decoded = unquote(path).lstrip("/")
    return f"{decoded}index.html" if decoded.endswith("/") or not decoded else decoded
