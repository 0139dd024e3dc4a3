"""
The walker for WordPress: each block as its editor (Gutenberg) saves it, so that a person can go on editing there.

The grammar is that of `@wordpress/block-serialization-default-parser`: `<!-- wp:NAME {JSON} -->HTML<!-- /wp:NAME -->`. A
picture's block says `"asset":"NAME"` where the number of the uploaded one will stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

from kawaraban.article.blocks import Block, Blocks, List, ListItem, Paragraph
from renderers.fulltext.walker import Elsewhere, FulltextWalker

_LONE_ADDRESS = re.compile(r"^(\s*https?:)//(?=\S+\s*$)", re.MULTILINE)
Attributes = Mapping[str, str | int | bool]


class _HtmlInBlocks(FulltextWalker):
    """What stands inside a block of HTML: the clean dialect, less what an author's rights would not let through."""

    dialect = "html-block"


class GutenbergWalker(FulltextWalker):
    """A walk for `markup="blocks"`."""

    dialect = "gutenberg"

    def __init__(self, facts: Elsewhere) -> None:
        super().__init__(facts)
        self._clean = _HtmlInBlocks(facts)
        self._clean.losses = self.losses

    def written(self, blocks: Blocks) -> str:
        """Return the body. No bracket stays bare: WordPress would take `[gallery]` for an order (a shortcode)."""
        return super().written(blocks).strip().replace("[", "&#91;")

    def wp(self, name: str, attributes: Attributes | None = None, caller: Callable[[], Markup] | None = None) -> Markup:
        """Return a block: its HTML between the two comments."""
        said = Markup(f" {_json(attributes)}") if attributes else Markup()  # noqa: S704 - escaped for a comment
        inside = caller() if caller is not None else Markup()
        return Markup("<!-- wp:{0}{1} -->\n{2}\n<!-- /wp:{0} -->\n\n").format(Markup(name), said, inside)  # noqa: S704 - a block's name, written in this house

    def html(self, block: Block) -> Markup:
        """Return a block of HTML: for what WordPress has none for."""
        return self.wp("html", caller=lambda: self._clean.block(block).strip())

    def is_plain(self, block: Block) -> bool:
        """Return whether it is a list of paragraphs and lists of that kind: what a list block can hold."""
        return isinstance(block, List) and all(self._is_plain_item(item) for item in block.items)

    def _is_plain_item(self, item: ListItem) -> bool:
        first, *rest = item.blocks or (Paragraph((), item.line),)
        return isinstance(first, Paragraph) and all(self.is_plain(one) for one in rest)

    def wp_list(self, block: List) -> Markup:
        """Return a list with a block for each item."""
        tag = Markup("ol") if block.ordered else Markup("ul")
        start = Markup(' start="{}"').format(block.start) if block.ordered and block.start != 1 else Markup()
        attributes: Attributes = {"ordered": True, **({"start": block.start} if start else {})} if block.ordered else {}
        items = Markup("\n\n").join(self._wp_item(item).strip() for item in block.items)
        opening = Markup('<{}{} class="wp-block-list">').format(tag, start)
        return self.wp("list", attributes, lambda: opening + items + Markup("</{}>").format(tag))

    def _wp_item(self, item: ListItem) -> Markup:
        return self.wp("list-item", caller=lambda: Markup("<li>{}</li>").format(self.item(item).strip()))

    def noted(self, number: int, body: Markup) -> Markup:
        """Return the paragraph a note begins with."""
        return self.wp("paragraph", caller=lambda: super(GutenbergWalker, self).noted(number, body).strip())

    def image(self, reference: str) -> Attributes:
        """Return what an image block says of itself; the channel puts the uploaded picture's number in `asset`'s place."""
        asset = self.asset(reference)
        uploaded = asset is not None and self.facts.address(asset).startswith("asset:")
        named: Attributes = {"asset": asset.name} if asset is not None and uploaded else {}
        return {**named, "sizeSlug": "full", "linkDestination": "none"}

    def picture(self, reference: str, alt: str, title: str = "") -> Markup:
        """Return an image as the editor saves it: no size, so that the theme decides."""
        asset = self.asset(reference)
        if asset is None:
            return super().picture(reference, alt, title)
        named = Markup(' title="{}"').format(title) if title else ""
        return Markup('<img src="{}" alt="{}"{}/>').format(self.facts.address(asset), alt, named)

    def code(self, text: str) -> Markup:
        """Return code; an address alone on its line would become an embed even there."""
        return Markup(_LONE_ADDRESS.sub(r"\1&#47;&#47;", str(escape(text))))  # noqa: S704 - escaped before


def _json(attributes: Attributes) -> str:
    """JSON that ends no comment, as the editor writes it."""
    said = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    for sign, code in (("--", "\\u002d\\u002d"), ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        said = said.replace(sign, code)
    return said.replace('\\"', "\\u0022")
