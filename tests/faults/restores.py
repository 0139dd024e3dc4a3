"""Old ledgers put back at random moments of a newsroom's life: what went out since stays out once, whatever its channel can tell."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from kawaraban.delivery import State
from kawaraban.errors import Conflict
from kawaraban.ledger import Ending, Scope, Settlement
from tests.flows.boards import BOARDS, IDS, Paper, paper, put_back

KEYED = "keyed"
ALL = (*BOARDS, KEYED)


@dataclass
class Restores:
    """What was counted: ledgers put back, posts that went out before anybody resumed, posts twice, articles lost."""

    restored: int = 0
    early: int = 0
    duplicates: int = 0
    lost: int = 0
    asked: int = 0  # questions that a person had to answer

    @property
    def clean(self) -> bool:
        """Whether nothing was posted twice, early, or never."""
        return self.restored > 0 and not (self.early or self.duplicates or self.lost)

    def line(self) -> str:
        """Return the counts in a line."""
        return (
            f"{self.restored} ledgers put back, {self.asked} questions for a person, "
            f"{self.early} posts before they were let go on, {self.duplicates} duplicates, {self.lost} lost"
        )


def restores(folder: Path, *, deeds: int, dice: random.Random) -> Restores:
    """Let a newsroom write, edit and publish, and put the ledger of an earlier moment back now and then."""
    news = paper(folder)
    channels = news.root / "config" / "channels.yaml"
    keyed = f"{KEYED}: {{kind: rehearsal, path: {news.out}/{KEYED}, idempotency: header, update: auto}}\n"
    channels.write_text(channels.read_text(encoding="utf-8") + keyed, encoding="utf-8")
    news.publish()
    kept, count, written = news.keep_ledger(), Restores(), set[str]()
    for number in range(deeds):
        news.now += timedelta(minutes=1)
        match dice.choice(("write", "write", "publish", "publish", "keep", "restore")):
            case "write":
                slug = dice.choice(sorted(IDS))
                news.write(slug, more=f"{number}度目。")
                written.add(slug)
            case "publish":
                news.publish()
            case "keep":
                kept = news.keep_ledger()
            case "restore":
                _put_back(news, kept, dice.choice(("bytes", "file")), count)
    _put_back(news, kept, "file", count)
    _answered(news, count)
    for name in ALL:
        stored = Counter(news.posts(name))
        count.duplicates += sum(posts - 1 for posts in stored.values())
        count.lost += sum(IDS[slug] not in stored for slug in written)
    return count


def _put_back(news: Paper, kept: Path, how: str, count: Restores) -> None:
    before = {name: news.posts(name) for name in ALL}
    put_back(news, kept, how)
    try:
        news.publish()  # where nothing was sent since the copy was made, its bytes are the ledger as it was
    except Conflict:
        count.restored += 1
        count.early += sum(news.posts(name) != before[name] for name in ALL)
    news.resume()


def _answered(news: Paper, count: Restores) -> None:
    """A person looks at each board and answers what is in doubt; then everything goes on."""
    with news.house() as house:
        for row in house.ledger.deliveries():
            if row.state is State.UNSURE:
                there = row.article in news.posts(row.channel)
                end = Settlement.ARRIVED if there else Settlement.NOT_ARRIVED
                house.ledger.settle(Ending(row.article, row.channel, end), now=news.now, who="editor")
                count.asked += 1
            house.ledger.resume(Scope(row.article, row.channel), now=news.now, who="editor")
    news.publish()
