"""Links and hashtags where networks disagree: what we write is read alike everywhere, and marked by bytes."""

from __future__ import annotations

import pytest

from kawaraban.capabilities import Capabilities
from kawaraban.counting import Measure
from kawaraban.variant import Part, PublicFacts, Span
from renderers.social import render
from renderers.social.composing import Wording, composed
from renderers.social.words import marked
from tests.builders import MATTER, article, channel, publication

ABLE = Capabilities(text=Measure("graphemes", 300, max_bytes=3000), threads=True)


def part(text: str, link: str = "", tags: tuple[str, ...] = ()) -> Part:
    assert ABLE.text is not None
    return composed(Wording(marked(text), own=True, link=link, tags=tags), ABLE, ABLE.text).posts[0].part()


def shown(made: Part) -> list[tuple[str, int, int]]:
    return [(span.kind, span.start, span.end) for span in made.spans]


def test_link_and_tag_after_an_emoji() -> None:
    made = part("新刊📚 https://example.com/a #瓦版")
    assert made.text == "新刊📚 https://example.com/a #瓦版"
    assert shown(made) == [("link", 11, 32), ("tag", 33, 40)]


def test_an_announcement_as_it_is_put_together() -> None:
    made = part("瓦版🗞️第1号", "https://example.com/a", ("瓦版", "江戸"))
    assert made.text == "瓦版🗞️第1号\nhttps://example.com/a\n#瓦版 #江戸"
    assert len(made.text.encode()) == 58
    assert ABLE.text is not None
    assert ABLE.text.count(made.text) == 36
    assert shown(made) == [("link", 21, 42), ("tag", 43, 50), ("tag", 51, 58)]


def test_a_tag_after_a_family() -> None:
    assert shown(part("👨‍👩‍👧‍👦 #家族")) == [("tag", 26, 33)]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://example.com/記事", "https://example.com/%E8%A8%98%E4%BA%8B"),
        ("https://example.com/a、続き", "https://example.com/a 、続き"),
        ("続きはhttps://example.com/a", "続きは https://example.com/a"),
        ("（https://example.com/a）で", "（ https://example.com/a ）で"),
        ("HTTPS://例え.jp/あ?い=う#え", "https://xn--r8jz45g.jp/%E3%81%82?%E3%81%84=%E3%81%86#%E3%81%88"),
        ("See https://example.com/a_(b).", "See https://example.com/a_(b) ."),
        ("(https://example.com/a)", "( https://example.com/a )"),
        ("https://example.com/%E8%A8%98\u3000続き", "https://example.com/%E8%A8%98\u3000続き"),
        ("https://example.com/か\u3099", "https://example.com/%E3%81%8C"),
    ],
)
def test_an_address_is_ascii_and_stands_by_itself(written: str, sent: str) -> None:
    made = part(written)
    assert made.text == sent
    (link,) = made.links
    assert link.isascii()
    assert [span.target for span in made.spans] == [link]


@pytest.mark.parametrize(
    "written", ["https://", "https://記", "http://a:b@example.com/", "ftp://example.com", "https://a:99999/x"]
)
def test_what_is_no_address_is_words(written: str) -> None:
    assert part(written).spans == ()


@pytest.mark.parametrize(
    ("written", "sent", "tags"),
    [
        ("今日の #日本語、タグ", "今日の #日本語、タグ", ["日本語"]),
        ("今日の#日本語", "今日の#日本語", []),
        ("あ　＃瓦版", "あ　#瓦版", ["瓦版"]),
        ("#2026 と #2026年", "#2026 と #2026年", ["2026年"]),
        ("できましたよー！#日本語ハッシュタグ。", "できましたよー！#日本語ハッシュタグ。", []),
        ("#雨・風 #あ_い #C++", "#雨・風 #あ_い #C++", ["雨・風", "あ_い", "C"]),
        ("#️⃣ ＃ #", "#️⃣ ＃ #", []),
    ],
)
def test_a_hashtag_in_the_words_is_one_after_a_space(written: str, sent: str, tags: list[str]) -> None:
    made = part(written)
    assert (made.text, [span.target for span in made.spans]) == (sent, tags)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("日本語、タグ", "日本語タグ"),
        ("2026", ""),
        ("2026年", "2026年"),
        ("できました！", "できました"),
        ("江戸〜東京", "江戸東京"),
        ("か\u3099", "が"),
    ],
)
def test_a_hashtag_of_ours_stands_on_the_last_line_cleaned(name: str, tag: str) -> None:
    variant = render(article(matter=f"{MATTER}tags: ['{name}']\n"), publication(), channel("post"), PublicFacts(), ABLE)
    last = variant.parts[0].text.splitlines()[-1]
    assert (last == f"#{tag}") is bool(tag)
    assert [loss.text for loss in variant.losses if loss.code == "hashtag"] == ([] if tag else [name])


def test_controls_and_turns_of_direction_are_not_posted() -> None:
    assert part("あ\u202eい\u0007う\ufeff\r\nえ\tお").text == "あいう\nえ お"


def test_a_span_counts_bytes_from_the_start_of_its_own_part() -> None:
    made = part("傘 https://example.com/a")
    assert made.spans == (Span(kind="link", start=4, end=25, target="https://example.com/a"),)
