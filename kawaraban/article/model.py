"""
The canonical article: strict front matter and a tree of typed blocks.

Identity is the opaque `id` (8 characters of Crockford's base32, lower case), never the path or the slug. Intent is in
the file, facts are in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

from kawaraban.article.blocks import Blocks
from kawaraban.article.finding import Finding
from kawaraban.config import Instant, ReleaseSettings

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ArticleId = Annotated[str, StringConstraints(pattern=r"^[0-9a-hjkmnp-tv-z]{8}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


def _day(value: object) -> object:
    """A day is written as one: an instant without its offset is not cut down to one, a number not taken for one."""
    if (isinstance(value, date) and not isinstance(value, datetime)) or (
        isinstance(value, str) and _DAY.fullmatch(value)
    ):
        return value
    msg = "a day is written like 2024-06-30, an instant like 2024-06-30T07:00:00+09:00"
    raise ValueError(msg)


Day = Annotated[date, BeforeValidator(_day)]
Moment: TypeAlias = Day | Instant
"""An instant with its offset, or a bare date that keeps the precision of a day."""
OptionalTag = Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$")]
OptionalAddress = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s/?#]\S*)?$")]

Status = Literal["draft", "review", "ready", "archived"]
SCHEMA = 1
"""The newest version of the format that this program reads."""


class Part(BaseModel):
    """A frozen part of the front matter that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Part):
    """A cited article; maps to schema.org `citation` and CSL-JSON."""

    title: str
    publication: str = ""
    date: Moment | None = None  # not `date | None`: inside the class that name is this field's default
    author: str = ""
    url: OptionalAddress = ""
    summary: str = ""
    lang: OptionalTag = ""


class Cover(Part):
    """The article's picture. `focus` is the point (0–1, 0–1) that a crop keeps."""

    src: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    focus: tuple[float, float] = (0.5, 0.5)
    generated: bool = False


class Correction(Part):
    """One correction, shown on page, feed, note and at `/corrections/`."""

    date: Moment
    text: str


class Withdrawn(Part):
    """Intent to take the article down everywhere."""

    at: Moment
    reason: str = ""


class Review(Part):
    """Doubts: field name → question. Any `must` blocks publishing until the editor removes the line."""

    must: Mapping[str, str] = Field(default_factory=dict)
    should: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("must", "should", mode="before")
    @classmethod
    def _an_empty_question_is_one(cls, value: object) -> object:
        if isinstance(value, Mapping):
            return {name: "" if question is None else question for name, question in value.items()}
        return {} if value is None else value


class FrontMatter(Part):
    """Every key an article may have, plus `x-*`, which is kept in the file and never read."""

    id: ArticleId
    title: Annotated[str, StringConstraints(pattern=r"\S")]
    schema_: int = Field(default=1, alias="schema", ge=1, le=SCHEMA)
    slug: Slug | None = None
    series: str | None = None
    status: Status = "draft"
    published: Instant | None = None
    updated: Moment | None = None
    embargo: Instant | None = None
    expires: Instant | None = None
    short_title: str = ""
    aliases: tuple[str, ...] = ()
    lang: OptionalTag = ""
    authors: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()
    cover: Cover | None = None
    canonical_url: OptionalAddress = ""
    feed_id: str = ""
    sources: tuple[Source, ...] = ()
    corrections: tuple[Correction, ...] = ()
    withdrawn: Withdrawn | None = None
    after_article: ArticleId | None = None
    channels: Mapping[str, ReleaseSettings] = Field(default_factory=dict)
    review: Review = Review()

    @field_validator("tags")
    @classmethod
    def _tags_are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if bad := next((tag for tag in value if not tag.strip() or re.fullmatch(r"\.{1,2}", tag)), None):
            msg = f"{bad!r} is no name for a tag"
            raise ValueError(msg)
        return value


@dataclass(frozen=True, slots=True)
class Picture:
    """
    A picture file beside an article, as far as renderers need it.

    `file` is its path below `content/`, `digest` the SHA-256 of its bytes, `width`/`height` its pixels after EXIF
    orientation, `media_type` what its bytes say it is (not its name).
    """

    file: str
    digest: str
    width: int
    height: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Article:
    """
    One canonical article.

    `path` is the file below `content/`; `digest` the SHA-256 of its bytes; `pictures` maps each image reference as
    written in the text or front matter to the file it means (missing files are not in it: `check` reports them);
    `line_of` gives the line of each front-matter key (dotted: `cover.alt`), `source` the raw text,
    `findings` what the reader itself found.
    """

    matter: FrontMatter
    blocks: Blocks
    path: PurePosixPath
    digest: str
    pictures: Mapping[str, Picture]
    line_of: Mapping[str, int]
    source: str
    findings: tuple[Finding, ...] = ()

    @property
    def id(self) -> str:
        """The opaque identity."""
        return self.matter.id

    @property
    def slug(self) -> str:
        """The slug, or the id where none is set yet."""
        return self.matter.slug or self.matter.id
