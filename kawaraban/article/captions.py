"""What stands at the edge of a block and belongs to it: a quote's source, a table's caption."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kawaraban.article.blocks import Block, Blocks, Inline, Paragraph, Table
from kawaraban.article.inlines import tidy
from kawaraban.article.words import joined, lines_of

_SOURCE_LINE = re.compile(r"^(?:——|――|──|―|—)\s*")
_CAPTION = re.compile(r"^(?:Table|表)\s*[:：]\s*")


def source_of(inside: Blocks) -> tuple[Blocks, Inline]:
    """Split `—— 出典` off the end of a quote: a paragraph of its own, or the last line of the last paragraph."""
    if not inside or not isinstance(inside[-1], Paragraph):
        return inside, ()
    last = inside[-1]
    *before, (_, after) = lines_of(last.content)
    first = after[0] if after else ""
    if not isinstance(first, str) or not _SOURCE_LINE.match(first):
        return inside, ()
    source = tidy([_SOURCE_LINE.sub("", first, count=1), *after[1:]])
    if not source:  # a line of dashes alone names nobody
        return inside, ()
    kept: Blocks = (Paragraph(joined([line for _, line in before]), last.line),) if before else ()
    return (*inside[:-1], *kept), source


def with_captions(children: Sequence[Block]) -> Blocks:
    """Give a table the paragraph `表: …` right before it as its caption, or the one right after it that no table follows."""
    result: list[Block] = []
    for place, block in enumerate(children):
        before = result[-1] if result else None
        following = children[place + 1] if place + 1 < len(children) else None
        if isinstance(block, Table) and (caption := _caption(before)) is not None:
            result[-1] = _captioned(block, caption)
        elif (
            isinstance(before, Table)
            and not before.caption
            and not isinstance(following, Table)
            and (caption := _caption(block)) is not None
        ):
            result[-1] = _captioned(before, caption)
        else:
            result.append(block)
    return tuple(result)


def _caption(block: Block | None) -> Inline | None:
    first = block.content[0] if isinstance(block, Paragraph) and block.content else ""
    if not isinstance(block, Paragraph) or not isinstance(first, str) or not _CAPTION.match(first):
        return None
    return tidy([_CAPTION.sub("", first, count=1), *block.content[1:]])


def _captioned(table: Table, caption: Inline) -> Table:
    return Table(table.head, table.rows, table.align, table.line, caption)
