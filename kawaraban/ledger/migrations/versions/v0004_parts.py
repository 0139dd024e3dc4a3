"""The posts of a thread, each with its own key; whether a delivery was stopped half-way; whose key a channel's note is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and both columns."""
    op.create_table(
        "parts",
        sa.Column("article", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("intent", sa.String(length=16), server_default="", nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("remote_id", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("at", sa.BigInteger()),
        sa.Column("saved", sa.Text(), server_default="", nullable=False),
        sa.Column("gone", sa.BigInteger()),
        sa.ForeignKeyConstraint(["article", "channel"], ["deliveries.article", "deliveries.channel"]),
        sa.PrimaryKeyConstraint("article", "channel", "number"),
    )
    halfway: sa.Column[bool] = sa.Column("halfway", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("deliveries", halfway)
    op.add_column("deliveries", sa.Column("saved_key", sa.String(length=40)))
