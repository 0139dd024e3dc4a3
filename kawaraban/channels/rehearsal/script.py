"""The faults of a rehearsal, one a request. How far it has come lies under `.kawaraban/`, so that a restart goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from filelock import FileLock

from kawaraban.channels.rehearsal.settings import Fault
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Sentence, Unavailable, Unsure

BUSY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Script:
    """`faults` in order; `counter` is the file that says how many were played."""

    faults: tuple[Fault, ...]
    counter: Path

    def next(self) -> Fault:
        """Return what happens to this request, and move on."""
        if not self.faults:
            return "ok"
        self.counter.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.counter}.lock"):
            played = self._played()
            self.counter.write_text(f"{played + 1}\n", encoding="utf-8")
        return self.faults[played] if played < len(self.faults) else "ok"

    def _played(self) -> int:
        try:
            return int(self.counter.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return 0


def before(fault: Fault) -> ChannelFailure | None:
    """Return the failure that keeps a request from being taken, or None."""
    match fault:
        case "down":
            return Unavailable(
                Sentence(ja="稽古：つながりません。何も送っていません", en="rehearsal: no connection; nothing was sent")
            )
        case "busy":
            return Unavailable(
                Sentence(ja="稽古：いまは受けつけていません", en="rehearsal: it takes nothing just now"), after=BUSY
            )
        case "refused":
            return Refused(Sentence(ja="稽古：受けつけられませんでした", en="rehearsal: it was refused"))
        case "unauthorised":
            return NotAuthorised(Sentence(ja="稽古：認証が通りません", en="rehearsal: our credentials are refused"))
        case "dropped":
            return _no_answer()
        case "ok" | "lost":
            return None


def after(fault: Fault) -> ChannelFailure | None:
    """Return the failure that hides that a request was taken, or None."""
    return _no_answer() if fault == "lost" else None


def _no_answer() -> Unsure:
    return Unsure(
        Sentence(ja="稽古：答えがありません。届いたかもしれません", en="rehearsal: no answer; it may have arrived")
    )
