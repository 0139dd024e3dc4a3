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
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*([Zz]|[-+]\d{2}:?\d{2})?")
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
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, file, first_line) from error
    except (yaml.YAMLError, ValueError) as error:
        raise WrongInput(
            Sentence(ja=f"YAMLとして読めません: {error}", en=f"not readable as YAML: {error}"),
            place=Place(file, first_line),
        ) from error
    reader = _Reader(file, first_line)
    if node is None:
        return Document({}, {})
    if not isinstance(node, yaml.MappingNode):
        raise reader.wrong(node, "「名前: 値」の並びではありません", "this is not a list of `name: value` lines")
    return Document(reader.mapping(node, "", 0), reader.places)


class _Reader:
    def __init__(self, file: PurePath, first_line: int) -> None:
        self.file = file
        self.first_line = first_line
        self.places: dict[str, tuple[int, int]] = {}
        self._seen: set[int] = set()

    def wrong(self, node: yaml.Node, ja: str, en: str, remedy: Sentence | None = None) -> WrongInput:
        line, column = self._at(node)
        return WrongInput(Sentence(ja=ja, en=en), place=Place(self.file, line, column), remedy=remedy)

    def _at(self, node: yaml.Node) -> tuple[int, int]:
        return node.start_mark.line + self.first_line, node.start_mark.column + 1

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

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, "名前が文字ではありません", "a key must be plain text")
        return str(node.value)

    def value(self, node: yaml.Node, prefix: str, depth: int) -> Any:  # noqa: ANN401 - whatever stands in the file
        if depth > MAX_DEPTH:
            raise self.wrong(node, "入れ子が深すぎます", "nested too deeply")
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
        text = str(node.value)
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


def _syntax(error: yaml.MarkedYAMLError, file: PurePath, first_line: int) -> WrongInput:
    mark = error.problem_mark or error.context_mark
    line = first_line + (mark.line if mark else 0)
    column = mark.column + 1 if mark else None
    problem = error.problem or "syntax error"
    if "alias" in problem or "anchor" in problem:
        return WrongInput(
            Sentence(ja="アンカー(&)と別名(*)は使えません", en="anchors (&) and aliases (*) are not allowed"),
            place=Place(file, line, column),
            remedy=Sentence(ja="値をそのまま書いてください", en="write the value itself"),
        )
    return WrongInput(
        Sentence(ja=f"YAMLとして読めません（{problem}）", en=f"not readable as YAML ({problem})"),
        place=Place(file, line, column),
        remedy=Sentence(
            ja='値に「: 」や「 #」が入るとき、または @ & * ! | > % ` " \' [ { で始まるときは、値を "…" で囲んでください',
            en="put the value in quotes when it holds `: ` or ` #`, or begins with one of @ & * ! | > % ` \" ' [ {",
        ),
    )
