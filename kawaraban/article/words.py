"""The words of inline content, without markup."""

from __future__ import annotations

from kawaraban.article.blocks import (
    Bouten,
    Break,
    CodeSpan,
    Emphasis,
    FootnoteRef,
    Foreign,
    Image,
    Inline,
    InlineNode,
    Link,
    MathSpan,
    Ruby,
    Strike,
    Strong,
)


def plain(content: Inline, *, readings: bool = True) -> str:
    """Return inline content as text; `readings` False leaves ruby readings out (for counting, searching, anchors)."""
    return "".join(_plain(node, readings=readings) for node in content)


def _plain(node: InlineNode, *, readings: bool) -> str:
    match node:
        case str():
            return node
        case Strong() | Emphasis() | Strike() | Bouten() | Foreign() | Link():
            return plain(node.content, readings=readings)
        case CodeSpan():
            return node.text
        case MathSpan():
            return node.tex
        case Ruby():
            return f"{node.base}（{node.reading}）" if readings else node.base
        case Image():
            return node.alt
        case FootnoteRef():
            return f"（註{node.number}）"
        case Break():
            return "\n"
