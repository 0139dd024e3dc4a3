"""A consistent copy of a ledger while it is in use, and the proof that a file is a whole ledger of this program."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.ledger import trouble
from kawaraban.ledger.databases import SQLite, database
from kawaraban.ledger.home import COPIED
from kawaraban.ledger.opening import HEAD

PAGES = 2048
"""Pages copied in one go: writers wait no longer than that takes."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds: the ledger's id, its schema's revision, and the last event."""

    ledger: str
    revision: str
    sequence: int


def file_of(url: str) -> Path:
    """Return the file of a ledger; raise WrongInput for one on a server, which has tools of its own."""
    where = database(url)
    if isinstance(where, SQLite):
        return where.place
    raise WrongInput(
        Sentence(ja="この台帳はデータベースサーバーにあります", en="this ledger lies on a database server"),
        place=Place(where.place),
        remedy=Sentence(
            ja="台帳は pg_dump と pg_restore で、config/ と content/ はふだんの控えで守ってください",
            en="use pg_dump and pg_restore for the ledger, and your usual backup for config/ and content/",
        ),
    )


def copy(source: Path, target: Path) -> Copied:
    """Copy a ledger that may be in use, by SQLite's own backup, and prove the copy. Raises WrongInput."""
    with _errors(source), closing(_open(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=PAGES)
        new.execute("PRAGMA journal_mode=DELETE")
        if new.execute("SELECT 1 FROM sqlite_master WHERE name = 'places'").fetchone():
            new.execute("UPDATE places SET file = ?", (COPIED,))
        new.commit()
    return proven(target)


def proven(file: Path) -> Copied:
    """Return what a whole ledger's file holds; raise WrongInput where it is damaged, foreign, or a newer program's."""
    with _errors(file), closing(_open(file)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "identity", "events", "deliveries"} <= names:
            raise trouble.foreign(file)
        revision = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        if revision > HEAD:
            raise trouble.newer(file)
        ledger = str(connection.execute("SELECT ledger FROM identity").fetchone()[0])
        sequence = connection.execute("SELECT coalesce(max(sequence), 0) FROM events").fetchone()[0]
    return Copied(ledger, revision, int(sequence))


def _open(file: Path) -> sqlite3.Connection:
    if not file.is_file():
        raise WrongInput(
            Sentence(ja="台帳がありません", en="there is no ledger"),
            place=Place(file),
            remedy=Sentence(ja="--root を確かめてください", en="check --root"),
        )
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=10.0)


@contextmanager
def _errors(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise trouble.broken(file, error) from error
