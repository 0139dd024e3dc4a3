"""
Our own records on our own server (com.atproto.repo.*). A server tells the truth about them at once: what was put is read.

Writing carries a token, which is renewed once when it is used up; reading needs none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from kawaraban.channels.bluesky.account import Account
from kawaraban.channels.bluesky.blob import Blob, blob_of
from kawaraban.channels.bluesky.record import POST
from kawaraban.channels.bluesky.session import SessionFile
from kawaraban.channels.bluesky.settings import BlueskySettings
from kawaraban.channels.bluesky.xrpc import Caller, Json, Stale
from kawaraban.channels.http import Limits, Session
from kawaraban.channels.protocol import Surroundings
from kawaraban.config.secret import revealed
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused, Sentence, Unavailable, Unsure

_PAGE = 100
_MOST_PAGES = 200
_NAME = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it stands on the server."""

    uri: str
    cid: str
    value: Mapping[str, Any]  # Any: JSON

    @property
    def rkey(self) -> str:
        """The record key."""
        return self.uri.rpartition("/")[2]


class Repository:
    """The posts of one account. Fails as a channel fails."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._signed = account.signed()

    @property
    def did(self) -> str:
        """The account's lasting name."""
        return self._signed.did

    @property
    def handle(self) -> str:
        """The name people know it by."""
        return self._signed.handle

    def uri(self, rkey: str) -> str:
        """The at-URI of our record with that key."""
        return f"at://{self.did}/{POST}/{rkey}"

    # --- writing ---

    def put(self, rkey: str, value: Json) -> str:
        """
        Make the record and return its CID; Occupied where another one stands at the key.

        The same record again is no second post and no failure (`swapRecord: null`: it must not exist).
        """
        said = self._written(
            lambda caller: caller.call(
                "com.atproto.repo.putRecord", {**self._at(rkey), "record": value, "swapRecord": None}
            )
        )
        if not _is_name(cid := said.get("cid")):
            raise Unsure(_UNREADABLE)
        return cid

    def delete(self, rkey: str) -> None:
        """Delete the record; one that is not there is as good."""
        self._written(lambda caller: caller.call("com.atproto.repo.deleteRecord", self._at(rkey)))

    def upload(self, data: bytes, media_type: str) -> Blob:
        """Put a picture's bytes on the server, where they stay once a record names them."""
        wanted = blob_of(data, media_type)
        try:
            said = self._written(lambda caller: caller.send("com.atproto.repo.uploadBlob", data, media_type))
        except Unsure as lost:  # nobody sees a picture that no post names
            raise Unavailable(lost.what) from lost
        found = _blob(said)
        if found is None or (found.cid, found.size) != (wanted.cid, wanted.size):
            raise Unavailable(_UNREADABLE)
        return found

    def _written(self, request: Callable[[Caller], Json]) -> Json:
        try:
            return request(self._account.caller(self._signed))
        except Stale:
            self._signed = self._account.renewed(self._signed)
            return request(self._account.caller(self._signed))

    def _at(self, rkey: str) -> dict[str, str]:
        return {"repo": self.did, "collection": POST, "rkey": rkey}

    # --- reading ---

    def get(self, rkey: str) -> Stored | None:
        """Return the record, or None; Unavailable where nobody can say."""
        said = self._reader().read("com.atproto.repo.getRecord", **self._at(rkey))
        return None if said is None else _stored(said)

    def all(self) -> Iterator[Stored]:
        """Yield all posts, newest first; Unavailable where they never end: what is not among them might be there."""
        cursor = ""
        for _ in range(_MOST_PAGES):
            asked = {
                "repo": self.did,
                "collection": POST,
                "limit": str(_PAGE),
                **({"cursor": cursor} if cursor else {}),
            }
            said = self._reader().read("com.atproto.repo.listRecords", **asked) or {}
            records = said.get("records")
            if not isinstance(records, list):
                raise Unavailable(_UNREADABLE)
            yield from map(_stored, records)
            cursor = str(said.get("cursor") or "")
            if not cursor or not records:
                return
        raise Unavailable(_TOO_MANY)

    def session(self) -> Json:
        """Return what the server says of us (com.atproto.server.getSession)."""
        return self._written(lambda caller: caller.read("com.atproto.server.getSession") or {})

    def version(self) -> str:
        """Return the server's version, "" where it does not tell."""
        try:
            return str((self._reader().read("_health") or {}).get("version", ""))
        except (Refused, Unavailable):
            return ""

    def key_of(self, receipt: Receipt) -> str:
        """Return the record key that a receipt names (an at-URI, or the post's page as a person gave it)."""
        owner, rkey = _named(receipt.remote_id)
        if owner not in (self.did, self.handle) or not rkey:
            raise Refused(_not_ours(receipt.remote_id))
        return rkey

    def _reader(self) -> Caller:
        signed = self._account.caller(self._signed)
        return Caller(signed.http, signed.clock, signed.address)


@contextmanager
def opened(surroundings: Surroundings, own: BlueskySettings) -> Iterator[Repository]:
    """Come in as the account of these settings; the password is read anew each time."""
    password = revealed(own.password, surroundings.root)
    seconds = own.timeout.total_seconds()
    limits = Limits(connect=min(10.0, seconds), read=seconds, whole=2 * seconds)
    private = surroundings.publication.network.private
    kept = surroundings.root / ".kawaraban" / "sessions" / f"{surroundings.settings.name}.json"
    with Session(private=private, limits=limits, secrets=(password.get_secret_value(),)) as http:
        file = SessionFile(kept, patience=4 * seconds)
        yield Repository(Account(own, password, file, http, surroundings.clock, private))


def _stored(said: object) -> Stored:
    if isinstance(said, dict) and isinstance(said.get("value"), dict):
        uri, cid = said.get("uri"), said.get("cid")
        if _is_name(uri) and _is_name(cid):
            return Stored(uri, cid, said["value"])
    raise Unavailable(_UNREADABLE)


def _is_name(said: object) -> TypeGuard[str]:
    """Whether it can be an address or a CID: it becomes part of a receipt."""
    return isinstance(said, str) and bool(_NAME.fullmatch(said))


def _blob(said: Json) -> Blob | None:
    blob = said.get("blob")
    link = blob.get("ref") if isinstance(blob, dict) else None
    if not isinstance(blob, dict) or not isinstance(link, dict) or not isinstance(blob.get("size"), int):
        return None
    return Blob(str(link.get("$link", "")), str(blob.get("mimeType", "")), blob["size"])


def _named(remote_id: str) -> tuple[str, str]:
    """Return whose record it is, and its key: `at://WHO/COLLECTION/KEY` or `https://bsky.app/profile/WHO/post/KEY`."""
    parts = urlsplit(remote_id)
    if parts.scheme == "at":
        owner, _, rest = remote_id.removeprefix("at://").partition("/")
        return owner, rest.rpartition("/")[2]
    words = parts.path.strip("/").split("/")
    return (words[1], words[3]) if [*words[:1], *words[2:3]] == ["profile", "post"] and words[3:] else ("", "")


def _not_ours(name: str) -> Sentence:
    return Sentence(ja=f"{name} はこのアカウントの投稿ではありません", en=f"{name} is no post of this account")


_TOO_MANY = Sentence(ja="投稿の一覧に終わりがありません", en="the list of posts has no end")
_UNREADABLE = Sentence(ja="サーバーの答えが読めません", en="the server's answer can't be read")
