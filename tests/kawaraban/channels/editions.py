"""Small editions with real links, and a crawler: what tests of edition channels are about is that no link is dead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kawaraban.edition import EditionFile, Stage, edition_digest, edition_key

_LINK = re.compile(r'(?:href|src)="(/[^"#]*)"|<loc>(/[^<]*)</loc>')


@dataclass(frozen=True)
class Paper:
    """A site: slug → (text, tags). Everything links to everything it could: neighbours, tags, home, feed, style sheet."""

    articles: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)
    style: str = "a"

    def files(self) -> list[EditionFile]:
        """The whole edition, with each tag's own list and feed."""
        slugs = list(self.articles)
        tags = sorted({tag for _, tags in self.articles.values() for tag in tags})
        home = [f"/articles/{slug}/" for slug in slugs] + [f"/tags/{tag}/" for tag in tags]
        files = [_asset(f"assets/{self.style}.css", self.style)]
        files += [self._page(slug, slugs[max(0, n - 1) : n] + slugs[n + 1 : n + 2]) for n, slug in enumerate(slugs)]
        files += [_asset(f"articles/{slug}/photo.png", slug) for slug in slugs]
        files.append(self._html("index.html", Stage.LISTS, "home", home, feed="/feed.xml"))
        files.append(self._html("404.html", Stage.LISTS, "404", ["/"], feed="/feed.xml"))
        for tag in tags:
            members = [f"/articles/{slug}/" for slug in slugs if tag in self.articles[slug][1]]
            files.append(self._html(f"tags/{tag}/index.html", Stage.LISTS, tag, members, feed=f"/tags/{tag}/feed.xml"))
            files.append(_feed(f"tags/{tag}/feed.xml", members))
        files += [_feed("feed.xml", home), _feed("sitemap.xml", ["/", *home])]
        return files

    def digest(self) -> str:
        """The digest of the whole edition."""
        return edition_digest(self.files())

    def _page(self, slug: str, neighbours: Sequence[str]) -> EditionFile:
        text, tags = self.articles[slug]
        links = ["/", *(f"/tags/{tag}/" for tag in tags), *(f"/articles/{other}/" for other in neighbours)]
        photo = f'<img src="/articles/{slug}/photo.png" alt="">'
        return self._html(f"articles/{slug}/index.html", Stage.PAGES, f"{text}{photo}", links, feed="/feed.xml")

    def _html(self, path: str, stage: Stage, text: str, links: Sequence[str], feed: str) -> EditionFile:
        style = f'<link rel="stylesheet" href="/assets/{self.style}.css">'
        full = f'<link rel="alternate" href="{feed}">' + "".join(f'<a href="{link}">.</a>' for link in links)
        return EditionFile(
            path,
            stage,
            edition_key(style, text, full),
            f"{style}<p>{text}</p>{full}".encode,
            f"{style}<p>{text}</p>".encode,
        )


def _asset(path: str, content: str) -> EditionFile:
    return EditionFile(path, Stage.ASSETS, edition_key(content), content.encode)


def _feed(path: str, links: Iterable[str]) -> EditionFile:
    text = "".join(f"<loc>{link}</loc>" for link in links)
    return EditionFile(path, Stage.FEEDS, edition_key(text), text.encode)


def dead_links(folder: Path) -> list[str]:
    """Crawl every public file of a folder; return `file → address` for every link to something that is not there."""
    dead = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix not in {".html", ".xml"}:
            continue
        for match in _LINK.finditer(path.read_text(encoding="utf-8")):
            address = match[1] or match[2]
            target = folder / address.lstrip("/")
            if not (target / "index.html" if address.endswith("/") else target).is_file():
                dead.append(f"{path.relative_to(folder)} → {address}")
    return dead


def contents(folder: Path) -> dict[str, bytes]:
    """Path → bytes of every file in a folder, hidden ones included."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def expected(files: Iterable[EditionFile]) -> dict[str, bytes]:
    """Path → bytes as an edition wants them."""
    return {file.path: file.make() for file in files}
