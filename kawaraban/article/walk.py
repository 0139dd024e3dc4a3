"""Walking the tree: every block and every inline node, in reading order, with the line of the block they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kawaraban.article.blocks import Block, Blocks, InlineNode


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
    return hasattr(value, "line") and type(value).__name__ not in {"ListItem", "Turn", "KeyPoint", "Term", "Footnote"}


def every_inline(blocks: Blocks) -> Iterator[tuple[InlineNode, int]]:
    """Yield every inline node (text included, the outer before the inner) with the line of its block."""
    for block in blocks:
        yield from _inline(block, getattr(block, "line", 1))


def _inline(value: Any, line: int) -> Iterator[tuple[InlineNode, int]]:  # noqa: ANN401 - walks every node class alike
    here = getattr(value, "line", line)
    for name in getattr(value, "__dataclass_fields__", ()):
        inner = getattr(value, name)
        if isinstance(inner, tuple):
            yield from _items(inner, here)


def _items(items: tuple[Any, ...], line: int) -> Iterator[tuple[InlineNode, int]]:
    for item in items:
        if isinstance(item, tuple):
            yield from _items(item, line)
        elif isinstance(item, str):
            yield item, line
        elif hasattr(item, "line"):
            yield from _inline(item, line)
        else:
            yield item, line
            yield from _inline(item, line)
