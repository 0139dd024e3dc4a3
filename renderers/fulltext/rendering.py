"""render: the whole article for somebody else's CMS or for mail. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kawaraban.article.blocks import Block, Blocks, Figure, SourceCard
from kawaraban.article.model import Article, Cover
from kawaraban.article.walk import every_block
from kawaraban.capabilities import Capabilities
from kawaraban.config import ChannelSettings, Publication, ReleaseSettings, resolve
from kawaraban.variant import Asset, Head, PublicFacts, Variant
from renderers import text
from renderers.carried import carried
from renderers.cleaning import clean, line
from renderers.fulltext.additions import Additions, cover_figure, placed
from renderers.fulltext.figures import chosen, placing
from renderers.fulltext.gutenberg import GutenbergWalker
from renderers.fulltext.mail import MailWalker
from renderers.fulltext.plain import mail_text
from renderers.fulltext.walker import Elsewhere, FulltextWalker
from renderers.fulltext.wording import wording
from renderers.head import head_of

_WALKERS: Mapping[str, type[FulltextWalker]] = {
    "blocks": GutenbergWalker,
    "html": FulltextWalker,
    "mail": MailWalker,
}


def render(
    article: Article, publication: Publication, channel: ChannelSettings, facts: PublicFacts, *, able: Capabilities
) -> Variant:
    """
    Return the whole article in the channel's markup (`able.markup`: blocks, html or mail).

    A picture stands in `body` as `src="asset:NAME"` and is among the assets, the cover first; where nothing is uploaded
    (`able.pictures` None) the src is its address on the site. `text` is plain text, one block a line; for mail it is the
    plain body. `head` has what such a place may want: slug, description, tags, series, authors, the canonical address.
    """
    work = _Rendering(article, publication, channel, facts, able)
    shown = carried(article.blocks, channel, publication, facts)
    assets = chosen(article, shown, able.pictures)
    head = head_of(article, publication, facts, shown, release=work.release, assets=assets)
    added = Additions(head, wording(head.lang), publication.zone)
    blocks = work.whole(shown, added)
    page = Elsewhere(
        article=article.id,
        page=head.url,
        lang=head.lang,
        assets=assets,
        address=placing(article, publication, able.pictures),
        sources=added.sources(),
    )
    walker = _WALKERS[able.markup or "html"](page)
    body = walker.written(blocks)
    uploaded = dict.fromkeys(assets.values()) if able.pictures is not None else {}
    plain = mail_text(blocks, walker) if able.markup == "mail" else "\n".join(_lines(blocks, added))
    return Variant(
        article=article.id,
        channel=channel.name,
        title=line(work.release.title or article.matter.title),
        body=clean(body),
        text=clean(plain),
        head=_head(head, work.release, uploaded),
        assets=tuple(uploaded),
        losses=tuple(walker.losses),
    )


@dataclass(frozen=True, slots=True)
class _Rendering:
    """What every part of one rendering needs."""

    article: Article
    publication: Publication
    channel: ChannelSettings
    facts: PublicFacts
    able: Capabilities

    @property
    def release(self) -> ReleaseSettings:
        """The effective settings of this article on this channel."""
        series = self.publication.series_named(self.article.matter.series or "")
        of_series = series.channels.get(self.channel.name) if series else None
        own = self.article.matter.channels.get(self.channel.name)
        return resolve(self.channel.release, of_series, own).values

    def whole(self, shown: Blocks, added: Additions) -> Blocks:
        """Return the text with everything that stands around it."""
        closing = added.closing(self.publication) if self.channel.own.get("closing", True) else ()
        middle = placed(shown, added.sources())
        return (*self._above(shown), *middle, *added.corrections(), *self._below(added), *closing)

    def _cover(self) -> Cover | None:
        cover = self.article.matter.cover
        return cover if cover is not None and cover.src in self.article.pictures else None

    def _above(self, shown: Blocks) -> Blocks:
        """The cover, where the channel shows none by itself and the text has it nowhere."""
        cover = self._cover()
        if cover is None or self.able.pictures is not None:
            return ()
        inside = any(isinstance(block, Figure) and block.src == cover.src for block in every_block(shown))
        return () if inside else (cover_figure(cover),)

    def _below(self, added: Additions) -> Blocks:
        cover = self._cover()
        return added.cover_words(cover) if cover is not None and self.able.pictures is not None else ()


def _head(head: Head, release: ReleaseSettings, assets: Mapping[Asset, None]) -> Head:
    """Return what a reader elsewhere sees of the head: nothing else may make a variant another one."""
    return Head(
        article=head.article,
        slug=head.slug,
        url=head.url,
        lang=head.lang,
        description=line(head.description),
        series=line(head.series),
        tags=tuple(dict.fromkeys(line(tag) for tag in (head.tags if release.hashtags is None else release.hashtags))),
        authors=head.authors,
        published=head.published,
        cover=head.cover if assets else "",
        canonical_url=head.canonical_url,
    )


def _lines(blocks: Blocks, added: Additions) -> Iterator[str]:
    for block in blocks:
        yield from text.lines(_spelt(block, added))


def _spelt(block: Block, added: Additions) -> Blocks:
    return added.sources() if isinstance(block, SourceCard) else (block,)
