"""Run by alembic: the migrations of an open connection, inside its transaction."""

from __future__ import annotations

from alembic import context

from kawaraban.ledger.tables import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables, transactional_ddl=True)
context.run_migrations()
