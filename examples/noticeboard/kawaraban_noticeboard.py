"""
A channel outside Kawaraban's tree: a plain-text notice board that a town office, a co-op or a school might run.

The board speaks HTTP (`Authorization: Bearer TOKEN` everywhere):

    GET    /                the board and us: {"id", "name", "board", "limit", "expires"}
    GET    /notices         all of ours: [{"name", "text", "at"}], the newest first
    GET    /notices/NAME    one of them, or 404
    PUT    /notices/NAME    keep a text under a name of ours; with `If-Match: *` only where one stands there (else 412)
    DELETE /notices/NAME    take it down, or 404

A notice is kept under the key that Kawaraban sends with: the same request twice is one notice (idempotency: natural), and
`find` asks for the name. Everything here comes from CONTRIBUTING.md, "How to add a channel".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl, TypeAdapter, ValidationError

from kawaraban.capabilities import Capabilities
from kawaraban.channels.http import Answer, CantTell, Limits, Session, judged
from kawaraban.channels.listed import links_in, recalled
from kawaraban.channels.protocol import LiveCopy, Payload, Post, Probe, Save, Surroundings
from kawaraban.config import Announcing, Secret
from kawaraban.config.load import own_settings
from kawaraban.config.secret import revealed
from kawaraban.counting import Measure
from kawaraban.delivery import Receipt
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable
from kawaraban.variant import Variant

LIMITS = Limits(connect=5, read=10, whole=20)
LETTERS = 400
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class NoticeboardSettings(Announcing):
    """The keys below a channel of `kind: noticeboard`; `limit` is learnt from the board where nothing is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: HttpUrl
    token: Secret
    limit: int = Field(default=LETTERS, ge=1, le=100_000)

    @classmethod
    def asks(cls) -> Mapping[str, Sentence]:
        """Return how `kawaraban channels add` asks for each key (protocol.Asks)."""
        return {
            "server": Sentence(ja="掲示板のアドレス", en="address of the board"),
            "token": Sentence(ja="掲示板のトークン", en="our token"),
            "limit": Sentence(ja="一枚に書ける字数", en="letters that a notice may have"),
        }


class _Board(BaseModel):
    """What the board says of itself and of us."""

    id: str
    name: str
    board: str
    limit: int = LETTERS
    expires: AwareDatetime | None = None


class _Notice(BaseModel):
    """One notice as the board shows it."""

    name: str
    text: str
    at: AwareDatetime


_NOTICES = TypeAdapter(list[_Notice])


class Noticeboard:
    """Announcements as notices: they can be changed, looked up, read back and taken down."""

    kind: ClassVar[str] = "noticeboard"
    renderer: ClassVar[str] = "social"
    capabilities: ClassVar[Capabilities] = Capabilities(
        announces=True,
        finds="key",
        idempotency="natural",
        late=timedelta(hours=3),
        longest=timedelta(seconds=2 * LIMITS.whole),
        text=Measure("code points", LETTERS),
    )
    Settings: ClassVar[type[BaseModel]] = NoticeboardSettings

    @classmethod
    def able(cls, own: BaseModel) -> Capabilities:
        """Return what it can do: the board says how long a notice may be."""
        limit = NoticeboardSettings.model_validate(own.model_dump()).limit
        return replace(cls.capabilities, text=Measure("code points", limit))

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = own_settings(surroundings.settings, NoticeboardSettings)

    # --- what every channel has -----------------------------------------------------------------------------------

    def prepare(self, variant: Variant) -> Payload:
        """Return the notice, byte for byte as it is sent."""
        return Payload(variant, variant.part(1).text.encode(), "text/plain; charset=utf-8")

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Put it up under the key."""
        del save
        answer = self._send("PUT", f"/notices/{quote(key, safe='')}", payload.body)
        judged(answer, now=self._now, honest_503=False)
        return self._receipt(key)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Put another text in its place; Refused where it is gone."""
        del key, save
        answer = self._send("PUT", _path(receipt), payload.body, {"if-match": "*"})
        if answer.status == HTTPStatus.PRECONDITION_FAILED:
            raise Refused(_GONE_THERE)
        judged(answer, now=self._now, honest_503=False)
        return self._receipt(receipt.remote_id)

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """Return the notice that was put up under this key, or None."""
        del payload
        return None if self._one(key) is None else self._receipt(key)

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Read it back and compare its text."""
        there = self._one(receipt.remote_id)
        if there is None:
            return LiveCopy(present=False, url=receipt.url)
        same = there.text == against.part(1).text
        return LiveCopy(present=True, url=self._url(receipt.remote_id), differences=() if same else (_TEXT,))

    def withdraw(self, receipt: Receipt) -> None:
        """Take it down; gone already is as good."""
        answer = self._send("DELETE", _path(receipt))
        if answer.status not in _GONE:
            judged(answer, now=self._now, honest_503=False)

    # --- what a channel may have beside ---------------------------------------------------------------------------

    def account(self) -> str:
        """Return the board's own lasting name for us."""
        return self.probe().account

    def probe(self) -> Probe:
        """Ask the board who we are, how long a notice may be, and when the token ends."""
        answer = self._asked("/")
        try:
            board = _Board.model_validate_json(answer.body)
        except ValidationError:
            raise _unreadable(answer) from None
        return Probe(board.id, f"@{board.name}", board.board, {"limit": board.limit}, board.expires)

    def posts(self) -> Iterator[Post]:
        """Yield our notices, the newest first."""
        for notice in self._all():
            title, _, _ = notice.text.partition("\n")
            receipt = Receipt(notice.name, self._url(notice.name), notice.at)
            yield Post(receipt, title, notice.text, links_in(notice.text))

    def recall(self, variants: Sequence[Variant]) -> Mapping[str, Receipt]:
        """Return these articles' notices, by the addresses in them."""
        return recalled(self.posts(), variants)

    # --- the board ------------------------------------------------------------------------------------------------

    @property
    def _now(self) -> datetime:
        return self._surroundings.clock()

    def _url(self, name: str) -> str:
        return f"{str(self._settings.server).rstrip('/')}/notices/{quote(name, safe='')}"

    def _receipt(self, name: str) -> Receipt:
        return Receipt(name, self._url(name), self._now)

    def _one(self, name: str) -> _Notice | None:
        answer = self._asked(f"/notices/{quote(name, safe='')}")
        if answer.status in _GONE:
            return None
        try:
            return _Notice.model_validate_json(answer.body)
        except ValidationError:
            raise _unreadable(answer) from None

    def _all(self) -> list[_Notice]:
        answer = self._asked("/notices")
        try:
            return _NOTICES.validate_json(answer.body)
        except ValidationError:
            raise _unreadable(answer) from None

    def _asked(self, path: str) -> Answer:
        """Return the answer to a read: 200, 404 or 410. NotAuthorised for our token, Unavailable for all that tells nothing."""
        token = self._token()
        with self._session(token) as session:
            answer = session.ask(f"{self._base}{path}", headers={"authorization": f"Bearer {token}"})
        if isinstance(answer, CantTell):
            raise Unavailable(answer.why, after=answer.after)
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise NotAuthorised(_TOKEN_REFUSED, remedy=_NEW_TOKEN)
        if answer.status != HTTPStatus.OK and answer.status not in _GONE:
            raise _unreadable(answer)
        return answer

    def _send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        token = self._token()
        said = {"authorization": f"Bearer {token}", "content-type": "text/plain; charset=utf-8", **(headers or {})}
        with self._session(token) as session:
            return session.send(method, f"{self._base}{path}", headers=said, body=body)

    @property
    def _base(self) -> str:
        return str(self._settings.server).rstrip("/")

    def _token(self) -> str:
        """The token is read anew for each request: a new one in its file needs no restart."""
        return revealed(self._settings.token, self._surroundings.root).get_secret_value()

    def _session(self, token: str) -> Session:
        private = self._surroundings.publication.network.private
        return Session(private=private, limits=LIMITS, secrets=(token,))


def _path(receipt: Receipt) -> str:
    return f"/notices/{quote(receipt.remote_id, safe='')}"


def _unreadable(answer: Answer) -> Unavailable:
    where = answer.shown_url
    return Unavailable(Sentence(ja=f"{where} の答えが読めません", en=f"the answer of {where} can't be read"))


_TEXT = Sentence(ja="本文", en="the text")
_GONE_THERE = Sentence(ja="掲示板に、その紙はもうありません", en="that notice is no longer on the board")
_TOKEN_REFUSED = Sentence(ja="掲示板がトークンを受けつけません", en="the board refuses our token")
_NEW_TOKEN = Sentence(
    ja="掲示板の管理者に新しいトークンをもらい、秘密のファイルに入れてください",
    en="get a new token from whoever keeps the board, and put it into the secret's file",
)
