"""
The long form: `make faults`.

    python -m tests.faults [--kills N] [--articles N] [--deliveries N] [--seed N] [--only PART]…

PART is kills, threads, networks, races, crawler or restores (minutes, without any other program), servers, or one of these: wordpress,
ghost, bluesky, snac, mastodon. Prints one line for every part, and ends with 1 when anything was posted twice or lost, or a reader
met a dead link.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.campaign import KINDS, THREADED, Count, campaign
from tests.faults.crawler import crawled
from tests.faults.networks import networks
from tests.faults.races import race
from tests.faults.restores import restores

Part = Callable[[Path], tuple[str, bool]]
PARTS = ("kills", "threads", "networks", "races", "crawler", "restores")
SERVERS = ("wordpress", "ghost", "bluesky", "snac", "mastodon")  # the slowest first
LANES = 2


def parts(options: argparse.Namespace) -> Iterator[tuple[str, Part]]:
    """Yield everything that is done, in order, each with its name."""
    for kind in KINDS:
        yield "kills", _kills(kind, -(-options.kills // len(KINDS)), options)
    for kind in THREADED:
        yield "threads", _kills(kind, -(-options.kills // len(KINDS)), options, threads=True)
    for kind in KINDS:
        yield "networks", _network(kind)
    for kind in THREADED:
        yield "threads", _network(kind, threads=True)
    for processes in (2, 4):
        yield "races", _race(processes, options.deliveries)
    yield "crawler", _crawl(options)
    yield "restores", _restores(options)


def _kills(kind: str, kills: int, options: argparse.Namespace, *, threads: bool = False) -> Part:
    def part(root: Path) -> tuple[str, bool]:
        dice = random.Random(f"{options.seed}{kind}")
        articles = max(options.articles // 3, 2) if threads else options.articles  # fewer: they are edited more often
        count = campaign(root, kind, kills=kills, articles=articles, dice=dice, threads=threads)
        return f"{'threads' if threads else 'kills':<8} {count.line()}", count.clean

    return part


def _network(kind: str, *, threads: bool = False) -> Part:
    return lambda root: _told("threads" if threads else "networks", networks(root, kind, threads=threads))


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


def servers(names: list[str], options: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    """Yield what became of each real server, two of them at a time, each in a process of its own."""
    more = ("--kills", str(options.kills // 16), "--seed", str(options.seed))

    def campaign_of(name: str) -> tuple[str, bool]:
        command = [sys.executable, "-m", "tests.faults.servers", name, *more]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        return done.stdout.strip() or f"{name:<9} came to no end", done.returncode == 0

    with ThreadPoolExecutor(LANES) as lanes:
        yield from lanes.map(campaign_of, names)


def main(arguments: list[str]) -> int:
    """Run all parts."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description="kills, networks, races, a crawled site, real servers"
    )
    parser.add_argument(
        "--kills",
        type=int,
        default=320,
        help="kills at random, over all kinds of idempotency; a 16th before each server",
    )
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--deliveries", type=int, default=500, help="what the racing processes share")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", action="append", choices=(*PARTS, "servers", *SERVERS), default=[], help="only these parts"
    )
    options = parser.parse_args(arguments)
    wanted = options.only or (*PARTS, "servers")
    clean = True
    for name, part in parts(options):
        if name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            said, well = part(Path(folder) / "paper")
        print(said, flush=True)
        clean = clean and well
    for said, well in servers([name for name in SERVERS if {name, "servers"} & set(wanted)], options):
        print(said, flush=True)
        clean = clean and well
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
