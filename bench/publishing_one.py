"""
Publishing one article into an archive: what it costs beside a publish of the whole archive, and how many files move.

Run `python -m bench.publishing_one [COUNT]…` (default 100 1000). The stages run plain, without Prefect, each publish in a
process of its own, as the command does it. The ratio to the smallest archive says what grows with it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import corpus

PUBLISH = """
import json, os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from flows.compose import open_house
from flows.stages.publishing import publish
from flows.stages.values import PublishRequest
now = datetime(2024, 11, 5, tzinfo=UTC)
marks, last = {}, [time.process_time(), ""]
def progress(step):
    spent, name = last
    marks[name] = marks.get(name, 0) + time.process_time() - spent
    last[:] = [time.process_time(), step.stage]
with open_house(Path(sys.argv[1]), clock=lambda: now, who="bench") as house:
    published = publish(house, PublishRequest(channels=("site", "rss")), progress, now=now)
spent, name = last
marks[name] = marks.get(name, 0) + time.process_time() - spent
times = os.times()
cpu = times.user + times.system + times.children_user + times.children_system
print(json.dumps({"cpu": cpu, "failed": published.failed, "parts": marks}))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """One publish: seconds of CPU and on the wall, files whose bytes or time changed, and CPU by step."""

    cpu: float
    wall: float
    files: int
    parts: dict[str, float]


def cost(root: Path) -> Cost:
    """Publish and count."""
    before = _files(root / "public")
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, str(root)], cwd=corpus.ROOT, capture_output=True, text=True, check=False
    )
    wall = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(done.stderr)
    said = json.loads(done.stdout.splitlines()[-1])
    assert not said["failed"], said
    after = _files(root / "public")
    return Cost(said["cpu"], wall, sum(before.get(path) != state for path, state in after.items()), said["parts"])


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            status = path.stat()
            found[str(path)] = (status.st_ino, status.st_mtime_ns)
    return found


def archive(count: int) -> dict[str, Cost]:
    """Publish an archive of `count` articles, then nothing, one more, and an edit of one."""
    root = Path(tempfile.mkdtemp(prefix="kawaraban-bench-"))
    try:
        corpus.write(root, count)
        sample = min((corpus.ROOT / "content" / "articles").rglob("index.md"))
        costs = {"everything": cost(root), "nothing": cost(root)}
        new = corpus.add(root, count, sample, random.Random(1), newest=True)  # noqa: S311 - the same article every time
        costs["one more"] = cost(root)
        new.write_text(new.read_text(encoding="utf-8").replace("捨てない", "手放さない"), encoding="utf-8")
        costs["an edit"] = cost(root)
        return costs
    finally:
        shutil.rmtree(root)


def main() -> None:
    """Print one table per archive, and the ratio to the first."""
    first: dict[str, Cost] = {}
    for count in [int(one) for one in sys.argv[1:]] or [100, 1_000]:
        costs = archive(count)
        first = first or costs
        print(f"\n{count:,} articles       cpu s  wall s   files   cpu / first archive   where", flush=True)
        for name, one in costs.items():
            parts = ", ".join(f"{part or 'start'} {spent:.2f}" for part, spent in one.parts.items())
            print(
                f"  {name:12} {one.cpu:10.2f} {one.wall:7.2f} {one.files:7d} {one.cpu / first[name].cpu:10.2f}   {parts}",
                flush=True,
            )


if __name__ == "__main__":
    main()
