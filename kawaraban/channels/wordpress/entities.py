"""
What WordPress tells of itself (REST API, `wp/v2`): posts, media, terms, members. More keys than these are ignored.

https://developer.wordpress.org/rest-api/reference/
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

STATUSES = "publish,future,draft,pending,private"
"""Every status but the trash; without naming them only what is public is listed."""


class Said(BaseModel):
    """A frozen part of an answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Words(Said):
    """A text as it was sent; `rendered`, which readers see, is made of it by plugins and the theme."""

    raw: str = ""

    @property
    def plain(self) -> str:
        """The words of a text without markup (titles, excerpts): filters write `&` as they like."""
        return " ".join(html.unescape(self.raw).split())


class StoredPost(Said):
    """A post, read with `context=edit`."""

    id: int
    status: str
    slug: str = ""
    link: str = ""
    title: Words = Words()
    content: Words = Words()
    excerpt: Words = Words()
    author: int = 0
    featured_media: int = 0
    modified_gmt: str = ""

    @property
    def public(self) -> bool:
        """Whether readers see it."""
        return self.status == "publish"


class Medium(Said):
    """A picture in the media library."""

    id: int
    slug: str = ""
    source_url: str = ""


class Term(Said):
    """A category or tag; its name is stored with entities."""

    id: int
    name: str

    @property
    def plain(self) -> str:
        """The name as people write it."""
        return html.unescape(self.name)


class Member(Said):
    """The user we are, read with `context=edit`."""

    id: int
    name: str = ""
    username: str = ""
    roles: tuple[str, ...] = ()
    capabilities: Mapping[str, bool] = {}

    def may(self, what: str) -> bool:
        """Return whether it has that capability."""
        return self.capabilities.get(what, False)


class Trouble(Said):
    """An error: `{"code", "message", "data": {"status", "term_id", "params"}}`."""

    code: str = ""
    message: str = ""
    data: Mapping[str, object] | None = None

    @property
    def term(self) -> int | None:
        """The id of the category or tag that is there already (`term_exists`)."""
        found = (self.data or {}).get("term_id")
        return found if isinstance(found, int) else None

    @property
    def about_status(self) -> bool:
        """Whether the statuses we asked for are refused: so it says to whom is not logged in."""
        params = (self.data or {}).get("params")
        return self.code == "rest_invalid_param" and isinstance(params, Mapping) and "status" in params


Kind = Literal["categories", "tags"]
