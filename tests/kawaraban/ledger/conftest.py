"""The ledger that tests of the protocol and of decisions get: once in a file, once on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from kawaraban.ledger import Ledger, address, open_ledger
from tests.kawaraban.ledger.opened import T0

SERVER = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")


def _absent(reason: str) -> None:
    """Skip, except in CI, where a server must be there for whoever has the driver."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of a fresh schema on a real server."""
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed: pip install 'psycopg[binary]'")
    name = f"kawaraban_{uuid4().hex[:12]}"
    engine = create_engine(SERVER.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
    except OperationalError:
        engine.dispose()
        _absent(f"no PostgreSQL answers at {SERVER}")
    yield f"{SERVER}?options=-csearch_path%3D{name}"
    with engine.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger; an owner called "the dead" is dead."""
    url = address(tmp_path / "ledger.sqlite")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    with open_ledger(url, now=T0, root=tmp_path, dead=lambda name: name == "the dead") as opened:
        yield opened
