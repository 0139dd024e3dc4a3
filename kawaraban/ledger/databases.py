"""
The databases a ledger may lie in: a file of SQLite (the default), or PostgreSQL.

Each has what the other lacks: how a transaction begins so that a writer is alone, and what a person calls the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePath, PurePosixPath
from typing import Protocol
from urllib.parse import unquote

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.ledger import trouble

BUSY_SECONDS = 10.0
"""How long a transaction waits for another process's."""

MIGRATION_SECONDS = 60.0
"""How long a process waits while another brings the schema up to date."""


class Database(Protocol):
    """Where a ledger lies."""

    @property
    def place(self) -> PurePath:
        """What a person calls it; never with a password."""

    def engine(self) -> Engine:
        """Return an engine whose transactions begin as the ledger needs them (execution option `writes`)."""

    def alone(self) -> AbstractContextManager[object]:
        """Keep other processes from changing the schema at the same time."""


def database(url: str) -> Database:
    """Return the database of a URL; raise WrongInput, without showing a password, where there is none."""
    try:
        address = make_url(url)
    except ArgumentError:
        address = URL.create("")
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        return SQLite(address.set(drivername="sqlite", database=unquote(str(address.database))))
    if address.get_backend_name() == "postgresql" and address.host and address.database:
        return PostgreSQL(address.set(drivername="postgresql+psycopg"))
    raise WrongInput(
        Sentence(ja=f"台帳の場所が読めません: {_scheme(url)}", en=f"this is no place for a ledger: {_scheme(url)}"),
        remedy=Sentence(
            ja="KAWARABAN_LEDGER は sqlite:////どこか/ledger.sqlite か postgresql://だれか@どこか/データベース の形で書きます",
            en="write KAWARABAN_LEDGER like sqlite:////some/where/ledger.sqlite or postgresql://user@host/database",
        ),
    )


def _scheme(url: str) -> str:
    """Return what may be shown of a URL: never what could be a password."""
    return re.split(r":(?=//)", url)[0][:40]


# --- SQLite -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SQLite:
    """A file. WAL: readers never wait for the writer."""

    address: URL

    @property
    def place(self) -> Path:
        """The file; SQLite's own URI form (`file:/…`, sqlite.org/uri.html) names it, too."""
        return Path(str(self.address.database).removeprefix("file:"))

    def engine(self) -> Engine:
        """Return an engine that begins its own transactions; the driver's implicit ones come too late for a lock."""
        _make_folder(self.place.parent)
        engine = create_engine(self.address, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None})
        event.listen(engine, "connect", _connected)
        event.listen(engine, "begin", _begun)
        return engine

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold a lock file: before WAL is set, SQLite's own locks don't wait for each other."""
        try:
            with FileLock(f"{self.place}.migrating", timeout=MIGRATION_SECONDS):
                yield
        except Timeout as error:
            raise trouble.busy(self.place) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongInput(
            Sentence(ja="台帳のフォルダを作れません", en=f"the ledger's folder can't be made ({error.strerror})"),
            place=Place(folder),
            remedy=Sentence(
                ja="上のフォルダの権限を確かめてください", en="check the permissions of the folder above it"
            ),
        ) from error


def _connected(connection: object, _record: ConnectionPoolEntry) -> None:
    """
    Set what SQLite keeps per connection.

    FULL: a committed intent survives a power cut; it costs 0.2 ms (notes/performance.md 3.8).
    """
    cursor = connection.cursor()  # type: ignore[attr-defined] # the driver's connection has no common type
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begun(connection: Connection) -> None:
    """Begin; a writer takes the write lock at once, so that what it reads can't move before it writes."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writes", False))


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A database on a server; the ledger lies in the first schema of the search path."""

    address: URL

    @property
    def place(self) -> PurePosixPath:
        """Host, port and database."""
        port = f":{self.address.port}" if self.address.port else ""
        return PurePosixPath(f"{self.address.host}{port}/{self.address.database}")

    def engine(self) -> Engine:
        """Return an engine; raise WrongInput where the driver is missing."""
        if find_spec("psycopg") is None:
            raise WrongInput(
                Sentence(
                    ja="PostgreSQL の台帳には psycopg が要ります", en="a ledger on PostgreSQL needs the package psycopg"
                ),
                place=Place(self.place),
                remedy=Sentence(
                    ja="pip install 'psycopg[binary]' で入れてください", en="install it: pip install 'psycopg[binary]'"
                ),
            )
        engine = create_engine(self.address)
        event.listen(engine, "begin", _locked)
        return engine

    def alone(self) -> AbstractContextManager[object]:
        """Nothing more is needed: every writer is alone."""
        return nullcontext()


def _locked(connection: Connection) -> None:
    """
    Begin as SQLite does: one writer at a time, and a reader sees one moment.

    The writer's lock comes before its first look (READ COMMITTED looks anew with each statement), and ends with it.
    """
    if _writes(connection):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(BUSY_SECONDS * 1000)}")
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('kawaraban'), hashtext(current_schema()))")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
