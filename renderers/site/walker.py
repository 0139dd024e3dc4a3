"""How the site handles nodes: pictures by their assets, numbered figures and tables, MathML, phrase breaks, ends kept together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup

from kawaraban.article.blocks import Blocks, Break, FootnoteRef, Inline, InlineNode, Ruby
from kawaraban.article.words import plain
from kawaraban.variant import Asset, SourceNote
from renderers.html import Walker
from renderers.site import dates, mathml, typeset

_WIDE_TABLE = 5
"""With more columns than this a table scrolls sideways in its own box instead of becoming label and value."""


@dataclass
class SiteFacts:
    """
    What the site's macros read beside the node.

    `assets` are the pictures by reference, `root` the path the site lies under ("" or `/blog`), `mentions` how often each
    footnote is mentioned.
    """

    assets: Mapping[str, Asset]
    sources: tuple[SourceNote, ...]
    zone: ZoneInfo
    root: str = ""
    mentions: Counter[int] = field(default_factory=Counter)
    figures: int = 0
    tables: int = 0


class SiteWalker(Walker):
    """A walk over one article for the site."""

    facts: SiteFacts

    def __init__(self, facts: SiteFacts) -> None:
        super().__init__("renderers.site", facts)
        self._now: Literal["text", "phrases", "slip"] = "text"

    def asset(self, reference: str, line: int | None = None) -> Asset | None:
        """Return the picture a reference means; None, and a loss, where it is not there (`check` blocks such an article)."""
        found = self.facts.assets.get(reference)
        if found is None:
            self.lose("picture", f"画像「{reference}」がありません。代替テキストだけを置きます。",
                      f"the picture {reference} is not there; its description stands alone", line)  # fmt: skip
        return found

    def next_figure(self) -> int:
        """Return the number of the next figure with a caption."""
        self.facts.figures += 1
        return self.facts.figures

    def next_table(self) -> int:
        """Return the number of the next table with a caption."""
        self.facts.tables += 1
        return self.facts.tables

    def string(self, value: str) -> Markup:
        """Return bare text, with phrase breaks inside headings."""
        return typeset.phrases(value) if self._now == "phrases" else super().string(value)

    def heading(self, content: Inline) -> Markup:
        """Return a heading's content, with phrase breaks."""
        with self._setting("phrases"):
            return self.inline(content)

    def slip(self, blocks: Blocks) -> Markup:
        """Return a slip's blocks: their few words are balanced by the sheet, so no end is kept together."""
        with self._setting("slip"):
            return self.blocks(blocks)

    @contextmanager
    def _setting(self, name: Literal["phrases", "slip"]) -> Iterator[None]:
        before, self._now = self._now, name
        try:
            yield
        finally:
            self._now = before

    def ended(self, content: Inline) -> Markup:
        """Return a paragraph's content with its end kept together: no short last line, no footnote mark alone on one."""
        start, end = split_end(content) if self._now == "text" else (content, ())
        if not end:
            return self.inline(content)
        return self.inline(start) + Markup('<span class="end">{}</span>').format(self.inline(end))

    def term(self, content: Inline) -> tuple[Markup, str]:
        """Return a term, and the reading that goes under it where one ruby covers the whole term."""
        if len(content) == 1 and isinstance(content[0], Ruby):
            return self.string(content[0].base), content[0].reading
        return self.inline(content), ""

    def math(self, tex: str, *, block: bool, line: int | None = None) -> Markup:
        """Return MathML with the TeX as its alternative text; what can't be converted is shown as TeX, and is a loss."""
        try:
            return mathml.convert(tex, block=block)
        except mathml.NoMath:
            self.lose("math", f"数式「{tex}」は組めないので、書いたとおりに置きます。",
                      f"the formula {tex} can't be set; it stands as written", line)  # fmt: skip
            return Markup('<code class="tex" translate="no">{}</code>').format(tex)

    def href(self, address: str) -> str:
        """Return a link's address as the page needs it: what begins with `/` is below the site's own root."""
        if address.startswith("/") and not address.startswith("//"):
            return f"{self.facts.root}{address}"
        return address

    def host(self, url: str) -> str:
        """Return the host of an address, for a link card."""
        return (urlsplit(url).hostname or url).removeprefix("www.")

    def readable(self, url: str) -> str:
        """Return an address as people read it: without scheme, percent signs decoded."""
        return re.sub(r"^https?://", "", unquote(url, errors="strict") if _decodes(url) else url)

    def day(self, moment: date | datetime | None) -> str:
        """Return a cited article's date."""
        return dates.day(moment, self.facts.zone)

    def is_wide(self, columns: int) -> bool:
        """Return whether a table has too many columns for a phone."""
        return columns > _WIDE_TABLE


def _decodes(url: str) -> bool:
    try:
        decoded = unquote(url, errors="strict")
    except UnicodeDecodeError:
        return False
    return decoded.isprintable()


def split_end(content: Inline) -> tuple[Inline, Inline]:
    """
    Split a paragraph before its last four characters, with the footnote marks and short rubies among them.

    The second part is empty where nothing is to be kept together: a short line, or an end inside other markup.
    """
    if len(typeset.graphemes(plain(content, readings=False))) < typeset.TAIL * 3:
        return content, ()
    room = typeset.TAIL
    kept: list[InlineNode] = []
    rest = list(content)
    while rest and room > 0:
        node = rest.pop()
        if isinstance(node, str) and len(signs := typeset.graphemes(node)) > room:
            rest.append("".join(signs[:-room]))
            kept.insert(0, "".join(signs[-room:]))
            room = 0
        elif (width := _width(node)) is not None and width <= room:
            kept.insert(0, node)
            room -= width
        elif isinstance(node, Break):
            return content, ()
        else:
            rest.append(node)
            break
    return (tuple(rest), tuple(kept)) if rest and len(kept) + (typeset.TAIL - room) > 1 else (content, ())


def _width(node: InlineNode) -> int | None:
    """Return how many characters a node takes at a paragraph's end; None: it is not moved."""
    match node:
        case str():
            return len(typeset.graphemes(node))
        case Ruby():
            return len(typeset.graphemes(node.base))
        case FootnoteRef():
            return 0
        case _:
            return None
