"""The keys of a bluesky channel in `config/channels.yaml`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from kawaraban.config import Announcing, Secret
from kawaraban.config.written import Duration, LanguageTag

Server = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#@]+/?$")]
Timeout = Annotated[Duration, Field(gt=timedelta(), le=timedelta(seconds=30))]


def _name_only(written: object) -> object:
    """Take `@news.example` as well: it is how the network shows a handle."""
    return written.strip().removeprefix("@") if isinstance(written, str) else written


Handle = Annotated[
    str,
    BeforeValidator(_name_only),
    StringConstraints(pattern=r"^(did:[a-z]+:[A-Za-z0-9._:%-]+|([A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{0,62})$"),
]


class BlueskySettings(Announcing):
    """
    `server`: where one logs in; `handle` (or DID) and `password`, an app password, are the account's.

    `langs`: the languages of the posts, at most 3 (None: the article's own). `pictures`: what a post carries, the link as a
    card with the cover, the cover itself, or all pictures. `timeout`: how long one answer is waited for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: Server = "https://bsky.social"
    handle: Handle
    password: Secret
    langs: Annotated[tuple[LanguageTag, ...], Field(min_length=1, max_length=3)] | None = None
    pictures: Literal["card", "cover", "all"] = "card"
    timeout: Timeout = timedelta(seconds=20)
