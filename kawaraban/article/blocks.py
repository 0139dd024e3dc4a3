"""
The tree an article's body is: typed blocks, with inline content as a small tree of its own.

Made once, from the HTML of the one Markdown parse (kawaraban.article.markdown); every renderer walks it and none
parses Markdown or HTML again. Values are frozen and compare by content; they have no slots, because the pickling of
slotted dataclasses goes through Python code and makes the cache several times slower.
`line` counts from 1 in the article's file (front matter included).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

# --- inline -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Strong:
    """`**強調**`."""

    content: Inline


@dataclass(frozen=True)
class Emphasis:
    """`*斜体*`; Japanese has no italics, so themes show it as 傍点 or bold."""

    content: Inline


@dataclass(frozen=True)
class Strike:
    """`~~取り消し~~`."""

    content: Inline


@dataclass(frozen=True)
class Bouten:
    """`[傍点]{.bouten}`: emphasis dots."""

    content: Inline


@dataclass(frozen=True)
class Foreign:
    """`[text]{lang=en}`: a run in another language (BCP 47)."""

    content: Inline
    lang: str


@dataclass(frozen=True)
class Link:
    """`[text](href)`. `href` is as written: absolute, site-relative (`/…`) or `#fragment`; never `javascript:`."""

    content: Inline
    href: str
    title: str = ""


@dataclass(frozen=True)
class CodeSpan:
    """`` `code` ``."""

    text: str


@dataclass(frozen=True)
class MathSpan:
    """`$TeX$`."""

    tex: str


@dataclass(frozen=True)
class Ruby:
    """`｜漢字《かんじ》`: base text and its reading."""

    base: str
    reading: str


@dataclass(frozen=True)
class Image:
    """An image inside a line. An image alone in its paragraph is a Figure."""

    src: str
    alt: str
    title: str = ""


@dataclass(frozen=True)
class FootnoteRef:
    """`[^1]`: `number` is the order of first mention, `mention` counts mentions of one note; both from 1."""

    number: int
    mention: int = 1


@dataclass(frozen=True)
class Break:
    """A line break: in this house a newline inside a paragraph is one."""


InlineNode: TypeAlias = (
    "str | Strong | Emphasis | Strike | Bouten | Foreign | Link | CodeSpan | MathSpan | Ruby | Image"
    " | FootnoteRef | Break"
)
Inline: TypeAlias = "tuple[InlineNode, ...]"

# --- blocks -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """`##` or `###` (other levels are read, and found by `check`). `anchor` is unique in the article, made from the text, `-2` for the second of its kind."""

    level: Literal[1, 2, 3, 4, 5, 6]
    content: Inline
    anchor: str
    line: int


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text."""

    content: Inline
    line: int


@dataclass(frozen=True)
class ListItem:
    """One item: usually a Paragraph, then perhaps a nested List."""

    blocks: Blocks
    line: int


@dataclass(frozen=True)
class List:
    """`-` or `1.`; `start` is the first number of an ordered list."""

    ordered: bool
    items: tuple[ListItem, ...]
    line: int
    start: int = 1


@dataclass(frozen=True)
class Turn:
    """One turn of a dialogue: who speaks, and the paragraphs (or other blocks) said."""

    speaker: str
    blocks: Blocks
    line: int


@dataclass(frozen=True)
class Dialogue:
    """`::: dialogue`: a run of turns by the article's `speakers`."""

    turns: tuple[Turn, ...]
    line: int


@dataclass(frozen=True)
class KeyPoint:
    """A point and its details (possibly none). Deeper nesting is flattened by the reader, with a finding."""

    point: Inline
    details: tuple[Inline, ...]
    line: int


@dataclass(frozen=True)
class KeyPoints:
    """`::: key-points`."""

    points: tuple[KeyPoint, ...]
    line: int


@dataclass(frozen=True)
class Term:
    """A term and its definition. A ruby over the term is its reading."""

    name: Inline
    definition: Blocks
    line: int


@dataclass(frozen=True)
class Glossary:
    """`::: glossary` around a definition list."""

    terms: tuple[Term, ...]
    line: int


@dataclass(frozen=True)
class SourceCard:
    """Where the front matter's `sources` are shown. Without one they stand above the lead."""

    line: int


@dataclass(frozen=True)
class Figure:
    """An image alone in its paragraph, or `::: figure`. `src` is as written; the caption may be empty."""

    src: str
    alt: str
    caption: Inline
    line: int


@dataclass(frozen=True)
class Quote:
    """`>`; a last line `—— 出典` is its `source`."""

    blocks: Blocks
    source: Inline
    line: int


@dataclass(frozen=True)
class Code:
    """A fenced block; `language` is "" where none is named. `text` ends without the last newline."""

    text: str
    language: str
    line: int


@dataclass(frozen=True)
class Table:
    """A GFM table. Every row has as many cells as `head`. `caption` comes from `Table: …` right before or after it."""

    head: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]
    align: tuple[Literal["", "left", "center", "right"], ...]
    line: int
    caption: Inline = ()


@dataclass(frozen=True)
class Embed:
    """A URL alone in its paragraph."""

    url: str
    line: int


@dataclass(frozen=True)
class MathBlock:
    """`$$TeX$$`."""

    tex: str
    line: int


@dataclass(frozen=True)
class Rule:
    """`---`."""

    line: int


@dataclass(frozen=True)
class Notice:
    """
    `::: {.notice about=note channels=site}`: true until `about` is live, then the publication's `notice_live` sentence.

    `channels` are the configured names of the channels that show it; () means the site only. No channel carries
    another's notice. `about` None: a plain notice that stays.
    """

    blocks: Blocks
    about: str | None
    channels: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class ChannelOnly:
    """`::: {.only channels="note"}` or `::: {.except channels="rss"}`: blocks that only some channels carry."""

    blocks: Blocks
    channels: tuple[str, ...]
    excluded: bool
    line: int


@dataclass(frozen=True)
class Footnote:
    """The text of note `number`, in the order of first mention."""

    number: int
    blocks: Blocks
    line: int


@dataclass(frozen=True)
class Footnotes:
    """All footnotes, always the last block of an article that has any."""

    notes: tuple[Footnote, ...]
    line: int


Block: TypeAlias = (
    "Heading | Paragraph | List | Dialogue | KeyPoints | Glossary | SourceCard | Figure | Quote | Code | Table | Embed"
    " | MathBlock | Rule | Notice | ChannelOnly | Footnotes"
)
Blocks: TypeAlias = "tuple[Block, ...]"
