"""
The one Markdown parse: body text → HTML by comrak → the block tree, once, with line numbers.

comrak (CommonMark and GFM in Rust) stands behind `html` alone; `blocks` turns its HTML into kawaraban.article.blocks.
What a person should know about the text is collected as findings; nothing is dropped, and what nobody writes (a hundred
levels, thousands of definitions) is refused. Grammar: DESIGN section 4.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import PurePath

import comrak
from lxml import etree

from kawaraban.article import footnotes
from kawaraban.article.block_reader import LINE_END, BlockReader, too_deep
from kawaraban.article.blocks import Blocks
from kawaraban.article.fences import Fences, balanced, fences
from kawaraban.article.finding import Finding
from kawaraban.article.inlines import marked
from kawaraban.errors import Place, Sentence, WrongInput

MAX_DEFINITIONS = 5_000
PARSER_VERSION = "comrak 0.0.16/3"  # raise the number when the tree changes, so that caches are made anew

_DEFINITION_LINE = re.compile(r"^[ \t>]*:[ \t]", re.MULTILINE)
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
    if found.too_deep is not None:  # comrak would read it, but not today
        raise too_deep(Place(file, len(LINE_END.findall(body, 0, found.too_deep)) + first_line))
    _refuse_endless_list(body, file, first_line)
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
    reader = BlockReader(file, first_line, speakers, LINE_END.split(body))
    tree = reader.children(root)
    _find_fences(reader, body, found)
    if "[^" in body:
        footnotes.find_lost(reader)
    return Parsed(tree, tuple(reader.findings))


def _refuse_endless_list(body: str, file: PurePath, first_line: int) -> None:
    """The time comrak takes for a definition list grows with the square of its length."""
    if len(body) < 3 * MAX_DEFINITIONS:
        return
    starts = [found.start() for found in islice(_DEFINITION_LINE.finditer(body), MAX_DEFINITIONS + 1)]
    if len(starts) > MAX_DEFINITIONS:
        raise WrongInput(
            Sentence(
                ja=f"「: 」で始まる行が{MAX_DEFINITIONS:,}より多くあります",
                en=f"more than {MAX_DEFINITIONS:,} lines begin with `: `",
            ),
            place=Place(file, len(LINE_END.findall(body, 0, starts[-1])) + first_line),
            remedy=Sentence(ja="記事を分けてください", en="split the article"),
        )


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
