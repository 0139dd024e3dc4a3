"""
Where a ledger is at home: which file, under which root, on which machine; and how it notices that it isn't there any more.

A copy put back, cloned or moved knows nothing of what was posted since, or is one of two. The ledger keeps where it was
accepted (table `places`), and beside it lies a mark (`ledger.mark`: its id and how far it had got). Where they do not
agree with what is found, it is a stranger: everything is held, and nothing is claimed, until a person lets it go on.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from sqlalchemy import Connection, insert, inspect, select, text, update

from kawaraban.errors import Conflict, KawarabanError, Sentence
from kawaraban.ledger import deciding, queries
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import RECOVERY, Hold, Scope
from kawaraban.ledger.writing import Note
from kawaraban.library import write_atomically

HERE = "here"
COPIED = "a copy"
"""What stands as the file in a backup's table of places: wherever it is put, it notices."""

MACHINE_ID = Path("/etc/machine-id")

Opens = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Place:
    """A machine, a root there, and the very file (of a server: the very database). "": not known, or of no account."""

    machine: str
    root: str
    file: str


@dataclass(frozen=True, slots=True)
class Standing:
    """
    Where it was accepted last: `number` counts the places it has had; `accepted` is None until a person lets it go on.

    What was asked of the channels counts for one place only.
    """

    place: Place
    number: int
    since: datetime
    accepted: datetime | None


def machine() -> str:
    """Return this machine's own id; its name where it has none (a container needs a fixed name)."""
    with suppress(OSError):
        if said := MACHINE_ID.read_text(encoding="ascii", errors="replace").strip():
            return said
    return platform.node()


def place(connection: Connection, database: PurePath, root: Path | None) -> Place:
    """Return where a ledger lies now. Many machines may share one on a server, under roots of their own."""
    if connection.dialect.name != "sqlite":
        return Place("", "", str(connection.execute(text(_DATABASE)).scalar()))
    with suppress(OSError):
        status = Path(database).stat()
        volume = os.statvfs(database).f_fsid
        return Place(machine(), str(root.resolve()) if root else "", f"{status.st_ino}@{volume:x}")
    return Place(machine(), str(root.resolve()) if root else "", "")


_DATABASE = "SELECT oid FROM pg_database WHERE datname = current_database()"


def introduce(connection: Connection, here: Place, now: datetime) -> None:
    """Write the first place of a ledger: it is at home there. Before revision 0003 ledgers had none."""
    if not inspect(connection).has_table("places"):
        return
    if connection.execute(select(t.places.c.name)).first() is None:
        row = {"machine": here.machine, "root": here.root, "file": here.file}
        connection.execute(insert(t.places).values(name=HERE, **row, number=1, since=now, accepted=now))


@dataclass(frozen=True, slots=True)
class Home:
    """The home of an open ledger. `database` is its file; `mark` where its mark lies (None: nowhere)."""

    read: Opens
    write: Opens
    database: PurePath
    root: Path | None
    mark: Path | None

    def strange(self) -> Sentence | None:
        """Return why this is not where, or not how far, the ledger was; None at home."""
        with self.read() as connection:
            return self.strange_in(connection)

    def standing(self) -> Standing:
        """Return where it was accepted last."""
        with self.read() as connection:
            return _standing(connection)

    def hold(self) -> Hold | None:
        """Return the hold on everything that a stranger has until it arrives, so that whoever looks sees it."""
        with self.read() as connection:
            why = self.strange_in(connection)
            return Hold(Scope(), _standing(connection).since, RECOVERY, both(why)) if why is not None else None

    def arrive(self, *, now: datetime, who: str) -> bool:
        """Take a strange place for the ledger's own, with everything held; False where it is at home already."""
        with self.write() as connection:
            arrived = self.arrive_in(connection, Note(now, who))
        if arrived:
            self.remark()
        return arrived

    def refuse(self) -> None:
        """Raise Conflict unless the ledger is at home, and was let go on there."""
        with self.read() as connection:
            self.refuse_in(connection)

    # --- inside a transaction ---

    def strange_in(self, connection: Connection) -> Sentence | None:
        """Return what does not agree, the gravest first."""
        known, now = _standing(connection).place, place(connection, self.database, self.root)
        marked = self._marked()
        if marked is not None and marked[0] != queries.identity(connection).ledger:
            return _ANOTHER
        if marked is not None and marked[1] > queries.sequence(connection):
            return _OLDER
        if known.file == COPIED:
            return _PUT_BACK
        if known.machine and now.machine and known.machine != now.machine:
            return _other_machine(known.root)
        if known.root and now.root and known.root != now.root:
            return _moved(known.root, now.root)
        return _COPIED if known.file and now.file and known.file != now.file else None

    def arrive_in(self, connection: Connection, note: Note) -> bool:
        """Write the new place and the hold on everything."""
        why = self.strange_in(connection)
        if why is None:
            return False
        here = place(connection, self.database, self.root)
        row = {"machine": here.machine, "root": here.root, "file": here.file}
        known = _standing(connection)
        very_same = (here.machine, here.file) == (known.place.machine, known.place.file) and why not in (
            _ANOTHER,
            _OLDER,
        )
        number = known.number + (
            not very_same
        )  # a folder that was only renamed: no other ledger can have sent anything
        connection.execute(update(t.places).values(**row, number=number, since=note.at, accepted=None))
        deciding.hold(connection, Hold(Scope(), note.at, RECOVERY, both(why)))
        return True

    def refuse_in(self, connection: Connection) -> None:
        """Raise Conflict unless the ledger is at home, and was let go on there."""
        why = self.strange_in(connection)
        if why is None and _standing(connection).accepted is None:
            why = next((_said(one.why) for one in queries.holds(connection) if one.scope == Scope()), _WAITS)
        if why is not None:
            raise Conflict(why, remedy=REMEDY)

    def accept_in(self, connection: Connection, note: Note) -> None:
        """Let it go on where it is: a person said so."""
        self.arrive_in(connection, note)
        connection.execute(update(t.places).where(t.places.c.accepted.is_(None)).values(accepted=note.at))

    # --- the mark ---

    def reached(self, number: int) -> None:
        """Move the mark to that sequence. One that is behind, or can't be written, only notices less."""
        if self.mark is None:
            return
        with self.read() as connection:
            said = {"ledger": queries.identity(connection).ledger, "sequence": number}
        with suppress(KawarabanError):
            write_atomically(self.mark, json.dumps(said).encode(), durable=False)

    def remark(self) -> None:
        """Set the mark to where the ledger is now, also backwards."""
        with self.read() as connection:
            number = queries.sequence(connection)
        self.reached(number)

    def _marked(self) -> tuple[str, int] | None:
        if self.mark is None:
            return None
        try:
            said = json.loads(self.mark.read_text(encoding="utf-8"))
            return str(said["ledger"]), int(said["sequence"])
        except (OSError, ValueError, LookupError, TypeError):
            return None


def _standing(connection: Connection) -> Standing:
    row = connection.execute(select(t.places)).one()
    return Standing(Place(row.machine, row.root, row.file), row.number, row.since, row.accepted)


# --- what is said ---


def both(said: Sentence) -> str:
    """Return a sentence as a hold's reason: holds keep one text."""
    return f"{said.ja} / {said.en}"


def _said(why: str) -> Sentence:
    """Return a hold's reason as the sentence it was; a person's reason is one in both languages."""
    ja, _, en = why.partition(" / ")
    return Sentence(ja=ja or _WAITS.ja, en=en or ja or _WAITS.en)


REMEDY = Sentence(
    ja="kawaraban reconcile で外の様子を確かめ、kawaraban resume --all で再開してください",
    en="look at what is out there with `kawaraban reconcile`, then go on with `kawaraban resume --all`",
)
_WAITS = Sentence(
    ja="戻された、または移された台帳です。再開の指示を待っています",
    en="this ledger was put back or moved, and waits to be let go on",
)
_ANOTHER = Sentence(
    ja="別の台帳に入れ替わっています。止めてあります",
    en="another ledger lies here than before: everything is held",
)
_OLDER = Sentence(
    ja="台帳が前より古くなっています（控えから戻したもののようです）。止めてあります",
    en="the ledger is older than it was (put back from a copy?): everything is held",
)
_PUT_BACK = Sentence(
    ja="控えから戻した台帳です。止めてあります",
    en="this ledger was put back from a backup: everything is held",
)
_COPIED = Sentence(
    ja="台帳のファイルが前のものではありません（写しのようです）。止めてあります",
    en="this is not the file the ledger was in (a copy?): everything is held",
)


def _moved(before: str, now: str) -> Sentence:
    return Sentence(
        ja=f"台帳は {before} のものでした（いまは {now}）。移したのなら再開してください",
        en=f"the ledger was in {before} (now in {now}); if you moved it, resume",
    )


def _other_machine(root: str) -> Sentence:
    return Sentence(
        ja=f"別の機械の {root} にあった台帳です。止めてあります。向こうが動いていないのを確かめてください",
        en=f"this ledger was on another machine ({root}): everything is held; see that nothing runs there",
    )
