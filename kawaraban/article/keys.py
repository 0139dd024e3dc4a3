"""
Changing one key of a front matter's YAML, and no other byte of it.

The parser's own marks say where a value begins and ends, whatever its style (plain, quoted over several lines, `|`, a
list, `{…}` in `{…}`), so comments, quotes, order, indentation and line ends stay as the editor wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import StringIO
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from kawaraban import strict_yaml

if TYPE_CHECKING:
    from ruamel.yaml import YAML

FILE = PurePath("index.md")
Pair: TypeAlias = tuple[yaml.Node, yaml.Node]
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*(?P<comment>[ \t]+#[^\r\n]*)?")
_UNPRINTABLE = re.compile(
    "[^\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\U00010000-\U0010ffff]"
)


def changed(text: str, path: list[str], value: object) -> str:
    """
    Return the YAML with the key `path` set; mappings that are missing on the way are made.

    `value` is text, a number, a bool, a date, an aware datetime, a list or a mapping. A new key is put after the last
    one of its mapping.
    """
    mapping, rest = _root(text), path
    if mapping is None:
        head = text if not text or text.endswith("\n") else text + _newline(text)
        return head + _block_lines(path[0], _nested(path[1:], value), 0, _newline(text))
    while (pair := _pair(mapping, rest[0])) is not None:
        if len(rest) == 1 or not isinstance(pair[1], yaml.MappingNode):
            return _replaced(text, pair, _nested(rest[1:], value), flow=bool(mapping.flow_style))
        mapping, rest = pair[1], rest[1:]
    return _inserted(text, mapping, rest[0], _nested(rest[1:], value))


def removed(text: str, path: list[str]) -> str:
    """Return the YAML without the key `path`; a mapping that becomes empty goes too. A missing key changes nothing."""
    mapping: yaml.Node | None = _root(text)
    way: list[tuple[yaml.MappingNode, Pair]] = []
    for part in path:
        pair = _pair(mapping, part)
        if pair is None or not isinstance(mapping, yaml.MappingNode):
            return text
        way.append((mapping, pair))
        mapping = pair[1]
    while len(way) > 1 and len(way[-1][0].value) == 1:
        way.pop()
    return _cut(text, *way[-1])


def _root(text: str) -> yaml.MappingNode | None:
    root = strict_yaml.compose(text, FILE)
    if root is not None and not isinstance(root, yaml.MappingNode):
        strict_yaml.load(text, FILE)  # says what is wrong with it
    return root if isinstance(root, yaml.MappingNode) else None


def _nested(path: list[str], value: object) -> object:
    for part in reversed(path):
        value = {part: value}
    return value


def _pair(mapping: yaml.Node | None, key: str) -> Pair | None:
    if not isinstance(mapping, yaml.MappingNode):
        return None
    return next((pair for pair in mapping.value if isinstance(pair[0], yaml.ScalarNode) and pair[0].value == key), None)


# --- where things stand -----------------------------------------------------------------------------------------


def _end(text: str, node: yaml.Node) -> int:
    """Return where a value ends: the marks of a list in block style lie behind the comments and blank lines after it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return max(_end(text, part) for part in (last if isinstance(last, tuple) else (last,)))
    end: int = node.end_mark.index
    if not isinstance(node, yaml.ScalarNode) or node.style not in ("|", ">"):
        return end
    start = node.start_mark.index
    header = _BLOCK_HEADER.match(text, start)
    if header is not None and "+" in header[0]:  # here the blank lines belong to the value
        return end - 1 if text[end - 1 : end] == "\n" and text[end - 2 : end] != "\r\n" else end - 2
    written = text[start:end]
    indent = min((len(line) - len(line.lstrip(" ")) for line in written.splitlines()[1:] if line.strip()), default=0)
    return start + len(re.sub(rf"(?:\r?\n {{0,{indent}}})+\Z", "", written))  # deeper spaces are words of the value


def _line_end(text: str, at: int) -> int:
    """Where the line of `at` ends, before its line end."""
    found = text.find("\n", at)
    if found < 0:
        return len(text)
    return found - 1 if found > at and text[found - 1] == "\r" else found


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _next_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


# --- the three changes ------------------------------------------------------------------------------------------


def _replaced(text: str, pair: Pair, value: object, *, flow: bool) -> str:
    key, old = pair
    colon = text.index(":", key.end_mark.index) + 1
    place = _Place(text, colon, old.start_mark.index, _end(text, old), old)
    if flow or not _is_block(value):
        return place.with_words(_flow(value) if flow else _scalar(value))
    indent = key.start_mark.column
    lines = _block_lines("k", value, indent, _newline(text)).removesuffix(_newline(text))
    return place.with_lines(lines.partition(_newline(text))[2], _newline(text))


@dataclass(frozen=True, slots=True)
class _Place:
    """A value's place: behind `colon`, from `start` to `end`."""

    text: str
    colon: int
    start: int
    end: int
    node: yaml.Node

    @property
    def comment(self) -> str:
        """The comment on the key's line, where the value itself stands on the lines below or begins with `|`."""
        if isinstance(self.node, yaml.ScalarNode) and self.node.style in ("|", ">"):
            header = _BLOCK_HEADER.match(self.text, self.start)
            return (header["comment"] or "") if header else ""
        stop = _line_end(self.text, self.colon)
        return self.text[self.colon : stop].rstrip() if self.start > stop else ""

    def with_words(self, words: str) -> str:
        return f"{self.text[: self.colon]} {words}{self.comment}{self.text[self.end :]}"

    def with_lines(self, lines: str, newline: str) -> str:
        stop = _line_end(self.text, self.end)
        tail = self.text[self.end : stop].rstrip()
        return f"{self.text[: self.colon]}{self.comment}{tail}{newline}{lines}{self.text[stop:]}"


def _inserted(text: str, mapping: yaml.MappingNode, key: str, value: object) -> str:
    children: list[Pair] = mapping.value
    if mapping.flow_style:
        at = max(_end(text, part) for part in children[-1]) if children else mapping.start_mark.index + 1
        return f"{text[:at]}{', ' if children else ''}{_flow({key: value})[1:-1]}{text[at:]}"
    newline = _newline(text)
    at = _next_line(text, max(_end(text, part) for part in children[-1]))
    head = text[:at] if text[:at].endswith("\n") else text[:at] + newline
    return head + _block_lines(key, value, children[0][0].start_mark.column, newline) + text[at:]


def _cut(text: str, mapping: yaml.MappingNode, pair: Pair) -> str:
    start, end = pair[0].start_mark.index, max(_end(text, part) for part in pair)
    if not mapping.flow_style:
        return text[: _line_start(text, start)] + text[_next_line(text, end) :]
    place = mapping.value.index(pair)
    if place > 0:
        before = max(_end(text, part) for part in mapping.value[place - 1])
        return text[:before] + text[end:]
    if len(mapping.value) > 1:
        return text[:start] + text[mapping.value[1][0].start_mark.index :]
    return text[:start] + text[end:]


# --- the words --------------------------------------------------------------------------------------------------


def _is_block(value: object) -> bool:
    return bool(value) and isinstance(value, Mapping | list | tuple)


def _block_lines(key: str, value: object, indent: int, newline: str) -> str:
    written = _dumped({key: value}, flow=False).splitlines()
    return "".join(" " * indent + line + newline for line in written)


def _scalar(value: object) -> str:
    return _dumped({"k": value}, flow=False).removeprefix("k:").strip(" \n")


def _flow(value: object) -> str:
    """The value as it stands inside `{…}`."""
    return _dumped({"k": value}, flow=True).strip(" \n")[len("{k: ") : -1]


def _dumped(value: Mapping[str, object], *, flow: bool) -> str:
    out = StringIO()
    _dumper(flow=flow).dump(_plain(value), out)
    return out.getvalue().removesuffix("...\n")


class _Instant(str):
    """RFC 3339 as it is written: no quotes, no other spelling."""

    __slots__ = ()


@cache
def _dumper(*, flow: bool) -> YAML:
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import RoundTripRepresenter

    class Representer(RoundTripRepresenter):
        """A class of its own: what is added to ruamel's would change every other user of it."""

    Representer.add_representer(
        _Instant, lambda shown, instant: shown.represent_scalar("tag:yaml.org,2002:timestamp", str(instant))
    )
    dumper = YAML()
    dumper.Representer = Representer
    dumper.default_flow_style = flow
    dumper.width = 1_000_000
    dumper.allow_unicode = True
    dumper.indent(mapping=2, sequence=4, offset=2)
    return dumper


def _plain(value: object) -> Any:  # noqa: ANN401 - what ruamel takes
    """Tuples as lists; text that YAML could only hold over several lines, or not at all, in double quotes."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, datetime):
        return _Instant(value.isoformat())
    if isinstance(value, date):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, str) and (_UNPRINTABLE.search(value) or value.startswith("\ufeff")):
        return DoubleQuotedScalarString(value)
    return value
