"""
What stands around the text elsewhere, as blocks of the article: cited sources, corrections, the cover, the closing line.

Made of blocks, so that HTML, plain text and mail say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from kawaraban.article.blocks import Blocks, Break, Figure, InlineNode, Link, Paragraph, SourceCard, Strong
from kawaraban.article.model import Cover
from kawaraban.article.walk import every_block
from kawaraban.config import Publication
from kawaraban.variant import CorrectionNote, Head, SourceNote
from renderers.fulltext.wording import Wording


@dataclass(frozen=True, slots=True)
class Additions:
    """`head` is the article's; `zone` the newsroom's."""

    head: Head
    words: Wording
    zone: ZoneInfo

    def sources(self) -> Blocks:
        """Return the cited articles, a paragraph each: what the text speaks about, and where it stood."""
        return tuple(Paragraph(tuple(self._source(source)), 1) for source in self.head.sources)

    def _source(self, source: SourceNote) -> Iterator[InlineNode]:
        words = self.words
        title: InlineNode = Link((source.title,), source.url) if source.url else source.title
        yield Strong((f"{words.source}{words.colon}", title))
        rows = (
            (words.publication, source.publication),
            (words.on, words.day(source.date, self.zone) if source.date else ""),
            (words.author, source.author),
            (words.summary, source.summary),
        )
        for label, value in rows:
            if value:
                yield Break()
                yield f"{label}{words.colon}{value}"

    def corrections(self) -> Blocks:
        """Return the corrections in the order they were made."""
        return tuple(Paragraph(tuple(self._correction(entry)), 1) for entry in self.head.corrections)

    def _correction(self, entry: CorrectionNote) -> Iterator[InlineNode]:
        words = self.words
        yield Strong((words.dated(words.correction, words.day(entry.date, self.zone)),))
        yield f"{words.colon}{entry.text}"

    def cover_words(self, cover: Cover) -> Blocks:
        """Return caption and credit of a cover that the channel shows by itself: nothing else would carry them."""
        said = _caption(cover)
        return (Paragraph((f"{self.words.cover}{self.words.colon}{said}",), 1),) if said else ()

    def closing(self, publication: Publication) -> Blocks:
        """Return the line that leads to the original: the page on the site, or where the article really first stood."""
        target = self.head.canonical_url or self.head.url
        name = (urlsplit(target).hostname or target) if self.head.canonical_url else publication.name
        colon = "：" if self.words.japanese else " "
        return (Paragraph((f"{self.words.original}{colon}", Link((name,), target)), 1),)


def cover_figure(cover: Cover) -> Figure:
    """Return a cover as a figure above the text, where the channel shows none by itself."""
    said = _caption(cover)
    return Figure(cover.src, cover.alt, (said,) if said else (), 1)


def _caption(cover: Cover) -> str:
    credit = f"（{cover.credit}）" if cover.credit and cover.caption else cover.credit
    return f"{cover.caption}{credit}"


def placed(blocks: Blocks, sources: Blocks) -> Blocks:
    """Put the sources where the text wants them, else above the lead."""
    if not any(isinstance(block, SourceCard) for block in every_block(blocks)):
        return (*sources, *blocks)
    return tuple(one for block in blocks for one in (sources if isinstance(block, SourceCard) else (block,)))
