"""What a subscriber relies on: the checklist of a good feed, item by item."""

from __future__ import annotations

import json
import locale
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree, html

from kawaraban.edition import Stage
from kawaraban.errors import Blocked
from kawaraban.variant import PublicFacts
from renderers.feed import edition, render
from renderers.site import render as render_for_site
from tests.builders import article, channel, publication
from tests.renderers.feed.feeds import BODY, NASTY, PICTURE, live, matter, usual, written

ROOT = Path(__file__).parents[3]
FORMS = ("feed.xml", "atom.xml", "feed.json")
ALLOWED = {
    "a", "blockquote", "br", "caption", "cite", "code", "dd", "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "hr",
    "img", "li", "ol", "p", "pre", "rp", "rt", "ruby", "s", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"href", "src", "alt", "width", "height", "lang", "start"}


def rss(files: dict[str, bytes], path: str = "feed.xml") -> Any:
    return etree.fromstring(files[path])


def page(content: str) -> Any:
    return html.fromstring(content)


def contents(files: dict[str, bytes]) -> list[str]:
    return [item["content_html"] for item in json.loads(files["feed.json"])["items"]]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return written(usual())


def test_every_form_stands_at_its_address_for_the_paper_and_each_series(files: dict[str, bytes]) -> None:
    assert set(files) == {*FORMS, *(f"series/ame-no-kikikata/{form}" for form in FORMS)}
    assert all(file.stage is Stage.FEEDS for file in edition(publication(), channel("rss"), usual()))


def test_bytes_are_utf_8_without_a_bom(files: dict[str, bytes]) -> None:
    for path in ("feed.xml", "atom.xml"):
        assert files[path].startswith(b"<?xml")
    for data in files.values():
        data.decode("utf-8")


def test_language_guid_docs_and_ttl_are_exact(files: dict[str, bytes]) -> None:
    channel_ = rss(files)[0]
    assert [channel_.findtext(name) for name in ("language", "ttl", "docs")] == [
        "ja",
        "60",
        "https://www.rssboard.org/rss-specification",
    ]
    assert [guid.get("isPermaLink") for guid in channel_.iter("guid")] == ["false"] * 3
    assert rss(files, "atom.xml").get("{http://www.w3.org/XML/1998/namespace}lang") == "ja"
    assert json.loads(files["feed.json"])["language"] == "ja"


def test_ids_are_tag_uris_and_equal_in_every_form(files: dict[str, bytes]) -> None:
    expected = [f"tag:example.com,2024:5r8w2kq{number}" for number in (1, 2, 3)]
    assert [guid.text for guid in rss(files).iter("guid")] == expected
    assert [entry.findtext("{*}id") for entry in rss(files, "atom.xml").iter("{*}entry")] == expected
    assert [item["id"] for item in json.loads(files["feed.json"])["items"]] == expected


def test_an_id_survives_another_slug_title_series_and_date() -> None:
    before = json.loads(written([live(1)])["feed.json"])["items"][0]
    moved = live(1, title="別の題", day="2024-07-01")
    head = moved.variant.head.model_copy(update={"slug": "moved", "series": ""})
    after = json.loads(written([replace(moved, variant=moved.variant.model_copy(update={"head": head}))])["feed.json"])[
        "items"
    ][0]
    assert before["id"] == after["id"]


def test_two_items_with_one_id_stop_the_feed() -> None:
    same = [
        live(1, extra="feed_id: 'http://old.example.com/1'\n"),
        live(2, extra="feed_id: 'http://old.example.com/1'\n"),
    ]
    with pytest.raises(Blocked, match="same feed id"):
        written(same)


def test_an_earlier_feeds_id_is_kept() -> None:
    files = written([live(1, extra="feed_id: 'http://old.example.com/1'\n")])
    assert next(rss(files).iter("guid")).text == "http://old.example.com/1"


def test_feed_ids_differ_by_feed_and_agree_in_its_forms(files: dict[str, bytes]) -> None:
    main, series = (rss(files, path).findtext("{*}id") for path in ("atom.xml", "series/ame-no-kikikata/atom.xml"))
    assert main != series
    assert main == "tag:example.com,2024:feed:main"


def test_instants_are_whole_seconds_with_the_newsrooms_offset(files: dict[str, bytes]) -> None:
    assert next(rss(files).iter("pubDate")).text == "Tue, 25 Jun 2024 07:00:00 +0900"
    for entry in json.loads(files["feed.json"])["items"]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00", entry["date_published"])


def test_published_is_what_was_frozen_not_what_the_file_says_later() -> None:
    frozen = datetime.fromisoformat("2024-01-01T07:00:00+09:00")
    made = article(BODY, matter(1), {"map.png": PICTURE})
    variant = render(made, publication(), channel("rss"), PublicFacts(published=frozen))
    files = written([replace(live(1), variant=variant)])
    assert json.loads(files["feed.json"])["items"][0]["date_published"] == "2024-01-01T07:00:00+09:00"


def test_updated_is_never_before_published_and_a_day_is_noon() -> None:
    early = json.loads(written([live(1, extra="updated: 2024-01-01\n")])["feed.json"])["items"][0]
    assert early["date_modified"] == early["date_published"]
    later = json.loads(written([live(1, extra="updated: 2024-06-20\n")])["feed.json"])["items"][0]
    assert later["date_modified"] == "2024-06-20T12:00:00+09:00"


def test_rss_tells_an_update_only_where_there_was_one(files: dict[str, bytes]) -> None:
    updates = [item.findtext("{http://www.w3.org/2005/Atom}updated") for item in rss(files).iter("item")]
    assert updates == [None, "2024-06-20T12:00:00+09:00", None]


def test_the_feeds_date_is_its_newest_items(files: dict[str, bytes]) -> None:
    assert rss(files)[0].findtext("lastBuildDate") == "Tue, 25 Jun 2024 07:00:00 +0900"
    assert rss(files, "atom.xml").findtext("{*}updated") == "2024-06-25T07:00:00+09:00"


def test_only_what_is_live_and_not_hidden_is_in_any_form() -> None:
    files = written([live(1), replace(live(2), hidden=True)])
    for path, data in files.items():
        assert b"5r8w2kq1" in data, path
        assert b"5r8w2kq2" not in data, path


def test_newest_first_and_ties_by_id() -> None:
    same_day = [live(number, day="2024-06-18") for number in (2, 1, 3)]
    shuffled = random.Random(3).sample(same_day, 3)
    order = [item["id"][-1] for item in json.loads(written(shuffled)["feed.json"])["items"]]
    assert order == ["3", "2", "1"]


def test_the_whole_text_is_there(files: dict[str, bytes]) -> None:
    made = article(BODY, matter(1), {"map.png": PICTURE})
    site = render_for_site(made, publication(), channel("site"), PublicFacts()).text
    item = render(made, publication(), channel("rss"), PublicFacts()).text
    assert [line for line in site.split("\n") if "後日、note" not in line] == item.split("\n")
    text = re.sub(r"\s", "", page(contents(files)[0]).text_content())
    for line in (
        "前書きは庇（ひさし）の下で「強調」から。",
        "汀：雨の音は点のよう註1。",
        "小さな屋根",
        "註1註の本文。",
    ):
        assert re.sub(r"\s", "", line) in text


def test_descriptions_are_short_text(files: dict[str, bytes]) -> None:
    for item in rss(files).iter("item"):
        description = item.findtext("description")
        assert len(description) <= 200
        assert "<" not in description


def test_every_address_is_absolute(files: dict[str, bytes]) -> None:
    for content in contents(files):
        tree = page(content)
        for url in [*tree.xpath("//@href"), *tree.xpath("//@src")]:
            assert url.startswith("https://"), url


def test_only_elements_and_attributes_that_survive_in_readers(files: dict[str, bytes]) -> None:
    for content in contents(files):
        for element in page(content).iter():
            assert element.tag in ALLOWED, element.tag
            assert set(element.attrib) <= ATTRIBUTES, element.attrib


def test_ruby_has_parentheses_and_items_their_language(files: dict[str, bytes]) -> None:
    for content in contents(files):
        tree = page(content)
        assert tree.get("lang") == "ja"
        assert len(tree.xpath("//rt")) * 2 == len(tree.xpath("//rp"))


def test_notices_about_other_channels_are_in_no_form(files: dict[str, bytes]) -> None:
    assert all("後日、note".encode() not in data for data in files.values())


def test_pictures_have_words_and_size_and_are_the_sites(files: dict[str, bytes]) -> None:
    made = article(BODY, matter(1), {"map.png": PICTURE})
    site = render_for_site(made, publication(), channel("site"), PublicFacts())
    picture = page(contents(files)[0]).xpath("//img")[0]
    assert (picture.get("alt"), picture.get("width"), picture.get("height")) == ("地図", "1600", "900")
    assert picture.get("src") == f"https://example.com/articles/rain-1/{site.assets[0].name}"


def test_nasty_characters_come_back_as_they_were(files: dict[str, bytes]) -> None:
    for path in ("feed.xml", "atom.xml"):
        parsed = feedparser.parse(files[path])
        assert not parsed.bozo
        assert parsed.entries[0].title == NASTY
        assert 'print("雨 < 晴 & 曇 ]]>")' in page(parsed.entries[0].content[0].value).text_content()
    assert json.loads(files["feed.json"])["items"][0]["title"] == NASTY


def test_rss_titles_use_hexadecimal_references(files: dict[str, bytes]) -> None:
    assert "記号 &#x26; &#x3C;b&#x3E;太字&#x3C;/b&#x3E; ]]&#x3E;".encode() in files["feed.xml"]


def test_what_xml_cannot_hold_is_dropped_without_an_exception() -> None:
    title = "題\u0000\u001b\ufeff\ufffe\u0085と\u202e逆\u202c"
    item = live(1)
    odd = item.variant.model_copy(update={"title": title, "body": f"<p>{title}</p>"})
    files = written([replace(item, variant=odd)])
    parsed = feedparser.parse(files["feed.xml"])
    assert not parsed.bozo
    assert parsed.entries[0].title == "題と逆"


def test_one_byline_and_categories_with_their_page(files: dict[str, bytes]) -> None:
    item = next(rss(files).iter("item"))
    assert [creator.text for creator in item.iter("{http://purl.org/dc/elements/1.1/}creator")] == ["汀、Lio"]
    categories = {category.text: category.get("domain") for category in item.iter("category")}
    assert set(categories) == {"音", "A & B/C"}
    assert categories["音"] == "https://example.com/tags/%E9%9F%B3/"


def test_a_wide_cover_is_media_with_type_and_size(files: dict[str, bytes]) -> None:
    media = next(rss(files).iter("{http://search.yahoo.com/mrss/}content"))
    assert (media.get("type"), media.get("width"), media.get("height")) == ("image/png", "1600", "900")
    assert not list(rss(files).iter("enclosure"))


def test_links_of_the_channel(files: dict[str, bytes]) -> None:
    channel_ = rss(files)[0]
    assert channel_.findtext("link") == "https://example.com/"
    own = {link.get("rel"): link.get("href") for link in channel_.findall("{http://www.w3.org/2005/Atom}link")}
    assert own == {"self": "https://example.com/feed.xml"}
    series = rss(files, "series/ame-no-kikikata/feed.xml")[0]
    assert series.findtext("link") == "https://example.com/series/ame-no-kikikata/"


def test_hubs_only_when_configured_and_in_every_form() -> None:
    from kawaraban.config import FeedSettings

    paper = publication(feeds=FeedSettings.model_validate({"hubs": ["https://hub.example.com/"]}))
    files = written([live(1)], paper)
    assert [
        link.get("href") for link in rss(files).iter("{http://www.w3.org/2005/Atom}link") if link.get("rel") == "hub"
    ] == ["https://hub.example.com/"]
    assert json.loads(files["feed.json"])["hubs"] == [{"type": "WebSub", "url": "https://hub.example.com/"}]
    assert b"hub" not in written([live(1)])["feed.xml"]


def test_atom_names_the_cited_articles(files: dict[str, bytes]) -> None:
    entry = next(rss(files, "atom.xml").iter("{*}entry"))
    links = [(link.get("rel"), link.get("href")) for link in entry.findall("{*}link")]
    assert ("via", "https://example.com/roof") in links
    assert sum(rel in (None, "alternate") for rel, _ in links) == 1


def test_an_empty_feed_is_valid_in_every_form() -> None:
    files = written([])
    for path in ("feed.xml", "atom.xml"):
        parsed = feedparser.parse(files[path])
        assert not parsed.bozo
        assert parsed.entries == []
    assert json.loads(files["feed.json"])["items"] == []


def test_the_window_shows_the_newest_and_a_series_is_complete() -> None:
    from kawaraban.config import FeedSettings

    files = written(
        [live(number, day=f"2024-06-{10 + number}") for number in range(1, 6)], publication(feeds=FeedSettings(items=3))
    )
    assert [item["id"][-1] for item in json.loads(files["feed.json"])["items"]] == ["5", "4", "3"]
    assert len(json.loads(files["series/ame-no-kikikata/feed.json"])["items"]) == 5
    assert b"complete" in files["series/ame-no-kikikata/feed.xml"]
    assert b"complete" not in files["feed.xml"]


PROGRAM = """
import hashlib, random, sys
from tests.renderers.feed.feeds import usual, written
files = written(random.Random(int(sys.argv[1])).sample(usual(), 3))
print(hashlib.sha256(b"".join(path.encode() + files[path] for path in sorted(files))).hexdigest())
"""


def test_the_same_input_gives_the_same_bytes_anywhere() -> None:
    digests = set()
    for seed, zone, lang in (
        ("0", "Asia/Tokyo", "ja_JP.UTF-8"),
        ("1", "America/New_York", "C"),
        ("2", "UTC", "de_DE.UTF-8"),
    ):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LANG": lang}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, seed], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1
    with ThreadPoolExecutor(8) as pool:
        assert len({str(sorted(files.items())) for files in pool.map(lambda _: written(usual()), range(8))}) == 1


def test_no_clock_host_or_version_is_inside(files: dict[str, bytes]) -> None:
    from importlib.metadata import version

    for path, data in files.items():
        assert version("feedgen").encode() not in data, path
        years = {int(year) for year in re.findall(rb"(20\d\d)-\d\d-\d\dT", data)}
        assert years <= {2024}, path


def test_one_character_changes_that_item_only_and_its_keys() -> None:
    before, after = [live(1), live(2)], [live(1, BODY.replace("二段落目", "三段落目")), live(2)]
    old, new = (json.loads(written(items)["feed.json"])["items"] for items in (before, after))
    assert [one == other for one, other in zip(old, new, strict=True)].count(False) == 1
    keys = [
        {file.path: file.key for file in edition(publication(), channel("rss"), items)}
        for items in (before, after, before)
    ]
    assert all(keys[0][path] != keys[1][path] for path in keys[0])
    assert keys[0] == keys[2]


def test_the_processs_locale_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("the locale is the process's own")

    before = locale.setlocale(locale.LC_ALL)
    monkeypatch.setattr(locale, "setlocale", refuse)
    written(usual())
    monkeypatch.undo()
    assert locale.setlocale(locale.LC_ALL) == before


def test_corrections_are_shown_to_subscribers() -> None:
    files = written([live(1, extra="corrections: [{date: 2024-06-19, text: 三割を三割ほどに改めた}]\n")])
    assert "訂正（2024年6月19日）：三割を三割ほどに改めた" in contents(files)[0]
