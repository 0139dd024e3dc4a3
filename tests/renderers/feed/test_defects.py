"""
The defects of feedgen 1.0 that these feeds must not have, one by one (docs/channels/feed.md lists them).

Each test would fail if the feeds used feedgen's own way. D11, D16, D17 and D18 are ways not taken: nothing of them is there.
"""

from __future__ import annotations

import ast
import locale
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from html import unescape
from pathlib import Path

import feedgen.entry
import feedgen.feed
import pytest
from lxml import etree

import renderers.feed
from kawaraban.article.check import check
from kawaraban.config import FeedSettings
from renderers.cleaning import clean, line
from tests.builders import article, channel, publication
from tests.renderers.feed.feeds import (
    ATOM,
    CONTENT,
    DC,
    MEDIA,
    contents,
    everything,
    items,
    live,
    matter,
    odd,
    pages,
    tree,
    usual,
    written,
)

SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(renderers.feed.__file__).parent.glob("*.py"))


def calls() -> set[str]:
    """The names of all methods and functions that the renderer calls."""
    found = (
        node.func
        for node in ast.walk(ast.parse(SOURCE.replace("from __future__ import annotations", "")))
        if isinstance(node, ast.Call)
    )
    return {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in found}


def test_d1_an_atom_entry_has_one_alternate_and_its_other_links_keep_their_rel(full: dict[str, bytes]) -> None:
    links = [link.get("rel") for link in next(tree(full, "atom.xml").iter(f"{ATOM}entry")).findall(f"{ATOM}link")]
    assert links == [None, "via"]


def test_d2_the_channels_link_is_its_page_and_no_hub() -> None:
    paper = publication(feeds=FeedSettings.model_validate({"hubs": ["https://hub.example.com/"]}))
    assert [one.text for one in tree(written([live(1)], paper))[0].findall("link")] == ["https://example.com/"]


def test_d3_items_come_in_the_order_of_the_shelf(files: dict[str, bytes]) -> None:
    dates = [item["date_published"] for item in items(files)]
    assert dates == sorted(dates, reverse=True)
    assert [one.text for one in tree(files).iter("guid")] == [item["id"] for item in items(files)]


def test_d4_atom_content_is_html_and_no_cdata(files: dict[str, bytes]) -> None:
    assert {one.get("type") for one in tree(files, "atom.xml").iter(f"{ATOM}content")} == {"html"}
    assert b"CDATA" not in files["atom.xml"]
    assert b"<![CDATA[" not in files["feed.xml"]


def test_d5_dates_are_made_without_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "setlocale", lambda *_: pytest.fail("the locale is the process's own"))
    moment = datetime(2024, 6, 18, 7, tzinfo=publication().zone)
    assert feedgen.feed.formatRFC2822(moment) == feedgen.entry.formatRFC2822(moment) == format_datetime(moment)


def test_d6_no_date_is_the_moment_of_writing(files: dict[str, bytes]) -> None:
    now = datetime.now(UTC)
    for data in (files["atom.xml"], written([])["atom.xml"], written([])["feed.xml"], files["feed.xml"]):
        assert (
            str(now.year).encode() not in re.sub(rb"tag:[^<]*|<content.*?</content>", b"", data, flags=re.DOTALL)
            or now.year == 2024
        )
        assert not re.search(rb"T\d\d:\d\d:\d\d\.\d", data)


def test_d7_every_feed_level_link_reaches_rss() -> None:
    paper = publication(feeds=FeedSettings.model_validate({"hubs": ["https://a.example/", "https://b.example/"]}))
    links = tree(written([live(1)], paper))[0].findall(f"{ATOM}link")
    assert [(one.get("rel"), one.get("href")) for one in links] == [
        ("self", "https://example.com/feed.xml"),
        ("hub", "https://a.example/"),
        ("hub", "https://b.example/"),
    ]


def test_d8_links_of_our_own_are_atoms_own_elements(full: dict[str, bytes]) -> None:
    assert b"ns0:" not in full["atom.xml"]
    assert b"ns1:" not in full["atom.xml"]
    assert b'<link rel="via"' in full["atom.xml"]


def test_d9_rss_names_people_as_one_creator_and_never_as_an_e_mail_address(files: dict[str, bytes]) -> None:
    for item in tree(files).iter("item"):
        assert len(item.findall(f"{DC}creator")) == 1
        assert not item.findall("author")


def test_d10_there_is_no_undefined_syndication_element(files: dict[str, bytes]) -> None:
    assert b"purl.org/rss/1.0/modules/syndication" not in files["feed.xml"]


def test_d11_one_cover_stands_without_a_group_and_its_numbers_are_text(files: dict[str, bytes]) -> None:
    assert not list(tree(files).iter(f"{MEDIA}group"))
    assert {one.get("width") for one in tree(files).iter(f"{MEDIA}content")} == {"1600"}


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\ufffe", "\uffff", "\ud800", "\r", "\x85", chr(0xFFFD), "\ufeff"])
def test_d12_no_character_breaks_a_feed_or_passes_silently(bad: str) -> None:
    assert bad not in clean(f"前{bad}後")
    assert bad not in line(f"前{bad}後")


def test_d12_every_string_of_a_feed_is_cleaned() -> None:
    bad = "音\x00\x0b\ufffe"
    item = live(1)
    source = item.variant.head.sources[0].model_copy(update={"title": bad, "url": "https://example.com/\x00x"})
    assets = tuple(one.model_copy(update={"alt": bad}) for one in item.variant.assets)
    head = {"sources": (source,), "tags": (bad,), "speakers": (bad,), "description": bad, "feed_id": "tag:x\x00"}
    files = written([odd(item, title=bad, body=bad, assets=assets, head=head)], publication(name=bad, description=bad))
    for path, data in files.items():
        assert not set("\x00\x0b\ufffe") & set(data.decode()), path
        assert b"\\u0000" not in data, path
        if path.endswith(".xml"):
            etree.fromstring(data)


def test_d13_content_and_description_stay_what_they_are() -> None:
    files = written([odd(live(1), head={"description": "A & <x>"})])
    item = next(tree(files).iter("item"))
    assert item.findtext("description") == "A &amp; &lt;x&gt;"
    assert unescape(item.findtext("description")) == "A & <x>"
    assert item.findtext(f"{CONTENT}encoded").startswith("<div")
    entry = next(tree(files, "atom.xml").iter(f"{ATOM}entry"))
    assert entry.findtext(f"{ATOM}summary") == "A & <x>"
    assert entry.findtext(f"{ATOM}content").startswith("<div")


def test_d14_dates_reach_feedgen_as_aware_instants_and_never_as_text() -> None:
    assert "parse" not in calls()
    assert all(
        datetime.fromisoformat(str(one.text)).utcoffset() is not None
        for one in tree(written(usual()), "atom.xml").iter(f"{ATOM}updated")
    )


def test_d15_no_item_is_without_an_id_and_no_label_is_empty() -> None:
    files = written([odd(live(1), head={"tags": ("", "音"), "authors": (" ",)})])
    assert [one.text for one in tree(files).iter("category")] == ["音"]
    for item in tree(files).iter("item"):
        assert item.findtext("guid")
        assert item.find(f"{DC}creator") is None


def test_d16_pictures_are_no_attachments(full: dict[str, bytes]) -> None:
    assert not list(tree(full).iter("enclosure"))
    assert "enclosure" not in {link.get("rel") for link in tree(full, "atom.xml").iter(f"{ATOM}link")}


@pytest.mark.parametrize(
    "name", ["skipDays", "skipHours", "textInput", "image", "cloud", "rating", "load_extension", "source", "enclosure"]
)
def test_d17_and_d18_what_feedgen_says_wrongly_is_not_asked_of_it(name: str) -> None:
    assert name not in calls()


def test_d18_indenting_moves_no_character_of_an_item() -> None:
    files = written(everything())
    for path in ("feed.xml", "atom.xml"):
        assert contents(files, path) == contents(files, "feed.json")
    assert pages(files)[0].xpath("//pre")[0].text_content().strip() == 'print("雨 < 晴 & 曇 ]]>")'


def test_d19_feedgen_is_imported_from_its_front() -> None:
    assert "import feedgen.util" not in SOURCE
    assert "import feedgen.feed" in SOURCE


def test_d20_an_instant_before_1970_never_gets_as_far_as_a_feed() -> None:
    old = article("本文。\n", matter(1, day="1887-06-18"))
    codes = {finding.code for finding in check(old, publication(), (channel("rss"),)) if finding.blocks}
    assert "published-too-early" in codes
