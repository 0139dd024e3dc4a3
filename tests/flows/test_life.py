"""The life of one article over site, feed, note and a webhook; at every step the status says how it really is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.stages.ending import withdraw
from flows.stages.rolling_back import roll_back, select
from flows.stages.verifying import verify
from tests.flows.lives import ID, KEY, Life, life


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Life]:
    with life(tmp_path / "paper") as made:
        yield made


def say(**words: str) -> dict[str, str]:
    return words


def test_scheduled_live_edited_rolled_back_withdrawn_and_brought_back(one: Life) -> None:
    # the evening before: everything has its time, nothing is out
    one.at(hours=-10)
    one.publish()
    assert one.words() == say(site="scheduled", rss="scheduled", note="scheduled", hook="scheduled")
    assert (one.public(), one.posts.created) == ("", [])

    # seven: the site and the webhook; note waits for a person, the feed its ten minutes
    one.at()
    one.publish()
    assert one.words() == say(site="live", rss="scheduled", note="by hand", hook="live")
    assert "雨の日の本文" in one.public()
    assert (one.entries(), len(one.posts.created)) == ([], 1)
    one.at(minutes=10)
    one.publish()
    one.post_to_note()
    assert one.words() == say(site="live", rss="live", note="live", hook="live")
    assert len(one.entries()) == 1

    # an edit: site and feed by themselves, note when it is named; the webhook said nothing of it
    one.at(hours=2)
    one.write(body="雨の日の本文を直した。")
    assert one.words() == say(site="changed", rss="changed", note="changed", hook="live")
    one.publish()
    assert one.words() == say(site="live", rss="live", note="changed", hook="live")
    one.publish(ID, channels=("note",))
    assert one.words()["note"] == "by hand"
    assert "直した" in one.public()
    assert all("直した" in entry for entry in one.entries())

    # the edit was wrong: back to the text of half past seven
    one.at(hours=3)
    back = roll_back(one.house, select(one.house, ID, one.at(minutes=30)), now=one.at(hours=3))
    assert not back.failed
    assert {choice.channel for choice in back.selected.choices} == {"site", "rss", "note"}
    assert [passed.channel for passed in back.selected.passed] == ["hook"]
    assert one.words() == say(site="live", rss="live", note="live", hook="live")
    assert "直した" not in one.public()
    assert one.crawler.dead() == []
    assert one.publish().results == ()  # it stays there until the file changes

    # withdrawn: first elsewhere, then feeds and lists, then the page
    one.at(hours=4)
    down = withdraw(one.house, ID, (), "事実の確認をやり直します", now=one.now)
    assert {fate.channel: fate.outcome for fate in down.fates} == {
        "site": "gone", "rss": "gone", "note": "by hand", "hook": "for good",
    }  # fmt: skip
    assert one.words() == say(site="withdrawn", rss="withdrawn", note="to take down", hook="live")
    assert (one.public(), one.entries()) == ("", [])
    assert "取り下げました" in one.public("articles/rain/410.html")
    assert "rain" not in one.public("sitemap.xml") + one.public("index.html") + one.public("feed.xml")
    assert one.crawler.dead() == []

    # the person has deleted the note: withdrawing again finds that, and nothing else is done twice
    one.at(hours=5)
    one.delete_note()
    twice = withdraw(one.house, ID, (), "", now=one.now)
    assert {fate.channel: fate.outcome for fate in twice.fates} == {
        "site": "gone", "rss": "gone", "note": "gone", "hook": "for good",
    }  # fmt: skip
    assert one.words() == say(site="withdrawn", rss="withdrawn", note="withdrawn", hook="live")
    assert [found.found for found in verify(one.house, [ID], now=one.at(hours=6))] == ["unknown"]

    # and back again: under the same address, to the webhook not a second time
    one.at(hours=7)
    one.publish(ID, again=True)
    assert "withdrawn" not in one.file.read_text(encoding="utf-8")
    one.at(hours=8)
    one.publish()
    assert one.words() == say(site="live", rss="live", note="by hand", hook="live")
    assert "直した" in one.public()
    assert one.public("articles/rain/410.html") == ""
    assert (len(one.entries()), len(one.posts.created)) == (1, 1)
    assert KEY not in one.note.notes
