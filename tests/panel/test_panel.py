"""The feeds as others' parsers see them: same items, ids, titles and dates everywhere, and valid by the grammars (1, 3, 58)."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import fastfeedparser
import feedparser
import pytest

from kawaraban.config import FeedSettings
from tests.builders import publication
from tests.panel.serving import tool
from tests.renderers.feed.feeds import FORMS, NASTY, everything, live, usual, written

HERE = Path(__file__).parent
Read = dict[str, dict[str, Any]]  # Any: JSON
IDS = [f"tag:example.com,2024:5r8w2kq{number}" for number in (1, 2, 3)]
TITLES = [NASTY, "屋根の雨", "屋根の雨"]
DATES = [datetime.fromisoformat(f"2024-06-{day}T07:00:00+09:00") for day in ("25", "18", "11")]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return written(usual())


@pytest.fixture(scope="module")
def folder(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four editions as files: usual, empty, with everything, with hubs and a control character in every string."""
    base = tmp_path_factory.mktemp("feeds")
    hubs = publication(feeds=FeedSettings.model_validate({"hubs": ["https://hub.example.com/"]}))
    editions = {"usual": files, "empty": written([]), "full": written(everything()), "hubs": written([live(1)], hubs)}
    for name, edition in editions.items():
        for path, data in edition.items():
            target = base / f"{name}-{path.replace('/', '-')}"
            target.write_bytes(data)
    return base


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_feedparser_reads_every_item(files: dict[str, bytes], path: str) -> None:
    parsed = feedparser.parse(files[path])
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert [entry.id for entry in parsed.entries] == IDS
    assert [entry.title for entry in parsed.entries] == TITLES
    assert [entry.published_parsed[:4] for entry in parsed.entries] == [(2024, 6, day, 22) for day in (24, 17, 10)]
    assert {tag.term for tag in parsed.entries[0].tags} == {"音", "A & B/C"}


@pytest.mark.parametrize("path", FORMS)
def test_fastfeedparser_reads_every_item(files: dict[str, bytes], path: str) -> None:
    parsed = fastfeedparser.parse(files[path].decode())
    assert [entry.id for entry in parsed.entries] == IDS
    assert [entry.title for entry in parsed.entries] == TITLES
    assert [datetime.fromisoformat(entry.published) for entry in parsed.entries] == DATES


@pytest.fixture(scope="module")
def smith(folder: Path) -> Read:
    """File name → what feedsmith reads in it; one process for all."""
    node = tool("node")
    if not (HERE / "node_modules" / "feedsmith").is_dir():
        reason = "feedsmith is not installed: npm ci in tests/panel"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    names = sorted(path.name for path in folder.iterdir())
    done = subprocess.run([node, HERE / "feedsmith.mjs", *names], cwd=folder, capture_output=True, check=True)
    return dict(zip(names, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("path", FORMS)
def test_feedsmith_reads_every_item(smith: Read, path: str) -> None:
    items = smith[f"usual-{path}"]["items"]
    assert [item["id"] for item in items] == IDS
    assert [item["title"] for item in items][1:] == TITLES[1:]
    dates = [str(item["published"]) for item in items]
    assert [
        parsedate_to_datetime(date) if path == "feed.xml" else datetime.fromisoformat(date) for date in dates
    ] == DATES
    assert items[1]["updated"] == "2024-06-20T12:00:00+09:00"
    assert all("雨の音は" in str(item["content"]) for item in items)
    assert all(item["tags"] == ["音", "A & B/C"] for item in items)
    assert items[0]["people"] == (["汀、Lio"] if path == "feed.xml" else ["汀", "Lio"])
    assert items[0]["picture"] == "https://example.com/articles/rain-1/map-abababab.png"


@pytest.mark.parametrize("path", FORMS)
def test_feedsmith_reads_an_empty_feed_as_one(smith: Read, path: str) -> None:
    assert smith[f"empty-{path}"]["items"] == []
    assert smith[f"empty-{path}"]["title"] == "汀通信"


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_sfeed_reads_every_item(files: dict[str, bytes], path: str) -> None:
    done = subprocess.run([tool("sfeed")], input=files[path], capture_output=True, check=True)
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [row[5] for row in rows] == IDS
    assert [int(row[0]) for row in rows] == [int(date.timestamp()) for date in DATES]
    assert rows[1][1] == TITLES[1]
    assert [row[2] for row in rows] == [f"https://example.com/articles/rain-{number}/" for number in (1, 2, 3)]
    assert {row[8] for row in rows} == {"音|A & B/C"}


@pytest.mark.parametrize(("grammar", "ending"), [("atom.rnc", "atom.xml"), ("rss.rnc", "feed.xml")])
def test_feeds_are_valid_by_their_grammar(folder: Path, grammar: str, ending: str) -> None:
    """3: Atom by RFC 4287, appendix B; 1: RSS by what this house writes of it."""
    names = sorted(path.name for path in folder.glob(f"*{ending}"))
    assert len(names) == 8
    done = subprocess.run(
        [tool("jing"), "-c", HERE / grammar, *names], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_grammars_refuse_what_is_no_feed(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.xml"
    wrong.write_text('<feed xmlns="http://www.w3.org/2005/Atom"><title>no id</title></feed>', encoding="utf-8")
    for grammar in ("atom.rnc", "rss.rnc"):
        done = subprocess.run([tool("jing"), "-c", HERE / grammar, wrong], capture_output=True, check=False)
        assert done.returncode != 0
