"""
The watchman: looks every half minute whether a person is needed, and tells, in a thread of its own.

No release waits for him: he keeps still around due instants. While the settings can't be read he tells by the last ones
that could.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.compose import House, open_house
from flows.stages import alerting
from flows.stages.releasing import WHO
from kawaraban.errors import KawarabanError

ROUND_SECONDS = 30.0
STILL_AT_MOST = 20
_LOG = logging.getLogger(__name__)


@dataclass
class Watchman:
    """`busy` tells whether a release is near; `poke` lets him look at once."""

    root: Path
    clock: Callable[[], datetime]
    busy: Callable[[], bool] = lambda: False
    poke: threading.Event = field(default_factory=threading.Event)
    _last: House | None = None

    def start(self) -> None:
        """Begin the rounds."""
        threading.Thread(target=self._living, name="watchman", daemon=True).start()

    def _living(self) -> None:
        while True:
            self.poke.wait(ROUND_SECONDS)
            self.poke.clear()
            for _ in range(STILL_AT_MOST):
                if not self.busy():
                    break
                threading.Event().wait(1.0)
            try:
                self.round()
            except Exception:  # noqa: BLE001 - he goes on with his rounds, whatever happened on one
                _LOG.exception("a round of the watchman")

    def round(self) -> int:
        """Look once, and tell; return how many messages were sent."""
        try:
            house = open_house(self.root, clock=self.clock, who=WHO)
        except KawarabanError as error:
            return self._told_by_the_last(error)
        with house:
            if house.publication.alerts and _is_reported(house):  # by us, or by whoever ran here before
                alerting.mended(house, "settings")
            self._last = house
            return alerting.tell(house, now=self.clock())

    def _told_by_the_last(self, error: KawarabanError) -> int:
        if self._last is None:
            return 0
        with self._last as house:  # closed before, and opened anew by its first question
            alerting.report(house, "settings", "stopped", error.placed, remedy=error.remedy, now=self.clock())
            return alerting.tell(house, now=self.clock())


def _is_reported(house: House) -> bool:
    return any(one.name == "settings" for one in house.ledger.alerts.reports())
