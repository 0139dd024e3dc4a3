"""A house that kills its own process (SIGKILL: nothing is cleaned up) at a named boundary of a delivery."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flows.compose import House
from kawaraban.channels.protocol import Channel, EditionChannel

HERE = ("before the intent", "after the intent", "after the answer", "before the record", "after the record")
"""Boundaries inside our own process."""
PARTS = (
    "before a post's intent",
    "after a post's intent",
    "after a post's answer",
    "before a post's record",
    "after a post's record",
)
"""Boundaries of one post of a thread."""
THERE = ("after the request left", "after the server took it", "while it is sent")
"""Boundaries that only the server knows: it kills us."""


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class _Countdown:
    """Ends the process when it has come to zero."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def reached(self) -> None:
        self._left -= 1
        if self._left <= 0:
            die()


class _Parts:
    """The posts of threads, with a cut before or after what is written of them."""

    def __init__(self, parts: Any, point: str, countdown: _Countdown) -> None:
        self._parts = parts
        self._point = point
        self._countdown = countdown

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parts, name)

    def put(self, attempt: Any, parts: Any, **more: Any) -> None:
        """Write them; what is in the air is an intent, what stands or is gone a record."""
        what = "intent" if any(part.intent for part in parts) else "record"
        if self._point == f"before a post's {what}":
            self._countdown.reached()
        self._parts.put(attempt, parts, **more)
        if self._point == f"after a post's {what}":
            self._countdown.reached()


class _Ledger:
    """The ledger, with a cut before or after some of its calls."""

    def __init__(self, ledger: Any, point: str, countdown: _Countdown) -> None:
        self._ledger = ledger
        self._point = point
        self._countdown = countdown
        self._cuts = {
            "before the intent": ("claim", True),
            "after the intent": ("claim", False),
            "before the record": ("conclude", True),
            "after the record": ("conclude", False),
        }.get(point)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._ledger, name)
        if name == "parts":
            return _Parts(found, self._point, self._countdown)
        if self._cuts is None or name not in (self._cuts[0], f"{self._cuts[0]}_all"):
            return found
        return _cut(found, before=self._cuts[1])


def _cut(call: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    def cutting(*args: Any, **more: Any) -> Any:
        if before:
            die()
        result = call(*args, **more)
        die()
        return result

    return cutting


def _with(
    made: Channel | EditionChannel, change: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Channel | EditionChannel:
    """The same channel, whose verbs that send are changed; by its class, since a channel may be frozen."""
    verbs = {verb: change(getattr(type(made), verb)) for verb in ("create", "update", "withdraw")}
    object.__setattr__(made, "__class__", type(type(made).__name__, (type(made),), {"__slots__": (), **verbs}))
    return made


@dataclass(frozen=True)
class KillingHouse(House):
    """A house whose process ends at `point`, the first time it is reached (of a thread's posts: the `nth` time)."""

    point: str = ""
    nth: int = 1

    @cached_property
    def countdown(self) -> _Countdown:
        return _Countdown(self.nth)

    @cached_property
    def ledger(self) -> Any:
        """The ledger, with its cuts."""
        return _Ledger(super().ledger, self.point, self.countdown)

    def channel(self, name: str) -> Channel | EditionChannel:
        """Return the channel, cut after its answer where that is the point."""
        made = super().channel(name)
        if self.point == "after the answer":
            return _with(made, lambda verb: _cut(verb, before=False))
        if self.point == "after a post's answer":
            return _with(made, self._counted)
        return made

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*args: Any, **more: Any) -> Any:
            result = call(*args, **more)
            self.countdown.reached()
            return result

        return counting
