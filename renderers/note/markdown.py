"""
The blocks (in note's terms) as Markdown for note's plain paste, which reads it with markdown-it's CommonMark preset.

Every newline becomes a line break there; italics, inline code, tables and footnotes are unknown and never written.
Signs that CommonMark would take for markup are escaped, and bold is written so that it also works beside Japanese
brackets: signs at its edge are put outside (`「**強調**」の`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

from kawaraban.article.blocks import (
    Block,
    Blocks,
    Break,
    Code,
    Embed,
    Figure,
    Heading,
    Inline,
    InlineNode,
    Link,
    List,
    ListItem,
    Paragraph,
    Quote,
    Rule,
    Strike,
    Strong,
)
from renderers.note.inline import joined

_SIGNS = regex.compile(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!(?=\[|\Z)")
_LINE_START = regex.compile(r"^(\s*)(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[=\-]+(?=\s*$))", regex.MULTILINE)
_BLANK_LINE = regex.compile(r"\n[ \t]*(?=\n)")  # it would end the paragraph: a full-width space holds it, as on note
_NUMBER_START = regex.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)", regex.MULTILINE)


def markdown(blocks: Blocks, anchors: Iterable[str]) -> str:
    """Return the blocks as Markdown; `anchors` are the lines that stand for the pictures, in order."""
    writer = _Writer(iter(anchors))
    return "\n\n".join(filter(None, (writer.block(block) for block in blocks))) + "\n"


@dataclass(frozen=True, slots=True)
class _Writer:
    anchors: Iterator[str]

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return f"{'#' * block.level} {inline(block.content)}"
            case Paragraph():
                return inline(block.content)
            case List():
                return "\n".join(_items(block))
            case Quote():
                return _quote(block)
            case Code():
                return _fence(block)
            case Rule():
                return "---"
            case Embed():
                return block.url
            case Figure():
                return next(self.anchors)
            case _:
                msg = f"{type(block).__name__} is no block of note's"
                raise TypeError(msg)


def _items(block: List) -> Iterator[str]:
    for index, item in enumerate(block.items):
        mark = f"{block.start + index}. " if block.ordered else "- "
        yield from _item(item, mark)


def _item(item: ListItem, mark: str) -> Iterator[str]:
    rows: list[str] = []
    for inner in item.blocks:
        if isinstance(inner, List):
            rows += [""] if inner.ordered and inner.start != 1 else []  # else it would be a line of the paragraph
            rows += _items(inner)
        elif isinstance(inner, Paragraph):
            rows += inline(inner.content).split("\n")
    first, *rest = rows or [""]
    yield mark + (first or "　")  # an empty item could not stand below a line of text
    yield from (" " * len(mark) + row for row in rest)


def _quote(block: Quote) -> str:
    rows = [row for inner in block.blocks if isinstance(inner, Paragraph) for row in inline(inner.content).split("\n")]
    source = [f"—— {inline(block.source)}"] if block.source else []
    return "\n".join(f"> {row}" for row in rows + source)


def _fence(block: Code) -> str:
    longest = max((len(run) for run in regex.findall(r"`+", block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{block.language}\n{block.text}\n{fence}"


# --- inline -------------------------------------------------------------------------------------------------------


def inline(content: Inline) -> str:
    """Return inline content as Markdown."""
    return _at_line_start(_BLANK_LINE.sub("\n　", _inline(_with_bold_that_works(content)).strip(" \t\n")))


def _inline(content: Inline) -> str:
    return "".join(_node(node) for node in content)


def _node(node: InlineNode) -> str:
    match node:
        case str():
            return _SIGNS.sub(lambda found: "\\" + found.group(), node)
        case Break():
            return "\n"
        case Strong():
            return f"**{_inline(node.content)}**"
        case Strike():
            return f"~~{_inline(node.content)}~~"
        case Link():
            return f"[{_inline(node.content)}]({_destination(node.href)})"
        case _:
            msg = f"{type(node).__name__} is no inline node of note's"
            raise TypeError(msg)


def _destination(href: str) -> str:
    """Return an address as a link's destination: in <> where brackets or spaces would end it."""
    return f"<{href.replace('<', '%3C').replace('>', '%3E')}>" if regex.search(r"[()\s<>]", href) else href


def _at_line_start(written: str) -> str:
    escaped = _LINE_START.sub(lambda found: f"{found[1]}\\{found[2]}", written)
    return _NUMBER_START.sub(r"\1\\\2", escaped)


def _with_bold_that_works(content: Inline, before: str = "", after: str = "") -> Inline:
    """
    Return the content with signs moved out of Strong and Strike where CommonMark would not see the marks.

    `before` and `after` are the characters around the content ("" for the ends of a line).
    """
    nodes: list[InlineNode] = []
    for index, node in enumerate(content):
        left = _edge(nodes[-1], last=True) if nodes else before
        right = _edge(_bare(content[index + 1]), last=False) if content[index + 1 :] else after
        nodes += _working(node, left, right)
    return joined(nodes)


def _working(node: InlineNode, before: str, after: str) -> Inline:
    if isinstance(node, Link):
        return (Link(_with_bold_that_works(node.content, "[", "]"), node.href),)
    if not isinstance(node, Strong | Strike):
        return (node,)
    inner = _with_bold_that_works(node.content, "*", "*")
    if _opens(before, _edge(inner[0], last=False)) and _opens(after, _edge(inner[-1], last=True)):
        return (type(node)(inner),)
    if len(node.content) == 1 and isinstance(only := node.content[0], str):
        return _signs_outside(type(node), only)
    return _with_bold_that_works(node.content, before, after)


def _bare(node: InlineNode) -> InlineNode:
    """Return the first node inside marks, which may yet be dropped."""
    return _bare(node.content[0]) if isinstance(node, Strong | Strike) else node


def _edge(node: InlineNode, *, last: bool) -> str:
    """Return the first or last character of a node as it is written."""
    match node:
        case str():
            return node[-1] if last else node[0]
        case Break():
            return "\n"
        case Link():
            return ")" if last else "["
        case _:
            return "*"


def _opens(outside: str, inside: str) -> bool:
    """Return whether a mark between the two characters flanks the inner one (CommonMark 6.2, both directions)."""
    if not inside or inside.isspace():
        return False
    return not _is_sign(inside) or not outside or outside.isspace() or _is_sign(outside)


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _signs_outside(mark: type[Strong | Strike], words: str) -> Inline:
    start, end = 0, len(words)
    while start < end and (words[start].isspace() or _is_sign(words[start])):
        start += 1
    while end > start and (words[end - 1].isspace() or _is_sign(words[end - 1])):
        end -= 1
    inner: Inline = (mark((words[start:end],)),) if start < end else ()
    return tuple(part for part in (words[:start], *inner, words[end:]) if part != "")
