"""
What a server says, as far as we read it (docs.joinmastodon.org/entities). Unknown keys are passed over: forks add theirs.

Ids are strings everywhere; an id that comes as a number is taken as its digits.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from kawaraban.address import readable

Id = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value), Field(min_length=1)]


class Entity(BaseModel):
    """A frozen part of an answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Account(Entity):
    """Who posts: `acct` has no host for an account of this server."""

    id: Id
    username: str = ""
    acct: str = ""


class Attachment(Entity):
    """A picture of a post, or one that was uploaded and has no post yet; `description` is its alt text."""

    id: Id
    description: str | None = None


class _PleromaContent(Entity):
    plain: str | None = Field(default=None, alias="text/plain")


class _Pleroma(Entity):
    content: _PleromaContent = _PleromaContent()


class Status(Entity):
    """
    A post. `content` is HTML; `text` is what was sent, where the server says it here (snac).

    `pleroma` has the same without markup (Pleroma, Akkoma).
    """

    id: Id
    created_at: AwareDatetime
    uri: str = ""
    url: str | None = None
    content: str = ""
    text: str | None = None
    in_reply_to_id: Id | None = None
    reblog: object | None = None
    account: Account | None = None
    media_attachments: tuple[Attachment, ...] = ()
    pleroma: _Pleroma = _Pleroma()

    @property
    def written(self) -> str | None:
        """The text without markup, where the server says it."""
        return self.text or self.pleroma.content.plain

    @property
    def address(self) -> str | None:
        """Where people read it."""
        return readable(self.url) or readable(self.uri)


class Statuses(RootModel[tuple[Status, ...]]):
    """A page of posts, newest first."""


class Found(Entity):
    """What a search found."""

    statuses: tuple[Status, ...] = ()


class StatusSource(Entity):
    """What was sent, as it was sent."""

    text: str


class _Limits(Entity):
    max_characters: int | None = None
    characters_reserved_per_url: int | None = None
    max_media_attachments: int | None = None


class _Media(Entity):
    image_size_limit: int | None = None
    image_matrix_limit: int | None = None
    description_limit: int | None = None


class _Configuration(Entity):
    statuses: _Limits = _Limits()
    media_attachments: _Media = _Media()


class Instance(Entity):
    """What a server says of itself, in version 2 or 1: `domain` (2) and `uri` (1) are the host in people's names."""

    domain: str = ""
    uri: str = ""
    version: str = ""
    configuration: _Configuration = _Configuration()
    max_toot_chars: int | None = None

    @property
    def host(self) -> str:
        """The host in people's names; version 1 may write an address."""
        return (self.domain or self.uri).rpartition("//")[2].strip("/")

    @property
    def limit(self) -> int | None:
        """How long a post may be, also where Pleroma says it in its own way."""
        return self.configuration.statuses.max_characters or self.max_toot_chars


class _Software(Entity):
    name: str = ""
    version: str = ""


class NodeInfo(Entity):
    """The server's software (nodeinfo.diaspora.software)."""

    software: _Software = _Software()


class _Link(Entity):
    rel: str = ""
    href: str = ""


class NodeInfoLinks(Entity):
    """Where the server's NodeInfo is."""

    links: tuple[_Link, ...] = ()


class Trouble(Entity):
    """Why a request was refused, in the server's words."""

    error: str = ""
    error_description: str = ""
