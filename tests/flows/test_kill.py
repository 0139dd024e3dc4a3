"""A publish that is killed at any point: nothing public is ever broken, and the next one goes on, once."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from flows.compose import open_house
from flows.stages.publishing import publish
from flows.stages.values import PublishRequest, unwatched
from tests.desk.papers import Paper, paper_at

PROGRAM = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from flows.compose import open_house
from flows.stages.publishing import publish
from flows.stages.values import PublishRequest
from kawaraban.ledger import Ledger

root, where, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
seen = 0

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def watch(step):
    global seen
    seen += step.of is not None and step.what.en == where
    if seen == number and where != "receipt":
        die()

if where == "receipt":
    Ledger.conclude = lambda *values, **named: die()
clock = lambda: datetime.now(UTC)
with open_house(Path(root), clock=clock) as house:
    publish(house, PublishRequest(), watch, now=clock())
"""


class _Links(HTMLParser):
    """Every address a page points to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "base":
            self.found += [value for name, value in attrs if name in ("href", "src") and value]


def dead_links(public: Path) -> list[str]:
    """Every link, picture and sheet of every page that leads to nothing within the site."""
    dead = []
    for page in public.rglob("*.html"):
        links = _Links()
        links.feed(page.read_text(encoding="utf-8"))
        for link in links.found:
            path = link.partition("#")[0].partition("?")[0]
            if not path or "://" in path or path.startswith(("data:", "mailto:")):
                continue
            base = public if path.startswith("/") else page.parent
            target = base / unquote(path).lstrip("/")
            if not (target / "index.html" if path.endswith("/") else target).exists():
                dead.append(f"{page.relative_to(public)} → {link}")
    return dead


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    """A paper with one article published and four more that are due."""
    made = paper_at(tmp_path / "paper")
    made.write()
    _publish(made)
    for number in range(4):
        made.write(f"rain-{number}", id=f"7ra1ny{number}a", tags=f"[雨, 音{number}]")
    return made


def _publish(paper: Paper) -> int:
    def clock() -> datetime:
        return datetime.now(UTC)

    with open_house(paper.root, clock=clock) as house:
        published = publish(house, PublishRequest(), unwatched, now=clock())
        assert not published.failed
        return len(published.results)


@pytest.mark.parametrize(
    ("where", "number"),
    [
        ("making room in site", 2),
        ("writing site", 1),
        ("writing site", 9),
        ("receipt", 1),
        ("delivering to note", 3),
    ],
)
def test_a_kill_at_any_point_leaves_a_whole_site_and_the_next_run_finishes(
    paper: Paper, where: str, number: int
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(paper.root), where, str(number)]
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    assert dead_links(paper.root / "public") == []
    assert paper.page().is_file()
    _publish(paper)
    assert dead_links(paper.root / "public") == []
    assert _publish(paper) == 0
    with open_house(paper.root, clock=lambda: datetime.now(UTC)) as house:
        rows = house.ledger.deliveries()
        assert {(row.state.value, row.channel) for row in rows} == {
            ("live", "site"),
            ("live", "rss"),
            ("waiting", "note"),
        }
        assert len(rows) == 15
        for row in rows:
            came = [event.kind.value for event in house.ledger.events(row.article, row.channel)]
            assert came.count("live") == (row.channel != "note")
    feed = (paper.root / "public" / "feed.xml").read_text(encoding="utf-8")
    assert all(feed.count(f"articles/{slug}/</link>") == 1 for slug in ("rain", "rain-0", "rain-3"))


def test_the_crawler_finds_a_dead_link(paper: Paper) -> None:
    (paper.root / "public" / "feeds" / "index.html").unlink()
    assert dead_links(paper.root / "public")
