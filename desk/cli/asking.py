"""Asking a person at the terminal: a line, a secret that nobody sees, yes or no. Japanese or English, as the command speaks."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass

from desk.cli.words import clean
from kawaraban.errors import Language, Sentence


def somebody_is_there() -> bool:
    """Return whether a person sits there who can be asked."""
    return sys.stdin.isatty()


@dataclass(frozen=True, slots=True)
class Asker:
    """Questions go to stderr, so that stdout stays for what was asked for. The end of the input stops like Ctrl-C."""

    language: Language

    def line(self, what: Sentence, default: str = "") -> str:
        """Return the line that was typed, or the default."""
        offered = f" [{default}]" if default else ""
        self._show(f"{clean(what.said(self.language))}{clean(offered)}: ")
        return self._typed() or default

    def hidden(self, what: Sentence) -> str:
        """Return what was typed; it is not shown."""
        try:
            return getpass.getpass(f"{clean(what.said(self.language))}: ", stream=sys.stderr).strip()
        except EOFError:
            raise KeyboardInterrupt from None

    def agrees(self, what: Sentence) -> bool:
        """Return whether the answer was yes; anything else is no."""
        self._show(f"{clean(what.said(self.language))} [y/N]: ")
        return self._typed().lower() in ("y", "yes", "はい", "ｙ")

    def _show(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    def _typed(self) -> str:
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        return line.strip()
