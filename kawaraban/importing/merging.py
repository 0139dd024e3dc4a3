"""Three-way merge by lines (diff3): what only one side changed is taken, what both changed alike too, the rest is a clash."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from kawaraban.article import reader
from kawaraban.errors import WrongInput


@dataclass(frozen=True, slots=True)
class Clash:
    """A place both sides changed differently; `line` is where it begins in the merged text, from 1."""

    line: int
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text, with our side at every clash; and the clashes, so that the other side is not lost."""

    text: str
    clashes: tuple[Clash, ...]


def merge(base: str, ours: str, theirs: str) -> Merged:
    """Merge `theirs` (a newer import) into `ours` (the editor's file); `base` is what the last import wrote."""
    clashes: list[Clash] = []
    lines: list[str] = []
    for piece in _pieces(*(text.splitlines(keepends=True) for text in (base, ours, theirs))):
        if piece.theirs in (piece.ours, piece.base):
            lines += piece.ours
        elif piece.ours == piece.base:
            lines += piece.theirs
        else:
            clashes.append(Clash(len(lines) + 1, "".join(piece.ours), "".join(piece.theirs)))
            lines += piece.ours
    return Merged("".join(lines), tuple(clashes))


def merge_articles(base: str, ours: str, theirs: str) -> Merged:
    """
    Merge two states of an article's file. The editor's line ends stay.

    Where it fits line by line, but no longer as an article, ours stays whole and all of it is one clash.
    """
    windows = "\r\n" in ours
    merged = merge(base, ours.replace("\r\n", "\n"), theirs)
    text = merged.text.replace("\n", "\r\n") if windows else merged.text
    try:
        reader.parse(text, PurePosixPath("index.md"), "")
    except WrongInput:
        return Merged(ours, (Clash(1, ours, theirs),))
    return Merged(text, merged.clashes)


def placed(clashes: Sequence[Clash], text: str) -> tuple[Clash, ...]:
    """Return the clashes with the lines on which they stand in `text`, whose front matter may have grown meanwhile."""
    lines = text.replace("\r\n", "\n").splitlines(keepends=True)
    return tuple(replace(clash, line=_line_of(clash, lines)) for clash in clashes)


def _line_of(clash: Clash, lines: list[str]) -> int:
    ours = clash.ours.splitlines(keepends=True)
    near = sorted(range(len(lines)), key=lambda at: abs(at + 1 - clash.line))
    return next((at + 1 for at in near if ours and lines[at : at + len(ours)] == ours), clash.line)


@dataclass(frozen=True, slots=True)
class _Piece:
    base: list[str]
    ours: list[str]
    theirs: list[str]


def _pieces(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[_Piece]:
    """Yield what lies between and at the lines that all three share."""
    at_base = at_ours = at_theirs = 0
    for start, in_ours, in_theirs, size in _shared(base, ours, theirs):
        yield _Piece(base[at_base:start], ours[at_ours:in_ours], theirs[at_theirs:in_theirs])
        same = base[start : start + size]
        yield _Piece(same, same, same)
        at_base, at_ours, at_theirs = start + size, in_ours + size, in_theirs + size
    yield _Piece(base[at_base:], ours[at_ours:], theirs[at_theirs:])


def _shared(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the runs of base lines that stand in both others: (place in base, in ours, in theirs, length)."""
    to_ours = _places(base, ours)
    to_theirs = _places(base, theirs)
    index = 0
    while index < len(base):
        if index not in to_ours or index not in to_theirs:
            index += 1
            continue
        size = 1
        while all(places.get(index + size) == places[index] + size for places in (to_ours, to_theirs)):
            size += 1
        yield index, to_ours[index], to_theirs[index], size
        index += size


def _places(base: list[str], other: list[str]) -> dict[int, int]:
    matcher = difflib.SequenceMatcher(None, base, other, autojunk=False)
    return {a + step: b + step for a, b, size in matcher.get_matching_blocks() for step in range(size)}
