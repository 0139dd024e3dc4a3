"""Our own tree reduced to the oracle's outline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from kawaraban.article import markdown
from kawaraban.article.blocks import (
    Blocks,
    Break,
    Code,
    CodeSpan,
    Emphasis,
    Figure,
    Heading,
    Image,
    Inline,
    InlineNode,
    Link,
    List,
    Paragraph,
    Quote,
    Rule,
    Strike,
    Strong,
)


def outline(text: str) -> list[str]:
    return list(_lines(markdown.blocks(text, PurePosixPath("x.md")).blocks))


def _lines(blocks: Blocks) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph():
                yield f"p {inline(block.content)}".rstrip()
            case Heading():
                yield f"h{block.level} {inline(block.content)}".rstrip()
            case List():
                yield "ol" if block.ordered else "ul"
                for item in block.items:
                    yield from _lines(item.blocks)
            case Quote():
                yield "blockquote"
                yield from _lines(block.blocks)
                if block.source:
                    yield f"source {inline(block.source)}"
            case Code():
                yield f"code {block.text}"
            case Rule():
                yield "rule"
            case Figure():
                yield f"p <img {block.alt}>"
            case _:
                yield type(block).__name__


def inline(content: Inline) -> str:
    return "".join(_node(node) for node in content)


def _node(node: InlineNode) -> str:
    match node:
        case str():
            return node
        case Strong():
            return f"<strong>{inline(node.content)}</strong>"
        case Emphasis():
            return f"<em>{inline(node.content)}</em>"
        case Strike():
            return f"<s>{inline(node.content)}</s>"
        case Link():
            return f"<a>{inline(node.content)}</a>"
        case CodeSpan():
            return f"<code>{node.text}</code>"
        case Break():
            return "<br>"
        case Image():
            return f"<img {node.alt}>"
        case _:
            return type(node).__name__
