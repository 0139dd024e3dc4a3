"""
When to try again, in the forms servers say it.

`Retry-After` in seconds or as an HTTP date (RFC 9110), JSON `retry_after` (Discord) or `parameters.retry_after`
(Telegram), `X-Rate-Limit-Reset` and `RateLimit-Reset` as epoch seconds or seconds to wait, `X-RateLimit-Reset` as an
ISO 8601 instant (Mastodon).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=7)
_EPOCH_FROM = 1_000_000_000
_RESETS = ("x-rate-limit-reset", "ratelimit-reset", "x-ratelimit-reset")


def retry_after(headers: Mapping[str, str], body: bytes, now: datetime) -> timedelta | None:
    """Return how long the server asks us to wait (0 to 7 days), or None; `headers` are looked up in lower case."""
    for waiting in _hints({name.lower(): value for name, value in headers.items()}, body, now):
        if waiting is not None:
            return min(max(waiting, timedelta()), LONGEST)
    return None


def _hints(headers: Mapping[str, str], body: bytes, now: datetime) -> Iterator[timedelta | None]:
    if written := headers.get("retry-after"):
        yield _seconds(written)
        yield _until_http_date(written, now)
    yield _in_json(body)
    for name in _RESETS:
        if written := headers.get(name):
            yield _until_reset(written, now)


def _seconds(written: object) -> timedelta | None:
    try:
        seconds = float(str(written))
    except ValueError:
        return None
    if not math.isfinite(seconds):
        return None
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST.total_seconds()))


def _until_http_date(written: str, now: datetime) -> timedelta | None:
    try:
        instant = parsedate_to_datetime(written)
    except (ValueError, IndexError):
        return None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)) - now


def _in_json(body: bytes) -> timedelta | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    parameters = answer.get("parameters")
    inner = parameters.get("retry_after") if isinstance(parameters, dict) else None
    waiting = answer.get("retry_after", inner)
    return _seconds(waiting) if isinstance(waiting, int | float) else None


def _until_reset(written: str, now: datetime) -> timedelta | None:
    try:
        number = float(written)
    except ValueError:
        return _until_iso(written, now)
    if not math.isfinite(number):
        return None
    return _seconds(number - now.timestamp() if number > _EPOCH_FROM else number)


def _until_iso(written: str, now: datetime) -> timedelta | None:
    try:
        instant = datetime.fromisoformat(written.strip())
    except ValueError:
        return None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)) - now
