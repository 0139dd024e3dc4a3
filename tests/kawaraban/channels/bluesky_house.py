"""A bluesky channel for tests, and a front door before its server: it counts what is asked, and plays faults by method."""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import requests

from kawaraban.channels.bluesky import Bluesky
from kawaraban.channels.protocol import Surroundings
from kawaraban.config import NetworkSettings
from kawaraban.variant import Asset
from tests.builders import NOW, channel, publication

SINCE = datetime(2024, 11, 5, 8, 30, 15, 250_000, tzinfo=UTC)
PUT = "com.atproto.repo.putRecord"
GET = "com.atproto.repo.getRecord"
DELETE = "com.atproto.repo.deleteRecord"
UPLOAD = "com.atproto.repo.uploadBlob"
LOGIN = "com.atproto.server.createSession"
REFRESH = "com.atproto.server.refreshSession"


@dataclass(frozen=True)
class Canned:
    """An answer that is given without asking the server."""

    status: int
    error: str = ""
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def said(self) -> bytes:
        return json.dumps({"error": self.error, "message": self.message}).encode() if self.body is None else self.body


Fault = Canned | Literal["lose", "drop"]
"""`lose`: the server has it, its answer never arrives; `drop`: the connection ends before the server has it."""


@dataclass
class Front:
    """Stands before the server at `upstream`; `faults` are played by method, one a request; `asked` counts all."""

    url: str
    upstream: str
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    asked: Counter[str] = field(default_factory=Counter)
    bodies: list[tuple[str, bytes]] = field(default_factory=list)

    def play(self, method: str, *faults: Fault) -> None:
        self.faults[method].extend(faults)

    def bodies_of(self, method: str) -> list[Any]:
        return [json.loads(body) for name, body in self.bodies if name == method]


@contextmanager
def front(upstream: str = "") -> Iterator[Front]:
    class Door(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            method = self.path.partition("?")[0].removeprefix("/xrpc/")
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            made.asked[method] += 1
            made.bodies.append((method, body))
            fault = made.faults[method].popleft() if made.faults[method] else None
            if isinstance(fault, Canned):
                self._say(fault.status, fault.headers, fault.said)
            elif fault == "drop":
                self.close_connection = True
            else:
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
                there = requests.request(
                    self.command, f"{made.upstream}{self.path}", data=body or None, headers=headers, timeout=30
                )
                if fault == "lose":
                    self.close_connection = True
                else:
                    self._say(there.status_code, {"content-type": "application/json"}, there.content)

        def _say(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        made = Front(f"http://127.0.0.1:{server.server_address[1]}", upstream)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Login:
    """What the channel is told of an account."""

    server: str
    handle: str
    password: str


def bluesky(root: Path, login: Login, pictures: Mapping[str, bytes] | None = None, **own: Any) -> Bluesky:
    """A channel whose password lies in a file below `root`; `pictures` are the bytes by asset name."""
    secret = root / "secrets" / "bluesky"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text(f"{login.password}\n", encoding="utf-8")
    paper = publication(network=NetworkSettings(private=own.pop("private", True)))
    values = {"server": login.server, "handle": login.handle, "password": {"file": "secrets/bluesky"}, **own}

    def bytes_of(asset: Asset) -> bytes:
        return (pictures or {})[asset.name]

    return Bluesky(Surroundings(root, paper, channel("bluesky", own=values), bytes_of, lambda: NOW))


def session_file(root: Path) -> Path:
    return root / ".kawaraban" / "sessions" / "bluesky.json"
