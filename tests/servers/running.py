"""
Starting a real server for a test: where its program is installed, a free port, readiness, its log, and its certain end.

A server is the leader of a process group of its own. A watcher in that group reads from a pipe the tests hold: however
the tests end, by kill -9 too, the pipe closes and the watcher ends the group.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

Command = Sequence[str | Path]
ENOUGH = 180  # seconds: an idle machine needs 1 to 6, a busy one (8 processes to a core) took Ghost 45
_WATCHED = 'exec 3<&0 </dev/null; (read -r _ <&3; kill -KILL 0) & exec "$@" 3<&-'
_LAST_LINES = 40


class NotInstalledError(Exception):
    """A server's program is not there; the text says what to do."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no {name} here: run tests/servers/install {name}")


class NotReadyError(Exception):
    """A server ended or was not ready in time; the text holds the end of its log."""


def folder() -> Path:
    """Where `tests/servers/install` puts the servers; the same three names as there."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("KAWARABAN_SERVERS_FOLDER") or Path(cache) / "kawaraban-servers")


def installed(name: str, *programs: str) -> Path:
    """The folder of an installed part; `programs` are those of the system's that it needs besides."""
    place = folder() / name
    system = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
    if not (place / "done").is_file() or not all(shutil.which(program, path=system) for program in programs):
        raise NotInstalledError(name)
    return place


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def answers(url: str) -> Callable[[], bool]:
    """Ready when this address answers with a success."""

    def asked() -> bool:
        with suppress(requests.RequestException):
            return requests.get(url, timeout=5).ok
        return False

    return asked


@contextmanager
def running(
    command: Command,
    *,
    log: Path,
    ready: Callable[[], bool],
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[int]:
    """Run a server from when it is ready until the block ends; gives its process id. What it prints goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHED, "server", *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, ready, log)
        yield process.pid
    finally:
        _end(process)


def _wait_until_ready(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + ENOUGH
    while not ready():
        if process.poll() is not None:
            msg = f"the server ended with {process.returncode}:\n{end_of(log)}"
            raise NotReadyError(msg)
        if time.monotonic() > until:
            msg = f"the server was not ready within {ENOUGH} s:\n{end_of(log)}"
            raise NotReadyError(msg)
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group, at once: its data is thrown away, and some servers' workers outlive whoever started them."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def end_of(log: Path) -> str:
    """The last lines of a server's log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-_LAST_LINES:])
