"""
Releases by the clock: how long after its due instant the first request of a release leaves, with `kawaraban serve`.

Run `python -m bench.releases [COUNT] [SECONDS]` (default 200 releases, 1.2 s apart). Requests are timed where they arrive
(tests/servers/posts.py). Then 20 due at one instant, and `kawaraban publish` of one article from the shell; beside them,
on the same Prefect server, a plain deployment that is served with default settings.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.corpus import ROOT
from flows.server import free_port
from tests.desk.papers import Paper
from tests.faults.paper import identity, set_up
from tests.flows.serving import KAWARABAN, Served, environment, prepared, until
from tests.servers.posts import PostServer, post_server

CACHE = ROOT / ".pytest_cache" / "d" / "prefect"
ARTICLE = """---
id: {id}
title: 時刻どおりに {number}
slug: on-time-{number}
status: ready
published: {due}
description: 決めた時刻に出ることを、何度も確かめるための文章です。
---
{number}番目に出る文章です。
"""
PLAIN = """
import sys, urllib.request
from prefect import flow

@flow
def plain(number: int) -> None:
    urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/posts", b"{}", method="POST")).close()

if __name__ == "__main__":
    plain.serve(name="plain")
"""


def write(root: Path, number: int, due: datetime) -> None:
    """Write a scheduled article."""
    folder = root / "content" / "articles" / "2024" / f"on-time-{number}"
    folder.mkdir(parents=True)
    text = ARTICLE.format(id=identity(number), number=number, due=due.isoformat())
    (folder / "index.md").write_text(text, encoding="utf-8")


def arrived(board: PostServer, count: int, seconds: float) -> list[float]:
    """Wait for so many requests; return when they came, from the first on."""
    until(lambda: len(board.times) >= count, seconds)
    return board.times[:count]


def soon(seconds: float) -> datetime:
    """Return a whole second at least so far away."""
    return datetime.fromtimestamp(int(time.time() + seconds) + 1, UTC)


def told(name: str, late: Sequence[float]) -> None:
    """Print a line."""
    ordered = sorted(late)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    print(
        f"{name:44} n {len(late):3d}   min {ordered[0]:7.3f}  p50 {statistics.median(ordered):7.3f}  "
        f"p99 {p99:7.3f}  max {ordered[-1]:7.3f} s",
        flush=True,
    )


def apart(served: Served, board: PostServer, count: int, seconds: float) -> None:
    """Release so many, one after the other."""
    first = soon(15)
    dues = [first + timedelta(seconds=seconds * number) for number in range(count)]
    for number, due in enumerate(dues):
        write(served.root, number, due)
    came = arrived(board, count, 60 + count * seconds)
    told(
        f"releases {seconds:g} s apart, after their due time",
        [at - due.timestamp() for at, due in zip(came, dues, strict=True)],
    )


def together(served: Served, board: PostServer, begin: int, count: int = 20) -> None:
    """Release so many at one instant."""
    before, due = len(board.times), soon(8)
    for number in range(begin, begin + count):
        write(served.root, number, due)
    came = arrived(board, before + count, 60)[before:]
    told(f"{count} due at one instant", [at - due.timestamp() for at in came])


def handed_over(served: Served, begin: int, count: int = 10) -> None:
    """Publish from the shell, one article a time."""
    took = []
    for number in range(begin, begin + count):
        write(served.root, number, datetime(2024, 6, 11, tzinfo=UTC))
        started = time.perf_counter()
        subprocess.run(
            [KAWARABAN, "publish", f"on-time-{number}"], env=environment(served.root), check=True, capture_output=True
        )
        took.append(time.perf_counter() - started)
        time.sleep(1.5)
    told("`kawaraban publish` of one, wall time", took)


def plainly(served: Served, board: PostServer, folder: Path, count: int = 8) -> None:
    """Let a plain deployment with default settings post at given instants."""
    script = folder / "plain.py"
    script.write_text(PLAIN, encoding="utf-8")
    settings = {**environment(served.root), "PREFECT_API_URL": served.prefect.url, "PREFECT_HOME": str(folder / "home")}
    with (folder / "plain.log").open("w") as log:
        process = subprocess.Popen([sys.executable, script, board.url], env=settings, stdout=log, stderr=log)
    try:
        found = until(lambda: [one for one in served.prefect._ask("deployments") if one["name"] == "plain"], 60)[0]  # noqa: SLF001 - the tests' own window
        before, first = len(board.times), soon(15)
        dues = [first + timedelta(seconds=12 * number) for number in range(count)]
        for number, due in enumerate(dues):
            state = {"type": "SCHEDULED", "state_details": {"scheduled_time": due.isoformat()}}
            served.post(
                f"deployments/{found['id']}/create_flow_run", {"parameters": {"number": number}, "state": state}
            )
        came = arrived(board, before + count, 60 + 12 * count)[before:]
        told(
            "plain Prefect deployment, default settings",
            [at - due.timestamp() for at, due in zip(came, dues, strict=True)],
        )
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    """Measure all of it on one fresh paper."""
    count, seconds = int((*sys.argv[1:], "200")[0]), float((*sys.argv[2:], "1.2")[0])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kawaraban-bench-")))
        board = stack.enter_context(post_server())
        root = folder / "paper"
        set_up(root, articles=0, kind="header", server=board.url)
        prepared(root, CACHE)
        said = folder / "said.txt"
        with said.open("w") as out:
            command = [KAWARABAN, "serve", "--port", str(free_port())]
            process = subprocess.Popen(command, env=environment(root), stdout=out, stderr=out, text=True)
        stack.callback(process.wait, 20)
        stack.callback(process.terminate)
        served = Served(Paper(root), process, said)
        until(lambda: "Prefect answers" in served.said(), 200)
        apart(served, board, count, seconds)
        together(served, board, count)
        handed_over(served, count + 20)
        plainly(served, board, folder)
        runs = served.prefect._ask("flow_runs")  # noqa: SLF001 - the tests' own window
        states = sorted({run["state_type"] for run in runs})
        print(json.dumps({"runs in Prefect (of the newest)": len(runs), "states": states, "load": os.getloadavg()[0]}))


if __name__ == "__main__":
    main()
