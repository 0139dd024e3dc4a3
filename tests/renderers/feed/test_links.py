"""Where feeds point (the feed checklist, 38, 39 and 43 to 44), and addresses that may not be followed."""

from __future__ import annotations

import json

import pytest

from kawaraban.config import FeedSettings
from renderers.links import absolute
from tests.builders import publication
from tests.renderers.feed.feeds import ATOM, items, live, odd, pages, tree, written

PAGE = "https://example.com/articles/rain/"
SERIES = "series/ame-no-kikikata"


@pytest.mark.parametrize("folder", ["", f"{SERIES}/"])
def test_38_every_feed_names_its_own_address(files: dict[str, bytes], folder: str) -> None:
    for path in ("feed.xml", "atom.xml"):
        own = [link.get("href") for link in tree(files, folder + path).iter(f"{ATOM}link") if link.get("rel") == "self"]
        assert own == [f"https://example.com/{folder}{path}"]
    assert json.loads(files[f"{folder}feed.json"])["feed_url"] == f"https://example.com/{folder}feed.json"


def test_39_a_feeds_link_is_its_page_whatever_else_is_linked() -> None:
    paper = publication(feeds=FeedSettings.model_validate({"hubs": ["https://hub.example.com/"]}))
    for files in (written([live(1)]), written([live(1)], paper)):
        assert tree(files)[0].findtext("link") == "https://example.com/"
        assert tree(files, f"{SERIES}/feed.xml")[0].findtext("link") == f"https://example.com/{SERIES}/"
        assert json.loads(files["feed.json"])["home_page_url"] == "https://example.com/"
        links = tree(files, "atom.xml").findall(f"{ATOM}link")
        assert [link.get("href") for link in links if link.get("rel") == "alternate"] == ["https://example.com/"]


def test_a_paper_below_a_path_keeps_it_in_every_address() -> None:
    files = written(
        [live(1, paper=publication(base_url="https://example.com/paper"))],
        publication(base_url="https://example.com/paper"),
    )
    for url in [
        *pages(files)[0].xpath("//img/@src"),
        items(files)[0]["url"],
        json.loads(files["feed.json"])["feed_url"],
    ]:
        assert url.startswith("https://example.com/paper/")


def test_43_hubs_only_when_configured_and_in_every_form() -> None:
    paper = publication(feeds=FeedSettings.model_validate({"hubs": ["https://hub.example.com/"]}))
    files = written([live(1)], paper)
    for path in ("feed.xml", "atom.xml"):
        links = [link.get("href") for link in tree(files, path).iter(f"{ATOM}link") if link.get("rel") == "hub"]
        assert links == ["https://hub.example.com/"]
    assert json.loads(files["feed.json"])["hubs"] == [{"type": "WebSub", "url": "https://hub.example.com/"}]
    assert all(b"hub" not in data for data in written([live(1)]).values())


def test_44_atom_names_the_cited_articles_and_one_page_of_its_own(full: dict[str, bytes]) -> None:
    entry = next(tree(full, "atom.xml").iter("{*}entry"))
    links = [(link.get("rel"), link.get("href"), link.get("title")) for link in entry.findall(f"{ATOM}link")]
    assert links == [
        (None, "https://example.com/articles/rain-1/", None),
        ("via", "https://example.com/roof?a=1&b=2", "The Roof & the Rain"),
    ]


def test_sources_without_an_address_are_named_and_not_linked() -> None:
    sources = live(1).variant.head.sources[0].model_copy(update={"url": ""})
    files = written([odd(live(1), head={"sources": (sources, sources)})])
    assert not [link for link in tree(files, "atom.xml").iter(f"{ATOM}link") if link.get("rel") == "via"]


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/tags/音/", "https://example.com/tags/%E9%9F%B3/"),
        ("#節", f"{PAGE}#%E7%AF%80"),
        ("map 1.png", f"{PAGE}map%201.png"),
        ("//other.example/x", "https://other.example/x"),
        ("https://例え.jp:8080/a?b=雨#c", "https://xn--r8jz45g.jp:8080/a?b=%E9%9B%A8#c"),
        ("https://example.com/100%/%41", "https://example.com/100%25/%41"),
        ("https://example.com/[x]", "https://example.com/%5Bx%5D"),
        ("https://[::1]:8/x", "https://[::1]:8/x"),
        ("mailto:desk@example.com", "mailto:desk@example.com"),
        ("javascript:alert(1)", ""),
        ("JavaScript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("\x01javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("vbscript:x", ""),
        ("file:///etc/motd", ""),
        ("http://[x", ""),
        ("https://" + "あ" * 80 + ".jp/", ""),
    ],
)
def test_an_address_is_absolute_or_none(href: str, expected: str) -> None:
    assert absolute(PAGE, href) == expected
