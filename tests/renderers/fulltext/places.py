"""A whole article on its way to places that are not ours, one for each markup."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, Literal

from kawaraban.article.blocks import Blocks
from kawaraban.article.model import Article, FrontMatter, Picture
from kawaraban.article.reader import parse
from kawaraban.capabilities import Capabilities, Pictures
from kawaraban.variant import PublicFacts, Variant
from renderers.fulltext import render
from tests.builders import channel, publication

Markup = Literal["blocks", "html", "mail"]
MARKUPS: tuple[Markup, ...] = ("blocks", "html", "mail")
PICTURES = {
    "hashi.png": Picture("articles/2024/names-of-bridges/hashi.png", "ab" * 32, 1600, 1000, "image/png"),
    "mark.jpg": Picture("articles/2024/names-of-bridges/mark.jpg", "cd" * 32, 40, 40, "image/jpeg"),
    "a.jpg": Picture("articles/2024/names-of-bridges/a.jpg", "a1" * 32, 1600, 900, "image/jpeg"),
    "雨傘.png": Picture("articles/2024/names-of-bridges/雨傘.png", "b2" * 32, 400, 300, "image/png"),
}


def sample() -> Article:
    """An article with every block and every notation."""
    source = Path(__file__).with_name("sample.md").read_text(encoding="utf-8")
    return parse(source, PurePosixPath("articles/2024/names-of-bridges/index.md"), "0" * 64, PICTURES)


def able(markup: Markup, *, uploads: bool | None = None, **pictures: Any) -> Capabilities:
    """What such a place can do: mail uploads nothing, the others do unless told otherwise."""
    takes = markup != "mail" if uploads is None else uploads
    return Capabilities(markup=markup, pictures=Pictures(count=99, **pictures) if takes else None)


def elsewhere(article: Article, markup: Markup, *, own: dict[str, Any] | None = None, **changes: Any) -> Variant:
    """The article's variant there; `changes` are those of `able`."""
    there = channel("there", kind="wordpress", own=own)
    return render(article, publication(), there, PublicFacts(), able=able(markup, **changes))


def article_of(blocks: Blocks, **matter: Any) -> Article:
    """An article with these blocks and front matter; `PICTURES` lie beside it."""
    values = {"id": "7ra1ny7a", "title": "橋の名前", "slug": "names-of-bridges", "status": "ready", **matter}
    path = PurePosixPath("articles/2024/names-of-bridges/index.md")
    return Article(FrontMatter.model_validate(values), blocks, path, "0" * 64, PICTURES, {}, "")
