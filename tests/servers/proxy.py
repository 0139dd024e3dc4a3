"""
A hostile network in front of a server on loopback: what is stored behind it is counted, not what it let through.

`troubles` is played in order, one for each request that would change something, then all is well. `aimed` keeps one for
the request it is meant for, say the post and not the upload of its picture. Reads pass untouched, save that lists do not
show what `lag` and `unseen` hide. The server is asked under its own address, so that what it makes of it is true.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from typing import Any, Literal
from urllib.parse import urlsplit

from tests.servers.wire import Answer, Request, answered, passed_on, read_request

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
    "drop",
    "504",
    "late",
    "lag",
    "unseen",
    "stored late",
    "kill before",
    "kill after",
    "kill while",
]
TROUBLES: tuple[Trouble, ...] = (
    "reset before", "reset after", "slow loris", "cut answer", "429", "500", "503", "redirect loop", "wrong type", "endless"
)  # fmt: skip
FIVE: tuple[Trouble, ...] = ("drop", "504", "429", "late", "lag")
"""Those every channel has to stand: taken, then the line is cut; taken, then a proxy's error; refused with a hint when
to come again; taken, but answered after the client went; taken, line cut, and lists show it only later."""
_PIECE = b"x" * 65_536


def changes(request: Request) -> bool:
    """What a trouble strikes unless it is aimed."""
    return request.changes


@dataclass(frozen=True)
class Aimed:
    """A trouble for the next request `at` says yes to."""

    trouble: Trouble
    at: Callable[[Request], bool] = changes


def aimed(trouble: Trouble, method: str = "POST", path: str = "") -> Aimed:
    """A trouble for the next request of this method whose path has `path` in it."""
    return Aimed(trouble, lambda request: request.method == method and path in request.path)


@dataclass
class Proxy:
    """
    Its address, the troubles to come, those played, and each request that reached the server as (method, path).

    `hint` are the headers of a 429 and `refusal` its body, in the channel's own form; `lateness` the seconds an answer is
    kept back; `lag_reads` how many reads of lists that would show it do not show yet what was made (`caught_up` ends it at once); `victim`
    the process (0: none) that "kill before" and "kill after" kill, and "kill while" at some moment `within` so many seconds.
    """

    url: str
    hint: Mapping[str, str] = field(default_factory=lambda: {"Retry-After": "30"})
    refusal: bytes = b""
    lateness: float = 3
    lag_reads: int = 2
    victim: int = 0
    within: float = 0.1
    troubles: deque[Trouble | Aimed] = field(default_factory=deque)
    played: list[Trouble] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)
    hidden: dict[str, int] = field(default_factory=dict)  # id → how many reads it stays so
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, request: Request) -> Trouble | None:
        """The trouble for this request, taken off the list."""
        with self.lock:
            if not self.troubles:
                return None
            first = self.troubles[0]
            first = first if isinstance(first, Aimed) else Aimed(first)
            if not first.at(request):
                return None
            self.troubles.popleft()
            self.played.append(first.trouble)
            return first.trouble

    def kill(self) -> None:
        """Kill the victim, if it still runs."""
        if self.victim:
            with suppress(ProcessLookupError):
                os.kill(self.victim, signal.SIGKILL)

    def hide(self, answer: Answer) -> None:
        """Keep what this answer says was made out of lists for a while."""
        with self.lock:
            self.hidden |= dict.fromkeys(_made(answer.json()), self.lag_reads)

    def caught_up(self) -> None:
        """Let lists show everything from now on."""
        with self.lock:
            self.hidden.clear()

    def shown(self, request: Request, said: Any) -> Any:
        """What this read shows of what the server said; a thing asked for by its own name is not hidden."""
        with self.lock:
            unseen = self.hidden.keys() - set(urlsplit(request.path).path.split("/"))
            rest = _without(said, unseen)
            if rest != said:
                self.hidden = {name: left - (name in unseen) for name, left in self.hidden.items()}
                self.hidden = {name: left for name, left in self.hidden.items() if left > 0}
            return rest


@contextmanager
def hostile_proxy(upstream: int, **settings: Any) -> Iterator[Proxy]:
    """Stand in front of the server at this port of loopback; the settings are `Proxy`'s."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        proxy = Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}", **settings)
        threading.Thread(target=_accepting, args=(listener, proxy, upstream), daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.over.set()
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a client


def _accepting(listener: socket.socket, proxy: Proxy, upstream: int) -> None:
    with suppress(OSError):  # closed: the test is over
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_served, args=(client, proxy, upstream), daemon=True).start()


def _served(client: socket.socket, proxy: Proxy, upstream: int) -> None:
    with client, suppress(OSError, HTTPException):
        client.settimeout(60)
        request = read_request(client)
        if request is not None:
            request = request.having("Host", f"127.0.0.1:{upstream}")
            _Exchange(client, request, proxy, upstream).play(proxy.next(request))


@dataclass(frozen=True)
class _Exchange:
    """One request, and what becomes of it."""

    client: socket.socket
    request: Request
    proxy: Proxy
    upstream: int

    def play(self, trouble: Trouble | None) -> None:
        """What strikes before the server has it, and what strikes after."""
        match trouble:
            case None:
                self._untroubled()
            case "reset before":
                _reset(self.client)
            case "429":
                hint = tuple(self.proxy.hint.items())
                self.client.sendall(Answer(429, hint, self.proxy.refusal).to_bytes())
            case "503":
                self.client.sendall(Answer(503, (("Retry-After", "60"),), b"").to_bytes())
            case "redirect loop":
                place = f"{self.proxy.url}{self.request.path}"
                self.client.sendall(Answer(307, (("Location", place),), b"").to_bytes())
            case "kill before":
                self.proxy.kill()
            case "kill while":
                threading.Timer(random.random() * self.proxy.within, self.proxy.kill).start()
                self.client.sendall(self._reached())
            case "stored late":
                if not self.proxy.over.wait(self.proxy.lateness):
                    self._reached()
            case "lag" | "unseen":
                answer = answered(self.request, self.upstream)
                self._noted()
                self.proxy.hide(answer)
                if trouble == "unseen":
                    self.client.sendall(answer.to_bytes())
            case _:
                self._spoiled(trouble, self._reached())

    def _spoiled(self, trouble: Trouble, answer: bytes) -> None:
        """The server has it; its answer is what suffers."""
        match trouble:
            case "reset after":
                _reset(self.client)
            case "drop":
                pass
            case "kill after":
                self.proxy.kill()
            case "500" | "504":
                self.client.sendall(Answer(int(trouble), (), b"").to_bytes())
            case "cut answer":
                self.client.sendall(answer[:-10])
            case "wrong type":
                self.client.sendall(Answer(200, (("Content-Type", "text/html"),), b"<html>").to_bytes())
            case "slow loris":
                _dripped(self.client, answer)
            case "endless":
                _endless(self.client)
            case "late":
                self.proxy.over.wait(self.proxy.lateness)
                self.client.sendall(answer)

    def _untroubled(self) -> None:
        if self.request.method != "GET" or not self.proxy.hidden:
            self.client.sendall(self._reached())
            return
        answer = answered(self.request, self.upstream)
        self._noted()
        said = answer.json()
        if said is not None:
            answer = replace(answer, body=json.dumps(self.proxy.shown(self.request, said)).encode())
        self.client.sendall(answer.to_bytes())

    def _reached(self) -> bytes:
        answer = passed_on(self.request, self.upstream)
        self._noted()
        return answer

    def _noted(self) -> None:
        with self.proxy.lock:
            self.proxy.passed.append((self.request.method, self.request.path))


# --- what a list shows ----------------------------------------------------------------------------------------------


def _made(said: Any) -> Iterator[str]:
    """The names of what an answer says was made: its own, or those of the things in the one list it holds (Ghost)."""
    if isinstance(said, dict):
        yield from (str(said[key]) for key in ("id", "uri") if key in said)
        for value in said.values():
            if isinstance(value, list) and not {"id", "uri"} & said.keys():
                for one in value:
                    yield from _made(one)


def _without(shown: Any, names: set[str]) -> Any:
    """The same, its lists without what has one of these names."""
    if isinstance(shown, list):
        return [_without(one, names) for one in shown if not names & set(_made(one))]
    if isinstance(shown, dict):
        return {key: _without(value, names) for key, value in shown.items()}
    return shown


# --- ways to answer badly -------------------------------------------------------------------------------------------


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
