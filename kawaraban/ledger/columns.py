"""
How the ledger's values are stored, in any database alike.

Instants are whole microseconds since 1970 UTC, so that every database compares and orders them alike; sentences and
lists are JSON text.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Text, TypeDecorator

from kawaraban.errors import Sentence, alike

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970 UTC and read back in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> int | None:  # noqa: ARG002 - SQLAlchemy's
        """Return microseconds; a naive datetime is a TypeError."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: object) -> datetime | None:  # noqa: ANN401, ARG002 - SQLAlchemy's
        """Return the instant in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Told(TypeDecorator[str]):
    """Text that somebody else wrote, a server's ids and names: without what no database takes (NUL, halves of surrogate pairs)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: object) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Return what can be stored of it."""
        return None if value is None else _storable(value)


class Said(TypeDecorator[Sentence]):
    """A Sentence in both languages, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sentence | None, dialect: object) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Return JSON."""
        return None if value is None else _storable(json.dumps(_written(value), ensure_ascii=False))

    def process_result_value(self, value: Any | None, dialect: object) -> Sentence | None:  # noqa: ANN401, ARG002 - SQLAlchemy's
        """Return the sentence."""
        return None if value is None else Sentence(**json.loads(value))


class Words(TypeDecorator[Sentence]):
    """A Sentence as text: the words themselves where both languages have the same, JSON of both where they differ."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sentence | None, dialect: object) -> str:  # noqa: ARG002 - SQLAlchemy's
        """Return the text; words that look like JSON are written as JSON, so that they are read back as they were."""
        said = value or alike("")
        return _storable(
            said.en
            if said.ja == said.en and not said.en.startswith("{")
            else json.dumps(_written(said), ensure_ascii=False)
        )

    def process_result_value(self, value: Any | None, dialect: object) -> Sentence:  # noqa: ANN401, ARG002 - SQLAlchemy's
        """Return the sentence; what people wrote before there were two languages is the same in both."""
        said = str(value or "")
        try:
            return _said(json.loads(said)) if said.startswith("{") else alike(said)
        except (ValueError, TypeError):
            return alike(said)


class Sentences(TypeDecorator[tuple[Sentence, ...]]):
    """A tuple of sentences, as JSON: an object of both languages each, or (in older rows) a text that stands for both."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Sentence, ...] | None, dialect: object) -> str:  # noqa: ARG002 - SQLAlchemy's
        """Return JSON."""
        return _storable(json.dumps([_written(one) for one in value or ()], ensure_ascii=False))

    def process_result_value(self, value: Any | None, dialect: object) -> tuple[Sentence, ...]:  # noqa: ANN401, ARG002 - SQLAlchemy's
        """Return the tuple."""
        return tuple(map(_said, json.loads(value))) if value and value != "[]" else ()


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("", text)


def _written(said: Sentence) -> dict[str, str]:
    return {"ja": said.ja, "en": said.en}


def _said(value: str | dict[str, str]) -> Sentence:
    return alike(value) if isinstance(value, str) else Sentence(**value)
