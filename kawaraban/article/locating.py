"""Where in an article's file a thing stands: the exact line and column of a front-matter key, or of words of the body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kawaraban import strict_yaml
from kawaraban.article import frontmatter

if TYPE_CHECKING:
    from kawaraban.article.model import Article

_LINE_END = re.compile("\r\n|\r|\n")
_FAR = 60  # lines below a block's first within which its words are looked for


def key_place(article: Article, key: str) -> tuple[int, int]:
    """Return the place of a dotted key, or of the innermost one around it that the file has."""
    places = _places(article.source)
    parts = key.split(".")
    found = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((places[name] for name in found if name in places), (article.line_of.get(key, 2), 1))


@lru_cache(maxsize=4)
def _places(source: str) -> Mapping[str, tuple[int, int]]:
    parts = frontmatter.split(source, PurePosixPath("-"))
    return strict_yaml.load(parts.yaml, PurePosixPath("-"), first_line=parts.yaml_line).places


@lru_cache(maxsize=4)
def lines_of(source: str) -> list[str]:
    """Return the lines of a file as editors count them."""
    return _LINE_END.split(source)


def line_place(article: Article, line: int) -> tuple[int, int]:
    """Return a line with the column where its words begin."""
    lines = lines_of(article.source)
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return line, len(text) - len(text.lstrip()) + 1


def words_place(article: Article, line: int, *needles: str) -> tuple[int, int]:
    """Return where the first of the needles stands, on `line` or soon below it; else where that line's words begin."""
    lines = lines_of(article.source)
    for needle in filter(None, needles):
        for number in range(line, min(line + _FAR, len(lines) + 1)):
            if (column := lines[number - 1].find(needle)) >= 0:
                return number, column + 1
    return line_place(article, line)
