"""A child process that is kept alive: started, started again after a pause that grows, ended."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from kawaraban.errors import Sentence

PAUSE_SECONDS = 0.5
PAUSE_AT_MOST = 30.0
WELL_SECONDS = 60.0
"""A process that has lived so long has started well: its next pause is short again."""

Start = Callable[[], "subprocess.Popen[bytes]"]


@dataclass
class Child:
    """One process: what it is called, and how it is started."""

    name: Sentence
    start: Start
    say: Callable[[Sentence], None]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    again: float = 0.0
    pause: float = PAUSE_SECONDS
    restarts: int = 0

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int | None:
        """Its number while it runs."""
        return self.process.pid if self.process is not None and self.alive else None

    def tend(self) -> None:
        """Start it where it does not run and its pause is over; say when it has died."""
        now = time.monotonic()
        if self.alive:
            return
        if self.process is not None:
            self._died(self.process, now)
        elif now >= self.again:
            self._start(now)

    def _start(self, now: float) -> None:
        try:
            self.process = self.start()
            self.began = now
        except OSError as error:
            self.say(Sentence(ja=f"{self.name.ja}を起こせません: {error}", en=f"{self.name.en} can't start: {error}"))
            self._rest(now)

    def _died(self, process: subprocess.Popen[bytes], now: float) -> None:
        if now - self.began > WELL_SECONDS:
            self.pause = PAUSE_SECONDS
        how = _how(process.returncode)
        self.say(
            Sentence(
                ja=f"{self.name.ja}が終わりました（{how}）。{self.pause:g}秒後に起こします",
                en=f"{self.name.en} has ended ({how}); it is started again in {self.pause:g} s",
            )
        )
        self.process = None
        self.restarts += 1
        self._rest(now)

    def _rest(self, now: float) -> None:
        self.again = now + self.pause
        self.pause = min(self.pause * 2, PAUSE_AT_MOST)

    def kill(self, why: Sentence) -> None:
        """End what answers no more; `tend` starts it again."""
        if self.process is not None and self.alive:
            self.say(why)
            self.process.kill()
            self.process.wait()

    def ask_to_end(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.alive:
            with suppress(OSError):
                self.process.send_signal(signal.SIGTERM)
                self.process.send_signal(signal.SIGCONT)  # who is stopped can't end

    def ended(self, until: float) -> bool:
        """Wait until that instant (monotonic) for its end; kill it then."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit {code}"
