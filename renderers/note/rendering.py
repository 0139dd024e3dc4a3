"""render: the canonical article as a note Variant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import regex

from kawaraban import address
from kawaraban.article.blocks import (
    Block,
    Blocks,
    Break,
    Heading,
    InlineNode,
    Link,
    Paragraph,
    Rule,
    SourceCard,
    Strong,
)
from kawaraban.article.model import Article, Source
from kawaraban.config import ChannelSettings, Publication, ReleaseSettings, resolve
from kawaraban.errors import Blocked, Place, Sentence
from kawaraban.variant import Asset, Flavour, Head, PublicFacts, Variant
from renderers import pictures, text
from renderers.note.degrading import Degrading
from renderers.note.dialect import STORED_HTML, TITLE_ADVICE, TITLE_LIMIT, Dialect
from renderers.note.figures import Figures, anchor, header_asset, header_words
from renderers.note.inline import InlineRules, clean, joined
from renderers.note.losses import Losses
from renderers.note.markdown import markdown
from renderers.note.tags import hashtags
from renderers.note.walker import NoteFacts, html

_BIDI = regex.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def render(article: Article, publication: Publication, channel: ChannelSettings, facts: PublicFacts) -> Variant:
    """
    Return the article as note can have it. Pure.

    `body` is the HTML for the clipboard, `text` its plain text as a reader on note sees it; `flavours` has the Markdown
    for a plain paste (`text/markdown`) and the HTML that note stores (`text/x-note-html`, for read-back). Raises
    Blocked where note would refuse the title.
    """
    work = _Rendering(article, publication, channel, Dialect.model_validate(channel.own), Losses())
    release = work.release()
    title = _title(article, release, work.losses)
    figures = Figures(article, work.losses)
    blocks = tuple(work.blocks(figures, facts))
    tags = hashtags(_tag_names(work, release), work.losses, article.line_of.get("tags"))
    header = header_asset(article)
    return Variant(
        article=article.id,
        channel=channel.name,
        title=title,
        body=html(blocks, work.note_facts(figures, stored=False)),
        text="\n".join(text.lines(blocks)),
        head=Head(
            article=article.id,
            slug=article.slug,
            url=work.page,
            lang=article.matter.lang or publication.lang,
            hashtags=tags,
            cover=header.name if header else "",
            characters=text.count(blocks),
        ),
        assets=(*((header,) if header else ()), *figures.assets),
        flavours=_flavours(blocks, work, figures),
        losses=work.losses.declared(),
    )


@dataclass(frozen=True, slots=True)
class _Rendering:
    """What every part of one rendering needs."""

    article: Article
    publication: Publication
    channel: ChannelSettings
    dialect: Dialect
    losses: Losses

    @property
    def page(self) -> str:
        return address.absolute(self.publication.base_url, address.article(self.article.slug))

    def release(self) -> ReleaseSettings:
        """Return the effective settings of this article on this channel."""
        series = self.publication.series_named(self.article.matter.series or "")
        of_series = series.channels.get(self.channel.name) if series else None
        own = self.article.matter.channels.get(self.channel.name)
        return resolve(self.channel.release, of_series, own).values

    def blocks(self, figures: Figures, facts: PublicFacts) -> Iterator[Block]:
        """Yield everything that stands in the body, in note's terms."""
        rules = self._rules(figures, facts)
        article = self.article
        if not any(isinstance(block, SourceCard) for block in article.blocks):
            yield from rules.source_card
        yield from rules.blocks(article.blocks)
        yield from self._corrections(rules.inline)
        yield Rule(0)
        if article.matter.cover and header_asset(article) and (words := header_words(article.matter.cover)):
            yield Paragraph(rules.inline.running((f"見出し画像：{words}",), 0), 0)
        yield Paragraph(rules.inline.running(("初出：", Link((self.publication.name,), self.page)), 0), 0)

    def _rules(self, figures: Figures, facts: PublicFacts) -> Degrading:
        inline = InlineRules(self.losses, self.page, self.dialect.inline_code == "brackets", figures.wait)
        return Degrading(
            publication=self.publication,
            channel=self.channel,
            facts=facts,
            losses=self.losses,
            figures=figures,
            inline=inline,
            nested_lists=self.dialect.lists == "nested",
            source_card=tuple(_source(source, inline, self.article) for source in self.article.matter.sources),
        )

    def _corrections(self, inline: InlineRules) -> Iterator[Block]:
        corrections, line = self.article.matter.corrections, self.article.line_of.get("corrections") or 0
        if corrections:
            yield Heading(3, ("訂正",), "", line)
        for entry in corrections:
            yield Paragraph(inline.running((f"{_day(entry.date)}　{entry.text}",), line), line)

    def note_facts(self, figures: Figures, *, stored: bool) -> NoteFacts:
        """Return what the templates know."""
        return NoteFacts(
            article=self.article.id,
            assets=tuple(figures.assets),
            addresses={asset.name: self._site_address(asset) for asset in figures.assets},
            contents=self.dialect.contents,
            stored=stored,
        )

    def _site_address(self, asset: Asset) -> str:
        picture = next(picture for picture in self.article.pictures.values() if picture.file == asset.file)
        name = pictures.site_asset(picture, alt="").name
        return address.absolute(self.publication.base_url, address.article_asset(self.article.slug, name))


def _title(article: Article, release: ReleaseSettings, losses: Losses) -> str:
    title = " ".join(_BIDI.sub("", clean(unicodedata.normalize("NFC", release.title or article.matter.title))).split())
    line = article.line_of.get("title")
    if len(title) > TITLE_LIMIT:
        raise Blocked(
            Sentence(
                ja=f"題名が{len(title)}字あります。noteは{TITLE_LIMIT}字までです。",
                en=f"the title has {len(title)} characters; note takes {TITLE_LIMIT}",
            ),
            place=Place(article.path, line),
            remedy=Sentence(
                ja="noteだけ短くするなら、前付けの channels に note: {title: …} を書いてください",
                en="for a shorter one on note only, write note: {title: …} under channels in the front matter",
            ),
        )
    if len(title) > TITLE_ADVICE:
        losses.note("title-length", line)
    return title


def _tag_names(work: _Rendering, release: ReleaseSettings) -> tuple[str, ...]:
    series = work.publication.series_named(work.article.matter.series or "")
    if release.hashtags is not None:
        return release.hashtags
    return (*work.article.matter.tags, *(series.tags if series else ()))


def _source(source: Source, inline: InlineRules, article: Article) -> Paragraph:
    """Return a card of 題材 as one paragraph: what the article speaks about, and where it stood."""
    title: InlineNode = Link((source.title,), source.url) if source.url else source.title
    rows: list[tuple[str, str]] = [
        ("掲載", source.publication),
        ("日付", _day(source.date) if source.date else ""),
        ("筆者", source.author),
        ("概要", source.summary),
    ]
    content: list[InlineNode] = [Strong(("題材：", title))]
    for name, value in rows:
        content += [Break(), f"{name}：{value}"] if value else []
    line = article.line_of.get("sources") or 0
    return Paragraph(inline.running(joined(content), line), line)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _flavours(blocks: Blocks, work: _Rendering, figures: Figures) -> tuple[Flavour, ...]:
    anchors = [anchor(number, asset.name) for number, asset in enumerate(figures.assets, start=1)]
    return (
        Flavour(media_type="text/markdown", text=markdown(blocks, anchors)),
        Flavour(media_type=STORED_HTML, text=html(blocks, work.note_facts(figures, stored=True))),
    )
