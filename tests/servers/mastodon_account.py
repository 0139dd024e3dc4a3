"""An account on a server that speaks Mastodon's client interface, as a test looks at it: its posts, and its hand on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from tests.servers.stored import Stored

_PAGE = 40


@dataclass(frozen=True)
class Account:
    """One account and its access token. `token` is also what a channel is given."""

    server: str
    id: str
    username: str
    token: str

    def stored(self) -> list[Stored]:
        """All its posts, oldest first, public or not, save direct ones and those that wait for their time; `text` is plain."""
        statuses: list[dict[str, Any]] = []
        words = {"limit": str(_PAGE)}
        # the home timeline, since snac leaves followers-only and direct posts out of the account's own list
        while page := self._asked("timelines/home", **words):
            statuses += page
            words["max_id"] = page[-1]["id"]
        return [self._post(status) for status in reversed(statuses) if status["account"]["id"] == self.id]

    def delete(self, post: str) -> None:
        """Delete a post by its id, as its author would in any app."""
        answer = requests.delete(f"{self.server}/api/v1/statuses/{post}", headers=self._headers(), timeout=30)
        answer.raise_for_status()

    def clear(self) -> None:
        for post in self.stored():
            self.delete(post.id)

    def _post(self, status: dict[str, Any]) -> Stored:
        return Stored(
            id=status["id"],
            url=status["url"],
            text=self._asked(f"statuses/{status['id']}/source")["text"],
            title=status["spoiler_text"],
            status=status["visibility"],
            reply_to=status["in_reply_to_id"],
            alts=tuple(media["description"] or "" for media in status["media_attachments"]),
            raw=status,
        )

    def _asked(self, path: str, **words: str) -> Any:
        answer = requests.get(f"{self.server}/api/v1/{path}", params=words, headers=self._headers(), timeout=30)
        answer.raise_for_status()
        return answer.json()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def account(server: str, token: str) -> Account:
    """Whose token it is, the server says."""
    answer = requests.get(
        f"{server}/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    answer.raise_for_status()
    me = answer.json()
    return Account(server, me["id"], me["username"], token)
