"""
Which of our own posts is the one an earlier try made. Pure.

No server keeps our key with a post, so a post is known by what it says, by what it answers and by when it came: without
the instant a post of last year would be taken for today's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kawaraban.channels.listed import comparable
from kawaraban.channels.mastodon.entities import Status
from kawaraban.channels.mastodon.plain import alike, links, links_in, plain
from kawaraban.variant import Part

SAME_WORDS_WITHIN = timedelta(days=1)
"""How much earlier than our intent the server may say that the same words came: its clock may be another."""

SAME_LINKS_WITHIN = timedelta(minutes=10)
"""The same, where only the links are the same: somebody may have posted them before."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A post: its words, the id of the post it answers (None: none), and when the intent to send it was written."""

    part: Part
    answers: str | None
    since: datetime | None

    def among(self, posts: Iterable[Status]) -> Status | None:
        """
        Return the post among these (newest first), or None.

        It says the same; else it leads to the same addresses and came after the intent (a server or a person changed its
        words: it is ours all the same, and reading it back says in what it differs).
        """
        second: Status | None = None
        for post in self._in_time(posts):
            if post.in_reply_to_id != self.answers:
                continue
            if alike(said(post), self.part.text):
                return post
            if second is None and self._leads_alike(post):
                second = post
        return second

    def _in_time(self, posts: Iterable[Status]) -> Iterator[Status]:
        for post in posts:
            if self.since is not None and post.created_at < self.since - SAME_WORDS_WITHIN:
                return
            yield post

    def _leads_alike(self, post: Status) -> bool:
        if self.since is None or post.created_at < self.since - SAME_LINKS_WITHIN:
            return False
        own = self.part.links or links_in(self.part.text)
        return bool(own) and _comparable(own) == _comparable(leads_to(post))


def below(posts: Iterable[Status], name: str) -> tuple[Status, ...]:
    """Return the thread below a post among these (newest first): the first answer to it, the first answer to that, and so on."""
    answers: dict[str, Status] = {}
    for post in posts:
        if post.id == name:
            break
        if post.in_reply_to_id is not None:
            answers[post.in_reply_to_id] = post  # an older one takes the place of a newer
    thread: list[Status] = []
    while name in answers:
        thread.append(answers.pop(name))
        name = thread[-1].id
    return tuple(thread)


def said(post: Status) -> str:
    """Return what a post says, without markup."""
    return post.written or plain(post.content)


def leads_to(post: Status) -> tuple[str, ...]:
    """Return the addresses that a post leads to."""
    return links(post.content) or links_in(said(post))


def _comparable(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(comparable(one) for one in addresses)
