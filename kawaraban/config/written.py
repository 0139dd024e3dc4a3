"""How values are written in settings: durations, instants, windows, language tags; and the strictness of every model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from types import UnionType
from typing import Annotated, Literal, Self, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)

_DURATION = re.compile(r"(\d{1,9})\s*([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join((*_DAYS, *"月火水木金土日"))
_DAY_SPAN = rf"(?:{_DAY})(?:[-–〜](?:{_DAY}))?"
_SPAN = re.compile(rf"(?P<first>{_DAY})(?:[-–〜](?P<last>{_DAY}))?")
_WINDOW = re.compile(
    rf"(?:(?P<days>{_DAY_SPAN}(?:[,、・]?\s*{_DAY_SPAN})*)\s+)?"
    r"(?P<opens>\d{1,2}:\d{2})\s*[-–〜]\s*(?P<closes>\d{1,2}:\d{2})"
)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
"""A BCP 47 language tag."""


def shaped(pattern: str, example: str) -> AfterValidator:
    """Return a validator of texts with that pattern, which a wrong one is told by an example, not by the pattern."""
    shape = re.compile(pattern)

    def checked(value: str) -> str:
        if shape.fullmatch(value):
            return value
        msg = f"it is written like {example}"  # problems.reason says it in Japanese, too
        raise ValueError(msg)

    return AfterValidator(checked)


SERVER_ADDRESS = r"^https?://[^\s/?#@]+/?$"
SITE_ADDRESS = r"^https?://[^\s/?#@]+(/[^\s?#@]*)?$"
_UnslashedEnd = AfterValidator(lambda address: address.rstrip("/"))

ServerAddress = Annotated[str, StringConstraints(pattern=SERVER_ADDRESS), _UnslashedEnd]
"""A server's address alone, like `https://example.social`; without the slash that may have been written at its end."""

SiteAddress = Annotated[str, StringConstraints(pattern=SITE_ADDRESS), _UnslashedEnd]
"""A site's address, which may lie below a folder of its server; without the slash that may have been written at its end."""


def duration(value: object) -> object:
    """Read `3d`, `10m`, `1h 30m` (units s m h d w) into a timedelta; raise ValueError for anything else."""
    if isinstance(value, timedelta):
        return value
    parts = _DURATION.findall(value) if isinstance(value, str) else []
    if not isinstance(value, str) or not parts or _DURATION.sub("", value).strip():
        msg = "a duration is written like 10m, 3h or 2d"
        raise ValueError(msg)
    try:
        return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())
    except OverflowError as error:
        msg = "a duration is written like 10m, 3h or 2d"
        raise ValueError(msg) from error


Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    WithJsonSchema({"type": "string", "pattern": r"^(\s*\d+\s*[smhdw]\s*)+$"}),
]


def late(value: object) -> object:
    """Read `3h`, `never`, or either as `{limit: …}`."""
    if isinstance(value, Mapping) and set(value) == {"limit"}:
        value = value["limit"]
    return value if value == "never" else duration(value)


Late = Annotated[
    timedelta | Literal["never"],
    BeforeValidator(late),
    WithJsonSchema({"type": "string", "pattern": r"^(never|(\s*\d+\s*[smhdw]\s*)+)$"}),
]
"""How late a first post may still go out by itself; `never` is too late for nothing."""


def instant(value: object) -> object:
    """Leave an instant for pydantic to judge; raise ValueError for what it would guess one from (20240630 as seconds)."""
    if isinstance(value, date) or (isinstance(value, str) and _INSTANT.match(value)):
        return value
    msg = "an instant is written like 2024-06-30T07:00:00+09:00"
    raise ValueError(msg)


Instant = Annotated[AwareDatetime, BeforeValidator(instant)]
"""An instant with its offset."""


def types_of(annotation: object) -> tuple[object, ...]:
    """Return what a value may be by a field's annotation, each alternative of a union for itself."""
    parts = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return types_of(parts[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(one for part in parts for one in types_of(part))
    return (annotation,)


class Strict(BaseModel):
    """A frozen value that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(Strict):
    """
    Posting hours in newsroom time, written `07:00-21:00`, `mon-fri 07:00-21:00`, `mon,wed 07:00-21:00` or `月-金 07:00-21:00`.

    `days` are ISO weekdays (1 = Monday). `opens` is inside the window, `closes` is not; a window may pass midnight.
    """

    opens: time
    closes: time
    days: frozenset[int] = frozenset(range(1, 8))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the written form; raise ValueError when it is none."""
        found = _WINDOW.fullmatch(text.strip().lower())
        msg = "a window is written like 07:00-21:00 or mon-fri 07:00-21:00"
        if found is None:
            raise ValueError(msg)
        days = _weekdays(found["days"]) if found["days"] else frozenset(range(1, 8))
        try:
            opens, closes = (time.fromisoformat(found[name].zfill(5)) for name in ("opens", "closes"))
        except ValueError as error:
            raise ValueError(msg) from error
        if opens == closes:
            raise ValueError(msg)
        return cls(opens=opens, closes=closes, days=days)


def _weekdays(written: str) -> frozenset[int]:
    """Return the ISO weekdays of `mon-wed, fri` or `月水金`."""
    found: set[int] = set()
    for span in _SPAN.finditer(written):
        first, last = _day(span["first"]), _day(span["last"] or span["first"])
        found |= {(first + step) % 7 + 1 for step in range((last - first) % 7 + 1)}
    return frozenset(found)


def _day(name: str) -> int:
    return _DAYS.index(name) if name in _DAYS else "月火水木金土日".index(name)
