"""The troubles of the hostile proxy: what is stored behind it, and what the client sees of it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import requests

from tests.servers.posts import PostServer, post_server
from tests.servers.proxy import Proxy, Trouble, aimed, hostile_proxy

HINT = {"RateLimit-Reset": "1800000000", "Content-Type": "application/json"}
PATIENCE = 0.3  # seconds the client waits


@dataclass(frozen=True)
class Line:
    """A client, the network, the server."""

    server: PostServer
    proxy: Proxy

    def post(self, text: str) -> int:
        """Send a post; gives the status, 0 for no answer."""
        with suppress(requests.RequestException):
            return requests.post(f"{self.proxy.url}/posts", json={"text": text}, timeout=PATIENCE).status_code
        return 0

    def seen(self) -> list[str]:
        """What a list shows through the network."""
        return [post["text"] for post in requests.get(f"{self.proxy.url}/posts", timeout=5).json()["posts"]]

    def stored(self) -> list[str]:
        return [post["text"] for post in self.server.posts.values()]


@pytest.fixture
def line() -> Iterator[Line]:
    with (
        post_server() as server,
        hostile_proxy(
            urlsplit(server.url).port or 0, hint=HINT, refusal=b'{"error": "RateLimitExceeded"}', lateness=2 * PATIENCE
        ) as proxy,
    ):
        yield Line(server, proxy)


@pytest.mark.parametrize(
    ("trouble", "stored", "status"),
    [
        ("reset before", 0, 0),
        ("429", 0, 429),
        ("503", 0, 503),
        ("reset after", 1, 0),
        ("drop", 1, 0),
        ("cut answer", 1, 0),
        ("500", 1, 500),
        ("504", 1, 504),
        ("wrong type", 1, 200),
        ("late", 1, 0),
        ("lag", 1, 0),
        ("unseen", 1, 201),
    ],
)
def test_a_trouble_strikes_once_and_stores_what_it_should(
    line: Line, trouble: Trouble, stored: int, status: int
) -> None:
    line.proxy.troubles.append(trouble)
    assert (line.post("一"), len(line.stored())) == (status, stored)
    assert (line.post("二"), len(line.stored())) == (201, stored + 1)
    assert line.proxy.played == [trouble]


def test_what_is_stored_late_is_stored_after_the_client_went(line: Line) -> None:
    line.proxy.troubles.append("stored late")
    assert (line.post("一"), line.stored()) == (0, [])
    line.proxy.over.wait(2 * PATIENCE)
    assert line.stored() == ["一"]


def test_a_refusal_comes_in_the_channels_own_form(line: Line) -> None:
    line.proxy.troubles.append("429")
    answer = requests.post(f"{line.proxy.url}/posts", json={"text": "一"}, timeout=5)
    assert HINT.items() <= dict(answer.headers).items()
    assert answer.json() == {"error": "RateLimitExceeded"}


def test_a_list_lags_behind_for_some_reads_but_a_thing_is_found_by_its_name(line: Line) -> None:
    line.post("一")
    line.proxy.troubles.append("lag")
    line.post("二")
    name = line.server.created[-1]
    assert requests.get(f"{line.proxy.url}/posts/{name}", timeout=5).json()["text"] == "二"
    assert [line.seen() for _ in range(3)] == [["一"], ["一"], ["一", "二"]]


def test_a_list_catches_up_when_it_is_told_to(line: Line) -> None:
    line.proxy.troubles.append("unseen")
    line.post("一")
    assert line.seen() == []
    line.proxy.caught_up()
    assert line.seen() == ["一"]


def test_a_trouble_waits_for_the_request_it_is_aimed_at(line: Line) -> None:
    line.proxy.troubles.append(aimed("504", "PUT", "/posts/"))
    assert line.post("一") == 201
    name = line.server.created[0]
    assert requests.put(f"{line.proxy.url}/posts/{name}", json={"text": "直し"}, timeout=5).status_code == 504
    assert line.stored() == ["直し"]
    assert line.proxy.passed == [("POST", "/posts"), ("PUT", f"/posts/{name}")]


@pytest.mark.parametrize(("trouble", "stored"), [("kill before", []), ("kill after", ["一"]), ("kill while", ["一"])])
def test_the_victim_is_killed_at_the_request(line: Line, trouble: Trouble, stored: list[str]) -> None:
    with subprocess.Popen(["sleep", "60"]) as victim:
        line.proxy.victim = victim.pid
        line.proxy.troubles.append(trouble)
        line.post("一")
        assert victim.wait(5) == -signal.SIGKILL
    assert line.stored() == stored
    line.proxy.victim = 0  # nobody is left to be killed
    line.proxy.troubles.append(trouble)
    line.post("二")
    assert line.proxy.played == [trouble, trouble]
