"""`::: key-points` and `::: glossary`: points with their details, terms with their definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kawaraban.article.blocks import (
    Block,
    Blocks,
    Break,
    Glossary,
    Inline,
    KeyPoint,
    KeyPoints,
    List,
    ListItem,
    Paragraph,
    Term,
)
from kawaraban.article.inlines import Element, tidy
from kawaraban.article.words import joined, lines_of
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from kawaraban.article.block_reader import BlockReader

_PASTED_TERM = re.compile(r"^【(?P<name>[^】]+)】")
_DEFINITION = re.compile(r"^[:：]\s*")


def key_points(reader: BlockReader, element: Element) -> Iterator[Block]:
    """Yield the points of the lists and paragraphs inside an element."""
    line = reader.line(element)
    points: list[KeyPoint] = []
    for block in reader.children(element):
        if isinstance(block, List):
            points.extend(_point(reader, item) for item in block.items)
        elif isinstance(block, Paragraph):
            points.append(KeyPoint(block.content, (), block.line))
        else:
            _misplaced(reader, block)
            yield block
    yield KeyPoints(tuple(points), line)


def _point(reader: BlockReader, item: ListItem) -> KeyPoint:
    head, *rest = item.blocks or (Paragraph((), item.line),)
    if not isinstance(head, Paragraph):
        head, rest = Paragraph((), item.line), list(item.blocks)
    details = tuple(_details(tuple(rest)))
    if any(isinstance(block, List) and _nested(block) for block in rest):
        message = Sentence(ja="ポイントの細目は一段までです", en="a key point's details have one level only")
        reader.find("key-points-depth", item.line, message, warn=True)
    return KeyPoint(head.content, details, item.line)


def _nested(block: List) -> bool:
    return any(isinstance(inner, List) for item in block.items for inner in item.blocks)


def _details(blocks: Blocks) -> Iterator[Inline]:
    for block in blocks:
        if isinstance(block, List):
            for item in block.items:
                yield from _details(item.blocks)
        elif isinstance(block, Paragraph):
            yield block.content


@dataclass(slots=True)
class _Entry:
    """A term that may still get more of its definition."""

    name: Inline
    line: int
    definition: list[Block] = field(default_factory=list)


def _terms(entries: list[_Entry]) -> tuple[Term, ...]:
    return tuple(Term(one.name, tuple(one.definition), one.line) for one in entries)


def definition_list(reader: BlockReader, element: Element) -> Glossary:
    """Return the glossary of a `<dl>`; several definitions of a term stand one after another."""
    entries: list[_Entry] = []
    for child in element:
        line = reader.line(child)
        if child.tag == "dt":
            entries.append(_Entry(reader.inlines.of(child), line))
        elif entries:
            entries[-1].definition += reader.children(child)
    return Glossary(_terms(entries), reader.line(element))


def glossary(reader: BlockReader, element: Element) -> Iterator[Block]:
    """Yield the terms inside an element: a definition list, or 【用語】 as pasted."""
    line = reader.line(element)
    entries: list[_Entry] = []
    for block in reader.children(element):
        if isinstance(block, Glossary):
            entries += [_Entry(term.name, term.line, list(term.definition)) for term in block.terms]
        elif isinstance(block, Paragraph):
            for part in _pasted_parts(block):
                _add_pasted(reader, part, entries)
        elif entries:
            entries[-1].definition.append(block)
        else:
            _misplaced(reader, block)
            yield block
    yield Glossary(_terms(entries), line)


def _misplaced(reader: BlockReader, block: Block) -> None:
    message = Sentence(
        ja="この囲みの中には置けないもので、囲みの前に出ます",
        en="this does not belong into the box; it is shown before it",
    )
    remedy = Sentence(ja="::: の外へ移してください", en="move it out of the `:::` lines")
    reader.find("box-content", block.line, message, warn=True, remedy=remedy)


def _pasted_parts(block: Paragraph) -> Iterator[Paragraph]:
    """Split a paragraph where a line begins with 【用語】: what is pasted often has no empty lines."""
    current: list[tuple[int, Inline]] = []
    for number, content in lines_of(block.content, block.line):
        if current and isinstance(content[0] if content else None, str) and _PASTED_TERM.match(str(content[0])):
            yield Paragraph(joined([words for _, words in current]), current[0][0])
            current = []
        current.append((number, content))
    yield Paragraph(joined([words for _, words in current]), current[0][0])


def _add_pasted(reader: BlockReader, block: Paragraph, entries: list[_Entry]) -> None:
    """Read `【用語】定義`, on one line or two, and paragraphs that continue a definition."""
    first = block.content[0] if block.content else ""
    found = _PASTED_TERM.match(first) if isinstance(first, str) else None
    if found is None or not isinstance(first, str):
        if entries:
            entries[-1].definition.append(block)
            return
        message = Sentence(ja="用語解説が用語で始まっていません", en="the glossary does not begin with a term")
        remedy = Sentence(
            ja="「用語」の行の下に「: 定義」と書いてください", en="write the term, and `: definition` under it"
        )
        reader.find("glossary-without-term", block.line, message, remedy=remedy)
        entries.append(_Entry(block.content, block.line))
        return
    message = Sentence(
        ja="【用語】の形は「用語」と「: 定義」に直せます", en="【term】 can be written as a term and `: definition`"
    )
    reader.find("glossary-pasted", block.line, message, warn=True)
    rest = list(tidy([first[found.end() :], *block.content[1:]]))
    while rest and isinstance(rest[0], Break):
        rest.pop(0)
    if rest and isinstance(rest[0], str):
        rest[0] = _DEFINITION.sub("", rest[0], count=1)
    definition: list[Block] = [Paragraph(tidy(rest), block.line)] if rest else []
    entries.append(_Entry((found["name"],), block.line, definition))
