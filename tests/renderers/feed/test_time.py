"""When things are said to have happened, and what is there at all (the feed checklist, 16 to 22)."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import datetime

from kawaraban.config import FeedSettings
from kawaraban.variant import PublicFacts
from renderers.feed import render
from tests.builders import article, channel, publication
from tests.renderers.feed.feeds import ATOM, BODY, PICTURE, items, live, matter, odd, tree, written


def test_16_instants_are_whole_seconds_with_the_newsrooms_offset(files: dict[str, bytes]) -> None:
    assert next(tree(files).iter("pubDate")).text == "Tue, 25 Jun 2024 07:00:00 +0900"
    shown = [entry[key] for entry in items(files) for key in ("date_published", "date_modified")]
    shown += [one.text for name in ("published", "updated") for one in tree(files, "atom.xml").iter(f"{ATOM}{name}")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00", one) for one in shown)


def test_16_an_instant_with_a_fraction_and_another_offset_is_the_same_whole_second_here() -> None:
    moment = datetime.fromisoformat("2024-06-17T18:00:00.75-04:00")
    variant = render(article(BODY, matter(1), {"map.png": PICTURE}), publication(), channel("rss"), PublicFacts(moment))
    assert items(written([replace(live(1), variant=variant)]))[0]["date_published"] == "2024-06-18T07:00:00+09:00"


def test_17_published_is_what_was_frozen_not_what_the_file_says_later() -> None:
    frozen = datetime.fromisoformat("2024-01-01T07:00:00+09:00")
    variant = render(article(BODY, matter(1), {"map.png": PICTURE}), publication(), channel("rss"), PublicFacts(frozen))
    assert items(written([replace(live(1), variant=variant)]))[0]["date_published"] == "2024-01-01T07:00:00+09:00"


def test_18_updated_is_never_before_published() -> None:
    early = items(written([live(1, extra="updated: 2024-01-01\n")]))[0]
    assert early["date_modified"] == early["date_published"]


def test_18_a_day_is_noon_in_the_newsroom() -> None:
    assert items(written([live(1, extra="updated: 2024-06-20\n")]))[0]["date_modified"] == "2024-06-20T12:00:00+09:00"


def test_18_rss_tells_an_update_only_where_there_was_one(files: dict[str, bytes]) -> None:
    updates = [item.findtext(f"{ATOM}updated") for item in tree(files).iter("item")]
    assert updates == [None, "2024-06-20T12:00:00+09:00", None]


def test_18_a_correction_written_by_hand_moves_updated_and_a_typo_does_not() -> None:
    before = items(written([live(1)]))[0]
    typo = items(written([live(1, BODY.replace("二段落目", "三段落目"))]))[0]
    corrected = items(written([live(1, extra="corrections: [{date: 2024-06-21, text: 三割を改めた}]\n")]))[0]
    assert typo["content_html"] != before["content_html"]
    assert typo["date_modified"] == before["date_modified"]
    assert corrected["date_modified"] == "2024-06-21T12:00:00+09:00"


def test_18_a_correction_on_the_day_of_an_update_keeps_the_updates_own_time() -> None:
    extra = "updated: 2024-06-21T09:30:00+09:00\ncorrections: [{date: 2024-06-21, text: 三割を改めた}]\n"
    assert items(written([live(1, extra=extra)]))[0]["date_modified"] == "2024-06-21T09:30:00+09:00"


def test_19_the_feeds_date_is_its_newest_items(files: dict[str, bytes]) -> None:
    assert tree(files)[0].findtext("lastBuildDate") == "Tue, 25 Jun 2024 07:00:00 +0900"
    assert tree(files, "atom.xml").findtext("{*}updated") == "2024-06-25T07:00:00+09:00"
    updated = written([live(1), live(2, day="2024-06-11", extra="updated: 2024-08-01\n")])
    assert tree(updated, "atom.xml").findtext("{*}updated") == "2024-08-01T12:00:00+09:00"


def test_21_an_archived_article_is_in_no_form() -> None:
    for path, data in written([live(1), replace(live(2), hidden=True)]).items():
        assert b"5r8w2kq1" in data, path
        assert b"5r8w2kq2" not in data, path


def test_22_newest_first_and_ties_by_id() -> None:
    same_day = [live(number, day="2024-06-18") for number in (2, 1, 3)]
    shuffled = [*random.Random(3).sample(same_day, 3), live(4, day="2024-06-19")]
    for path in ("feed.json", "series/ame-no-kikikata/feed.json"):
        assert [item["id"][-1] for item in items(written(shuffled), path)] == ["4", "3", "2", "1"]


def test_the_window_shows_the_newest_and_a_series_is_complete() -> None:
    five = [live(number, day=f"2024-06-{10 + number}") for number in range(1, 6)]
    files = written(five, publication(feeds=FeedSettings(items=3)))
    assert [item["id"][-1] for item in items(files)] == ["5", "4", "3"]
    assert len(items(files, "series/ame-no-kikikata/feed.json")) == 5
    assert b"<fh:complete/>" in files["series/ame-no-kikikata/feed.xml"]
    assert b"<fh:complete/>" in files["series/ame-no-kikikata/atom.xml"]
    assert b"<fh:complete/>" not in files["feed.xml"]


def test_an_article_older_than_the_window_moves_nothing_in_it() -> None:
    paper = publication(feeds=FeedSettings(items=2))
    newest = [live(number, day=f"2024-06-{10 + number}") for number in (1, 2)]
    assert written([*newest, live(3, day="2023-01-01")], paper)["atom.xml"].replace(b"  <fh:complete/>\n", b"") == (
        written(newest, paper)["atom.xml"].replace(b"  <fh:complete/>\n", b"")
    )


def test_an_article_that_moves_to_another_series_stays_one_item() -> None:
    files = written([odd(live(1), head={"series": "道具の名前"})])
    assert [item["id"] for item in items(files)] == ["tag:example.com,2024:5r8w2kq1"]
    assert items(files, "series/ame-no-kikikata/feed.json") == []
