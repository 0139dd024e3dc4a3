"""
An imitation of note's public reading interface, on loopback: GET /api/v3/notes/KEY with all its odd answers.

Written from what others measured (docs/channels/note.md): a deleted note answers 200, a draft without its body, bots
get a challenge page.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHALLENGE = "<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"

Answering = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class NoteServer:
    """The notes by key (the `data` of their answers), answers that are no notes, and the addresses asked for."""

    url: str
    release: threading.Event
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    odd: dict[str, Answering] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def publish(self, key: str, title: str, body: str, /, **changes: Any) -> None:
        """Put a published note there, as its author would have left it."""
        data = {
            "id": 100200300,
            "key": key,
            "slug": f"slug-{key}",
            "type": "TextNote",
            "status": "published",
            "name": title,
            "body": body,
            "description": body[:80],
            "price": 0,
            "is_limited": False,
            "can_read": True,
            "index": [],
            "is_published": True,
            "is_reserved": False,
            "has_draft": False,
            "like_count": 0,
            "comment_count": 0,
            "remained_char_num": 0,
            "separator": None,
            "created_at": "2024-11-04T21:00:00.000+09:00",
            "note_url": f"https://note.com/migiwa/n/{key}",
            "eyecatch": "https://assets.st-note.com/production/uploads/images/1/rectangle_large_type_2_x.jpg",
            "publish_at": "2024-11-05T09:00:00.000+09:00",
            "reserved_publish_at": None,
            "hashtag_notes": [],
            "embedded_contents": [],
            "pictures": [],
            "format": "4.0",
            "user": {"id": 7, "urlname": "migiwa", "nickname": "汀通信", "key": "u7"},
        }
        self.notes[key] = {**data, **changes}

    def tagged(self, *names: str) -> list[dict[str, Any]]:
        """Hashtags in the form note gives them."""
        return [{"hashtag": {"name": f"#{name}"}} for name in names]

    # --- answers that are no note -----------------------------------------------------------------------------------

    def answer(self, key: str, status: int, body: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Answer that key with this."""

        def answering(handler: BaseHTTPRequestHandler) -> None:
            _send(handler, status, body.encode(), headers or {"Content-Type": "application/json"})

        self.odd[key] = answering

    def challenge(self, key: str, status: int = 200) -> None:
        """Answer with a page that asks whether one is a robot."""
        self.answer(key, status, CHALLENGE, {"Content-Type": "text/html; charset=utf-8"})

    def hang(self, key: str) -> None:
        """Say nothing until the test is over."""

        def answering(handler: BaseHTTPRequestHandler) -> None:
            self.release.wait(30)
            handler.close_connection = True

        self.odd[key] = answering

    def dribble(self, key: str) -> None:
        """Answer with the note in many small pieces."""

        def answering(handler: BaseHTTPRequestHandler) -> None:
            whole = json.dumps({"data": self.notes[key]}).encode()
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(whole)))
            handler.end_headers()
            for start in range(0, len(whole), 40):
                handler.wfile.write(whole[start : start + 40])
                handler.wfile.flush()

        self.odd[key] = answering

    def cut(self, key: str) -> None:
        """Close the connection in the middle of the answer."""

        def answering(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b'{"data": ')
            handler.close_connection = True

        self.odd[key] = answering

    def flood(self, key: str, megabytes: int) -> None:
        """Answer with more than anyone wants to read."""

        def answering(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            piece = b" " * 1_000_000
            try:
                for _ in range(megabytes):
                    handler.wfile.write(piece)
            except OSError:
                handler.close_connection = True

        self.odd[key] = answering


@contextmanager
def note_server() -> Iterator[NoteServer]:
    """Run the imitation on a free port of loopback."""
    release = threading.Event()
    served: dict[str, NoteServer] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            note = served["note"]
            note.asked.append(self.path)
            prefix, _, key = self.path.rpartition("/")
            if key in note.odd:
                note.odd[key](self)
            elif prefix == "/api/v3/notes" and key in note.notes:
                _send_json(self, 200, {"data": note.notes[key]})
            else:
                _send_json(self, 404, {"error": {"code": "not_found", "message": "Not found"}})

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    served["note"] = NoteServer(url=f"http://127.0.0.1:{server.server_port}", release=release)
    try:
        yield served["note"]
    finally:
        release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _send_json(handler: BaseHTTPRequestHandler, status: int, value: object) -> None:
    _send(handler, status, json.dumps(value).encode(), {"Content-Type": "application/json; charset=utf-8"})


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
