"""A bluesky channel for tests, and a front door before its server: it counts what is asked, and plays faults by method."""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import requests
from PIL import Image

from kawaraban import registry
from kawaraban.channels.bluesky import Bluesky
from kawaraban.channels.conformance import sample
from kawaraban.channels.protocol import Payload, Surroundings
from kawaraban.config import NetworkSettings
from kawaraban.delivery import Receipt
from kawaraban.picture import AssetStore, inspect
from kawaraban.variant import Asset, Card, Part, PublicFacts, Recipe, Span, Variant
from tests.builders import MATTER, NOW, article, channel, publication

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


def bluesky(root: Path, login: Login, files: Mapping[str, bytes] | None = None, **own: Any) -> Bluesky:
    """A channel whose password lies in a file below `root`; `files` are the bytes by asset name."""
    secret = root / "secrets" / "bluesky"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text(f"{login.password}\n", encoding="utf-8")
    paper = publication(network=NetworkSettings(private=own.pop("private", True)))
    values = {"server": login.server, "handle": login.handle, "password": {"file": "secrets/bluesky"}, **own}

    def bytes_of(asset: Asset) -> bytes:
        return (files or {})[asset.name]

    return Bluesky(Surroundings(root, paper, channel("bluesky", own=values), bytes_of, lambda: NOW))


def session_file(root: Path) -> Path:
    return root / ".kawaraban" / "sessions" / "bluesky.json"


def asset(name: str, alt: str = "川辺の石", width: int = 60, height: int = 40) -> Asset:
    recipe = Recipe(width=width)
    return Asset(
        name=name, file=name, source="ab", recipe=recipe, media_type="image/jpeg", width=width, height=height, alt=alt
    )


def jpeg(colour: str = "teal") -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return out.getvalue()


def said(text: str, **more: Any) -> Part:
    """A part in which every word that is an address or a hashtag is marked, as the renderer marks them."""
    spans, place = [], 0
    for word in text.split():
        start = text.index(word, place)
        place = start + len(word)
        kind = "link" if word.startswith("https://") else "tag" if word.startswith("#") else ""
        if kind:
            at = len(text[:start].encode())
            values = {"kind": kind, "start": at, "end": at + len(word.encode()), "target": word.removeprefix("#")}
            spans.append(Span.model_validate(values))
    return Part(text=text, spans=tuple(spans), **more)


def posted(*parts: Part, card: Card | None = None, assets: tuple[Asset, ...] = ()) -> Variant:
    """An announcement as the renderer leaves it: one post, or a thread."""
    text = "\n\n".join(part.text for part in parts)
    return sample().model_copy(update={"parts": parts, "text": text, "body": text, "card": card, "assets": assets})


CARD = Card(url="https://example.com/articles/river/", title="川の音", description="川べりで聞いた。", picture="c.jpg")


def sent(made: Bluesky, variant: Variant, key: str = "k", number: int = 1, above: tuple[Receipt, ...] = ()) -> Receipt:
    return made.create(payload(made, variant, number, above), key, lambda _note: None)


def payload(made: Bluesky, variant: Variant, number: int = 1, above: tuple[Receipt, ...] = ()) -> Payload:
    """What a stage makes of a prepared payload."""
    return replace(made.prepare(variant), number=number, above=above, since=SINCE)


def with_pictures(root: Path, login: Login, source: bytes, **own: Any) -> tuple[Bluesky, Variant]:
    """The channel, and a rendered article whose cover and one figure are this picture, from its file to the post."""
    content = root / "content"
    for name in ("cover.jpg", "stone.jpg"):
        file = content / "articles" / "2024" / "where-wet-things-go" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(source)
    folder = "articles/2024/where-wet-things-go"
    pictures = {name: inspect(content / folder / name, f"{folder}/{name}") for name in ("cover.jpg", "stone.jpg")}
    matter = f"{MATTER}cover: {{src: cover.jpg, alt: 軒先の傘}}\ntags: [道具]\n"
    text = article("雨の日の本文。\n\n![ぬれた石](stone.jpg)\n", matter, pictures)
    made = bluesky(root, login, **own)
    made._surroundings = replace(made._surroundings, bytes_of=AssetStore(root / "assets", content).bytes_of)
    settings = made._surroundings.settings
    return made, registry.renderer(settings)(text, publication(), settings, PublicFacts())
