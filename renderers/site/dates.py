"""Dates as readers and machines read them, in the newsroom's time zone. A bare date keeps the precision of a day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = "月火水木金土日"


def local(moment: date | datetime, zone: ZoneInfo) -> date:
    """Return the newsroom's day of an instant; a bare date is that day already."""
    return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment


def day(moment: date | datetime | None, zone: ZoneInfo) -> str:
    """Return `2024年6月30日`."""
    if moment is None:
        return ""
    here = local(moment, zone)
    return f"{here.year}年{here.month}月{here.day}日"


def month_day(moment: date | datetime, zone: ZoneInfo) -> str:
    """Return `6月30日`."""
    here = local(moment, zone)
    return f"{here.month}月{here.day}日"


def clock(moment: date | datetime | None, zone: ZoneInfo) -> str:
    """Return `7時00分`, or "" where only a day is known."""
    if not isinstance(moment, datetime):
        return ""
    here = moment.astimezone(zone)
    return f"{here.hour}時{here.minute:02d}分"


def weekday(moment: date | datetime, zone: ZoneInfo) -> str:
    """Return `火曜日`."""
    return f"{_WEEKDAYS[local(moment, zone).weekday()]}曜日"


def machine(moment: date | datetime | None, zone: ZoneInfo) -> str:
    """Return RFC 3339 for `datetime` attributes: an instant with the newsroom's offset, or a bare date."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return moment.astimezone(zone).replace(microsecond=0).isoformat()
    return moment.isoformat()


def order(moment: date | datetime, zone: ZoneInfo) -> tuple[date, str]:
    """Return a key that sorts days and instants together: by the newsroom's day, a bare date first, then by the instant."""
    return local(moment, zone), machine(moment, zone)
