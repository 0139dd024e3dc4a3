"""`python -m desk.web [--port N]`: the web process, on loopback only."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

PORT = 8765


def clock() -> datetime:
    """Return the instant now."""
    return datetime.now(UTC)  # noqa: TID251 - this is the entry point


def main(arguments: list[str]) -> int:
    """Serve until asked to end."""
    import uvicorn

    from desk.web.app import make_app
    from flows.server import die_with_parent

    die_with_parent()

    parser = argparse.ArgumentParser(prog="python -m desk.web", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args(arguments)
    root = Path(os.environ.get("KAWARABAN_ROOT", ".")).resolve()
    uvicorn.run(
        make_app(root, clock=clock),
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
