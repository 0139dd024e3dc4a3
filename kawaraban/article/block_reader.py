"""From comrak's HTML to the block tree: one method per element, line numbers kept, findings collected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Literal

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
from kawaraban.article.fences import DEEPEST
from kawaraban.article.finding import Finding
from kawaraban.article.inlines import Element, Inlines, verbatim
from kawaraban.article.words import plain
from kawaraban.errors import Place, Sentence, WrongInput

MAX_NESTING = DEEPEST
LINE_END = re.compile("\r\n|\r|\n")
_URL_LINE = re.compile(
    r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(?P<open><)?(?P<url>https?://[^\s<>\"']+)(?(open)>)[ \t]*"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PIPE = re.compile(r"(?<!\\)\|")


def too_deep(place: Place) -> WrongInput:
    """Return the refusal of nesting that nobody needs."""
    return WrongInput(
        Sentence(ja="入れ子が深すぎます", en="nested too deeply"),
        place=place,
        remedy=Sentence(ja=f"{MAX_NESTING}段より浅くしてください", en=f"nest less than {MAX_NESTING} levels"),
    )


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
        return len(LINE_END.findall(body, 0, at)) + 1 + self._offset

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
            raise too_deep(Place(self.file, self._last_line))
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
