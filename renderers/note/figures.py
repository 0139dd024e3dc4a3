"""
Pictures for note: JPEG, PNG or GIF up to 10 MB, numbered in the order in which they are put into the text by hand.

In the clipboard's HTML a picture is an anchor paragraph (【画像1：01-kasa.jpg】); the file, its caption and its
description go by the package.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from kawaraban.article.blocks import Block, Figure, Image, Inline, Link, Paragraph
from kawaraban.article.model import Article, Cover, Picture
from kawaraban.variant import Asset, Recipe
from renderers.note.inline import clean
from renderers.note.losses import Losses
from renderers.pictures import fitted
from renderers.text import inline as plain

WIDTH = 1280
"""note shows pictures 620 CSS px wide; this is twice that, and a little."""

HEADER = "header.jpg"
_HEADER_RECIPE = Recipe(width=1280, height=670, format="JPEG", crop=True, max_bytes=10_000_000)
_FORMATS = {"image/jpeg": ("JPEG", "jpg"), "image/png": ("PNG", "png"), "image/gif": ("GIF", "gif")}
_DRAWINGS = frozenset({"image/svg+xml"})


def anchor(number: int, name: str) -> str:
    """Return the line that stands in the pasted text where picture `number` belongs."""
    return f"【画像{number}：{name}】"


def header_asset(article: Article) -> Asset | None:
    """Return note's header picture, cut from the article's cover."""
    cover = article.matter.cover
    picture = article.pictures.get(cover.src) if cover else None
    if cover is None or picture is None or picture.media_type in _DRAWINGS:
        return None
    return Asset(
        name=HEADER,
        file=picture.file,
        source=picture.digest,
        recipe=_HEADER_RECIPE.model_copy(update={"focus": cover.focus}),
        media_type="image/jpeg",
        width=1280,
        height=670,
        alt=clean(cover.alt),
        caption=clean(cover.caption),
        credit=clean(cover.credit),
    )


def header_words(cover: Cover) -> str:
    """Return the cover's caption and credit as one line: note's header picture can't carry them."""
    credit = f"（{cover.credit}）" if cover.credit and cover.caption else cover.credit
    return f"{cover.caption}{credit}"


@dataclass(slots=True)
class Figures:
    """Collects the pictures of one rendering, and those that wait for the end of their paragraph."""

    article: Article
    losses: Losses
    assets: list[Asset] = field(default_factory=list)
    _waiting: list[tuple[Image, int]] = field(default_factory=list)

    def wait(self, image: Image, line: int) -> None:
        """Keep an image that stood inside a line until its block has ended."""
        self._waiting.append((image, line))

    def waiting(self) -> list[Figure]:
        """Return the images that wait, as figures, and forget them."""
        images, self._waiting = self._waiting, []
        return [Figure(image.src, image.alt, (image.title,) if image.title else (), line) for image, line in images]

    def placed(self, figure: Figure, caption: Inline) -> Block | None:
        """Return the figure with its asset's name as `src`; without a file its words as a paragraph, or nothing."""
        picture = self.article.pictures.get(figure.src)
        if picture is None or picture.media_type in _DRAWINGS:
            return self._words_of(figure, caption)
        asset = self._asset(picture, figure, plain(caption))
        self.assets.append(asset)
        if figure.alt:
            self.losses.note("alt", figure.line, gone=figure.alt)
        return Figure(asset.name, "", caption, figure.line)

    def _words_of(self, figure: Figure, caption: Inline) -> Paragraph | None:
        """Return what remains of a picture that note can't take: its words, linked where it lies elsewhere."""
        self.losses.note(
            "picture", figure.line, named=PurePosixPath(unquote(urlsplit(figure.src).path)).name or figure.src
        )
        words: Inline = (clean(figure.alt),) if figure.alt else ()
        if urlsplit(figure.src).scheme in {"http", "https"}:
            words = (Link(words or (figure.src,), figure.src),)
        between = ("　",) if words and caption else ()
        content = (*words, *between, *caption)
        return Paragraph(content, figure.line) if content else None

    def _asset(self, picture: Picture, figure: Figure, caption: str) -> Asset:
        kind, extension = _FORMATS.get(picture.media_type, ("PNG", "png"))
        width, height = fitted(picture, WIDTH)
        return Asset(
            name=f"{len(self.assets) + 1:02d}-{_stem(picture)}.{extension}",
            file=picture.file,
            source=picture.digest,
            recipe=Recipe.model_validate({"width": WIDTH, "format": kind, "max_bytes": 10_000_000}),
            media_type=f"image/{kind.lower()}",
            width=width,
            height=height,
            alt=clean(figure.alt),
            caption=caption,
        )


def _stem(picture: Picture) -> str:
    name = unicodedata.normalize("NFKC", PurePosixPath(picture.file).stem).lower()
    return re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:40].strip("-") or "picture"
