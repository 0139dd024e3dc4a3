"""The blocks as note's HTML: for the clipboard (no ids, anchors for pictures) or as note stores it (ids, figures)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from kawaraban.article.blocks import Block, Blocks, Figure, Heading
from kawaraban.variant import Asset
from renderers.html import Walker
from renderers.note.degrading import LARGE
from renderers.note.figures import anchor
from renderers.text import lines

_SHOWN_WIDTH = 620


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """
    What the templates know beside the blocks.

    `article` is the id that block ids are made from, `assets` the pictures in order, `addresses` where the site
    has each of them by name, `contents` whether 目次 is wanted, `stored` which of the two dialects is made.
    """

    article: str
    assets: tuple[Asset, ...]
    addresses: Mapping[str, str]
    contents: bool
    stored: bool


class NoteWalker(Walker):
    """One walk; block ids count equal blocks, so that an inserted paragraph moves no other's id."""

    def __init__(self, facts: NoteFacts) -> None:
        super().__init__("renderers.note", facts)
        self.note = facts
        self._seen: Counter[str] = Counter()
        self._contents_open = facts.contents and facts.stored

    def ids(self, block: Block, part: str = "") -> Markup:
        """Return ` name="U" id="U"`, U the UUID of this block (RFC 9562 v5), or nothing for the clipboard."""
        if not self.note.stored:
            return Markup()
        content = "\n".join((type(block).__name__, part, *lines((block,))))
        self._seen[content] += 1
        identity = uuid5(NAMESPACE_URL, f"kawaraban:{self.note.article}/{self._seen[content]}/{content}")
        return Markup(' name="{0}" id="{0}"').format(identity)

    def opens_contents(self, heading: Heading) -> bool:
        """Return True once: before the first 大見出し, where 目次 is wanted."""
        opens = self._contents_open and heading.level == LARGE
        self._contents_open = self._contents_open and not opens
        return opens

    def number(self, figure: Figure) -> int:
        """Return the place of a picture in the text, from 1."""
        return 1 + next(index for index, asset in enumerate(self.note.assets) if asset.name == figure.src)

    def anchor(self, figure: Figure) -> str:
        """Return the line that stands for a picture until a person puts it there."""
        return anchor(self.number(figure), figure.src)

    def shown_size(self, figure: Figure) -> tuple[int, int]:
        """Return the CSS pixels at which note shows a picture."""
        asset = self.note.assets[self.number(figure) - 1]
        width = min(_SHOWN_WIDTH, asset.width)
        return width, max(1, round(asset.height * width / asset.width))


def html(blocks: Blocks, facts: NoteFacts) -> str:
    """Return the blocks (in note's terms) as HTML."""
    return str(NoteWalker(facts).blocks(blocks))
