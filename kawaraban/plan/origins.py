"""Where each value that decides the time of a release came from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kawaraban.plan.reasons import clock
from kawaraban.plan.values import Origin, Wanted

_SETTINGS = ("at", "after", "delay", "window", "hold", "late")
_UNITS = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def origins(wanted: Wanted, zone: ZoneInfo) -> tuple[Origin, ...]:
    """Return the values that decide when it goes out, as people write them, each with its source."""
    return (*_from_article(wanted, zone), *_from_settings(wanted, zone))


def _from_article(wanted: Wanted, zone: ZoneInfo) -> Iterator[Origin]:
    intent = wanted.intent
    for key, instant in (("published", intent.published), ("embargo", intent.embargo), ("expires", intent.expires)):
        if instant is not None:
            yield Origin(key, clock(instant, zone), "article")
    if intent.after_article is not None:
        yield Origin("after_article", intent.after_article, "article")


def _from_settings(wanted: Wanted, zone: ZoneInfo) -> Iterator[Origin]:
    values, origin = wanted.release.values, wanted.release.origin
    for key in _SETTINGS:
        value = getattr(values, key)
        if value is not None:
            yield Origin(key, _written(value, zone), origin.get(key, "channel"))
    if values.after is None and wanted.site not in (None, wanted.channel):
        yield Origin("after", wanted.site or "", "link")
    if values.late is None and wanted.capabilities.late is not None:
        yield Origin("late", duration(wanted.capabilities.late), "kind")


def _written(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return clock(value, zone)
    return duration(value) if isinstance(value, timedelta) else str(value)


def duration(value: timedelta) -> str:
    """Return `1h 30m`, as the settings have it."""
    left, said = int(value.total_seconds()), []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        said += [f"{count}{unit}"] if count else []
    return " ".join(said) or "0m"
