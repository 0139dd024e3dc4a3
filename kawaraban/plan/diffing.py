"""What would change for subscribers, phrase by phrase (朱入れ): whole phrases, never single characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING

from kawaraban.plan.values import DiffLine, Stroke
from kawaraban.variant import Variant

if TYPE_CHECKING:
    import budoux

# above these sizes the comparison is made coarser, so that no text makes a plan slow
_LONG_LINE = 2000
_MANY = 2000
# below this likeness two lines are two lines, not one that was edited
_ALIKE = 0.3

# words of languages with spaces keep their spaces; sentence ends close a phrase
_PIECES = re.compile(r"[!-~À-ɏ]+\s*|[^!-~À-ɏ]+")
_SENTENCES = re.compile(r"[^。！？!?\n]*[。！？!?\n]+|[^。！？!?\n]+")


def diff(before: Variant, after: Variant) -> tuple[DiffLine, ...]:
    """Return the changed lines, part by part; () where only markup differs."""
    old, new = dict(_parts(before)), dict(_parts(after))
    return tuple(DiffLine(part, strokes) for part in new for strokes in _changed(old[part], new[part]))


def _parts(variant: Variant) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield what subscribers see, as lines of plain text."""
    head = variant.head
    yield "title", (variant.title,)
    yield "text", variant.text.splitlines()
    yield "description", (head.description,)
    yield "address", (head.url,)
    yield "series", (head.series,)
    yield "tags", head.tags
    yield "hashtags", head.hashtags
    yield "published", (head.published.isoformat() if head.published else "",)
    yield "updated", (head.updated.isoformat() if head.updated else "",)
    yield "corrections", [f"{entry.date} {entry.text}" for entry in head.corrections]
    yield "pictures", [f"{asset.name} {asset.alt} {asset.caption} {asset.credit}".rstrip() for asset in variant.assets]


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Stroke, ...]]:
    for tag, i1, i2, j1, j2 in _matched(before, after).get_opcodes():
        if tag != "equal":
            for old, new in zip_longest(before[i1:i2], after[j1:j2], fillvalue=""):
                yield from _line(old, new)


def _line(old: str, new: str) -> Iterator[tuple[Stroke, ...]]:
    """Yield one edited line, or the old and the new one where they have little in common."""
    left, right = _phrases(old), _phrases(new)
    matched = _matched(left, right)
    if old and new and matched.ratio() < _ALIKE:
        yield (Stroke("cut", old),)
        yield (Stroke("add", new),)
    elif old != new:
        yield tuple(_strokes(left, right, matched))


def _strokes(left: Sequence[str], right: Sequence[str], matched: SequenceMatcher[str]) -> Iterator[Stroke]:
    runs = []
    for tag, i1, i2, j1, j2 in matched.get_opcodes():
        if tag == "equal":
            runs.append(Stroke("keep", "".join(left[i1:i2])))
        else:
            runs += [Stroke("cut", "".join(left[i1:i2])), Stroke("add", "".join(right[j1:j2]))]
    for kind, group in groupby((run for run in runs if run.text), key=lambda run: run.kind):
        yield Stroke(kind, "".join(run.text for run in group))


def _matched(before: Sequence[str], after: Sequence[str]) -> SequenceMatcher[str]:
    """Return the match of two lists; repeated entries are only ignored where there are very many."""
    return SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > _MANY)


def _phrases(line: str) -> list[str]:
    """Return the line in phrases; nothing is lost between them."""
    if len(line) > _LONG_LINE:
        return _SENTENCES.findall(line)
    return [phrase for piece in _PIECES.findall(line) for phrase in _split(piece)]


def _split(piece: str) -> list[str]:
    return [piece] if piece[0].isascii() and not piece[0].isspace() else _parser().parse(piece)


@cache
def _parser() -> budoux.Parser:
    """Return BudouX's Japanese model; imported only where something changed."""
    import budoux

    return budoux.load_default_japanese_parser()
