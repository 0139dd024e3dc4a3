"""What can be wrong with a ledger's file or database, said to people: which one, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from sqlalchemy.exc import DBAPIError, OperationalError

from kawaraban.errors import Conflict, KawarabanError, Place, Sentence, WrongInput

# by SQLite's primary result code (https://sqlite.org/rescode.html): what is wrong, and the remedy
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_CLOSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


# by PostgreSQL's SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html)
_BUSY_STATES = {"55P03", "40P01", "57014"}
_CLOSED_STATES = {"42501", "25006", "3F000"}
_FULL_STATES = {"53100", "53200", "58030"}


@contextmanager
def told(place: PurePath) -> Iterator[None]:
    """Turn the database's errors about its place into errors for people; leave errors of our own making alone."""
    try:
        yield
    except DBAPIError as error:
        trouble = _trouble(error, place)
        if trouble is None:
            raise
        raise trouble from error


def broken(place: PurePath, error: sqlite3.Error) -> KawarabanError:
    """Return what is said of an error of SQLite's own; damage, where it says nothing."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    kinds = ((_BUSY, busy), (_CLOSED, _closed), (_FULL, _full))
    return next((said(place) for codes, said in kinds if code in codes), _damaged(place))


def _trouble(error: DBAPIError, place: PurePath) -> KawarabanError | None:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    state = getattr(error.orig, "sqlstate", "")
    if code in _BUSY or state in _BUSY_STATES:
        return busy(place)
    if code in _DAMAGED:
        return _damaged(place)
    if code in _CLOSED or state in _CLOSED_STATES:
        return _closed(place)
    if code in _FULL or state in _FULL_STATES:
        return _full(place)
    # the driver of PostgreSQL has no state where no server answered, and class 08 where one hung up
    gone = isinstance(error, OperationalError) and (state is None or state.startswith(("08", "28", "3D", "57P")))
    return _unreachable(place) if gone else None


def _damaged(place: PurePath) -> WrongInput:
    return WrongInput(
        Sentence(ja="台帳のファイルが壊れているか、台帳ではありません", en="this file is damaged, or no ledger"),
        place=Place(place),
        remedy=Sentence(
            ja="控え（バックアップ）から戻すか、KAWARABAN_LEDGER を確かめてください",
            en="put it back from a backup, or check KAWARABAN_LEDGER",
        ),
    )


def _closed(place: PurePath) -> WrongInput:
    return WrongInput(
        Sentence(ja="台帳に書き込めません", en="the ledger can't be opened for writing"),
        place=Place(place),
        remedy=Sentence(
            ja="ファイルとそのフォルダ（またはデータベース）の権限を確かめてください",
            en="check the permissions of the file and its folder (or of the database)",
        ),
    )


def _full(place: PurePath) -> WrongInput:
    return WrongInput(
        Sentence(
            ja="台帳に書けません。ディスクがいっぱいのようです",
            en="the ledger can't be written: the disk is full or failing",
        ),
        place=Place(place),
        remedy=Sentence(ja="空きを作ってから、もう一度実行してください", en="make room, then run it again"),
    )


def _unreachable(place: PurePath) -> WrongInput:
    return WrongInput(
        Sentence(ja="台帳のデータベースにつながりません", en="the ledger's database can't be reached"),
        place=Place(place),
        remedy=Sentence(
            ja="データベースが動いているか、KAWARABAN_LEDGER の宛先と利用者を確かめてください",
            en="check that the database runs, and host, name and user in KAWARABAN_LEDGER",
        ),
    )


def busy(place: PurePath) -> Conflict:
    """Another process keeps the file locked."""
    return Conflict(
        Sentence(ja="ほかのプログラムが台帳を使い続けています", en="another program keeps the ledger locked"),
        place=Place(place),
        remedy=Sentence(
            ja="それが終わってから、もう一度実行してください", en="run it again when that one has finished"
        ),
    )


def newer(place: PurePath) -> WrongInput:
    """A newer program made it."""
    return WrongInput(
        Sentence(
            ja="この台帳は、もっと新しい版の Kawaraban のものです",
            en="this ledger was made by a newer version of Kawaraban",
        ),
        place=Place(place),
        remedy=Sentence(ja="Kawaraban を新しくしてください", en="update Kawaraban"),
    )


def foreign(place: PurePath) -> WrongInput:
    """It is a database, and somebody else's."""
    return WrongInput(
        Sentence(ja="これは Kawaraban の台帳ではありません", en="this database is not a ledger of Kawaraban"),
        place=Place(place),
        remedy=Sentence(ja="KAWARABAN_LEDGER を確かめてください", en="check KAWARABAN_LEDGER"),
    )
