"""A profile: how one site's scraped pages are read. Data in `config/importing/<name>.yaml`, never code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from kawaraban import strict_yaml
from kawaraban.config.problems import Scope, WrongSettings, explained
from kawaraban.errors import Place, Sentence, WrongInput

FOLDER = PurePosixPath("config/importing")
RULES: Mapping[str, Sentence] = {
    "R1": Sentence(ja="頁のしかけの文字を落とす", en="words of the page's furniture are dropped"),
    "R2": Sentence(ja="題名", en="the title"),
    "R3": Sentence(ja="日付", en="a date"),
    "R4": Sentence(ja="連載の名前", en="the series"),
    "R5": Sentence(ja="題材の囲み", en="the box about a cited article"),
    "R7": Sentence(ja="前文の段落", en="a paragraph of the lead"),
    "R8": Sentence(ja="発言とその続き", en="a turn, and what continues it"),
    "R9": Sentence(ja="見出し", en="a heading"),
    "R10": Sentence(ja="箇条書き", en="a bullet"),
    "R11": Sentence(ja="用語とその説明", en="a term and its definition"),
    "R12": Sentence(ja="末尾の告知", en="the closing notice"),
    "R13": Sentence(ja="段落の中の改行", en="a line break inside a paragraph"),
    "R14": Sentence(ja="ほかのどれでもない段落", en="a paragraph no other rule reads"),
}
"""What a rule's id means (R0 decodes, R6 finds the speakers, R15 escapes: they read no line of their own)."""

Mark = Annotated[str, StringConstraints(min_length=1, max_length=4)]


class Part(BaseModel):
    """A frozen part of a profile that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SpeakerRule(Part):
    """R6: a prefix `name:` is a speaker if it is short, frequent, and alternates with another."""

    longest: int = Field(default=12, ge=1, le=20)
    least: int = Field(default=3, ge=1)
    alternating: float = Field(default=0.6, ge=0, le=1)
    without: str = "、。「」『』（）()？！?!/<>"


class HeadingRule(Part):
    """R9: a line that no label names is a heading if it is short, has none of these signs, and a list follows."""

    longest: int = Field(default=20, ge=0, le=60)
    without: str = "。、?!？！:："


class Profile(Part):
    """The rules' data; their ids (R0 to R15) are fixed and stand in every `import.json`."""

    name: str
    drop_first: str = ""
    drop_last: str = ""
    dates: Mapping[str, Literal["updated", "published"]] = Field(default_factory=dict)
    series: str = ""
    source_mark: Mark = "◆"
    source_fields: Mapping[str, Literal["publication", "author", "summary", "url"]] = Field(default_factory=dict)
    speaker: SpeakerRule = SpeakerRule()
    headings: Mapping[str, Literal["key-points", "glossary"]] = Field(default_factory=dict)
    heading: HeadingRule = HeadingRule()
    bullet: Mark = "•"
    indent: int = Field(default=2, ge=1, le=8)
    term: tuple[Mark, Mark] = ("【", "】")
    notice: str = ""
    notice_about: str = "note"
    notice_channels: tuple[str, ...] = ("site",)

    @field_validator("notice")
    @classmethod
    def _is_a_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            msg = f"not a regular expression: {error}"
            raise ValueError(msg) from error
        return value


def load_profile(root: Path, name: str | None) -> Profile:
    """Return the named profile of `config/importing/`, or the only one there; raise WrongInput naming those known."""
    folder = root / FOLDER
    known = sorted(path.stem for path in folder.glob("*.yaml")) if folder.is_dir() else []
    chosen = name if name is not None else (known[0] if len(known) == 1 else None)
    if chosen is None or chosen not in known:
        raise _unknown(chosen, known)
    file = FOLDER / f"{chosen}.yaml"
    try:
        text = (root / file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput(
            Sentence(ja=f"取り込みの規則を読めません（{error}）", en=f"the import profile can't be read ({error})"),
            place=Place(file),
        ) from error
    document = strict_yaml.load(text, file)
    try:
        return Profile.model_validate({"name": chosen, **document.values})
    except ValidationError as error:
        scope = Scope(file, document.places, line=1)
        raise WrongSettings(explained(error.errors(include_url=False), scope, Profile.model_fields)) from error


def _unknown(chosen: str | None, known: list[str]) -> WrongInput:
    if not known:
        return WrongInput(
            Sentence(ja="取り込みの規則が一つもありません", en="there is no import profile"),
            place=Place(FOLDER),
            remedy=Sentence(
                ja="kawaraban init が作る config/importing/wix-column.yaml を置いてください",
                en="put config/importing/wix-column.yaml there, as `kawaraban init` makes it",
            ),
        )
    what = (
        Sentence(ja="取り込みの規則が複数あります", en="there are several import profiles")
        if chosen is None
        else Sentence(ja=f"取り込みの規則「{chosen}」がありません", en=f"there is no import profile `{chosen}`")
    )
    names = Sentence(
        ja=f"--profile で選んでください: {'、'.join(known)}", en=f"choose one with --profile: {', '.join(known)}"
    )
    return WrongInput(what, place=Place(FOLDER), remedy=names)
