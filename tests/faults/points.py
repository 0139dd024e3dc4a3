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
THERE = ("after the request left", "after the server took it", "while it is sent")
"""Boundaries that only the server knows: it kills us."""


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class _Ledger:
    """The ledger, with a cut before or after some of its calls."""

    def __init__(self, ledger: Any, point: str) -> None:
        self._ledger = ledger
        self._cuts = {
            "before the intent": ("claim", True),
            "after the intent": ("claim", False),
            "before the record": ("conclude", True),
            "after the record": ("conclude", False),
        }.get(point)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._ledger, name)
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


@dataclass(frozen=True)
class KillingHouse(House):
    """A house whose process ends at `point`, the first time it is reached."""

    point: str = ""

    @cached_property
    def ledger(self) -> Any:
        """The ledger, with its cuts."""
        return _Ledger(super().ledger, self.point)

    def channel(self, name: str) -> Channel | EditionChannel:
        """Return the channel, cut after its answer where that is the point."""
        made = super().channel(name)
        if self.point == "after the answer":
            for verb in ("create", "update"):
                setattr(made, verb, _cut(getattr(made, verb), before=False))
        return made
