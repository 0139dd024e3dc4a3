"""
When note may be asked: 1.5 seconds after the last question, and after a 429 not before the time it names.

note states no limit; these are the numbers with which others live in peace. They are kept in a file of the cache, so
that commands one after another keep them too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

APART = timedelta(seconds=1.5)
STOP = timedelta(minutes=1)
"""How long a 429 without a time stops us; no 429 stops us for longer than an hour."""

_LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """`file` holds the last question and the end of a stop; without it nothing has been asked."""

    file: Path
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]

    def stopped(self) -> timedelta | None:
        """Return how long note wants to be left alone, or None."""
        until, now = self._kept("until"), self.clock()
        return min(until - now, _LONGEST) if until is not None and until > now else None

    def take_turn(self) -> None:
        """Wait until a question is allowed, and count it."""
        last, now = self._kept("asked"), self.clock()
        # a last question that lies in the future was asked by another clock
        if last is not None and (left := min(last + APART - now, APART)) > timedelta():
            self.sleep(left.total_seconds())
        self._keep(asked=self.clock())

    def stop(self, after: timedelta | None) -> None:
        """Ask nothing for so long."""
        now = self.clock()
        self._keep(asked=now, until=now + min(after or STOP, _LONGEST))

    def _kept(self, name: str) -> datetime | None:
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            return datetime.fromisoformat(kept[name])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _keep(self, **instants: datetime) -> None:
        with suppress(OSError):  # a cache that can't be written is no reason to read nothing
            self.file.parent.mkdir(parents=True, exist_ok=True)
            fresh = self.file.with_suffix(".new")
            fresh.write_text(json.dumps({name: at.isoformat() for name, at in instants.items()}), encoding="utf-8")
            fresh.replace(self.file)
