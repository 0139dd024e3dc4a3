"""The face of the ledger that changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePath

from sqlalchemy import Connection, Engine

from kawaraban.delivery import Attempt, Delivery
from kawaraban.ledger import connecting, history, queries, trouble
from kawaraban.ledger.home import Home
from kawaraban.ledger.records import (
    Event,
    Former,
    Hold,
    Identity,
    Known,
    Lock,
    Stood,
)
from kawaraban.variant import PublicFacts, Variant


class Reading:
    """What can be asked of a ledger. Each call sees one consistent moment."""

    def __init__(
        self,
        engine: Engine,
        place: PurePath,
        dead: Callable[[str], bool],
        root: Path | None = None,
        mark: Path | None = None,
    ) -> None:
        self._engine = engine
        self._place = place
        self._dead = dead
        self.home = Home(self._read, self._write, place, root, mark)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with trouble.told(self._place), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with trouble.told(self._place), self._engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            with connection.begin():
                yield connection

    def identity(self) -> Identity:
        """Return which ledger this is."""
        with self._read() as connection:
            return queries.identity(connection)

    def deliveries(self, articles: Collection[str] | None = None) -> list[Delivery]:
        """Return the deliveries of these articles (None: of all), by article and channel."""
        with self._read() as connection:
            return queries.deliveries(connection, articles)

    def delivery(self, article: str, channel: str) -> Delivery | None:
        """Return one delivery, or None where nothing was ever expected."""
        with self._read() as connection:
            return queries.delivery(connection, article, channel)

    def next_instant(self, after: datetime) -> datetime | None:
        """Return the first instant after `after` at which a row is due, may be tried again, or its lease ends; None: none."""
        with self._read() as connection:
            return queries.next_instant(connection, after)

    def attempts(self, article: str, channel: str) -> list[Attempt]:
        """Return its tries, oldest first."""
        with self._read() as connection:
            return queries.attempts(connection, article, channel)

    def events(
        self, article: str | None = None, channel: str | None = None, *, after: int = 0, limit: int = 1000
    ) -> list[Event]:
        """Return the newest `limit` events with a sequence above `after`, oldest first."""
        with self._read() as connection:
            return queries.events(connection, article, channel, after=after, limit=limit)

    def known(self, article: str) -> Known | None:
        """Return what is remembered of one article."""
        with self._read() as connection:
            return queries.known(connection, [article]).get(article)

    def all_known(self, articles: Collection[str] | None = None) -> Mapping[str, Known]:
        """Return what is remembered of every article (or of these), by id."""
        with self._read() as connection:
            return queries.known(connection, articles)

    def facts(self, article: str) -> PublicFacts:
        """Return the frozen `published` and where the article is live, with address and since when."""
        with self._read() as connection:
            return queries.facts(connection, [article]).get(article, PublicFacts())

    def all_facts(self, articles: Collection[str] | None = None) -> Mapping[str, PublicFacts]:
        """Return the facts of every article (or of these) that has any, by id."""
        with self._read() as connection:
            return queries.facts(connection, articles)

    def variant(self, digest: str, channel: str | None = None) -> Variant | None:
        """Return a kept variant; `channel` chooses among equal ones (digests don't cover the channel's name)."""
        with self._read() as connection:
            return queries.variant(connection, digest, channel)

    def kept(self) -> frozenset[tuple[str, str]]:
        """Return (digest, channel) of every kept variant, in one query: for asking about many."""
        with self._read() as connection:
            return queries.kept(connection)

    def standing(self, slugs: Collection[str]) -> Mapping[str, str]:
        """Return slug → the article that is public under it now, of these slugs."""
        with self._read() as connection:
            return queries.standing(connection, slugs)

    def live_variants(self, channel: str) -> Iterator[tuple[Delivery, Variant]]:
        """Yield what subscribers see on that channel, by article: for the edition."""
        with self._read() as connection:
            yield from queries.live_variants(connection, channel)

    def live_at(self, article: str, channel: str, at: datetime) -> Variant | None:
        """Return what subscribers saw there at that instant, or None."""
        with self._read() as connection:
            digest = queries.digest_at(connection, article, channel, at)
            return queries.variant(connection, digest, channel) if digest else None

    def stood(self, article: str) -> list[Stood]:
        """Return every text of it that was live, with its times, in the order in which they went out."""
        with self._read() as connection:
            return history.stood(connection, article)

    def latest(self) -> datetime | None:
        """Return the latest instant that anything happened at, None for nothing: a clock behind it is wrong."""
        with self._read() as connection:
            return history.latest(connection)

    def differing(self, channels: Collection[str]) -> list[Delivery]:
        """Return the deliveries of these channels whose post was read back as different from what was sent."""
        with self._read() as connection:
            return history.differing(connection, channels)

    def former(self, channel: str) -> list[Former]:
        """Return what was live on that channel and was taken down, by article: for the edition's tombstones."""
        with self._read() as connection:
            return history.former(connection, channel)

    def connected(self, channels: Collection[str]) -> Mapping[str, datetime]:
        """Return since when these channels are connected; those that never were are left out."""
        with self._read() as connection:
            return connecting.connected(connection, channels)

    def holds(self) -> list[Hold]:
        """Return the holds in force; everything is held in a ledger that was put back, copied or moved (see `home`)."""
        with self._read() as connection:
            stored = queries.holds(connection)
        strange = self.home.hold()
        return stored if strange is None else [strange, *(one for one in stored if one.scope != strange.scope)]

    def locks(self) -> list[Lock]:
        """Return what only one process does at a time, and who does it."""
        with self._read() as connection:
            return queries.locks(connection)
