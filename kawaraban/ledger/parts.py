"""
The posts of threads: a row each, written before its request leaves and after its answer came.

Only who holds the delivery writes them; each write but the last of a thread leaves the delivery `halfway`, so that whatever
stops it, what is out there is neither forgotten nor posted again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Delete, RowMapping, delete, exists, insert, or_, select, update

from kawaraban.delivery import ActionKind, Attempt, Receipt
from kawaraban.ledger import queries, writing
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import EventKind
from kawaraban.ledger.writing import Note
from kawaraban.thread import PartDelivery

Opens = Callable[[], AbstractContextManager[Connection]]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Parts:
    """The posts of an open ledger's threads; every call is one transaction. A delivery of one post has none."""

    _read: Opens
    _write: Opens
    _reached: Callable[[int], None]

    def of(self, article: str, channel: str) -> tuple[PartDelivery, ...]:
        """Return a delivery's posts in order, without those that were taken down."""
        with self._read() as connection:
            return tuple(one for one in _found(connection, (article, channel)) if one.gone is None)

    def gone(self, article: str, channel: str) -> tuple[PartDelivery, ...]:
        """Return a delivery's posts that were taken down and not replaced."""
        with self._read() as connection:
            return tuple(one for one in _found(connection, (article, channel)) if one.gone is not None)

    def all(self) -> Mapping[Pair, Sequence[PartDelivery]]:
        """Return the posts of every thread, by its delivery's pair, without those that were taken down."""
        c = t.parts.c
        asked = select(t.parts).where(c.gone.is_(None)).order_by(c.article, c.channel, c.number)
        found: dict[Pair, list[PartDelivery]] = defaultdict(list)
        with self._read() as connection:
            for row in connection.execute(asked).mappings():
                found[row["article"], row["channel"]].append(_part(row))
        return found

    def put(
        self,
        attempt: Attempt,
        parts: Sequence[PartDelivery],
        *,
        now: datetime,
        who: str,
        until: datetime | None = None,
    ) -> None:
        """
        Write posts as they are now, and tell of it; `until` renews the lease: each post has the time that one post has.

        Raises Conflict when the attempt no longer holds the delivery.
        """
        with self._write() as connection:
            writing.hold(connection, attempt, **({"lease_until": until} if until else {}), halfway=True)
            for part in parts:
                connection.execute(_delete(part.article, part.channel, part.number))
            connection.execute(insert(t.parts), [_row(part) for part in parts])
            _mark(connection, (attempt.article, attempt.channel))
            _tell(connection, attempt, parts, Note(now, who, attempt.run))
            reached = queries.sequence(connection)
        self._reached(reached)

    def drop(self, attempt: Attempt, *numbers: int) -> None:
        """Forget posts that surely are not there, or are the delivery's only one; Conflict as `put`."""
        with self._write() as connection:
            writing.hold(connection, attempt, halfway=True)
            connection.execute(_delete(attempt.article, attempt.channel, *numbers))
            _mark(connection, (attempt.article, attempt.channel))

    def save(self, attempt: Attempt, number: int, note: str) -> None:
        """Keep a channel's own note about one post between two requests (protocol.Save); Conflict as `put`."""
        c = t.parts.c
        own = (c.article == attempt.article, c.channel == attempt.channel, c.number == number)
        with self._write() as connection:
            writing.hold(connection, attempt, halfway=True)
            connection.execute(update(t.parts).where(*own).values(saved=note))

    def recorded(self, pair: Pair, parts: Sequence[PartDelivery]) -> None:
        """Take what a channel itself says of a delivery's posts, whatever was known of them."""
        with self._write() as connection:
            connection.execute(delete(t.parts).where(t.parts.c.article == pair[0], t.parts.c.channel == pair[1]))
            if parts:
                connection.execute(insert(t.parts), [_row(part) for part in parts])
            _mark(connection, pair, begun=False)


# --- what other transactions mean for them ---


def ended(connection: Connection, pairs: Iterable[Pair], now: datetime) -> None:
    """Mark all posts of deliveries that were taken down as gone; what never had a receipt is forgotten."""
    c = t.parts.c
    for article, channel in pairs:
        own = (c.article == article, c.channel == channel, c.gone.is_(None))
        connection.execute(delete(t.parts).where(*own, c.remote_id.is_(None)))
        connection.execute(update(t.parts).where(*own).values(gone=now, intent="", saved=""))


def not_arrived(connection: Connection, pair: Pair) -> None:
    """Forget what was in doubt, because a person looked: posts that may have been there and are not."""
    c = t.parts.c
    connection.execute(delete(t.parts).where(c.article == pair[0], c.channel == pair[1], c.remote_id.is_(None)))
    _mark(connection, pair, begun=False)


# --- pieces ---


def _mark(connection: Connection, pair: Pair, *, begun: bool = True) -> None:
    """Let the delivery say whether it is half-way: some of its posts are there, and it is not live (or being changed)."""
    d, p = t.deliveries.c, t.parts.c
    there = exists().where(p.article == pair[0], p.channel == pair[1], p.gone.is_(None))
    changing = d.live_digest.is_not(None) if begun else d.live_digest.is_not(None) & d.halfway
    own = (d.article == pair[0], d.channel == pair[1])
    waits = d.live_digest.is_(None) & there
    connection.execute(update(t.deliveries).where(*own).values(halfway=or_(waits, changing)))


def _tell(connection: Connection, attempt: Attempt, parts: Sequence[PartDelivery], note: Note) -> None:
    row = writing.existing(connection, attempt.article, attempt.channel)
    writing.tell(connection, [note.event(EventKind.PART, row, row, why=_why(part)) for part in parts])


def _why(part: PartDelivery) -> str:
    if part.gone is not None:
        return f"{part.number}: withdrawn"
    if part.intent is not None or part.receipt is None:
        return f"{part.number}: {part.intent or ActionKind.CREATE} …"
    return f"{part.number}: {part.receipt.url or part.receipt.remote_id}"


def _found(connection: Connection, pair: Pair) -> list[PartDelivery]:
    c = t.parts.c
    asked = select(t.parts).where(c.article == pair[0], c.channel == pair[1]).order_by(c.number)
    return [_part(row) for row in connection.execute(asked).mappings()]


def _delete(article: str, channel: str, *numbers: int) -> Delete:
    c = t.parts.c
    return delete(t.parts).where(c.article == article, c.channel == channel, c.number.in_(numbers))


def _part(row: RowMapping) -> PartDelivery:
    receipt = None
    if row["remote_id"] is not None:
        receipt = Receipt(row["remote_id"], row["url"], row["at"], row["version"], row["verified"])
    intent = ActionKind(row["intent"]) if row["intent"] else None
    own = {name: row[name] for name in ("article", "channel", "number", "key", "digest", "since", "saved", "gone")}
    return PartDelivery(**own, intent=intent, receipt=receipt)


def _row(part: PartDelivery) -> dict[str, object]:
    own = ("article", "channel", "number", "key", "digest", "since", "saved", "gone")
    row: dict[str, object] = {name: getattr(part, name) for name in own}
    row["intent"] = part.intent.value if part.intent else ""
    receipt = part.receipt
    told = (
        (receipt.remote_id, receipt.url, receipt.at, receipt.version, receipt.verified)
        if receipt
        else (None, None, None, "", True)
    )
    return row | dict(zip(("remote_id", "url", "at", "version", "verified"), told, strict=True))
