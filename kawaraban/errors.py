"""
The errors people read, and the three ways a channel fails.

    KawarabanError            carries what happened, where, and the remedy, in Japanese and English
    ├── WrongInput            a file, setting or argument is wrong               exit code 2
    ├── Blocked               a named article can't go out as it is              exit code 1
    ├── Conflict              the file, ledger or plan moved under our hands     exit code 2
    └── ChannelFailure        what a channel may answer instead of a receipt
        ├── Refused           the channel says no: do not retry
        │   └── NotAuthorised the channel refuses our credentials: hold the channel
        ├── Unavailable       nothing was sent: try again after `after`
        └── Unsure            it may have arrived: ask `find` before anything is sent again

The order of the `except` clauses over the last four *is* the retry policy. Nobody reads the sentences to decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Literal

Language = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing said to a person, in both languages of the house."""

    ja: str
    en: str

    def said(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.ja if language == "ja" else self.en


def alike(words: str) -> Sentence:
    """Return words that are the same in both languages: a name, an address, what a person wrote."""
    return Sentence(ja=words, en=words)


def counted(number: int, one: str, many: str = "") -> str:
    """Return English words for so many: `1 picture`, `2 pictures`; `many` where the plural is no mere s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def joined(said: Iterable[Sentence]) -> Sentence:
    """Return several as one."""
    every = tuple(said)
    return Sentence(ja="；".join(one.ja for one in every), en="; ".join(one.en for one in every))


def advised(what: Sentence, remedy: Sentence | None) -> Sentence:
    """Return what happened with what a person does about it, as one."""
    return what if remedy is None else Sentence(ja=f"{what.ja} → {remedy.ja}", en=f"{what.en} → {remedy.en}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something is: `line` and `column` count from 1; None where the whole file is meant."""

    file: PurePath
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Return `file:line:column` as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class KawarabanError(Exception):
    """What happened (`what`), where (`place`), and what a person does about it (`remedy`)."""

    def __init__(self, what: Sentence, *, place: Place | None = None, remedy: Sentence | None = None) -> None:
        super().__init__(what.en)
        self.what = what
        self.place = place
        self.remedy = remedy

    @property
    def placed(self) -> Sentence:
        """What happened, with its place before it."""
        head = f"{self.place}: " if self.place else ""
        return Sentence(ja=f"{head}{self.what.ja}", en=f"{head}{self.what.en}")

    @property
    def advised(self) -> Sentence:
        """What happened and, where there is one, its remedy: for whoever keeps one sentence of an error."""
        return advised(self.what, self.remedy)

    def said(self, language: Language) -> str:
        """Return place, sentence and remedy as one text for a person."""
        tail = f"\n  → {self.remedy.said(language)}" if self.remedy else ""
        return f"{self.placed.said(language)}{tail}"

    def __str__(self) -> str:
        """Return the English text, for logs and tracebacks."""
        return self.said("en")


class WrongInput(KawarabanError):
    """A file, a setting or an argument is wrong."""


class Blocked(KawarabanError):
    """A named article can't go out as it is."""


class Conflict(KawarabanError):
    """Something moved between reading and writing: a file's digest, a row's state, a plan's hash."""


class ChannelFailure(KawarabanError):
    """What a channel may answer instead of a receipt."""


class Refused(ChannelFailure):
    """The channel took the request and says no; the same request will never succeed."""


class NotAuthorised(Refused):
    """The channel refuses our credentials; the whole channel is held until a person mends them."""


class Unavailable(ChannelFailure):
    """Nothing was sent. Try again after `after` (None: the caller's own back-off)."""

    def __init__(
        self,
        what: Sentence,
        *,
        after: timedelta | None = None,
        place: Place | None = None,
        remedy: Sentence | None = None,
    ) -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.after = after


class Unsure(ChannelFailure):
    """The request may have arrived. Never treated as failed; `find` decides, or a person."""
