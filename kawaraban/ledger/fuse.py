"""
The fuse: too many new posts within an hour on one channel stop that channel and ask, whoever caused them.

What a person let through by resuming was due before that: it is neither counted nor stopped again. Nor is counted what had
gone out by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from kawaraban.delivery import ActionKind, Delivery
from kawaraban.errors import Conflict, Sentence, counted
from kawaraban.ledger import deciding, queries
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import RECOVERY, Claim, EventKind, Hold, Scope
from kawaraban.ledger.writing import Note

WITHIN = timedelta(hours=1)
_NOTHING_LEFT = ("refused", "unavailable")
"""How an attempt ends that posted nothing."""


def blown(connection: Connection, claims: Sequence[Claim], note: Note) -> Hold | None:
    """Return the hold that was written because one of these claims is one post too many; None where none is."""
    for claim in claims:
        if claim.burst is None or claim.action is not ActionKind.CREATE:
            continue
        agreed = _agreed(connection, claim.channel)
        row = queries.delivery(connection, claim.article, claim.channel)
        if row is None or _let_through(row, agreed) or row.doubtful:  # what may be there is asked about, whatever comes
            continue
        if _posted(connection, claim, agreed, note.at) >= claim.burst:
            scope = Scope(channel=claim.channel)
            return deciding.hold(connection, Hold(scope, note.at, RECOVERY, _why(claim.burst)))
    return None


def _agreed(connection: Connection, channel: str) -> datetime | None:
    """Return when a person last resumed the channel, or everything."""
    c = t.events.c
    covers = and_(c.article.is_(None), or_(c.channel == channel, c.channel.is_(None)))
    asked = select(c.at).where(c.kind == EventKind.RESUMED, covers).order_by(c.sequence.desc()).limit(1)
    return connection.execute(asked).scalar()


def _let_through(row: Delivery, agreed: datetime | None) -> bool:
    """Return whether it was among what the person saw who resumed: there, and due."""
    if agreed is None or row.made is None or row.due is None:
        return False
    return row.made <= agreed and row.due <= agreed


def _posted(connection: Connection, claim: Claim, agreed: datetime | None, now: datetime) -> int:
    """Count the other articles that went, or may have gone, out there within the hour and were not let through."""
    a, d = t.attempts.c, t.deliveries.c
    asked = (
        select(func.count(a.article.distinct()))
        .join(t.deliveries, and_(d.article == a.article, d.channel == a.channel))
        .where(a.channel == claim.channel, a.article != claim.article, a.action == ActionKind.CREATE)
        .where(a.started > now - WITHIN, or_(a.outcome.not_in(_NOTHING_LEFT), d.halfway))
    )
    if (
        agreed is not None
    ):  # what was out by then the person had seen, also where its row has no due instant (behind `after`)
        asked = asked.where(a.started > agreed, or_(d.made > agreed, d.due > agreed, d.due.is_(None)))
    return connection.execute(asked).scalar() or 0


def _why(burst: int) -> str:
    return f"一時間に {burst} 件を超える新しい投稿です / more than {counted(burst, 'new post')} within an hour"


def stopped(hold: Hold) -> Conflict:
    """The channel is stopped, and asks."""
    channel = hold.scope.channel or ""
    return Conflict(
        Sentence(ja=f"{channel} を止めました（{hold.reason.ja}）", en=f"{channel} was stopped ({hold.reason.en})"),
        remedy=Sentence(
            ja=f"出してよければ kawaraban resume --channel {channel}",
            en=f"if they may go out: kawaraban resume --channel {channel}",
        ),
    )
