"""Opening a ledger: the schema brought up to date, the identity."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePath

from sqlalchemy import Connection, Engine, insert, inspect, select, text

from kawaraban.ledger import home, process, trouble
from kawaraban.ledger.book import Ledger
from kawaraban.ledger.databases import Database, SQLite, database
from kawaraban.ledger.tables import identity

HEAD = "0005"
"""The newest revision in `migrations/versions`; a test holds them equal, so that alembic need not be asked."""

MIGRATIONS = Path(__file__).parent / "migrations"


def opened(url: str, *, now: datetime, root: Path | None, dead: Callable[[str], bool]) -> Ledger:
    """Return the open ledger; see `kawaraban.ledger.open_ledger`."""
    where = database(url)
    engine = where.engine()
    try:
        with trouble.told(where.place):
            with engine.begin() as connection:
                current = _revision(connection, where.place) == HEAD
            if not current:
                _migrate(where, engine, now=now, root=root)
    except BaseException:
        engine.dispose()
        raise
    beside = Path(where.place).with_suffix(".mark") if isinstance(where, SQLite) else None
    return Ledger(engine, where.place, dead, root=root, mark=beside)


def _revision(connection: Connection, place: PurePath) -> str | None:
    """Return the schema's revision, None where there is none yet; refuse what is newer or somebody else's."""
    names = inspect(connection).get_table_names()
    if not names:
        return None
    if "alembic_version" not in names:
        raise trouble.foreign(place)
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None or not re.fullmatch(r"\d{4}", found):
        raise trouble.foreign(place)
    if found > HEAD:
        raise trouble.newer(place)
    return str(found)


def _migrate(where: Database, engine: Engine, *, now: datetime, root: Path | None) -> None:
    """
    Bring the schema to HEAD, once however many processes open it, in one transaction.

    Whatever interrupts it leaves the schema as it was; the next one who opens it begins anew.
    """
    with (
        where.alone(),
        engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        if _revision(connection, where.place) != HEAD:
            _upgrade(connection)
            _introduce(connection, now=now, root=root)
            home.introduce(connection, home.place(connection, where.place, root), now)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")


def _introduce(connection: Connection, *, now: datetime, root: Path | None) -> None:
    if connection.execute(select(identity.c.ledger)).first() is None:
        connection.execute(
            insert(identity).values(
                ledger=uuid.uuid4().hex, machine=process.machine(), root=str(root.resolve()) if root else "", made=now
            )
        )
