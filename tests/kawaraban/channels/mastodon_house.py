"""What the tests of the Mastodon channel share: a channel on any server, announcements, and a server that says what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from kawaraban.channels.conformance import sample
from kawaraban.channels.mastodon import Mastodon
from kawaraban.channels.protocol import Payload, Surroundings
from kawaraban.config import NetworkSettings
from kawaraban.delivery import Receipt
from kawaraban.variant import Asset, Part, Recipe, Variant
from tests.builders import channel, publication

PAGE = "https://example.com/articles/river/"
TOKEN = "secrets/mastodon"  # noqa: S105 - where it lies


def picture(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    with BytesIO() as out:
        Image.new("RGB", size, colour).save(out, "PNG")
        return out.getvalue()


def asset(name: str = "boat.png", alt: str = "橋の下の舟。", source: str = "red") -> Asset:
    recipe = Recipe(width=40, height=30, format="PNG")
    return Asset(
        name=name,
        file=f"articles/{name}",
        source=source,
        recipe=recipe,
        media_type="image/png",
        width=40,
        height=30,
        alt=alt,
    )


def announcement(*texts: str, pictures: tuple[Asset, ...] = (), article: str = "5r8w2kqd") -> Variant:
    """A post, or a thread of them; the first carries the pictures."""
    names = tuple(one.name for one in pictures)
    parts = tuple(Part(text=text, pictures=names if number == 0 else ()) for number, text in enumerate(texts))
    return sample(article=article).model_copy(
        update={"text": "\n\n".join(texts), "body": "\n\n".join(texts), "parts": parts, "assets": pictures}
    )


class Clock:
    """Seconds that pass only while somebody waits."""

    def __init__(self) -> None:
        self.now, self.pauses = 0.0, list[float]()

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def ticks(self) -> float:
        return self.now


def mastodon(root: Path, url: str, token: str = "", clock: Clock | None = None, **own: Any) -> Mastodon:
    """A channel on the server at `url`; its token lies in a file."""
    file = root / TOKEN
    file.parent.mkdir(exist_ok=True)
    if not file.exists():
        file.write_text(f"{token or 'rabbit-hole-17'}\n", encoding="utf-8")
    settings = channel("fedi", kind="mastodon", own={"server": url, "token": {"file": TOKEN}, "timeout": "5s", **own})
    paper = publication(network=NetworkSettings(private=True))
    waits = clock or Clock()
    around = Surroundings(root, paper, settings, lambda one: picture(one.source), lambda: datetime.now(UTC))
    return Mastodon(around, pause=waits.pause, ticks=waits.ticks)


def post(made: Mastodon, variant: Variant, number: int = 1, *, key: str = "key", **known: Any) -> Receipt:
    """Post one part, as the stage does."""
    payload: Payload = replace(made.prepare(variant), number=number, **known)
    return made.create(payload, f"{key}-{number}", lambda _note: None)


def thread(made: Mastodon, variant: Variant, key: str = "key") -> list[Receipt]:
    """Post all parts, each under the one before."""
    above: list[Receipt] = []
    for number in range(1, len(variant.parts) + 1):
        above.append(post(made, variant, number, key=key, above=tuple(above)))
    return above


# --- a server that is told what to say --------------------------------------------------------------------------------

Said = tuple[int, dict[str, str], Any]
"""Status, header fields, and what becomes JSON (bytes and text go as they are)."""


def status(name: str = "1", text: str = "", **more: Any) -> dict[str, Any]:
    """A post as Mastodon tells it."""
    return {
        "id": name,
        "created_at": "2024-11-05T00:00:00.000Z",
        "uri": f"https://example.social/users/paper/statuses/{name}",
        "url": f"https://example.social/@paper/{name}",
        "content": f"<p>{text}</p>",
        "in_reply_to_id": None,
        "reblog": None,
        "media_attachments": [],
        **more,
    }


@dataclass
class Told:
    """`says` maps a method and the beginning of a path to its answers: one after the other, the last again and again."""

    url: str
    says: dict[str, list[Said | Callable[[bytes], Said]]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def say(self, request: str, status: int, body: Any = "", headers: dict[str, str] | None = None) -> None:
        self.says.setdefault(request, []).append((status, headers or {}, body))

    def sent(self, method: str) -> list[tuple[str, dict[str, str], bytes]]:
        return [(path, headers, body) for one, path, headers, body in self.requests if one == method]

    def answer(self, method: str, path: str, body: bytes) -> Said:
        asked = f"{method} {path}"
        known = max((one for one in self.says if asked.startswith(one)), key=len, default=None)
        if known is None:
            return 404, {}, {"error": "Record not found"}
        answers = self.says[known]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return found(body) if callable(found) else found


@contextmanager
def told_server() -> Iterator[Told]:
    """Run one on a free port: an account, and nothing else until it is told."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.requests.append((self.command, self.path, headers, body))
            code, more, said = told.answer(self.command, self.path, body)
            data = (
                said
                if isinstance(said, bytes)
                else said.encode()
                if isinstance(said, str)
                else json.dumps(said).encode()
            )
            self.send_response(code)
            for name, value in {"Content-Length": str(len(data)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815 - the names the base class calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told = Told(f"http://127.0.0.1:{server.server_port}")
    told.say("GET /api/v1/accounts/verify_credentials", 200, {"id": "7", "username": "paper", "acct": "paper"})
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
