"""What a prepared note has that hands must look after: pictures, link cards, sources of quotes, formulas, rubies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from lxml import html
from lxml.html import HtmlElement

from kawaraban.variant import Asset, Variant

_URL = re.compile(r"https?://\S+")
_RUBY = re.compile(r"｜[^《\n]+《[^》\n]+》")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the clipboard's HTML: its markup, its words, and the picture whose place it marks."""

    html: str
    text: str
    picture: Asset | None
    tag: str

    @property
    def key(self) -> str:
        """What makes two blocks the same: the markup, or for a picture its bytes, its caption and its description."""
        if self.picture is None:
            return self.html
        return f"{self.picture.digest}\n{self.picture.caption}\n{self.picture.alt}"

    @property
    def shown(self) -> str:
        """The words a reader sees: a picture's are its caption."""
        return self.text if self.picture is None else self.picture.caption

    @property
    def items(self) -> tuple[Block, ...]:
        """The items of a list, each as the paragraph it is, in the order of the text."""
        paragraphs = html.fragment_fromstring(self.html).xpath("//li/p")
        return tuple(replace(_block(paragraph, {}), tag="li") for paragraph in paragraphs)

    @property
    def shape(self) -> str:
        """A list without its words: what stands in what."""
        holder = html.fragment_fromstring(self.html)
        return "".join(_shape(holder))


@dataclass(frozen=True, slots=True)
class Outline:
    """A note at a glance. `pictures` are in order; `header` is the 見出し画像."""

    blocks: tuple[Block, ...]
    pictures: tuple[Asset, ...]
    header: Asset | None
    characters: int

    @property
    def headings(self) -> int:
        """How many headings the body has."""
        return sum(block.tag in {"h2", "h3"} for block in self.blocks)

    @property
    def cards(self) -> tuple[str, ...]:
        """The addresses that stand alone in a paragraph."""
        return tuple(block.text for block in self.blocks if block.tag == "p" and _URL.fullmatch(block.text))

    @property
    def quote_sources(self) -> tuple[str, ...]:
        """The sources named under quotes."""
        figures = (html.fragment_fromstring(block.html) for block in self.blocks if block.tag == "figure")
        return tuple(filter(None, (figure.findtext("figcaption") or _caption(figure) for figure in figures)))

    @property
    def formulas(self) -> bool:
        """Whether the body has TeX in note's notation."""
        return any("$$" in block.text for block in self.blocks if block.tag != "pre")

    @property
    def rubies(self) -> bool:
        """Whether the body has ruby in note's notation."""
        return any(_RUBY.search(block.text) for block in self.blocks if block.tag != "pre")


def outline(variant: Variant) -> Outline:
    """Return the outline of a variant made for note."""
    header = variant.asset(variant.head.cover) if variant.head.cover else None
    pictures = tuple(asset for asset in variant.assets if asset is not header)
    anchors = {anchor(number, asset): asset for number, asset in zip(count(1), pictures, strict=False)}
    elements = html.fragment_fromstring(variant.body, create_parent="div")
    blocks = tuple(_block(element, anchors) for element in elements)
    return Outline(blocks, pictures, header, sum(not character.isspace() for character in variant.text))


def anchor(number: int, asset: Asset) -> str:
    """Return the line that marks a picture's place in the pasted text."""
    return f"【画像{number}：{asset.name}】"


def _shape(element: HtmlElement) -> Iterator[str]:
    yield f"<{element.tag} {element.get('start', '')}>"
    if element.tag != "p":
        for child in element:
            yield from _shape(child)
    yield "</>"


def _block(element: HtmlElement, anchors: dict[str, Asset]) -> Block:
    markup = html.tostring(element, encoding="unicode", with_tail=False)
    for line_break in element.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    words = "\n".join(_lines(element))
    return Block(markup, words, anchors.get(words), str(element.tag))


def _lines(element: HtmlElement) -> list[str]:
    """Return the words of a block: one line for each paragraph inside."""
    if element.tag == "pre":
        return ["".join(element.itertext()).rstrip("\n")]
    inner = list(element.iter("p", "figcaption")) if element.tag in {"ul", "ol", "figure"} else [element]
    return [words for part in inner if (words := "".join(part.itertext()).strip())]


def _caption(figure: HtmlElement) -> str:
    caption = figure.find("figcaption")
    return "" if caption is None else "".join(caption.itertext())
