"""How the ledger's tables came to be: run by alembic when a ledger is opened."""
