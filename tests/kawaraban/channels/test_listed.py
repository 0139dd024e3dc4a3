"""Which of our posts are which articles: what `adopt` and a ledger that was put back go by."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.channels import listed
from kawaraban.channels.protocol import Post
from kawaraban.delivery import Receipt
from kawaraban.variant import Card, Head, Variant

PAGE = "https://example.com/articles/river/"
AT = datetime(2024, 6, 11, tzinfo=UTC)


def variant(article: str = "5r8w2kqd", slug: str = "river", title: str = "川の音", **more: object) -> Variant:
    head = Head(article=article, slug=slug, url=f"https://example.com/articles/{slug}/")
    values: dict[str, object] = {"body": title, "text": f"{title}\n{head.url}", "head": head}
    return Variant.model_validate({"article": article, "channel": "c", "title": title, **values, **more})


def post(name: str, *links: str, title: str = "", text: str = "") -> Post:
    return Post(Receipt(name, f"https://social.example/{name}", AT), title, text, links)


@pytest.mark.parametrize(
    "spelling",
    [
        PAGE,
        "http://example.com/articles/river",
        "HTTPS://EXAMPLE.COM:443/articles/river/",
        "https://example.com./articles/river/index.html",
        "https://example.com/articles/%72iver/?utm_source=x&utm_medium=y#top",
        " https://example.com/articles/river?fbclid=1 ",
    ],
)
def test_spellings_of_one_address_are_one(spelling: str) -> None:
    assert listed.comparable(spelling) == listed.comparable(PAGE)


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/articles/rivers/",
        "https://example.com/articles/River/",
        "https://example.com:8443/articles/river/",
        "https://www.example.com/articles/river/",
        "https://example.com/articles/river/?page=2",
        "https://example.com/articles%2Friver/",
        "",
        "https://[",
    ],
)
def test_other_addresses_stay_others(other: str) -> None:
    assert listed.comparable(other) != listed.comparable(PAGE)


def test_japanese_addresses_are_compared_decoded_and_composed() -> None:
    plain, encoded = "https://例え.jp/記事/が/", "https://xn--r8jz45g.jp/%E8%A8%98%E4%BA%8B/%E3%81%8B%E3%82%99"
    assert listed.comparable(plain) == listed.comparable(encoded)


@given(st.text())
def test_nothing_is_too_odd_to_be_compared(written: str) -> None:
    assert listed.comparable(written) == listed.comparable(written)


def test_the_addresses_in_a_plain_text_are_found_without_what_closes_the_sentence() -> None:
    text = f"川の音（{PAGE}）。もとは{PAGE}、英訳は https://example.com/en/river?a=1&b=(2). See HTTPS://EXAMPLE.COM/x!"
    found = ["https://example.com/en/river?a=1&b=(2", "HTTPS://EXAMPLE.COM/x"]
    assert listed.links_in(text) == (PAGE, PAGE, *found)
    assert listed.links_in("川の音") == ()


def test_an_article_is_found_by_its_page_its_canonical_address_its_card_and_its_earlier_pages() -> None:
    head = Head(
        article="5r8w2kqd",
        slug="river",
        url="https://example.com/paper/articles/river/",
        canonical_url="https://elsewhere.example/r",
        aliases=("/articles/old-river/",),
    )
    one = variant(head=head, card=Card(url="https://example.com/paper/r", title="川の音"))
    for link in (
        "https://example.com/paper/articles/river",
        "https://elsewhere.example/r",
        "https://example.com/paper/articles/old-river/",
        "https://example.com/paper/r",
    ):
        (match,) = listed.matches([post("1", link)], [one])
        assert (match.article, match.how, match.certain) == ("5r8w2kqd", "address", True)


def test_what_is_not_there_is_not_among_the_matches() -> None:
    assert listed.matches([post("1", "https://example.com/")], [variant()], by_title=True) == ()


def test_two_posts_of_one_article_are_a_question_and_the_likelier_stands_first() -> None:
    own = post("own", PAGE, text="川の音\n https://example.com/articles/river/")
    roundup = post("roundup", PAGE, "https://example.com/articles/rain/", text="今週の記事")
    (match,) = listed.matches([roundup, own], [variant()])
    assert [one.receipt.remote_id for one in match.posts] == ["own", "roundup"]
    assert not match.certain


def test_one_post_that_leads_to_two_articles_is_certain_for_neither() -> None:
    rain = variant("7ra1ny7a", "rain", "雨の音")
    both = post("1", PAGE, rain.head.url)
    first, second = listed.matches([both], [variant(), rain])
    assert (first.shared, second.shared) == (("7ra1ny7a",), ("5r8w2kqd",))
    assert not first.certain
    assert not second.certain


def test_a_title_counts_only_where_it_is_asked_for_and_no_address_does() -> None:
    titled = post("1", title="川の　音")
    assert listed.matches([titled], [variant(title="川の 音")]) == ()
    (match,) = listed.matches([titled, post("2", text="川の 音\n続き")], [variant(title="川の 音")], by_title=True)
    assert (match.how, len(match.posts)) == ("title", 2)
    (match,) = listed.matches([titled, post("2", PAGE)], [variant(title="川の 音")], by_title=True)
    assert (match.how, [one.receipt.remote_id for one in match.posts]) == ("address", ["2"])


def test_a_post_that_leads_to_one_article_is_not_taken_for_another_of_the_same_title() -> None:
    again = variant("7ra1ny7a", "river-again")
    (match,) = listed.matches([post("1", PAGE, title="川の音")], [variant(), again], by_title=True)
    assert (match.article, match.certain) == ("5r8w2kqd", True)


def test_what_is_recalled_is_the_articles_own_post_and_no_post_is_given_twice() -> None:
    rain = variant("7ra1ny7a", "rain", "雨の音")
    own, roundup = post("own", PAGE), post("roundup", PAGE, rain.head.url)
    found = listed.recalled([roundup, own], [variant(), rain])
    assert {article: receipt.remote_id for article, receipt in found.items()} == {
        "5r8w2kqd": "own",
        "7ra1ny7a": "roundup",
    }
    assert listed.recalled([], [variant()]) == {}
