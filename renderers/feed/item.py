"""render: one article as a feed item. Whole content in the HTML that survives in readers; absolute addresses only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from kawaraban import address
from kawaraban.article.blocks import Block, Blocks, Figure, Footnote, ListItem, Paragraph, SourceCard, Turn
from kawaraban.article.model import Article
from kawaraban.article.walk import every_block
from kawaraban.config import ChannelSettings, Publication, resolve
from kawaraban.variant import Asset, CorrectionNote, PublicFacts, SourceNote, Variant
from renderers import text
from renderers.carried import carried
from renderers.cleaning import clean, line
from renderers.head import head_of
from renderers.html import Walker
from renderers.links import absolute
from renderers.pictures import site_asset


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the item's macros read beside the node."""

    page: str
    base: str
    slug: str
    sources: tuple[SourceNote, ...]
    assets: Mapping[str, Asset]


class ItemWalker(Walker):
    """A walk over one article for feeds."""

    facts: ItemFacts

    def __init__(self, facts: ItemFacts) -> None:
        super().__init__("renderers.feed", facts)
        self.facts = facts

    def asset(self, reference: str, line_number: int | None = None) -> Asset | None:
        """Return the site's picture of a reference; None, and a loss, where it is not there (`check` blocks that)."""
        found = self.facts.assets.get(reference)
        if found is None:
            self.lose("picture", f"画像「{reference}」がありません。代替テキストだけを置きます。",
                      f"the picture {reference} is not there; its description stands alone", line_number)  # fmt: skip
        return found

    def picture(self, asset: Asset) -> str:
        """Return a picture's absolute address: the site's copy."""
        return address.absolute(self.facts.base, address.article_asset(self.facts.slug, asset.name))

    def absolute(self, href: str) -> str:
        """Return the absolute address of a link, fragments leading to the article; "" where it is none to follow."""
        return absolute(self.facts.page, href)

    def tex(self, tex: str, line_number: int | None = None) -> Markup:
        """Return a formula as written: readers drop SVG and half of them MathML."""
        self.lose("math", "数式は TeX の文字のまま出ます。", "formulas are shown as TeX text", line_number)
        return Markup("<code>{}</code>").format(tex)

    def day(self, moment: date | datetime) -> str:
        """Return a day as people read it."""
        return _day(moment)

    def turn(self, turn: Turn) -> Markup:
        """Return a turn: the name in bold before its first paragraph."""
        name = Markup("<strong>{}</strong>：").format(turn.speaker)
        first, *rest = turn.blocks or (Paragraph((), turn.line),)
        if isinstance(first, Paragraph):
            return Markup("<p>{}{}</p>\n").format(name, self.inline(first.content)) + self.blocks(rest)
        return Markup("<p>{}</p>\n").format(name) + self.blocks((first, *rest))

    def item(self, item: ListItem) -> Markup:
        """Return a list item: its first paragraph stands bare."""
        first, *rest = item.blocks or (Paragraph((), item.line),)
        if isinstance(first, Paragraph):
            return self.inline(first.content) + self.blocks(rest)
        return self.blocks((first, *rest))

    def note(self, note: Footnote) -> Markup:
        """Return a footnote's text in one paragraph."""
        return Markup("<br>").join(
            self.inline(block.content) if isinstance(block, Paragraph) else self.block(block) for block in note.blocks
        )

    def corrections(self, entries: Sequence[CorrectionNote]) -> Markup:
        """Return the corrections, a paragraph each, in the order they were made."""
        return self._macros["Corrections"](entries, self)


def render(article: Article, publication: Publication, channel: ChannelSettings, facts: PublicFacts) -> Variant:
    """Return the article as subscribers get it. Pure."""
    series = publication.series_named(article.matter.series) if article.matter.series else None
    release = resolve(
        channel.release,
        series.channels.get(channel.name) if series else None,
        article.matter.channels.get(channel.name),
    ).values
    shown = carried(article.blocks, channel, publication, facts)
    blocks = _with_sources(shown, article)
    assets = _pictures(article)
    head = head_of(article, publication, facts, shown, release=release, assets=assets)
    walker = ItemWalker(ItemFacts(head.url, publication.base_url, head.slug, head.sources, assets))
    inside = walker.blocks(blocks) + walker.corrections(head.corrections)
    body = Markup('<div lang="{}">{}</div>').format(head.lang, inside)
    lines = [part for block in blocks for part in _lines(block, head.sources)]
    lines += [f"訂正（{_day(entry.date)}）：{entry.text}" for entry in head.corrections]
    return Variant(
        article=article.id,
        channel=channel.name,
        title=line(release.title or article.matter.title),
        body=clean(str(body)),
        text=clean("\n".join(lines)),
        head=head.model_copy(update={"description": line(head.description), "lead": clean(head.lead)}),
        assets=tuple(dict.fromkeys(assets.values())),
        losses=tuple(walker.losses),
    )


def _day(moment: date | datetime) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _with_sources(blocks: Blocks, article: Article) -> Blocks:
    if not article.matter.sources or any(isinstance(block, SourceCard) for block in every_block(blocks)):
        return blocks
    return (SourceCard(1), *blocks)


def _pictures(article: Article) -> Mapping[str, Asset]:
    """Return reference → the site's asset: same file, same name, so that the feed shows what the site has."""
    alts = {block.src: block.alt for block in every_block(article.blocks) if isinstance(block, Figure)}
    cover = article.matter.cover
    if cover is not None:
        alts.setdefault(cover.src, cover.alt)
    return {
        reference: site_asset(picture, alt=alts.get(reference, "")) for reference, picture in article.pictures.items()
    }


def _lines(block: Block, sources: tuple[SourceNote, ...]) -> Iterator[str]:
    if isinstance(block, SourceCard):
        for source in sources:
            yield from text.source_lines(source)
    else:
        yield from text.lines((block,))
