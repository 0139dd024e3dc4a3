"""What is PostgreSQL's own: it is reached or not, its locks, its triggers; a password is never shown."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from kawaraban.delivery import ActionKind
from kawaraban.errors import Conflict, WrongInput
from kawaraban.ledger import Claim, Ledger, Scope, databases, open_ledger
from kawaraban.ledger.tables import tables
from tests.kawaraban.ledger.opened import LEASE, T0, expected, receipt, variant


@pytest.fixture
def driver() -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")


def test_the_migrations_make_the_same_tables_there(postgresql: str) -> None:
    open_ledger(postgresql, now=T0).close()
    engine = create_engine(postgresql.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables) == []
    engine.dispose()


def test_two_workers_take_one_delivery_once(postgresql: str, tmp_path: Path) -> None:
    text = variant()
    with open_ledger(postgresql, now=T0, root=tmp_path) as ledger:
        expected(ledger, text)
    claims: list[object] = []

    def work(name: str) -> None:
        with open_ledger(postgresql, now=T0) as mine:
            claim = Claim(text.article, "site", ActionKind.CREATE, text.digest)
            try:
                claims.append(mine.claim(claim, owner=name, lease=LEASE, now=T0))
            except Conflict as error:
                claims.append(error)

    workers = [threading.Thread(target=work, args=(name,)) for name in ("a", "b", "c", "d")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(isinstance(one, Conflict) for one in claims) == 3
    assert len(claims) == 4


def test_a_writer_that_keeps_the_ledger_is_waited_for_and_then_named(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0.05)
    with open_ledger(postgresql, now=T0) as first, open_ledger(postgresql, now=T0) as second:
        with first._write(), pytest.raises(Conflict, match="keeps the ledger locked"):
            second.hold(Scope(), now=T0, who="editor")
        second.hold(Scope(), now=T0, who="editor")


def test_history_cannot_be_rewritten_there_either(postgresql: str) -> None:
    with open_ledger(postgresql, now=T0) as ledger:
        wanted = expected(ledger, variant())
        claim = Claim(wanted.article, "site", ActionKind.CREATE, wanted.digest)
        ledger.arrived(ledger.claim(claim, owner="a", lease=LEASE, now=T0), receipt(), now=T0, who="editor")
        for statement in (
            "DELETE FROM events",
            "TRUNCATE events",
            "UPDATE events SET who = 'nobody'",
            "DELETE FROM attempts",
            "TRUNCATE attempts",
            "UPDATE attempts SET outcome = 'unsure'",
            "UPDATE attempts SET digest = 'x'",
        ):
            _refused(ledger, statement)


def _refused(ledger: Ledger, statement: str) -> None:
    with pytest.raises(IntegrityError), ledger._write() as connection:
        connection.execute(text(statement))


def test_another_programs_database_is_refused(postgresql: str) -> None:
    engine = create_engine(postgresql.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE flow (id int)"))
    engine.dispose()
    with pytest.raises(WrongInput, match="not a ledger") as caught:
        open_ledger(postgresql, now=T0)
    assert "127.0.0.1:5432/test" in str(caught.value)


@pytest.mark.usefixtures("driver")
def test_a_server_that_does_not_answer_is_said_without_the_password() -> None:
    with pytest.raises(WrongInput, match="can't be reached") as caught:
        open_ledger("postgresql://editor:hush-hush@127.0.0.1:1/paper", now=T0)
    assert "127.0.0.1:1/paper" in str(caught.value)
    assert "hush" not in str(caught.value)
    assert caught.value.remedy is not None


def test_without_the_driver_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "find_spec", lambda _: None)
    with pytest.raises(WrongInput, match="needs the package psycopg") as caught:
        open_ledger("postgresql://editor:hush-hush@127.0.0.1/paper", now=T0)
    assert "hush" not in str(caught.value)
