"""
Releasing: what is due goes out. The one publish function with other inputs: nothing named, on behalf of the schedule.

A release is a row that is due, never a job: a rescheduled one can't go out at its old time, and an outage only delays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import PurePath

from flows.compose import House
from flows.stages.planning import Planned
from flows.stages.publishing import Publishing, one_at_a_time
from flows.stages.values import Progress, Published, PublishRequest
from kawaraban.plan.case import instant

WHO = "schedule"
"""Who released it, for the record."""


def release(house: House, progress: Progress, *, now: datetime) -> Published:
    """Release everything that is due at `now`, without Prefect. One at a time: Conflict names who holds the lock."""
    acting = house.acting(WHO)
    with one_at_a_time(acting, progress):
        return releasing(acting, progress, now=now).complete()


def releasing(
    house: House,
    progress: Progress,
    *,
    now: datetime,
    settled: Callable[[PurePath], bool] = lambda _path: True,
    stopped: Callable[[], bool] = lambda: False,
) -> Publishing:
    """Return the pass that releases what is due at `now`, to be gone through part by part."""
    return Publishing(house.acting(WHO), PublishRequest(), progress, now, settled=settled, stopped=stopped)


def next_due(house: House, now: datetime) -> datetime | None:
    """Return when the ledger has something next: a due row, the end of a back-off, a lease that lapses; None: nothing."""
    return house.ledger.next_instant(now)


def next_ending(planned: Planned, now: datetime) -> datetime | None:
    """Return when an article next has to be taken down by its own file (`expires`, `withdrawn`); None: nothing."""
    zone = planned.house.publication.zone
    moments: list[datetime | date] = []
    for article in planned.survey.articles:
        matter = article.matter
        moments += [
            one for one in (matter.expires, matter.withdrawn.at if matter.withdrawn else None) if one is not None
        ]
    return min((at for at in (instant(one, zone) for one in moments) if at > now), default=None)
