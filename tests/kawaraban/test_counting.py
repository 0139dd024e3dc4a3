"""How networks count: the golden cases, measured on twitter-text 3.1.0, on a PDS and by the rules that Mastodon states."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.counting import Measure, graphemes
from kawaraban.counting.weights import is_address, weight

X = Measure("weighted", 280, link=23)
BLUESKY = Measure("graphemes", 300, max_bytes=3000)
MASTODON = Measure("graphemes", 500, link=23, local_names=True)
LINE = Measure("utf16", 5000)
FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "measure", "fits"),
    [
        ("あ" * 140, X, True),
        ("あ" * 141, X, False),
        ("あ" * 141, BLUESKY, True),
        ("あ" * 300, BLUESKY, True),
        ("あ" * 301, BLUESKY, False),
        (FAMILY * 120, BLUESKY, True),
        (FAMILY * 121, BLUESKY, False),
        (FAMILY * 121, X, True),
        (FAMILY * 140, X, True),
        (FAMILY * 141, X, False),
        ("あ" * 128 + " https://example.com/x", X, True),
        ("あ" * 129 + " https://example.com/x", X, False),
    ],
)
def test_what_fits(text: str, measure: Measure, *, fits: bool) -> None:
    assert measure.fits(text) is fits


@pytest.mark.parametrize(
    ("text", "x", "clusters", "points", "units", "size"),
    [
        ("あ" * 140, 280, 140, 140, 140, 420),
        (FAMILY * 120, 240, 120, 840, 1320, 3000),
        (FAMILY * 140, 280, 140, 980, 1540, 3500),
        ("🇯🇵", 2, 1, 2, 4, 8),
        ("👍🏽", 2, 1, 2, 4, 8),
        ("1️⃣2️⃣", 4, 2, 6, 6, 14),
        ("ｶﾞ", 4, 1, 2, 2, 6),
        ("葛󠄀城", 6, 2, 3, 4, 10),
        ("𠮷野家", 6, 3, 3, 4, 10),
        ("“あ”—…", 7, 5, 5, 5, 15),
        ("🍎", 2, 1, 1, 2, 4),
    ],
)
def test_the_four_counters_of_one_text(text: str, x: int, clusters: int, points: int, units: int, size: int) -> None:
    assert X.count(text) == x
    assert BLUESKY.count(text) == clusters == len(graphemes(text))
    assert Measure("code points", 3000).count(text) == points
    assert LINE.count(text) == units
    assert Measure("bytes", 500).count(text) == size


def test_a_letter_is_the_same_composed_or_not_once_it_is_nfc() -> None:
    apart = "か\u3099"
    assert X.count(unicodedata.normalize("NFC", apart)) == X.count("が") == 2
    assert BLUESKY.count(apart) == BLUESKY.count("が") == 1
    assert (len(apart.encode()), len("が".encode())) == (6, 3)


def test_an_emoji_younger_than_the_library_counts_by_its_parts() -> None:
    assert X.count("❤️\u200d🔥") == 5
    assert BLUESKY.count("❤️\u200d🔥") == 1
    assert Measure("bytes", 500).count("❤️\u200d🔥") == 13


LONG = "続きはこちら https://example.com/a/very/long/path/to/article #瓦版"


def test_a_link_counts_what_a_short_one_would() -> None:
    link = LONG.split()[1]
    assert X.count(LONG) == 42
    assert MASTODON.count(LONG, [link]) == 34
    assert BLUESKY.count(LONG, [link]) == 58
    assert len(LONG.encode()) == 74


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("https://example.com/記事", 27),
        ("https://example.com/%E8%A8%98%E4%BA%8B", 23),
        ("https://kawaraban.example/a", 27),
        ("https://example.com/a、続き", 29),
        ("続きはhttps://example.com/a", 29),
        ("汀通信(https://example.com/a/b?c=d)", 31),
        ("https://example.com/a.", 24),
        ("example.com", 23),
        ("a.jp", 23),
        ("readme.example", 14),
        ("@example.com", 24),
    ],
)
def test_an_address_on_x_is_what_twitter_text_sees_as_one(text: str, weighs: int) -> None:
    assert X.count(text) == weighs


def test_a_young_domain_is_counted_letter_by_letter_and_never_less_than_a_link() -> None:
    assert X.count(f"https://example.music/{'a' * 40}") == 23 + 1 + 40
    assert X.count("https://a.kids/") == 24
    long, short = f"https://kawaraban.example/{'a' * 40}", "http://a.test"
    assert MASTODON.count(long, [long]) == len(long)
    assert MASTODON.count(short, [short]) == 23
    assert MASTODON.count("https://kawaraban.example/a", ["https://kawaraban.example/a"]) == 27


def test_a_name_on_another_server_counts_by_its_local_half() -> None:
    assert MASTODON.count("@alice@example.com さん") == 9
    assert BLUESKY.count("@alice@example.com さん") == 21
    link = "https://example.com/?who=@alice@example.com"
    assert MASTODON.count(f"見よ {link}", [link]) == 3 + 23


# weights by twitter-text 3.1.0
@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("瓦版🗞️第1号\nhttps://example.com/a\n#瓦版 #江戸", 47),
        ("できましたよー！#日本語ハッシュタグ。", 37),
        ("雨の日の玄関 https://news.example.press/2024/06/?a=%E3%81%82&b=1#c 続く", 41),
        ("①傘②桶③樋", 12),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿🏳️‍🌈👩‍💻", 6),
        ("ｈｔｔｐｓ：／／example.com", 39),
    ],
)
def test_the_oracle_weighs_the_same(text: str, weighs: int) -> None:
    assert X.count(text) == weighs


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_longer_never_weighs_less(text: str, more: str) -> None:
    assert weight(text, None) <= weight(f"{text} {more}", None)
    assert BLUESKY.count(text) <= BLUESKY.count(f"{text}\n{more}")


def test_an_address_is_known_by_its_top_level_domain() -> None:
    known = ["https://example.com/記事", "http://a.co.jp", "https://xn--r8jz45g.xn--zckzah/"]
    assert all(map(is_address, known))
    assert not any(
        map(is_address, ["https://localhost/a", "http://127.0.0.1:80/", "https://x.example", "https://a.web"])
    )
