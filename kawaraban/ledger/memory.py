"""What the ledger remembers of texts and articles: the variant store, titles and paths, frozen dates, public slugs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kawaraban.delivery import Delivery
from kawaraban.ledger import queries
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import Seen
from kawaraban.variant import Variant

Pair = tuple[str, str]


def keep(connection: Connection, variants: Sequence[Variant]) -> None:
    """Store variants that are not there yet."""
    there = _kept(connection, [variant.digest for variant in variants])
    rows = {
        (variant.digest, variant.channel): {
            "digest": variant.digest,
            "channel": variant.channel,
            "article": variant.article,
            "slug": variant.head.slug,
            "published": variant.head.published,
            "packed": queries.pack(variant),
        }
        for variant in variants
        if (variant.digest, variant.channel) not in there
    }
    if rows:
        connection.execute(insert(t.variants), list(rows.values()))


def must_be_kept(connection: Connection, digests: Iterable[Pair]) -> None:
    """Raise LookupError unless each (digest, channel) is in the store: nothing is sent that can't be shown later."""
    asked = set(digests)
    if missing := asked - _kept(connection, [digest for digest, _ in asked]):
        msg = f"not kept before sending: {sorted(missing)}"
        raise LookupError(msg)


def _kept(connection: Connection, digests: Collection[str]) -> set[Pair]:
    c = t.variants.c
    return {
        (row.digest, row.channel)
        for chunk in queries.chunks(digests)
        for row in connection.execute(select(c.digest, c.channel).where(c.digest.in_(chunk)))
    }


def saw(connection: Connection, seen: Iterable[Seen]) -> None:
    """Remember the articles as they are in the library."""
    rows = {each.article: asdict(each) for each in seen}
    c = t.articles.c
    there: dict[str, dict[str, object]] = {
        row["article"]: {key: row[key] for key in ("article", "title", "path", "slug", "digest")}
        for chunk in queries.chunks(rows)
        for row in connection.execute(select(t.articles).where(c.article.in_(chunk))).mappings()
    }
    if new := [row for key, row in rows.items() if key not in there]:
        connection.execute(insert(t.articles), new)
    if moved := [row | {"was": key} for key, row in rows.items() if key in there and there[key] != row]:
        statement = update(t.articles).where(c.article == bindparam("was"))
        connection.execute(
            statement.values({name: bindparam(name) for name in ("title", "path", "slug", "digest")}), moved
        )


def freeze(connection: Connection, shown: Iterable[Delivery]) -> None:
    """Freeze `published` at the first live, and remember the slugs under which articles became public."""
    first: dict[str, Delivery] = {}
    for each in shown:
        if each.live_digest is not None:
            first.setdefault(each.article, each)
    if not first:
        return
    known = queries.known(connection, first)
    heads = _heads(connection, [each.live_digest for each in first.values() if each.live_digest])
    _insert_missing(connection, [key for key in first if key not in known])
    _freeze_dates(
        connection,
        {
            key: heads[each.live_digest or ""][1] or each.first_live
            for key, each in first.items()
            if key not in known or known[key].published is None
        },
    )
    _call(
        connection,
        [
            (key, heads[each.live_digest or ""][0], each.last_live)
            for key, each in first.items()
            if key not in known or known[key].live_slug != heads[each.live_digest or ""][0]
        ],
    )


def _heads(connection: Connection, digests: Collection[str]) -> dict[str, tuple[str, datetime | None]]:
    """Return the slug and the nominal instant of kept variants, by digest."""
    c = t.variants.c
    return {
        row.digest: (row.slug, row.published)
        for chunk in queries.chunks(digests)
        for row in connection.execute(select(c.digest, c.slug, c.published).where(c.digest.in_(chunk)))
    }


def _insert_missing(connection: Connection, articles: Sequence[str]) -> None:
    if articles:
        connection.execute(insert(t.articles), [{"article": article} for article in articles])


def _freeze_dates(connection: Connection, published: dict[str, datetime | None]) -> None:
    c = t.articles.c
    statement = update(t.articles).where(c.article == bindparam("was"), c.published.is_(None))
    if published:
        rows = [{"was": article, "published": instant} for article, instant in published.items()]
        connection.execute(statement.values(published=bindparam("published")), rows)


def _call(connection: Connection, names: Sequence[tuple[str, str, datetime | None]]) -> None:
    """Make these slugs the articles' newest; one that comes back moves to the end."""
    c = t.slugs.c
    rows = [{"article": article, "slug": slug, "since": since} for article, slug, since in names]
    if rows:
        again = delete(t.slugs).where(c.article == bindparam("was"), c.slug == bindparam("name"))
        connection.execute(again, [{"was": row["article"], "name": row["slug"]} for row in rows])
        connection.execute(insert(t.slugs), rows)
