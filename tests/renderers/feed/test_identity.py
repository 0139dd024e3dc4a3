"""What makes a feed one feed and an item one item (the feed checklist, 1 to 15: form and identity)."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime

import feedparser
import pytest

from kawaraban.edition import Stage
from kawaraban.errors import Blocked
from renderers.feed import edition
from tests.builders import channel, publication
from tests.renderers.feed.feeds import ATOM, FORMS, NASTY, items, live, odd, tree, usual, written

SERIES = "series/ame-no-kikikata"
EVERY = (*FORMS, *(f"{SERIES}/{form}" for form in FORMS))


def test_every_form_stands_at_its_address_for_the_paper_and_each_series(files: dict[str, bytes]) -> None:
    assert set(files) == set(EVERY)
    assert all(file.stage is Stage.FEEDS for file in edition(publication(), channel("rss"), usual()))


@pytest.mark.parametrize("path", [path for path in EVERY if path.endswith(".xml")])
def test_01_xml_feeds_are_well_formed_without_a_doubt(
    files: dict[str, bytes], full: dict[str, bytes], path: str
) -> None:
    """1 (the grammars of RSS and Atom: tests/panel)."""
    for given in (files, full):
        parsed = feedparser.parse(given[path])
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == ("atom10" if "atom" in path else "rss20")


@pytest.mark.parametrize("path", [path for path in EVERY if path.endswith(".json")])
def test_04_json_feed_has_what_version_1_1_asks_for(files: dict[str, bytes], full: dict[str, bytes], path: str) -> None:
    """4: https://www.jsonfeed.org/version/1.1/: required keys, types, dates, unique ids, nothing it does not know."""
    for given in (files, full):
        feed = json.loads(given[path])
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert set(feed) == {"version", "title", "home_page_url", "feed_url", "description", "language", "items"}
        known = {"id", "url", "title", "content_html", "summary", "date_published", "date_modified", "language", "authors",
                 "tags", "image"}  # fmt: skip
        for item in feed["items"]:
            assert {"id", "url", "title", "content_html", "date_published"} <= set(item) <= known
            assert all(isinstance(item[key], str) for key in set(item) - {"authors", "tags"})
            assert all(set(author) == {"name"} for author in item["authors"])
            for key in ("date_published", "date_modified"):
                assert datetime.fromisoformat(item[key]).tzinfo is not None
        assert len({item["id"] for item in feed["items"]}) == len(feed["items"])


def test_05_bytes_are_utf_8_without_a_bom_and_begin_with_the_declaration(files: dict[str, bytes]) -> None:
    for path, data in files.items():
        data.decode("utf-8")
        assert data.startswith(b"{" if path.endswith(".json") else b"<?xml version='1.0' encoding='UTF-8'?>"), path


def test_06_no_character_is_there_that_xml_or_a_reader_stumbles_over() -> None:
    bad = "\x00\x07\x1b\x7f\x85\x9f\ufeff\ufffd\ufffe\uffff"
    text = f"前{bad}後\r\n次"
    head = {"description": text, "tags": (text,), "authors": (text,)}
    files = written([odd(live(1), title=text, body=f"<p>{text}</p>", head=head)])
    for path, data in files.items():
        shown = data.decode("utf-8")
        shown = json.dumps(json.loads(shown), ensure_ascii=False) if path.endswith(".json") else shown
        found = {one for one in shown if unicodedata.category(one) in {"Cc", "Cs", "Cn"} and one != "\n"}
        assert not found | ({"\ufeff", "\ufffd"} & set(shown)), path
    assert items(files)[0]["content_html"] == "<p>前後\n次</p>"


def test_07_titles_are_one_line_without_marks_that_turn_its_direction() -> None:
    files = written([odd(live(1), title="逆\u202eから\u202c読む\u2066題\u2069\n二行\t目 العنوان")])
    for title in (items(files)[0]["title"], next(tree(files).iter("item")).findtext("title")):
        assert title == "逆から読む題 二行 目 العنوان"


def test_08_the_language_is_said_in_every_form(files: dict[str, bytes]) -> None:
    assert tree(files)[0].findtext("language") == "ja"
    assert tree(files, "atom.xml").get("{http://www.w3.org/XML/1998/namespace}lang") == "ja"
    assert json.loads(files["feed.json"])["language"] == "ja"


def test_09_rss_names_its_version_specification_and_time_to_live(files: dict[str, bytes]) -> None:
    root = tree(files)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert root[0].findtext("docs") == "https://www.rssboard.org/rss-specification"
    assert root[0].findtext("ttl") == "60"
    assert [guid.get("isPermaLink") for guid in root.iter("guid")] == ["false"] * 3


def test_10_every_items_id_is_a_tag_uri(files: dict[str, bytes]) -> None:
    for item in items(files):
        assert re.fullmatch(r"tag:example\.com,2024:[0-9a-z]{8}", item["id"])


def test_11_ids_are_equal_in_every_form(files: dict[str, bytes]) -> None:
    expected = [f"tag:example.com,2024:5r8w2kq{number}" for number in (1, 2, 3)]
    for folder in ("", f"{SERIES}/"):
        assert [guid.text for guid in tree(files, f"{folder}feed.xml").iter("guid")] == expected
        assert [entry.findtext("{*}id") for entry in tree(files, f"{folder}atom.xml").iter(f"{ATOM}entry")] == expected
        assert [item["id"] for item in items(files, f"{folder}feed.json")] == expected


def test_12_an_id_survives_another_slug_title_series_and_date() -> None:
    before = items(written([live(1)]))[0]
    moved = odd(
        live(1, title="別の題", day="2024-07-01"),
        head={"slug": "moved", "series": "", "url": "https://example.com/articles/moved/"},
    )
    after = items(written([moved]))[0]
    assert before["id"] == after["id"]
    assert before["url"] != after["url"]


def test_13_two_items_with_one_id_stop_the_feed() -> None:
    same = "feed_id: 'http://old.example.com/1'\n"
    with pytest.raises(Blocked, match="same feed id") as caught:
        written([live(1, extra=same, title="甲"), live(2, extra=same, title="乙")])
    assert "甲" in caught.value.what.ja
    assert "乙" in caught.value.what.ja
    assert caught.value.remedy is not None


def test_14_feed_ids_differ_by_feed_and_agree_in_its_forms(files: dict[str, bytes]) -> None:
    main, series = (tree(files, path).findtext("{*}id") for path in ("atom.xml", f"{SERIES}/atom.xml"))
    assert (main, series) == ("tag:example.com,2024:feed:main", "tag:example.com,2024:feed:series:ame-no-kikikata")


def test_15_a_migrated_articles_earlier_id_is_kept_in_every_form() -> None:
    files = written([live(1, extra="feed_id: 'http://old.example.com/1'\n")])
    assert next(tree(files).iter("guid")).text == "http://old.example.com/1"
    assert next(tree(files, "atom.xml").iter(f"{ATOM}entry")).findtext("{*}id") == "http://old.example.com/1"
    assert items(files)[0]["id"] == "http://old.example.com/1"


def test_60_a_feed_without_items_is_valid_in_every_form() -> None:
    files = written([])
    for path in EVERY:
        if path.endswith(".xml"):
            parsed = feedparser.parse(files[path])
            assert (parsed.bozo, parsed.entries) == (False, []), path
            assert parsed.feed.title
        else:
            assert items(files, path) == []


def test_titles_with_markup_come_back_verbatim(files: dict[str, bytes]) -> None:
    assert items(files)[0]["title"] == NASTY
    for path in ("feed.xml", "atom.xml"):
        assert feedparser.parse(files[path]).entries[0].title == NASTY
