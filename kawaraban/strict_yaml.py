"""
YAML as this house reads it: PyYAML's C parser, made strict.

YAML 1.2 core typing (`no`, `on`, `12:30`, `0o7` stay text; `true`/`false`, decimal numbers, `null` and `~` are typed),
dates and instants as the standard library's types, duplicate keys, anchors, aliases and tags refused (so no bomb can
grow), nesting limited. Every key keeps its line and column for the error that a person reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

import yaml

from kawaraban.errors import Place, Sentence, WrongInput

MAX_DEPTH = 24
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*([Zz]|[-+]\d{2}:?\d{2})?", re.ASCII)
_LINE_END = re.compile("\r\n|\r|\n")
# line ends to libyaml (YAML 1.1) but text to YAML 1.2: noncharacters stand for them while it reads
_SEPARATORS: dict[int, str] = {0x85: "\ufdd1", 0x2028: "\ufdd2", 0x2029: "\ufdd3"}
_SEPARATOR = re.compile("[\x85\u2028\u2029]")
_BACK: dict[int, str] = {ord(stand_in): chr(sign) for sign, stand_in in _SEPARATORS.items()}
# what YAML 1.2 holds only as an escape in double quotes
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
# the tags that PyYAML's resolver gives by itself; any other was written by hand
_IMPLICIT = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")
)
_WORDS: dict[str, object] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """Values, and dotted key → (line, column), both from 1 in the file that the text came from."""

    values: Mapping[str, Any]  # Any: whatever stands in the file; models judge it
    places: Mapping[str, tuple[int, int]]


def load(text: str, file: PurePath, *, first_line: int = 1) -> Document:
    """
    Read a YAML mapping; raise WrongInput with file, line, column and remedy.

    `first_line` is the line of the file on which `text` begins.
    """
    node = compose(text, file, first_line=first_line)
    marks = _Marks(text, first_line)
    reader = _Reader(file, marks, _BACK if _SEPARATOR.search(text) else {})
    if node is None:
        return Document({}, {})
    if not isinstance(node, yaml.MappingNode):
        raise reader.wrong(node, "「名前: 値」の並びではありません", "this is not a list of `name: value` lines")
    return Document(reader.mapping(node, "", 0), reader.places)


def compose(text: str, file: PurePath, *, first_line: int = 1) -> yaml.Node | None:
    """Return the YAML's nodes with their marks (None: there is nothing in it); raise WrongInput as `load` does."""
    marks = _Marks(text, first_line)
    try:
        read = text.translate(_SEPARATORS) if _SEPARATOR.search(text) else text
        return yaml.compose(read, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, file, marks) from error
    except yaml.reader.ReaderError as error:
        at = _UNREADABLE.search(text)
        raise WrongInput(
            Sentence(ja="YAMLに書けない制御文字があります", en="it holds a control character that YAML does not allow"),
            place=Place(file, *marks.place_of(at.start() if at else 0)),
            remedy=Sentence(ja="その文字を消してください", en="delete that character"),
        ) from error


class _Marks:
    """Lines and columns as editors count them."""

    def __init__(self, text: str, first_line: int) -> None:
        self._text = text
        self._first_line = first_line

    def place(self, mark: yaml.Mark) -> tuple[int, int]:
        """Return the line and column of a mark."""
        return mark.line + self._first_line, mark.column + 1

    def place_of(self, index: int) -> tuple[int, int]:
        """Return the line and column of the character at `index`."""
        before = _LINE_END.split(self._text[:index])
        return len(before) - 1 + self._first_line, len(before[-1]) + 1


class _Reader:
    def __init__(self, file: PurePath, marks: _Marks, back: Mapping[int, str]) -> None:
        self.file = file
        self._back = back
        self._marks = marks
        self.places: dict[str, tuple[int, int]] = {}
        self._seen: set[int] = set()

    def wrong(self, node: yaml.Node, ja: str, en: str, remedy: Sentence | None = None) -> WrongInput:
        line, column = self._at(node)
        return WrongInput(Sentence(ja=ja, en=en), place=Place(self.file, line, column), remedy=remedy)

    def _at(self, node: yaml.Node) -> tuple[int, int]:
        return self._marks.place(node.start_mark)

    def mapping(self, node: yaml.MappingNode, prefix: str, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in values:
                raise self.wrong(
                    key_node, f"「{key}」が二度書かれています", f"`{key}` is written twice",
                    Sentence(ja="どちらかの行を消してください", en="delete one of the two lines"),
                )  # fmt: skip
            self.places[prefix + key] = self._at(key_node)
            values[key] = self.value(value_node, f"{prefix}{key}.", depth + 1)
        return values

    def _text(self, node: yaml.ScalarNode) -> str:
        text = str(node.value)
        return text.translate(self._back) if self._back else text

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, "名前が文字ではありません", "a key must be plain text")
        return self._text(node)

    def value(self, node: yaml.Node, prefix: str, depth: int) -> Any:  # noqa: ANN401 - whatever stands in the file
        if depth > MAX_DEPTH:
            raise self.wrong(
                node, "入れ子が深すぎます", "nested too deeply",
                Sentence(ja=f"{MAX_DEPTH}段までにしてください", en=f"{MAX_DEPTH} levels at most"),
            )  # fmt: skip
        if id(node) in self._seen:
            raise self.wrong(
                node, "アンカー(&)と別名(*)は使えません", "anchors (&) and aliases (*) are not allowed",
                Sentence(ja="値をそのまま書いてください", en="write the value itself"),
            )  # fmt: skip
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, prefix, depth)
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.places[f"{prefix}{index}"] = self._at(item)
            return [self.value(item, f"{prefix}{index}.", depth + 1) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        raise self.wrong(node, "読めない値です", "this value can't be read")

    def _scalar(self, node: yaml.ScalarNode) -> Any:  # noqa: ANN401 - a typed scalar
        text = self._text(node)
        if node.tag not in _IMPLICIT:
            raise self.wrong(  # the tag itself is not printed: it may be a password that begins with `!`
                node, "「!」で始まるタグは使えません", "a tag (a value that begins with `!`) is not allowed",
                Sentence(ja='文字として書くなら "…" で囲んでください', en="put it in quotes if it is meant as text"),
            )  # fmt: skip
        if node.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        return self._day_or_text(node, text)

    def _day_or_text(self, node: yaml.ScalarNode, text: str) -> str | date | datetime:
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text)
            if _INSTANT.fullmatch(text):
                return datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
        except ValueError as error:
            raise self.wrong(node, f"ありえない日付です: {text}", f"there is no such date: {text}") from error
        return text


def _syntax(error: yaml.MarkedYAMLError, file: PurePath, marks: _Marks) -> WrongInput:
    mark = error.problem_mark or error.context_mark
    place = Place(file, *(marks.place(mark) if mark else marks.place_of(0)))
    problem = error.problem or "syntax error"
    if "alias" in problem or "anchor" in problem:
        return WrongInput(
            Sentence(ja="アンカー(&)と別名(*)は使えません", en="anchors (&) and aliases (*) are not allowed"),
            place=place,
            remedy=Sentence(ja="値をそのまま書いてください", en="write the value itself"),
        )
    return WrongInput(
        Sentence(ja=f"YAMLとして読めません（{problem}）", en=f"not readable as YAML ({problem})"),
        place=place,
        remedy=Sentence(
            ja='値に「: 」や「 #」が入るとき、または @ & * ! | > % ` " \' [ { で始まるときは、値を "…" で囲んでください',
            en="put the value in quotes when it holds `: ` or ` #`, or begins with one of @ & * ! | > % ` \" ' [ {",
        ),
    )
