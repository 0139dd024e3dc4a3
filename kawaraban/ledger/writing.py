"""Writes on an open connection inside one transaction: compare-and-set on deliveries, and the events that tell of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import starmap

from sqlalchemy import Connection, and_, bindparam, insert, update

from kawaraban.delivery import Attempt, Delivery, State
from kawaraban.errors import Conflict, Sentence, alike
from kawaraban.ledger import queries
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import Event, EventKind

Pair = tuple[str, str]

_KEYS = ("article", "channel")
_COLUMNS = tuple(field.name for field in fields(Delivery) if field.name not in _KEYS)
_TOLD = tuple(field.name for field in fields(Event) if field.name != "sequence")


@dataclass(frozen=True, slots=True)
class Note:
    """What is the same in all events of one call: when, who, in which run."""

    at: datetime
    who: str
    run: str | None = None

    def event(self, kind: EventKind, before: Delivery | None, after: Delivery, why: Sentence | str = "") -> Event:
        """Return the event of a delivery's step; `why` as a text is the same in both languages."""
        return Event(
            sequence=0,  # the database numbers it
            at=self.at,
            kind=kind,
            who=self.who,
            why=alike(why) if isinstance(why, str) else why,
            article=after.article,
            channel=after.channel,
            before=before.state if before else None,
            after=after.state,
            run=self.run,
            digest=after.live_digest,
        )


def find(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, Delivery]:
    """Return the deliveries of these pairs, by pair; what doesn't exist is left out."""
    asked = set(pairs)
    rows = queries.deliveries(connection, [article for article, _ in asked])
    return {(row.article, row.channel): row for row in rows if (row.article, row.channel) in asked}


def existing(connection: Connection, article: str, channel: str) -> Delivery:
    """Return one delivery; Conflict where nothing was ever expected."""
    found = queries.delivery(connection, article, channel)
    if found is None:
        raise Conflict(
            Sentence(
                ja=f"{article} の {channel} への配信は、まだ台帳にありません",
                en=f"the ledger has no delivery of {article} to {channel} yet",
            ),
            remedy=Sentence(ja="先に publish してください", en="publish it first"),
        )
    return found


def make(connection: Connection, rows: Iterable[Delivery]) -> None:
    """Insert new deliveries."""
    if values := [_row(row) for row in rows]:
        connection.execute(insert(t.deliveries), values)


def move(connection: Connection, steps: Sequence[tuple[Delivery, Delivery]]) -> None:
    """Write each delivery's new values, if it still is as it was read; Conflict (and nothing written) otherwise."""
    if not steps:
        return
    c = t.deliveries.c
    as_read = and_(
        c.article == bindparam("was_article"),
        c.channel == bindparam("was_channel"),
        c.state == bindparam("was_state"),
        c.attempts == bindparam("was_attempts"),
    )
    statement = update(t.deliveries).where(as_read).values({name: bindparam(name) for name in _COLUMNS})
    written = connection.execute(statement, list(starmap(_step, steps)))
    if written.rowcount != len(steps):
        raise Conflict(
            Sentence(ja="配信の状態が、読んだあとで変わりました", en="a delivery moved after it was read"),
            remedy=Sentence(ja="もう一度実行してください", en="run it again"),
        )


def _step(before: Delivery, after: Delivery) -> dict[str, object]:
    row = _row(after)
    was = {f"was_{name}": getattr(before, name) for name in ("article", "channel", "state", "attempts")}
    return {name: row[name] for name in _COLUMNS} | was


def _row(delivery: Delivery) -> dict[str, object]:
    return {name: getattr(delivery, name) for name in (*_KEYS, *_COLUMNS)}


def hold(connection: Connection, attempt: Attempt, **values: object) -> None:
    """Set values of a delivery that this attempt holds, between its claim and its answer; Conflict where it does no more."""
    c = t.deliveries.c
    holds = (
        c.article == attempt.article,
        c.channel == attempt.channel,
        c.state == State.SENDING,
        c.attempts == attempt.number,
    )
    if connection.execute(update(t.deliveries).where(*holds).values(**values)).rowcount != 1:
        raise too_late([attempt])


def too_late(attempts: Sequence[Attempt]) -> Conflict:
    """Their lease had lapsed, and others have taken over."""
    names = ", ".join(f"{each.article} → {each.channel}" for each in attempts)
    return Conflict(
        Sentence(
            ja=f"期限が過ぎ、ほかが引き継いだあとの返事です: {names}",
            en=f"the answer came after the lease had lapsed and another had taken over: {names}",
        ),
        remedy=Sentence(ja="status で今の状態を見てください", en="see `status` for how it stands now"),
    )


def tell(connection: Connection, events: Iterable[Event]) -> None:
    """Append events."""
    if rows := [{name: getattr(event, name) for name in _TOLD} for event in events]:
        connection.execute(insert(t.events), rows)


def begin(connection: Connection, tries: Iterable[Attempt]) -> None:
    """Append intents."""
    rows = [{key: value for key, value in asdict(each).items() if key != "doubts"} for each in tries]
    if rows:
        connection.execute(insert(t.attempts), rows)


def end(connection: Connection, tries: Sequence[Attempt]) -> None:
    """Write outcomes, once each."""
    if not tries:
        return
    c = t.attempts.c
    same = and_(
        c.article == bindparam("was_article"),
        c.channel == bindparam("was_channel"),
        c.number == bindparam("was_number"),
        c.outcome == "",
    )
    columns = ("ended", "outcome", "error")
    statement = update(t.attempts).where(same).values({name: bindparam(name) for name in columns})
    rows = [
        {name: getattr(each, name) for name in columns}
        | {f"was_{name}": getattr(each, name) for name in ("article", "channel", "number")}
        for each in tries
    ]
    if connection.execute(statement, rows).rowcount != len(rows):
        raise Conflict(Sentence(ja="この試みはもう終わっています", en="this attempt has already ended"))
