"""`python -m flows.publisher`: the publisher of KAWARABAN_ROOT. SIGTERM ends it: what is in the air ends, the rest is still due."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import NoReturn

from flows.compose import STATE
from flows.handover import reception, runs, whereabouts
from flows.publisher.engine import Clicked, Engine, set_environment
from flows.publisher.loop import Publisher, state_file
from flows.publisher.prober import Prober
from flows.publisher.watchman import Watchman
from flows.server import die_with_parent
from kawaraban.errors import Language, Sentence

GRACE_SECONDS = 6.0
FOLLOW_SECONDS = 2.0


def clock() -> datetime:
    """Return the instant now."""
    return datetime.now(UTC)  # noqa: TID251 - this is the entry point


def main() -> int:
    """Run until asked to end. Nothing hangs at the end: what matters is committed."""
    die_with_parent()
    root = Path(os.environ.get("KAWARABAN_ROOT", ".")).resolve()
    set_environment(root)
    say = _say(_language())
    if runs(root):
        here = whereabouts(root)
        pid = here.pid if here else 0
        say(Sentence(ja=f"公開の係はもう動いています（{pid}）", en=f"a publisher runs here already ({pid})"))
        return 2
    publisher = _publisher(root, say)

    def asked_to_end(_signal: int, _frame: object) -> None:
        if publisher.stop.is_set():
            return
        publisher.stop.set()
        threading.Thread(target=_end_anyway, args=(publisher,), daemon=True).start()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, asked_to_end)
    _keep_a_journal(root)
    Watchman(root, clock, publisher.busy, publisher.told).start()
    Prober(root, clock, publisher.busy, publisher.told).start()
    with reception(root, publisher.visits):
        publisher.run()
    publisher.engine.finish(FOLLOW_SECONDS)
    return 0


def _publisher(root: Path, say: Callable[[Sentence], None]) -> Publisher:
    clicks: SimpleQueue[Clicked] = SimpleQueue()
    beating = state_file(root)

    def beat() -> None:
        with suppress(OSError):
            os.utime(beating)

    return Publisher(root, clock, say, Engine(root, clicks.put, say), clicks=clicks, beat=beat)


def _keep_a_journal(root: Path) -> None:
    """Send what our own rooms log to the paper's journal; the file is made when there is something to write."""
    folder = root / STATE / "log"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "kawaraban.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True
        )
        handler.setLevel(logging.WARNING)
        handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
        for room in ("flows", "renderers", "kawaraban"):
            logging.getLogger(room).addHandler(handler)


def _end_anyway(publisher: Publisher) -> None:
    """End in the middle of what does not end: its lease names us, and whoever comes next asks before it sends again."""
    time.sleep(GRACE_SECONDS)
    publisher.engine.finish(0.5)
    _leave(0)


def _leave(code: int) -> NoReturn:
    """End without waiting for anybody's threads: Prefect's may drain for minutes when its server has gone."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _say(language: Language) -> Callable[[Sentence], None]:
    def say(sentence: Sentence) -> None:
        with suppress(OSError, ValueError):
            print(sentence.said(language), flush=True)  # noqa: T201 - the process's voice

    return say


def _language() -> Language:
    chosen = next((value for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(key))), "")
    return "ja" if chosen.lower().startswith("ja") else "en"


if __name__ == "__main__":
    _leave(main())
