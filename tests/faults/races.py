"""Several processes race over the same due deliveries, without the lock that lets only one publish: claims alone decide."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flows.stages.delivery import Sending
from flows.stages.planning import Question, plan
from kawaraban.errors import Conflict
from kawaraban.plan import expectations
from tests.faults import paper
from tests.faults.campaign import Count
from tests.faults.senders import counting_server, ended, house_at, in_a_child, not_live


def race(root: Path, *, processes: int, articles: int, kind: str = "none") -> Count:
    """Let all processes plan the same deliveries, then send each as fast as it can, in an order of its own."""
    count = Count(kind, articles)
    with counting_server(kind) as server:
        identities = paper.set_up(root, articles=articles, kind=kind, server=server.url)
        _expected(root)
        children = [in_a_child(_racer(root, number)) for number in range(processes)]
        count.rounds = sum(ended(child) == 0 for child in children)
        stored = Counter(post["article"] for post in server.posts())
    count.duplicates = sum(number - 1 for number in stored.values() if number > 1)
    count.lost = sum(identity not in stored for identity in identities)
    count.left = not_live(root)
    return count


def _expected(root: Path) -> None:
    with house_at(root, paper.NOW) as house:
        planned = plan(house, Question(), now=paper.NOW)
        house.ledger.keep(*(planned.variant(one.article, one.channel, one.digest or "") for one in planned.plan.to_do))
        house.ledger.expect(expectations(planned.plan), now=paper.NOW, who="campaign")


def _racer(root: Path, number: int) -> Callable[[], None]:
    def work(now: datetime = paper.NOW) -> None:
        with house_at(root, now) as house:
            planned = plan(house, Question(), now=now)
            actions = list(planned.plan.to_do)
            random.Random(number).shuffle(actions)
            for action in actions:
                try:
                    Sending(house, action, planned, now).send()
                except Conflict:
                    continue  # another has it

    return work
