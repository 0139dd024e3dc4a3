"""Child processes that publish, and the person who settles what nobody can know. Children are forked: they start warm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flows.compose import House, open_house
from flows.stages.publishing import publish
from flows.stages.recording import settle
from flows.stages.values import PublishRequest
from kawaraban.delivery import State
from kawaraban.ledger import Settlement
from tests.faults.paper import NOW
from tests.faults.points import KillingHouse

ROUND = timedelta(hours=2)
"""How far the clock moves between two tries: beyond every back-off."""


@dataclass(frozen=True, slots=True)
class Server:
    """The counting server, in a process of its own."""

    url: str

    def control(self, **said: Any) -> None:
        """Set the victim or faults for the next request."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/control", json.dumps(said).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - loopback

    def posts(self) -> list[dict[str, str]]:
        """Everything that is stored."""
        with urllib.request.urlopen(f"{self.url}/posts", timeout=10) as answer:  # noqa: S310 - loopback
            stored: list[dict[str, str]] = json.load(answer)["posts"]
        return stored

    def created(self) -> int:
        """How many posts were ever made."""
        with urllib.request.urlopen(f"{self.url}/created", timeout=10) as answer:  # noqa: S310 - loopback
            return len(json.load(answer)["created"])


@contextmanager
def counting_server(kind: str) -> Iterator[Server]:
    """Run it; it remembers keys only for the kind `header`."""
    command = [sys.executable, "-m", "tests.servers.posts", *(["--keeps-keys"] if kind == "header" else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield Server(process.stdout.readline().strip())
        finally:
            process.stdin.close()
            process.wait(10)


def in_a_child(work: Callable[[], object]) -> int:
    """Run `work` in a forked child; return its pid at once."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - the child must end here, whatever happens
        traceback.print_exc()
    os._exit(code)


def ended(pid: int) -> int:
    """Wait for a child; return its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def house_at(root: Path, now: datetime, point: str = "", nth: int = 1) -> House:
    """Return a house whose process ends at `point`."""
    opened = open_house(root, clock=lambda: now, who="campaign")
    return KillingHouse(**{field.name: getattr(opened, field.name) for field in fields(opened)}, point=point, nth=nth)


def publishing(root: Path, now: datetime, point: str = "", nth: int = 1) -> Callable[[], None]:
    """Return the work of one child: publish all that is due."""

    def work() -> None:
        with house_at(root, now, point, nth) as house:
            publish(house, PublishRequest(), lambda _step: None, now=now)

    return work


def a_person_settles(root: Path, server: Server, now: datetime) -> int:
    """Let a person look at the server and end what is unsure; return how many there were."""
    stored = {post["article"]: post["url"] for post in server.posts()}
    with house_at(root, now) as house:
        unsure = [row for row in house.ledger.deliveries() if row.state is State.UNSURE]
        for row in unsure:
            seen = Settlement.ARRIVED if row.article in stored else Settlement.NOT_ARRIVED
            settle(house, row.article, row.channel, seen, stored.get(row.article), now=now)
    return len(unsure)


def a_person_tries_again(root: Path, now: datetime) -> int:
    """Let a person publish by name what was refused; return how many there were."""
    with house_at(root, now) as house:
        failed = [row.article for row in house.ledger.deliveries() if row.state is State.FAILED]
        if failed:
            publish(house, PublishRequest(tuple(failed)), lambda _step: None, now=now)
    return len(failed)


def not_live(root: Path, channel: str = "stage") -> int:
    """How many deliveries are not live with the wanted text."""
    with house_at(root, NOW) as house:
        rows = [row for row in house.ledger.deliveries() if row.channel == channel]
        return sum(row.state is not State.LIVE or row.live_digest != row.desired_digest for row in rows)
