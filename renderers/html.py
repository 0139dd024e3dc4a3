"""
The walker: hands each node of an article to the Jinja2 macro of its name.

A renderer's `blocks.html` has one macro a node class (`Heading(node, walk)`, `Ruby(node, walk)` …); what it doesn't
define comes from `renderers/templates/blocks.html`. Macros call `walk.inline`, `walk.blocks` for what lies inside, and
`walk.lose` for what they can't show. Text is escaped here, once (autoescape for the macros, `escape` for bare strings).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from kawaraban.article.blocks import Block, Inline, InlineNode
from kawaraban.variant import Loss
from renderers import text


def environment(package: str, theme: str | None = None) -> Environment:
    """
    Return the Jinja2 environment of a renderer: an operator's `theme` folder first, then the renderer's own templates.

    Undefined names raise; everything is autoescaped.
    """
    loaders: list[FileSystemLoader | PackageLoader] = [PackageLoader(package), PackageLoader("renderers")]
    if theme is not None:
        loaders.insert(0, FileSystemLoader(theme))
    return Environment(
        loader=ChoiceLoader(loaders), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@lru_cache(maxsize=16)
def block_macros(package: str, dialect: str = "") -> Mapping[str, Callable[..., Markup]]:
    """Return macro name → macro: the shared ones, overridden by the renderer's `blocks.html`, and that by `<dialect>.html`."""
    macros: dict[str, Callable[..., Markup]] = {}
    sheets = [("renderers", "blocks"), (package, "blocks"), *([(package, dialect)] if dialect else ())]
    for room, sheet in sheets:
        environment = Environment(
            loader=PackageLoader(room), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        module = environment.get_template(f"{sheet}.html").module
        macros |= {name: value for name, value in vars(module).items() if not name.startswith("_") and callable(value)}
    return macros


class Walker:
    """
    One walk over one article: turns nodes into markup and collects losses.

    `facts` are the renderer's own values that macros read (`walk.facts.…`), e.g. absolute addresses; `dialect` names the
    renderer's second sheet of macros, where it has several.
    """

    def __init__(self, package: str, facts: Any = None, dialect: str = "") -> None:  # noqa: ANN401 - each renderer brings its own value
        self._macros = block_macros(package, dialect)
        self.facts = facts
        self.losses: list[Loss] = []

    def blocks(self, blocks: Iterable[Block]) -> Markup:
        """Return the blocks, one after another."""
        return Markup("").join(self.block(block) for block in blocks)

    def block(self, block: Block) -> Markup:
        """Return one block."""
        return self._macros[type(block).__name__](block, self)

    def inline(self, content: Inline) -> Markup:
        """Return inline content."""
        return Markup("").join(self._inline(node) for node in content)

    def _inline(self, node: InlineNode) -> Markup:
        if isinstance(node, str):
            return self.string(node)
        return self._macros[type(node).__name__](node, self)

    def string(self, value: str) -> Markup:
        """Return bare text, escaped; a renderer may override it (note's notations, phrase breaks)."""
        return escape(value)

    def plain(self, content: Inline) -> str:
        """Return inline content as plain text."""
        return text.inline(content)

    def lose(self, code: str, what_ja: str, what_en: str, line: int | None = None, lost: str = "") -> str:
        """Note a loss; returns "" so that a macro can call it in place."""
        loss = Loss(code=code, what_ja=what_ja, what_en=what_en, line=line, text=lost)
        if loss not in self.losses:
            self.losses.append(loss)
        return ""
