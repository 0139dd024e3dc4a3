"""Publishers are killed at every boundary of the protocol and at every request of every deed, by the network too."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.points import HERE, PARTS
from tests.faults.servers.counting import Tally
from tests.faults.servers.newsroom import Newsroom
from tests.faults.servers.stands import Stand
from tests.faults.servers.steps import KILLS, Deed, Step
from tests.servers.proxy import Trouble

AT_RANDOM: Trouble = "kill while"
_POSTS = 3
_TRIES = 6
_LOST: tuple[Trouble, ...] = ("drop", "504", "429", "reset before", "cut answer")
_OVERTAKEN = 0.3
"""How often an editor edits or withdraws what was stopped, before it goes on."""


@dataclass(frozen=True)
class Blow:
    """
    Where a publisher dies in a deed: at a boundary inside (of a thread's posts: the `nth`), or at a request.

    `before` that, another request of the same publisher meets a trouble.
    """

    deed: Deed
    point: str = ""
    nth: int = 1
    step: Step | None = None
    moment: Trouble = AT_RANDOM
    before: Trouble | None = None

    @property
    def name(self) -> str:
        return (
            f"{self.deed}: {self.moment.removeprefix('kill ')} {self.step.name}"
            if self.step
            else f"{self.deed}: {self.point}"
        )


def kills(news: Newsroom, tally: Tally, *, at_random: int, few: bool = False) -> None:
    """Let publishers die once at each place, then `at_random` times while they send; `few`: once at each request."""
    for blow in blows(news.stand, at_random, news.dice, few=few):
        _struck(news, blow, tally)


def blows(stand: Stand, at_random: int, dice: random.Random, *, few: bool = False) -> list[Blow]:
    """Every blow, in an order of the dice's; `few`: one at each request, and one inside."""
    places = list(_places(stand))
    if few:
        inside = dice.choice([blow for blow in places if blow.step is None])
        places = [inside, *(Blow(step.deed, step=step, moment=dice.choice(KILLS[:2])) for step in stand.steps)]
    steps = [dice.choice(stand.steps) for _ in range(at_random)]
    mixed = (Blow(step.deed, step=step, before=dice.choice(_LOST)) for step in steps)
    return [*dice.sample(places, len(places)), *mixed]


def _places(stand: Stand) -> Iterator[Blow]:
    for deed in dict.fromkeys(step.deed for step in stand.steps):
        yield from (Blow(deed, point) for point in HERE)
    if stand.threads:
        yield from (Blow("create", point, nth) for point in PARTS for nth in range(1, _POSTS + 1))
        yield from (Blow("withdraw", point) for point in PARTS)
    if stand.threads and stand.edits:
        yield from (Blow("edit", point) for point in PARTS)
    for step in stand.steps:
        yield from (Blow(step.deed, step=step, moment=moment) for moment in KILLS)


def _struck(news: Newsroom, blow: Blow, tally: Tally) -> None:
    """Give them something to do, and strike; what was stopped before may be struck as well, so it is tried some times."""
    for _ in range(_TRIES):
        whole = blow.point in PARTS or blow.step is not None
        news.begin(blow.deed, 1 + bool(blow.before), _POSTS if whole else 0)
        if blow.before:
            news.proxy.troubles.append(blow.before)
        if blow.step is not None:
            blow.step.before(news.root)
            news.proxy.troubles.append(blow.step.meets(blow.moment))
        died = news.publish(point=blow.point, nth=blow.nth, victim=True)
        news.proxy.troubles.clear()
        if died:
            tally.kills[blow.name] += 1
            if news.dice.random() < _OVERTAKEN:
                news.overtake()
            return
        if blow.moment == AT_RANDOM:  # it was through before the blow fell
            return
    tally.missed.append(blow.name)
