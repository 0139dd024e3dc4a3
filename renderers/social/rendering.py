"""render: what is announced. Pure; the parts stand on lines of their own, so that no sign sticks to the link."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import regex

from kawaraban import address
from kawaraban.article.model import Article
from kawaraban.config import ChannelSettings, Publication, ReleaseSettings, resolve
from kawaraban.variant import Asset, Loss, PublicFacts, Variant
from renderers.carried import carried
from renderers.head import head_of, one_line
from renderers.pictures import site_asset

# signs that end a tag on one network or another: a tag is letters, digits, marks and `_ ー ・`
_NOT_IN_A_TAG = regex.compile(r"[^\p{L}\p{M}\p{N}_ー・]")
_DIGITS_ONLY = regex.compile(r"\p{N}+")


def render(article: Article, publication: Publication, channel: ChannelSettings, facts: PublicFacts) -> Variant:
    """
    Return the announcement: `body` and `text` are the same plain text (NFC), the cover is the only asset.

    First the channel's own `text`, else the title; then the link; then the hashtags, each on lines of their own.
    """
    release = _release(article, publication, channel)
    blocks = carried(article.blocks, channel, publication, facts)
    assets = _cover(article)
    head = head_of(article, publication, facts, blocks, release=release, assets=assets)
    tags = hashtags(article.matter.tags if release.hashtags is None else release.hashtags)
    title = one_line(release.title or article.matter.title)
    link = head.canonical_url or head.url
    words = unicodedata.normalize("NFC", "\n".join(_lines(release.text or title, link, tags)))
    return Variant(
        article=article.id,
        channel=channel.name,
        title=title,
        body=words,
        text=words,
        head=head.model_copy(update={"hashtags": tags, "contents": (), "characters": 0, "lead": ""}),
        assets=tuple(assets.values()),
        losses=(_NOT_THE_TEXT,),
    )


def hashtags(names: Iterable[str]) -> tuple[str, ...]:
    """Return the tags as every network takes them, without `#`, each once; digits alone are no tag anywhere."""
    written = (unicodedata.normalize("NFC", name).strip().lstrip("#＃") for name in names)
    tags = (_NOT_IN_A_TAG.sub("", name) for name in written)
    return tuple(dict.fromkeys(tag for tag in tags if tag and not _DIGITS_ONLY.fullmatch(tag)))


def _release(article: Article, publication: Publication, channel: ChannelSettings) -> ReleaseSettings:
    series = publication.series_named(article.matter.series) if article.matter.series else None
    of_series = series.channels.get(channel.name) if series else None
    return resolve(channel.release, of_series, article.matter.channels.get(channel.name)).values


def _cover(article: Article) -> dict[str, Asset]:
    cover = article.matter.cover
    picture = article.pictures.get(cover.src) if cover else None
    if cover is None or picture is None:
        return {}
    return {cover.src: site_asset(picture, alt=cover.alt, caption=cover.caption, credit=cover.credit)}


def _lines(words: str, link: str, tags: tuple[str, ...]) -> Iterator[str]:
    yield from (line.rstrip() for line in words.strip().splitlines())
    yield address.encoded(link)
    if tags:
        yield " ".join(f"#{tag}" for tag in tags)


_NOT_THE_TEXT = Loss(
    code="whole-text",
    what_ja="本文は載らず、題とリンクだけが出ます。",
    what_en="the text itself is not carried: title and link stand for it.",
)
