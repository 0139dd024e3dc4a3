"""
note's HTML as comparable pieces, normalised: what note adds or drops by itself makes no difference.

Ids, targets, empty captions, no-break spaces, the two bars of ruby, drawn ruby and formulas, blank lines and the way a
link card is stored are levelled. Bold and strike are not compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from lxml import html
from lxml.html import HtmlElement

Kind = Literal["h2", "h3", "text", "item", "quote", "code", "image"]

_INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_FORMULA = re.compile(r"\$\$\{(.*?)\}\$\$", re.DOTALL)
_DISPLAY = re.compile(r"\A\$\$\s*(.*?)\s*\$\$\Z", re.DOTALL)
_SPACES = re.compile(r"[ \t\r\n]+")
_SOURCE_DASH = re.compile(r"^(——|――|──|—)\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """One comparable block; an image's `text` is its caption, a quote's holds its source as the last line."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A body: its pieces without images, the captions of its images in order, the addresses it links to."""

    pieces: tuple[Piece, ...]
    captions: tuple[str, ...]
    links: frozenset[str]

    @property
    def text(self) -> str:
        """All text, one piece a line."""
        return "\n".join((*(piece.text for piece in self.pieces), *self.captions))


def read_stored(source: str) -> Stored:
    """Return the pieces of a body; anything that parses as HTML is taken."""
    holder = html.fragment_fromstring(_INVISIBLE.sub("", source), create_parent="div")
    pieces = [piece for piece in _pieces(holder) if piece.text or piece.kind == "image"]
    return Stored(
        pieces=tuple(piece for piece in pieces if piece.kind != "image"),
        captions=tuple(piece.text for piece in pieces if piece.kind == "image"),
        links=frozenset(_links(holder)),
    )


def normal(text: str) -> str:
    """Return text as it is compared."""
    level = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).replace("\xa0", " ")
    level = re.sub(r"\|(?=[^《\n]+《)", "｜", _FORMULA.sub(r"\1", level))
    lines = (line.strip() for line in level.split("\n"))
    joined = "\n".join(line for line in lines if line)
    return _DISPLAY.sub(r"\1", joined)


def same_address(url: str) -> str:
    """Return an address as it is compared."""
    return unicodedata.normalize("NFC", unquote(url)).rstrip("/")


def _pieces(holder: HtmlElement) -> Iterator[Piece]:
    if holder.text and holder.text.strip():
        yield Piece("text", normal(holder.text))
    for element in holder:
        yield from _piece(element)
        if element.tail and element.tail.strip():
            yield Piece("text", normal(element.tail))


def _piece(element: HtmlElement) -> Iterator[Piece]:
    match element.tag:
        case "h1" | "h2":
            yield Piece("h2", normal(_text(element)))
        case "h3" | "h4" | "h5" | "h6":
            yield Piece("h3", normal(_text(element)))
        case "ul" | "ol":
            yield from _items(element)
        case "pre":
            yield Piece("code", normal("".join(element.itertext())))
        case "figure":
            yield _figure(element)
        case "blockquote":
            yield _quote(element, "")
        case "div" | "section" | "article":
            yield from _pieces(element)
        case "table-of-contents" | "hr":
            return
        case str():
            yield Piece("text", normal(_text(element)))
        case _:
            return  # a comment


def _items(element: HtmlElement) -> Iterator[Piece]:
    for item in element.iter("li"):
        own = [child for child in item if child.tag not in {"ul", "ol"}]
        words = (item.text or "") + "\n".join(_text(child) + (child.tail or "") for child in own)
        yield Piece("item", normal(words))


def _figure(figure: HtmlElement) -> Piece:
    caption = figure.find(".//figcaption")
    words = normal(_text(caption)) if caption is not None else ""
    quote = figure.find(".//blockquote")
    if quote is not None:
        return _quote(quote, words)
    if address := figure.get("data-src"):
        return Piece("text", normal(address))
    return Piece("image", words)


def _quote(quote: HtmlElement, source: str) -> Piece:
    paragraphs = [_text(child) for child in quote] or [_text(quote)]
    lines = normal("\n".join((*paragraphs, source))).split("\n")
    return Piece("quote", "\n".join(_SOURCE_DASH.sub("", line) for line in lines))


def _text(element: HtmlElement) -> str:
    """Return an element's text: `<br>` is a newline, other white space one space; drawn ruby and TeX as written."""
    return "".join(_words(element))


def _words(element: HtmlElement) -> Iterator[str]:
    yield _SPACES.sub(" ", element.text or "")
    for child in element:
        match child.tag:
            case "br":
                yield "\n"
            case "ruby":
                yield _ruby(child)
            case str():
                yield from _words(child)
        yield _SPACES.sub(" ", child.tail or "")


def _ruby(element: HtmlElement) -> str:
    reading = "".join("".join(rt.itertext()) for rt in element.iter("rt"))
    base = "".join(words for words in _without(element, frozenset({"rt", "rp", "rtc"})))
    return f"｜{base}《{reading}》"


def _without(element: HtmlElement, tags: frozenset[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag not in tags:
            yield from _without(child, tags)
        yield child.tail or ""


def _links(holder: HtmlElement) -> Iterator[str]:
    for element in holder.iter("a", "figure"):
        if address := element.get("href") or element.get("data-src"):
            yield same_address(address)
