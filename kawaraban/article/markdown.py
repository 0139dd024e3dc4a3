"""
The one Markdown parse: body text → HTML by comrak → the block tree, once, with line numbers.

comrak (CommonMark and GFM in Rust) stands behind `html` alone; `blocks` turns its HTML into kawaraban.article.blocks.
What a person should know about the text is collected as findings; nothing is dropped and nothing raises but nesting
beyond MAX_NESTING. Grammar: DESIGN section 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Literal

import comrak
from lxml import etree

from kawaraban.article import boxes
from kawaraban.article.blocks import (
    Block,
    Blocks,
    Code,
    Embed,
    Figure,
    Footnote,
    Footnotes,
    Heading,
    Image,
    Inline,
    List,
    ListItem,
    MathBlock,
    MathSpan,
    Paragraph,
    Quote,
    Rule,
    Table,
)
from kawaraban.article.finding import Finding
from kawaraban.article.inlines import Element, Inlines, marked, tidy, verbatim
from kawaraban.article.words import plain
from kawaraban.errors import Place, Sentence, WrongInput

MAX_NESTING = 100
PARSER_VERSION = "comrak 0.0.16/2"  # raise the number when the tree changes, so that caches are made anew

_URL = re.compile(r"https?://[^\s<>\"']+")
_SOURCE_LINE = re.compile(r"^(?:——|――|──|―|—)\s*")
_CAPTION = re.compile(r"^(?:Table|表)\s*[:：]\s*")
# what XML 1.0 can't hold; tab, line feed and carriage return it can
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_VALUELESS = re.compile(r" data-footnotes(?=[ >])| data-footnote-ref(?=[ >])| data-footnote-backref(?=[ >])")


def _options() -> tuple[comrak.ExtensionOptions, comrak.RenderOptions]:
    extension = comrak.ExtensionOptions()
    extension.cjk_friendly_emphasis = True
    extension.block_directive = True
    extension.description_lists = True
    extension.table = True
    extension.strikethrough = True
    extension.footnotes = True
    extension.math_dollars = True
    render = comrak.RenderOptions()
    render.sourcepos = True
    render.hardbreaks = True  # a newline in a paragraph is a line break: Japanese is never hard-wrapped
    render.escape = True  # raw HTML is printed as text
    return extension, render


_EXTENSION, _RENDER = _options()


def html(body: str) -> str:
    """Return comrak's HTML of a Markdown text, with `data-sourcepos` on every block. The only call of comrak."""
    rendered: str = comrak.render_markdown(body, extension_options=_EXTENSION, render_options=_RENDER)
    return rendered


def blocks(body: str, file: PurePath, *, first_line: int = 1, speakers: frozenset[str] = frozenset()) -> Parsed:
    """
    Return the block tree of a body, and what was found on the way.

    `first_line` is the line of the file on which the body begins; `speakers` are the names that open a turn.
    """
    markup = _VALUELESS.sub("", _UNPRINTABLE.sub("", html(marked(_UNPRINTABLE.sub("", body)))))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(f"<body>{markup}</body>".encode(), parser)
    except etree.XMLSyntaxError as error:
        raise WrongInput(
            Sentence(ja=f"本文を読み取れません（{error.msg}）", en=f"the body can't be read ({error.msg})"),
            place=Place(file, first_line),
            remedy=Sentence(ja="入れ子を浅くしてください", en="nest less deeply"),
        ) from error
    reader = BlockReader(file, first_line, speakers)
    tree = reader.children(root)
    return Parsed(tree, tuple(reader.findings))


class Parsed:
    """A block tree and its findings."""

    __slots__ = ("blocks", "findings")

    def __init__(self, tree: Blocks, findings: tuple[Finding, ...]) -> None:
        self.blocks = tree
        self.findings = findings


class BlockReader:
    """One reading of one body: elements to blocks, with anchors and findings of its own."""

    def __init__(self, file: PurePath, first_line: int, speakers: frozenset[str]) -> None:
        self.file = file
        self.speakers = speakers
        self.findings: list[Finding] = []
        self.inlines = Inlines()
        self._offset = first_line - 1
        self._anchors: dict[str, int] = {}
        self._depth = 0
        self._last_line = first_line

    def line(self, element: Element) -> int:
        """Return the line in the file on which an element begins (its parent's where comrak gives none)."""
        position = element.get("data-sourcepos")
        if position:
            self._last_line = int(position.partition(":")[0]) + self._offset
        return self._last_line

    def find(
        self, code: str, line: int, message: Sentence, *, warn: bool = False, remedy: Sentence | None = None
    ) -> None:
        """Note a finding."""
        severity: Literal["error", "warning"] = "warning" if warn else "error"
        self.findings.append(Finding(code, severity, self.file, line, None, message, remedy))

    def children(self, element: Element) -> Blocks:
        """Return the blocks inside an element; bare text and inline elements between blocks become paragraphs."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise WrongInput(
                Sentence(ja="入れ子が深すぎます", en="nested too deeply"),
                place=Place(self.file, self._last_line),
                remedy=Sentence(ja=f"{MAX_NESTING}段より浅くしてください", en=f"nest less than {MAX_NESTING} levels"),
            )
        try:
            return with_captions(list(self._children(element)))
        finally:
            self._depth -= 1

    def _children(self, element: Element) -> Iterator[Block]:
        line = self.line(element)
        run: list[Element | str] = [element.text] if element.text and element.text.strip() else []
        for child in element:
            make = _BLOCKS.get(child.tag)
            if make is None:
                run.append(child)
            else:
                yield from self._paragraph_of(run, line)
                run = []
                yield from make(self, child)
            if child.tail and (run or child.tail.strip()):
                run.append(child.tail)
        yield from self._paragraph_of(run, line)

    def _paragraph_of(self, run: list[Element | str], line: int) -> Iterator[Block]:
        content = self.inlines.run(run) if run else ()
        if content:
            yield Paragraph(content, line)

    def paragraph(self, element: Element) -> Iterator[Block]:
        """Yield a paragraph, or what stands alone in one: a figure, an embed, a display formula."""
        line = self.line(element)
        content = self.inlines.of(element)
        if len(content) == 1:
            only = content[0]
            if isinstance(only, Image):
                yield Figure(only.src, only.alt, (only.title,) if only.title else (), line)
                return
            if isinstance(only, MathSpan) and element[0].get("data-math-style") == "display":
                yield MathBlock(only.tex, line)
                return
            if isinstance(only, str) and _URL.fullmatch(only.strip()):
                yield Embed(only.strip(), line)
                return
        if content:
            yield Paragraph(content, line)

    def heading(self, element: Element) -> Iterator[Block]:
        """Yield a heading with an anchor of its own."""
        level: Literal[1, 2, 3, 4, 5, 6] = _LEVELS[element.tag]
        content = self.inlines.of(element)
        yield Heading(level, content, self._anchor(plain(content)), self.line(element))

    def _anchor(self, text: str) -> str:
        stem = re.sub(r"[\s　]+", "-", re.sub(r"[^\w\s　ー-]", "", text)).strip("-").lower() or "section"
        count = self._anchors[stem] = self._anchors.get(stem, 0) + 1
        return stem if count == 1 else f"{stem}-{count}"

    def bullets(self, element: Element) -> Iterator[Block]:
        """Yield a list."""
        items = tuple(ListItem(self.children(item), self.line(item)) for item in element if item.tag == "li")
        yield List(element.tag == "ol", items, self.line(element), int(element.get("start", "1")))

    def quote(self, element: Element) -> Iterator[Block]:
        """Yield a quote; its last line, when it begins with a dash, is the source."""
        inside = self.children(element)
        rest, source = _source_of(inside)
        yield Quote(rest, source, self.line(element))

    def code(self, element: Element) -> Iterator[Block]:
        """Yield a code block."""
        text = verbatim(element)
        language = next((child.get("class", "") for child in element if child.tag == "code"), "")
        yield Code(text.removesuffix("\n"), language.removeprefix("language-"), self.line(element))

    def table(self, element: Element) -> Iterator[Block]:
        """Yield a table; short rows are filled, so that every row is as long as the head."""
        rows = [[cell for cell in row if cell.tag in ("th", "td")] for row in element.iter("tr")]
        head = rows[0]
        align = tuple(_ALIGN.get(cell.get("align", ""), "") for cell in head)
        cells = [tuple(self.inlines.of(cell) for cell in row) for row in rows]
        filled = tuple(row + ((),) * (len(head) - len(row)) for row in cells[1:])
        yield Table(cells[0], filled, align, self.line(element))

    def rule(self, element: Element) -> Iterator[Block]:
        """Yield a rule."""
        yield Rule(self.line(element))

    def definitions(self, element: Element) -> Iterator[Block]:
        """Yield a definition list: a glossary, boxed or not."""
        yield boxes.definition_list(self, element)

    def box(self, element: Element) -> Iterator[Block]:
        """Yield what a `:::` container holds."""
        yield from boxes.box(self, element)

    def section(self, element: Element) -> Iterator[Block]:
        """Yield the footnotes, which comrak puts last."""
        notes = [item for item in element.iter("li") if item.get("id", "").startswith("fn-")]
        line = self.line(element)
        yield Footnotes(
            tuple(Footnote(number, self._note(item), self.line(item)) for number, item in enumerate(notes, 1)), line
        )

    def _note(self, item: Element) -> Blocks:
        """The mark back to the text leaves a space before it, which goes too."""
        inside = self.children(item)
        if inside and isinstance(inside[-1], Paragraph):
            last = inside[-1]
            content = list(last.content)
            while content and isinstance(content[-1], str) and not content[-1].strip():
                content.pop()
            if content and isinstance(content[-1], str):
                content[-1] = content[-1].rstrip()
            return (*inside[:-1], Paragraph(tidy(content), last.line))
        return inside


def _source_of(inside: Blocks) -> tuple[Blocks, Inline]:
    """Split `—— 出典` off the end of a quote: a paragraph of its own, or the last line of the last paragraph."""
    if not inside or not isinstance(inside[-1], Paragraph):
        return inside, ()
    last = inside[-1]
    before, after = boxes.split_last_line(last.content)
    first = after[0] if after else ""
    if not isinstance(first, str) or not _SOURCE_LINE.match(first):
        return inside, ()
    source = tidy([_SOURCE_LINE.sub("", first, count=1), *after[1:]])
    kept: Blocks = (Paragraph(before, last.line),) if before else ()
    return (*inside[:-1], *kept), source


def with_captions(children: list[Block]) -> Blocks:
    """Give a table the paragraph `表: …` right before it as its caption."""
    result: list[Block] = []
    for block in children:
        before = result[-1] if result else None
        if isinstance(block, Table) and isinstance(before, Paragraph) and before.content:
            first = before.content[0]
            if isinstance(first, str) and _CAPTION.match(first):
                result.pop()
                caption = tidy([_CAPTION.sub("", first, count=1), *before.content[1:]])
                result.append(Table(block.head, block.rows, block.align, block.line, caption))
                continue
        result.append(block)
    return tuple(result)


_LEVELS: dict[str, Literal[1, 2, 3, 4, 5, 6]] = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_ALIGN: dict[str, Literal["", "left", "center", "right"]] = {"left": "left", "center": "center", "right": "right"}
_BLOCKS: dict[str, Callable[[BlockReader, Element], Iterator[Block]]] = {
    "p": BlockReader.paragraph,
    **dict.fromkeys(_LEVELS, BlockReader.heading),
    "ul": BlockReader.bullets,
    "ol": BlockReader.bullets,
    "blockquote": BlockReader.quote,
    "pre": BlockReader.code,
    "table": BlockReader.table,
    "hr": BlockReader.rule,
    "dl": BlockReader.definitions,
    "div": BlockReader.box,
    "section": BlockReader.section,
}
