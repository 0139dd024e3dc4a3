"""
Inline content in note's terms: text, bold, strike, link and line break; everything else becomes one of them.

Ruby and TeX are text notations on note, so they become text here. Signs in the article's own text that note would take
for a notation are replaced by their look-alikes, and counted as a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

import regex

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
from renderers.note.losses import Losses
from renderers.text import inline as plain

_BARS = regex.compile(r"[｜|]")
_LITERAL_RUBY = regex.compile(r"[｜|][^《\n]*《")
_MATHS = regex.compile(r"\$\$(?=\{)|^\s*\$\$\s*$", regex.MULTILINE)
_CONTROLS = regex.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_ADDRESS = regex.compile(
    r"(?<![A-Za-z0-9\"'=<])https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*[A-Za-z0-9\-_~/#@$&)*+=%]"
)
_HASHTAG = regex.compile(r"(?<![A-Za-z0-9/_&?=.\-])#[\p{L}\p{M}\p{N}_〇〜ー]+")

EMBEDDED = frozenset({
    "youtube.com", "youtu.be", "twitter.com", "x.com", "gist.github.com", "speakerdeck.com", "docs.google.com", "note.com",
})  # fmt: skip
"""Hosts whose addresses note shows as players or cards, where they stand alone in a paragraph (note.md of 2026-11)."""


@dataclass(frozen=True, slots=True)
class InlineRules:
    """
    What inline content is degraded with.

    `page` is the article's own page (relative links start there), `code_brackets` puts inline code into 「」, `picture`
    takes an image that stood inside a line.
    """

    losses: Losses
    page: str
    code_brackets: bool
    picture: Callable[[Image, int], None]

    def running(self, content: Inline, line: int) -> Inline:
        """Return the inline content of a paragraph, list item or cell."""
        return self._degraded(content, _Spot(line, shields=_needs_shield(content)))

    def quoted(self, content: Inline, line: int) -> Inline:
        """Return inline content inside a quote: note draws no formulas there."""
        return self._degraded(content, _Spot(line, shields=_needs_shield(content), maths=False))

    def heading(self, content: Inline, line: int) -> Inline:
        """Return a heading's content: only links survive, and it has one line."""
        return self._degraded(content, _Spot(line, shields=_needs_shield(content), maths=False, marks=False))

    def _degraded(self, content: Inline, spot: _Spot) -> Inline:
        nodes = joined(self._nodes(content, spot))
        for tag in _HASHTAG.findall(plain(nodes)):
            self.losses.note("hashtag", spot.line, named=tag)
        return nodes

    def _nodes(self, content: Inline, spot: _Spot) -> Iterator[InlineNode]:
        for node in content:
            yield from self._node(node, spot)

    def _node(self, node: InlineNode, spot: _Spot) -> Iterator[InlineNode]:
        match node:
            case str():
                yield from self._words(node, spot)
            case Break():
                yield Break() if spot.marks else " "
            case Strong() | Emphasis() | Bouten() | Strike():
                yield from self._mark(node, spot)
            case Foreign():
                yield from self._nodes(node.content, spot)
            case Link():
                yield from self._link(node, spot)
            case Image():
                self.losses.note("inline-image", spot.line)
                self.picture(node, spot.line)
            case CodeSpan() | MathSpan() | Ruby() | FootnoteRef():
                yield self._notation(node, spot)

    def _words(self, words: str, spot: _Spot) -> Iterator[InlineNode]:
        first, *rest = self._shielded(clean(words), spot).split("\n")
        yield from self._with_links(first, spot)
        for line in rest:
            yield Break() if spot.marks else " "
            yield from self._with_links(line, spot)

    def _with_links(self, line: str, spot: _Spot) -> Iterator[InlineNode]:
        """Yield a line of text with the addresses in it as links: note makes none of pasted text."""
        start = 0
        for found in _ADDRESS.finditer(line) if not spot.linked else ():
            address = _balanced(found.group())
            yield line[start : found.start()]
            yield from self._link(Link((address,), address), spot)
            start = found.start() + len(address)
        yield line[start:]

    def _shielded(self, words: str, spot: _Spot) -> str:
        if spot.shields and (bars := _BARS.findall(words)):
            for bar in bars:
                self.losses.note("ruby-notation", spot.line, gone=bar)
            words = _BARS.sub("│", words)
        if spot.maths and _MATHS.search(words):
            for found in _MATHS.findall(words):
                self.losses.note("math-notation", spot.line, gone=found.strip())
            words = _MATHS.sub("＄＄", words)
        return words

    def _mark(self, node: Strong | Emphasis | Bouten | Strike, spot: _Spot) -> Iterator[InlineNode]:
        if not spot.marks:
            self.losses.note("heading-marks", spot.line)
            yield from self._nodes(node.content, spot)
            return
        match node:
            case Emphasis():
                self.losses.note("emphasis", spot.line)
            case Bouten():
                self.losses.note("emphasis-dots", spot.line)
            case Strong() | Strike():
                pass
        strikes = isinstance(node, Strike)
        inside = replace(spot, struck=True) if strikes else replace(spot, bold=True)
        content = joined(self._nodes(node.content, inside))
        if not content or (spot.struck if strikes else spot.bold):
            yield from content
        else:
            yield Strike(content) if strikes else Strong(content)

    def _link(self, node: Link, spot: _Spot) -> Inline:
        if node.title:
            self.losses.note("link-title", spot.line, gone=node.title)
        if node.href.startswith("#"):
            self.losses.note("fragment-link", spot.line)
        href = urljoin(self.page, node.href)
        if plain(node.content) == node.href and (urlsplit(href).hostname or "").removeprefix("www.") in EMBEDDED:
            self.losses.note("embed-inline", spot.line, named=href)
        content = joined(self._nodes(node.content, replace(spot, linked=True))) or (href,)
        return content if spot.linked else (Link(content, href),)

    def _notation(self, node: CodeSpan | MathSpan | Ruby | FootnoteRef, spot: _Spot) -> str:
        match node:
            case CodeSpan():
                self.losses.note("code", spot.line)
                return f"「{clean(node.text)}」" if self.code_brackets else clean(node.text)
            case MathSpan():
                self.losses.note("math" if spot.maths else "math-plain", spot.line)
                return f"$${{{clean(node.tex)}}}$$" if spot.maths else clean(node.tex)
            case Ruby():
                self.losses.note("ruby", spot.line)
                return f"｜{clean(node.base)}《{clean(node.reading)}》"
            case FootnoteRef():
                return f"（注{node.number}）"


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where inline content stands: what is allowed there, what it is in, whether its bars must not look like ruby."""

    line: int
    shields: bool
    maths: bool = True
    marks: bool = True
    bold: bool = False
    struck: bool = False
    linked: bool = False


def clean(words: str) -> str:
    """Return text as note keeps it: no control characters, a no-break space is a space."""
    return printable(words).replace("\xa0", " ")


def printable(words: str) -> str:
    """Return text without what no HTML can hold: control characters, halves of surrogate pairs, non-characters."""
    return _CONTROLS.sub("", words.replace("\r\n", "\n"))


def _balanced(address: str) -> str:
    """Return an address found in a sentence without the closing brackets that belong to the sentence."""
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1]
    return address


def joined(nodes: Iterable[InlineNode]) -> Inline:
    """Return the nodes with neighbours of one kind (text, bold, strike) made one, and no empty strings."""
    result: list[InlineNode] = []
    for node in nodes:
        match (result[-1] if result else None), node:
            case _, "":
                continue
            case str(before), str():
                result[-1] = before + node
            case Strong(before), Strong(after):
                result[-1] = Strong(joined((*before, *after)))
            case Strike(before), Strike(after):
                result[-1] = Strike(joined((*before, *after)))
            case _:
                result.append(node)
    return tuple(result)


def _needs_shield(content: Inline) -> bool:
    """Return whether a bar in the article's own words could meet a 《 and become ruby."""
    words = "".join(_literal(content))
    return _BARS.search(words) is not None and (_LITERAL_RUBY.search(words) is not None or any(_rubies(content)))


def _literal(content: Inline) -> Iterator[str]:
    for node in content:
        match node:
            case str():
                yield node
            case Strong() | Emphasis() | Strike() | Bouten() | Foreign() | Link():
                yield from _literal(node.content)
            case _:
                pass


def _rubies(content: Inline) -> Iterator[bool]:
    for node in content:
        match node:
            case Ruby():
                yield True
            case Strong() | Emphasis() | Strike() | Bouten() | Foreign() | Link():
                yield from _rubies(node.content)
            case _:
                pass
