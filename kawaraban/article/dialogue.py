"""`::: dialogue`: paragraphs that begin with a speaker's name are turns."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kawaraban.article.blocks import Block, Dialogue, Inline, Paragraph, Strong, Turn
from kawaraban.article.inlines import Element, tidy
from kawaraban.article.words import joined, lines_of, plain
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from kawaraban.article.block_reader import BlockReader

_OPENING = re.compile(r"^(?P<name>[^:：]{1,60}?)[:：][\s\u00a0]*")
_COLON = re.compile(r"^[:：][\s\u00a0]*")
_NAME_LIKE = re.compile(r"^[^\s、。「」『』（）()！？!?,.]{1,12}$")


def dialogue(reader: BlockReader, element: Element) -> Dialogue:
    """Return the turns inside an element; a paragraph without a known name continues the turn before it."""
    said: list[_Said] = []
    line = reader.line(element)
    for block in reader.children(element):
        for part in _spoken_parts(block, reader):
            _add(part, said, reader)
    return Dialogue(tuple(Turn(one.speaker, tuple(one.blocks), one.line) for one in said), line)


@dataclass(slots=True)
class _Said:
    """A turn that may still be continued."""

    speaker: str
    blocks: list[Block]
    line: int


def _spoken_parts(block: Block, reader: BlockReader) -> Iterator[Block]:
    """Split a paragraph where a line begins with a known speaker: writers leave out the empty line between turns."""
    if not isinstance(block, Paragraph):
        yield block
        return
    current: list[tuple[int, Inline]] = []
    for number, content in lines_of(block.content, block.line):
        if current and _speaker(content, reader.speakers):
            yield _paragraph(current)
            current = []
        elif current:
            _doubt_line(number, content, reader)
        current.append((number, content))
    if current:
        yield _paragraph(current)


def _paragraph(lines: list[tuple[int, Inline]]) -> Paragraph:
    return Paragraph(joined([content for _, content in lines]), lines[0][0])


def _add(block: Block, said: list[_Said], reader: BlockReader) -> None:
    if isinstance(block, Paragraph) and (found := _speaker(block.content, reader.speakers)):
        name, content = found
        said.append(_Said(name, [Paragraph(content, block.line)], block.line))
        return
    _doubt_speaker(block, reader)
    if said:
        said[-1].blocks.append(block)
        return
    message = Sentence(ja="対話が話者の名前で始まっていません", en="the dialogue does not begin with a speaker's name")
    remedy = Sentence(
        ja="「名前: 本文」と書き、名前を speakers に入れてください",
        en="write `name: words`, and list the name under `speakers`",
    )
    reader.find("dialogue-without-speaker", block.line, message, remedy=remedy)
    said.append(_Said("", [block], block.line))


def _speaker(content: Inline, speakers: frozenset[str]) -> tuple[str, Inline] | None:
    """Return (speaker, what is said) of words that open a turn; the name may be bold, with its colon or without."""
    name, rest = _opening(content)
    return (name, rest) if name in speakers else None


def _opening(content: Inline) -> tuple[str, Inline]:
    first, *rest = content or ("",)
    if isinstance(first, str):
        found = _OPENING.match(first)
        return (found["name"].strip(), tidy([first[found.end() :], *rest])) if found else ("", content)
    if not isinstance(first, Strong):
        return "", content
    bold = plain(first.content).strip()
    if bold.endswith((":", "：")):
        return bold[:-1].strip(), tidy([rest[0].lstrip(), *rest[1:]] if rest and isinstance(rest[0], str) else rest)
    if rest and isinstance(rest[0], str) and (colon := _COLON.match(rest[0])):
        return bold, tidy([rest[0][colon.end() :], *rest[1:]])
    return "", content


def _doubt_speaker(block: Block, reader: BlockReader) -> None:
    name, _ = _opening(block.content) if isinstance(block, Paragraph) else ("", ())
    if not _NAME_LIKE.match(name):
        return
    near = difflib.get_close_matches(name, reader.speakers, 1, 0.6)
    remedy = (
        Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
        if near
        else Sentence(
            ja=f"話者なら speakers に「{name}」を加えてください", en=f"if it is a speaker, add `{name}` to `speakers`"
        )
    )
    message = Sentence(ja=f"「{name}」は話者にありません", en=f"`{name}` is not one of the speakers")
    reader.find("unknown-speaker", block.line, message, remedy=remedy)


def _doubt_line(line: int, content: Inline, reader: BlockReader) -> None:
    """Inside a paragraph only a name that is nearly a speaker's is doubted: `例: …` is a line like any other there."""
    name, _ = _opening(content)
    if _NAME_LIKE.match(name) and (near := difflib.get_close_matches(name, reader.speakers, 1, 0.6)):
        message = Sentence(ja=f"「{name}」は話者にありません", en=f"`{name}` is not one of the speakers")
        remedy = Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
        reader.find("unknown-speaker", line, message, remedy=remedy)
