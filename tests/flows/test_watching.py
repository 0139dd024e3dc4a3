"""What the watch sees: late releases, articles without a row, and scheduled ones that can't go out as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.compose import House, open_house
from flows.stages.looking import status
from flows.stages.publishing import publish
from flows.stages.values import PublishRequest, unwatched
from flows.stages.watching import gauges
from kawaraban.delivery import Word
from tests.builders import NOW
from tests.desk.papers import Paper, paper_at
from tests.flows import boards

LATER = "2024-11-05T12:00:00+09:00"  # three hours after NOW
DUE = NOW + timedelta(hours=3)


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    return paper_at(tmp_path / "paper")


@pytest.fixture
def house(paper: Paper) -> Iterator[House]:
    with open_house(paper.root, clock=lambda: NOW, who="editor") as opened:
        yield opened


def test_a_scheduled_article_that_stops_passing_check_is_blocked_and_told_with_its_time(
    house: House, paper: Paper
) -> None:
    paper.write(published=LATER)
    publish(house, PublishRequest(), unwatched, now=NOW)
    assert gauges(house, now=NOW).coming_blocked == ()
    paper.write(published=LATER, body="![](屋根.png)\n")
    stopped = gauges(house, now=NOW).coming_blocked
    assert {row.channel for row in stopped} == {"site", "rss", "note"}
    assert min(row.expected for row in stopped if row.expected) == DUE
    assert "rain/index.md:11" in stopped[0].reason.ja


def test_a_half_saved_file_is_blocked_too_and_nothing_older_goes_out_in_its_place(house: House, paper: Paper) -> None:
    path = paper.write(published=LATER)
    publish(house, PublishRequest(), unwatched, now=NOW)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: whole.index("slug")], encoding="utf-8")
    stopped = gauges(house, now=NOW).coming_blocked
    assert [(row.article, row.channel, row.word, row.expected) for row in stopped if row.channel == "site"] == [
        ("7ra1ny7a", "site", Word.BLOCKED, DUE)
    ]
    assert stopped[0].remedy is not None
    done = publish(house, PublishRequest(), unwatched, now=DUE)
    assert done.results == ()
    assert not paper.page().exists()
    path.write_text(whole.replace("本文。", "直した本文。"), encoding="utf-8")
    publish(house, PublishRequest(), unwatched, now=DUE)
    assert "直した本文。" in paper.page().read_text(encoding="utf-8")


def test_a_scheduled_article_whose_folder_is_gone_is_told_until_it_is_held(house: House, paper: Paper) -> None:
    path = paper.write(published=LATER)
    publish(house, PublishRequest(), unwatched, now=NOW)
    path.unlink()
    assert "gone" in gauges(house, now=NOW).coming_blocked[0].reason.en
    from kawaraban.ledger import Scope

    house.ledger.hold(Scope(article="7ra1ny7a"), now=NOW, who="editor")
    assert gauges(house, now=NOW).coming_blocked == ()


def test_drafts_and_what_has_no_time_are_no_alarm(house: House, paper: Paper) -> None:
    paper.write("draft", id="8draft88", status="draft", published=LATER, body="![](屋根.png)\n")
    paper.write("timeless", id="8time888", published="")
    assert gauges(house, now=NOW).coming_blocked == ()


def test_a_named_article_stands_as_it_stands_among_all(tmp_path: Path) -> None:
    """Looking at what is overdue names the command that lets it go: to name it there does not ask for it."""
    news = boards.paper(tmp_path, ", late: 1h")
    news.write("ame", boards.NOON + boards.HOUR)
    news.publish()
    news.now += boards.HOUR
    news.publish("ame", channels=("site",))
    news.now += 5 * boards.HOUR
    with news.house() as house:
        rows = status(house, ("ame",), now=news.now)
        assert rows == status(house, (), now=news.now)
    mute = next(row for row in rows if row.channel == "mute")
    assert mute.word is Word.OVERDUE
    assert mute.remedy is not None
    assert "--channel mute" in mute.remedy.en
