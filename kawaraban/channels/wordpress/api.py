"""
The requests of WordPress's REST API (`wp/v2`) that a channel needs.

A question that is not answered is Unavailable, because nothing was sent by asking; a change that is not answered is Unsure.
A site without readable addresses has no `/wp-json/`: then the same is asked as `?rest_route=`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError

from kawaraban.channels.http import Answer, CantTell, Session, Upload, multipart
from kawaraban.channels.wordpress import refusals
from kawaraban.channels.wordpress.entities import STATUSES, Kind, Medium, Member, StoredPost, Term
from kawaraban.errors import Refused, Sentence, Unavailable, Unsure

PAGE = 100  # the most WordPress lists at once
_AT_ONCE = 50  # slugs in one question: more make an address that some servers refuse
_JSON = "application/json"
_PAGES = re.compile(r"[0-9]{1,6}")
_VERSION = re.compile(rb"WordPress (\d+(?:\.\d+)+)")
Fields = Mapping[str, Any]  # Any: JSON
Value = TypeVar("Value")


@dataclass(slots=True)
class Api:
    """
    One site, asked and told for one piece of work, which begins no request after `ends` (time.monotonic).

    `base` is the site's address without a slash at its end, `basic` the Authorization header.
    """

    session: Session
    base: str
    basic: str
    clock: Callable[[], datetime]
    ends: float
    _readable: bool = field(default=True, init=False)

    # --- posts ---

    def post(self, name: str) -> StoredPost | None:
        """Return one post by its id (also from the trash), or None where there is none."""
        answer = self._read(f"posts/{name}", {"context": "edit"}, missing=refusals.NOT_THERE)
        return self._read_as(answer, StoredPost) if answer is not None else None

    def at(self, slug: str) -> tuple[StoredPost, ...]:
        """Return the posts with this slug in every status but the trash, as far as we may edit them, the oldest first."""
        query = {"slug": slug, "status": STATUSES, "context": "edit", "orderby": "id", "order": "asc"}
        found = self._page("posts", query, tuple[StoredPost, ...])[0]
        return tuple(sorted(found, key=lambda post: post.id))

    def posts(self, statuses: str) -> Iterator[StoredPost]:
        """Yield the posts in these statuses, the newest first; Unavailable where they never end."""
        number, pages, seen = 1, 1, set[int]()
        while number <= pages:
            query = {"status": statuses, "context": "edit", "page": str(number)}
            found, pages = self._page("posts", query, tuple[StoredPost, ...])
            if found and seen.issuperset(post.id for post in found):
                raise Unavailable(_ENDLESS)
            seen.update(post.id for post in found)
            yield from found
            number += 1

    def draft(self, fields: Fields) -> StoredPost:
        """Make a draft."""
        return self._changed("posts", {**fields, "status": "draft"}, StoredPost)

    def change(self, post: int, fields: Fields) -> StoredPost:
        """Change a post; the last one who does wins."""
        return self._changed(f"posts/{post}", fields, StoredPost)

    def trash(self, name: str) -> None:
        """Put a post into the trash; one that is there, or gone, is as good. Where a site has no trash it is deleted."""
        answer = self._told("DELETE", f"posts/{name}", {}, {}, b"")
        error = refusals.trouble(answer)
        if error is not None and error.code in refusals.NO_TRASH:
            self.erase(int(name))
        elif error is None or error.code not in refusals.ALREADY_TRASHED | refusals.NOT_THERE:
            self._must_have_succeeded(answer)

    def erase(self, post: int) -> None:
        """Delete a post for good; one that is gone is as good."""
        answer = self._told("DELETE", f"posts/{post}", {"force": "true"}, {}, b"")
        error = refusals.trouble(answer)
        if error is None or error.code not in refusals.NOT_THERE:
            self._must_have_succeeded(answer)

    # --- pictures, categories, tags ---

    def media(self, slugs: Iterable[str]) -> tuple[Medium, ...]:
        """Return the pictures with these slugs that are in the library."""
        pages = (self._page("media", {"slug": ",".join(some)}, tuple[Medium, ...])[0] for some in _by(slugs, _AT_ONCE))
        return tuple(medium for page in pages for medium in page)

    def upload(self, upload: Upload, fields: Mapping[str, str]) -> Medium:
        """Put a picture into the library. Its answer being lost does no harm: the next try finds it by its slug."""
        content_type, body = multipart(upload, fields)
        try:
            answer = self._told("POST", "media", {}, {"content-type": content_type}, body)
            self._must_have_succeeded(answer)
            return self._understood(answer, Medium)
        except Unsure as failure:
            raise Unavailable(failure.what) from failure

    def terms(self, kind: Kind, name: str) -> tuple[Term, ...]:
        """Return the categories or tags whose name contains `name`."""
        return self._page(kind, {"search": name}, tuple[Term, ...])[0]

    def make_term(self, kind: Kind, name: str) -> int:
        """Return the id of a category or tag, made or there already."""
        answer = self._told("POST", kind, {}, {"content-type": _JSON}, _json({"name": name}))
        error = refusals.trouble(answer)
        if error is not None and error.code == "term_exists" and error.term is not None:
            return error.term
        if error is not None and answer.status == HTTPStatus.FORBIDDEN:
            raise Refused(_cant_make(name), remedy=_MAKE_IT)
        self._must_have_succeeded(answer)
        return self._understood(answer, Term).id

    # --- who we are ---

    def me(self) -> Member:
        """Return the user we are."""
        return self._read_as(self._asked("users/me", {"context": "edit"}), Member)

    def version(self) -> str:
        """Return what the site's own page says it runs, without a number where it keeps that to itself."""
        answer = self.session.ask(f"{self.base}/")
        found = _VERSION.search(answer.body) if not isinstance(answer, CantTell) else None
        return f"WordPress {found[1].decode()}" if found else "WordPress"

    # --- asking ---

    def _page(self, path: str, query: Mapping[str, str], kind: type[Value]) -> tuple[Value, int]:
        """Return one page of a list, and how many pages it has."""
        answer = self._asked(path, {"per_page": str(PAGE), **query})
        pages = answer.headers.get("x-wp-totalpages", "1")
        return self._read_as(answer, kind), int(pages) if _PAGES.fullmatch(pages) else 1

    def _asked(self, path: str, query: Mapping[str, str]) -> Answer:
        answer = self._read(path, query)
        if answer is None:  # never: nothing counts as missing here
            raise Unavailable(_TOO_SLOW)
        return answer

    def _read(self, path: str, query: Mapping[str, str], missing: frozenset[str] = frozenset()) -> Answer | None:
        self._must_have_time()
        answer = self.session.ask(self._url(path, query), headers=self._headers({}))
        if isinstance(answer, CantTell):
            raise Unavailable(answer.why, after=answer.after)
        if refusals.succeeded(answer):
            return answer
        error = refusals.trouble(answer)
        if error is None and answer.status == HTTPStatus.NOT_FOUND and self._readable:
            self._readable = False
            return self._read(path, query, missing)
        if error is not None and error.code in missing:
            return None
        raise refusals.unread(answer, self.clock())

    def _read_as(self, answer: Answer, kind: type[Value]) -> Value:
        try:
            return self._understood(answer, kind)
        except Unsure as failure:
            raise Unavailable(failure.what, remedy=failure.remedy) from None

    # --- telling ---

    def _changed(self, path: str, fields: Fields, kind: type[Value]) -> Value:
        answer = self._told("POST", path, {"context": "edit"}, {"content-type": _JSON}, _json(fields))
        self._must_have_succeeded(answer)
        return self._understood(answer, kind)

    def _told(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        self._must_have_time()
        return self.session.send(method, self._url(path, query), headers=self._headers(headers), body=body)

    def _must_have_succeeded(self, answer: Answer) -> None:
        if not refusals.succeeded(answer):
            raise refusals.failure(answer, self.clock())

    def _understood(self, answer: Answer, kind: type[Value]) -> Value:
        """Read a success; one that is not WordPress's says nothing about what was done."""
        try:
            return TypeAdapter(kind).validate_json(answer.body)
        except ValidationError:
            raise Unsure(refusals.not_understood(answer), remedy=refusals.ADDRESS) from None

    # --- both ---

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        if self._readable:
            return f"{self.base}/wp-json/wp/v2/{path}{f'?{urlencode(query)}' if query else ''}"
        return f"{self.base}/?{urlencode({'rest_route': f'/wp/v2/{path}', **query})}"

    def _headers(self, more: Mapping[str, str]) -> Mapping[str, str]:
        return {"authorization": self.basic, "accept": _JSON, **more}

    def _must_have_time(self) -> None:
        if time.monotonic() > self.ends:
            raise Unavailable(_TOO_SLOW)


def _by(values: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    rest = iter(values)
    while some := tuple(islice(rest, size)):
        yield some


def _json(fields: Fields) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _cant_make(name: str) -> Sentence:
    return Sentence(
        ja=f"カテゴリー「{name}」がなく、このユーザーには作れません",
        en=f"there is no category `{name}`, and this user can't make one",
    )


_MAKE_IT = Sentence(
    ja="WordPressでそのカテゴリーを作るか、category に今あるものの名前を書くか、ユーザーの権限を「編集者」にしてください",
    en="make that category in WordPress, name one that is there as `category`, or give the user the role Editor",
)
_ENDLESS = Sentence(ja="WordPressの投稿の一覧に終わりがありません", en="the list of posts on WordPress has no end")
_TOO_SLOW = Sentence(
    ja="WordPressの答えが遅く、途中でやめました。読者に見えるものは変わっていません。次に続きから始めます",
    en="WordPress was too slow, so it was left halfway; nothing that readers see has changed, and the next try goes on from there",
)
