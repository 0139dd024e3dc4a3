"""Walking the tree: every block and every inline node, in reading order, with the line it stands on."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from kawaraban.article.blocks import Block, Blocks, Break, Inline, InlineNode, Table

_ITEMS = frozenset({"ListItem", "Turn", "KeyPoint", "Term", "Footnote"})


def every_block(blocks: Blocks) -> Iterator[Block]:
    """Yield every block, the outer before the inner."""
    for block in blocks:
        yield block
        yield from _inner_blocks(block)


def _inner_blocks(value: Any) -> Iterator[Block]:  # noqa: ANN401 - blocks and their items (turns, terms, notes) alike
    for name in getattr(value, "__dataclass_fields__", ()):
        inner = getattr(value, name)
        if isinstance(inner, tuple):
            for item in inner:
                if _is_block(item):
                    yield item
                    yield from _inner_blocks(item)
                elif hasattr(item, "__dataclass_fields__"):
                    yield from _inner_blocks(item)


def _is_block(value: object) -> bool:
    return hasattr(value, "line") and type(value).__name__ not in _ITEMS


def every_inline(blocks: Blocks) -> Iterator[tuple[InlineNode, int]]:
    """
    Yield every inline node (text included, the outer before the inner) with its line.

    The line is exact where every newline before it in its block is a Break; the details of a key point have its line.
    """
    for block in blocks:
        yield from _inline(block)


def _inline(value: Any) -> Iterator[tuple[InlineNode, int]]:  # noqa: ANN401 - walks every block and item class alike
    if isinstance(value, Table):
        yield from _cells(value)
        return
    for name in value.__dataclass_fields__:
        inner = getattr(value, name)
        if isinstance(inner, tuple) and name != "channels":
            yield from _items(inner, value.line)


def _cells(table: Table) -> Iterator[tuple[InlineNode, int]]:
    """The head is the table's first line, the line of dashes the second."""
    yield from _items(table.caption, table.line)
    yield from _items(table.head, table.line)
    for number, row in enumerate(table.rows):
        yield from _items(row, table.line + 2 + number)


def _items(items: tuple[Any, ...], line: int) -> Iterator[tuple[InlineNode, int]]:
    """A tuple of blocks or items, of several runs of inline content, or one run."""
    if items and hasattr(items[0], "line"):
        for item in items:
            yield from _inline(item)
    elif items and isinstance(items[0], tuple):
        for item in items:
            yield from _items(item, line)
    else:
        yield from _run(items, line)


def _run(content: Inline, line: int) -> Generator[tuple[InlineNode, int], None, int]:
    """Yield a run's nodes; return the line on which it ends."""
    for node in content:
        yield node, line
        if isinstance(node, Break):
            line += 1
        elif inner := getattr(node, "content", ()):
            line = yield from _run(inner, line)
    return line
