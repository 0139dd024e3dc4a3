"""
The front matter: strict reading into FrontMatter, and changing one key without touching another byte.

Reading refuses unknown keys (with "did you mean"), duplicate keys and naive instants, each with file, line, column and
remedy. Writing never re-serialises what it does not change: comments, quotes, order and line ends stay.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, ValidationError

from kawaraban import strict_yaml
from kawaraban.article import keys
from kawaraban.article.finding import Finding
from kawaraban.article.model import SCHEMA, Correction, Cover, FrontMatter, Review, Source, Withdrawn
from kawaraban.config import ReleaseSettings
from kawaraban.config.problems import reason
from kawaraban.errors import Place, Sentence, WrongInput

_OPENING = re.compile(r"\ufeff?---[ \t]*\r?\n")
_CLOSING = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_BRANCHES = frozenset({"datetime", "date", "str", "timedelta"})
_PARTS: dict[str, type[BaseModel]] = {
    "sources": Source, "cover": Cover, "corrections": Correction, "withdrawn": Withdrawn, "review": Review,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Split:
    """
    A file in two: the YAML between the fences (`yaml_line` is its first line), and the body with its first line.

    `start` is where the YAML begins in the file's text.
    """

    start: int
    yaml: str
    yaml_line: int
    body: str
    body_line: int


def split(source: str, file: PurePath) -> Split:
    """Split a file at its `---` fences; raise WrongInput where there is no front matter or it is not closed."""
    opening = _OPENING.match(source)
    if opening is None:
        raise WrongInput(
            Sentence(ja="記事の先頭に見出し情報（---で囲んだ部分）がありません", en="the file does not begin with front matter"),
            place=Place(file, 1),
            remedy=Sentence(ja="先頭の行に --- を置き、id と title を書いてください（kawaraban new が作ります）",
                            en="begin with a line `---` and write `id` and `title` (`kawaraban new` makes it)"),
        )  # fmt: skip
    closing = _CLOSING.search(source, opening.end())
    if closing is None:
        raise WrongInput(
            Sentence(ja="見出し情報が --- で閉じられていません", en="the front matter is not closed"),
            place=Place(file, 1),
            remedy=Sentence(ja="最後の項目の下に --- の行を置いてください", en="put a line `---` under its last key"),
        )
    yaml = source[opening.end() : closing.start()]
    line = yaml.count("\n") + 3
    return Split(opening.end(), yaml, 2, source[closing.end() :], line)


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
        found: dict[
            tuple[str, ...], Finding
        ] = {}  # each branch of a union reports the same value: the first one speaks
        for error in errors.errors():
            found.setdefault(tuple(_location(error, document.places)), _finding(error, document, file))
        # a key that is missing may be the one that is misspelt, so the misspelling is told first
        return None, lines, sorted(found.values(), key=lambda finding: finding.code == "missing-key")


def _filled(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """An empty value (`tags:` and nothing after it) is the same as no key; an empty doubt is still a doubt."""
    if isinstance(value, Mapping):
        return {key: inner if key == "review" else _filled(inner) for key, inner in value.items() if inner is not None}
    return [_filled(item) for item in value] if isinstance(value, list) else value


def _finding(error: Any, document: strict_yaml.Document, file: PurePath) -> Finding:  # noqa: ANN401 - pydantic's ErrorDetails
    location = _location(error, document.places)
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


def _location(error: Any, places: Mapping[str, object]) -> list[str]:  # noqa: ANN401 - pydantic's ErrorDetails
    """Where the error is, without the branch of a union that pydantic tried last (a key may also be named `date`)."""
    location = [str(part) for part in error["loc"]]
    if error["type"] in ("missing", "extra_forbidden"):
        return location
    while len(location) > 1 and ".".join(location) not in places and _is_branch(location[-1]):
        location.pop()
    return location


def _is_branch(part: str) -> bool:
    return part in _BRANCHES or "[" in part or "(" in part


def _explained(error: Any, location: list[str]) -> tuple[str, Sentence, Sentence | None]:  # noqa: ANN401 - pydantic's ErrorDetails
    key = ".".join(location)
    if error["type"] == "extra_forbidden":
        return (
            "unknown-key",
            Sentence(ja=f"「{key}」という項目はありません", en=f"there is no key `{key}`"),
            _meant(location),
        )
    if error["type"] == "missing" and not location[-1].isdigit():
        return "missing-key", Sentence(ja=f"「{key}」がありません", en=f"`{key}` is missing"), _missing_remedy(key)
    value = error.get("input")
    if (naive := _naive(value)) is not None and error["type"] in (
        "timezone_aware",
        "value_error",
        "date_from_datetime_inexact",
    ):
        example = f"{naive.isoformat()}+09:00"
        return (
            "naive-datetime",
            Sentence(ja=f"「{key}」に時差がありません: {_short(value)}", en=f"`{key}` has no offset: {_short(value)}"),
            Sentence(ja=f"{example} のように時差を付けてください", en=f"write it like {example}"),
        )
    what = Sentence(ja=f"「{key}」の値が正しくありません: {_short(value)}", en=f"`{key}` is not valid: {_short(value)}")
    return "wrong-value", what, _REMEDIES.get(key) or reason(error)


def _naive(value: object) -> datetime | None:
    """Return the instant that lacks only its offset; a bare day is taken at seven in the morning, as an example."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo is None else None
    return datetime.combine(value, time(7)) if isinstance(value, date) else None


_REMEDIES: dict[str, Sentence] = {
    "slug": Sentence(ja="英小文字と数字をハイフンでつないで60字まで（例: rain-and-roofs）",
                     en="lower-case letters and digits joined by hyphens, up to 60 (like rain-and-roofs)"),
    "id": Sentence(ja="id は kawaraban new が作ります。手で変えないでください", en="`kawaraban new` makes ids; don't edit them"),
    "after_article": Sentence(ja="先に出す記事の id（8文字）を書いてください", en="write the 8-character id of the article that goes first"),
    "cover.focus.0": (focus := Sentence(ja="[0.5, 0.5] のように横と縦の位置を書いてください", en="write it like [0.5, 0.5]: across, down")),
    "cover.focus.1": focus,
    "cover.focus": focus,
    "schema": Sentence(ja=f"この版のkawarabanが読むのは schema: {SCHEMA} までです。新しい版を入れるか、行を消してください",
                       en=f"this version reads up to schema: {SCHEMA}; install a newer one, or remove the line"),
}  # fmt: skip


def _missing_remedy(key: str) -> Sentence:
    if key == "id":
        return Sentence(
            ja="kawaraban new で作るか、「id: 」に8文字を書いてください", en="make the article with `kawaraban new`"
        )
    name = key.rpartition(".")[2]
    return Sentence(ja=f"「{name}: …」を足してください", en=f"add `{name}: …`")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else str(value) if isinstance(value, date) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - one line of a terminal


def _meant(location: list[str]) -> Sentence:
    known = _known(location[:-1])
    near = difflib.get_close_matches(location[-1], known, 1, 0.5)
    if near:
        return Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
    if len(location) > 1:
        return Sentence(ja=f"使える項目: {'、'.join(known)}", en=f"known keys: {', '.join(known)}")
    return Sentence(
        ja="消すか、自分用の項目なら x- で始めてください",
        en="remove it, or begin it with `x-` to keep it for yourself",
    )


def _known(location: list[str]) -> list[str]:
    """Return the keys allowed at a place of the front matter."""
    if location[:1] == ["channels"]:
        return list(ReleaseSettings.model_fields)
    model = _PARTS.get(location[0], FrontMatter) if location else FrontMatter
    return [field.alias or name for name, field in model.model_fields.items()]


# --- writing ----------------------------------------------------------------------------------------------------


def with_value(source: str, key: str, value: object) -> str:
    """Return the file with one (dotted) key set, and no other byte changed; see kawaraban.article.keys."""
    return _with_yaml(source, lambda yaml: keys.changed(yaml, key.split("."), value))


def without(source: str, key: str) -> str:
    """Return the file without one (dotted) key; a mapping that becomes empty goes too. Unknown keys change nothing."""
    return _with_yaml(source, lambda yaml: keys.removed(yaml, key.split(".")))


def _with_yaml(source: str, change: Callable[[str], str]) -> str:
    parts = split(source, PurePath("-"))
    after = source[parts.start + len(parts.yaml) :]
    return source[: parts.start] + change(parts.yaml) + after
