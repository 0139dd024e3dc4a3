"""
Where the program's own errors go: `.kawaraban/log/kawaraban.log`. An editor's terminal shows sentences, never a traceback.

The file is made when there is something to write; a call that had to write an error ends with one sentence naming it.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

FILE = Path(".kawaraban") / "log" / "kawaraban.log"
MAX_BYTES = 1_000_000


class Journal(logging.Handler):
    """Appends warnings and errors to the file. `broken`: an error was among them; `lost`: it could not be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.WARNING)
        self.path = path
        self.broken = False
        self.lost = False
        self._file: TextIO | None = None
        self.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; one that can't be written must not stop what is going on."""
        self.broken = self.broken or (record.levelno >= logging.ERROR and not record.name.startswith("prefect"))
        try:
            file = self._opened()
            file.write(self.format(record) + "\n")
            file.flush()
        except (OSError, ValueError):
            self.lost = True

    def _opened(self) -> TextIO:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                if self.path.stat().st_size > MAX_BYTES:
                    self.path.replace(self.path.with_suffix(".old.log"))
            self._file = self.path.open("a", encoding="utf-8", errors="backslashreplace")
        return self._file

    def close(self) -> None:
        """Give back the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()


@contextmanager
def journal(root: Path) -> Iterator[Journal]:
    """
    Send whatever is logged to the root's journal, for a `with`; nothing of it reaches the terminal.

    A handler of the root logger with its own format also keeps Prefect from putting a console there.
    """
    handler, everything = Journal(root / FILE), logging.getLogger()
    raising, logging.raiseExceptions = logging.raiseExceptions, False
    everything.addHandler(handler)
    with warnings.catch_warnings():
        if not sys.warnoptions:  # nobody asked for them on the command line, nor a test
            warnings.simplefilter("ignore")
        try:
            yield handler
        finally:
            everything.removeHandler(handler)
            logging.raiseExceptions = raising
            handler.close()
