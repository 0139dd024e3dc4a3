"""What once stood where: the texts an article had on each channel, and what is no more. Read from the events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from kawaraban.delivery import Delivery
from kawaraban.ledger import queries
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import EventKind, Former, Stood

_NEWEST = 500
_ENDS = (EventKind.WITHDRAWN.value, EventKind.SETTLED.value)


def stood(connection: Connection, article: str) -> list[Stood]:
    """Return every text of an article that was live, with its times, in the order in which they went out."""
    c = t.events.c
    asked = select(c.channel, c.at, c.digest).where(c.article == article, c.after.is_not(None)).order_by(c.sequence)
    found: list[Stood] = []
    open_ones: dict[str, int] = {}
    for row in connection.execute(asked):
        place = open_ones.get(row.channel)
        if place is not None and found[place].digest == row.digest:
            continue
        if place is not None:
            found[place] = Stood(row.channel, found[place].digest, found[place].since, row.at)
            del open_ones[row.channel]
        if row.digest is not None:
            open_ones[row.channel] = len(found)
            found.append(Stood(row.channel, row.digest, row.at))
    return found


def former(connection: Connection, channel: str) -> list[Former]:
    """Return what was live on a channel and was taken down, by article."""
    c = t.deliveries.c
    gone = select(c.article).where(c.channel == channel, c.live_digest.is_(None), c.first_live.is_not(None))
    articles = [row.article for row in connection.execute(gone.order_by(c.article))]
    return [one for chunk in queries.chunks(articles) for one in _former(connection, channel, chunk)]


def latest(connection: Connection) -> datetime | None:
    """
    Return the latest instant among the newest events, None where there is none.

    What lies before a person's last `resume` of everything does not count: so a clock that once was far ahead is forgotten.
    """
    c = t.events.c
    everything = (c.kind == EventKind.RESUMED, c.article.is_(None), c.channel.is_(None))
    resumed = connection.execute(select(func.max(c.sequence)).where(*everything)).scalar() or 0
    newest = select(c.at).where(c.sequence >= resumed).order_by(c.sequence.desc()).limit(_NEWEST).subquery()
    return connection.execute(select(func.max(newest.c.at))).scalar()


def differing(connection: Connection, channels: Collection[str]) -> list[Delivery]:
    """Return the deliveries of these channels that were read back as different from what was sent."""
    c = t.deliveries.c
    asked = select(t.deliveries).where(c.channel.in_(sorted(channels)), c.differences != ())
    return queries.read(connection, asked.order_by(c.article, c.channel))


def _former(connection: Connection, channel: str, articles: Sequence[str]) -> list[Former]:
    e, v = t.events.c, t.variants.c
    own = (e.channel == channel, e.article.in_(articles))
    last = select(func.max(e.sequence)).where(*own, e.digest.is_not(None)).group_by(e.article)
    texts = (
        select(e.article, v.packed)
        .join(t.variants, (v.digest == e.digest) & (v.channel == e.channel))
        .where(e.sequence.in_(last))
        .order_by(e.article)
    )
    ended = select(func.max(e.sequence)).where(*own, e.kind.in_(_ENDS)).group_by(e.article)
    ends = {row.article: row for row in connection.execute(select(e.article, e.at, e.why).where(e.sequence.in_(ended)))}
    return [
        Former(row.article, queries.unpack(row.packed), ends[row.article].at, _reason(ends[row.article].why.en))
        for row in connection.execute(texts)
        if row.article in ends
    ]


def _reason(why: str) -> str:
    """Without a reason of a person's, an event says only what happened."""
    return "" if why == EventKind.WITHDRAWN.value else why
