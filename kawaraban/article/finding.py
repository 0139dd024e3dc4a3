"""A finding of the lint: a stable code, its severity, the place, and a sentence with its remedy in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from kawaraban.errors import Language, Place, Sentence

Severity = Literal["error", "warning"]
_WEIGHTS: dict[Severity, Sentence] = {
    "error": Sentence(ja="誤り", en="error"),
    "warning": Sentence(ja="注意", en="warning"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` and `column` count from 1 in `file`; None where the whole file is meant."""

    code: str
    severity: Severity
    file: PurePath
    line: int | None
    column: int | None
    message: Sentence
    remedy: Sentence | None = None

    @property
    def blocks(self) -> bool:
        """Whether it stops publishing."""
        return self.severity == "error"

    def said(self, language: Language) -> str:
        """Return place, severity, code, sentence and remedy as one text for a person."""
        place = Place(self.file, self.line, self.column)
        weight = _WEIGHTS[self.severity].said(language)
        tail = f"\n  → {self.remedy.said(language)}" if self.remedy else ""
        return f"{place}: {weight} {self.code} {self.message.said(language)}{tail}"
