"""The language of the locale, and instants as people read them."""

from __future__ import annotations

import os
from datetime import datetime
from unicodedata import category
from zoneinfo import ZoneInfo

from kawaraban.errors import Language


def language() -> Language:
    """Return ja where the locale is Japanese (LC_ALL, LC_MESSAGES, LANG, in that order), else en."""
    chosen = next((value for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(key))), "")
    return "ja" if chosen.lower().startswith("ja") else "en"


_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """Return text that moves no cursor and turns no direction: nothing of it is an order to the terminal."""
    return "".join(char for char in text if char == "\n" or (char not in _TURNS and category(char) not in ("Cc", "Cs")))


def moment(instant: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Return `07:15` for today, `7/1 07:00` within the year, `2024/7/1 07:00` else; "" for None."""
    if instant is None:
        return ""
    here, today = instant.astimezone(zone), now.astimezone(zone)
    if here.date() == today.date():
        return f"{here:%H:%M}"
    day = f"{here.month}/{here.day} {here:%H:%M}"
    return day if here.year == today.year else f"{here.year}/{day}"


def second(instant: datetime, zone: ZoneInfo) -> str:
    """Return `2024-07-01 07:00:05` in the newsroom's zone, for histories."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def iso(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """Return RFC 3339 in the newsroom's zone, for programs."""
    return instant.astimezone(zone).isoformat() if instant is not None else None
