"""What a channel's server said when it was last probed: as whom it knows us, what it is, when our credentials end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("accounts", sa.Column("shown", sa.Text(), nullable=False, server_default=""))
    op.add_column("accounts", sa.Column("server", sa.Text(), nullable=False, server_default=""))
    op.add_column("accounts", sa.Column("probed", sa.BigInteger()))
    op.add_column("accounts", sa.Column("trouble", sa.Text()))
    op.add_column("accounts", sa.Column("expires", sa.BigInteger()))
