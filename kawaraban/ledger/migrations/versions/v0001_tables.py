"""The tables of the first edition, and the triggers that keep its history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# What may never happen: name, deed, table, in which case, and what is said
GUARDS = (
    ("attempts_stay", "DELETE", "attempts", "", "attempts are never deleted"),
    ("attempts_end_once", "UPDATE", "attempts", "OLD.outcome <> ''", "an attempt that has ended is never changed"),
    (
        "attempts_keep_their_intent",
        "UPDATE OF article, channel, number, key, action, digest, article_digest, started, owner, run",
        "attempts",
        "",
        "an intent is never changed",
    ),
    ("events_stay", "DELETE", "events", "", "events are never deleted"),
    ("events_are_final", "UPDATE", "events", "", "events are never changed"),
)


def upgrade() -> None:
    """Make everything."""
    _articles()
    _deliveries()
    _events()
    _holds()
    _identity()
    _locks()
    _slugs()
    _variants()
    _attempts()
    guard = _guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite
    for one in GUARDS:
        guard(*one)


def _guard_sqlite(name: str, deed: str, table: str, case: str, what: str) -> None:
    when = f"WHEN {case}" if case else ""
    op.execute(f"CREATE TRIGGER {name} BEFORE {deed} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{what}'); END")


def _guard_postgresql(name: str, deed: str, table: str, case: str, what: str) -> None:
    when = f"WHEN ({case})" if case else ""
    raised = f"RAISE EXCEPTION '{what}' USING ERRCODE = 'integrity_constraint_violation'"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raised}; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()")
    if deed == "DELETE":
        op.execute(f"CREATE TRIGGER {name}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("article", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("path", sa.Text(), server_default="", nullable=False),
        sa.Column("slug", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("published", sa.BigInteger()),
        sa.PrimaryKeyConstraint("article"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("article", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("desired_digest", sa.String(length=64)),
        sa.Column("live_digest", sa.String(length=64)),
        sa.Column("article_digest", sa.String(length=64)),
        sa.Column("tried_digest", sa.String(length=64)),
        sa.Column("remote_id", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("first_live", sa.BigInteger()),
        sa.Column("last_live", sa.BigInteger()),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("differences", sa.Text(), server_default="[]", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try", sa.BigInteger()),
        sa.Column("error", sa.Text()),
        sa.Column("pinned_digest", sa.String(length=64)),
        sa.Column("pinned_against", sa.String(length=64)),
        sa.Column("handed_over", sa.String(length=64)),
        sa.Column("off", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("saved", sa.Text()),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("cleared", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("article", "channel"),
    )
    op.create_index("deliveries_channel", "deliveries", ["channel"], unique=False)
    op.create_index("deliveries_due", "deliveries", ["state", "due"], unique=False)


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("article", sa.String(length=8)),
        sa.Column("channel", sa.Text()),
        sa.Column("before", sa.String(length=16)),
        sa.Column("after", sa.String(length=16)),
        sa.Column("run", sa.Text()),
        sa.Column("digest", sa.String(length=64)),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_delivery", "events", ["article", "channel", "sequence"], unique=False)


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("article", sa.String(length=8), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("article", "channel"),
    )


def _identity() -> None:
    op.create_table(
        "identity",
        sa.Column("ledger", sa.String(length=32), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ledger"),
    )


def _locks() -> None:
    op.create_table(
        "locks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _slugs() -> None:
    op.create_table(
        "slugs",
        sa.Column("article", sa.String(length=8), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("article", "slug"),
    )


def _variants() -> None:
    op.create_table(
        "variants",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("article", sa.String(length=8), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("published", sa.BigInteger()),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "channel"),
    )
    op.create_index("variants_slug", "variants", ["slug"], unique=False)


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("article", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("article_digest", sa.String(length=64)),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("run", sa.Text()),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("error", sa.Text()),
        sa.ForeignKeyConstraint(
            ["article", "channel"],
            ["deliveries.article", "deliveries.channel"],
        ),
        sa.PrimaryKeyConstraint("article", "channel", "number"),
    )
