"""
Which of the causes are told now, and where: once each, again as a release comes near, briefly when it is over.

Quiet hours hold back whatever can wait. What came and went in them is never told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flows.stages.situation import Cause
from kawaraban.config import AlertKind, AlertSettings, Window
from kawaraban.ledger.records import Told

NEAR = timedelta(hours=1)
"""A release this near (before or behind) is told at night, too, if it fails."""

_OF_A_RELEASE: tuple[AlertKind, ...] = ("failed", "unsure", "overdue", "blocked", "credentials", "stopped", "restored")
_DONE_BY_A_PERSON = ("by-hand", "drifted")


@dataclass(frozen=True, slots=True)
class Telling:
    """What one place is told now: what is new, what is told once more, what is mended; `over` is all that has ended."""

    place: AlertSettings
    new: tuple[Cause, ...]
    again: tuple[Cause, ...]
    mended: tuple[Told, ...]
    over: tuple[str, ...]

    @property
    def silent(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.new or self.again or self.mended)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """All that needs a person."""
        return (*self.new, *self.again)


def telling(
    place: AlertSettings,
    causes: Sequence[Cause],
    told: Sequence[Told],
    *,
    now: datetime,
    zone: ZoneInfo,
    undecided: Callable[[str], bool] = lambda _key: False,
) -> Telling:
    """Return what this place is told now, after what it was `told` (and which has not ended)."""
    before = {one.cause: one for one in told if one.place == place.place}
    quiet = is_quiet(place.hours, now, zone)
    wanted = [one for one in causes if place.wants(one.kind) and (not quiet or is_pressing(one, now))]
    present = {one.key for one in causes}
    gone = [one for key, one in before.items() if key not in present and not undecided(key)]
    goes_on = {_pair(one.key) for one in causes}
    mended = [one for one in gone if _kind(one.cause) not in _DONE_BY_A_PERSON and _pair(one.cause) not in goes_on]
    return Telling(
        place=place,
        new=tuple(one for one in wanted if one.key not in before),
        again=tuple(one for one in wanted if one.key in before and _is_told_again(one, before[one.key], now)),
        mended=() if quiet else tuple(mended),
        over=tuple(one.cause for one in gone if not quiet or one not in mended),
    )


def is_quiet(hours: Window | None, now: datetime, zone: ZoneInfo) -> bool:
    """Return whether an instant lies in the quiet hours. A night belongs to the day on which it begins."""
    if hours is None:
        return False
    here = now.astimezone(zone)
    day, at = here.isoweekday(), here.time()
    if hours.opens < hours.closes:
        return day in hours.days and hours.opens <= at < hours.closes
    return (day in hours.days and at >= hours.opens) or (_before(day) in hours.days and at < hours.closes)


def is_pressing(cause: Cause, now: datetime) -> bool:
    """Return whether somebody is to be woken: a release of this very hour does not go out."""
    return cause.kind in _OF_A_RELEASE and cause.due is not None and abs(cause.due - now) <= NEAR


def _before(day: int) -> int:
    return (day - 2) % 7 + 1


def _is_told_again(cause: Cause, told: Told, now: datetime) -> bool:
    return any(told.last < instant <= now for instant in cause.again)


def _kind(key: str) -> str:
    return key.partition(":")[0]


def _pair(key: str) -> tuple[str, ...]:
    """Kind, article and channel: a failure that became another failure is not mended."""
    return tuple(key.split(":")[:3])
