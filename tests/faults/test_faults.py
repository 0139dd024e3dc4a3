"""The short form of `make faults`: every boundary, every trouble of the network, two racing processes, a crawled site, real servers."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.faults.campaign import KINDS, THREADED, campaign
from tests.faults.crawler import crawled
from tests.faults.networks import networks
from tests.faults.points import HERE, PARTS, THERE
from tests.faults.races import race
from tests.faults.restores import restores
from tests.faults.servers.campaign import campaign as before_a_server
from tests.faults.servers.stands import KINDS as SERVERS
from tests.servers.proxy import FIVE

NOBODY_CAN_ASK = "none"


@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_at_any_boundary_posts_nothing_twice_and_loses_nothing(tmp_path: Path, kind: str) -> None:
    count = campaign(tmp_path / "paper", kind, kills=1, articles=3, dice=random.Random(7))
    assert count.clean, count.line()
    assert set(count.kills) == {*HERE, *THERE}
    assert (count.unsure > 0) == (kind == NOBODY_CAN_ASK)


@pytest.mark.parametrize("kind", KINDS)
def test_no_trouble_of_the_network_posts_anything_twice(tmp_path: Path, kind: str) -> None:
    count = networks(tmp_path / "paper", kind)
    assert count.clean, count.line()
    assert (count.unsure > 0) == (kind == NOBODY_CAN_ASK)


@pytest.mark.parametrize("kind", THREADED)
def test_a_thread_killed_at_any_of_its_posts_is_posted_once_whole_and_in_order(tmp_path: Path, kind: str) -> None:
    count = campaign(tmp_path / "paper", kind, kills=1, articles=2, dice=random.Random(7), threads=True)
    assert count.clean, count.line()
    assert set(count.kills) == {*HERE, *THERE, *PARTS}
    assert count.unsure == 0


@pytest.mark.parametrize("kind", THREADED)
def test_no_trouble_of_the_network_posts_a_thread_twice(tmp_path: Path, kind: str) -> None:
    count = networks(tmp_path / "paper", kind, threads=True)
    assert count.clean, count.line()


def test_two_processes_share_what_is_due(tmp_path: Path) -> None:
    count = race(tmp_path / "paper", processes=2, articles=20)
    assert count.clean, count.line()
    assert count.rounds == 2


def test_the_site_is_whole_while_its_writers_are_killed(tmp_path: Path) -> None:
    crawler = crawled(tmp_path / "paper", kills=4, articles=6, dice=random.Random(7))
    assert crawler.read > 0
    assert crawler.dead == []


def test_old_ledgers_put_back_at_random_moments_post_nothing_twice(tmp_path: Path) -> None:
    count = restores(tmp_path, deeds=14, dice=random.Random(2))
    assert count.clean, count.line()
    assert count.asked > 0


def _each_server() -> list[Any]:
    return [
        pytest.param(name, marks=[pytest.mark.real_server, pytest.mark.xdist_group(kind.group)])
        for name, kind in SERVERS.items()
    ]


@pytest.mark.parametrize("name", _each_server())
def test_a_real_server_has_every_post_once_whatever_happens_on_the_way(
    tmp_path: Path, name: str, request: pytest.FixtureRequest
) -> None:
    kind = SERVERS[name]
    stand = kind.stand(request.getfixturevalue(f"{kind.fixture}_server"))
    tally = before_a_server(tmp_path / "paper", stand, at_random=1, dice=random.Random(7), few=True)
    assert tally.clean, tally.line()
    assert {fault.partition(": ")[2] for fault in tally.faults} == set(FIVE)
    assert all(any(step.name in kill for kill in tally.kills) for step in stand.steps)
