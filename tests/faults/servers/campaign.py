"""A whole campaign before one real server: troubles, kills, then everything is let out and counted."""

from __future__ import annotations

import random
from pathlib import Path

from tests.faults.servers.counting import Tally, counted
from tests.faults.servers.kills import kills
from tests.faults.servers.newsroom import newsroom
from tests.faults.servers.stands import Stand
from tests.faults.servers.troubles import troubles


def campaign(root: Path, stand: Stand, *, at_random: int, dice: random.Random, few: bool = False) -> Tally:
    """Return what was found; `at_random`: so many more kills while a request is answered; `few`: the short form."""
    tally = Tally(stand.name)
    with newsroom(root, stand, dice) as news:
        troubles(news, tally, few=few)
        kills(news, tally, at_random=at_random, few=few)
        news.settle_down()
        return counted(news, tally)
