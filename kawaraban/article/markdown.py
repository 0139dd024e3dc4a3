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

from kawaraban.article import boxes, entries, footnotes
from kawaraban.article.blocks import (
    Block,
    Blocks,
    Code,
    Embed,
    Figure,
    Heading,
    Image,
    InlineNode,
    Link,
    List,
    ListItem,
    MathBlock,
    MathSpan,
    Paragraph,
    Quote,
    Rule,
    Table,
)
from kawaraban.article.captions import source_of, with_captions
from kawaraban.article.fences import Fences, balanced, fences
from kawaraban.article.finding import Finding
from kawaraban.article.inlines import Element, Inlines, marked, verbatim
from kawaraban.article.words import plain
from kawaraban.errors import Place, Sentence, WrongInput

MAX_NESTING = 100
PARSER_VERSION = "comrak 0.0.16/3"  # raise the number when the tree changes, so that caches are made anew

_URL_LINE = re.compile(
    r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(?P<open><)?(?P<url>https?://[^\s<>\"']+)(?(open)>)[ \t]*"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PIPE = re.compile(r"(?<!\\)\|")
_LINE_END = re.compile("\r\n|\r|\n")
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
    found = fences(body)
    markup = _VALUELESS.sub("", _UNPRINTABLE.sub("", html(marked(_UNPRINTABLE.sub("", balanced(body, found))))))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(f"<body>{markup}</body>".encode(), parser)
    except etree.XMLSyntaxError as error:
        raise WrongInput(
            Sentence(ja=f"本文を読み取れません（{error.msg}）", en=f"the body can't be read ({error.msg})"),
            place=Place(file, first_line),
            remedy=Sentence(ja="入れ子を浅くしてください", en="nest less deeply"),
        ) from error
    reader = BlockReader(file, first_line, speakers, _LINE_END.split(body))
    tree = reader.children(root)
    _find_fences(reader, body, found)
    if "[^" in body:
        footnotes.find_lost(reader)
    return Parsed(tree, tuple(reader.findings))


def _find_fences(reader: BlockReader, body: str, found: Fences) -> None:
    for box in found.unclosed:
        name = box.written.strip()
        message = Sentence(ja=f"囲み「{name}」が閉じられていません", en=f"the box `{name}` is not closed")
        remedy = Sentence(ja="囲みの終わりに ::: の行を置いてください", en="put a line `:::` at its end")
        reader.find("box-not-closed", reader.line_at(body, box.start), message, remedy=remedy)
    for at in found.stray:
        message = Sentence(ja="開いていない囲みを閉じています", en="this `:::` closes nothing")
        remedy = Sentence(
            ja="この行を消すか、上に ::: と囲みの名前を置いてください", en="delete it, or open a box above it"
        )
        reader.find("box-not-opened", reader.line_at(body, at), message, remedy=remedy)


class Parsed:
    """A block tree and its findings."""

    __slots__ = ("blocks", "findings")

    def __init__(self, tree: Blocks, findings: tuple[Finding, ...]) -> None:
        self.blocks = tree
        self.findings = findings


class BlockReader:
    """One reading of one body: elements to blocks, with anchors and findings of its own."""

    def __init__(self, file: PurePath, first_line: int, speakers: frozenset[str], lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.speakers = speakers
        self.findings: list[Finding] = []
        self.inlines = Inlines()
        self.first_line = first_line
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

    def written(self, line: int) -> str:
        """Return the text of a line of the file, as it is written."""
        number = line - self._offset - 1
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def line_at(self, body: str, at: int) -> int:
        """Return the line of the file on which a character of the body stands."""
        return len(_LINE_END.findall(body, 0, at)) + 1 + self._offset

    def find(
        self,
        code: str,
        line: int,
        message: Sentence,
        *,
        warn: bool = False,
        remedy: Sentence | None = None,
        column: int | None = None,
    ) -> None:
        """Note a finding; without a column it is where the line's words begin."""
        severity: Literal["error", "warning"] = "warning" if warn else "error"
        text = self.written(line)
        begins = column or len(text) - len(text.lstrip()) + 1
        self.findings.append(Finding(code, severity, self.file, line, begins, message, remedy))

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
        before: Element | None = None
        run: list[Element | str] = [element.text] if element.text and element.text.strip() else []
        for child in element:
            make = _BLOCKS.get(child.tag)
            if make is None:
                run.append(child)
            else:
                if run:
                    yield from self._paragraph_of(run, self._run_line(element, before, line))
                    run = []
                yield from make(self, child)
                before = child
            if child.tail and (run or child.tail.strip()):
                run.append(child.tail)
        if run:
            yield from self._paragraph_of(run, self._run_line(element, before, line))

    def _run_line(self, element: Element, before: Element | None, line: int) -> int:
        """Raw HTML has no position in comrak's HTML: it begins on the next line that is not blank."""
        if before is not None and (position := before.get("data-sourcepos")):
            line = int(position.partition("-")[2].partition(":")[0]) + self._offset + 1
        elif element.tag == "div":
            line += 1
        elif element.tag != "body":
            return line
        last = self._offset + len(self.lines)
        while line < last and not self.written(line).strip(" \t>"):
            line += 1
        return line

    def _paragraph_of(self, run: list[Element | str], line: int) -> Iterator[Block]:
        if content := self.inlines.run(run):
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
        if content and _may_be_url(content[0]) and (url := self._url(element, line)):
            yield Embed(url, line)
        elif content:
            yield Paragraph(content, line)

    def _url(self, element: Element, line: int) -> str:
        """The URL that is alone on the paragraph's only line, where `_`, `*` and `$` are signs of it and nothing else."""
        first, _, last = element.get("data-sourcepos", "").partition("-")
        if first.partition(":")[0] != last.partition(":")[0]:
            return ""
        found = _URL_LINE.fullmatch(self.written(line))
        return _ESCAPED.sub(r"\1", found["url"]).replace("&amp;", "&") if found else ""

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
        rest, source = source_of(inside)
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
        line = self.line(element)
        for number in range(line + 2, line + 1 + len(rows)):
            self._count_cells(number, len(head))
        yield Table(cells[0], filled, align, line)

    def _count_cells(self, line: int, columns: int) -> None:
        """GFM drops the cells that a row has beyond its head, without a word."""
        if len(_PIPE.findall(self.written(line).strip(" \t>").strip("|"))) >= columns:
            message = Sentence(
                ja="行のマスが見出しより多く、余りは出ません",
                en="the row has more cells than the head; the rest is not shown",
            )
            remedy = Sentence(
                ja="見出しにマスを足すか、文字の | を \\| と書いてください",
                en="add cells to the head, or write \\| for the sign itself",
            )
            self.find("table-cells", line, message, remedy=remedy)

    def rule(self, element: Element) -> Iterator[Block]:
        """Yield a rule."""
        yield Rule(self.line(element))

    def definitions(self, element: Element) -> Iterator[Block]:
        """Yield a definition list: a glossary, boxed or not."""
        yield entries.definition_list(self, element)

    def box(self, element: Element) -> Iterator[Block]:
        """Yield what a `:::` container holds."""
        yield from boxes.box(self, element)

    def section(self, element: Element) -> Iterator[Block]:
        """Yield the footnotes, which comrak puts last."""
        yield footnotes.of(self, element)


def _may_be_url(first: InlineNode) -> bool:
    return isinstance(first, Link) or (isinstance(first, str) and first.lstrip().startswith("http"))


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
