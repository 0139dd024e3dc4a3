"""Channels that announce: what was out, or imported, before they were connected does not go there by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.compose import House, open_house
from flows.stages.looking import status
from flows.stages.publishing import publish
from flows.stages.values import PublishRequest, unwatched
from kawaraban.delivery import Word
from kawaraban.ledger import EventKind
from tests.builders import NOW
from tests.desk.papers import Paper, paper_at

ID = "7ra1ny7a"
HOUR = timedelta(hours=1)
STAGE = "stage: {kind: rehearsal, path: posts, announces: true, after: site}\n"


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    return paper_at(tmp_path / "paper")


@contextmanager
def house(paper: Paper, now: datetime = NOW) -> Iterator[House]:
    with open_house(paper.root, clock=lambda: now, who="editor") as opened:
        yield opened


def released(paper: Paper, now: datetime = NOW, *names: str, channels: tuple[str, ...] = ()) -> None:
    with house(paper, now) as opened:
        publish(opened, PublishRequest(names, channels), unwatched, now=now)


def word(paper: Paper, now: datetime = NOW, article: str = ID) -> Word:
    with house(paper, now) as opened:
        rows = status(opened, (), now=now)
    return next(row.word for row in rows if (row.article, row.channel) == (article, "stage"))


def connect(paper: Paper, stage: str = STAGE) -> None:
    channels = paper.root / "config" / "channels.yaml"
    channels.write_text(channels.read_text(encoding="utf-8") + stage, encoding="utf-8")


def soon(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


def test_an_archive_is_not_announced_when_a_channel_is_connected(paper: Paper) -> None:
    paper.write()
    released(paper)
    connect(paper)
    assert word(paper, NOW + HOUR) is Word.OFF
    released(paper, NOW + HOUR)
    assert word(paper, NOW + HOUR) is Word.OFF
    with house(paper, NOW + HOUR) as opened:
        row = next(one for one in status(opened, (), now=NOW + HOUR) if one.channel == "stage")
    assert "older than this channel" in row.reason.en
    assert not (paper.root / "posts").exists()


def test_what_is_published_after_the_connection_goes_there(paper: Paper) -> None:
    connect(paper)
    released(paper)
    paper.write(published=soon(1))
    released(paper, NOW + HOUR)
    assert word(paper, NOW + HOUR) is Word.LIVE


def test_the_connection_is_remembered_though_nothing_went_out_at_first(paper: Paper) -> None:
    connect(paper)
    released(paper)
    with house(paper) as opened:
        released(paper, NOW + HOUR)
        told = [event for event in opened.ledger.events() if event.kind is EventKind.CONNECTED]
        assert [(event.channel, event.at) for event in told] == [("stage", NOW)]
    paper.write(published=soon(5))  # taken up only ten hours later, and so late that a person decides
    assert word(paper, NOW + 10 * HOUR) is Word.SCHEDULED
    released(paper, NOW + 10 * HOUR)
    assert word(paper, NOW + 10 * HOUR) is Word.LIVE  # lateness counts from the row's making


def test_what_was_out_on_the_site_just_before_is_not_announced(paper: Paper) -> None:
    paper.write(published=soon(0))
    released(paper)
    connect(paper)
    released(paper, NOW + HOUR)
    assert word(paper, NOW + HOUR) is Word.OFF


def test_the_first_article_of_a_new_paper_goes_everywhere_though_it_is_some_minutes_old(paper: Paper) -> None:
    connect(paper)
    paper.write(published=soon(-0.2))
    released(paper)
    assert word(paper) is Word.LIVE


def test_where_no_post_is_ever_too_late_an_article_of_this_morning_is_new_and_an_old_one_is_not(paper: Paper) -> None:
    connect(paper, STAGE.replace("after: site", "after: site, late: never"))
    paper.write(published=soon(-0.2))
    paper.write("old", id="0dq4r7vj", published=soon(-30))
    released(paper)
    assert word(paper) is Word.LIVE
    assert word(paper, article="0dq4r7vj") is Word.OFF


def test_an_imported_article_is_not_announced_whatever_its_date(paper: Paper) -> None:
    connect(paper)
    released(paper)
    path = paper.write(published=soon(1))
    path.with_name("import.json").write_text("{}", encoding="utf-8")
    released(paper, NOW + HOUR)
    assert word(paper, NOW + HOUR) is Word.OFF


def test_naming_article_and_channel_announces_one(paper: Paper) -> None:
    paper.write()
    connect(paper)
    released(paper)
    released(paper, NOW + HOUR, ID)
    assert word(paper, NOW + HOUR) is Word.OFF
    released(paper, NOW + HOUR, ID, channels=("stage",))
    assert word(paper, NOW + HOUR) is Word.LIVE


def test_backfill_announces_the_old_ones_too(paper: Paper) -> None:
    paper.write()
    released(paper)
    connect(paper)
    released(paper, NOW + HOUR)
    paper.replace("config/channels.yaml", "announces: true", "announces: true, backfill: true")
    released(paper, NOW + 30 * HOUR)
    assert word(paper, NOW + 30 * HOUR) is Word.LIVE


def test_a_ledger_from_before_knows_the_connection_by_the_first_row(paper: Paper) -> None:
    with house(paper) as opened:
        from kawaraban.ledger import Expectation

        opened.ledger.expect([Expectation(ID, "stage", NOW, None)], now=NOW, who="editor")
        assert opened.ledger.connected(["stage", "other"]) == {"stage": NOW}
        opened.ledger.connect(["stage", "other"], now=NOW + HOUR, who="editor")
        opened.ledger.connect(["stage", "other"], now=NOW + 2 * HOUR, who="editor")
        assert opened.ledger.connected(["stage", "other"]) == {"stage": NOW, "other": NOW + HOUR}
