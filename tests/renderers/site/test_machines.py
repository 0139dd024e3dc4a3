"""What machines read of the site: head data, JSON-LD, sitemap, robots.txt, redirects; and that no page carries a script."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from renderers.site.machine import alias_path
from tests.renderers.site.papers import archive, file_behind, files, links, made, parsed, whole, written
from tests.renderers.site.test_variant import HOSTILE

WELL = "articles/why-wells-are-round/index.html"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return made(whole())


@pytest.fixture(scope="module")
def hostile() -> dict[str, str]:
    odd = written(
        7,
        body=f"{HOSTILE}\n",
        title=json.dumps(f"{HOSTILE}\u202e"),
        description=json.dumps(HOSTILE),
        tags=json.dumps(["<b>", "'", "a&b"]),
        sources=json.dumps([{"title": HOSTILE, "summary": HOSTILE, "author": HOSTILE}]),
    )
    return made([odd, written(8, published="2020-02-01T00:00:00+09:00")])


def posting(page: str) -> dict[str, Any]:
    (script,) = parsed(page).xpath("//script")
    assert script.get("type") == "application/ld+json"
    found: dict[str, Any] = json.loads(script.text)
    return found


def meta(page: str) -> dict[str, str]:
    return {
        element.get("property") or element.get("name"): element.get("content") for element in parsed(page).iter("meta")
    }


def test_json_ld_tells_the_article_and_what_it_cites(pages: dict[str, str]) -> None:
    data = posting(pages[WELL])
    assert data["@context"] == "https://schema.org"
    assert data["@type"] == "BlogPosting"
    assert data["headline"] == "井戸はなぜ丸いのか――縁に残った手の跡"
    assert data["url"] == data["mainEntityOfPage"] == "https://example.com/articles/why-wells-are-round/"
    assert data["datePublished"] == "2024-04-16T07:00:00+09:00"
    assert data["dateModified"] == "2024-04-17"
    assert data["inLanguage"] == "ja"
    assert data["author"] == [{"@type": "Person", "name": "汀"}, {"@type": "Person", "name": "Lio"}]
    assert data["publisher"]["name"] == "汀通信"
    assert data["isPartOf"] == {"@type": "CreativeWorkSeries", "name": "雨の聞き方"}
    assert data["image"] == "https://example.com/articles/why-wells-are-round/well-abababab.png"
    assert data["citation"] == [
        {
            "@type": "Article",
            "name": "Ropes & Rims",
            "author": {"@type": "Person", "name": "Tamsin Oake"},
            "isPartOf": {"@type": "Periodical", "name": "Field Notes on Water"},
            "datePublished": "2024-04-02",
            "abstract": "綱が石を削る速さを、三つの村の井戸で測った報告",
            "inLanguage": "en",
            "url": "https://example.com/rims?a=1&b=2",
        }
    ]
    assert data["correction"][0]["text"] == "「八尺」を「六尺」に改めた"


def test_open_graph_tells_title_picture_and_times(pages: dict[str, str]) -> None:
    found = meta(pages[WELL])
    assert found["og:type"] == "article"
    assert found["og:title"] == "井戸はなぜ丸いのか――縁に残った手の跡"
    assert found["og:image"] == "https://example.com/articles/why-wells-are-round/well-abababab.png"
    assert (found["og:image:width"], found["og:image:height"]) == ("1600", "900")
    assert found["og:image:alt"] == "上から見た井戸の縁"
    assert found["article:published_time"] == "2024-04-16T07:00:00+09:00"
    assert found["article:modified_time"] == "2024-04-17"
    assert found["og:locale"] == "ja_JP"
    assert found["twitter:card"] == "summary_large_image"
    assert meta(pages["index.html"])["og:type"] == "website"


def test_the_canonical_link_is_the_page_itself_or_what_the_article_says() -> None:
    own = written(1)
    elsewhere = written(2, canonical_url="https://original.example/rope")
    pages = made([own, elsewhere])
    assert _canonical(pages["articles/rope-1/index.html"]) == "https://example.com/articles/rope-1/"
    assert _canonical(pages["articles/rope-2/index.html"]) == "https://original.example/rope"
    assert "rope-1" in pages["sitemap.xml"]
    assert "rope-2" not in pages["sitemap.xml"]


def _canonical(page: str) -> str:
    (link,) = parsed(page).xpath("//link[@rel='canonical']/@href")
    return str(link)


def test_feeds_are_announced_on_every_page_and_a_series_announces_its_own_too(pages: dict[str, str]) -> None:
    for path in ("index.html", WELL, "series/ame-no-kikikata/index.html"):
        found = parsed(pages[path]).xpath("//link[@rel='alternate']/@href")
        assert found[:3] == [f"https://example.com/{name}" for name in ("feed.xml", "atom.xml", "feed.json")]
        assert ("https://example.com/series/ame-no-kikikata/feed.xml" in found) == (path != "index.html")


def test_without_a_feed_channel_no_page_speaks_of_feeds() -> None:
    pages = made(whole(), feeds=False)
    assert "feeds/index.html" not in pages
    assert not [path for path, page in pages.items() if "フィード" in page or 'rel="alternate"' in page]


def test_previous_and_next_are_links_with_their_relation(pages: dict[str, str]) -> None:
    found = parsed(pages[WELL]).xpath("//nav[@class='neighbours']/a")
    assert [(a.get("rel"), a.get("href")) for a in found] == [("prev", "../rope-1/"), ("next", "../rope-2/")]


def test_the_page_tells_how_long_it_takes(pages: dict[str, str]) -> None:
    assert "読了 約1分" in parsed(pages[WELL]).text_content()


# --- sitemap, robots -------------------------------------------------------------------------------------------------


def test_the_sitemap_names_pages_with_the_day_they_changed(pages: dict[str, str]) -> None:
    sitemap = etree.fromstring(pages["sitemap.xml"].encode())
    changed = {url.findtext(f"{MAP}loc"): url.findtext(f"{MAP}lastmod") for url in sitemap.iter(f"{MAP}url")}
    assert changed["https://example.com/articles/why-wells-are-round/"] == "2024-04-17"
    assert changed["https://example.com/articles/rope-2/"] == "2024-04-23T07:00:00+09:00"
    assert "https://example.com/" in changed
    assert "https://example.com/404.html" not in changed
    for address in changed:
        assert file_behind(str(address), "https://example.com") in pages


def test_archived_articles_and_former_addresses_are_not_in_the_sitemap() -> None:
    live = whole()
    pages = made([replace(live[0], hidden=True), *live[1:]])
    assert "why-wells-are-round" not in pages["sitemap.xml"]
    assert "old/well.html" not in pages["sitemap.xml"]


def test_a_large_paper_has_a_sitemap_for_each_year() -> None:
    found = {file.path: file for file in files(archive(1100)) if file.path.startswith("sitemap")}
    index = etree.fromstring(found["sitemap.xml"].make())
    named = [str(element.text).rsplit("/", 1)[1] for element in index.iter(f"{MAP}loc")]
    assert named == [
        "sitemap-lists.xml",
        "sitemap-2020.xml",
        "sitemap-2021.xml",
        "sitemap-2022.xml",
        "sitemap-2023.xml",
    ]
    assert set(found) == {"sitemap.xml", *named}
    counted = [len(list(etree.fromstring(found[name].make()).iter(f"{MAP}url"))) for name in named[1:]]
    assert sum(counted) == 1100


def test_robots_may_read_everything_and_find_the_sitemap(pages: dict[str, str]) -> None:
    assert pages["robots.txt"].splitlines() == ["User-agent: *", "Allow: /", "Sitemap: https://example.com/sitemap.xml"]


# --- former addresses ------------------------------------------------------------------------------------------------


def test_a_former_address_leads_to_the_article(pages: dict[str, str]) -> None:
    for path in ("old/well.html", "articles/round-wells/index.html"):
        page = parsed(pages[path])
        (refresh,) = page.xpath("//meta[@http-equiv='refresh']/@content")
        here = f"https://example.com/{path.removesuffix('index.html')}"
        (target,) = {link for link in links(pages[path], here) if "/articles/" in link}
        assert target == "https://example.com/articles/why-wells-are-round/"
        assert refresh.startswith("0; url=")
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert _canonical(pages[path]) == "https://example.com/articles/why-wells-are-round/"


def test_an_alias_never_takes_the_place_of_a_page_of_ours() -> None:
    odd = written(4, aliases="[/, /feed.xml, /archive/, /articles/rope-5/, /index.html, /articles]")
    pages = made([odd, written(5)])
    assert not [
        path for path, page in pages.items() if 'http-equiv="refresh"' in page and path != "articles/index.html"
    ]
    assert "feed.xml" not in pages


@pytest.mark.parametrize(
    ("alias", "path"),
    [
        ("/2023/old/", "2023/old/index.html"),
        ("/2023/old.html", "2023/old.html"),
        ("old-slug", "articles/old-slug/index.html"),
        ("https://old.example/post/1?x=2#y", "post/1/index.html"),
        ("/%E4%BA%95%E6%88%B8/", "井戸/index.html"),
        ("/../up/", None),
        ("/a/%2e%2e/b", None),
        ("/.git/config", None),
        ("/a\\b/", None),
        ("/%ff/", None),
        ("/", None),
        ("/" + "長" * 100, None),
        ("/a%00b/", None),
    ],
)
def test_a_former_address_becomes_a_file_or_nothing(alias: str, path: str | None) -> None:
    assert alias_path(alias) == path


# --- safety ----------------------------------------------------------------------------------------------------------


def test_no_page_carries_a_script_or_a_handler(pages: dict[str, str], hostile: dict[str, str]) -> None:
    for path, page in [*pages.items(), *hostile.items()]:
        if not path.endswith(".html"):
            continue
        found = parsed(page)
        assert [script.get("type") for script in found.iter("script")] in ([], ["application/ld+json"]), path
        for element in found.iter():
            assert not [name for name in element.attrib if str(name).startswith("on")], path
            assert not str(element.get("href", "")).lower().startswith(("javascript:", "data:")), path


def test_a_hostile_title_cannot_end_the_data_or_the_page(hostile: dict[str, str]) -> None:
    page = hostile["articles/rope-7/index.html"]
    data = posting(page)
    assert data["headline"].startswith("</script><script>alert(1)</script>")
    assert data["citation"][0]["name"].startswith("</script>")
    for path, text in hostile.items():
        assert "<script>alert" not in text, path
        assert "\u202e" not in text, path
        assert "\x07" not in text, path


def test_hostile_words_keep_the_xml_well_formed(hostile: dict[str, str]) -> None:
    etree.fromstring(hostile["sitemap.xml"].encode())
    (icon,) = (text for path, text in hostile.items() if path.endswith(".svg"))
    etree.fromstring(icon.encode())
    (icon,) = (text for path, text in made([], seal="<").items() if path.endswith(".svg"))
    assert etree.fromstring(icon.encode()).findtext("{*}text") == "<"
