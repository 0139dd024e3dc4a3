"""Publishers are killed at every boundary and at random, as each kind of idempotency; what is stored is counted."""

from __future__ import annotations

import itertools
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import paper
from tests.faults.points import HERE, PARTS, THERE
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
from tests.faults.stored import count_posts

KINDS = ("natural", "header", "find", "none")
AT_RANDOM = "while it is sent"
THREADED = ("natural", "find")
"""The kinds in which a thread can be asked about."""
POSTS = 3
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
    disordered: int = 0
    posts: int = 0

    @property
    def clean(self) -> bool:
        """Whether every article is there once, whole and in order."""
        return not (self.duplicates or self.lost or self.left or self.disordered)

    def line(self) -> str:
        """What is printed."""
        threads = f", {self.disordered} out of order" if self.posts else ""
        of = f" of {self.posts} posts" if self.posts else ""
        return (
            f"{self.kind:<8} {self.articles} articles{of}, {sum(self.kills.values())} kills ({self.kills[AT_RANDOM]} at random) in {self.rounds} rounds, "
            f"{self.unsure} settled by a person, {self.duplicates} duplicates, {self.lost} lost, {self.left} not live{threads}"
        )


def campaign(root: Path, kind: str, *, kills: int, articles: int, dice: random.Random, threads: bool = False) -> Count:
    """
    Kill publishers at every boundary, then `kills` of them at random while they send; let one end, and count.

    With `threads` each text is three posts, killed at each of them, and an edit makes it longer, shorter, or one post.
    """
    count = Count(kind, articles, posts=POSTS if threads else 0)
    with counting_server(kind) as server:
        paper.set_up(root, articles=articles, kind=kind, server=server.url, posts=count.posts)
        edits = itertools.count(1)
        for point, nth in _blows(kills, dice, threads=threads):
            while not _round(root, server, point, nth, count):  # it ended unharmed: nothing was left to send
                assert count.rounds < 10 * kills + 150, f"nothing is sent any more: {count.line()}"
                _edit(root, articles, next(edits), dice.choice((1, 2, 3, 3, 4)) if threads else 0)
        _finish(root, server, count)
        count_posts(root, server.posts(), count)
    count.left = not_live(root)
    return count


def _blows(kills: int, dice: random.Random, *, threads: bool) -> list[tuple[str, int]]:
    """Return where publishers are killed, and at which post of a thread, in an order of the dice's."""
    points = [(point, 1) for point in BOUNDARIES]
    if threads:
        within = (*PARTS, *(point for point in THERE if point != AT_RANDOM))
        points += [(point, nth) for point in within for nth in range(1, POSTS + 1)]
    at_random = [(AT_RANDOM, dice.randint(1, POSTS) if threads else 1) for _ in range(kills)]
    return [*dice.sample(points, len(points)), *at_random]


def _round(root: Path, server: Server, point: str, nth: int, count: Count) -> bool:
    """Let one publisher run into `point`; return whether it fell there."""
    now = paper.NOW + ROUND * count.rounds
    count.rounds += 1
    if point in _MOMENT:
        pid = in_a_child(lambda: _waiting(root, server, point, nth, now))
    else:
        pid = in_a_child(publishing(root, now, point, nth))
    fell = ended(pid) == -signal.SIGKILL
    count.kills[point] += fell
    server.control()
    if count.kind == "none":
        count.unsure += a_person_settles(root, server, now)
    return fell


def _waiting(root: Path, server: Server, point: str, nth: int, now: object) -> None:
    """Name oneself as the server's victim, then publish."""
    import os

    server.control(pid=os.getpid(), when=_MOMENT[point], skip=nth - 1)
    publishing(root, now)()  # type: ignore[arg-type] # a datetime, bound by the caller


def _edit(root: Path, articles: int, edition: int, posts: int) -> None:
    for number in range(articles):
        paper.write(root, number, f"第{edition}版。", posts)


def _finish(root: Path, server: Server, count: Count) -> None:
    for _ in range(8):
        now = paper.NOW + ROUND * count.rounds
        count.rounds += 1
        ended(in_a_child(publishing(root, now)))
        if count.kind == "none":
            count.unsure += a_person_settles(root, server, now)
        if not_live(root) == 0:
            return
