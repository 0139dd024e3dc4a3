"""
XRPC (atproto.com/specs/xrpc): one call, its answer as a JSON object, and its errors in the house's words.

An error is `{"error": NAME, "message": WORDS}`. A token that is used up is 400 ExpiredToken or InvalidToken, or a 401; a
record that is not there is 400 RecordNotFound; a key that is taken is 400 InvalidSwap.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from kawaraban.channels.http import Answer, CantTell, Session, judged
from kawaraban.channels.http.secrecy import quoted
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable, Unsure

Json = Mapping[str, Any]  # Any: JSON

_USED_UP = frozenset({"ExpiredToken", "InvalidToken"})
_SHUT = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended", "AccountNotFound"})
_ABSENT = frozenset({"RecordNotFound"})


class Stale(NotAuthorised):
    """The token is used up, or not believed: the same request goes once more with another."""


class Occupied(Refused):
    """Another record stands at this key."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls methods of a server at `address`, with one token; `secrets` never appear in an error."""

    http: Session
    clock: Callable[[], datetime]
    address: str
    token: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def read(self, method: str, **asked: str) -> Json | None:
        """Return the answer to a query, None where the record is not there; Unavailable where nobody can say."""
        answer = self.http.ask(f"{self._url(method)}?{urlencode(asked)}", headers=self._bearer())
        if isinstance(answer, CantTell):
            raise Unavailable(answer.why, after=answer.after)
        if answer.status == HTTPStatus.BAD_REQUEST and _named(answer) in _ABSENT:
            return None
        try:
            return self._understood(answer)
        except Unsure as failure:
            raise Unavailable(failure.what) from failure

    def call(self, method: str, said: Json) -> Json:
        """Return the answer to a procedure; fails as `Session.send` and `judged` do, or as Stale or Occupied."""
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        return self.send(method, body, "application/json")

    def send(self, method: str, body: bytes = b"", media_type: str = "") -> Json:
        """Return the answer to a procedure whose body is these bytes."""
        headers = {**self._bearer(), **({"content-type": media_type} if media_type else {})}
        return self._understood(self.http.send("POST", self._url(method), headers=headers, body=body))

    def _url(self, method: str) -> str:
        return f"{self.address}/xrpc/{method}"

    def _bearer(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def _understood(self, answer: Answer) -> Json:
        """Return the object; raise what the answer means."""
        name = _named(answer)
        if name in _USED_UP or (answer.status == HTTPStatus.UNAUTHORIZED and name not in _SHUT):
            raise Stale(self._said(answer), remedy=_NEW_PASSWORD)
        if name in _SHUT:
            raise NotAuthorised(self._said(answer), remedy=_LOOK_AT_THE_ACCOUNT)
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise (Occupied if name == "InvalidSwap" else Refused)(self._said(answer))
        if (
            answer.status == HTTPStatus.NOT_FOUND and not name.isidentifier()
        ):  # a server of the protocol has a name for each refusal
            raise Refused(self._said(answer), remedy=_NO_SUCH_SERVER)
        judged(answer, now=self.clock(), honest_503=False)
        found = _object(answer.body)
        if found is None:
            raise Unsure(_unreadable(answer.shown_url))
        return found

    def _said(self, answer: Answer) -> Sentence:
        """Name the server's own error and words, with no secret among them."""
        said = _object(answer.body) or {}
        told = " ".join(said[key] for key in ("error", "message") if isinstance(said.get(key), str))
        words = quoted(told, (*self.secrets, self.token)) or str(answer.status)
        return Sentence(ja=f"{answer.shown_url} の答え：{words}", en=f"{answer.shown_url} said: {words}")


def _named(answer: Answer) -> str:
    """Return the error's name; "" where the answer is none."""
    if answer.status < HTTPStatus.BAD_REQUEST:
        return ""
    return str((_object(answer.body) or {}).get("error", ""))


def _object(body: bytes) -> Json | None:
    """Return the JSON object; an empty answer says nothing, which is an object, too."""
    try:
        said = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _unreadable(where: str) -> Sentence:
    return Sentence(ja=f"{where} の答えが読めません", en=f"the answer of {where} can't be read")


_NEW_PASSWORD = Sentence(
    ja="ハンドルとアプリパスワードを確かめてください（Blueskyの設定 → プライバシーとセキュリティ → アプリパスワード）",
    en="check the handle and the app password (Bluesky: Settings, Privacy and security, App passwords)",
)
_NO_SUCH_SERVER = Sentence(
    ja="server が Bluesky（ATプロトコル）のサーバーか確かめてください",
    en="see whether `server` is one of Bluesky's (of the AT Protocol)",
)
_LOOK_AT_THE_ACCOUNT = Sentence(
    ja="Blueskyでアカウントが使えるかを確かめてください", en="see on Bluesky whether the account can be used"
)
