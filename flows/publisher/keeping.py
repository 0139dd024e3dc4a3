"""
Keeping house: the settings as they are, the files as somebody has finished writing them, the ledger as others move it.

With settings that can't be read there is no house, and nothing goes out: nobody knows where to.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath

from flows import learnt
from flows.compose import House, open_house
from flows.publisher.watch import Watch

LOOK_SECONDS = 1.0
LOOK_AT_MOST = 2.0
SETTINGS = ("config", "content/series", "content/people")


@dataclass
class Keeping:
    """The house of one root. `opened` hears of every house that is opened."""

    root: Path
    clock: Callable[[], datetime]
    opened: Callable[[House], None]
    house: House | None = None
    touched: bool = False  # files have changed since the last pass
    furnish: bool = True  # something beside articles changed: the site's lists and theme are to be compared
    pulse: int = -1
    told: learnt.Stamp = ()  # what servers had told when they were last listened to
    _watch: Watch = field(default_factory=lambda: Watch(()))
    _looked: float = 0.0
    _every: float = LOOK_SECONDS

    def until_look(self) -> float:
        """Return the seconds until the next look: every second, every two where there are very many files."""
        return self._looked + self._every - time.monotonic()

    def look(self) -> bool:
        """Return whether files, settings or the ledger have moved. Raises WrongInput for settings that can't be read."""
        began = time.monotonic()
        try:
            if self.house is None:
                self.open()
                return True
            return self._moved(self.house)
        finally:
            self._looked = time.monotonic()
            self._every = min(max(LOOK_SECONDS, 10 * (self._looked - began)), LOOK_AT_MOST)

    def _moved(self, house: House) -> bool:
        changed = self._watch.look()
        self.touched = self.touched or bool(changed)
        if any(not path.startswith(str(self.root / "content" / "articles")) for path in changed):
            self.furnish = True
        if any(path.startswith(f"{self.root / name}/") for path in changed for name in SETTINGS):
            self.open()
            return True
        news = self._listen(house)
        before, self.pulse = self.pulse, sequence(house)
        return bool(changed) or news or before != self.pulse

    def _listen(self, house: House) -> bool:
        """Return whether a server has told something, to whomever; the house knows it then."""
        before, self.told = self.told, learnt.stamp(self.root)
        if before != self.told:
            house.relearn()
        return before != self.told

    def open(self) -> House:
        """Open the house, anew where it was open."""
        if self.house is None:
            self._watch = Watch([self.root / "config", self.root / "content"])
            self._watch.begin(time.time())
        self.close()
        self.told = learnt.stamp(self.root)
        self.house = open_house(self.root, clock=self.clock)
        themes = [self.root / one for site in self.house.sites if (one := self.house.setting(site, "theme"))]
        self._watch.folders = (self.root / "config", self.root / "content", *themes)
        self.opened(self.house)
        return self.house

    def fresh(self) -> House:
        """Return the house by the settings of this moment: somebody who asks has just written them."""
        if self.house is None or any(not self._watch.is_settled(self.root / name / "_") for name in SETTINGS):
            return self.open()
        self._listen(self.house)
        return self.house

    def settled(self, path: PurePath) -> bool:
        """Return whether nobody is just writing the article at that path below `content`."""
        return self._watch.is_settled(self.root / "content" / path)

    def close(self) -> None:
        """Give back the ledger."""
        if self.house is not None:
            self.house.close()
            self.house = None


def sequence(house: House) -> int:
    """Return the number of the newest event: whoever moves anything in the ledger moves this."""
    newest = house.ledger.events(limit=1)
    return newest[-1].sequence if newest else 0
