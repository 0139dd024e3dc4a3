"""
A hostile network in front of a server on loopback: one trouble a connection that would change something.

Reads pass untouched. `troubles` is played in order, then all is well; `passed` counts what really reached the server.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Trouble = Literal[
    "reset before",
    "reset after",
    "slow loris",
    "cut answer",
    "429",
    "500",
    "503",
    "redirect loop",
    "wrong type",
    "endless",
]
TROUBLES: tuple[Trouble, ...] = (
    "reset before", "reset after", "slow loris", "cut answer", "429", "500", "503", "redirect loop", "wrong type", "endless"
)  # fmt: skip
_CANNED: dict[str, bytes] = {
    "429": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "503": b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
}
_PIECE = b"x" * 65_536


@dataclass
class Proxy:
    """Its address, the troubles to come, and how often a request that changes something went through."""

    url: str
    troubles: deque[Trouble] = field(default_factory=deque)
    played: list[Trouble] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> Trouble | None:
        with self.lock:
            if not self.troubles:
                return None
            self.played.append(self.troubles.popleft())
            return self.played[-1]


@contextmanager
def hostile_proxy(upstream: int) -> Iterator[Proxy]:
    """Stand in front of the server at this port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}")
        threading.Thread(target=_accepting, args=(listener, proxy, upstream), daemon=True).start()
        yield proxy


def _accepting(listener: socket.socket, proxy: Proxy, upstream: int) -> None:
    with suppress(OSError):  # closed: the test is over
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_served, args=(client, proxy, upstream), daemon=True).start()


def _served(client: socket.socket, proxy: Proxy, upstream: int) -> None:
    with client, suppress(OSError):
        client.settimeout(20)
        request = _request(client)
        if not request:
            return
        trouble = None if request.startswith((b"GET", b"HEAD")) else proxy.next()
        _troubled(client, request, trouble, upstream, proxy.url)


def _request(client: socket.socket) -> bytes:
    """Read one request, body included."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(65_536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += client.recv(65_536)
    head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:"))
    return head + b"\r\nConnection: close\r\n\r\n" + body


def _forwarded(request: bytes, upstream: int) -> bytes:
    """Let the server have it; return its whole answer."""
    with socket.create_connection(("127.0.0.1", upstream), timeout=20) as server:
        server.sendall(request)
        pieces = []
        while piece := server.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)


def _troubled(client: socket.socket, request: bytes, trouble: Trouble | None, upstream: int, url: str) -> None:
    match trouble:
        case None:
            client.sendall(_forwarded(request, upstream))
        case "reset before":
            _reset(client)
        case "429" | "503":
            client.sendall(_CANNED[trouble])
        case "redirect loop":
            path = request.split(b" ")[1]
            client.sendall(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: " + url.encode() + path + _EMPTY)
        case "reset after":
            _forwarded(request, upstream)
            _reset(client)
        case "500":
            _forwarded(request, upstream)
            client.sendall(b"HTTP/1.1 500 Internal Server Error" + _EMPTY)
        case "cut answer":
            answer = _forwarded(request, upstream)
            client.sendall(answer[: len(answer) - 10])
        case "wrong type":
            _forwarded(request, upstream)
            client.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>"
            )
        case "slow loris":
            _dripped(client, _forwarded(request, upstream))
        case "endless":
            _forwarded(request, upstream)
            _endless(client)


_EMPTY = b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def _reset(client: socket.socket) -> None:
    """Close with RST instead of FIN."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _dripped(client: socket.socket, answer: bytes) -> None:
    """One byte at a time, slower than anybody waits for all of it."""
    for place in range(len(answer)):
        client.sendall(answer[place : place + 1])
        time.sleep(0.05)


def _endless(client: socket.socket) -> None:
    """Two gigabytes are promised and sent for as long as somebody reads."""
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2147483648\r\n\r\n")
    for _ in range(2_147_483_648 // len(_PIECE)):
        client.sendall(_PIECE)
