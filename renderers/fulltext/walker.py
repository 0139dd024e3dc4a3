"""How a whole article elsewhere handles nodes: absolute addresses, pictures by name, turns, notes. The base is clean HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup

from kawaraban.article.blocks import (
    Block,
    Blocks,
    Figure,
    Footnote,
    Heading,
    Inline,
    InlineNode,
    KeyPoints,
    Link,
    List,
    ListItem,
    Paragraph,
    Strong,
    Turn,
)
from kawaraban.variant import Asset, Loss
from renderers.html import Walker
from renderers.links import absolute


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """
    What the macros read beside the node.

    `article` is the id that notes' anchors are made from, `page` the article's page on the site, `lang` its language;
    `assets` the pictures by reference, `address` what stands in an image's `src`, `sources` the cited articles as blocks.
    """

    article: str
    page: str
    lang: str
    assets: Mapping[str, Asset]
    address: Callable[[Asset], str]
    sources: Blocks


class FulltextWalker(Walker):
    """One walk over one article. `within` keeps fragments as they are: the anchors they name are in the same page."""

    dialect = ""
    within = True

    def __init__(self, facts: Elsewhere) -> None:
        super().__init__("renderers.fulltext", facts, self.dialect)
        self.facts: Elsewhere = facts

    def written(self, blocks: Blocks) -> str:
        """Return the body."""
        return str(self.blocks(blocks))

    def lose(self, code: str, what_ja: str, what_en: str, line: int | None = None, lost: str = "") -> str:
        """Note a loss of this kind once, with the first line it stands on; `lost` gathers what is gone."""
        first = next((loss for loss in self.losses if (loss.code, loss.what_ja) == (code, what_ja)), None)
        if first is None:
            self.losses.append(Loss(code=code, what_ja=what_ja, what_en=what_en, text=lost, line=line))
        elif lost:
            place = self.losses.index(first)
            self.losses[place] = first.model_copy(update={"text": f"{first.text}\n{lost}".strip("\n")})
        return ""

    # --- blocks ---

    def block(self, block: Block) -> Markup:
        """Return one block; a figure whose picture is not there becomes its words."""
        if isinstance(block, Figure) and self.asset(block.src, block.line) is None:
            return super().block(described(block))
        return super().block(block)

    def level(self, heading: Heading) -> int:
        """Return a heading's level below the title, which is the page's first."""
        return max(heading.level, 2)

    def points(self, points: KeyPoints) -> List:
        """Return key points as the nested list they are."""
        return List(False, tuple(_point(one.point, one.details, one.line) for one in points.points), points.line)  # noqa: FBT003 - `ordered` comes first in the tree

    def turn(self, turn: Turn) -> Markup:
        """Return a turn: the name in bold before its first paragraph."""
        return self.blocks(led((Strong((turn.speaker,)), "："), turn.blocks, turn.line))

    def item(self, item: ListItem) -> Markup:
        """Return a list item: its first paragraph stands bare."""
        first, *rest = item.blocks or (Paragraph((), item.line),)
        if isinstance(first, Paragraph):
            return self.inline(first.content) + self.blocks(rest)
        return self.blocks((first, *rest))

    # --- notes ---

    def note(self, number: int) -> str:
        """Return the anchor of a note's text; other articles on the same page have their own."""
        return f"fn-{self.facts.article}-{number}"

    def mark(self, number: int) -> str:
        """Return the anchor of a note's first mark in the text."""
        return f"fnref-{self.facts.article}-{number}"

    def footnote(self, note: Footnote) -> Markup:
        """Return a note's text, its number leading back to the mark."""
        first, *rest = led((Link((f"註{note.number}",), f"#{self.mark(note.number)}"), " "), note.blocks, note.line)
        body = self.inline(first.content) if isinstance(first, Paragraph) else Markup()
        return self.noted(note.number, body) + self.blocks(rest)

    def noted(self, number: int, body: Markup) -> Markup:
        """Return the paragraph a note begins with, with its anchor."""
        return Markup('<p id="{}">{}</p>\n').format(self.note(number), body)

    # --- addresses and pictures ---

    def href(self, href: str) -> str:
        """Return the address of a link as it works elsewhere, "" where there is none to follow."""
        found = absolute(self.facts.page, href)
        own, _, fragment = found.partition("#")
        return f"#{fragment}" if self.within and fragment and own == self.facts.page else found

    def link(self, url: str) -> Markup:
        """Return an address as a link, or as text where it can't be one."""
        href = self.href(url)
        return Markup('<a href="{}">{}</a>').format(href, url) if href else self.string(url)

    def asset(self, reference: str, line: int | None = None) -> Asset | None:
        """Return the picture of a reference; None, and a loss, where it is not there (`check` blocks that)."""
        found = self.facts.assets.get(reference)
        if found is None:
            self.lose("picture", f"画像「{reference}」がありません。代替テキストだけを置きます。",
                      f"the picture {reference} is not there; its description stands alone", line)  # fmt: skip
        return found

    def picture(self, reference: str, alt: str, title: str = "") -> Markup:
        """Return an image, or its description where it is not there."""
        asset = self.asset(reference)
        if asset is None:
            return self.string(alt) + self.string(title)
        named = Markup(' title="{}"').format(title) if title else ""
        size = Markup(' width="{}" height="{}"').format(*self.size(asset))
        return Markup('<img src="{}" alt="{}"{}{}>').format(self.facts.address(asset), alt, named, size)

    def size(self, asset: Asset) -> tuple[int, int]:
        """Return the pixels that stand beside a picture's address."""
        return asset.width, asset.height

    def tex(self, tex: str, line: int | None = None) -> Markup:
        """Return a formula as written: what sets it on the site is not there elsewhere."""
        self.lose("math", "数式は TeX の文字のまま出ます。", "formulas are shown as TeX text", line)
        return Markup("<code>{}</code>").format(self.string(tex))


def led(start: Inline, blocks: Blocks, line: int) -> Blocks:
    """Return blocks that begin with these words: in their first paragraph, or in one before them."""
    first, *rest = blocks or (Paragraph((), line),)
    if isinstance(first, Paragraph):
        return (Paragraph((*start, *first.content), first.line), *rest)
    return (Paragraph(start, line), first, *rest)


def described(figure: Figure) -> Paragraph:
    """Return the words of a picture that is not there, leading to it where it lies elsewhere."""
    elsewhere = urlsplit(figure.src).scheme in {"http", "https"}
    words: InlineNode = figure.alt or figure.src
    said: Inline = (Link((words,), figure.src),) if elsewhere else (words,)
    return Paragraph((*said, *(("　",) if figure.caption else ()), *figure.caption), figure.line)


def _point(point: Inline, details: tuple[Inline, ...], line: int) -> ListItem:
    below = tuple(ListItem((Paragraph(detail, line),), line) for detail in details)
    inner = (List(False, below, line),) if below else ()  # noqa: FBT003 - as above
    return ListItem((Paragraph(point, line), *inner), line)
