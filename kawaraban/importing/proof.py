"""
The conservation proof: the article, put back through the profile's form, equals the source line by line.

The article is the one the reader makes of the written file, so parsing and escaping are part of the proof. The same
white-space rules hold on both sides and no others: none at the ends of a line, none beside the colon of a label or
speaker, a bullet's indent is its level, a term and its definition are one line. R1's lines are no content.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from kawaraban import strict_yaml
from kawaraban.article import frontmatter
from kawaraban.article.blocks import (
    Blocks,
    Dialogue,
    Embed,
    Glossary,
    Heading,
    KeyPoints,
    List,
    Notice,
    Paragraph,
    SourceCard,
)
from kawaraban.article.model import Article
from kawaraban.article.words import plain
from kawaraban.errors import Place, Sentence, WrongInput, counted
from kawaraban.importing.lines import WHITE
from kawaraban.importing.scraped import Form, Said, Scraped, Slot


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where source and article say different things; `line` is the source's (None: at the end)."""

    line: int | None
    source: tuple[str, ...]
    article: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """
    How many content lines the source has, how many the article gives back, and where they differ.

    `places` maps a source line to the article's line that says it (only of a proof that holds).
    """

    lines: int
    conserved: int
    differences: tuple[Difference, ...] = ()
    places: Mapping[int, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing was lost or added."""
        return not self.differences


def prove(page: Scraped, article: Article) -> Proof:
    """Compare what the page said with what the article says."""
    before = [said.words.rstrip(WHITE) for said in page.said]
    given = list(_given_back(page.said, article))
    after = [line.rstrip(WHITE) for line, _ in given]
    if before == after:
        places = {number: at for said, (_, at) in zip(page.said, given, strict=True) for number in said.numbers}
        return Proof(len(before), len(before), places=places)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    differences = [
        Difference(page.said[i1].numbers[0] if i1 < len(before) else None, tuple(before[i1:i2]), tuple(after[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]
    conserved = sum(size for _, _, size in matcher.get_matching_blocks())
    return Proof(len(before), conserved, tuple(differences))


def proven(page: Scraped, article: Article, source: Path) -> Proof:
    """Return the proof; raise WrongInput, with the lines that differ, where it does not hold."""
    proof = prove(page, article)
    if not proof.holds:
        first = proof.differences[0]
        shown = "\n".join(
            [*(f"  - {line}" for part in proof.differences[:6] for line in part.source),
             *(f"  + {line}" for part in proof.differences[:6] for line in part.article)]
        )  # fmt: skip
        raise WrongInput(
            Sentence(
                ja=f"取り込むと文字が変わってしまいます（{proof.conserved}/{proof.lines}行は同じ）:\n{shown}",
                en=f"importing would change its words ({proof.conserved} of {counted(proof.lines, 'line')} the same):\n{shown}",
            ),
            place=Place(source, first.line),
            remedy=Sentence(
                ja="その行の制御文字などを直すか、この頁の形に合う規則を config/importing/ に書いてください",
                en="mend that line (a control character?), or write a profile for such pages in config/importing/",
            ),
        )
    return proof


Placed: TypeAlias = "tuple[str, int]"
"""A line of words, and the article's line on which it stands."""


def _given_back(said: Sequence[Said], article: Article) -> Iterator[Placed]:
    """Head lines from the front matter in the order in which the page had them, body lines from the blocks."""
    parts = frontmatter.split(article.source, PurePosixPath("-"))
    document = strict_yaml.load(parts.yaml, PurePosixPath("-"), first_line=parts.yaml_line)
    body = _body_lines(article.blocks)
    for line in said:
        if line.form is not None:
            key = next((piece.key for piece in line.form if isinstance(piece, Slot)), "")
            yield _filled(line.form, document.values), document.places.get(key, (1, 1))[0]
        else:
            found = next(body, None)
            if found is not None:
                yield found
    yield from body


def _filled(form: Form, values: Mapping[str, Any]) -> str:  # Any: whatever YAML holds
    return "".join(piece if isinstance(piece, str) else _value(piece.key, piece.form, values) for piece in form)


def _value(key: str, form: Any, values: Mapping[str, Any]) -> str:  # noqa: ANN401 - whatever YAML holds
    found: Any = values
    for part in key.split("."):
        if isinstance(found, list):
            found = found[int(part)] if int(part) < len(found) else ""
        else:
            found = found.get(part, "") if isinstance(found, Mapping) else ""
    return form.of(found) if form is not None and isinstance(found, date) else str(found)


def _body_lines(blocks: Blocks) -> Iterator[Placed]:
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                yield from _placed(plain(block.content).split("\n"), block.line)
            case Embed():
                yield block.url, block.line
            case Dialogue():
                for turn in block.turns:
                    yield from _headed(f"{turn.speaker}:", turn.blocks, turn.line)
            case KeyPoints():
                for point in block.points:
                    said = [*_bullet(plain(point.point), 1)]
                    said += [line for detail in point.details for line in _bullet(plain(detail), 2)]
                    yield from _placed(said, point.line)
            case List():
                yield from _items(block, 1)
            case Glossary():
                for term in block.terms:
                    yield from _headed(f"【{plain(term.name)}】", term.definition, term.line)
            case Notice():
                yield from _body_lines(block.blocks)
            case SourceCard():
                continue
            case _:  # nothing an import writes: it shows as a difference
                yield f"<{type(block).__name__}>", block.line


def _placed(lines: Sequence[str], first: int) -> Iterator[Placed]:
    yield from ((line, first + number) for number, line in enumerate(lines))


def _headed(head: str, blocks: Blocks, line: int) -> Iterator[Placed]:
    """What is said behind a name or term begins on its line."""
    inside = list(_body_lines(blocks)) or [("", line)]
    yield head + inside[0][0], line
    yield from inside[1:]


def _bullet(text: str, level: int) -> list[str]:
    first, *rest = text.split("\n")
    return [f"{'  ' * (level - 1)}• {first}", *rest]


def _items(block: List, level: int) -> Iterator[Placed]:
    for item in block.items:
        head, *rest = item.blocks or (Paragraph((), item.line),)
        inner = item.blocks
        if isinstance(head, Paragraph):
            yield from _placed(_bullet(plain(head.content), level), item.line)
            inner = tuple(rest)
        for nested in inner:
            if isinstance(nested, List):
                yield from _items(nested, level + 1)
            else:
                yield from _body_lines((nested,))
