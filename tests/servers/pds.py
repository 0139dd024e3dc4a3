"""
A Bluesky personal data server with the directory of identities it needs (npm: @atproto/pds, @did-plc/server).

It refuses what the public network refuses: lengths, record keys that are no TID, pictures too big, a swap that does not
fit. It does not look at facets. An account costs a quarter of a second: take a fresh one for every test.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.servers.running import Command, answers, free_port, installed, running
from tests.servers.stored import Stored

POSTS = "app.bsky.feed.post"
_PROGRAM = Path(__file__).parent / "parts" / "pds" / "pds.mjs"


@dataclass(frozen=True)
class Account:
    """One account: `password` is an app password, `main_password` the one its owner types."""

    server: str
    did: str
    handle: str
    password: str
    main_password: str

    def stored(self) -> list[Stored]:
        """All posts, oldest first; `id` is the at-URI, `url` the same."""
        posts: list[Stored] = []
        cursor = ""
        while True:
            page = _asked(
                self.server, "com.atproto.repo.listRecords",
                repo=self.did, collection=POSTS, limit="100", reverse="true", cursor=cursor,
            )  # fmt: skip
            posts += [_post(record) for record in page["records"]]
            cursor = page.get("cursor", "")
            if not cursor:
                return posts

    def delete(self, post: str) -> None:
        """Delete a post by its at-URI, as its owner would in the app."""
        session = _told(
            self.server, "com.atproto.server.createSession", identifier=self.did, password=self.main_password
        )
        record = {"repo": self.did, "collection": POSTS, "rkey": post.rpartition("/")[2]}
        _told(self.server, "com.atproto.repo.deleteRecord", session["accessJwt"], **record)

    def clear(self) -> None:
        for post in self.stored():
            self.delete(post.id)

    def blob(self, cid: str) -> bytes:
        """The bytes of a stored picture."""
        answer = requests.get(
            f"{self.server}/xrpc/com.atproto.sync.getBlob", params={"did": self.did, "cid": cid}, timeout=30
        )
        answer.raise_for_status()
        return answer.content


@dataclass(frozen=True)
class Pds:
    """The server: where it is, and where its log is."""

    url: str
    port: int
    log: Path

    def account(self) -> Account:
        """Open a fresh account, with an app password."""
        name, password = f"u{secrets.token_hex(6)}", secrets.token_urlsafe(12)
        made = _told(
            self.url, "com.atproto.server.createAccount",
            handle=f"{name}.test", email=f"{name}@example.com", password=password,
        )  # fmt: skip
        app = _told(self.url, "com.atproto.server.createAppPassword", made["accessJwt"], name="kawaraban")
        return Account(self.url, made["did"], made["handle"], app["password"], password)


@contextmanager
def pds(data: Path, *, limits: bool = False) -> Iterator[Pds]:
    """Run one with its data in this folder; `limits` turns the public network's rate limits on."""
    packages, node = installed("pds"), installed("node") / "node" / "bin" / "node"
    data.mkdir(parents=True, exist_ok=True)
    port, directory, log = free_port(), free_port(), data / "log"
    command: Command = (node, _PROGRAM, packages, data, str(port), str(directory), "limits" if limits else "")
    url = f"http://127.0.0.1:{port}"
    with running(command, log=log, ready=answers(f"{url}/xrpc/_health"), environment={"LOG_ENABLED": "1"}):
        yield Pds(url, port, log)


def _post(record: dict[str, Any]) -> Stored:
    value = record["value"]
    embed = value.get("embed", {})
    images = embed.get("media", embed).get("images", [])
    return Stored(
        id=record["uri"],
        url=record["uri"],
        text=value["text"],
        reply_to=value["reply"]["parent"]["uri"] if "reply" in value else None,
        alts=tuple(image["alt"] for image in images),
        raw=record,
    )


def _asked(server: str, method: str, **words: str) -> dict[str, Any]:
    answer = requests.get(f"{server}/xrpc/{method}", params={k: v for k, v in words.items() if v}, timeout=30)
    return _understood(answer)


def _told(server: str, method: str, token: str = "", **words: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return _understood(requests.post(f"{server}/xrpc/{method}", json=words, headers=headers, timeout=30))


def _understood(answer: requests.Response) -> dict[str, Any]:
    assert answer.ok, f"{answer.status_code}: {answer.text[:500]}"
    said: dict[str, Any] = answer.json() if answer.content else {}
    return said
