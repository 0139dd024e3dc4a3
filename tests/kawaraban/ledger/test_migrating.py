"""A ledger grows with the program: an old one is brought up to date, once, wholly or not at all; on both databases."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy import text as sql

from kawaraban.delivery import Delivery, State
from kawaraban.errors import WrongInput
from kawaraban.ledger import Scope, address, open_ledger, opening
from kawaraban.ledger.tables import tables as metadata
from tests.kawaraban.ledger.opened import T0, variant

FIRST_ROW = sql("INSERT INTO deliveries (article, channel, state, made) VALUES (:article, :channel, 'waiting', :made)")
LATER = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("holds", sa.Column("until", sa.BigInteger()))
    op.create_table("letters", sa.Column("id", sa.Integer(), primary_key=True))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return address(tmp_path / "ledger.sqlite")
    found: str = request.getfixturevalue("postgresql")
    return found


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program of tomorrow: it has one migration more."""
    folder = tmp_path / "later"
    shutil.copytree(opening.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "v9999_letters.py").write_text(LATER.replace("{head}", opening.HEAD), encoding="utf-8")
    monkeypatch.setattr(opening, "MIGRATIONS", folder)
    monkeypatch.setattr(opening, "HEAD", "9999")
    return folder


@pytest.fixture
def first_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The program as it was first shipped: one migration; undo it for today's."""
    folder = tmp_path / "first"
    newer = shutil.ignore_patterns("__pycache__", "v000[2-9]*", "v00[1-9]*")
    shutil.copytree(opening.MIGRATIONS, folder, ignore=newer)
    monkeypatch.setattr(opening, "MIGRATIONS", folder)
    monkeypatch.setattr(opening, "HEAD", "0001")
    return monkeypatch


def tables(url: str) -> set[str]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
    engine.dispose()
    return names


def test_an_old_ledger_is_migrated_and_keeps_what_it_knows(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with open_ledger(url, now=T0, root=tmp_path) as old:
        old.hold(Scope(channel="note"), now=T0, who="editor", why="地震")
        identity, holds = old.identity(), old.holds()
    request.getfixturevalue("later")
    with open_ledger(url, now=T0) as new:
        assert (new.identity(), new.holds()) == (identity, holds)
    assert "letters" in tables(url)
    monkeypatch.undo()
    with pytest.raises(WrongInput, match="newer version") as caught:
        open_ledger(url, now=T0)
    assert caught.value.remedy is not None
    assert caught.value.place is not None


def test_a_ledger_of_the_first_edition_is_brought_up_to_date(
    first_edition: pytest.MonkeyPatch, url: str, tmp_path: Path
) -> None:
    text = variant()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with open_ledger(url, now=T0, root=tmp_path) as old:
        old.keep(text)
        old.hold(Scope(channel="note"), now=T0, who="editor")
        with engine.begin() as connection:  # as that program wrote it: today's knows columns that it had not
            connection.execute(
                FIRST_ROW, {"article": text.article, "channel": text.channel, "made": T0.timestamp() * 1e6}
            )
        events = old.events()
    first_edition.undo()
    with open_ledger(url, now=T0) as new:
        assert (new.deliveries(), new.events()) == (
            [Delivery(text.article, text.channel, State.WAITING, made=T0)],
            events,
        )
        assert new.alerts.told() == []
        assert new.variant(text.digest) == text
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_migration_that_breaks_leaves_everything_as_it_was_and_begins_anew(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = opening._introduce

    def breaks(connection: Connection, **_: object) -> None:
        assert "deliveries" in inspect(connection).get_table_names()
        raise KeyboardInterrupt

    monkeypatch.setattr(opening, "_introduce", breaks)
    with pytest.raises(KeyboardInterrupt):
        open_ledger(url, now=T0)
    assert tables(url) == set()
    monkeypatch.setattr(opening, "_introduce", real)
    with open_ledger(url, now=T0, root=tmp_path) as ledger:
        assert ledger.identity().root == str(tmp_path)


def test_a_killed_migration_begins_anew(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from kawaraban.ledger import address, open_ledger, opening\n"
        "opening._introduce = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        "open_ledger(address(Path(sys.argv[1])), now=datetime(2024, 11, 5, tzinfo=UTC))\n"
    )
    file = tmp_path / "ledger.sqlite"
    died = subprocess.run([sys.executable, "-c", program, str(file)], check=False)
    assert died.returncode == -signal.SIGKILL
    with open_ledger(address(file), now=T0) as ledger:
        assert ledger.deliveries() == []
