"""A paper that `kawaraban serve` serves, in processes of its own, with a Prefect database that was migrated once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from flows import server
from flows.compose import House, open_house
from tests.desk.papers import Paper, paper_at
from tests.flows.prefect_servers import DATABASE, Asked

Thing = TypeVar("Thing")
KAWARABAN = str(Path(sys.executable).with_name("kawaraban"))


def clock() -> datetime:
    return datetime.now(UTC)


def until(asked: Callable[[], Thing | None], seconds: float = 30.0) -> Thing:
    """Ask until the answer is true; fail when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError, LookupError):
            if answer := asked():
                return answer
        time.sleep(0.01)
    pytest.fail("it never came")


@dataclass
class Served:
    """The paper, the process, and Prefect's server as its own child or another's."""

    paper: Paper
    process: subprocess.Popen[str]
    output: Path

    @property
    def root(self) -> Path:
        return self.paper.root

    @property
    def prefect(self) -> Asked:
        return Asked(json.loads((server.home(self.root) / "server.json").read_text(encoding="utf-8"))["api_url"])

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def publisher(self) -> int:
        """The publisher's pid."""
        return int(json.loads((self.root / ".kawaraban" / "publisher.json").read_text(encoding="utf-8"))["pid"])

    def server(self) -> int:
        """The pid of Prefect's server."""
        return int(json.loads((server.home(self.root) / "server.json").read_text(encoding="utf-8"))["pid"])

    def well(self) -> None:
        """Wait until the publisher and Prefect have met, after whatever a test did to them before."""
        until(lambda: server.answers(self.prefect.url))
        until(
            lambda: (
                self._last("Prefect answers") > max(self._last("does not answer"), self._last("publisher has ended"))
            )
        )

    def _last(self, words: str) -> int:
        return self.said().rfind(words)

    def scheduled(self, name: str, seconds: float = 3.0) -> datetime:
        """Write an article that is due so soon; return when."""
        due = clock() + timedelta(seconds=seconds)
        self.paper.write(name, id=f"7ra1n{name}", title=f"雨の話 {name}", published=due.isoformat())
        return due

    def lateness(self, name: str, due: datetime) -> float:
        """Wait for its page; return how many seconds after its time it came."""
        until(self.paper.page(name).exists)
        return self.paper.page(name).stat().st_mtime - due.timestamp()

    def run_of(self, name: str) -> dict[str, Any]:
        """Wait for the run that released it to end; return it."""

        def found() -> dict[str, Any] | None:
            runs = self.prefect._ask("flow_runs", flow_runs={"tags": {"all_": [f"article:7ra1n{name}"]}})
            ended = [run for run in runs if run["state_type"] not in ("RUNNING", "PENDING", "SCHEDULED")]
            return dict(ended[0]) if ended else None

        return until(found)

    def deployments(self) -> dict[str, dict[str, Any]]:
        """Entry point → deployment of this paper; others may have theirs on the same server."""
        with self.house() as house:
            name = f"kawaraban-{house.ledger.identity().ledger[:6]}"
        return {one["entrypoint"]: one for one in self.prefect._ask("deployments") if one["name"] == name}

    def post(self, path: str, said: object) -> Any:
        """Post to Prefect's API, as its UI does."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.prefect.url}/{path}", json.dumps(said).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def house(self) -> House:
        return open_house(self.root, clock=clock)

    def times_live(self, name: str, channel: str = "site") -> int:
        """How often it went live there, by the ledger's history."""
        with self.house() as house:
            return sum(event.kind.value == "live" for event in house.ledger.events(f"7ra1n{name}", channel))


def environment(root: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "KAWARABAN_"))}
    return {**kept, "KAWARABAN_ROOT": str(root), "LC_ALL": "en_GB.UTF-8", "USER": "hatsune", **more}


def prepared(root: Path, kept: Path) -> None:
    """Lay a migrated database there, if one is kept."""
    home = server.home(root)
    home.mkdir(parents=True, exist_ok=True)
    for name in DATABASE:
        with suppress(FileNotFoundError):
            shutil.copyfile(kept / name, home / name)


@contextmanager
def serving(root: Path, kept: Path) -> Iterator[Served]:
    """Run `kawaraban serve` on a fresh paper; it must end by itself when asked to."""
    paper = paper_at(root / "paper")
    prepared(paper.root, kept)
    output = root / "said.txt"
    command = [KAWARABAN, "serve", "--port", str(server.free_port())]
    with output.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command, env=environment(paper.root), cwd=root, stdin=subprocess.DEVNULL, stdout=out, stderr=out, text=True
        )
    served = Served(paper, process, output)
    try:
        until(lambda: server.answers(served.prefect.url), 200.0)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        try:
            assert process.wait(20) == 0
            assert time.monotonic() - began < 10
        finally:
            process.kill()
