"""What a subscriber reads (the feed checklist, 23 to 37): everything, and only what survives in readers."""

from __future__ import annotations

import re
from html import unescape

import fastfeedparser
import feedparser
import pytest

from kawaraban.variant import PublicFacts
from renderers.feed import render
from renderers.site import render as render_for_site
from tests.builders import article, channel, publication
from tests.renderers.feed.feeds import (
    BODY,
    CONTENT,
    DC,
    EVERYTHING,
    FORMS,
    MEDIA,
    NASTY,
    PICTURE,
    contents,
    items,
    live,
    matter,
    odd,
    page,
    pages,
    tree,
    written,
)

ALLOWED = {
    "a", "blockquote", "br", "cite", "code", "dd", "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "hr", "img", "li",
    "ol", "p", "pre", "rp", "rt", "ruby", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"href", "src", "alt", "width", "height", "lang", "start"}
IN_EVERY_FORM = pytest.mark.parametrize("form", FORMS)


def solid(text: str) -> str:
    return re.sub(r"\s", "", text)


@IN_EVERY_FORM
def test_23_the_whole_article_is_there_turn_by_turn(full: dict[str, bytes], form: str) -> None:
    made = article(EVERYTHING, matter(1), {"map.png": PICTURE})
    site = page(render_for_site(made, publication(), channel("site"), PublicFacts()).body)
    item = page(contents(full, form)[0])
    turns = site.xpath("//*[@class='turn']")
    assert len(item.xpath("//p[strong][starts-with(strong/following-sibling::text(), '：')]")) == len(turns) == 2
    for name in ("li", "dt", "dd", "figure", "td", "pre"):
        inside = "[not(ancestor::section) and not(ancestor::*[@class='source'])]"
        assert len(item.xpath(f"//{name}")) >= len(site.xpath(f"//{name}{inside}")), name


def test_24_descriptions_are_short_text_and_no_piece_of_the_html(files: dict[str, bytes]) -> None:
    for item in tree(files).iter("item"):
        description = item.findtext("description")
        assert 0 < len(description) <= 200
        assert "<" not in description
        assert not item.findtext(f"{CONTENT}encoded").startswith(description)


def test_24_a_description_with_markup_is_text_in_rss_too() -> None:
    files = written([odd(live(1), head={"description": "A & <x>"})])
    assert unescape(next(tree(files).iter("item")).findtext("description")) == "A & <x>"
    assert items(files)[0]["summary"] == "A & <x>"


def test_24_without_a_description_a_long_title_stands_in_cut_to_200_characters() -> None:
    files = written([odd(live(1), title="雨" * 300, head={"description": "", "lead": ""})])
    assert len(items(files)[0]["title"]) == 300
    assert items(files)[0]["summary"] == "雨" * 200


def test_25_every_address_is_absolute_and_secure(files: dict[str, bytes], full: dict[str, bytes]) -> None:
    for given in (files, full):
        for tree_ in pages(given):
            for url in [*tree_.xpath("//@href"), *tree_.xpath("//@src")]:
                assert url.startswith("https://"), url
        for item in tree(given).iter("item"):
            for url in [item.findtext("link"), *(one.get("domain") for one in item.iter("category"))]:
                assert url.startswith("https://example.com/")


def test_26_no_link_is_a_fragment_only(files: dict[str, bytes]) -> None:
    links = [str(link) for link in pages(files)[0].xpath("//@href")]
    assert "https://example.com/articles/rain-1/#%E7%AF%80" in links
    assert "https://example.com/articles/rain-1/#fn1" in links
    assert not [link for link in links if link.startswith("#")]


def test_27_only_elements_and_attributes_that_survive_in_readers(
    files: dict[str, bytes], full: dict[str, bytes]
) -> None:
    for content in (*pages(files), *pages(full)):
        for element in content.iter():
            assert element.tag in ALLOWED, element.tag
            assert set(element.attrib) <= ATTRIBUTES, element.attrib


def test_28_every_reading_has_its_parentheses_and_every_item_its_language(full: dict[str, bytes]) -> None:
    for content in pages(full):
        assert content.get("lang") == "ja"
        for reading in content.xpath("//rt"):
            before, after = reading.getprevious(), reading.getnext()
            assert (before.tag, before.text, after.tag, after.text) == ("rp", "（", "rp", "）")


@IN_EVERY_FORM
def test_29_what_is_for_other_channels_is_in_no_form(full: dict[str, bytes], form: str) -> None:
    assert "後日、note".encode() not in full[form]
    assert "noteだけの段落".encode() not in full[form]


def test_30_pictures_have_words_and_size_and_are_the_sites(files: dict[str, bytes]) -> None:
    made = article(BODY, matter(1), {"map.png": PICTURE})
    site = render_for_site(made, publication(), channel("site"), PublicFacts())
    picture = pages(files)[0].xpath("//img")[0]
    assert list(picture.attrib) == ["src", "alt", "width", "height"]
    assert (picture.get("alt"), picture.get("width"), picture.get("height")) == ("地図", "1600", "900")
    assert picture.get("src") == f"https://example.com/articles/rain-1/{site.assets[0].name}"


@IN_EVERY_FORM
def test_32_the_items_text_is_the_articles_after_every_tag_is_gone(full: dict[str, bytes], form: str) -> None:
    made = article(EVERYTHING, matter(1), {"map.png": PICTURE})
    text = render(made, publication(), channel("rss"), PublicFacts()).text
    site = render_for_site(made, publication(), channel("site"), PublicFacts()).text
    assert [line for line in site.split("\n") if "後日、note" not in line] == text.split("\n")
    shown = page(contents(full, form)[0])
    for picture in shown.xpath("//img"):
        picture.tail = picture.get("alt") + (picture.tail or "")
    rest = solid(shown.text_content())
    for line in text.split("\n")[3:]:  # the three before are the source's, which is another here
        position = rest.find(solid(line))
        assert position >= 0, line
        rest = rest[position + len(solid(line)) :]


def test_33_nasty_characters_are_byte_exact_after_three_parsers() -> None:
    body = "]]> と & と < と 𠮷、葛\U000e0100、👩🏽‍💻、&amp; です。\n"
    expected = "]]> と & と < と 𠮷、葛\U000e0100、👩🏽‍💻、&amp; です。"
    files = written([live(1, body.replace("&amp;", "`&amp;`"), title=NASTY)])
    for path in FORMS:
        read = fastfeedparser.parse(files[path].decode()).entries[0]
        mine = contents(files, path)[0]
        seen = [page(mine).text_content(), page(read.content[0]["value"]).text_content()]
        titles = [read.title]
        if path.endswith(".xml"):
            other = feedparser.parse(files[path]).entries[0]
            seen.append(page(other.content[0].value).text_content())
            titles.append(other.title)
        assert all(expected in text for text in seen), (path, seen)
        assert all(title == NASTY for title in titles), (path, titles)


def test_33_rss_titles_use_hexadecimal_references(files: dict[str, bytes]) -> None:
    assert "記号 &#x26; &#x3C;b&#x3E;太字&#x3C;/b&#x3E; ]]&#x3E;".encode() in files["feed.xml"]
    assert b"&#x" not in files["atom.xml"]


def test_34_an_ordinary_item_is_far_below_a_quarter_megabyte_and_a_feed_below_one() -> None:
    long = [live(number, "雨の音を聞きました。" * 1200 + "\n", day=f"2024-06-{10 + number}") for number in range(1, 10)]
    files = written(long)
    assert all(len(one.encode()) <= 256 * 1024 for one in contents(files, "feed.json"))
    assert all(len(data) <= 1_000_000 for data in files.values())


def test_34_a_series_of_more_than_a_megabyte_shows_its_newest_only() -> None:
    huge = [live(number, "雨の音を聞きました。" * 20_000 + "\n", day=f"2024-06-{10 + number}") for number in (1, 2, 3)]
    files = written(huge, publication(feeds={"items": 1}))
    assert [item["id"][-1] for item in items(files, "series/ame-no-kikikata/feed.json")] == ["3"]


def test_35_one_byline_in_rss_and_authors_of_their_own_in_json(files: dict[str, bytes]) -> None:
    item = next(tree(files).iter("item"))
    assert [creator.text for creator in item.iter(f"{DC}creator")] == ["汀、Lio"]
    assert items(files)[0]["authors"] == [{"name": "汀"}, {"name": "Lio"}]
    assert b'"authors"' not in files["feed.json"].split(b'"items"')[0]


def test_36_categories_are_the_visible_names_with_their_page_each_once() -> None:
    files = written([odd(live(1), head={"tags": ("音", "A & B/C", "音", " ")})])
    expected = [("音", "https://example.com/tags/%E9%9F%B3/"), ("A & B/C", "https://example.com/tags/A%20%26%20B%2FC/")]
    assert [(one.text, one.get("domain")) for one in tree(files).iter("category")][:2] == expected
    assert [
        (one.get("term"), one.get("label"), one.get("scheme")) for one in tree(files, "atom.xml").iter("{*}category")
    ] == [(name, name, url) for name, url in expected]
    assert items(files)[0]["tags"] == ["音", "A & B/C"]


def test_37_a_wide_cover_is_media_with_type_and_size_and_no_attachment(files: dict[str, bytes]) -> None:
    media = next(tree(files).iter(f"{MEDIA}content"))
    assert (media.get("type"), media.get("width"), media.get("height")) == ("image/png", "1600", "900")
    assert media.findtext(f"{MEDIA}description") == "地図"
    assert items(files)[0]["image"] == media.get("url")
    assert not list(tree(files).iter("enclosure"))


def test_37_a_narrow_cover_is_not_shown_enlarged() -> None:
    item = live(1)
    narrow = tuple(asset.model_copy(update={"width": 800, "height": 450}) for asset in item.variant.assets)
    files = written([odd(item, assets=narrow)])
    assert b"media:content" not in files["feed.xml"].replace(b"xmlns:media", b"")
    assert "image" not in items(files)[0]


def test_an_author_without_an_address_is_a_name_and_nothing_else() -> None:
    files = written([odd(live(1), head={"authors": ("無名の人", "")})])
    entry = next(tree(files, "atom.xml").iter("{*}entry"))
    assert [[child.tag.rpartition("}")[2] for child in author] for author in entry.findall("{*}author")] == [["name"]]
    assert next(tree(files).iter(f"{DC}creator")).text == "無名の人"


def test_corrections_are_shown_to_subscribers_in_their_order() -> None:
    extra = "corrections: [{date: 2024-06-19, text: 三割を改めた}, {date: 2024-06-21, text: 名を改めた}]\n"
    shown = [one.text_content() for one in pages(written([live(1, extra=extra)]))[0].xpath("//p")]
    assert shown[-2:] == ["訂正（2024年6月19日）：三割を改めた", "訂正（2024年6月21日）：名を改めた"]


def test_what_a_reader_cannot_show_is_a_loss_and_never_a_silence() -> None:
    made = article(EVERYTHING, matter(1), {"map.png": PICTURE})
    losses = render(made, publication(), channel("rss"), PublicFacts()).losses
    assert {loss.code for loss in losses} == {"emphasis", "math", "embed"}
    assert all(loss.what_ja and loss.what_en for loss in losses)
    missing = render(article("![絵](none.png)\n", matter(1)), publication(), channel("rss"), PublicFacts())
    assert [loss.code for loss in missing.losses] == ["picture"]
    assert "絵" in missing.body
