"""
Days of a newsroom, with a moved clock: what was to happen when something came in between.

A paper with a site, its feeds, note, and a webhook to a real server on loopback, whose posts are counted. Releases are
plain publishes at their instants, as the publisher makes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.compose import House, open_house
from flows.stages.building import build
from flows.stages.looking import status
from flows.stages.publishing import publish
from flows.stages.scheduling import schedule
from flows.stages.values import Published, PublishRequest, StatusRow, unwatched
from kawaraban.delivery import Word
from kawaraban.ledger import Scope
from tests.servers.posts import PostServer, post_server

FIRST, SECOND = "7ra1ny7a", "7kasa777"
CHANNELS = """site: {{kind: site, path: public}}
rss: {{kind: feed, site: site, after: site, delay: 30m}}
note: {{kind: note, user: example, after: site, path: packages/note}}
hook: {{kind: webhook, url: "{url}/hook", at: 07:45}}
"""


def at(clock: str, day: str = "2024-07-02") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+09:00")


@dataclass
class Newsroom:
    """The paper, its clock, and what arrived at the webhook."""

    root: Path
    server: PostServer
    now: datetime = field(default_factory=lambda: at("12:00", "2024-07-01"))

    @contextmanager
    def house(self) -> Iterator[House]:
        with open_house(self.root, clock=lambda: self.now, who="editor") as house:
            yield house

    def release(self, now: datetime, *names: str, channels: tuple[str, ...] = ()) -> Published:
        """What is due goes out; the publisher had been asleep until then."""
        self.now = now
        with self.house() as house:
            return publish(house, PublishRequest(names, channels), unwatched, now=now)

    def row(self, article: str, channel: str) -> StatusRow:
        with self.house() as house:
            rows = status(house, (), now=self.now)
        return next(row for row in rows if (row.article, row.channel) == (article, channel))

    def write(self, slug: str = "rain", body: str = "雨の日の本文。\n", **matter: str) -> Path:
        values = {
            "id": FIRST, "title": "雨樋の音", "slug": slug, "status": "ready", "published": at("07:00").isoformat(), **matter,
        }  # fmt: skip
        path = self.root / "content" / "articles" / "2024" / slug / "index.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = "\n".join(f"{key}: {value}" for key, value in values.items())
        path.write_text(f"---\n{head}\n---\n{body}", encoding="utf-8")
        return path

    @property
    def posted(self) -> list[str]:
        """The titles that arrived at the webhook, in their order."""
        said = [json.loads(self.server.posts[name]["text"]) for name in self.server.created]
        return [str(one["title"]) for one in said]

    def seen(self, word: str) -> set[str]:
        """Where a word stands in anything that is public or lies ready: the kinds of places."""
        found = set()
        for folder in ("public", "packages"):
            for path in (self.root / folder).rglob("*"):
                if path.is_file() and word.encode() in path.read_bytes():
                    found.add(path.relative_to(self.root).as_posix())
        return found


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with post_server() as server:
        root = tmp_path / "paper"
        (root / "config").mkdir(parents=True)
        (root / "content" / "articles").mkdir(parents=True)
        (root / "config" / "publication.yaml").write_text(
            "name: 汀通信\nbase_url: https://example.com\nnetwork: {private: true}\n", encoding="utf-8"
        )
        (root / "config" / "channels.yaml").write_text(CHANNELS.format(url=server.url), encoding="utf-8")
        yield Newsroom(root, server)


def test_a_title_typo_mended_at_0720_reaches_everybody_once_and_the_channels_to_come_never_see_it(
    newsroom: Newsroom,
) -> None:
    path = newsroom.write(title="雨桶の音")
    newsroom.release(at("20:00", "2024-07-01"))
    newsroom.release(at("07:00"))
    assert newsroom.row(FIRST, "site").word is Word.LIVE
    assert newsroom.row(FIRST, "rss").due == at("07:30")
    assert newsroom.posted == []
    page = newsroom.root / "public" / "articles" / "rain" / "index.html"
    assert "雨桶" in page.read_text(encoding="utf-8")

    path.write_text(path.read_text(encoding="utf-8").replace("雨桶", "雨樋"), encoding="utf-8")
    newsroom.now = at("07:20")
    assert newsroom.row(FIRST, "site").word is Word.CHANGED
    newsroom.release(at("07:20"))
    for instant in ("07:30", "07:45", "08:00"):
        newsroom.release(at(instant))
    assert newsroom.posted == ["雨樋の音"]
    assert newsroom.seen("雨桶") == set()
    assert {"public/feed.xml", "public/articles/rain/index.html"} <= newsroom.seen("雨樋")
    assert [newsroom.row(FIRST, name).word for name in ("site", "rss", "hook", "note")] == [
        Word.LIVE, Word.LIVE, Word.LIVE, Word.BY_HAND,
    ]  # fmt: skip
    with newsroom.house() as house:  # what readers know as its time did not move by the typo
        assert house.ledger.facts(FIRST).published == at("07:00")
    assert [newsroom.row(FIRST, "site").since, newsroom.row(FIRST, "rss").since] == [at("07:00"), at("07:30")]


def test_an_embargo_that_slips_at_2350_is_kept_everywhere_until_its_new_instant(newsroom: Newsroom) -> None:
    midnight, noon = at("00:00", "2024-07-03"), at("12:00", "2024-07-03")
    path = newsroom.write(
        title="橋の数え方", published=midnight.isoformat(), embargo=midnight.isoformat(),
        channels=f"{{hook: {{at: {midnight.isoformat()}}}}}",
    )  # fmt: skip
    newsroom.release(at("20:00"))
    assert newsroom.row(FIRST, "site").due == midnight

    newsroom.now = at("23:50")
    with newsroom.house() as house:
        done = schedule(house, "rain", "move", noon, now=newsroom.now)
    assert done.left == ()
    assert [one.key for one in done.moved] == ["published", "embargo", "channels.hook.at"]
    for instant in (midnight, midnight + timedelta(minutes=5), noon - timedelta(seconds=1)):
        assert newsroom.release(instant).results == ()
    assert newsroom.seen("橋の数え方") == newsroom.seen("/rain/") == set()
    assert newsroom.posted == []
    with newsroom.house() as house:
        build(house, newsroom.root / "preview", now=newsroom.now, at=noon - timedelta(seconds=1), with_=("note",))
    built = [one for one in (newsroom.root / "preview").rglob("*") if one.is_file()]
    assert built
    assert not [one for one in built if "橋の数え方".encode() in one.read_bytes() or "rain" in one.as_posix()]

    newsroom.release(noon)
    newsroom.release(noon + timedelta(minutes=30))
    assert newsroom.posted == ["橋の数え方"]
    assert {"public/feed.xml", "public/articles/rain/index.html"} <= newsroom.seen("橋の数え方")
    assert "public/sitemap.xml" in newsroom.seen("/rain/")
    assert midnight.isoformat() not in path.read_text(encoding="utf-8")


def test_a_machine_that_was_dead_from_0659_to_0740_sends_once_what_is_still_in_time(newsroom: Newsroom) -> None:
    channels = newsroom.root / "config" / "channels.yaml"
    more = f'quick: {{kind: webhook, url: "{newsroom.server.url}/hook", late: 30m}}\n'
    channels.write_text(channels.read_text(encoding="utf-8").replace(", at: 07:45", "") + more, encoding="utf-8")
    newsroom.write()
    newsroom.release(at("06:59"))
    assert {newsroom.row(FIRST, name).word for name in ("site", "hook", "quick")} == {Word.SCHEDULED}

    newsroom.now = at("07:39")
    assert newsroom.row(FIRST, "site").word is Word.DUE
    for instant in ("07:40", "07:41", "08:10"):
        newsroom.release(at(instant))
    assert newsroom.posted == ["雨樋の音"]  # the hook's limit is an hour; the quick one had waited too long
    late = newsroom.row(FIRST, "quick")
    assert (newsroom.row(FIRST, "site").since, late.word) == (at("07:40"), Word.OVERDUE)
    assert late.remedy is not None
    assert f"kawaraban publish {FIRST} --channel quick" in late.remedy.en

    newsroom.release(at("08:20"), FIRST, channels=("quick",))
    newsroom.release(at("08:30"))
    assert newsroom.posted == ["雨樋の音", "雨樋の音"]
    assert newsroom.row(FIRST, "quick").word is Word.LIVE


def test_the_second_of_two_ordered_articles_waits_while_the_first_is_held(newsroom: Newsroom) -> None:
    channels = newsroom.root / "config" / "channels.yaml"
    channels.write_text(channels.read_text(encoding="utf-8").replace(", at: 07:45", ""), encoding="utf-8")
    newsroom.write("rain", id="7zzzzzz7", title="前編")
    newsroom.write("kasa", id=SECOND, title="後編", after_article="7zzzzzz7")
    newsroom.release(at("06:00"))
    newsroom.now = at("06:50")
    with newsroom.house() as house:
        house.ledger.hold(Scope(article="7zzzzzz7"), now=newsroom.now, who="editor", why="確認中")

    assert newsroom.release(at("07:00")).results == ()
    waits = newsroom.row(SECOND, "site")
    assert waits.word is Word.BLOCKED
    assert "前編" in waits.reason.ja
    assert "保留" in waits.reason.ja
    assert newsroom.seen("後編") == set()

    with newsroom.house() as house:
        house.ledger.resume(Scope(article="7zzzzzz7"), now=at("07:10"), who="editor")
    for instant in ("07:10", "07:40", "08:00"):
        newsroom.release(at(instant))
    assert newsroom.posted == ["前編", "後編"]
    assert {newsroom.row(article, "rss").word for article in ("7zzzzzz7", SECOND)} == {Word.LIVE}


def test_the_second_does_not_overtake_a_first_that_fails_in_the_same_run(newsroom: Newsroom) -> None:
    channels = newsroom.root / "config" / "channels.yaml"
    channels.write_text(channels.read_text(encoding="utf-8").replace(", at: 07:45", ""), encoding="utf-8")
    newsroom.write("rain", id="7zzzzzz7", title="前編")
    newsroom.write("kasa", id=SECOND, title="後編", after_article="7zzzzzz7")
    newsroom.release(at("06:00"))
    newsroom.server.faults.append("refuse")
    newsroom.release(at("07:00"))
    assert newsroom.posted == []
    assert newsroom.row(SECOND, "hook").word is Word.BLOCKED
    newsroom.release(at("07:05"), "7zzzzzz7", channels=("hook",))
    newsroom.release(at("07:06"))
    assert newsroom.posted == ["前編", "後編"]
