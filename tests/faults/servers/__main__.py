"""
One server's campaign: what `make faults` runs for each.

    python -m tests.faults.servers SERVER [--kills N] [--seed N] [--few]

Prints one line, and ends with 1 when anything was posted twice or lost, or is not as it was written.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

from tests.faults.servers.campaign import campaign
from tests.faults.servers.stands import KINDS
from tests.servers.running import NotInstalledError


def main(arguments: list[str]) -> int:
    """Start it, strike, count."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.servers", description="kills and faults, one server")
    parser.add_argument("server", choices=KINDS)
    parser.add_argument("--kills", type=int, default=20, help="kills at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--few", action="store_true", help="the short form")
    options = parser.parse_args(arguments)
    kind, dice = KINDS[options.server], random.Random(f"{options.seed}{options.server}")
    with tempfile.TemporaryDirectory() as folder:
        try:
            with kind.start(Path(folder) / "server") as server:
                tally = campaign(
                    Path(folder) / "paper", kind.stand(server), at_random=options.kills, dice=dice, few=options.few
                )
        except NotInstalledError as missing:
            sys.stdout.write(f"{options.server:<9} left out: {missing}\n")
            return os.environ.get("CI") == "true"
    sys.stdout.write(f"{tally.line()}\n")
    return not tally.clean


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
