"""
The ledger's tables, as queries see them. `migrations/` makes them; a test holds the two equal.

Attempts and events are append-only: triggers (in the migrations) refuse what no code here does.
"""

from __future__ import annotations

from sqlalchemy import (
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
    text,
)

from kawaraban.ledger.columns import Instant, Said, Sentences, Told, Words

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
