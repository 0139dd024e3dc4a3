"""The feeds as others' parsers and readers see them: same items, ids, titles and dates everywhere, and valid Atom."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fastfeedparser
import feedparser
import pytest

from kawaraban.edition import LiveArticle
from tests.renderers.feed.feeds import BODY, NASTY, live, usual, written

HERE = Path(__file__).parent
IDS = [f"tag:example.com,2024:5r8w2kq{number}" for number in (1, 2, 3)]
TITLES = [NASTY, "屋根の雨", "屋根の雨"]
DATES = [datetime.fromisoformat(f"2024-06-{day}T07:00:00+09:00") for day in ("25", "18", "11")]


def tool(name: str) -> str:
    """A program of the panel; a missing one skips the test, except in CI."""
    found = shutil.which(name)
    if found is None:
        reason = f"{name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return written(usual())


@pytest.fixture(scope="module")
def empty() -> dict[str, bytes]:
    return written([])


class Served:
    """Feeds on loopback with ETag and 304, and how often each answer was given."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.statuses: list[int] = []


@contextmanager
def serving() -> Iterator[tuple[str, Served]]:
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


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_feedparser_reads_every_item(files: dict[str, bytes], path: str) -> None:
    parsed = feedparser.parse(files[path])
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert [entry.id for entry in parsed.entries] == IDS
    assert [entry.title for entry in parsed.entries] == TITLES


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml", "feed.json"])
def test_fastfeedparser_reads_every_item(files: dict[str, bytes], path: str) -> None:
    parsed = fastfeedparser.parse(files[path].decode())
    assert [entry.id for entry in parsed.entries] == IDS
    assert [datetime.fromisoformat(entry.published) for entry in parsed.entries] == DATES


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml", "feed.json"])
def test_feedsmith_reads_every_item(files: dict[str, bytes], empty: dict[str, bytes], path: str) -> None:
    node = tool("node")
    if not (HERE / "node_modules" / "feedsmith").is_dir():
        reason = "feedsmith is not installed: npm ci in tests/panel"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    for given, count in ((files, 3), (empty, 0)):
        done = subprocess.run([node, HERE / "feedsmith.mjs"], input=given[path], capture_output=True, check=True)
        assert len(json.loads(done.stdout)["items"]) == count
    read = json.loads(
        subprocess.run([node, HERE / "feedsmith.mjs"], input=files[path], capture_output=True, check=True).stdout
    )
    assert [item["id"] for item in read["items"]] == IDS
    assert read["items"][1]["title"] == TITLES[1]
    dates = [item["published"] for item in read["items"]]
    assert [
        parsedate_to_datetime(date) if path == "feed.xml" else datetime.fromisoformat(date) for date in dates
    ] == DATES
    assert all("雨の音は" in item["content"] for item in read["items"])


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_sfeed_reads_every_item(files: dict[str, bytes], path: str) -> None:
    done = subprocess.run([tool("sfeed")], input=files[path], capture_output=True, check=True)
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [row[5] for row in rows] == IDS
    assert [int(row[0]) for row in rows] == [int(date.timestamp()) for date in DATES]
    assert rows[1][1] == TITLES[1]


def test_atom_is_valid_by_the_grammar_of_rfc_4287(
    files: dict[str, bytes], empty: dict[str, bytes], tmp_path: Path
) -> None:
    jing = tool("jing")
    for name, given in (("full", files), ("empty", empty)):
        for path in ("atom.xml", "series/ame-no-kikikata/atom.xml"):
            target = tmp_path / f"{name}-{path.replace('/', '-')}"
            target.write_bytes(given[path])
            done = subprocess.run([jing, "-c", HERE / "atom.rnc", target], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout


def test_the_grammar_refuses_what_is_no_atom(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.atom"
    wrong.write_text('<feed xmlns="http://www.w3.org/2005/Atom"><title>no id</title></feed>', encoding="utf-8")
    assert (
        subprocess.run([tool("jing"), "-c", HERE / "atom.rnc", wrong], capture_output=True, check=False).returncode != 0
    )


def test_a_reader_library_sees_nothing_new_in_a_typo_and_gets_304() -> None:
    from reader import make_reader

    with serving() as (url, served), make_reader(":memory:") as reader:
        served.files = written(usual())
        reader.add_feed(f"{url}/feed.xml")
        first = reader.update_feed(f"{url}/feed.xml")
        assert first is not None
        assert first.new == 3
        assert reader.update_feed(f"{url}/feed.xml") is None
        assert served.statuses[-1] == 304
        served.files = written(_typo())
        changed = reader.update_feed(f"{url}/feed.xml")
        assert changed is not None
        assert (changed.new, changed.modified) == (0, 1)
        assert sorted(entry.id for entry in reader.get_entries()) == sorted(IDS)


def _typo() -> list[LiveArticle]:
    return [live(1, BODY.replace("二段落目", "三段落目"), title=NASTY, day="2024-06-25"), *usual()[1:]]


def test_newsboat_shows_every_item_once(tmp_path: Path) -> None:
    newsboat = tool("newsboat")
    with serving() as (url, served):
        served.files = written(usual())
        (tmp_path / "urls").write_text(f"{url}/feed.xml\n{url}/series/ame-no-kikikata/atom.xml\n", encoding="utf-8")
        (tmp_path / "config").write_text("", encoding="utf-8")
        command = [
            newsboat,
            "-u",
            str(tmp_path / "urls"),
            "-c",
            str(tmp_path / "cache.db"),
            "-C",
            str(tmp_path / "config"),
            "-x",
            "reload",
        ]
        environment = {**os.environ, "HOME": str(tmp_path), "LANG": "C.UTF-8"}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
        served.files = written(_typo())
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
    with sqlite3.connect(tmp_path / "cache.db") as database:
        rows = database.execute("SELECT guid, title, pubDate FROM rss_item ORDER BY pubDate DESC").fetchall()
    database.close()
    assert [row[0] for row in rows] == IDS
    assert rows[0][1] == NASTY
    assert [row[2] for row in rows] == [int(date.timestamp()) for date in DATES]
