"""The language of the locale, and instants as people read them."""

from __future__ import annotations

import os
from datetime import datetime
from zoneinfo import ZoneInfo

from kawaraban.errors import Language


def language() -> Language:
    """Return ja where the locale is Japanese (LC_ALL, LC_MESSAGES, LANG, in that order), else en."""
    chosen = next((value for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(key))), "")
    return "ja" if chosen.lower().startswith("ja") else "en"


def moment(instant: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Return `07:15` for today, `7/1 07:00` within the year, `2024/7/1 07:00` else; "" for None."""
    if instant is None:
        return ""
    here, today = instant.astimezone(zone), now.astimezone(zone)
    if here.date() == today.date():
        return f"{here:%H:%M}"
    day = f"{here.month}/{here.day} {here:%H:%M}"
    return day if here.year == today.year else f"{here.year}/{day}"


def iso(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """Return RFC 3339 in the newsroom's zone, for programs."""
    return instant.astimezone(zone).isoformat() if instant is not None else None
