"""
The calls of the Mastodon interface that are used (docs.joinmastodon.org/methods), over a session of channels.http.

What changes something raises Refused, NotAuthorised, Unavailable or Unsure; what only asks never raises Unsure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal, TypeVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel

from kawaraban.channels.http import Answer, CantTell, Session, Upload, multipart
from kawaraban.channels.mastodon import answers
from kawaraban.channels.mastodon.entities import (
    Account,
    Attachment,
    Found,
    Instance,
    NodeInfo,
    NodeInfoLinks,
    Status,
    Statuses,
    StatusSource,
)
from kawaraban.channels.mastodon.servers import Server, node_info_address, server_of
from kawaraban.channels.mastodon.words import Words
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable, Unsure

Asked = TypeVar("Asked", bound=BaseModel)

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NOT_BUILT_IN = _GONE | {HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}
_PAGE = 40
_LATER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Api:
    """The server at `base`, as the owner of `token`; `clock` is for retry hints that name an instant."""

    session: Session
    base: str
    token: str
    clock: Callable[[], datetime]

    # --- asking ---

    def me(self) -> Account:
        """Return whose token it is."""
        answer = self._asked("/api/v1/accounts/verify_credentials")
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:  # how snac says that it does not know the token
            raise NotAuthorised(_unknown_token(answer), remedy=answers.NEW_TOKEN)
        if answer.status in _GONE:
            raise Refused(_no_interface(self.base), remedy=_LOOK_AT_SERVER)
        return self._read(answer, Account)

    def statuses(self, account: Account, *, pages: int, replies: bool = True, whole: bool = False) -> Iterator[Status]:
        """
        Yield our own posts, newest first, at most so many pages of them (40 each).

        Where there may be more, that is the end, or with `whole` Unavailable: not found would not mean not there.
        """
        last: str | None = None
        seen: set[str] = set()
        for _ in range(pages):
            page = self._page(account, last, replies=replies)
            fresh = [one for one in page if one.id not in seen]
            seen |= {one.id for one in page}
            yield from (one for one in fresh if _own(one, account) and (replies or one.in_reply_to_id is None))
            if not fresh:  # the end, or a server that does not know max_id
                return
            last = page[-1].id
        if whole:
            raise Unavailable(_TOO_MANY, after=_LATER)

    def status(self, name: str) -> Status | None:
        """Return a post, or None where it is gone."""
        answer = self._asked(f"/api/v1/statuses/{_segment(name)}")
        return None if answer.status in _GONE else self._read(answer, Status)

    def named(self, address: str) -> Status | None:
        """Return the post at an address where the server looks it up, or None: that says nothing."""
        query = urlencode({"q": address, "type": "statuses", "resolve": "false", "limit": "5"})
        answer = self._asked(f"/api/v2/search?{query}")
        found = self._read(answer, Found).statuses if answer.status == HTTPStatus.OK else ()
        return next((one for one in found if address in (one.url, one.uri)), None)

    def source(self, name: str) -> str | None:
        """Return what was sent, as it was sent; None where the server does not tell."""
        answer = self._asked(f"/api/v1/statuses/{_segment(name)}/source")
        return self._read(answer, StatusSource).text if answer.status == HTTPStatus.OK else None

    def picture(self, name: str) -> Literal["ready", "processing", "gone"]:
        """Return how an uploaded picture is that has no post yet."""
        answer = self._asked(f"/api/v1/media/{_segment(name)}")
        if answer.status in _GONE:
            return "gone"
        answers.must_be_read(answer, self.clock(), self.token)
        return "processing" if answer.status == HTTPStatus.PARTIAL_CONTENT else "ready"

    def instance(self) -> Instance:
        """Return what the server says of itself."""
        answer = self._asked("/api/v2/instance")
        if answer.status != HTTPStatus.OK:
            answer = self._asked("/api/v1/instance")
        return self._read(answer, Instance)

    def server(self, instance: Instance) -> Server:
        """Return its software and version: by its NodeInfo, else by the version it gives."""
        links = self._if_there(f"{self.base}/.well-known/nodeinfo", NodeInfoLinks)
        address = node_info_address(links, self.base) if links else None
        info = self._if_there(address, NodeInfo) if address else None
        return Server(info.software.name.lower(), info.software.version) if info else server_of(instance)

    # --- changing ---

    def post(self, words: Words, key: str) -> Status:
        """Make a post; the key protects it where the server remembers keys."""
        answer = self._sent("POST", "/api/v1/statuses", words, {"idempotency-key": key})
        answers.must_be_taken(answer, self.clock(), self.token)
        return answers.taken(answer, Status)

    def edit(self, name: str, words: Words) -> Status | None:
        """Change a post; None where it is gone or the server can't."""
        answer = self._sent("PUT", f"/api/v1/statuses/{_segment(name)}", words)
        if answer.status in _NOT_BUILT_IN:
            return None
        answers.must_be_taken(answer, self.clock(), self.token)
        return answers.taken(answer, Status)

    def delete(self, name: str) -> bool:
        """Take a post down with its pictures; False where it is gone or the server can't."""
        path = f"/api/v1/statuses/{_segment(name)}?delete_media=true"
        answer = self.session.send("DELETE", f"{self.base}{path}", headers=self._headers)
        if answer.status in _NOT_BUILT_IN:
            return False
        answers.must_be_taken(answer, self.clock(), self.token)
        return True

    def upload(self, upload: Upload, alt: str) -> tuple[Attachment, bool]:
        """
        Upload a picture, and return it and whether it is ready.

        Nobody sees it before a post has it: what is in doubt about it is never in doubt about a post (Unavailable).
        """
        content_type, body = multipart(upload, {"description": alt} if alt else {})
        try:
            answer = self._uploaded("/api/v2/media", content_type, body)
            if answer.status in _GONE:
                answer = self._uploaded("/api/v1/media", content_type, body)
            answers.must_be_taken(answer, self.clock(), self.token)
            attachment = answers.taken(answer, Attachment)
        except Unsure as failure:
            raise Unavailable(_not_uploaded(failure.what)) from failure
        return attachment, answer.status != HTTPStatus.ACCEPTED

    # --- pieces ---

    @property
    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "accept": "application/json"}

    def _page(self, account: Account, before: str | None, *, replies: bool) -> tuple[Status, ...]:
        asked = {"limit": str(_PAGE), "exclude_reblogs": "true", **({} if replies else {"exclude_replies": "true"})}
        query = urlencode({**asked, **({"max_id": before} if before else {})})
        return self._read(self._asked(f"/api/v1/accounts/{_segment(account.id)}/statuses?{query}"), Statuses).root

    def _asked(self, path: str) -> Answer:
        answer = self.session.ask(f"{self.base}{path}", headers=self._headers)
        if isinstance(answer, CantTell):
            raise Unavailable(answer.why, after=answer.after)
        return answer

    def _read(self, answer: Answer, model: type[Asked]) -> Asked:
        answers.must_be_read(answer, self.clock(), self.token)
        return answers.read(answer, model)

    def _if_there(self, address: str, model: type[Asked]) -> Asked | None:
        """Return what anybody may read there, or None: nothing depends on it, and the token stays here."""
        answer = self.session.ask(address)
        if isinstance(answer, CantTell) or answer.status != HTTPStatus.OK:
            return None
        try:
            return answers.read(answer, model)
        except Unavailable:
            return None

    def _sent(self, method: str, path: str, words: Words, more: dict[str, str] | None = None) -> Answer:
        headers = {**self._headers, "content-type": "application/json", **(more or {})}
        body = words.model_dump_json(exclude_none=True).encode()
        return self.session.send(method, f"{self.base}{path}", headers=headers, body=body)

    def _uploaded(self, path: str, content_type: str, body: bytes) -> Answer:
        headers = {**self._headers, "content-type": content_type}
        return self.session.send("POST", f"{self.base}{path}", headers=headers, body=body)


def _own(post: Status, account: Account) -> bool:
    """Whether it is a post of ours and no boost; some servers list a boost as the post itself."""
    return post.reblog is None and (post.account is None or post.account.id == account.id)


def _segment(name: str) -> str:
    return quote(name, safe="")


def _unknown_token(answer: Answer) -> Sentence:
    where = answer.shown_url
    return Sentence(ja=f"{where} はこのトークンを知りません", en=f"{where} does not know this token")


def _no_interface(base: str) -> Sentence:
    return Sentence(ja=f"{base} に Mastodon の窓口がありません", en=f"there is no Mastodon interface at {base}")


def _not_uploaded(why: Sentence) -> Sentence:
    return Sentence(
        ja=f"画像を送れませんでした。投稿はまだしていません（{why.ja}）",
        en=f"a picture could not be uploaded; nothing was posted ({why.en})",
    )


_TOO_MANY = Sentence(
    ja="自分の投稿が多すぎて、届いたかどうか確かめきれません",
    en="there are too many posts of ours to see whether it arrived",
)
_LOOK_AT_SERVER = Sentence(
    ja="config/channels.yaml の server を確かめてください", en="look at `server` in config/channels.yaml"
)
