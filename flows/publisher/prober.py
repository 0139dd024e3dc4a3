"""
The prober: asks the channels' servers who we are and what they take, when the publisher starts and once a day.

In a thread of its own: no release waits for a server that does not answer, and around due instants it keeps still.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.compose import open_house
from flows.stages.probing import due, probe
from flows.stages.releasing import WHO
from kawaraban.errors import KawarabanError

ROUND_SECONDS = 60.0
_LOG = logging.getLogger(__name__)


@dataclass
class Prober:
    """`busy` tells whether a release is near; `told` is set when something came of it that a person should know."""

    root: Path
    clock: Callable[[], datetime]
    busy: Callable[[], bool] = lambda: False
    told: threading.Event | None = None

    def start(self) -> None:
        """Begin the rounds."""
        threading.Thread(target=self._living, name="prober", daemon=True).start()

    def _living(self) -> None:
        since = self.clock()
        while True:
            try:
                self.round(since)
            except KawarabanError as error:  # settings that can't be read are the loop's to tell
                _LOG.info("probing: %s", error.what.en)
            except Exception:  # noqa: BLE001 - it goes on with its rounds, whatever happened on one
                _LOG.exception("a round of the prober")
            threading.Event().wait(ROUND_SECONDS)

    def round(self, since: datetime) -> int:
        """Probe what is due, one channel after the other, until a release is near; return how many were asked."""
        asked = 0
        with open_house(self.root, clock=self.clock, who=WHO) as house:
            for channel in due(house, since=since, now=self.clock()):
                if self.busy():
                    break
                done = probe(house, channel)
                asked += 1
                if done.stopped and self.told is not None:
                    self.told.set()
        return asked
