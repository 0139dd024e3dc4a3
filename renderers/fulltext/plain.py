"""
The plain body of a mail: lines of at most 70 columns (35 Japanese letters), addresses whole, one blank line between blocks.

A line ends where a person would end it (JIS X 4051 in short): before no closing sign, after no opening one, never within an
address, a Latin word or a letter with its marks. Columns count East Asian wide letters twice (UAX #11).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from kawaraban.article.blocks import (
    Block,
    Blocks,
    Break,
    Code,
    Dialogue,
    Embed,
    Figure,
    Footnotes,
    Glossary,
    Heading,
    Image,
    Inline,
    InlineNode,
    KeyPoints,
    Link,
    List,
    MathBlock,
    Paragraph,
    Quote,
    Rule,
    SourceCard,
    Table,
)
from renderers import text
from renderers.fulltext.walker import FulltextWalker, led

COLUMNS = 70
_UNIT = regex.compile(r"[!-~]+|[^\S\n]+|\X")
_NOT_FIRST = frozenset("、。，．・：；？！）」』】〕〉》ー～…‥々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ”’―─—゛゜")
_NOT_LAST = frozenset("（「『【〔〈《“‘")


def mail_text(blocks: Blocks, walker: FulltextWalker) -> str:
    """Return the body; addresses are made absolute by the walker of the HTML beside it."""
    return "\n\n".join(filter(None, (_block(block, walker) for block in blocks)))


def wrapped(written: str, columns: int = COLUMNS, indent: str = "") -> str:
    """Return text in lines of at most so many columns; its own line breaks stay, `indent` stands before all but the first."""
    lines = [line for part in written.split("\n") for line in _lines(part, columns, len(indent))]
    return f"\n{indent}".join(lines)


def width(written: str) -> int:
    """Return how many columns a text takes."""
    return sum(_columns(sign) for sign in written)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WFA" else 1


def _lines(part: str, columns: int, indent: int) -> Iterator[str]:
    line = ""
    for unit in _units(part):
        if line and width(line) + width(unit.rstrip()) > columns - indent:
            yield line.rstrip()
            line = ""
        line += unit.lstrip() if not line else unit
    yield line.rstrip()


def _units(part: str) -> Iterator[str]:
    """Yield what is never torn: a letter with the signs that may not be parted from it."""
    held = ""
    for unit in _UNIT.findall(part):
        if held and unit[0] not in _NOT_FIRST and held[-1] not in _NOT_LAST:
            yield held
            held = ""
        held += unit
    if held:
        yield held


# --- blocks -----------------------------------------------------------------------------------------------------------


def _block(block: Block, walker: FulltextWalker) -> str:
    match block:
        case Heading():
            return wrapped(f"■ {_said(block.content, walker)}", indent="  ")
        case Paragraph():
            return wrapped(_said(block.content, walker))
        case List() | KeyPoints():
            return _list(block if isinstance(block, List) else walker.points(block), walker)
        case Quote():
            source = f"\n\n――{_said(block.source, walker)}" if block.source else ""
            return _before("> ", f"{mail_text(block.blocks, walker)}{source}")
        case Code():
            return _before("    ", block.text)
        case MathBlock():
            return _before("    ", block.tex)
        case Embed():
            return walker.href(block.url) or block.url
        case Figure():
            return wrapped("\n".join(filter(None, (f"［図］{block.alt}", _said(block.caption, walker)))))
        case Rule():
            return "－" * 8
        case SourceCard():
            return mail_text(walker.facts.sources, walker)
        case _:
            return _compound(block, walker)


def _compound(block: Block, walker: FulltextWalker) -> str:
    match block:
        case Dialogue():
            turns = (led((f"{turn.speaker}：",), turn.blocks, turn.line) for turn in block.turns)
            return "\n\n".join(mail_text(turn, walker) for turn in turns)
        case Glossary():
            terms = (f"【{_said(term.name, walker)}】\n{mail_text(term.definition, walker)}" for term in block.terms)
            return "\n\n".join(terms)
        case Table():
            return _table(block, walker)
        case Footnotes():
            notes = (led((f"註{note.number} ",), note.blocks, note.line) for note in block.notes)
            return "\n\n".join(("－" * 8, *(mail_text(note, walker) for note in notes)))
        case _:
            return mail_text(getattr(block, "blocks", ()), walker)


def _list(block: List, walker: FulltextWalker) -> str:
    items = []
    for number, item in enumerate(block.items, start=block.start):
        mark = f"{number}. " if block.ordered else "・"
        first, *rest = item.blocks or (Paragraph((), item.line),)
        inside = "\n".join(filter(None, (_block(one, walker) for one in (first, *rest))))
        items.append(f"{mark}{inside.replace(chr(10), chr(10) + ' ' * width(mark))}")
    return "\n".join(items)


def _table(table: Table, walker: FulltextWalker) -> str:
    """A table as rows of `head: value`: columns don't stand below each other in mail's letters."""
    caption = [_said(table.caption, walker)] if table.caption else []
    heads = [_said(cell, walker) for cell in table.head]
    rows = ("\n".join(_cells(heads, row, walker)) for row in table.rows)
    return "\n\n".join([*caption, *(rows if table.rows else [" / ".join(heads)])])


def _cells(heads: list[str], row: tuple[Inline, ...], walker: FulltextWalker) -> Iterator[str]:
    for head, cell in zip(heads, row, strict=True):
        yield wrapped(f"{head}：{_said(cell, walker)}" if head else _said(cell, walker))


def _before(mark: str, written: str) -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in written.split("\n"))


# --- inline -----------------------------------------------------------------------------------------------------------


def _said(content: Inline, walker: FulltextWalker) -> str:
    return "".join(_inline(node, walker) for node in content)


def _inline(node: InlineNode, walker: FulltextWalker) -> str:
    match node:
        case Link():
            words, href = _said(node.content, walker), walker.href(node.href)
            return words if not href or words == href else f"{words} <{href}>"
        case Break():
            return "\n"
        case Image():
            return f"［図］{node.alt}{node.title}"
        case _ if inner := getattr(node, "content", ()):
            return _said(inner, walker)
        case _:
            return text.inline((node,))
