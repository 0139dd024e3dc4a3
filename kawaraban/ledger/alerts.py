"""What the ledger remembers of alerts: what was told to whom, so that nothing is told twice; and reported trouble."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from kawaraban.errors import Sentence
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import Report, Told

Opens = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts of an open ledger; every call is one transaction."""

    _read: Opens
    _write: Opens

    def told(self) -> list[Told]:
        """Return what was told and has not ended, by cause and place."""
        c = t.alerts.c
        asked = select(t.alerts).where(c.ended.is_(None)).order_by(c.cause, c.place)
        with self._read() as connection:
            return [Told(**row) for row in connection.execute(asked).mappings()]

    def tell(self, place: str, said: Iterable[tuple[str, Sentence]], *, now: datetime) -> None:
        """Remember that causes (key, headline) were told at a place: for the first time, or once more."""
        c = t.alerts.c
        with self._write() as connection:
            for cause, headline in said:
                same = (c.cause == cause, c.place == place)
                first = connection.execute(select(c.first).where(*same, c.ended.is_(None))).scalar()
                connection.execute(delete(t.alerts).where(*same))
                values = {"cause": cause, "place": place, "said": headline, "first": first or now, "last": now}
                connection.execute(insert(t.alerts).values(**values))

    def end(self, place: str, causes: Collection[str], *, now: datetime) -> None:
        """Remember that these causes are gone, and that the place knows as much as it should."""
        c = t.alerts.c
        with self._write() as connection:
            gone = update(t.alerts).where(c.place == place, c.cause.in_(sorted(causes)), c.ended.is_(None))
            connection.execute(gone.values(ended=now))

    def reports(self) -> list[Report]:
        """Return the trouble that was reported and is not mended, oldest first."""
        asked = select(t.reports).order_by(t.reports.c.since, t.reports.c.name)
        with self._read() as connection:
            return [Report(**row) for row in connection.execute(asked).mappings()]

    def report(self, trouble: Report) -> None:
        """Remember trouble until it is mended; the same name again keeps its beginning and takes the new words."""
        c = t.reports.c
        with self._write() as connection:
            since = connection.execute(select(c.since).where(c.name == trouble.name)).scalar()
            connection.execute(delete(t.reports).where(c.name == trouble.name))
            values = {name: getattr(trouble, name) for name in ("name", "kind", "what", "remedy")}
            connection.execute(insert(t.reports).values(**values, since=since or trouble.since))

    def mended(self, name: str) -> bool:
        """Forget a report; False where there was none."""
        with self._write() as connection:
            return bool(connection.execute(delete(t.reports).where(t.reports.c.name == name)).rowcount)
