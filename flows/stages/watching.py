"""Watching: what should have gone out and has not, and what is scheduled and stands nowhere. For `/health` and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.compose import House
from flows.stages.looking import status
from flows.stages.values import StatusRow
from kawaraban.delivery import Word

GRACE = timedelta(minutes=1)
_LATE = frozenset({Word.DUE, Word.OVERDUE, Word.RETRYING})
_COMING = frozenset({Word.SCHEDULED, Word.DUE})


@dataclass(frozen=True, slots=True)
class Gauges:
    """
    What a monitor asks for, and what an alert tells.

    `overdue`: releases whose time passed more than a minute ago and that nothing stops; `without_row`: deliveries of
    scheduled articles that the ledger does not know of (no publisher has read the file yet); `coming_blocked`: what has
    its time (`expected`) and can't go out as it is.
    """

    overdue: tuple[StatusRow, ...]
    without_row: tuple[StatusRow, ...]
    coming_blocked: tuple[StatusRow, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing is late and nothing is forgotten."""
        return not self.overdue and not self.without_row


def gauges(house: House, *, now: datetime) -> Gauges:
    """Return the gauges as they stand at `now`."""
    return read(status(house, (), now=now), now=now)


def read(rows: Sequence[StatusRow], *, now: datetime) -> Gauges:
    """Return the gauges from the rows of `status`. Pure."""
    late = (row for row in rows if row.word in _LATE and row.due is not None and row.due < now - GRACE)
    unknown = (row for row in rows if row.state is None and row.word in _COMING)
    stopped = (
        row
        for row in rows
        if row.word is Word.BLOCKED and not row.live_digest and (row.expected or row.state is not None)
    )
    return Gauges(tuple(late), tuple(unknown), tuple(stopped))
