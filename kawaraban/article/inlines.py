"""
Inline content from the elements comrak gives: a tree of frozen nodes, with this house's own notations in the text.

The notations that CommonMark does not know are found here, in text only (never in code or maths): ruby
`｜漢字《かんじ》` (either bar, `\\｜` escapes), emphasis dots `[傍点]{.bouten}` and foreign words `[word]{lang=en}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

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

Element = Any  # lxml's elements are untyped in their stubs

_NOTATION = re.compile(
    r"\\(?P<escaped>[｜《》])"
    r"|[｜|](?P<base>[^｜|《》\\\n]{1,60})《(?P<reading>[^《》\\\n]{1,60})》"
    r"|(?P<open>\[)"
    r"|(?P<close>\]\{(?P<attributes>[^{}\n]{1,60})\})"
)
# `]\{` is no notation, but comrak takes the backslash away: a noncharacter stands for it until the notations are found
LITERAL_BRACE = "\ufdd0"
_JAPANESE = re.compile("[\u3001\u3002\u3041-\u30fa]")
_LANG = re.compile(r"^lang=[\"']?([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)[\"']?$")
_SAFE_LINK = re.compile(r"^(?:https?:|mailto:|tel:|/|#|\.{0,2}/|[^:]*$)", re.IGNORECASE)


class Inlines:
    """
    Turns the inside of one element into Inline; counts the mentions of footnotes over the whole article.

    `note_numbers` maps the id of each note that was mentioned to its number.
    """

    def __init__(self) -> None:
        self.note_numbers: dict[str, int] = {}
        self._mentions: dict[int, int] = {}

    def of(self, element: Element) -> Inline:
        """Return the inline content of an element."""
        return tidy(notations(list(self._nodes(element))))

    def run(self, pieces: list[Element | str]) -> Inline:
        """Return a run of bare text and inline elements (the inside of a tight list item)."""
        nodes: list[InlineNode] = []
        for piece in pieces:
            nodes.extend([piece] if isinstance(piece, str) else self._node(piece))
        return tidy(notations(nodes))

    def _nodes(self, element: Element) -> Iterator[InlineNode]:
        before = element.text or ""
        if before:
            yield before
        for child in element:
            yield from _money(child, before) or self._node(child)
            before = child.tail or ""
            if before:
                yield before

    def _node(self, child: Element) -> Iterator[InlineNode]:
        match child.tag:
            case "strong":
                yield Strong(self.of(child))
            case "em":
                yield Emphasis(self.of(child))
            case "del":
                yield Strike(self.of(child))
            case "code":
                yield CodeSpan(verbatim(child))
            case "br":
                yield Break()
            case "a":
                yield from self._link(child)
            case "img":
                yield Image(*(_unmarked(child.get(name, "")) for name in ("src", "alt", "title")))
            case "sup":
                yield self._footnote(child)
            case "span":
                yield MathSpan(verbatim(child).strip())
            case _:
                yield from self._nodes(child)

    def _link(self, child: Element) -> Iterator[InlineNode]:
        if "footnote-backref" in child.get("class", ""):
            return
        href = child.get("href", "")
        if href and _SAFE_LINK.match(href):
            yield Link(self.of(child), _unmarked(href), _unmarked(child.get("title", "")))
        else:
            yield from self._nodes(child)

    def _footnote(self, child: Element) -> FootnoteRef:
        number = int("".join(child.itertext()))
        self.note_numbers[child[0].get("href", "").removeprefix("#")] = number
        self._mentions[number] = self._mentions.get(number, 0) + 1
        return FootnoteRef(number, self._mentions[number])


def _money(element: Element, before: str) -> list[InlineNode]:
    """What stands between two sums of money is no formula: `HK$200と$` has a letter before it, or Japanese in it."""
    if element.tag != "span" or element.get("data-math-style") != "inline":
        return []
    tex = verbatim(element)
    if not (re.search(r"[A-Za-z0-9]$", before) or ("\\" not in tex and _JAPANESE.search(tex))):
        return []
    return [f"${tex}$"]


def marked(body: str) -> str:
    """Return a body in which `]\\{` survives comrak as no notation."""
    return body.replace(LITERAL_BRACE, "").replace("]\\{", f"]{LITERAL_BRACE}")


def _unmarked(text: str) -> str:
    return text.replace(LITERAL_BRACE, "{") if LITERAL_BRACE in text else text


def verbatim(element: Element) -> str:
    """Return the text of code or maths, where a backslash is a backslash."""
    return "".join(element.itertext()).replace(LITERAL_BRACE, "\\{")


def notations(nodes: list[InlineNode]) -> list[InlineNode]:
    """Find ruby, dots and foreign words in the text of a flat list of nodes; brackets may enclose other nodes."""
    stack: list[list[InlineNode]] = [[]]
    for node in nodes:
        if isinstance(node, str) and any(sign in node for sign in "｜|[\\]"):
            _scan(node, stack)
        else:
            stack[-1].append(node)
    # a bracket that nothing closed is text; level by level it would take hours for a line of brackets
    return [*stack[0], *(node for inner in stack[1:] for node in ("[", *inner))]


def _scan(text: str, stack: list[list[InlineNode]]) -> None:
    position = 0
    for found in _NOTATION.finditer(text):
        stack[-1].append(text[position : found.start()])
        position = found.end()
        if found["escaped"]:
            stack[-1].append(found["escaped"])
        elif found["base"]:
            stack[-1].append(Ruby(found["base"], found["reading"]))
        elif found["open"]:
            stack.append([])
        else:
            _close(found["close"], found["attributes"], stack)
    stack[-1].append(text[position:])


def _close(written: str, attributes: str, stack: list[list[InlineNode]]) -> None:
    lang = _LANG.match(attributes.strip())
    if len(stack) == 1 or not (lang or attributes.strip() == ".bouten"):
        stack[-1].append(written)
        return
    content = tidy(stack.pop())
    stack[-1].append(Foreign(content, lang[1]) if lang else Bouten(content))


def tidy(nodes: list[InlineNode]) -> Inline:
    """Join neighbouring text, drop empty text, and the line feed that stands beside a Break."""
    result: list[InlineNode] = []
    words: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            words.append(_unmarked(node.replace("\n", "") if "\n" in node else node))
            continue
        if text := "".join(words):
            result.append(text)
        words = []
        result.append(node)
    if text := "".join(words):
        result.append(text)
    return tuple(result)
