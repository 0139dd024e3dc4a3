"""What people decide: hand-over, record, settle, pins, holds; and the locks. Each function is one transaction's body."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from kawaraban.delivery import TAKE_DOWN, Delivery, State
from kawaraban.errors import Conflict, Sentence, alike, joined
from kawaraban.ledger import memory, moves, parts, process, queries, writing
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import Ending, Event, EventKind, Hold, Posted, Scope, Settlement
from kawaraban.ledger.sending import Lease
from kawaraban.ledger.writing import Note

Pair = tuple[str, str]


def handed_over(connection: Connection, pair: Pair, digest: str, note: Note) -> None:
    """Record that a package lies ready."""
    if digest != TAKE_DOWN:
        memory.must_be_kept(connection, [(digest, pair[1])])
    before = writing.existing(connection, *pair)
    if before.state not in (State.WAITING, State.LIVE):
        raise Conflict(
            Sentence(ja=f"{before.state} のものは手渡せません", en=f"what is {before.state} can't be handed over"),
        )
    _write(connection, before, replace(before, handed_over=digest), note.event(EventKind.HANDED_OVER, before, before))


def record(connection: Connection, posted: Posted, note: Note) -> None:
    """Record what a person posted, also where nothing was expected."""
    memory.must_be_kept(connection, [(posted.digest, posted.channel)])
    before = queries.delivery(connection, posted.article, posted.channel)
    if before is None:
        before = Delivery(posted.article, posted.channel, State.WAITING, made=note.at)
        writing.make(connection, [before])
        writing.tell(connection, [note.event(EventKind.EXPECTED, None, before)])
    after = moves.recorded(before, posted)
    _write(connection, before, after, note.event(EventKind.RECORDED, before, after, why=posted.why))
    memory.freeze(connection, [after])


def settle(connection: Connection, ending: Ending, note: Note) -> None:
    """End what the machine can't."""
    before = writing.existing(connection, ending.article, ending.channel)
    tries = queries.attempts(connection, ending.article, ending.channel)
    after = moves.settled(before, ending, tries, note.at)
    why = f"{ending.settlement}: {ending.why}" if ending.why else ending.settlement.value
    _write(connection, before, after, note.event(EventKind.SETTLED, before, after, why=why))
    memory.freeze(connection, [after])
    if after.state is State.WITHDRAWN:
        parts.ended(connection, [(after.article, after.channel)], note.at)
    elif ending.settlement is Settlement.NOT_ARRIVED:
        parts.not_arrived(connection, (after.article, after.channel))


def pin(connection: Connection, pair: Pair, held: tuple[str, str] | None, note: Note, why: str = "") -> None:
    """Set a pin (a digest, and the file's digest against which it is held), or (None) end it."""
    before = writing.existing(connection, *pair)
    digest, against = held or (None, None)
    kind = EventKind.UNPINNED if digest is None else EventKind.PINNED
    event = note.event(kind, before, before, why=why or digest or "")
    _write(connection, before, moves.pinned(before, digest, against), event)


def reopen(connection: Connection, pair: Pair, note: Note) -> bool:
    """Let what was withdrawn, or is to be taken down, go out again; False where nothing of the kind is there."""
    before = queries.delivery(connection, *pair)
    if before is None:
        return False
    after = moves.brought_back(before)
    if after == before:
        return False
    _write(connection, before, after, note.event(EventKind.REOPENED, before, after, why="again"))
    return True


def read_back(connection: Connection, pair: Pair, differences: tuple[Sentence, ...], note: Note) -> bool:
    """Record how what is live differs from what was sent; False where that was known."""
    before = writing.existing(connection, *pair)
    if before.differences == differences or not before.public:
        return False
    after = replace(before, differences=differences)
    _write(connection, before, after, note.event(EventKind.READ_BACK, before, after, why=joined(differences)))
    return True


def _write(connection: Connection, before: Delivery, after: Delivery, event: Event) -> None:
    writing.move(connection, [(before, after)])
    writing.tell(connection, [event])


# --- holds ---


def hold(connection: Connection, wanted: Hold) -> Hold:
    """Write a hold; the first of its scope stays."""
    there = next((each for each in queries.holds(connection) if each.scope == wanted.scope), None)
    if there is not None:
        return there
    row = {"article": wanted.scope.article or "", "channel": wanted.scope.channel or ""}
    connection.execute(insert(t.holds).values(**row, since=wanted.since, who=wanted.who, why=wanted.why))
    _tell_of(connection, EventKind.HELD, wanted.scope, Note(wanted.since, wanted.who), wanted.reason)
    return wanted


def resume(connection: Connection, scope: Scope, note: Note) -> bool:
    """End the hold of that scope."""
    c = t.holds.c
    gone = delete(t.holds).where(c.article == (scope.article or ""), c.channel == (scope.channel or ""))
    if not connection.execute(gone).rowcount:
        return False
    _tell_of(connection, EventKind.RESUMED, scope, note, alike(""))
    return True


def _tell_of(connection: Connection, kind: EventKind, scope: Scope, note: Note, why: Sentence) -> None:
    event = Event(0, note.at, kind, note.who, why, article=scope.article, channel=scope.channel, run=note.run)
    writing.tell(connection, [event])


# --- locks ---


def lock(connection: Connection, name: str, lease: Lease, now: datetime) -> None:
    """Take a lock; Conflict names who holds it."""
    c = t.locks.c
    held = connection.execute(select(t.locks).where(c.name == name)).first()
    if held is not None and not lease.may_take(held.owner, held.until, now):
        who, minutes = process.said_of(held.owner), max(int((now - held.since).total_seconds() // 60), 0)
        raise Conflict(
            Sentence(
                ja=f"いま別の {name} が動いています（{who.ja}、{f'{minutes}分前から' if minutes else '始まったばかり'}）",
                en=f"another {name} is running ({who.en}, {f'for {minutes} min' if minutes else 'just begun'})",
            ),
            remedy=Sentence(ja="終わってから、もう一度実行してください", en="run it again when that has ended"),
        )
    connection.execute(delete(t.locks).where(c.name == name))
    connection.execute(insert(t.locks).values(name=name, owner=lease.owner, since=now, until=lease.until))


def unlock(connection: Connection, name: str, owner: str) -> None:
    """Give a lock back, if it is still ours."""
    c = t.locks.c
    connection.execute(delete(t.locks).where(c.name == name, c.owner == owner))
