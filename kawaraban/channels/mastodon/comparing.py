"""In what a post differs from what it should be, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kawaraban.channels.mastodon.entities import Status
from kawaraban.channels.mastodon.finding import said
from kawaraban.channels.mastodon.plain import alike, same
from kawaraban.errors import Refused, Sentence
from kawaraban.variant import Asset, Part, Variant

TEXT = Sentence(ja="本文", en="the text")
PICTURES = Sentence(ja="画像", en="the pictures")
ALT = Sentence(ja="画像の説明", en="the descriptions of the pictures")
ANSWERS = Sentence(ja="返信先", en="the post that it answers")


def pictures_of(variant: Variant, part: Part) -> tuple[Asset, ...]:
    """Return the pictures a post carries, in order; Refused where one is missing: nothing goes without what it promised."""
    return tuple(_asset(variant, name) for name in part.pictures)


def words_differ(post: Status, source: str | None, wanted: str) -> bool:
    """Whether a post says something else; without its source, signs that became markup make no difference."""
    return not same(source, wanted) if source is not None else not alike(said(post), wanted)


def pictures_differ(post: Status, wanted: Sequence[Asset]) -> Iterator[Sentence]:
    """Yield in what its pictures differ: their number, or what they say to those who don't see them."""
    there = post.media_attachments
    if len(there) != len(wanted):
        yield PICTURES
    elif any(not same(one.description or "", asset.alt) for one, asset in zip(there, wanted, strict=True)):
        yield ALT


def _asset(variant: Variant, name: str) -> Asset:
    asset = variant.asset(name)
    if asset is None:
        raise Refused(Sentence(ja=f"画像 {name} がありません", en=f"the picture {name} is missing"))
    return asset
