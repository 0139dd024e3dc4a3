"""Publishers are killed at every boundary and at random, as each kind of idempotency; what is stored is counted."""

from __future__ import annotations

import itertools
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import paper
from tests.faults.points import HERE, THERE
from tests.faults.senders import (
    ROUND,
    Server,
    a_person_settles,
    counting_server,
    ended,
    in_a_child,
    not_live,
    publishing,
)

KINDS = ("natural", "header", "find", "none")
AT_RANDOM = "while it is sent"
BOUNDARIES = (*HERE, *(point for point in THERE if point != AT_RANDOM))
_MOMENT = {"after the request left": "before", "after the server took it": "after", "while it is sent": "random"}


@dataclass
class Count:
    """What one campaign did: kills by boundary, and what was found on the server afterwards."""

    kind: str
    articles: int
    kills: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    unsure: int = 0
    duplicates: int = 0
    lost: int = 0
    left: int = 0

    @property
    def clean(self) -> bool:
        """Whether every article is there once."""
        return not (self.duplicates or self.lost or self.left)

    def line(self) -> str:
        """What is printed."""
        return (
            f"{self.kind:<8} {self.articles} articles, {sum(self.kills.values())} kills ({self.kills[AT_RANDOM]} at random) in {self.rounds} rounds, "
            f"{self.unsure} settled by a person, {self.duplicates} duplicates, {self.lost} lost, {self.left} not live"
        )


def campaign(root: Path, kind: str, *, kills: int, articles: int, dice: random.Random) -> Count:
    """Kill publishers at every boundary, then `kills` of them at random while they send; let one end, and count."""
    count = Count(kind, articles)
    with counting_server(kind) as server:
        identities = paper.set_up(root, articles=articles, kind=kind, server=server.url)
        edits = itertools.count(1)
        for point in (*dice.sample(BOUNDARIES, len(BOUNDARIES)), *(AT_RANDOM,) * kills):
            while not _round(root, server, point, count):  # it ended unharmed: nothing was left to send
                assert count.rounds < 10 * kills + 50, f"nothing is sent any more: {count.line()}"
                _edit(root, articles, next(edits))
        _finish(root, server, count)
        stored = Counter(post["article"] for post in server.posts())
    count.duplicates = sum(number - 1 for number in stored.values() if number > 1)
    count.lost = sum(identity not in stored for identity in identities)
    count.left = not_live(root)
    return count


def _round(root: Path, server: Server, point: str, count: Count) -> bool:
    """Let one publisher run into `point`; return whether it fell there."""
    now = paper.NOW + ROUND * count.rounds
    count.rounds += 1
    if point in _MOMENT:
        pid = in_a_child(lambda: _waiting(root, server, point, now))
    else:
        pid = in_a_child(publishing(root, now, point))
    fell = ended(pid) == -signal.SIGKILL
    count.kills[point] += fell
    server.control()
    if count.kind == "none":
        count.unsure += a_person_settles(root, server, now)
    return fell


def _waiting(root: Path, server: Server, point: str, now: object) -> None:
    """Name oneself as the server's victim, then publish."""
    import os

    server.control(pid=os.getpid(), when=_MOMENT[point])
    publishing(root, now)()  # type: ignore[arg-type] # a datetime, bound by the caller


def _edit(root: Path, articles: int, edition: int) -> None:
    for number in range(articles):
        paper.write(root, number, f"第{edition}版。")


def _finish(root: Path, server: Server, count: Count) -> None:
    for _ in range(8):
        now = paper.NOW + ROUND * count.rounds
        count.rounds += 1
        ended(in_a_child(publishing(root, now)))
        if count.kind == "none":
            count.unsure += a_person_settles(root, server, now)
        if not_live(root) == 0:
            return
