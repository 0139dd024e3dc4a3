"""What a kind of channel needs to know, as questions to a person; made from its Settings, in the words it brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from kawaraban import strict_yaml
from kawaraban.channels.protocol import Asks, Channel, EditionChannel
from kawaraban.config import Secret
from kawaraban.config.load import CHANNELS
from kawaraban.config.problems import reason
from kawaraban.config.written import types_of
from kawaraban.errors import Sentence, WrongInput

_SHARED: Mapping[str, Sentence] = {
    "backfill": Sentence(ja="つなぐ前の記事も出すか", en="whether articles from before go there, too"),
    "burst": Sentence(ja="一時間に出してよい新しい投稿の数", en="how many new posts an hour are let through"),
    "timeout": Sentence(ja="答えを待つ時間", en="how long an answer is waited for"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """
    One key of a kind's settings: what is asked, whether it must be answered, and what it is where nobody says.

    `secret`: it takes a reference to a secret; `plain`: it takes a value that is written as it is. `default` is as one would
    write it ("": none); `choices` are all there are (empty: anything of its form).
    """

    key: str
    said: Sentence
    required: bool
    secret: bool = False
    plain: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()


def questions(kind: type[Channel | EditionChannel]) -> tuple[Question, ...]:
    """Return what a kind needs to know, what it can't do without first."""
    words = kind.Settings.asks() if issubclass(kind.Settings, Asks) else {}
    asked = [_question(name, field, words) for name, field in kind.Settings.model_fields.items()]
    return tuple(sorted(asked, key=lambda one: not one.required))


def read(model: type[BaseModel], key: str, written: str) -> object:
    """
    Return the value that a person wrote for a key: a number, a list … where that is taken, else the very text.

    Raises WrongInput with how it is written. A secret is no value: it is refused.
    """
    trouble: Sentence | None = None
    for value in (*_typed(key, written), written):
        trouble = _refusal(model, key, value)
        if trouble is None:
            return value
    shown = "…" if _is_secret(model, key) else written
    raise WrongInput(
        Sentence(ja=f"{key} の値が正しくありません: {shown}", en=f"{key} is not valid: {shown}"), remedy=trouble
    )


def _is_secret(model: type[BaseModel], key: str) -> bool:
    fields = (field for name, field in model.model_fields.items() if key == (field.alias or name))
    return any(Secret in types_of(field.annotation) for field in fields)


def _question(name: str, field: FieldInfo, words: Mapping[str, Sentence]) -> Question:
    key = field.alias or name
    types = types_of(field.annotation)
    english = field.description or key
    return Question(
        key=key,
        said=words.get(key) or _SHARED.get(key) or Sentence(ja=english, en=english),
        required=field.is_required(),
        secret=Secret in types,
        plain=any(one not in (Secret, type(None)) for one in types),
        default=_written(None if field.is_required() else field.get_default(call_default_factory=False)),
        choices=tuple(str(one) for kind in types if get_origin(kind) is Literal for one in get_args(kind)),
    )


def _written(value: Any) -> str:  # noqa: ANN401 - a field's default
    """Return a default as one would write it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case timedelta():
            return f"{int(value.total_seconds())}s"
        case tuple() | list():
            return f"[{', '.join(map(_written, value))}]" if value else ""
        case _:
            return str(value)


def _typed(key: str, written: str) -> tuple[object, ...]:
    """Return the value as YAML has it, where it is YAML and no bare text."""
    try:
        value = strict_yaml.load(f"{key}: {written}\n", CHANNELS).values.get(key)
    except WrongInput:
        return ()
    return () if value is None or isinstance(value, str) else (value,)


def _refusal(model: type[BaseModel], key: str, value: object) -> Sentence | None:
    """Return why a key does not take a value; what else is missing says nothing about it."""
    try:
        model.model_validate({key: value})
    except ValidationError as error:
        found = [one for one in error.errors(include_url=False) if one["loc"][:1] == (key,)]
        return reason(found[0]) if found else None
    return None
