"""Articles made of blocks by hand, and what a note channel makes of them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from kawaraban.article.blocks import Block, Blocks, Inline, List, ListItem, Paragraph
from kawaraban.article.model import Article, FrontMatter, Picture
from kawaraban.variant import PublicFacts, Variant
from renderers.note import render
from renderers.note.dialect import STORED_HTML
from tests.builders import channel, publication

PICTURES = {
    "a.jpg": Picture("articles/2024/ame/a.jpg", "a1" * 32, 1600, 900, "image/jpeg"),
    "雨傘.png": Picture("articles/2024/ame/雨傘.png", "b2" * 32, 400, 300, "image/png"),
    "moji.webp": Picture("articles/2024/ame/moji.webp", "c3" * 32, 800, 800, "image/webp"),
    "zu.svg": Picture("articles/2024/ame/zu.svg", "d4" * 32, 300, 200, "image/svg+xml"),
}


def article(blocks: Blocks, **matter: Any) -> Article:
    """An article with these blocks and front matter; `PICTURES` lie beside it."""
    values = {"id": "5r8w2kqd", "title": "雨の聞き方", "slug": "ame-no-kikikata", "status": "ready", **matter}
    return Article(
        matter=FrontMatter.model_validate(values),
        blocks=blocks,
        path=PurePosixPath("articles/2024/ame-no-kikikata/index.md"),
        digest="0" * 64,
        pictures=PICTURES,
        line_of={"title": 3, "tags": 5, "sources": 6},
        source="",
    )


def paragraph(*content: Any) -> Paragraph:
    """A paragraph on line 10."""
    inline: Inline = content
    return Paragraph(inline, 10)


def rendered(*blocks: Block, own: dict[str, Any] | None = None, **matter: Any) -> Variant:
    """The note variant of an article with these blocks."""
    return render(article(blocks, **matter), publication(), channel("note", own=own), PublicFacts())


def closing_free(html: str) -> str:
    """The body without its last two blocks (the rule and the 初出 line)."""
    return html.rsplit("<hr", 1)[0].rstrip("\n")


def clipboard(*blocks: Block, **options: Any) -> str:
    """The clipboard's HTML of these blocks."""
    return closing_free(rendered(*blocks, **options).body)


def stored(*blocks: Block, **options: Any) -> str:
    """The HTML that note stores, of these blocks."""
    return closing_free(flavour(rendered(*blocks, **options), STORED_HTML))


def flavour(variant: Variant, media_type: str) -> str:
    """The text of one flavour."""
    return next(flavour.text for flavour in variant.flavours if flavour.media_type == media_type)


def loss_codes(*blocks: Block, **options: Any) -> list[str]:
    """The codes of what these blocks lose on note."""
    return [loss.code for loss in rendered(*blocks, **options).losses]


def without_ids(html: str) -> str:
    """Stored HTML with ` U` in place of each block's name and id."""
    return re.sub(r' name="([0-9a-f-]{36})" id="\1"', " U", html)


def items(*contents: Any, ordered: bool = False, start: int = 1) -> List:
    """A list: a string is an item, a List belongs below the item before it."""
    made: list[ListItem] = []
    for content in contents:
        if isinstance(content, List):
            made[-1] = ListItem((*made[-1].blocks, content), 10)
        else:
            made.append(ListItem((paragraph(content),), 10))
    return List(ordered=ordered, items=tuple(made), line=10, start=start)
