"""Feeds on loopback with ETag and 304, and a terminal to look at them in."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


def tool(name: str) -> str:
    """A program of the panel; a missing one skips the test, except in CI."""
    found = shutil.which(name)
    if found is None:
        reason = f"{name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Served:
    """The files that are served, and which status each path was answered with, in order."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.statuses: list[int] = []


@contextmanager
def serving() -> Iterator[tuple[str, Served]]:
    """Serve on a free port; yields the base address."""
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            data = served.files.get(self.path.strip("/"))
            tag = f'"{sha256(data or b"").hexdigest()[:16]}"'
            status = 404 if data is None else (304 if self.headers.get("If-None-Match") == tag else 200)
            served.statuses.append(status)
            self.send_response(status)
            self.send_header("ETag", tag)
            self.send_header("Content-Type", "application/xml; charset=utf-8")
            body = data if status == 200 and data is not None else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", served
    finally:
        server.shutdown()
        server.server_close()


class Newsboat:
    """Newsboat in a home of its own."""

    def __init__(self, home: Path, *urls: str) -> None:
        self.home, self.program = home, tool("newsboat")
        # a size in the environment would outweigh that of the terminal
        inherited = {name: value for name, value in os.environ.items() if name not in {"LINES", "COLUMNS"}}
        self.environment = {**inherited, "HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        (home / "urls").write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")
        (home / "config").write_text("", encoding="utf-8")
        self.command = [
            self.program,
            "-u",
            str(home / "urls"),
            "-c",
            str(home / "cache.db"),
            "-C",
            str(home / "config"),
        ]

    def run(self, *verbs: str) -> str:
        """Execute commands (`reload`, `print-unread`) without a terminal; return what it says."""
        done = subprocess.run(
            [*self.command, "-x", *verbs], env=self.environment, check=True, capture_output=True, text=True, timeout=60
        )
        return done.stdout

    def shown(self, width: int, height: int) -> list[str]:
        """The first item of the first feed as it stands on a terminal, line by line."""
        tmux = [tool("tmux"), "-S", str(self.home / "tmux"), "-f", "/dev/null"]
        screen = ["new-session", "-d", "-x", str(width), "-y", str(height), *self.command]

        def ask(*words: str) -> str:
            return subprocess.run(
                [*tmux, *words], env=self.environment, check=True, capture_output=True, text=True
            ).stdout

        def until(wanted: str) -> str:
            deadline = time.monotonic() + 30
            while wanted not in (seen := ask("capture-pane", "-p")):
                assert time.monotonic() < deadline, seen
            return seen

        ask(*screen)
        try:
            until("Quit")
            ask("send-keys", "Enter")
            until("Articles in feed")
            ask("send-keys", "Enter")
            return [line.rstrip() for line in until("Links:").splitlines()]
        finally:
            ask("kill-server")
