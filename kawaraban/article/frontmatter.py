"""
The front matter: strict reading into FrontMatter, and changing one key without touching another byte.

Reading refuses unknown keys (with "did you mean"), duplicate keys and naive instants, each with file, line, column and
remedy. Writing never re-serialises what it does not change: comments, quotes, order and line ends stay.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, ValidationError

from kawaraban import strict_yaml
from kawaraban.article.finding import Finding
from kawaraban.article.model import FrontMatter
from kawaraban.config import ReleaseSettings
from kawaraban.errors import Place, Sentence, WrongInput

_QUOTED_INSTANT = re.compile(r"'(\d{4}-\d{2}-\d{2}T[0-9:.+-]+)'")
_FENCE = re.compile(r"^---[ \t]*\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Split:
    """A file in two: the YAML between the fences (`yaml_line` is its first line), and the body with its first line."""

    yaml: str
    yaml_line: int
    body: str
    body_line: int


def split(source: str, file: PurePath) -> Split:
    """Split a file at its `---` fences; raise WrongInput where there is no front matter or it is not closed."""
    opening = _FENCE.match(source)
    if opening is None:
        raise WrongInput(
            Sentence(ja="記事の先頭に見出し情報（---で囲んだ部分）がありません", en="the file does not begin with front matter"),
            place=Place(file, 1),
            remedy=Sentence(ja="先頭の行に --- を置き、id と title を書いてください（kawaraban new が作ります）",
                            en="begin with a line `---` and write `id` and `title` (`kawaraban new` makes it)"),
        )  # fmt: skip
    closing = _FENCE.search(source, opening.end()) or re.compile(r"^---[ \t]*\Z", re.MULTILINE).search(
        source, opening.end()
    )
    if closing is None:
        raise WrongInput(
            Sentence(ja="見出し情報が --- で閉じられていません", en="the front matter is not closed"),
            place=Place(file, 1),
            remedy=Sentence(ja="最後の項目の下に --- の行を置いてください", en="put a line `---` under its last key"),
        )
    yaml = source[opening.end() : closing.start()]
    line = yaml.count("\n") + 3
    return Split(yaml, 2, source[closing.end() :], line)


def read(parts: Split, file: PurePath) -> tuple[FrontMatter | None, Mapping[str, int], list[Finding]]:
    """
    Return the validated front matter (None when it has errors), dotted key → line, and the findings.

    Raises WrongInput only when the YAML itself can't be read.
    """
    document = strict_yaml.load(parts.yaml, file, first_line=parts.yaml_line)
    lines = {key: place[0] for key, place in document.places.items()}
    values = {key: value for key, value in document.values.items() if not key.startswith("x-")}
    try:
        return FrontMatter.model_validate(_filled(values)), lines, []
    except ValidationError as errors:
        found = (_finding(error, document, file) for error in errors.errors())
        return None, lines, list(dict.fromkeys(found))  # each branch of a union reports the same value


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """An empty value (`tags:` and nothing after it) is the same as no key."""
    return {key: value for key, value in values.items() if value is not None}


def _finding(error: Any, document: strict_yaml.Document, file: PurePath) -> Finding:  # noqa: ANN401 - pydantic's ErrorDetails
    location = [str(part) for part in error["loc"] if not _is_branch(str(part))]
    place = next(
        (
            document.places[key]
            for key in (".".join(location[:n]) for n in range(len(location), 0, -1))
            if key in document.places
        ),
        (2, 1),
    )
    code, message, remedy = _explained(error, location)
    return Finding(code, "error", file, place[0], place[1], message, remedy)


def _is_branch(part: str) -> bool:
    """Pydantic names the branch of a union it tried; that is no key of ours."""
    return part in {"datetime", "date", "str", "timedelta"} or "[" in part


def _explained(error: Any, location: list[str]) -> tuple[str, Sentence, Sentence | None]:  # noqa: ANN401 - pydantic's ErrorDetails
    key = ".".join(location)
    kind, value = error["type"], error.get("input")
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(location[-1], _known(location[:-1]), 1, 0.5)
        remedy = (
            Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
            if near
            else Sentence(
                ja="消すか、自分用の項目なら x- で始めてください",
                en="remove it, or begin it with `x-` to keep it for yourself",
            )
        )
        return "unknown-key", Sentence(ja=f"「{key}」という項目はありません", en=f"there is no key `{key}`"), remedy
    if kind == "missing":
        return "missing-key", Sentence(ja=f"「{key}」がありません", en=f"`{key}` is missing"), _missing_remedy(key)
    if isinstance(value, datetime) and value.tzinfo is None:
        return (
            "naive-datetime",
            Sentence(ja=f"「{key}」に時差がありません: {value}", en=f"`{key}` has no offset: {value}"),
            Sentence(
                ja=f"{value.isoformat()}+09:00 のように時差を付けてください",
                en=f"write it like {value.isoformat()}+09:00",
            ),
        )
    reason = str(error["msg"])
    return (
        "wrong-value",
        Sentence(
            ja=f"「{key}」の値が正しくありません: {_short(value)}（{reason}）",
            en=f"`{key}` is not valid: {_short(value)} ({reason})",
        ),
        _REMEDIES.get(key),
    )


_REMEDIES: dict[str, Sentence] = {
    "slug": Sentence(ja="英小文字と数字をハイフンでつないで60字まで（例: rain-and-roofs）",
                     en="lower-case letters and digits joined by hyphens, up to 60 (like rain-and-roofs)"),
    "status": Sentence(ja="draft、review、ready、archived のどれかを書いてください", en="write draft, review, ready or archived"),
    "id": Sentence(ja="id は kawaraban new が作ります。手で変えないでください", en="`kawaraban new` makes ids; don't edit them"),
    "published": Sentence(ja="2024-06-30T07:00:00+09:00 のように書いてください", en="write it like 2024-06-30T07:00:00+09:00"),
}  # fmt: skip


def _missing_remedy(key: str) -> Sentence | None:
    if key == "id":
        return Sentence(
            ja="kawaraban new で作るか、「id: 」に8文字を書いてください", en="make the article with `kawaraban new`"
        )
    return None


def _short(value: object) -> str:
    text = repr(value) if not isinstance(value, str) else value
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - one line of a terminal


def _known(location: list[str]) -> list[str]:
    """Return the keys allowed at a place of the front matter."""
    model: type[BaseModel] = FrontMatter
    for part in location:
        if part == "channels":
            return list(ReleaseSettings.model_fields)
        inner = _PARTS.get(part)
        model = inner if inner is not None else model
    return [field.alias or name for name, field in model.model_fields.items()]


def _parts() -> dict[str, type[BaseModel]]:
    from kawaraban.article.model import Correction, Cover, Review, Source, Withdrawn

    return {"sources": Source, "cover": Cover, "corrections": Correction, "withdrawn": Withdrawn, "review": Review}


_PARTS = _parts()

# --- writing ----------------------------------------------------------------------------------------------------


def with_value(source: str, key: str, value: object) -> str:
    """
    Return the file with one (dotted) key set, and no other byte changed.

    `value` is text, a number, a bool, a date, an aware datetime, a list or a mapping. A new key is put after the last
    one of its mapping. Nested keys (`channels.note.enabled`) make the mappings that are missing.
    """
    parts = split(source, PurePath("-"))
    newline = "\r\n" if "\r\n" in parts.yaml else "\n"
    lines = parts.yaml.splitlines(keepends=True)
    changed = _set(lines, key.split("."), value, newline)
    start = source.index(parts.yaml, source.index("\n") + 1) if parts.yaml else source.index("\n") + 1
    return source[:start] + "".join(changed) + source[start + len(parts.yaml) :]


def without(source: str, key: str) -> str:
    """Return the file without one (dotted) key; a mapping that becomes empty goes too. Unknown keys change nothing."""
    parts = split(source, PurePath("-"))
    lines = parts.yaml.splitlines(keepends=True)
    path = key.split(".")
    while path:
        span = _span(lines, path)
        if span is None:
            return source
        del lines[span[0] : span[1]]
        path = path[:-1]
        if not path or not _is_empty(lines, path):
            break
    start = source.index("\n") + 1
    return source[:start] + "".join(lines) + source[start + len(parts.yaml) :]


def _is_empty(lines: list[str], path: list[str]) -> bool:
    span = _span(lines, path)
    if span is None:
        return False
    inside = [line for line in lines[span[0] + 1 : span[1]] if line.strip() and not line.lstrip().startswith("#")]
    return not inside and bool(re.search(r":\s*(#.*)?$", lines[span[0]].rstrip("\r\n")))


def _set(lines: list[str], path: list[str], value: object, newline: str) -> list[str]:
    span = _span(lines, path)
    if span is not None:
        indent = len(lines[span[0]]) - len(lines[span[0]].lstrip())
        return [
            *lines[: span[0]],
            *_written(path[-1], value, indent, newline, _comment(lines, span)),
            *lines[span[1] :],
        ]
    parent = _span(lines, path[:-1]) if len(path) > 1 else (-1, len(lines))
    if parent is None:
        return _set(lines, path[:-1], {path[-1]: value}, newline)
    if len(path) > 1 and _is_flow(lines[parent[0]]):
        return _set(lines, path[:-1], {**_flow_values(lines, path[:-1]), path[-1]: value}, newline)
    at = _end_of_content(lines, parent)
    indent = _child_indent(lines, parent) if len(path) > 1 else 0
    if at and not lines[at - 1].endswith("\n"):
        lines = [*lines[: at - 1], lines[at - 1] + newline, *lines[at:]]
    return [*lines[:at], *_written(path[-1], value, indent, newline, ""), *lines[at:]]


def _is_flow(line: str) -> bool:
    return bool(re.search(r":\s*\{", line))


def _flow_values(lines: list[str], path: list[str]) -> dict[str, object]:
    values: Any = strict_yaml.load("".join(lines), PurePath("-")).values  # Any: nested YAML values
    for part in path:
        values = values[part]
    return dict(values)


def _comment(lines: list[str], span: tuple[int, int]) -> str:
    """A comment behind a one-line plain value stays."""
    if span[1] - span[0] != 1:
        return ""
    found = re.search(r"^[^'\"#]*?(?P<comment>[ \t]+#[^\r\n]*)", lines[span[0]])
    return found["comment"] if found else ""


def _span(lines: list[str], path: list[str]) -> tuple[int, int] | None:
    """Return the lines [first, last) that a block-style key and its value take, or None."""
    first, last, indent = 0, len(lines), 0
    for depth, part in enumerate(path):
        found = _key_line(lines, part, first, last, indent)
        if found is None:
            return None
        end = _block_end(lines, found, last)
        if depth == len(path) - 1:
            return found, end
        first, last = found + 1, end
        indent = _child_indent(lines, (found, end))
    return None


def _key_line(lines: list[str], key: str, first: int, last: int, indent: int) -> int | None:
    pattern = re.compile(rf"^ {{{indent}}}(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')[ \t]*:(?=\s|$)")
    return next((number for number in range(first, last) if pattern.match(lines[number])), None)


def _block_end(lines: list[str], start: int, last: int) -> int:
    """The value ends before the next line that is not indented deeper (list dashes may stand at the same indent)."""
    indent = len(lines[start]) - len(lines[start].lstrip(" "))
    end = start + 1
    for number in range(start + 1, last):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        depth = len(line) - len(line.lstrip(" "))
        if depth > indent or (depth == indent and re.match(r"-(\s|$)", line.lstrip(" "))) or line.lstrip()[0] in "]}":
            end = number + 1
        else:
            break
    return end


def _child_indent(lines: list[str], span: tuple[int, int]) -> int:
    own = len(lines[span[0]]) - len(lines[span[0]].lstrip(" "))
    for line in lines[span[0] + 1 : span[1]]:
        if line.strip() and not line.lstrip().startswith("#"):
            return max(own + 1, len(line) - len(line.lstrip(" ")))
    return own + 2


def _end_of_content(lines: list[str], span: tuple[int, int]) -> int:
    end = span[1]
    while end > span[0] + 1 and not lines[end - 1].strip():
        end -= 1
    return end


def _written(key: str, value: object, indent: int, newline: str, comment: str) -> list[str]:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 1_000_000
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump({key: _plain(value)}, out)
    written = [_QUOTED_INSTANT.sub(r"\1", line) for line in out.getvalue().splitlines() if line != "..."]
    if len(written) == 1:
        written[0] += comment
    return [" " * indent + line + newline for line in written]


def _plain(value: object) -> object:
    """Instants as RFC 3339 text (unquoted again afterwards), tuples as lists; ruamel quotes what needs it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
