"""
A board of posts on loopback, with a server's bad days: what is stored is counted, not what was answered.

It keeps the interface of kawaraban/channels/rehearsal/remote.py and takes webhooks at `/hook`. `faults` is played one a
request that would change something; `victim` is a process it kills at such a request.

    python -m tests.servers.posts [--keeps-keys]     prints its address; POST /control sets faults and victim
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Fault = Literal["lose", "drop", "error", "busy", "unavailable", "refuse", "unauthorised", "garbage"]
_BEFORE: Mapping[str, tuple[int, Mapping[str, str]]] = {
    "busy": (429, {"Retry-After": "30"}),
    "unavailable": (503, {"Retry-After": "60"}),
    "refuse": (422, {}),
    "unauthorised": (401, {}),
}


@dataclass(frozen=True)
class Victim:
    """
    A process to be killed at the next request: before it is stored, after that, or some milliseconds after it came.

    `skip`: so many requests pass unharmed before.
    """

    pid: int
    when: Literal["before", "after", "random"]
    skip: int = 0
    within: float = 0.03

    def strike(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def strike_at_random(self, dice: random.Random) -> None:
        timer = threading.Timer(dice.random() * self.within, self.strike)
        timer.daemon = True
        timer.start()


@dataclass
class PostServer:
    """The posts by id, the order they came in, every request that arrived, and the faults to come."""

    url: str
    keeps_keys: bool = True
    posts: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # when each of these requests came, in seconds since 1970
    faults: deque[Fault] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)
    victim: Victim | None = None

    def add(self, words: dict[str, str], key: str | None) -> dict[str, str]:
        """Store a new post, or give the one that this key made."""
        if key is not None and self.keeps_keys and key in self.keys:
            return self.posts[self.keys[key]]
        name = f"p{len(self.created) + 1}"
        if key is not None:
            self.keys[key] = name
        return self.put(name, words)

    def put(self, name: str, words: dict[str, str]) -> dict[str, str]:
        """Store a post under this name."""
        if name not in self.posts:
            self.created.append(name)
        self.posts[name] = {**words, "id": name, "url": f"{self.url}/posts/{name}"}
        return self.posts[name]


@contextmanager
def post_server(*, keeps_keys: bool = True) -> Iterator[PostServer]:
    """Run it on a free port."""
    held: dict[str, PostServer] = {}

    class Handler(_Handler):
        @property
        def board(self) -> PostServer:
            return held["board"]

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    held["board"] = PostServer(f"http://127.0.0.1:{server.server_port}", keeps_keys)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield held["board"]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked was killed: that is what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def board(self) -> PostServer:
        raise NotImplementedError

    def do_GET(self) -> None:
        name = self.path.removeprefix("/posts").strip("/")
        if self.path == "/created":
            with self.board.lock:
                self._say(200, {"created": self.board.created})
            return
        with self.board.lock:
            said: Any = {"posts": list(self.board.posts.values())} if not name else self.board.posts.get(name)
        self._say(404 if said is None else 200, said)

    def do_PUT(self) -> None:
        self._change("PUT")

    def do_POST(self) -> None:
        self._change("POST")

    def do_PATCH(self) -> None:
        self._change("PATCH")

    def do_DELETE(self) -> None:
        self._change("DELETE")

    def _change(self, method: str) -> None:
        came = time.time()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/control":
            self._controlled(json.loads(body))
            return
        with self.board.lock:
            victim, self.board.victim = self.board.victim, None
            if victim is not None and victim.skip:
                self.board.victim, victim = replace(victim, skip=victim.skip - 1), None
            if victim is not None and victim.when == "before":
                victim.strike()
                self.close_connection = True
                return
            if victim is not None and victim.when == "random":
                victim.strike_at_random(random.Random(time.monotonic_ns()))
                time.sleep(victim.within / 2)  # a server takes time: the blow falls before, while or after it stores
            self.board.times.append(came)
            fault = self.board.faults.popleft() if self.board.faults else None
            self.board.requests.append((method, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            if fault == "drop":
                self.close_connection = True
                return
            if fault is not None and fault in _BEFORE:
                status, headers = _BEFORE[fault]
                self._say(status, {"error": fault}, headers)
                return
            status, said = self._taken(method, body)
            if victim is not None and victim.when == "after":
                victim.strike()
                self.close_connection = True
                return
            if victim is not None and victim.when == "random":
                time.sleep(victim.within / 2)
        if fault == "lose":
            self.close_connection = True
        elif fault == "error":
            self._say(500, {"error": "taken, and then something broke"})
        elif fault == "garbage":
            self._write(200, b"<html>", {})
        else:
            self._say(status, said)

    def _controlled(self, said: Mapping[str, Any]) -> None:
        with self.board.lock:
            self.board.victim = Victim(said["pid"], said["when"], said.get("skip", 0)) if said.get("pid") else None
            self.board.faults.extend(said.get("faults", ()))
        self._say(200, {})

    def _taken(self, method: str, body: bytes) -> tuple[int, Any]:
        name = self.path.removeprefix("/posts").strip("/")
        words = json.loads(body) if body else {}
        if self.path.startswith("/hook"):
            return 200, {"id": self.board.add({"text": json.dumps(words, ensure_ascii=False)}, None)["id"]}
        if method == "POST":
            return 201, self.board.add(words, self.headers.get("Idempotency-Key"))
        if method == "PUT":
            return 200, self.board.put(name, words)
        if name not in self.board.posts:
            return 404, {"error": "no such post"}
        if method == "DELETE":
            return 200, self.board.posts.pop(name)
        key = self.board.posts[name]["key"]
        return 200, self.board.put(name, {**words, "key": key})

    def _say(self, status: int, said: Any, headers: Mapping[str, str] | None = None) -> None:
        self._write(status, json.dumps(said).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _write(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep the test's output clean."""


def main(arguments: list[str]) -> None:
    """Run until the end of standard input."""
    with suppress(KeyboardInterrupt), post_server(keeps_keys="--keeps-keys" in arguments) as board:
        print(board.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
