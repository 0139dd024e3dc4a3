"""Opening a ledger: the engine, the schema brought up to date, the identity."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.ledger import process, trouble
from kawaraban.ledger.book import Ledger
from kawaraban.ledger.tables import identity

HEAD = "0001"
"""The newest revision in `migrations/versions`; a test holds them equal, so that alembic need not be asked."""

BUSY_SECONDS = 10.0
"""How long a transaction waits for another process's."""


def opened(url: str, *, now: datetime, root: Path | None, dead: Callable[[str], bool]) -> Ledger:
    """Return the open ledger; see `kawaraban.ledger.open_ledger`."""
    address = _read(url)
    file = Path(str(address.database))
    _make_folder(file.parent)
    engine = _engine(address)
    try:
        with trouble.told(file):
            if _revision(engine, file) != HEAD:
                _migrate(engine, file, now=now, root=root)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine, file, dead)


def _read(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        address = URL.create("")
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        return address.set(drivername="sqlite", database=unquote(str(address.database)))
    raise WrongInput(
        Sentence(ja=f"台帳の場所が読めません: {_scheme(url)}", en=f"this is no place for a ledger: {_scheme(url)}"),
        remedy=Sentence(
            ja="KAWARABAN_LEDGER は sqlite:////どこか/ledger.sqlite の形で書きます",
            en="write KAWARABAN_LEDGER like sqlite:////some/where/ledger.sqlite",
        ),
    )


def _scheme(url: str) -> str:
    """Return what may be shown of a URL: never what could be a password."""
    return re.split(r":(?=//)", url)[0][:40]


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


def _engine(address: URL) -> Engine:
    """Return an engine that begins its own transactions; the driver's implicit ones come too late for a lock."""
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None})
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begun)
    return engine


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
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revision(engine: Engine, file: Path) -> str | None:
    """Return the schema's revision, None for an empty file; refuse what is newer or somebody else's."""
    with engine.begin() as connection:
        names = inspect(connection).get_table_names()
        if not names:
            return None
        if "alembic_version" not in names:
            raise trouble.foreign(file)
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None or not re.fullmatch(r"\d{4}", found):
        raise trouble.foreign(file)
    if found > HEAD:
        raise trouble.newer(file)
    return str(found)


def _migrate(engine: Engine, file: Path, *, now: datetime, root: Path | None) -> None:
    """Bring the schema to HEAD, once however many processes open it, in one transaction."""
    try:
        with FileLock(f"{file}.migrating", timeout=60):
            if _revision(engine, file) == HEAD:
                return
            with engine.connect().execution_options(writes=True) as connection, connection.begin():
                _upgrade(connection)
                _introduce(connection, now=now, root=root)
    except Timeout as error:
        raise trouble.busy(file) from error


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    command.upgrade(config, "head")


def _introduce(connection: Connection, *, now: datetime, root: Path | None) -> None:
    if connection.execute(select(identity.c.ledger)).first() is None:
        connection.execute(
            insert(identity).values(
                ledger=uuid.uuid4().hex, machine=process.machine(), root=str(root.resolve()) if root else "", made=now
            )
        )
