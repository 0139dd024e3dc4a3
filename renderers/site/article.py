"""render: one article as the site's variant. Semantic HTML, no theme; the page around it is the edition's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from kawaraban.article.blocks import Block, Blocks, FootnoteRef, SourceCard
from kawaraban.article.model import Article
from kawaraban.article.walk import every_block, every_inline
from kawaraban.config import ChannelSettings, Publication, resolve
from kawaraban.variant import PublicFacts, SourceNote, Variant
from renderers import text
from renderers.carried import carried
from renderers.head import head_of, one_line
from renderers.pictures import shown_assets
from renderers.site.walker import SiteFacts, SiteWalker

# what no HTML can hold
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


def render(article: Article, publication: Publication, channel: ChannelSettings, facts: PublicFacts) -> Variant:
    """
    Return the article as the site shows it. Pure.

    `body` is HTML without a theme, pictures by their asset's name (they lie beside the page); `text` one block a line.
    A picture that is not there, or a formula that can't be set, is a loss.
    """
    series = publication.series_named(article.matter.series) if article.matter.series else None
    release = resolve(
        channel.release,
        series.channels.get(channel.name) if series else None,
        article.matter.channels.get(channel.name),
    ).values
    blocks = with_sources(carried(article.blocks, channel, publication, facts), article)
    assets = shown_assets(article, blocks)
    head = head_of(article, publication, facts, blocks, release=release, assets=assets)
    walker = SiteWalker(
        SiteFacts(
            assets, head.sources, publication.zone, urlsplit(publication.base_url).path.rstrip("/"), mentions(blocks)
        )
    )
    body = walker.blocks(blocks)
    return Variant(
        article=article.id,
        channel=channel.name,
        title=one_line(release.title or article.matter.title),
        body=_UNFIT.sub("", str(body)),
        text=_UNFIT.sub("", "\n".join(line for block in blocks for line in _lines(block, head.sources))),
        head=head,
        assets=tuple({asset.name: asset for asset in assets.values()}.values()),
        losses=tuple(walker.losses),
    )


def with_sources(blocks: Blocks, article: Article) -> Blocks:
    """Put the source card above the lead, unless the text places it itself."""
    if not article.matter.sources or any(isinstance(block, SourceCard) for block in every_block(blocks)):
        return blocks
    return (SourceCard(article.line_of.get("sources", 1)), *blocks)


def mentions(blocks: Blocks) -> Counter[int]:
    """Return how often each footnote is mentioned."""
    return Counter(node.number for node, _ in every_inline(blocks) if isinstance(node, FootnoteRef))


def _lines(block: Block, sources: tuple[SourceNote, ...]) -> Iterator[str]:
    if isinstance(block, SourceCard):
        for source in sources:
            yield from text.source_lines(source)
    else:
        yield from text.lines((block,))
