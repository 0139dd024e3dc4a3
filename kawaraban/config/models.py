"""The values settings are made of. All frozen; an unknown key is an error (pydantic `extra="forbid"`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from string import Formatter
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    field_validator,
    model_validator,
)

from kawaraban.config.written import Duration, Instant, LanguageTag, Late, Strict, Window

_WALL_TIME = re.compile(r"(?:\+\d{1,3}d\s+)?(?:[01]?\d|2[0-3]):[0-5]\d")

UpdatePolicy = Literal["auto", "ask", "never"]


class Secret(Strict):
    """
    A reference to a secret, never its value: either `env` (a variable) or `file` (read anew at each login).

    `expires` is the day on which it ends to be valid, where it does: alerts tell it in time.
    """

    env: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    file: Annotated[str, StringConstraints(min_length=1)] | None = None
    expires: date | None = None

    @property
    def name(self) -> str:
        """The reference as it may be shown and remembered."""
        return f"env:{self.env}" if self.env is not None else f"file:{self.file}"

    @model_validator(mode="before")
    @classmethod
    def _is_a_reference(cls, value: object) -> object:
        if not isinstance(value, Secret | Mapping):  # perhaps the secret itself: this error never repeats it
            msg = "a secret is written as {env: NAME} or {file: PATH}"
            raise ValueError(msg)  # noqa: TRY004 - pydantic makes a sentence of a ValueError only
        return value

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.env is None) == (self.file is None):
            msg = "a secret is written as {env: NAME} or {file: PATH}"
            raise ValueError(msg)
        return self


class Announcing(Strict):
    """
    What channels that reach people at once (social, webhook, mail) have among their own settings.

    `backfill`: articles that were out before the channel was first connected go there, too. `burst`: how many new posts
    within an hour are let through before the channel stops and asks.
    """

    backfill: bool = False
    burst: int = Field(default=3, ge=1, le=1000)


class ReleaseSettings(Strict):
    """
    What an article, its series or a channel may say about one channel. None: not said here.

    `after` names the channel that must be confirmed live first, `delay` counts from there; `at` is an instant, or a
    newsroom wall time (`07:15`, `+3d 08:00`) counted from `published`. `late` is how late a first post may still go out by
    itself (None: the kind's own limit).
    """

    enabled: bool | None = None
    title: str | None = None
    text: str | None = None
    description: str | None = None
    hashtags: tuple[str, ...] | None = None
    after: str | None = None
    delay: Duration | None = None
    at: Instant | str | None = None
    window: str | None = None
    update: UpdatePolicy | None = None
    hold: str | None = None
    late: Late | None = None

    @field_validator("at")
    @classmethod
    def _at_is_an_instant_or_a_wall_time(cls, value: object) -> object:
        if isinstance(value, str) and not _WALL_TIME.fullmatch(value.strip()):
            msg = "a time is written like 2024-06-30T07:00:00+09:00, 07:15 or +3d 08:00"
            raise ValueError(msg)
        return value

    @field_validator("window")
    @classmethod
    def _window_is_readable(cls, value: str | None) -> str | None:
        if value is not None:
            Window.parse(value)
        return value


class Effective(Strict):
    """The resolved release values of one (article, channel), and where each came from: channel, series or article."""

    values: ReleaseSettings
    origin: Mapping[str, Literal["channel", "series", "article"]]


def resolve(channel: ReleaseSettings, series: ReleaseSettings | None, article: ReleaseSettings | None) -> Effective:
    """Lay channel < series < article over each other; None never overrides."""
    values: dict[str, Any] = {}  # Any: the fields' own types differ; the model validates them again
    origin: dict[str, Literal["channel", "series", "article"]] = {}
    layers: tuple[tuple[Literal["channel", "series", "article"], ReleaseSettings | None], ...] = (
        ("channel", channel),
        ("series", series),
        ("article", article),
    )
    for name, layer in layers:
        for key in ReleaseSettings.model_fields if layer else ():
            value = getattr(layer, key)
            if value is not None:
                values[key], origin[key] = value, name
    return Effective(values=ReleaseSettings.model_construct(**values), origin=origin)


class ChannelSettings(Strict):
    """
    One entry of `config/channels.yaml`: a configured `name`, its `kind`, the release defaults, and the kind's own keys.

    `own` is what only the channel's kind understands; its `Settings` model validates it (`load.own_settings`). A `site`
    among them names the site channel that a feed belongs to. `learnt` are own keys that its server told (limits); what is
    written in `own` goes before them. `line` is where the entry starts in `config/channels.yaml`, `places` its keys'
    (line, column) there.
    """

    name: str
    kind: str
    release: ReleaseSettings = ReleaseSettings()
    own: Mapping[str, Any] = Field(default_factory=dict)  # Any: the kind's Settings model gives it its types
    learnt: Mapping[str, str | int | bool] = Field(default_factory=dict)
    line: int | None = None
    places: Mapping[str, tuple[int, int]] = Field(default_factory=dict, exclude=True, repr=False)


class Person(Strict):
    """A file of `content/people/`: a writer or a persona of the dialogues."""

    slug: str
    name: str
    reading: str = ""
    kind: Literal["human", "persona"] = "human"
    description: str = ""
    avatar: str | None = None
    links: tuple[HttpUrl, ...] = ()


class Series(Strict):
    """A file of `content/series/`: `name`, sentences and defaults for its articles."""

    slug: str
    name: str
    description: str = ""
    closed: bool = False
    authors: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lang: LanguageTag | None = None
    counter: str = "回"
    skeleton: str = ""
    channels: Mapping[str, ReleaseSettings] = Field(default_factory=dict)


class FeedSettings(Strict):
    """`feeds` of the publication: how many items a window feed shows, and the WebSub hubs."""

    items: int = Field(default=20, ge=1, le=500)
    hubs: tuple[HttpUrl, ...] = ()


AlertKind = Literal[
    "failed",
    "unsure",
    "overdue",
    "blocked",
    "by-hand",
    "drifted",
    "vanished",
    "credentials",
    "stopped",
    "backup",
    "restored",
    "clock",
]
"""What alerts are about; docs/alerts.md says when each is told."""


class AlertSettings(Strict):
    """
    One of `alerts`: an address that apprise understands (it holds a token, so it is a secret), and what it is told.

    Without `for` it is everything. In the `quiet` hours only releases that fail at that very hour are told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    to: Secret
    kinds: tuple[AlertKind, ...] = Field(default=(), alias="for")
    quiet: str | None = None

    @field_validator("kinds")
    @classmethod
    def _is_told_something(cls, value: tuple[AlertKind, ...]) -> tuple[AlertKind, ...]:
        if not value:
            msg = "write at least one"
            raise ValueError(msg)
        return value

    @field_validator("quiet")
    @classmethod
    def _quiet_hours_are_readable(cls, value: str | None) -> str | None:
        if value is not None:
            Window.parse(value)
        return value

    @property
    def hours(self) -> Window | None:
        """The quiet hours, in newsroom time."""
        return Window.parse(self.quiet) if self.quiet is not None else None

    @property
    def place(self) -> str:
        """Its name in the ledger and in errors: the reference, never what it refers to."""
        return self.to.name

    def wants(self, kind: AlertKind) -> bool:
        """Return whether that kind is told here."""
        return not self.kinds or kind in self.kinds


class NetworkSettings(Strict):
    """`network`: whether channel servers may have private addresses (loopback included)."""

    private: bool = False


class Publication(Strict):
    """
    The imprint: name, base URL, time zone, people and series.

    `tag_domain` is `DOMAIN,YEAR` for `tag:` ids (RFC 4151); without it the base URL's host and `first_year` are taken.
    `notice_live` is the sentence a notice becomes once the channel is live; `{name}` stands for the channel's name.
    """

    name: Annotated[str, StringConstraints(min_length=1)]
    base_url: str
    timezone: str = "Asia/Tokyo"
    lang: LanguageTag = "ja"
    description: str = ""
    authors: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    tag_domain: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+,\d{4}(-\d{2}){0,2}$")] | None = None
    first_year: int = 2024
    feeds: FeedSettings = FeedSettings()
    notice_live: str = "本稿は{name}にも掲載しています。"
    alerts: tuple[AlertSettings, ...] = ()
    desk_url: str | None = None
    network: NetworkSettings = NetworkSettings()
    seal: str = ""
    series: Mapping[str, Series] = Field(default_factory=dict)
    people: Mapping[str, Person] = Field(default_factory=dict)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, OSError) as error:
            msg = "a time zone is written like Asia/Tokyo"
            raise ValueError(msg) from error
        return value

    @field_validator("base_url", "desk_url")
    @classmethod
    def _public_address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "https://x")
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.query
            or parts.fragment
            or "@" in parts.netloc
        ):
            msg = "an address is written like https://example.com"
            raise ValueError(msg)
        return value

    @field_validator("notice_live")
    @classmethod
    def _names_the_channel_only(cls, value: str) -> str:
        if {field for _, field, _, _ in Formatter().parse(value)} - {None, "name"}:
            msg = "the only blank in this sentence is {name}"
            raise ValueError(msg)
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The newsroom's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def tag_authority(self) -> str:
        """The authority of `tag:` ids: `DOMAIN,YEAR` (RFC 4151)."""
        host = HttpUrl(self.base_url).host or "localhost"
        return self.tag_domain or f"{host},{self.first_year}"

    def series_named(self, name: str) -> Series | None:
        """Return the series declared under that name, or None."""
        return next((series for series in self.series.values() if series.name == name), None)


class Settings(Strict):
    """Everything of `config/` and the declarations in `content/`: the publication and its channels in file order."""

    publication: Publication
    channels: tuple[ChannelSettings, ...]

    def channel(self, name: str) -> ChannelSettings | None:
        """Return the channel configured under that name, or None."""
        return next((channel for channel in self.channels if channel.name == name), None)
