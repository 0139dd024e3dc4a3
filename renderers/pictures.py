"""Recipes for an article's pictures: which file becomes which asset, with which name, size and format."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from kawaraban.article.blocks import Blocks, Figure, Image
from kawaraban.article.model import Article, Picture
from kawaraban.article.walk import every_block, every_inline
from kawaraban.variant import Asset, Recipe
from renderers import text

SITE_WIDTH = 1600
_FORMATS = {
    "image/jpeg": ("JPEG", "jpg"),
    "image/png": ("PNG", "png"),
    "image/gif": ("GIF", "gif"),
    "image/webp": ("WEBP", "webp"),
}


def fitted(picture: Picture, width: int) -> tuple[int, int]:
    """Return the pixels of a picture shrunk to at most `width`; never enlarged, never below one pixel."""
    if picture.width <= width:
        return picture.width, picture.height
    return width, max(1, round(picture.height * width / picture.width))


def asset_name(picture: Picture, extension: str) -> str:
    """
    Return a file name that any server and reader takes: ASCII words of the original name and 8 digits of its digest.

    The digest makes a replaced picture a new name, so that no cache shows the old one.
    """
    stem = unicodedata.normalize("NFKC", PurePosixPath(picture.file).stem).lower()
    words = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40]
    return f"{words or 'picture'}-{picture.digest[:8]}.{extension}"


def site_asset(picture: Picture, *, alt: str, caption: str = "", credit: str = "", width: int = SITE_WIDTH) -> Asset:
    """Return the asset a picture becomes on the site (and in feeds, which show the site's copy)."""
    kind, extension = _FORMATS.get(picture.media_type, ("PNG", "png"))
    shown_width, shown_height = fitted(picture, width)
    return Asset(
        name=asset_name(picture, extension),
        file=picture.file,
        source=picture.digest,
        recipe=Recipe.model_validate({"width": width, "format": kind}),
        media_type=f"image/{kind.lower()}",
        width=shown_width,
        height=shown_height,
        alt=alt,
        caption=caption,
        credit=credit,
    )


def shown_assets(article: Article, blocks: Blocks) -> Mapping[str, Asset]:
    """
    Return reference → site asset, the cover first, for every picture of a text that is really there.

    An asset's words are the cover's, else those beside its first use: the text has its own, cards and heads need these.
    """
    cover = article.matter.cover
    credit = {cover.src: cover.credit} if cover else {}
    words = {cover.src: (cover.alt, cover.caption)} if cover else {}
    for reference, alt, caption in _references(blocks):
        words.setdefault(reference, (alt, caption))
    return {
        reference: site_asset(article.pictures[reference], alt=alt, caption=caption, credit=credit.get(reference, ""))
        for reference, (alt, caption) in words.items()
        if reference in article.pictures
    }


def _references(blocks: Blocks) -> Iterator[tuple[str, str, str]]:
    """Yield reference, alternative text and caption of each picture that a text shows."""
    for block in every_block(blocks):
        if isinstance(block, Figure):
            yield block.src, block.alt, text.inline(block.caption)
    for node, _ in every_inline(blocks):
        if isinstance(node, Image):
            yield node.src, node.alt, ""
