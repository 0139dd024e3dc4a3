"""Every request of every deed meets the troubles of the network; then all goes out, and is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, groupby

from tests.faults.servers.counting import Tally
from tests.faults.servers.newsroom import Newsroom
from tests.faults.servers.stands import Stand
from tests.faults.servers.steps import Step
from tests.servers.proxy import FIVE, Trouble

_POSTS = 3
_PASSES = 12
_FRESH = 2
_DEEDS = ("create", "edit", "withdraw")


@dataclass(frozen=True)
class Encounter:
    """A request, and what becomes of it."""

    step: Step
    trouble: Trouble

    @property
    def name(self) -> str:
        return f"{self.step.name}: {self.trouble}"


def troubles(news: Newsroom, tally: Tally, *, few: bool = False) -> None:
    """Let each request meet each of its troubles, one an article; with `few` each of the five is met once in a publish."""
    for batch in _few(news.stand) if few else _batches(news.stand):
        _met(news, batch, tally)


def _batches(stand: Stand) -> Iterator[list[Encounter]]:
    """Yield what can be played over articles in one go: requests of one deed that need nothing done before, or the same."""
    for deed in _DEEDS:
        for _, steps in groupby(stand.of(deed), key=lambda step: step.before):
            yield [Encounter(step, trouble) for step in steps for trouble in step.troubles]


def _few(stand: Stand) -> Iterator[list[Encounter]]:
    for deed in _DEEDS:
        steps = [step for step in stand.of(deed) if step.decides]
        met = FIVE if deed == "create" else FIVE[:1]
        if steps:
            yield sorted(map(Encounter, cycle(steps), met), key=lambda one: stand.steps.index(one.step))


def _met(news: Newsroom, batch: list[Encounter], tally: Tally) -> None:
    """Play them, one an article, until all are played."""
    coming = news.proxy.troubles
    coming.extend(one.step.meets(one.trouble) for one in batch)
    step = batch[0].step
    for _ in range(_PASSES):
        if not coming:
            break
        news.begin(step.deed, max(_FRESH, len(coming) - news.left()), _POSTS)  # what was stopped before meets them, too
        step.before(news.root)
        news.publish()
    played = len(batch) - len(coming)
    tally.faults.update(one.name for one in batch[:played])
    tally.missed += [one.name for one in batch[played:]]
    coming.clear()
