"""
A board behind HTTP: JSON at `/posts`.

    PUT    /posts/NAME     keep under a name of ours           {"id", "url", …}
    POST   /posts          keep under a new name; `Idempotency-Key` where the server remembers keys
    GET    /posts          {"posts": […]}                      GET /posts/NAME  one, or 404
    PATCH  /posts/NAME     change, or 404                      DELETE /posts/NAME  take down; 404 and 410: gone already
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from kawaraban.channels.http import Answer, CantTell, Session, judged
from kawaraban.channels.rehearsal.board import Post, post_of
from kawaraban.errors import Sentence, Unavailable, Unsure

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True)
class RemoteBoard:
    """Posts on `server`; `clock` is for retry hints that name an instant."""

    server: str
    session: Session
    clock: Callable[[], datetime]

    def put(self, name: str, post: Post) -> Post:
        """Keep it under its own name."""
        return self._sent("PUT", f"/posts/{quote(name, safe='')}", post)

    def add(self, post: Post, *, once: bool) -> Post:
        """Keep it under a new name."""
        return self._sent("POST", "/posts", post, key=post.key if once else None)

    def all(self) -> list[Post]:
        """Return every post; Unavailable where the board can't be read."""
        said = self._read("/posts")
        listed = said.get("posts") if isinstance(said, dict) else None
        if not isinstance(listed, list):
            raise _unreadable(self.server)
        return [_read_post(one, self.server) for one in listed]

    def get(self, name: str) -> Post | None:
        """Return one post, or None."""
        said = self._read(f"/posts/{quote(name, safe='')}")
        return None if said is None else _read_post(said, self.server)

    def change(self, name: str, post: Post) -> Post | None:
        """Change one post; None where there is none."""
        answer = self._answer("PATCH", f"/posts/{quote(name, safe='')}", post)
        if answer.status in _GONE:
            return None
        judged(answer, now=self.clock(), honest_503=True)
        return _taken(answer)

    def remove(self, name: str) -> None:
        """Take one down."""
        answer = self.session.send("DELETE", f"{self.server}/posts/{quote(name, safe='')}")
        if answer.status not in _GONE:
            judged(answer, now=self.clock(), honest_503=True)

    def _sent(self, method: str, path: str, post: Post, *, key: str | None = None) -> Post:
        answer = self._answer(method, path, post, key=key)
        judged(answer, now=self.clock(), honest_503=True)
        return _taken(answer)

    def _answer(self, method: str, path: str, post: Post, *, key: str | None = None) -> Answer:
        headers = {"content-type": "application/json", **({"idempotency-key": key} if key else {})}
        body = json.dumps(post.words, ensure_ascii=False).encode()
        return self.session.send(method, f"{self.server}{path}", headers=headers, body=body)

    def _read(self, path: str) -> Any:  # noqa: ANN401 - JSON
        answer = self.session.ask(f"{self.server}{path}")
        if isinstance(answer, CantTell):
            raise Unavailable(answer.why, after=answer.after)
        if answer.status in _GONE:
            return None
        if answer.status != HTTPStatus.OK:
            raise _unreadable(answer.shown_url)
        try:
            return json.loads(answer.body)
        except ValueError as error:
            raise _unreadable(answer.shown_url) from error


def _taken(answer: Answer) -> Post:
    """It said yes; an answer that can't be read hides what it took."""
    try:
        return post_of(json.loads(answer.body))
    except ValueError as error:
        raise Unsure(
            Sentence(ja=f"{answer.shown_url} の答えが読めません", en=f"the answer of {answer.shown_url} can't be read")
        ) from error


def _read_post(said: Any, where: str) -> Post:  # noqa: ANN401 - JSON
    try:
        return post_of(said)
    except ValueError as error:
        raise _unreadable(where) from error


def _unreadable(where: str) -> Unavailable:
    return Unavailable(Sentence(ja=f"{where} を確かめられません", en=f"{where} can't be asked"))
