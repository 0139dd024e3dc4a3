"""Hostile articles as whole papers: a clean feed, or a refusal that names the files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from kawaraban.article.check import check
from kawaraban.edition import LiveArticle
from kawaraban.variant import PublicFacts
from renderers.feed import render
from tests.builders import article, channel, publication
from tests.papers import paper, published, write
from tests.renderers.feed.feeds import FORMS, NASTY, SINCE, contents, items, matter, odd, page, usual, written

NOW = datetime(2024, 11, 5, tzinfo=UTC)
HARMFUL = """<script>alert(1)</script><style>p { color: red }</style>

<b onclick="alert(1)">太字</b>と[押して](javascript:alert(1))と[これも](<data:text/html,x>)。

<iframe src="https://evil.example/"></iframe>

::: dialogue
汀: <img src=x onerror=alert(1)>と言いました。
:::
"""


def test_1_a_title_full_of_markup_is_text_everywhere_and_one_warning() -> None:
    made = article("本文。\n", matter(1, title=NASTY))
    found = [one.code for one in check(made, publication(), (channel("rss"),)) if one.code.startswith("title")]
    assert found == ["title-markup"]
    files = written([LiveArticle(render(made, publication(), channel("rss"), PublicFacts()), SINCE)])
    assert [feedparser.parse(files[path]).entries[0].title for path in FORMS[:2]] == [NASTY, NASTY]
    assert b"<title>" in files["atom.xml"]
    assert b"<title type" not in files["atom.xml"]


def test_2_control_characters_are_reported_and_dropped_without_an_exception() -> None:
    bad = "\x1b\ufeff\ufffe\x85"
    item = odd(usual()[1], title=f"題{bad}\r\n二", body=f"<p>本{bad}文\x00</p>")
    files = written([item])
    for path in FORMS[:2]:
        parsed = feedparser.parse(files[path])
        assert not parsed.bozo
        assert parsed.entries[0].title == "題 二"
    assert contents(files, "feed.xml") == contents(files, "atom.xml") == ["<p>本文</p>"]


def test_3_a_title_that_turns_the_direction_leaves_the_next_items_alone() -> None:
    turned = odd(usual()[0], title="\u202eعنوان\u202c 題", body="<p>مرحبا</p>")
    files = written([turned, *usual()[1:]])
    assert [item["title"] for item in items(files)] == ["عنوان 題", "屋根の雨", "屋根の雨"]
    assert "مرحبا" in contents(files, "atom.xml")[0]


@pytest.mark.parametrize("form", FORMS)
def test_7_nothing_harmful_is_ever_active(form: str) -> None:
    made = article(HARMFUL, matter(1))
    variant = render(made, publication(), channel("rss"), PublicFacts())
    sources = tuple(one.model_copy(update={"url": "javascript:alert(1)"}) for one in variant.head.sources)
    item = odd(LiveArticle(variant, SINCE), head={"sources": sources})
    content = page(contents(written([item]), form)[0])
    assert {element.tag for element in content.iter()} <= {"div", "p", "br", "strong", "a", "blockquote", "cite", "img"}
    assert not [name for element in content.iter() for name in element.attrib if name.startswith("on")]
    for url in content.xpath("//@href | //@src"):
        assert url.startswith("https://"), url
    assert "alert(1)" in content.text_content()
    if form.endswith(".xml"):
        assert b'href="javascript' not in written([item])[form]


def test_8_the_same_slug_twice_is_refused_by_both_names_and_never_numbered(tmp_path: Path) -> None:
    root = paper(tmp_path / "paper", samples=False)
    write(root, "rain", id="5r8w2kq1")
    other = write(root, "rain-again", id="5r8w2kq2")
    other.write_text(other.read_text(encoding="utf-8").replace("slug: rain-again", "slug: rain"), encoding="utf-8")
    done = published(root, NOW)
    reasons = [
        action.reason.en for action in done.plan.actions if action.channel == "site" and action.action == "blocked"
    ]
    assert len(reasons) == 2  # neither goes first by accident
    assert all("rain/index.md" in reason and "rain-again/index.md" in reason for reason in reasons)
    feed = json.loads((root / "public" / "feed.json").read_text(encoding="utf-8"))
    assert feed["items"] == []
    assert not (root / "public" / "articles").exists()


def test_9_a_slug_that_changes_after_publication_keeps_its_id_and_leads_on(tmp_path: Path) -> None:
    root = paper(tmp_path / "paper", samples=False)
    path = write(root, "rain", id="5r8w2kq1")
    published(root, NOW)
    before = json.loads((root / "public" / "feed.json").read_text(encoding="utf-8"))["items"][0]
    text = path.read_text(encoding="utf-8").replace("slug: rain\n", "slug: drizzle\naliases: [rain]\n")
    path.write_text(text, encoding="utf-8")
    published(root, NOW)
    after = json.loads((root / "public" / "feed.json").read_text(encoding="utf-8"))["items"][0]
    assert (after["id"], after["date_published"]) == (before["id"], before["date_published"])
    assert after["url"] == "https://example.com/articles/drizzle/"
    former = (root / "public" / "articles" / "rain" / "index.html").read_text(encoding="utf-8")
    assert "articles/drizzle/" in former or "../drizzle/" in former


def test_a_megabyte_of_text_is_one_item_and_reads_well() -> None:
    made = article("雨の音を、屋根の下で聞きました。\n\n" * 20_000, matter(1))
    files = written([LiveArticle(render(made, publication(), channel("rss"), PublicFacts()), SINCE)])
    assert len(files["feed.xml"]) > 1_000_000
    parsed = feedparser.parse(files["feed.xml"])
    assert (parsed.bozo, len(parsed.entries)) == (False, 1)
