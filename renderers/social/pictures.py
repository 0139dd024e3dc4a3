"""
The pictures of an announcement: the card's, or the cover and figures that a post carries itself.

JPEG, except where another form is sure to fit and may matter: a PNG that is small even unpacked (a drawing, a see-through
mark), a GIF where the network takes one. A picture that is missing or has no alt text stops the post: nothing is posted
without what it promised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, sqrt
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from kawaraban.article import locating
from kawaraban.article.blocks import Blocks, Figure, Image
from kawaraban.article.model import Article, Picture
from kawaraban.article.walk import every_block, every_inline
from kawaraban.capabilities import Capabilities, Pictures
from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.variant import Asset, Loss, Recipe
from renderers import text
from renderers.pictures import asset_name

WIDTH = 2048
"""No network shows a picture wider or higher than this many pixels."""

CARD = (1200, 630)
"""The picture of a link's box, in pixels: 1.91:1, as Open Graph has it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture that the article has: its reference as written, what is said of it, and where it stands."""

    src: str
    alt: str
    caption: str = ""
    credit: str = ""
    line: int | None = None
    focus: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes with the first post, what goes into its card, and what stays at home."""

    posted: tuple[Asset, ...] = ()
    card: Asset | None = None
    losses: tuple[Loss, ...] = ()


def chosen(article: Article, blocks: Blocks, able: Capabilities) -> Chosen:
    """Return the pictures that a channel with these abilities carries; raise WrongInput where one is missing or has no alt text."""
    cover, figures = _cover(article), tuple(_figures(blocks))
    taken = able.pictures
    if taken is None or not able.attaches:
        return Chosen()
    if able.attaches == "card":
        if cover is None:
            return Chosen()
        still = (_stands_still(cover),) if _is_gif(article, cover) else ()  # a card's picture is a JPEG everywhere
        return Chosen(card=_card(article, cover, taken), losses=still)
    first = (cover,) if cover else ()  # it must not be the one that a limit leaves at home
    wishes = list({wish.src: wish for wish in (*first, *figures)}.values()) if able.attaches == "all" else [*first]
    here = [wish for wish in wishes if not _elsewhere(wish)]
    kept = here[: taken.count]
    losses = [_left_at_home(wish) for wish in wishes if wish not in kept]
    losses += [_stands_still(wish) for wish in kept if _moves(article, wish, taken)]
    return Chosen(posted=tuple(_asset(article, wish, taken) for wish in kept), losses=tuple(losses))


def _cover(article: Article) -> Wish | None:
    cover = article.matter.cover
    if cover is None:
        return None
    line, _ = locating.key_place(article, "cover.src")
    return Wish(cover.src, cover.alt, cover.caption, cover.credit, line, cover.focus)


def _figures(blocks: Blocks) -> Iterator[Wish]:
    for block in every_block(blocks):
        if isinstance(block, Figure):
            yield Wish(block.src, block.alt, text.inline(block.caption, readings=False), line=block.line)
    for node, line in every_inline(blocks):
        if isinstance(node, Image):
            yield Wish(node.src, node.alt, node.title, line=line)


def _card(article: Article, cover: Wish, taken: Pictures) -> Asset:
    """Return the cover cut to the box's form; a small one is not blown up."""
    picture = _picture(article, cover)
    width = min(CARD[0], picture.width, floor(picture.height * CARD[0] / CARD[1]))
    height = max(1, round(width * CARD[1] / CARD[0]))
    return Asset(
        name=asset_name(picture, "jpg"),
        file=picture.file,
        source=picture.digest,
        recipe=Recipe(width=width, height=height, crop=True, focus=cover.focus, max_bytes=taken.max_bytes),
        media_type="image/jpeg",
        width=width,
        height=height,
        alt=cover.alt,
        caption=cover.caption,
        credit=cover.credit,
    )


def _asset(article: Article, wish: Wish, taken: Pictures) -> Asset:
    picture = _picture(article, wish)
    _has_alt(article, wish, taken)
    width, height = _size(picture, taken)
    kind, extension = _form(picture, taken, width * height)
    return Asset(
        name=asset_name(picture, extension),
        file=picture.file,
        source=picture.digest,
        recipe=Recipe.model_validate({"width": width, "height": height, "format": kind, "max_bytes": taken.max_bytes}),
        media_type=f"image/{kind.lower()}",
        width=width,
        height=height,
        alt=wish.alt,
        caption=wish.caption,
        credit=wish.credit,
    )


def _size(picture: Picture, taken: Pictures) -> tuple[int, int]:
    scale = min(1.0, WIDTH / picture.width, WIDTH / picture.height)
    if taken.max_pixels is not None:
        scale = min(scale, sqrt(taken.max_pixels / (picture.width * picture.height)))
    if scale == 1.0:
        return picture.width, picture.height
    return max(1, floor(picture.width * scale)), max(1, floor(picture.height * scale))


def _form(picture: Picture, taken: Pictures, pixels: int) -> tuple[str, str]:
    """Return format and extension."""
    unpacked = pixels * 5  # four bytes a pixel, and what PNG adds at the very worst
    small = taken.max_bytes is None or unpacked <= taken.max_bytes
    if picture.media_type == "image/png" and "image/png" in taken.media_types and small:
        return "PNG", "png"
    if picture.media_type == "image/gif" and "image/gif" in taken.media_types:
        return "GIF", "gif"
    return "JPEG", "jpg"


def _moves(article: Article, wish: Wish, taken: Pictures) -> bool:
    return _is_gif(article, wish) and "image/gif" not in taken.media_types


def _is_gif(article: Article, wish: Wish) -> bool:
    return _picture(article, wish).media_type == "image/gif"


def _elsewhere(wish: Wish) -> bool:
    return urlsplit(wish.src).scheme in ("http", "https")


def _picture(article: Article, wish: Wish) -> Picture:
    found = article.pictures.get(wish.src)
    if found is None:
        raise WrongInput(
            Sentence(
                ja=f"画像「{unquote(wish.src)}」が見つからないか、読めません",
                en=f"the picture `{unquote(wish.src)}` is missing or unreadable",
            ),
            place=Place(article.path, wish.line),
            remedy=Sentence(
                ja="記事と同じフォルダーにJPEG・PNG・GIF・WebPの画像を置いてください",
                en="put a JPEG, PNG, GIF or WebP beside the article",
            ),
        )
    return found


def _has_alt(article: Article, wish: Wish, taken: Pictures) -> None:
    length = len(wish.alt)
    if not wish.alt.strip():
        raise WrongInput(
            Sentence(
                ja=f"画像「{unquote(wish.src)}」に代替テキストがありません",
                en=f"the picture `{unquote(wish.src)}` has no alternative text",
            ),
            place=Place(article.path, wish.line),
            remedy=Sentence(ja="見えない人に画像を伝える文を書いてください", en="say what the picture shows"),
        )
    if taken.alt is not None and length > taken.alt:
        raise WrongInput(
            Sentence(
                ja=f"画像「{unquote(wish.src)}」の代替テキストが長すぎます（{length}字、上限は{taken.alt}字）",
                en=f"the alternative text of `{unquote(wish.src)}` is too long: {length} of {taken.alt} characters",
            ),
            place=Place(article.path, wish.line),
            remedy=Sentence(ja="短くしてください", en="shorten it"),
        )


def _left_at_home(wish: Wish) -> Loss:
    name = PurePosixPath(unquote(urlsplit(wish.src).path)).name or wish.src
    return Loss(
        code="picture",
        what_ja=f"画像「{name}」は載りません。",
        what_en=f"the picture `{name}` is not carried.",
        line=wish.line,
    )


def _stands_still(wish: Wish) -> Loss:
    name = PurePosixPath(unquote(urlsplit(wish.src).path)).name
    return Loss(
        code="animation",
        what_ja=f"画像「{name}」は動きません（最初の一枚だけになります）。",
        what_en=f"the picture `{name}` does not move: its first frame stands for it.",
        line=wish.line,
    )
