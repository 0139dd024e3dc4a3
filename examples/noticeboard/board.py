"""
A notice board to try the channel with, on loopback and in memory: `python board.py` prints its address and token.

What the channel's tests need of it: the next answer can be lost, and what it holds can be counted.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import unquote


@dataclass
class Board:
    """The notices by name, and what the board says of us. `losing`: so many answers are not given."""

    url: str = ""
    token: str = "board-token"  # noqa: S105 - of a board that holds nothing
    identity: str = "b-0001"
    limit: int = 400
    expires: str | None = None
    notices: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    losing: int = 0

    def about(self) -> dict[str, object]:
        """Return what stands at `/`."""
        said = {"id": self.identity, "name": "kairan", "board": "回覧板 1.2", "limit": self.limit}
        return {**said, "expires": self.expires}

    def shown(self, name: str) -> dict[str, object]:
        """Return a notice as it is shown."""
        text, at = self.notices[name]
        return {"name": name, "text": text, "at": at.isoformat()}

    def put(self, name: str, text: str, *, only_there: bool) -> HTTPStatus:
        """Keep a text; say how it went."""
        if only_there and name not in self.notices:
            return HTTPStatus.PRECONDITION_FAILED
        if len(text) > self.limit:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        made = name not in self.notices
        at = datetime.now(UTC) if made else self.notices[name][1]  # noqa: TID251 - the board has its own clock
        self.notices[name] = (text, at)
        return HTTPStatus.CREATED if made else HTTPStatus.OK


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    board: Board


class _Asked(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    @property
    def board(self) -> Board:
        return cast("_Server", self.server).board

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keep still."""

    def do_GET(self) -> None:
        if not self._is_ours():
            return
        if self.path == "/":
            self._say(HTTPStatus.OK, self.board.about())
        elif self.path == "/notices":
            newest = sorted(self.board.notices, key=lambda name: self.board.notices[name][1], reverse=True)
            self._say(HTTPStatus.OK, [self.board.shown(name) for name in newest])
        elif self._name in self.board.notices:
            self._say(HTTPStatus.OK, self.board.shown(self._name))
        else:
            self._say(HTTPStatus.NOT_FOUND)

    def do_PUT(self) -> None:
        text = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
        if self._is_ours():
            self._say(self.board.put(self._name, text, only_there=self.headers.get("if-match") == "*"))

    def do_DELETE(self) -> None:
        if self._is_ours():
            gone = self.board.notices.pop(self._name, None) is None
            self._say(HTTPStatus.NOT_FOUND if gone else HTTPStatus.NO_CONTENT)

    @property
    def _name(self) -> str:
        return unquote(self.path.rpartition("/")[2])

    def _is_ours(self) -> bool:
        ours = self.headers.get("authorization") == f"Bearer {self.board.token}"
        if not ours:
            self._say(HTTPStatus.UNAUTHORIZED)
        return ours

    def _say(self, status: HTTPStatus, body: object = None) -> None:
        if self.board.losing:
            self.board.losing -= 1
            self.close_connection = True
            return
        data = b"" if status == HTTPStatus.NO_CONTENT else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def running() -> Iterator[Board]:
    """Run a board on a free port of loopback."""
    with _Server(("127.0.0.1", 0), _Asked) as server:
        server.board = Board(url=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server.board
        server.shutdown()
        thread.join()


if __name__ == "__main__":
    with running() as one:
        print(one.url, one.token, flush=True)  # noqa: T201 - this is what it says
        threading.Event().wait()
