"""From pydantic's errors to sentences: what is wrong with a setting, at which key, and what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from kawaraban.config.written import SERVER_ADDRESS, SITE_ADDRESS
from kawaraban.errors import Language, Place, Sentence, WrongInput

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# `to` is where alerts go: an address with its token in it
SECRET_NAME = re.compile(r"pass(word|phrase)?$|secret|token|api_?key|credential|(^|_)key$|^to$", re.IGNORECASE)
SHOWN = 60
_BRANCHES = frozenset({"datetime", "date", "str", "timedelta", "bool", "int", "float"})
_REFERENCE = Sentence(
    ja="{env: 変数名} か {file: ファイル名} と書き、値そのものは環境変数かファイルに置いてください",
    en="write {env: NAME} or {file: PATH}, and keep the value itself in the environment or in that file",
)


class WrongSettings(WrongInput):
    """Settings that can't be used; `problems` has every reason found, the first one leads."""

    def __init__(self, problems: Iterable[WrongInput]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.what, place=first.place, remedy=first.remedy)

    def said(self, language: Language) -> str:
        """Return every problem, one after the other."""
        return "\n".join(problem.said(language) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Scope:
    """A mapping in a file: where its keys stand (dotted, below `prefix`) and which keys it may have at a location."""

    file: PurePath
    places: Mapping[str, tuple[int, int]]
    prefix: str = ""
    line: int | None = None

    def place(self, location: tuple[str, ...]) -> Place:
        """Return the place of the innermost key of `location` that the file really has."""
        full = (*self.prefix.split("."), *location) if self.prefix else location
        for length in range(len(full), 0, -1):
            found = self.places.get(".".join(full[:length]))
            if found is not None:
                return Place(self.file, *found)
        return Place(self.file, self.line)


def wrong(scope: Scope, location: tuple[str, ...], what: Sentence, remedy: Sentence | None) -> WrongInput:
    """Return one problem at the key `location` of `scope`."""
    return WrongInput(what, place=scope.place(location), remedy=remedy)


def explained(
    errors: Iterable[ErrorDetails], scope: Scope, known: Collection[str], model: type[BaseModel] | None = None
) -> list[WrongInput]:
    """
    Return pydantic's errors as problems, each key once; `known` are the keys that a stranger may have meant.

    With the `model` that found them, a stranger inside one of its values is laid beside the keys of that value.
    """
    found: dict[tuple[str, ...], WrongInput] = {}
    for error in errors:
        location = tuple(str(part) for part in error["loc"] if not _is_branch(str(part)))
        inside = known if model is None or len(location) < 2 else keys_at(model, location[:-1]) or known  # noqa: PLR2004 - a key inside a key
        found.setdefault(location, _problem(error, location, scope, inside))
    return list(found.values())


def keys_at(model: type[BaseModel], location: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys that a model's value at `location` takes; () where it is none with keys."""
    inner: type[BaseModel] | None = model
    for part in location:
        if inner is not None and not part.isdigit():
            fields = {field.alias or name: field for name, field in inner.model_fields.items()}
            inner = _model_in(fields[part].annotation) if part in fields else None
    return () if inner is None else tuple(field.alias or name for name, field in inner.model_fields.items())


def _model_in(annotation: object) -> type[BaseModel] | None:
    """Return the model a value is, or is a list of."""
    parts = (annotation, *get_args(annotation))
    return next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)


def _is_branch(part: str) -> bool:
    """Pydantic names the branch of a union it tried; that is no key of ours."""
    return part in _BRANCHES or "[" in part or ("-" in part and "(" in part)


def _problem(error: ErrorDetails, location: tuple[str, ...], scope: Scope, known: Collection[str]) -> WrongInput:
    key = ".".join(location)
    if error["type"] == "extra_forbidden":
        return unknown_key(scope, location, known)
    if error["type"] == "missing":
        what = Sentence(ja=f"「{key}」がありません", en=f"`{key}` is missing")
        remedy = Sentence(ja=f"「{key}: …」の行を足してください", en=f"add a line `{key}: …`")
        return wrong(scope, location, what, remedy)
    if any(SECRET_NAME.search(part) for part in location) or "{env:" in error["msg"]:
        return literal_secret(scope, location)
    cause = reason(error)
    shown = _short(error["input"]) if _may_be_shown(location) else "…"
    what = Sentence(ja=f"「{key}」の値が正しくありません: {shown}", en=f"`{key}` is not valid: {shown}")
    return wrong(scope, location, what, cause)


def _may_be_shown(location: tuple[str, ...]) -> bool:
    """Where alerts go is a secret, also where somebody wrote it in the place of the whole entry."""
    return location[0] != "alerts" or len(location) > 2  # noqa: PLR2004 - `alerts`, and its entry's number


def unknown_key(scope: Scope, location: tuple[str, ...], known: Collection[str]) -> WrongInput:
    """Return the problem of a key nobody knows, with the one that may have been meant."""
    key = ".".join(location)
    near = difflib.get_close_matches(location[-1], known, 1, 0.6)
    what = Sentence(ja=f"「{key}」という項目はありません", en=f"there is no key `{key}`")
    if near:
        remedy = Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
    else:
        names = sorted(known)
        remedy = Sentence(ja=f"使える項目: {'、'.join(names)}", en=f"known keys: {', '.join(names)}")
    return wrong(scope, location, what, remedy)


def literal_secret(scope: Scope, location: tuple[str, ...]) -> WrongInput:
    """Return the problem of a secret written out; its value is never repeated."""
    key = ".".join(location)
    what = Sentence(
        ja=f"「{key}」に秘密の値がそのまま書かれています（または参照の書き方が違います）",
        en=f"`{key}` holds a secret itself, or a reference that can't be read",
    )
    return wrong(scope, location, what, _REFERENCE)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


_REASONS: dict[str, Sentence] = {
    "string_type": Sentence(ja='文字にしてください（数字や日付なら "…" で囲む）', en='write text (a number or date goes in "…")'),
    "string_too_short": Sentence(ja="空にはできません", en="it can't be empty"),
    "int_parsing": Sentence(ja="整数を書いてください", en="write a whole number"),
    "int_type": Sentence(ja="整数を書いてください", en="write a whole number"),
    "bool_parsing": Sentence(ja="true か false を書いてください", en="write true or false"),
    "bool_type": Sentence(ja="true か false を書いてください", en="write true or false"),
    "tuple_type": Sentence(ja="[一つめ, 二つめ] のように並びで書いてください", en="write a list like [one, two]"),
    "mapping_type": Sentence(ja="{名前: 値} の形で書いてください", en="write it as {name: value}"),
    "model_type": Sentence(ja="{名前: 値} の形で書いてください", en="write it as {name: value}"),
    "model_attributes_type": Sentence(ja="{名前: 値} の形で書いてください", en="write it as {name: value}"),
    "url_parsing": Sentence(ja="https:// から始まるアドレスを書いてください", en="write an address that begins with https://"),
    "url_scheme": Sentence(ja="https:// から始まるアドレスを書いてください", en="write an address that begins with https://"),
    "timezone_aware": Sentence(ja="+09:00 のように時差を付けてください", en="give it an offset like +09:00"),
    "time_delta_type": Sentence(ja="10m、3h、2d のように書いてください", en="write it like 10m, 3h or 2d"),
}  # fmt: skip
_LIST = _REASONS["tuple_type"]
_REASONS |= {
    "dict_type": _REASONS["mapping_type"],
    "list_type": _LIST,
    "float_type": Sentence(ja="数を書いてください", en="write a number"),
    "float_parsing": Sentence(ja="数を書いてください", en="write a number"),
    "date_from_datetime_inexact": _REASONS["timezone_aware"],
}
# a pattern says nothing to most people: what it asks for, by the pattern
_PATTERNS: dict[str, Sentence] = {
    r"\S": _REASONS["string_too_short"],
    r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$": Sentence(ja="ja、en、zh-Hant のような言語の印を書いてください",
                                                    en="write a language tag like ja, en or zh-Hant"),
    r"^(https?://[^\s/?#]\S*)?$": _REASONS["url_scheme"],
    r"^[a-z0-9.-]+,\d{4}(-\d{2}){0,2}$": Sentence(ja="example.com,2024 のように「ドメイン,年」を書いてください",
                                                  en="write DOMAIN,YEAR like example.com,2024"),
    SERVER_ADDRESS: Sentence(ja="https://example.social のように、サーバーのアドレスだけを書いてください",
                             en="write the server's address alone, like https://example.social"),
    SITE_ADDRESS: Sentence(ja="https://example.com のように、サイトのアドレスを書いてください",
                           en="write the site's address, like https://example.com"),
    r"^[A-Za-z_][A-Za-z0-9_]*$": Sentence(ja="変数名は英字で始め、英数字と _ で書きます",
                                          en="a variable's name is letters, digits and _, and begins with a letter"),
}  # fmt: skip
_LIKE = "it is written like "
# the validators of our own models say in English how a value is written; the Japanese half stands here
_JAPANESE: tuple[tuple[str, str], ...] = (
    ("a duration is written", "長さは 10m、3h、2d のように書きます"),
    ("a day is written", "2024-06-30 か 2024-06-30T07:00:00+09:00 のように書きます"),
    ("an instant is written", "日時は 2024-06-30T07:00:00+09:00 のように書きます"),
    ("a window is written", "時間帯は 07:00-21:00 か mon-fri 07:00-21:00 のように書きます"),
    ("a time is written", "時刻は 2024-06-30T07:00:00+09:00、07:15、+3d 08:00 のように書きます"),
    ("a time zone is written", "時間帯の名前は Asia/Tokyo のように書きます"),
    ("an address is written", "https://example.com のように書きます（?、#、名前やパスワードは含めません）"),
    (
        "a public folder is written",
        "公開フォルダーは public のように書きます（記事や設定のフォルダー、外のフォルダーは使えません）",
    ),
    ("write at least one", "一つは書いてください"),
    ("the only blank", "この文で使える空欄は {name} だけです"),
)


def reason(error: ErrorDetails) -> Sentence:
    """Return how the value is written instead."""
    message = str(error["msg"]).removeprefix("Value error, ")
    known = _REASONS.get(error["type"])
    if known is not None:
        return known
    context: Mapping[str, Any] = error.get("ctx") or {}
    if error["type"] == "literal_error":
        expected = str(context.get("expected", ""))
        choices = re.findall(r"'([^']+)'", expected)
        near = difflib.get_close_matches(str(error["input"]), choices, 1, 0.6)
        ja, en = (f"「{near[0]}」のことですか。", f"did you mean `{near[0]}`? ") if near else ("", "")
        listed = "、".join(f"'{choice}'" for choice in choices)
        return Sentence(ja=f"{ja}次のどれかを書いてください: {listed}", en=f"{en}write one of: {expected}")
    if error["type"] == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        known = _PATTERNS.get(pattern) or _PATTERNS.get(pattern.replace("^(", "^").replace(")?$", "$"))
        return known or Sentence(ja=f"この形に合わせてください: {pattern}", en=f"it must match {pattern}")
    if error["type"] in ("less_than_equal", "greater_than_equal"):
        least, most = context.get("ge", ""), context.get("le", "")
        return Sentence(
            ja=f"{least}以上" if "ge" in context else f"{most}以下",
            en=f"at least {least}" if "ge" in context else f"at most {most}",
        )
    if example := message.removeprefix(_LIKE) if message.startswith(_LIKE) else "":
        return Sentence(ja=f"{example} のように書いてください", en=f"write it like {example}")
    japanese = next((ja for begin, ja in _JAPANESE if message.startswith(begin)), message)
    return Sentence(ja=japanese, en=message)
