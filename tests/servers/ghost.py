"""
Ghost on SQLite (npm: ghost).

It has no idempotency: the same post sent twice is two posts, the second with the slug `…-2`. The site is one for all
tests: begin with `clear()`. No mail leaves it; whether one would have is in a post's `raw["email"]`.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from lxml import html

from tests.servers.running import Command, answers, free_port, installed, running
from tests.servers.stored import Stored

_OWNER = {"name": "汀", "email": "owner@example.com", "password": secrets.token_urlsafe(20), "blogTitle": "瓦版"}


@dataclass(frozen=True)
class Ghost:
    """The site: where it is, its log, and the Admin API key (`id:secret`) of an integration. The cookie is its owner's."""

    url: str
    port: int
    log: Path
    cookie: str = field(repr=False)
    key: str = ""

    def integration(self) -> str:
        """The Admin API key of one more custom integration."""
        made = self._told("POST", "integrations/?include=api_keys", {"integrations": [{"name": secrets.token_hex(6)}]})
        keys = made["integrations"][0]["api_keys"]
        return next(str(key["secret"]) for key in keys if key["type"] == "admin")

    def stored(self) -> list[Stored]:
        """All posts of every status, oldest first; `text` is the HTML Ghost makes, the first of `alts` the feature image's."""
        posts = self._all("posts", formats="html,lexical", include="tags,authors,email", order="created_at asc,id asc")
        return [_post(post) for post in posts]

    def delete(self, post: str) -> None:
        """Delete a post by its id, as an editor's click does: there is no trash."""
        self._told("DELETE", f"posts/{post}/")

    def clear(self) -> None:
        """Delete all posts, pages and tags."""
        for kind in ("posts", "pages", "tags"):
            for one in self._all(kind):
                self._told("DELETE", f"{kind}/{one['id']}/")

    def _all(self, kind: str, **words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page: int | None = 1
        while page is not None:
            said = self._told("GET", f"{kind}/", **words, limit="100", page=str(page))
            page = said["meta"]["pagination"]["next"]
            found += said[kind]
        return found

    def _told(self, method: str, path: str, body: object = None, **words: str) -> dict[str, Any]:
        headers = {"Cookie": self.cookie, "Origin": self.url}
        address = f"{self.url}/ghost/api/admin/{path}"
        answer = requests.request(method, address, params=words, json=body, headers=headers, timeout=60)
        assert answer.ok, f"{answer.status_code}: {answer.text[:500]}"
        said: dict[str, Any] = answer.json() if answer.content else {}
        return said


@contextmanager
def ghost(data: Path) -> Iterator[Ghost]:
    """Run a fresh site with its data in this folder."""
    program = installed("ghost") / "package"
    node = installed("node") / "node" / "bin" / "node"
    port, log, content = free_port(), data / "log", data / "content"
    shutil.copytree(program / "content", content)
    for folder in ("data", "logs"):
        (content / folder).mkdir(exist_ok=True)
    url = f"http://127.0.0.1:{port}"
    command: Command = (node, "index.js")
    ready = answers(f"{url}/ghost/api/admin/site/")
    with running(command, log=log, ready=ready, cwd=program, environment=_settings(url, port, data)):
        site = Ghost(url, port, log, _owner(url))
        site.clear()
        yield Ghost(url, port, log, site.cookie, site.integration())


def _settings(url: str, port: int, data: Path) -> dict[str, str]:
    """Ghost reads its settings from names like these; nothing it does leaves this machine."""
    return {
        "NODE_ENV": "development",  # production wants MySQL
        "url": url,
        "server__host": "127.0.0.1",
        "server__port": str(port),
        "database__client": "better-sqlite3",
        "database__connection__filename": str(data / "ghost.db"),
        "paths__contentPath": str(data / "content"),
        "logging__transports": '["stdout"]',
        "mail__transport": "stub",
        "privacy__useUpdateCheck": "false",
        "privacy__useGravatar": "false",
        "privacy__useRpcPing": "false",
        "security__staffDeviceVerification": "false",
    }


def _owner(url: str) -> str:
    """Let the owner move in and log in; gives the session's cookie."""
    api, headers = f"{url}/ghost/api/admin", {"Origin": url}
    requests.post(
        f"{api}/authentication/setup/", json={"setup": [_OWNER]}, headers=headers, timeout=60
    ).raise_for_status()
    log_in = {"username": _OWNER["email"], "password": _OWNER["password"]}
    answer = requests.post(f"{api}/session/", json=log_in, headers=headers, timeout=60)
    answer.raise_for_status()
    return "; ".join(f"{one.name}={one.value}" for one in answer.cookies)


def _post(post: dict[str, Any]) -> Stored:
    text = post["html"] or ""
    pictures = html.fragments_fromstring(f"<div>{text}</div>")[0].iter("img")
    feature = (post["feature_image_alt"] or "",) if post["feature_image"] else ()
    return Stored(
        id=post["id"],
        url=post["url"],
        text=text,
        title=post["title"],
        status=post["status"],
        alts=(*feature, *(picture.get("alt", "") for picture in pictures)),
        raw=post,
    )
