"""
The article's blocks in note's terms.

What comes out has only Paragraph, Heading (2, 3), List (an item: one paragraph, at most one list), Quote (one
paragraph), Code, Figure (of an asset), Embed and Rule, with text, Strong, Strike, Link and Break inside. Everything
else is said in those words, and counted in `losses`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kawaraban.article.blocks import (
    Block,
    Blocks,
    Break,
    ChannelOnly,
    Code,
    Dialogue,
    Embed,
    Figure,
    Footnotes,
    Glossary,
    Heading,
    Inline,
    InlineNode,
    KeyPoint,
    KeyPoints,
    List,
    ListItem,
    MathBlock,
    Notice,
    Paragraph,
    Quote,
    Rule,
    SourceCard,
    Strong,
    Table,
)
from kawaraban.config import ChannelSettings, Publication
from kawaraban.variant import PublicFacts
from renderers.carried import carried
from renderers.note.figures import Figures
from renderers.note.inline import InlineRules, clean, joined, printable
from renderers.note.lists import ListRules
from renderers.note.losses import Losses

LARGE = 2
"""The level of 大見出し; every deeper heading is a 小見出し."""

DRAWN_CODE = "mermaid"
"""The one language note does something with: it draws the diagram."""


@dataclass(frozen=True, slots=True)
class Degrading:
    """The rules for one article on one note channel; `source_card` are the blocks its source card becomes."""

    publication: Publication
    channel: ChannelSettings
    facts: PublicFacts
    losses: Losses
    figures: Figures
    inline: InlineRules
    nested_lists: bool
    source_card: Blocks

    def blocks(self, blocks: Blocks) -> Iterator[Block]:
        """Yield the blocks that this channel carries, in note's terms."""
        for block in carried(blocks, self.channel, self.publication, self.facts):
            yield from self._block(block)
            for figure in self.figures.waiting():
                yield from self._figure(figure)

    def _block(self, block: Block) -> Iterator[Block]:
        match block:
            case Paragraph():
                content = self.inline.running(block.content, block.line)
                yield from (Paragraph(content, block.line),) if content else ()
            case Heading():
                yield self._heading(block)
            case Code():
                yield self._code(block)
            case Figure():
                yield from self._figure(block)
            case Embed():
                yield Embed(printable(block.url), block.line)
            case Rule():
                yield block
            case MathBlock():
                yield self._formula(block)
            case Quote():
                yield from self._quote(block)
            case SourceCard():
                yield from self.source_card
            case Notice() | ChannelOnly():
                yield from self.blocks(block.blocks)
            case _:
                yield from self._compound(block)

    def _compound(self, block: List | Dialogue | KeyPoints | Glossary | Table | Footnotes) -> Iterator[Block]:
        match block:
            case List():
                yield from ListRules(self.losses, self.nested_lists, self.inline.running, self.blocks).degraded(block)
            case KeyPoints():
                items = tuple(_point_item(point) for point in block.points)
                yield from self._compound(List(ordered=False, items=items, line=block.line))
            case Dialogue():
                for turn in block.turns:
                    yield from self._led((Strong((f"{turn.speaker}：",)),), turn.blocks, turn.line)
            case Glossary():
                self.losses.note("definition-list", block.line)
                for term in block.terms:
                    yield from self._led((Strong(term.name), Break()), term.definition, term.line)
            case Table():
                yield from self._table(block)
            case Footnotes():
                yield Heading(3, ("注",), "", block.line)
                for note in block.notes:
                    self.losses.note("footnote", note.line)
                    yield from self._led((f"注{note.number} ",), note.blocks, note.line)

    def _led(self, lead: Inline, blocks: Blocks, line: int) -> Iterator[Block]:
        """Yield the blocks with `lead` (a name, a term, a number) at the head of the first paragraph."""
        first, *rest = blocks or (Paragraph((), line),)
        if isinstance(first, Paragraph):
            yield from self._block(Paragraph(_without_last_break((*lead, *first.content)), line))
            yield from self.blocks(tuple(rest))
        else:
            yield from self._block(Paragraph(_without_last_break(lead), line))
            yield from self.blocks(blocks)

    def _heading(self, block: Heading) -> Heading:
        level: Literal[2, 3] = 2 if block.level <= LARGE else 3
        if level != block.level:
            self.losses.note("heading-level", block.line)
        return Heading(level, self.inline.heading(block.content, block.line), block.anchor, block.line)

    def _code(self, block: Code) -> Code:
        language = block.language if block.language == DRAWN_CODE else ""
        if block.language and not language:
            self.losses.note("code-language", block.line, named=block.language, gone=block.language)
        return Code(printable(block.text), language, block.line)

    def _figure(self, block: Figure) -> Iterator[Block]:
        placed = self.figures.placed(block, self.inline.running(block.caption, block.line))
        yield from (placed,) if placed is not None else ()

    def _formula(self, block: MathBlock) -> Paragraph:
        self.losses.note("math", block.line)
        content: list[InlineNode] = ["$$"]
        for line in filter(str.strip, clean(block.tex).split("\n")):
            content += [Break(), line]
        return Paragraph((*content, Break(), "$$"), block.line)

    def _table(self, block: Table) -> Iterator[Block]:
        self.losses.note("table", block.line)
        if block.caption:
            yield from self._block(Paragraph((Strong(block.caption),), block.line))
        rows = [_pairs(block.head, row) for row in block.rows] or [_pairs((), block.head)]
        items = tuple(ListItem((Paragraph(row, block.line),), block.line) for row in rows)
        yield from self._compound(List(ordered=False, items=items, line=block.line))

    def _quote(self, block: Quote) -> Iterator[Block]:
        pieces = list(self._quoted(block.blocks))
        lines = [piece for piece in pieces if isinstance(piece, tuple)]
        if len(lines) > 1 or not all(isinstance(inner, Paragraph) for inner in block.blocks):
            self.losses.note("quote-block", block.line)
        content: list[InlineNode] = []
        for line in lines:
            content += [Break(), "　", Break(), *line] if content else line
        source = self.inline.quoted(block.source, block.line)
        yield Quote((Paragraph(joined(content), block.line),), source, block.line)
        yield from (piece for piece in pieces if isinstance(piece, Figure))

    def _quoted(self, blocks: Blocks) -> Iterator[Inline | Figure]:
        """Yield what stands in a quote as lines of text; pictures leave it."""
        for block in carried(blocks, self.channel, self.publication, self.facts):
            if isinstance(block, Paragraph | Heading):
                yield self.inline.quoted(block.content, block.line)
            else:
                for inner in self._block(block):
                    yield from _as_lines(inner)


def _point_item(point: KeyPoint) -> ListItem:
    details = tuple(ListItem((Paragraph(detail, point.line),), point.line) for detail in point.details)
    below: Blocks = (List(ordered=False, items=details, line=point.line),) if details else ()
    return ListItem((Paragraph(point.point, point.line), *below), point.line)


def _pairs(head: tuple[Inline, ...], row: tuple[Inline, ...]) -> Inline:
    """Return a row of a table as 見出し: 値 / 見出し: 値."""
    content: list[InlineNode] = []
    for index, cell in enumerate(row):
        name = head[index] if index < len(head) else ()
        content += [" / "] if content else []
        content += [*name, ": ", *cell] if name else cell
    return tuple(content)


def _as_lines(block: Block) -> Iterator[Inline | Figure]:
    """Yield a block (in note's terms) as a line of text."""
    match block:
        case Figure():
            yield block
        case Paragraph() | Heading():
            yield block.content
        case List():
            yield _list_lines(block)
        case Quote():
            yield from (line for inner in block.blocks for line in _as_lines(inner))
            yield from filter(None, [block.source])
        case Code():
            yield _broken(block.text)
        case Embed():
            yield (block.url,)
        case _:
            return


def _list_lines(block: List, indent: str = "") -> Inline:
    content: list[InlineNode] = []
    for index, item in enumerate(block.items):
        content += [Break()] if content else []
        content += [indent + (f"{block.start + index}. " if block.ordered else "・")]
        for inner in item.blocks:
            if isinstance(inner, Paragraph):
                content += inner.content
            elif isinstance(inner, List):
                content += [Break(), *_list_lines(inner, indent + "　")]
    return tuple(content)


def _broken(words: str) -> Inline:
    first, *rest = words.split("\n")
    return (first, *(node for line in rest for node in (Break(), line)))


def _without_last_break(content: Inline) -> Inline:
    return content[:-1] if content and isinstance(content[-1], Break) else content
