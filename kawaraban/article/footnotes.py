"""Footnotes: numbered by first mention, and what is lost or missing among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kawaraban.article.blocks import Blocks, Footnote, Footnotes, Paragraph
from kawaraban.article.inlines import Element, tidy
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from kawaraban.article.block_reader import BlockReader

_DEFINITION = re.compile(r"^(?:[ >]|[-*+] )*\[\^(?P<label>[^\]\s]+)\]:")
_MENTION = re.compile(r"(?<!\\)\[\^(?P<label>[^\]\s]+)\]")


def of(reader: BlockReader, element: Element) -> Footnotes:
    """Return the notes of comrak's last section in the order of their numbers."""
    items = [item for item in element.iter("li") if item.get("id", "").startswith("fn-")]
    numbers = reader.inlines.note_numbers
    numbered = {numbers[item.get("id")]: item for item in items if item.get("id") in numbers}
    notes = [
        Footnote(number, _said(reader, numbered[number]), reader.line(numbered[number])) for number in sorted(numbered)
    ]
    return Footnotes(tuple(notes), min((note.line for note in notes), default=reader.line(element)))


def _said(reader: BlockReader, item: Element) -> Blocks:
    """The mark back to the text leaves a space before it, which goes too."""
    inside = reader.children(item)
    if not inside or not isinstance(inside[-1], Paragraph):
        return inside
    last = inside[-1]
    content = list(last.content)
    while content and isinstance(content[-1], str) and not content[-1].strip():
        content.pop()
    if content and isinstance(content[-1], str):
        content[-1] = content[-1].rstrip()
    return (*inside[:-1], Paragraph(tidy(content), last.line))


def find_lost(reader: BlockReader) -> None:
    """Find notes that nothing mentions (comrak drops them), a second text for one note, and mentions without a note."""
    shown = {unquote(name.removeprefix("fn-")).casefold() for name in reader.inlines.note_numbers}
    defined: set[str] = set()
    lines = list(_outside_code(reader))
    for line, label in _definitions(lines):
        twice = label.casefold() in defined
        defined.add(label.casefold())
        if twice:
            message = Sentence(ja=f"注「{label}」の文が二つあります", en=f"the note `{label}` has two texts")
            remedy = Sentence(ja="どちらかの印を変えてください", en="give one of them another label")
            reader.find("footnote-twice", line, message, remedy=remedy)
        elif label.casefold() not in shown:
            message = Sentence(
                ja=f"注「{label}」はどこからも参照されず、出ません",
                en=f"nothing mentions the note `{label}`: it is not shown",
            )
            remedy = Sentence(
                ja=f"本文に [^{label}] と書くか、注を消してください",
                en=f"write [^{label}] in the text, or delete the note",
            )
            reader.find("footnote-unused", line, message, remedy=remedy)
    for line, column, label in _literal_mentions(lines, shown | defined):
        message = Sentence(ja=f"注「{label}」の文がありません", en=f"the note `{label}` has no text")
        remedy = Sentence(
            ja=f"[^{label}]: で始まる段落を書いてください", en=f"write a paragraph that begins with [^{label}]:"
        )
        reader.find("footnote-missing", line, message, warn=True, remedy=remedy, column=column)


def _definitions(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        if found := _DEFINITION.match(line):
            yield number, found["label"]


def _literal_mentions(lines: list[tuple[int, str]], known: set[str]) -> Iterator[tuple[int, int, str]]:
    for number, line in lines:
        for found in _MENTION.finditer(re.sub(r"`[^`]*`", lambda code: " " * len(code[0]), line)):
            if found["label"].casefold() not in known:
                yield number, found.start() + 1, found["label"]


def _outside_code(reader: BlockReader) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in enumerate(reader.lines, reader.first_line):
        sign = re.match(r"^[ >]*(`{3,}|~{3,})", line)
        if fence:
            fence = "" if sign and sign[1].startswith(fence) else fence
        elif sign:
            fence = sign[1]
        else:
            yield number, line
