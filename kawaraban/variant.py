"""
Variant: an article rendered for one channel, free of theme, with what that channel can't show.

A variant is what a channel receives, what a preview shows and what the ledger keeps (compressed, by digest): the
digest covers everything a subscriber would see of the article there, and nothing else. PublicFacts are all that a
renderer may know of the outside world.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict

Day: TypeAlias = date | AwareDatetime
"""A bare date, or an instant. Named, because a field called `date` hides the type of that name."""


class Frozen(BaseModel):
    """A frozen value that goes to and from JSON; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Loss(Frozen):
    """
    Something this channel can't show, and what stands there instead.

    `code` is the thing's noun (`table`, `ruby`, `emphasis`, `code`, `heading-level`, `footnote` …), `text` the plain
    text that is gone entirely ("" where every character is still there in another form), `line` where it stands.
    """

    code: str
    what_ja: str
    what_en: str
    text: str = ""
    line: int | None = None


class Recipe(Frozen):
    """
    How a picture is prepared: at most `width`×`height` px, in `format`; `crop` fills that box exactly.

    A crop keeps the point `focus` (0–1 from the left, 0–1 from the top) as near the middle as it can.
    """

    width: int
    height: int | None = None
    format: Literal["JPEG", "PNG", "WEBP", "GIF", "SVG"] = "JPEG"
    crop: bool = False
    focus: tuple[float, float] = (0.5, 0.5)
    max_bytes: int | None = None


class Asset(Frozen):
    """
    A picture that belongs to a variant.

    `name` is the file name it gets in the channel (no folder), `file` the source's path below `content/`, `source` the
    SHA-256 of the source's bytes, `width`/`height` the pixels it will have after `recipe`. The bytes are made when it
    is delivered (kawaraban.picture); `digest` names them beforehand, because the recipe is a pure function.
    """

    name: str
    file: str
    source: str
    recipe: Recipe
    media_type: str
    width: int
    height: int
    alt: str
    caption: str = ""
    credit: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over source and recipe: equal digests are equal bytes."""
        return hashlib.sha256(f"{self.source}\n{self.recipe.model_dump_json()}".encode()).hexdigest()


class SourceNote(Frozen):
    """A cited article (◆今回のニュース)."""

    title: str
    publication: str = ""
    date: Day | None = None
    author: str = ""
    url: str = ""
    summary: str = ""
    lang: str = ""


class CorrectionNote(Frozen):
    """A dated entry of the article's `corrections`."""

    date: date | AwareDatetime
    text: str


class Contents(Frozen):
    """An entry of the table of contents."""

    level: int
    text: str
    anchor: str


class Flavour(Frozen):
    """The same body in another form, e.g. `text/markdown` for note's plain paste."""

    media_type: str
    text: str


class Head(Frozen):
    """
    What stands around the body: pages, lists and feeds are made from it without the article.

    `published` is the nominal instant shown to readers (frozen at the first live), `updated` keeps the precision it was
    written with. `url` is the page on the site. `characters` counts the text without white space and ruby readings.
    """

    article: str
    slug: str
    url: str
    lang: str = "ja"
    short_title: str = ""
    description: str = ""
    lead: str = ""
    series: str = ""
    tags: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    published: AwareDatetime | None = None
    updated: AwareDatetime | date | None = None
    expires: AwareDatetime | None = None
    sources: tuple[SourceNote, ...] = ()
    corrections: tuple[CorrectionNote, ...] = ()
    aliases: tuple[str, ...] = ()
    contents: tuple[Contents, ...] = ()
    cover: str = ""
    canonical_url: str = ""
    feed_id: str = ""
    archived: bool = False
    characters: int = 0


class Span(Frozen):
    """
    What a part of a post marks: a link (`target`: its address) or a hashtag (`target`: the tag without `#`).

    `start` and `end` (exclusive) count the UTF-8 bytes of the part's text, as app.bsky.richtext.facet does.
    """

    kind: Literal["link", "tag"]
    start: int
    end: int
    target: str


class Part(Frozen):
    """One post of an announcement: its text, byte for byte as it is sent, what it marks, and the pictures it carries (names)."""

    text: str
    spans: tuple[Span, ...] = ()
    pictures: tuple[str, ...] = ()

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses in it as they are written, in order."""
        raw = self.text.encode()
        return tuple(raw[span.start : span.end].decode() for span in self.spans if span.kind == "link")


class Card(Frozen):
    """The box below a post that leads to the page; `picture` is an asset's name ("": none)."""

    url: str
    title: str
    description: str = ""
    picture: str = ""


class Variant(Frozen):
    """
    One article for one channel. `body` is HTML in the channel's own dialect, `text` its plain text, one block a line.

    An announcement has `parts`: one post, or a thread of them in order (then `text` is all of them, a blank line between),
    and perhaps a `card` below the first. `losses` are not part of the digest: nobody sees what is not there.
    """

    article: str
    channel: str
    title: str
    body: str
    text: str
    head: Head
    assets: tuple[Asset, ...] = ()
    flavours: tuple[Flavour, ...] = ()
    parts: tuple[Part, ...] = ()
    card: Card | None = None
    losses: tuple[Loss, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of everything a subscriber would see."""
        hidden = {"losses", "channel"}
        hidden |= {
            name for name in ("parts", "card") if not getattr(self, name)
        }  # digests older than these stay as they were
        return hashlib.sha256(self.model_dump_json(exclude=hidden).encode()).hexdigest()

    def part(self, number: int) -> Part:
        """Return the post with that number, counted from 1; the whole text where it was not divided."""
        return self.parts[number - 1] if self.parts else Part(text=self.text)

    def asset(self, name: str) -> Asset | None:
        """Return the asset of that name, or None."""
        return next((asset for asset in self.assets if asset.name == name), None)


@dataclass(frozen=True, slots=True)
class LiveElsewhere:
    """Another channel has this article live: where (None: no address) and since when."""

    url: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class PublicFacts:
    """
    What a variant may know of the outside: the instant frozen at the first live, and where the article is live.

    `live` maps a channel's configured name to where this article is there.
    """

    published: datetime | None = None
    live: Mapping[str, LiveElsewhere] = field(default_factory=dict)
