"""
When a delivery is due: the latest of `embargo`, `published`, `at`, and the other channel's live instant plus `delay`.

Then the window. Times of the newsroom's clock are turned into instants here and nowhere else: a wall time that a change
of summer time skips is the instant after the gap, one that comes twice is the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kawaraban.config import Window
from kawaraban.plan.values import Wanted

_WALL_TIME = re.compile(r"(?:\+(?P<days>\d+)d\s+)?(?P<time>\d{1,2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Due:
    """
    When it is due. `at` is an estimate unless `known`; None where not even that is possible.

    `waits_for` is the channel that must be live first and is not. `planned` is when it was to go out had every channel
    before it kept its time (None: as `at`): lateness counts from there.
    """

    at: datetime | None
    known: bool = True
    waits_for: str | None = None
    planned: datetime | None = None

    def is_past(self, now: datetime) -> bool:
        """Return whether it may go out at `now`, as far as time says."""
        return self.at is not None and self.at <= now


def own_time(wanted: Wanted, published: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return what the article and its settings say without looking at other channels; None without `published`."""
    if published is None:
        return None
    at = wanted.release.values.at
    instant = wall_time(at, published, zone) if isinstance(at, str) else at
    return max(one for one in (published, wanted.intent.embargo, instant) if one is not None)


def in_window(instant: datetime, wanted: Wanted, zone: ZoneInfo) -> datetime:
    """Return the instant, or the next opening of the channel's window."""
    written = wanted.release.values.window
    return instant if written is None else next_open(instant, Window.parse(written), zone)


def wall_time(written: str, published: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of `07:15` or `+3d 08:00`, counted from the day of `published` in the newsroom."""
    found = _WALL_TIME.fullmatch(written.strip())
    if found is None:
        msg = f"{written!r} was to be checked when the settings were read"
        raise ValueError(msg)
    day = published.astimezone(zone).date() + timedelta(days=int(found["days"] or 0))
    return _instant(datetime.combine(day, time.fromisoformat(found["time"].zfill(5))), zone)


def next_open(instant: datetime, window: Window, zone: ZoneInfo) -> datetime:
    """Return `instant` if the window is open then, else the next opening."""
    today = instant.astimezone(zone).date()
    night = timedelta(days=window.closes <= window.opens)
    for offset in range(-1, 9):
        day = today + timedelta(days=offset)
        if day.isoweekday() not in window.days:
            continue
        opens = _instant(datetime.combine(day, window.opens), zone)
        if instant < _instant(datetime.combine(day + night, window.closes), zone):
            return max(instant, opens)
    msg = "a window opens at least once a week"
    raise AssertionError(msg)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """
    Return the instant at which the newsroom's clock first shows `wall`, or jumps over it.

    With fold=0 a skipped time is read with the offset before the gap (PEP 495), which is after the gap.
    """
    return wall.replace(tzinfo=zone).astimezone(UTC)
