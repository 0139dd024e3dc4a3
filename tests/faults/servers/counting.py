"""What stands on a server against what should: nothing twice, nothing lost, threads in order, no post without its picture."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.stages.verifying import verify
from kawaraban.delivery import State
from kawaraban.variant import Variant
from tests.faults.servers.newsroom import CHANNEL, Newsroom
from tests.faults.servers.paper import Writing
from tests.servers.stored import Stored


@dataclass
class Tally:
    """
    What one campaign did, and what was found afterwards.

    `unsure`: what a person has to settle; `again`: what was refused and a person tried again; `duplicates`: posts too many, drafts
    and what should be gone among them; `lost`: posts too few, or with an older text; `left`: articles whose delivery is not
    live (or withdrawn) as wanted, and whatever is sent once more; `disordered`: threads out of order; `bare`: posts without
    their picture; `doubled`: pictures that stand there twice although the channel could have known; `drifted`: posts that
    `verify` finds to differ; `uploads`: how many reached the server, one a picture and, where an answer was lost, more;
    `missed`: what was to strike and never did.
    """

    name: str
    articles: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    rounds: int = 0
    requests: int = 0
    unsure: int = 0
    again: int = 0
    duplicates: int = 0
    lost: int = 0
    left: int = 0
    disordered: int = 0
    bare: int = 0
    doubled: int = 0
    drifted: int = 0
    uploads: int = 0
    pictures: int = 0
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0

    @property
    def clean(self) -> bool:
        """Whether everything stands once, whole, and as it was written; and nobody had to be asked."""
        wrong = (
            self.unsure,
            self.duplicates,
            self.lost,
            self.left,
            self.disordered,
            self.bare,
            self.doubled,
            self.drifted,
        )
        return self.articles > 0 and not self.missed and not any(wrong)

    def line(self) -> str:
        """What is printed."""
        kills, faults = sum(self.kills.values()), sum(self.faults.values())
        return (
            f"{self.name:<9} {self.articles} articles, {kills} kills and {faults} faults in {self.rounds} rounds and {self.requests} requests, "
            f"{self.unsure} for a person to settle, {self.again} refusals tried again, {self.duplicates} duplicates, {self.lost} lost, "
            f"{self.left} not live, {self.disordered} out of order, {self.bare} without picture, {self.doubled} pictures doubled, {self.drifted} drifted; "
            f"{self.uploads} uploads of {self.pictures} pictures ({self.seconds:.0f} s)"
            + (f"; never struck: {', '.join(self.missed)}" if self.missed else "")
        )


def counted(news: Newsroom, tally: Tally) -> Tally:
    """Write down how it ended."""
    tally.left = news.left() + _restless(news)
    with news.house() as house:
        rows = {row.article: row for row in house.ledger.deliveries() if row.channel == CHANNEL}
        texts = {key: house.ledger.variant(row.live_digest or "", CHANNEL) for key, row in rows.items()}
        found = verify(house, channels=(CHANNEL,), now=news.now)
    tally.drifted = sum(one.found in ("drifted", "gone") for one in found)
    tally.unsure = sum(row.state is State.UNSURE for row in rows.values())
    stored = news.stand.stored()
    for writing in news.articles.values():
        own = [post for post in stored if writing.mark in f"{post.title}{post.text}"]
        _count_one(news, writing, own, texts.get(writing.id), tally)
    tally.pictures = news.stand.pictures * len(news.articles)
    tally.doubled = news.stand.twice()
    tally.articles, tally.rounds, tally.again = len(news.articles), news.rounds, news.again
    tally.requests = len(news.proxy.passed)
    tally.uploads = sum(method == "POST" and news.stand.uploads in path for method, path in news.proxy.passed)
    tally.seconds = time.monotonic() - tally.began
    return tally


def _restless(news: Newsroom) -> int:
    """How many requests that change something one more publisher makes, where nothing is left to do."""
    before = len(news.proxy.passed)
    news.publish()
    return sum(method != "GET" for method, _ in news.proxy.passed[before:])


def _count_one(news: Newsroom, writing: Writing, own: Sequence[Stored], text: Variant | None, tally: Tally) -> None:
    if writing.withdrawn:
        tally.duplicates += len(own)
        return
    wanted = [part.text for part in text.parts] if text is not None and news.stand.threads else [writing.words]
    tally.duplicates += max(len(own) - len(wanted), 0)
    chain = _chain(own)
    tally.lost += max(len(wanted) - len(own), 0)
    tally.lost += sum(writing.words not in post.text or post.status not in news.stand.shown for post in own)
    tally.disordered += news.stand.threads and [post.text for post in chain] != wanted
    tally.bare += not chain or not news.stand.pictured(chain[0])


def _chain(posts: Sequence[Stored]) -> list[Stored]:
    """The posts in order, each the answer to the one before."""
    chain: list[Stored] = []
    while below := [post for post in posts if post.reply_to == (chain[-1].id if chain else None) and post not in chain]:
        chain.append(below[0])
    return chain
