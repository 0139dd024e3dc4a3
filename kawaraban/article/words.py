"""The words of inline content, without markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def breaks(content: Inline) -> int:
    """Return how many line breaks a run of inline content holds, inner ones too."""
    return sum(1 if isinstance(node, Break) else breaks(getattr(node, "content", ())) for node in content)


def lines_of(content: Inline, first: int = 1) -> Iterator[tuple[int, Inline]]:
    """Yield the lines of a paragraph with their numbers; a break inside emphasis or a link does not split it."""
    line: list[InlineNode] = []
    begins = number = first
    for node in content:
        if isinstance(node, Break):
            yield begins, tuple(line)
            line = []
            number += 1
            begins = number
        else:
            line.append(node)
            number += breaks((node,))
    yield begins, tuple(line)


def joined(lines: Sequence[Inline]) -> Inline:
    """Return lines as one run of inline content, with breaks between them."""
    return tuple(node for index, line in enumerate(lines) for node in ((Break(), *line) if index else line))
