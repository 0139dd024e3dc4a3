"""What can be wrong with a ledger's file, said to people: which file, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kawaraban.errors import Conflict, KawarabanError, Place, Sentence, WrongInput

# by SQLite's primary result code (https://sqlite.org/rescode.html): what is wrong, and the remedy
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CLOSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


@contextmanager
def told(file: Path) -> Iterator[None]:
    """Turn the database's errors about its file into errors for people; leave errors of our own making alone."""
    try:
        yield
    except DBAPIError as error:
        trouble = _trouble(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF, file)
        if trouble is None:
            raise
        raise trouble from error


def _trouble(code: int, file: Path) -> KawarabanError | None:
    if code in _BUSY:
        return busy(file)
    if code in _DAMAGED:
        return WrongInput(
            Sentence(ja="台帳のファイルが壊れているか、台帳ではありません", en="this file is damaged, or no ledger"),
            place=Place(file),
            remedy=Sentence(
                ja="控え（バックアップ）から戻すか、KAWARABAN_LEDGER を確かめてください",
                en="put it back from a backup, or check KAWARABAN_LEDGER",
            ),
        )
    if code in _CLOSED:
        return WrongInput(
            Sentence(ja="台帳のファイルに書き込めません", en="the ledger's file can't be opened for writing"),
            place=Place(file),
            remedy=Sentence(
                ja="ファイルとそのフォルダの権限を確かめてください",
                en="check the permissions of the file and its folder",
            ),
        )
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return WrongInput(
            Sentence(
                ja="台帳に書けません。ディスクがいっぱいのようです",
                en="the ledger can't be written: the disk is full or failing",
            ),
            place=Place(file),
            remedy=Sentence(ja="空きを作ってから、もう一度実行してください", en="make room, then run it again"),
        )
    return None


def busy(file: Path) -> Conflict:
    """Another process keeps the file locked."""
    return Conflict(
        Sentence(ja="ほかのプログラムが台帳を使い続けています", en="another program keeps the ledger locked"),
        place=Place(file),
        remedy=Sentence(
            ja="それが終わってから、もう一度実行してください", en="run it again when that one has finished"
        ),
    )


def newer(file: Path) -> WrongInput:
    """A newer program made it."""
    return WrongInput(
        Sentence(
            ja="この台帳は、もっと新しい版の Kawaraban のものです",
            en="this ledger was made by a newer version of Kawaraban",
        ),
        place=Place(file),
        remedy=Sentence(ja="Kawaraban を新しくしてください", en="update Kawaraban"),
    )


def foreign(file: Path) -> WrongInput:
    """It is a database, and somebody else's."""
    return WrongInput(
        Sentence(ja="これは Kawaraban の台帳ではありません", en="this database is not a ledger of Kawaraban"),
        place=Place(file),
        remedy=Sentence(ja="KAWARABAN_LEDGER を確かめてください", en="check KAWARABAN_LEDGER"),
    )
