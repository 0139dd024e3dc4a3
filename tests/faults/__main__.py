"""
The long form: `make faults`.

    python -m tests.faults [--kills N] [--articles N] [--deliveries N] [--seed N]

Prints one line for every part, and ends with 1 when anything was posted twice or lost, or a reader met a dead link.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults.campaign import KINDS, Count, campaign
from tests.faults.crawler import crawled
from tests.faults.networks import networks
from tests.faults.races import race
from tests.faults.restores import restores

Part = Callable[[Path], tuple[str, bool]]


def parts(options: argparse.Namespace) -> Iterator[Part]:
    """Yield everything that is done, in order."""
    for kind in KINDS:
        yield _kills(kind, -(-options.kills // len(KINDS)), options)
    for kind in KINDS:
        yield _network(kind)
    for processes in (2, 4):
        yield _race(processes, options.deliveries)
    yield _crawl(options)
    yield _restores(options)


def _kills(kind: str, kills: int, options: argparse.Namespace) -> Part:
    def part(root: Path) -> tuple[str, bool]:
        dice = random.Random(f"{options.seed}{kind}")
        count = campaign(root, kind, kills=kills, articles=options.articles, dice=dice)
        return f"kills    {count.line()}", count.clean

    return part


def _network(kind: str) -> Part:
    return lambda root: _told("networks", networks(root, kind))


def _race(processes: int, deliveries: int) -> Part:
    return lambda root: _told(f"{processes} racers", race(root, processes=processes, articles=deliveries))


def _told(what: str, count: Count) -> tuple[str, bool]:
    return f"{what:<8} {count.line()}", count.clean


def _crawl(options: argparse.Namespace) -> Part:
    def part(root: Path) -> tuple[str, bool]:
        crawler = crawled(root, kills=30, articles=12, dice=random.Random(options.seed))
        said = (
            f"crawler  {crawler.read} pages and feeds read while 30 writers were killed, {len(crawler.dead)} dead links"
        )
        return said, not crawler.dead

    return part


def _restores(options: argparse.Namespace) -> Part:
    def part(root: Path) -> tuple[str, bool]:
        count = restores(root, deeds=200, dice=random.Random(options.seed))
        return f"restores {count.line()}", count.clean

    return part


def main(arguments: list[str]) -> int:
    """Run all parts."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description="kills, networks, races, a crawled site"
    )
    parser.add_argument("--kills", type=int, default=320, help="kills at random, over all kinds of idempotency")
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--deliveries", type=int, default=500, help="what the racing processes share")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    clean = True
    for part in parts(options):
        with tempfile.TemporaryDirectory() as folder:
            said, well = part(Path(folder) / "paper")
        print(said, flush=True)
        clean = clean and well
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
