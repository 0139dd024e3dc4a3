"""Since when a channel is connected: what was out before is not announced there by itself (DESIGN section 9)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from kawaraban.ledger import tables as t
from kawaraban.ledger import writing
from kawaraban.ledger.records import Event, EventKind
from kawaraban.ledger.writing import Note


def connected(connection: Connection, channels: Collection[str]) -> dict[str, datetime]:
    """Return since when these channels are connected: as recorded, else since their first row; new ones are left out."""
    e, d = t.events.c, t.deliveries.c
    told = select(e.channel, func.min(e.at)).where(e.article.is_(None), e.kind == EventKind.CONNECTED.value)
    found = {name: at for name, at in connection.execute(told.group_by(e.channel)) if name in channels}
    rest = [name for name in channels if name not in found]
    if rest:
        rows = select(d.channel, func.min(d.made)).where(d.channel.in_(rest)).group_by(d.channel)
        found |= dict(connection.execute(rows).tuples().all())
    return found


def connect(connection: Connection, channels: Collection[str], note: Note) -> None:
    """Record that these are connected, where that is not recorded: since their first row, else from now on."""
    e = t.events.c
    told = select(e.channel).where(e.article.is_(None), e.kind == EventKind.CONNECTED.value)
    there = set(connection.execute(told).scalars())
    since = connected(connection, [name for name in channels if name not in there])
    writing.tell(
        connection,
        [
            Event(0, since.get(name, note.at), EventKind.CONNECTED, note.who, channel=name, run=note.run)
            for name in sorted(set(channels) - there)
        ],
    )
