"""
Plain text of an article: one block a line, in reading order, with nothing but the words.

Ruby becomes `漢字（かんじ）`, a footnote mark `（註1）`, a turn `名前：本文`, a break a line of its own. It is what
`Variant.text` holds and what the conservation check compares.
"""

from __future__ import annotations

from collections.abc import Iterator

from kawaraban.article.blocks import (
    Block,
    Blocks,
    Bouten,
    Break,
    ChannelOnly,
    Code,
    CodeSpan,
    Dialogue,
    Embed,
    Emphasis,
    Figure,
    FootnoteRef,
    Footnotes,
    Foreign,
    Glossary,
    Heading,
    Image,
    Inline,
    InlineNode,
    KeyPoints,
    Link,
    List,
    MathBlock,
    MathSpan,
    Notice,
    Paragraph,
    Quote,
    Ruby,
    Rule,
    SourceCard,
    Strike,
    Strong,
    Table,
)
from kawaraban.variant import SourceNote


def inline(content: Inline, *, readings: bool = True) -> str:
    """Return inline content as text; `readings` False leaves ruby readings and footnote marks out: words alone, to count or to cite."""
    return "".join(_inline(node, readings=readings) for node in content)


def _inline(node: InlineNode, *, readings: bool) -> str:
    match node:
        case str():
            return node
        case Strong() | Emphasis() | Strike() | Bouten() | Foreign() | Link():
            return inline(node.content, readings=readings)
        case CodeSpan():
            return node.text
        case MathSpan():
            return node.tex
        case Ruby():
            return f"{node.base}（{node.reading}）" if readings else node.base
        case Image():
            return node.alt
        case FootnoteRef():
            return f"（註{node.number}）" if readings else ""
        case Break():
            return "\n"


def lines(blocks: Blocks, *, readings: bool = True) -> Iterator[str]:
    """Yield the text of the blocks, one line each (a block with line breaks gives several)."""
    for block in blocks:
        for part in _parts(block, readings=readings):
            yield from part.split("\n")


def _parts(block: Block, *, readings: bool) -> Iterator[str]:
    match block:
        case Paragraph() | Heading():
            yield inline(block.content, readings=readings)
        case List():
            for item in block.items:
                yield from lines(item.blocks, readings=readings)
        case Quote():
            yield from lines(block.blocks, readings=readings)
            yield from filter(None, [inline(block.source, readings=readings)])
        case Notice() | ChannelOnly():
            yield from lines(block.blocks, readings=readings)
        case Code():
            yield block.text
        case MathBlock():
            yield block.tex
        case Embed():
            yield block.url
        case Figure():
            yield from filter(None, [block.alt, inline(block.caption, readings=readings)])
        case Rule() | SourceCard():
            return
        case Dialogue() | KeyPoints() | Glossary() | Table() | Footnotes():
            yield from _compound(block, readings=readings)


def _compound(block: Dialogue | KeyPoints | Glossary | Table | Footnotes, *, readings: bool) -> Iterator[str]:
    match block:
        case Dialogue():
            for turn in block.turns:
                first, *rest = list(lines(turn.blocks, readings=readings)) or [""]
                yield f"{turn.speaker}：{first}"
                yield from rest
        case KeyPoints():
            for point in block.points:
                yield inline(point.point, readings=readings)
                yield from (inline(detail, readings=readings) for detail in point.details)
        case Glossary():
            for term in block.terms:
                yield inline(term.name, readings=readings)
                yield from lines(term.definition, readings=readings)
        case Table():
            yield from filter(None, [inline(block.caption, readings=readings)])
            for row in (block.head, *block.rows):
                yield "\t".join(inline(cell, readings=readings) for cell in row)
        case Footnotes():
            for note in block.notes:
                first, *rest = list(lines(note.blocks, readings=readings)) or [""]
                yield f"註{note.number} {first}"
                yield from rest


def source_lines(source: SourceNote) -> Iterator[str]:
    """Yield the words of a source card: title, publication, date, author, summary."""
    day = str(source.date) if source.date else ""
    yield from filter(None, [source.title, source.publication, day, source.author, source.summary])


def count(blocks: Blocks) -> int:
    """Return the number of characters a reader reads: code points without white space, ruby readings and footnote marks."""
    return sum(len("".join(line.split())) for line in lines(blocks, readings=False))
