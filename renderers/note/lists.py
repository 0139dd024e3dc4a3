"""
Lists in note's terms: an item is one paragraph and at most one nested list, five levels deep.

A list is first laid out as rows (depth, number, text); what can't stand in an item interrupts the rows and stands
between two lists. Rows are then built into nested lists again, or into one level with └ where nesting is off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from kawaraban.article.blocks import Block, Blocks, Break, Inline, List, ListItem, Paragraph
from renderers.note.dialect import LIST_DEPTH
from renderers.note.losses import Losses


@dataclass(frozen=True, slots=True)
class Row:
    """One item: `number` counts in an ordered list (None: unordered), `depth` from 1."""

    depth: int
    number: int | None
    content: Inline
    line: int


@dataclass(frozen=True, slots=True)
class ListRules:
    """What lists are degraded with: `running` degrades inline content, `other` any block that can't be in an item."""

    losses: Losses
    nested: bool
    running: Callable[[Inline, int], Inline]
    other: Callable[[Blocks], Iterator[Block]]

    def degraded(self, block: List) -> Iterator[Block]:
        """Yield the list as note can have it, with what does not fit in between."""
        if not self.nested and any(isinstance(inner, List) for item in block.items for inner in item.blocks):
            self.losses.note("list-flat", block.line)
        for is_row, pieces in groupby(self._pieces(block, 1), lambda piece: isinstance(piece, Row)):
            if is_row:
                rows = [piece for piece in pieces if isinstance(piece, Row)]
                yield self._nested(rows) if self.nested else self._flat(rows)
            else:
                yield from (piece for piece in pieces if not isinstance(piece, Row))

    def _pieces(self, block: List, depth: int) -> Iterator[Row | Block]:
        for index, item in enumerate(block.items):
            number = block.start + index if block.ordered else None
            yield from self._item(item, depth, number)

    def _item(self, item: ListItem, depth: int, number: int | None) -> Iterator[Row | Block]:
        leading = _leading_paragraphs(item.blocks)
        if len(leading) > 1:
            self.losses.note("list-item", item.line)
        yield Row(depth, number, self.running(_lines(leading), item.line), item.line)
        for block in item.blocks[len(leading) :]:
            if isinstance(block, List):
                yield from self._pieces(block, depth + 1)
            else:
                self.losses.note("list-item", item.line)
                yield from self.other((block,))

    def _flat(self, rows: list[Row]) -> List:
        return List(ordered=False, items=tuple(_item_of(_flattened(row)) for row in rows), line=rows[0].line)

    def _nested(self, rows: list[Row]) -> List:
        top = min(row.depth for row in rows)
        lifted = [replace(row, depth=row.depth - top + 1) for row in rows]
        return self._level([self._clipped(row) for row in _stepwise(lifted)], 1)

    def _clipped(self, row: Row) -> Row:
        if row.depth <= LIST_DEPTH:
            return row
        self.losses.note("list-depth", row.line)
        return _led(replace(row, depth=LIST_DEPTH), "└ ")

    def _level(self, rows: list[Row], depth: int) -> List:
        own = [row for row in rows if row.depth == depth]
        ordered = all(row.number is not None for row in own)
        items = [self._branch(list(branch), depth, ordered=ordered) for branch in _branches(rows, depth)]
        start = own[0].number if ordered else None
        return List(ordered=ordered, items=tuple(items), line=rows[0].line, start=1 if start is None else start)

    def _branch(self, rows: list[Row], depth: int, *, ordered: bool) -> ListItem:
        head, *below = rows
        if head.number is not None and not ordered:
            self.losses.note("list-kind", head.line)
            head = _led(head, f"{head.number}. ")
        item = _item_of(head)
        return replace(item, blocks=(*item.blocks, self._level(below, depth + 1))) if below else item


def _stepwise(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows so that none stands more than one level below the row before it."""
    depth = 0
    for row in rows:
        depth = min(row.depth, depth + 1)
        yield replace(row, depth=depth)


def _branches(rows: Iterable[Row], depth: int) -> Iterator[list[Row]]:
    branch: list[Row] = []
    for row in rows:
        if row.depth == depth and branch:
            yield branch
            branch = []
        branch.append(row)
    yield branch


def _flattened(row: Row) -> Row:
    number = "" if row.number is None else f"{row.number}. "
    mark = "　" * (row.depth - 2) + "└ " if row.depth > 1 else ""
    return _led(row, mark + number) if mark or number else row


def _led(row: Row, mark: str) -> Row:
    first, *rest = row.content or ("",)
    content = (mark + first, *rest) if isinstance(first, str) else (mark, first, *rest)
    return replace(row, content=content)


def _item_of(row: Row) -> ListItem:
    return ListItem((Paragraph(row.content, row.line),), row.line)


def _leading_paragraphs(blocks: Blocks) -> list[Paragraph]:
    leading: list[Paragraph] = []
    for block in blocks:
        if not isinstance(block, Paragraph):
            break
        leading.append(block)
    return leading


def _lines(paragraphs: list[Paragraph]) -> Inline:
    content: Inline = ()
    for paragraph in paragraphs:
        content = (*content, Break(), *paragraph.content) if content else paragraph.content
    return content
