"""
The ledger's tables, as queries see them. `migrations/` makes them; a test holds the two equal.

Instants are whole microseconds since 1970 UTC, so that every database compares and orders them alike; sentences and
lists are JSON text. Attempts and events are append-only: triggers (in the migrations) refuse what no code here does.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

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


tables = MetaData()

identity = Table(
    "identity",
    tables,
    Column("ledger", String(32), primary_key=True),
    Column("machine", Text, nullable=False),
    Column("root", Text, nullable=False),
    Column("made", Instant, nullable=False),
)

articles = Table(
    "articles",
    tables,
    Column("article", String(8), primary_key=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("path", Text, nullable=False, server_default=""),
    Column("slug", Text, nullable=False, server_default=""),
    Column("digest", String(64), nullable=False, server_default=""),
    Column("published", Instant),
)

slugs = Table(
    "slugs",
    tables,
    Column("article", String(8), primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("since", Instant, nullable=False),
)

variants = Table(
    "variants",
    tables,
    Column("digest", String(64), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("article", String(8), nullable=False),
    Column("slug", Text, nullable=False),
    Column("published", Instant),
    Column("packed", LargeBinary, nullable=False),
    Index("variants_slug", "slug"),
)

deliveries = Table(
    "deliveries",
    tables,
    Column("article", String(8), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("due", Instant),
    Column("desired_digest", String(64)),
    Column("live_digest", String(64)),
    Column("article_digest", String(64)),
    Column("tried_digest", String(64)),
    Column("remote_id", Told),
    Column("url", Told),
    Column("first_live", Instant),
    Column("last_live", Instant),
    Column("version", Told, nullable=False, server_default=""),
    Column("verified", Boolean, nullable=False, server_default=text("true")),
    Column("differences", Sentences, nullable=False, server_default="[]"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("next_try", Instant),
    Column("error", Said),
    Column("pinned_digest", String(64)),
    Column("pinned_against", String(64)),
    Column("handed_over", String(64)),
    Column("off", Boolean, nullable=False, server_default=text("false")),
    Column("saved", Told),
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Column("made", Instant, nullable=False),
    Column("cleared", Integer, nullable=False, server_default="0"),
    Column("halfway", Boolean, nullable=False, server_default=text("false")),
    Column("saved_key", String(40)),
    Index("deliveries_due", "state", "due"),
    Index("deliveries_channel", "channel"),
)

attempts = Table(
    "attempts",
    tables,
    Column("article", String(8), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", String(40), nullable=False),
    Column("action", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("article_digest", String(64)),
    Column("started", Instant, nullable=False),
    Column("owner", Text, nullable=False),
    Column("run", Text),
    Column("ended", Instant),
    Column("outcome", String(16), nullable=False, server_default=""),
    Column("error", Said),
    ForeignKeyConstraint(["article", "channel"], ["deliveries.article", "deliveries.channel"]),
    Index("attempts_channel", "channel", "started"),
)

# the posts of a thread; a delivery of one post has none
parts = Table(
    "parts",
    tables,
    Column("article", String(8), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("intent", String(16), nullable=False, server_default=""),
    Column("key", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("since", Instant, nullable=False),
    Column("remote_id", Told),
    Column("url", Told),
    Column("version", Told, nullable=False, server_default=""),
    Column("verified", Boolean, nullable=False, server_default=text("true")),
    Column("at", Instant),
    Column("saved", Told, nullable=False, server_default=""),
    Column("gone", Instant),
    ForeignKeyConstraint(["article", "channel"], ["deliveries.article", "deliveries.channel"]),
)

events = Table(
    "events",
    tables,
    Column("sequence", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Words, nullable=False, server_default=""),
    Column("article", String(8)),
    Column("channel", Text),
    Column("before", String(16)),
    Column("after", String(16)),
    Column("run", Text),
    Column("digest", String(64)),
    Index("events_delivery", "article", "channel", "sequence"),
    sqlite_autoincrement=True,
)

# "" stands for "any" so that the scope can be a key
holds = Table(
    "holds",
    tables,
    Column("article", String(8), primary_key=True, server_default=""),
    Column("channel", Text, primary_key=True, server_default=""),
    Column("since", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
)

locks = Table(
    "locks",
    tables,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

alerts = Table(
    "alerts",
    tables,
    Column("cause", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("said", Said, nullable=False),
    Column("first", Instant, nullable=False),
    Column("last", Instant, nullable=False),
    Column("ended", Instant),
)

reports = Table(
    "reports",
    tables,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("what", Said, nullable=False),
    Column("since", Instant, nullable=False),
    Column("remedy", Said),
)

# one row: where the ledger was let go on last (see `home`)
places = Table(
    "places",
    tables,
    Column("name", Text, primary_key=True),
    Column("machine", Text, nullable=False),
    Column("root", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("accepted", Instant),
)

accounts = Table(
    "accounts",
    tables,
    Column("channel", Text, primary_key=True),
    Column("account", Told, nullable=False),
    Column("other", Text, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("shown", Told, nullable=False, server_default=""),
    Column("server", Told, nullable=False, server_default=""),
    Column("probed", Instant),
    Column("trouble", Said),
    Column("expires", Instant),
)
