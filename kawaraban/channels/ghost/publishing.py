"""
The steps to one post: look, draft, look again, publish. What breaks in between leaves a draft, which no reader sees.

Ghost protects nothing against a repeated request: a second POST makes a second post. So a post is made as a draft, its id
is saved, and only a PUT by id shows it to readers: repeating that one does no harm.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from kawaraban.channels.ghost.api import Api
from kawaraban.channels.ghost.content import Content
from kawaraban.channels.ghost.entities import Mark, StoredPost, Tag
from kawaraban.channels.ghost.naming import standing
from kawaraban.channels.ghost.pictures import Uploading
from kawaraban.channels.ghost.refusals import BUSY, Collision
from kawaraban.errors import Refused, Sentence, Unavailable
from kawaraban.variant import Asset, Variant


@dataclass(frozen=True, slots=True)
class Note:
    """What survives between two requests: the draft's id, and where each picture stands."""

    post: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, saved: str) -> Self:
        """Read a note; one that can't be read says nothing."""
        try:
            said = json.loads(saved or "{}")
            return cls(str(said.get("post", "")), {str(name): str(url) for name, url in said["pictures"].items()})
        except (ValueError, AttributeError, KeyError, TypeError):
            return cls()

    @property
    def written(self) -> str:
        """The note as it is saved."""
        return json.dumps({"post": self.post, "pictures": dict(self.pictures)}, separators=(",", ":"))


@dataclass
class Publishing:
    """
    One create or update. `variant` is what `content` was made of; `series_slug` is what the series' tag is called in an address.

    `date` is when the post is dated; `published` False leaves it a draft.
    """

    api: Api
    variant: Variant
    content: Content
    mark: Mark
    bytes_of: Callable[[Asset], bytes]
    note: Note
    save: Callable[[str], None]
    series_slug: str = ""

    # --- the first time ---

    def created(self, *, published_at: str | None, newsletter: str | None) -> StoredPost:
        """Return the one post of this article, made or taken up where an earlier try stopped; `published_at` None: a draft."""
        post = self._begun(drafts=published_at is not None) or self._drafted()
        if not post.public:
            post = self._first_of_ours(post)
        if post.public or published_at is None:
            return post
        fields = {"status": "published", "published_at": published_at}
        return self._put(post, fields, newsletter=newsletter)

    def _begun(self, *, drafts: bool) -> StoredPost | None:
        """
        Return what an earlier try left; with `drafts`, one under another key that nobody has seen, too.

        Another post of the same article is never written over, and never doubled.
        """
        if self.note.post and (saved := self.api.post(self.note.post)):
            return saved
        there = self.api.about(self.content.canonical_url)
        ours = [post for post in there if post.mark == self.mark]
        ours = ours or [post for post in there if drafts and not post.public and post.is_of(self.variant)]
        if there and not ours:
            raise _taken(there)
        return self._noted(ours[0]) if ours else None

    def _drafted(self) -> StoredPost:
        pictures = self._pictures({})
        fields = {**self.content.fields(pictures, self.mark), "slug": self.content.slug, "tags": self._tags(())}
        made = self._noted(self.api.draft(fields))
        if made.slug != self.content.slug:
            self._refuse_same_article(made)
        return made

    def _refuse_same_article(self, made: StoredPost) -> None:
        """Refuse where a person has posted the same article at the address we asked for, without its canonical URL."""
        other = self.api.at_slug(self.content.slug)
        if other is None or other.id == made.id or other.is_of(self.variant):
            return
        if other.title.strip() == self.content.title.strip():
            self.api.delete(made.id)
            raise _taken([other])

    def _first_of_ours(self, post: StoredPost) -> StoredPost:
        """Look again: where two tries ran at once, the older one is the post, and the younger draft goes."""
        ours = [one for one in self.api.about(self.content.canonical_url) if one.is_of(self.variant)]
        if not ours or ours[0].id == post.id:
            return post
        self.api.delete(post.id)
        return self._noted(ours[0])

    # --- again ---

    def changed(self, post: StoredPost) -> StoredPost:
        """Return a post after it says what it is to say: its address, date and status stay, and it is never mailed."""
        return self._put(post, {}, newsletter=None)

    # --- both ---

    def _put(self, post: StoredPost, fields: Mapping[str, Any], *, newsletter: str | None) -> StoredPost:
        pictures = self._pictures(standing(post, self.variant.assets))
        said = {**self.content.fields(pictures, self.mark), "tags": self._tags(post.tags), **fields}
        try:
            return self.api.change(post, said, newsletter=newsletter)
        except Collision:
            fresh = self.api.post(post.id)
        if fresh is None:
            raise Unavailable(_VANISHED)
        if fresh.public and fresh.mark == self.mark:  # it was our own try, whose answer was lost
            return fresh
        try:
            return self.api.change(fresh, said, newsletter=newsletter)
        except Collision:
            raise Unavailable(BUSY) from None

    def _pictures(self, there: Mapping[str, str]) -> Mapping[str, str]:
        def uploaded(addresses: Mapping[str, str]) -> None:
            self.note = replace(self.note, pictures=addresses)
            self.save(self.note.written)

        uploading = Uploading(self.api, self.bytes_of, uploaded)
        return uploading.all(self.variant.assets, {**self.note.pictures, **there})

    def _tags(self, there: Iterable[Tag]) -> list[dict[str, str]]:
        """Return the tags, the newsroom's own internal ones kept."""
        return [*self._own_tags, *({"name": tag.name} for tag in there if tag.internal)]

    @cached_property
    def _own_tags(self) -> list[dict[str, str]]:
        """
        A new tag's address is romanised by Ghost as if Japanese were Chinese, so the series' own is said.

        Where a tag of that name is there already, saying it would make a second one.
        """
        tags = [{"name": name} for name in self.content.tags]
        series = self.variant.head.series
        if tags and tags[0]["name"] == series and self.series_slug and not self.api.has_tag(series):
            tags[0]["slug"] = self.series_slug
        return tags

    def _noted(self, post: StoredPost) -> StoredPost:
        self.note = replace(self.note, post=post.id)
        self.save(self.note.written)
        return post


def _taken(there: Sequence[StoredPost]) -> Refused:
    where = "、".join(post.url or post.id for post in there)
    return Refused(
        Sentence(
            ja=f"この記事の投稿がGhostにもうあります（{where}）。二つ目は作りません",
            en=f"Ghost has a post of this article already ({where}); no second one is made",
        ),
        remedy=Sentence(
            ja="kawaraban adopt で引き継ぐか、Ghostでその投稿を消してから、もう一度公開してください",
            en="take it over with `kawaraban adopt`, or delete it in Ghost and publish again",
        ),
    )


_VANISHED = Sentence(
    ja="送っている間に、Ghostでその下書きが消されました。次にはじめからやり直します",
    en="the draft was deleted in Ghost while it was being published; the next try begins anew",
)
