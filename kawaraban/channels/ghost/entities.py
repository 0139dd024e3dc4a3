"""What stands on a Ghost, as values: posts and the site (Ghost, Admin API). What Ghost says beside that is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from kawaraban.variant import Variant

_MARK = re.compile(r"<!--kawaraban (\S+) (\S+)-->\n?")


@dataclass(frozen=True, slots=True)
class Mark:
    """
    What our posts carry at the head of their HTML: whose article it is, and the key it was sent under.

    A comment, so that no reader sees it; Ghost keeps it as it is. A canonical URL alone does not tell our post from one
    that a person made of the same article.
    """

    article: str
    key: str

    @property
    def written(self) -> str:
        """The comment, with its line end."""
        return f"<!--kawaraban {self.article} {self.key}-->\n"

    @classmethod
    def in_html(cls, html: str) -> Self | None:
        """Return the mark of a post, or None where it is none of ours."""
        found = _MARK.search(html)
        return cls(found[1], found[2]) if found else None


def unmarked(html: str) -> str:
    """Return the HTML without our mark."""
    return _MARK.sub("", html, count=1)


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Tag(_Said):
    """A tag by its name; one that begins with `#` is internal: no reader sees it, and it is the newsroom's own business."""

    name: str

    @property
    def internal(self) -> bool:
        """Whether readers see nothing of it."""
        return self.name.startswith("#")


class StoredPost(_Said):
    """
    A post. Instants are Ghost's own text; `updated_at` has whole seconds and guards a change against another.

    `url` is the public address, of a draft that of its preview. `html` has the HTML card between two comments.
    """

    id: str = Field(pattern=r"^[0-9a-f]{24}$")  # it becomes part of an address
    slug: str
    title: str
    status: str
    url: str = ""
    html: str | None = None
    plaintext: str | None = None
    canonical_url: str | None = None
    custom_excerpt: str | None = None
    feature_image: str | None = None
    feature_image_alt: str | None = None
    tags: tuple[Tag, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    published_at: str | None = None

    @property
    def mark(self) -> Mark | None:
        """Our mark, or None."""
        return Mark.in_html(self.html or "")

    @property
    def public(self) -> bool:
        """Whether readers see it."""
        return self.status == "published"

    def is_of(self, variant: Variant) -> bool:
        """Return whether we made it of this article, whenever."""
        return self.mark is not None and self.mark.article == variant.article


class Site(_Said):
    """The site: `site_uuid` is its lasting name ("" before Ghost 5.114 or so)."""

    title: str = ""
    url: str = ""
    version: str = ""
    site_uuid: str = ""


class Newsletter(_Said):
    """A newsletter by its slug."""

    slug: str
    status: str = "active"


class _Pagination(_Said):
    next: int | None = None


class _Meta(_Said):
    pagination: _Pagination = _Pagination()


class Posts(_Said):
    """A page of posts, and the number of the next one."""

    posts: tuple[StoredPost, ...]
    meta: _Meta = Field(default_factory=_Meta)


class OnePost(_Said):
    """The answer about one post."""

    posts: tuple[StoredPost, ...] = Field(min_length=1)


class Uploaded(_Said):
    """Where an uploaded picture stands."""

    url: str


class Images(_Said):
    """The answer to an upload."""

    images: tuple[Uploaded, ...] = Field(min_length=1)


class Sites(_Said):
    """The answer about the site."""

    site: Site


class Newsletters(_Said):
    """The newsletters there are."""

    newsletters: tuple[Newsletter, ...]


class Tags(_Said):
    """The tags there are."""

    tags: tuple[Tag, ...]


class Role(_Said):
    """A role by its name."""

    name: str


class Member(_Said):
    """A member of the staff."""

    roles: tuple[Role, ...] = ()


class Members(_Said):
    """The answer about who we are, where the key is a person's own."""

    users: tuple[Member, ...] = Field(min_length=1)


class Config(_Said):
    """How Ghost is set up."""

    version: str = ""


class Configs(_Said):
    """The answer about that."""

    config: Config
