"""A page as its profile reads it: head, body, and for every content line the rule that read it and where it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from kawaraban.errors import Sentence
from kawaraban.importing.dating import DateForm, ReadDate
from kawaraban.importing.lines import Line


@dataclass(frozen=True, slots=True)
class Slot:
    """A value of the front matter by its dotted key (`sources.0.title`), and how a date of it was written."""

    key: str
    form: DateForm | None = None


Form: TypeAlias = "tuple[str | Slot, ...]"
"""A line of the head with the article's values in it: the profile's own words and signs, and slots."""


@dataclass(frozen=True, slots=True)
class Said:
    """
    One content line of the source: the rule that read it, the source lines it stood on, its words.

    `form` puts a line of the head back together from the article; a line of the body has None.
    """

    rule: str
    numbers: tuple[int, ...]
    words: str
    form: Form | None = None


PartKind = Literal["paragraph", "turn", "heading", "point", "term", "notice", "card"]


@dataclass(slots=True)
class Part:
    """
    One piece of the body.

    `paragraphs` are paragraphs of lines. A turn is spoken by `name`, a term is `name` and its definition; a point has
    its level (from 1); a card is where the sources are shown.
    """

    kind: PartKind
    line: int
    paragraphs: list[list[Line]]
    name: str = ""
    level: int = 1


@dataclass(slots=True)
class SourceBox:
    """R5: one cited article. `extra` holds the bullets that are no field of ours."""

    title: str
    publication: str = ""
    date: date | None = None
    author: str = ""
    url: str = ""
    summary: str = ""
    extra: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scraped:
    """
    A page.

    `dates` maps our key to the date read from it (None: not readable), `kept` a label to what stood behind it
    where the article has no key for it; `questions` are doubts that came up on the way, by field.
    """

    title: str = ""
    dates: dict[str, ReadDate | None] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    series: str = ""
    sources: list[SourceBox] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    speakers: tuple[str, ...] = ()
    dropped: dict[int, str] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    questions: dict[str, Sentence] = field(default_factory=dict)

    @property
    def rules(self) -> Mapping[int, str]:
        """Source line → the rule that read it."""
        read = {number: said.rule for said in self.said for number in said.numbers}
        return dict(sorted({**self.dropped, **read}.items()))

    def ask(self, field_name: str, ja: str, en: str) -> None:
        """Note a doubt; a second one about the same field is added to it."""
        before = self.questions.get(field_name)
        self.questions[field_name] = (
            Sentence(ja=ja, en=en) if before is None else Sentence(ja=f"{before.ja}、{ja}", en=f"{before.en}; {en}")
        )
