"""Queries on an open connection: rows in, frozen values out."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, func, select

from kawaraban.delivery import ActionKind, Attempt, Delivery, State
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import Event, EventKind, Hold, Identity, Known, Lock, Scope
from kawaraban.variant import LiveElsewhere, PublicFacts, Variant

CHUNK = 500
"""Values in one `IN (…)`: well below every database's limit of parameters."""


def chunks(values: Collection[str]) -> Iterator[Sequence[str]]:
    """Yield the values, each once, in pieces that fit a query."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def identity(connection: Connection) -> Identity:
    """Return which ledger this is."""
    return Identity(**connection.execute(select(t.identity)).mappings().one())


def deliveries(connection: Connection, articles: Collection[str] | None) -> list[Delivery]:
    """Return the deliveries of these articles (None: all), by article and channel."""
    asked = select(t.deliveries).order_by(t.deliveries.c.article, t.deliveries.c.channel)
    if articles is None:
        return read(connection, asked)
    return [
        delivery
        for chunk in chunks(articles)
        for delivery in read(connection, asked.where(t.deliveries.c.article.in_(chunk)))
    ]


def delivery(connection: Connection, article: str, channel: str) -> Delivery | None:
    """Return one delivery."""
    c = t.deliveries.c
    found = read(connection, select(t.deliveries).where(c.article == article, c.channel == channel))
    return found[0] if found else None


def read(connection: Connection, asked: Select[tuple[object, ...]]) -> list[Delivery]:
    """Return the rows of a query on the table of deliveries."""
    return [_delivery(row) for row in connection.execute(asked).mappings()]


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**{**row, "state": State(row["state"])})


def next_instant(connection: Connection, after: datetime) -> datetime | None:
    """Return the first instant after `after` at which something is due, may be tried again, or is free to be taken over."""
    c = t.deliveries.c
    waiting = (c.state == State.WAITING) & ~c.off
    asked = [
        select(func.min(c.due)).where(waiting, c.due > after),
        select(func.min(c.next_try)).where(c.next_try > after),
        select(func.min(c.lease_until)).where(c.state == State.SENDING, c.lease_until > after),
    ]
    found = [connection.execute(one).scalar() for one in asked]
    return min((one for one in found if one is not None), default=None)


def attempts(connection: Connection, article: str, channel: str) -> list[Attempt]:
    """Return a delivery's tries, oldest first."""
    c = t.attempts.c
    asked = select(t.attempts).where(c.article == article, c.channel == channel).order_by(c.number)
    return [_attempt(row) for row in connection.execute(asked).mappings()]


def open_series(connection: Connection, tried: Collection[Delivery]) -> Mapping[tuple[str, str], list[Attempt]]:
    """Return, for each delivery that failed since its last success, the tries since then, oldest first."""
    since = {
        (each.article, each.channel): each.attempts - each.failures - (each.state is State.SENDING) for each in tried
    }
    found: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    c = t.attempts.c
    for chunk in chunks([each.article for each in tried if each.failures or each.state is State.SENDING]):
        asked = select(t.attempts).where(c.article.in_(chunk)).order_by(c.article, c.channel, c.number)
        for attempt in (_attempt(row) for row in connection.execute(asked).mappings()):
            pair = (attempt.article, attempt.channel)
            if pair in since and attempt.number > since[pair]:
                found[pair].append(attempt)
    return found


def _attempt(row: RowMapping) -> Attempt:
    return Attempt(**{**row, "action": ActionKind(row["action"])})


def events(connection: Connection, article: str | None, channel: str | None, after: int, limit: int) -> list[Event]:
    """Return the newest events with a sequence above `after`, oldest first."""
    c = t.events.c
    asked = select(t.events).where(c.sequence > after).order_by(c.sequence.desc()).limit(limit)
    if article is not None:
        asked = asked.where(c.article == article)
    if channel is not None:
        asked = asked.where(c.channel == channel)
    return [_event(row) for row in connection.execute(asked).mappings()][::-1]


def _event(row: RowMapping) -> Event:
    states = {key: State(row[key]) if row[key] else None for key in ("before", "after")}
    return Event(**{**row, **states, "kind": EventKind(row["kind"])})


def sequence(connection: Connection) -> int:
    """Return the sequence of the last event."""
    return connection.execute(select(func.max(t.events.c.sequence))).scalar() or 0


def known(connection: Connection, articles: Collection[str] | None = None) -> dict[str, Known]:
    """Return what is remembered of these articles, or of all."""
    if articles is not None:
        return {key: value for chunk in chunks(articles) for key, value in _known(connection, chunk).items()}
    return _known(connection, None)


def _known(connection: Connection, articles: Sequence[str] | None) -> dict[str, Known]:
    rows, slugs = select(t.articles), select(t.slugs).order_by(t.slugs.c.since, t.slugs.c.slug)
    if articles is not None:
        rows, slugs = rows.where(t.articles.c.article.in_(articles)), slugs.where(t.slugs.c.article.in_(articles))
    public: dict[str, list[str]] = defaultdict(list)
    for slug in connection.execute(slugs).mappings():
        public[slug["article"]].append(slug["slug"])
    return {
        row["article"]: Known(**row, live_slugs=tuple(public[row["article"]]))
        for row in connection.execute(rows).mappings()
    }


def facts(connection: Connection, articles: Collection[str] | None = None) -> dict[str, PublicFacts]:
    """Return the facts of these articles, or of every one that has any."""
    if articles is not None:
        return {key: value for chunk in chunks(articles) for key, value in _facts(connection, chunk).items()}
    return _facts(connection, None)


def _facts(connection: Connection, articles: Sequence[str] | None) -> dict[str, PublicFacts]:
    d, a = t.deliveries.c, t.articles.c
    live = select(d.article, d.channel, d.url, d.first_live).where(d.live_digest.is_not(None))
    frozen = select(a.article, a.published).where(a.published.is_not(None))
    if articles is not None:
        live, frozen = live.where(d.article.in_(articles)), frozen.where(a.article.in_(articles))
    places: dict[str, dict[str, LiveElsewhere]] = defaultdict(dict)
    for row in connection.execute(live.order_by(d.article, d.channel)):
        places[row.article][row.channel] = LiveElsewhere(row.url, row.first_live)
    published: dict[str, datetime] = {row.article: row.published for row in connection.execute(frozen)}
    return {key: PublicFacts(published.get(key), places.get(key, {})) for key in {*published, *places}}


def variant(connection: Connection, digest: str, channel: str | None) -> Variant | None:
    """Return a kept variant; the named channel's, where several are equal."""
    c = t.variants.c
    asked = select(c.channel, c.packed).where(c.digest == digest).order_by(c.channel)
    packed: dict[str, bytes] = {row.channel: row.packed for row in connection.execute(asked)}
    if not packed:
        return None
    return unpack(packed.get(channel or "") or next(iter(packed.values())))


def kept(connection: Connection) -> frozenset[tuple[str, str]]:
    """Return (digest, channel) of every kept variant."""
    return frozenset(
        (row.digest, row.channel) for row in connection.execute(select(t.variants.c.digest, t.variants.c.channel))
    )


def standing(connection: Connection, slugs: Collection[str]) -> dict[str, str]:
    """Return slug → the article that is public under it now, of these slugs."""
    d, v = t.deliveries.c, t.variants.c
    # by slug, then by the deliveries' key: without the article SQLite goes through a whole channel for each slug
    there = (d.article == v.article) & (d.channel == v.channel) & (d.live_digest == v.digest)
    asked = select(v.slug, d.article).join(t.deliveries, there)
    return {
        row.slug: row.article
        for chunk in chunks(slugs)
        for row in connection.execute(asked.where(v.slug.in_(chunk)).order_by(d.last_live))
    }


def live_variants(connection: Connection, channel: str) -> Iterator[tuple[Delivery, Variant]]:
    """Yield what subscribers see on a channel, by article."""
    d, v = t.deliveries.c, t.variants.c
    asked = (
        select(t.deliveries, v.packed)
        .join(t.variants, (v.digest == d.live_digest) & (v.channel == d.channel))
        .where(d.channel == channel)
        .order_by(d.article)
    )
    for row in connection.execute(asked).mappings():
        columns = dict(row)
        packed = columns.pop("packed")
        yield Delivery(**{**columns, "state": State(columns["state"])}), unpack(packed)


def digest_at(connection: Connection, article: str, channel: str, at: datetime) -> str | None:
    """Return the digest of what stood there at that instant."""
    c = t.events.c
    asked = (
        select(c.digest)
        .where(c.article == article, c.channel == channel, c.at <= at, c.after.is_not(None))
        .order_by(c.sequence.desc())
        .limit(1)
    )
    return connection.execute(asked).scalar()


def holds(connection: Connection) -> list[Hold]:
    """Return the holds in force, oldest first."""
    rows = connection.execute(select(t.holds).order_by(t.holds.c.since)).mappings()
    return [
        Hold(Scope(row["article"] or None, row["channel"] or None), row["since"], row["who"], row["why"])
        for row in rows
    ]


def locks(connection: Connection) -> list[Lock]:
    """Return the locks, by name."""
    return [Lock(**row) for row in connection.execute(select(t.locks).order_by(t.locks.c.name)).mappings()]


def pack(value: Variant) -> bytes:
    """Return a variant as the ledger keeps it: JSON, zlib."""
    return zlib.compress(value.model_dump_json().encode(), 6)


def unpack(packed: bytes) -> Variant:
    """Return the variant of `pack`."""
    return Variant.model_validate_json(zlib.decompress(packed))
