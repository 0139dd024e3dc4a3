"""Papers to look at: one article with everything in it, archives of any length, and editions as files or as a site on loopback."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import html
from PIL import Image

from kawaraban.article.blocks import Blocks
from kawaraban.article.model import Article, Picture
from kawaraban.article.reader import parse
from kawaraban.config import Person, Publication
from kawaraban.edition import EditionFile, LiveArticle
from kawaraban.variant import Asset, PublicFacts, Variant
from renderers.site import edition, render
from renderers.site.frame import file_of
from tests.builders import article, channel, publication

SINCE = datetime(2024, 5, 1, tzinfo=UTC)
PICTURE = Picture("articles/2024/well/well.png", "ab" * 32, 1600, 900, "image/png")
PEOPLE = {
    "migiwa": Person(slug="migiwa", name="汀", reading="みぎわ", description="古い言葉を拾う人。"),
    "lio": Person(slug="lio", name="Lio", kind="persona"),
}


def paper(**changes: Any) -> Publication:
    """The tests' paper, with its two speakers."""
    return publication(**{"people": PEOPLE, **changes})


def sample() -> Article:
    """An article with every kind of block."""
    source = Path(__file__).with_name("sample.md").read_text(encoding="utf-8")
    path = PurePosixPath("articles/2024/why-wells-are-round/index.md")
    return parse(source, path, "0" * 64, {"well.png": PICTURE})


def on_site(one: Article, facts: PublicFacts | None = None, **changes: Any) -> Variant:
    return render(one, paper(**changes), channel("site"), facts or PublicFacts())


def of_blocks(blocks: Blocks, pictures: Mapping[str, Picture]) -> Variant:
    """The variant of a bare tree."""
    return on_site(replace(article(), blocks=blocks, pictures=pictures))


def written(number: int, body: str = "井戸の話。\n", **matter: str) -> LiveArticle:
    """A short article; `matter` replaces or adds lines of front matter, as YAML."""
    lines = {
        "id": f"w{number:07d}",
        "title": f"綱の話 {number}",
        "slug": f"rope-{number}",
        "series": "雨の聞き方",
        "status": "ready",
        "published": str(datetime(2020, 1, 1, 7, tzinfo=UTC) + timedelta(days=number)),
        "speakers": "[汀, Lio]",
        "tags": "[井戸]",
        **matter,
    }
    text = "---\n" + "".join(f"{key}: {value}\n" for key, value in lines.items()) + f"---\n{body}"
    path = PurePosixPath(f"articles/2020/{lines['slug']}/index.md")
    return LiveArticle(on_site(parse(text, path, "0" * 64, {"well.png": PICTURE})), SINCE)


@lru_cache(maxsize=1)
def _one() -> Variant:
    return written(0).variant


def archive(count: int) -> list[LiveArticle]:
    """An archive of `count` articles, one a day, made quickly from one."""
    first = datetime(2020, 1, 1, 7, tzinfo=UTC)
    return [
        LiveArticle(
            _one().model_copy(update={"article": f"{number:08d}", "title": f"井戸の話 {number}", "head": _one().head.model_copy(
                update={"article": f"{number:08d}", "slug": f"well-{number}", "url": f"https://example.com/articles/well-{number}/",
                        "published": first + timedelta(days=number)})}),
            SINCE,
        )
        for number in range(count)
    ]  # fmt: skip


def png(width: int, height: int) -> bytes:
    """A drawing of that size."""
    out = BytesIO()
    Image.new("RGB", (width, height), "#ddd9cc").save(out, "PNG")
    return out.getvalue()


def drawn(asset: Asset) -> bytes:
    return png(asset.width, asset.height)


def files(
    live: Sequence[LiveArticle], *, feeds: bool = True, theme: Path | None = None, **changes: Any
) -> list[EditionFile]:
    """The edition's files, unmade."""
    channels = [channel("rss")] if feeds else []
    return list(edition(paper(**changes), channel("site"), live, feeds=channels, bytes_of=drawn, theme=theme))


def made(live: Sequence[LiveArticle], **options: Any) -> dict[str, str]:
    """Every text file of the edition by its path."""
    return {
        file.path: file.make().decode()
        for file in files(live, **options)
        if file.path.endswith((".html", ".xml", ".txt", ".css", ".svg"))
    }


def whole() -> list[LiveArticle]:
    """The sample between two neighbours, an article outside any series, and one that is archived."""
    return [
        LiveArticle(on_site(sample()), SINCE),
        written(1, title="雨水の道"),
        written(2, published="2024-04-23T07:00:00+09:00", title="桶の「底」を――'乾いた'音"),
        written(3, series="''", title='"A Rope, a Rim"', tags="[]", published="2024-04-24T07:00:00+09:00"),
    ]


def parsed(page: str) -> Any:
    """A page or a piece of one as lxml sees it, with its declared encoding set aside."""
    return html.fromstring(page.encode())


def links(page: str, url: str) -> Iterator[str]:
    """Every address a page names, absolute, with its fragment."""
    tree = parsed(page)
    for element, attribute, link, _ in tree.iterlinks():
        if attribute in ("href", "src") and not (element.tag == "link" and element.get("rel") == "canonical"):
            yield urljoin(url, link)


def file_behind(url: str, base: str) -> str:
    """The file of the edition that a web server gives for an address below `base`."""
    path = unquote(urlsplit(urldefrag(url).url).path)
    return file_of("/" + path.removeprefix(urlsplit(base).path).lstrip("/"))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder on loopback; yields its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        del format, args
