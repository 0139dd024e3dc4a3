"""HTTP as it goes over the wire, for the hostile proxy: one request read whole, passed on as it came, its answer taken."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO, Any

PATIENCE = 60  # seconds for a server to answer: uploads to a busy machine take a while
_LINE = 65_536


@dataclass(frozen=True)
class Request:
    """One request; `body` as it came, chunks and all. `path` has its query."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def changes(self) -> bool:
        """Whether it is one that would change something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def without(self, *names: str) -> Request:
        """The same without these headers."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in names)
        return replace(self, headers=kept)

    def having(self, name: str, value: str) -> Request:
        """The same with this header at the end, instead of any of its name."""
        kept = self.without(name.lower())
        return replace(kept, headers=(*kept.headers, (name, value)))

    def to_bytes(self) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


def read_request(client: socket.socket) -> Request | None:
    """Read one request, its body included; None when nothing came."""
    with client.makefile("rb") as stream:
        method, _, rest = stream.readline(_LINE).decode("latin-1").partition(" ")
        if not rest:
            return None
        headers = tuple(_headers(stream))
        known = {name.lower(): value for name, value in headers}
        if "chunked" in known.get("transfer-encoding", ""):
            body = b"".join(_chunks(stream))
        else:
            body = stream.read(int(known.get("content-length", "0")))
    return Request(method, rest.rpartition(" ")[0], headers, body)


def _headers(stream: IO[bytes]) -> Iterator[tuple[str, str]]:
    while line := stream.readline(_LINE).decode("latin-1").strip():
        name, _, value = line.partition(":")
        yield name, value.strip()


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The chunks of a body as they came, sizes and trailer included."""
    size = 1
    while size:
        line = stream.readline(_LINE)
        size = int(line.split(b";")[0] or b"0", 16)
        yield line
        if size:
            yield stream.read(size + 2)
    while (line := stream.readline(_LINE)) not in {b"\r\n", b""}:
        yield line
    yield b"\r\n"


def passed_on(request: Request, port: int) -> bytes:
    """Let the server at this port of loopback have it; gives its whole answer as it came."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as server:
        server.sendall(request.having("Connection", "close").to_bytes())
        pieces = []
        while piece := server.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)


@dataclass(frozen=True)
class Answer:
    """An answer taken apart: `body` without chunks and packing."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def json(self) -> Any:
        """Its JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def to_bytes(self) -> bytes:
        dropped = {"transfer-encoding", "content-length", "connection"}
        lines = [f"{name}: {value}" for name, value in self.headers if name.lower() not in dropped]
        head = [f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, '')}", *lines]
        head += [f"Content-Length: {len(self.body)}", "Connection: close"]
        return "\r\n".join([*head, "", ""]).encode("latin-1") + self.body


def answered(request: Request, port: int) -> Answer:
    """Let the server have it and take its answer apart, for who wants to change it."""
    plain = request.without("accept-encoding")
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as server:
        server.sendall(plain.having("Connection", "close").to_bytes())
        answer = http.client.HTTPResponse(server, method=request.method)
        answer.begin()
        with answer:
            return Answer(answer.status, tuple(answer.getheaders()), answer.read())
