"""
The requests of Ghost's Admin API that a channel needs (Ghost 5 and 6; docs.ghost.org, "Admin API").

A question that is not answered is Unavailable, because nothing was sent by asking; a change that is not answered is
Unsure. Each request has a token of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from kawaraban.channels.ghost import entities
from kawaraban.channels.ghost.entities import StoredPost
from kawaraban.channels.ghost.refusals import not_understood, refuse, said, succeeded, unread
from kawaraban.channels.ghost.token import Key
from kawaraban.channels.http import Answer, CantTell, Session
from kawaraban.channels.http.multipart import Upload, multipart
from kawaraban.errors import Sentence, Unavailable, Unsure

VERSION = "v5.0"  # what we are written against; Ghost 6 answers it
PAGE = 100  # what Ghost 6 gives at most
_FORMATS = {"formats": "html,plaintext"}
Said = TypeVar("Said", bound=BaseModel)
Query = Mapping[str, str]


@dataclass(frozen=True)
class Api:
    """
    One Ghost, asked and told for one piece of work, which begins no request after `ends` (time.monotonic).

    `server` has no final slash. `clock` signs tokens; `shift` is how far the server's clock was from it, once a token was
    refused.
    """

    session: Session
    server: str
    key: Key
    clock: Callable[[], datetime]
    ends: float
    shift: list[float] = field(default_factory=list)

    # --- posts ---

    def post(self, name: str) -> StoredPost | None:
        """Return one post by its id, or None where Ghost says that there is none."""
        return self._one(f"/posts/{name}/")

    def at_slug(self, slug: str) -> StoredPost | None:
        """Return the post whose address ends in this slug, or None."""
        return self._one(f"/posts/slug/{slug}/")

    def about(self, canonical_url: str) -> tuple[StoredPost, ...]:
        """Return every post with this canonical URL, in every status, the oldest first."""
        found = self._pages({"filter": f"canonical_url:{_quoted(canonical_url)}"})
        return tuple(sorted(found, key=lambda post: (post.created_at, post.id)))

    def all(self, statuses: Iterable[str]) -> Iterator[StoredPost]:
        """Yield the posts in these statuses, the newest first, without their HTML: hundreds of long articles are many bytes."""
        wanted = f"status:[{','.join(statuses)}]"
        return self._pages({"filter": wanted, "order": "published_at desc, id desc", "formats": "plaintext"})

    def draft(self, fields: Mapping[str, Any]) -> StoredPost:
        """Make a draft."""
        return self._changed("POST", "/posts/", {**fields, "status": "draft"}, {})

    def change(self, post: StoredPost, fields: Mapping[str, Any], *, newsletter: str | None = None) -> StoredPost:
        """Change a post; Collision where somebody saved it since it was read. What stood there stays in Ghost's history."""
        query = {"save_revision": "true", **({"newsletter": newsletter} if newsletter else {})}
        return self._changed("PUT", f"/posts/{post.id}/", {**fields, "updated_at": post.updated_at}, query)

    def delete(self, name: str) -> None:
        """Delete a post; one that is gone is as good."""
        answer = self._sent("DELETE", f"/posts/{name}/", {}, {}, b"")
        if not said(answer).missing:
            refuse(answer, self.clock())

    # --- what else there is ---

    def upload(self, upload: Upload) -> str:
        """Upload a picture; return its address."""
        content_type, body = multipart(upload, {"purpose": "image"})
        answer = self._sent("POST", "/images/upload/", {}, {"content-type": content_type}, body)
        refuse(answer, self.clock())
        return self._told(answer, entities.Images).images[0].url

    def site(self) -> entities.Site:
        """Return the site."""
        return self._asked("/site/", {}, entities.Sites).site

    def version(self) -> str:
        """Return Ghost's version; what tells it wants a good key."""
        return self._asked("/config/", {}, entities.Configs).config.version

    def roles(self) -> tuple[str, ...] | None:
        """Return the roles of whom the key belongs to; None for an integration, which is nobody's own."""
        answer = self._read("/users/me/", {"include": "roles"})
        if said(answer).missing:
            return None
        return tuple(role.name for role in self._understood(answer, entities.Members).users[0].roles)

    def newsletters(self) -> tuple[str, ...]:
        """Return the slugs of the newsletters that are in use."""
        found = self._asked("/newsletters/", {"limit": str(PAGE)}, entities.Newsletters).newsletters
        return tuple(one.slug for one in found if one.status == "active")

    def has_tag(self, name: str) -> bool:
        """Return whether a tag of this name is there."""
        return bool(self._asked("/tags/", {"filter": f"name:{_quoted(name)}"}, entities.Tags).tags)

    # --- asking ---

    def _one(self, path: str) -> StoredPost | None:
        answer = self._read(path, _FORMATS)
        if said(answer).missing:
            return None
        return self._understood(answer, entities.OnePost).posts[0]

    def _pages(self, query: Query) -> Iterator[StoredPost]:
        number: int | None = 1
        while number is not None:
            page = self._asked(
                "/posts/", {**_FORMATS, "limit": str(PAGE), "page": str(number), **query}, entities.Posts
            )
            yield from page.posts
            number = page.meta.pagination.next

    def _asked(self, path: str, query: Query, form: type[Said]) -> Said:
        return self._understood(self._read(path, query), form)

    def _understood(self, answer: Answer, form: type[Said]) -> Said:
        if not succeeded(answer):
            raise unread(answer, self.clock())
        try:
            return form.model_validate_json(answer.body)
        except ValidationError:
            raise Unavailable(not_understood(answer)) from None

    def _read(self, path: str, query: Query) -> Answer:
        def asked() -> Answer:
            answer = self.session.ask(self._url(path, query), headers=self._headers())
            if isinstance(answer, CantTell):
                raise Unavailable(answer.why, after=answer.after)
            return answer

        return self._with_a_good_token(asked)

    # --- telling ---

    def _changed(self, method: str, path: str, fields: Mapping[str, Any], query: Query) -> StoredPost:
        body = json.dumps({"posts": [fields]}, ensure_ascii=False, separators=(",", ":")).encode()
        answer = self._sent(method, path, {**_FORMATS, **query}, {"content-type": "application/json"}, body)
        refuse(answer, self.clock())
        return self._told(answer, entities.OnePost).posts[0]

    def _told(self, answer: Answer, form: type[Said]) -> Said:
        try:
            return form.model_validate_json(answer.body)
        except ValidationError:
            raise Unsure(not_understood(answer)) from None

    def _sent(self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes) -> Answer:
        def sent() -> Answer:
            return self.session.send(method, self._url(path, query), headers={**headers, **self._headers()}, body=body)

        return self._with_a_good_token(sent)

    # --- both ---

    def _with_a_good_token(self, exchanged: Callable[[], Answer]) -> Answer:
        """Exchange; where the token is refused, once more with one that is signed by the server's own clock."""
        if time.monotonic() > self.ends:
            raise Unavailable(_TOO_LONG)
        answer = exchanged()
        if said(answer).bad_token and not self.shift:
            self.shift.append(self._ahead(answer))
            answer = exchanged()
        return answer

    def _ahead(self, answer: Answer) -> float:
        """Return by how many seconds the server's clock is ahead of ours, as far as it says the time."""
        try:
            return parsedate_to_datetime(answer.headers.get("date", "")).timestamp() - self.clock().timestamp()
        except (ValueError, TypeError):
            return 0.0

    def _headers(self) -> Mapping[str, str]:
        at = self.clock().timestamp() + sum(self.shift)
        return {"authorization": f"Ghost {self.key.token(at)}", "accept-version": VERSION}

    def _url(self, path: str, query: Query) -> str:
        return f"{self.server}/ghost/api/admin{path}{f'?{urlencode(query)}' if query else ''}"


def _quoted(value: str) -> str:
    """Return a string as a filter has it (NQL)."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


_TOO_LONG = Sentence(
    ja="Ghostの答えが遅く、途中で時間になりました。次に続きからやり直します",
    en="Ghost answered too slowly for all of it; the next try goes on from here",
)
