"""Typesetting at build time: what is split, joined again is what it was; no break where none may be."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from renderers.phrases import split_phrases
from renderers.site import typeset
from tests.builders import article
from tests.renderers.site.papers import on_site

titles = st.text(alphabet="雨窓かさのは、。「」（）――-aZ09'\"<& 　", max_size=40)


def words(markup: str) -> str:
    return "".join(html.fragment_fromstring(f"<p>{markup}</p>").itertext()) if markup else ""


@settings(max_examples=150, deadline=None)
@given(titles)
def test_no_setting_changes_the_words(text: str) -> None:
    assert "".join(split_phrases(text)) == text
    assert words(str(typeset.phrases(text))) == text
    assert words(str(typeset.tail(text))) == text
    assert words(str(typeset.upright(text))) == text
    assert re.sub(r"\s", "", words(str(typeset.title(text)))) == re.sub(r"\s", "", text)


@settings(max_examples=150, deadline=None)
@given(titles)
def test_no_phrase_begins_or_ends_with_what_may_not_stand_there(text: str) -> None:
    split = split_phrases(text)
    for before, after in pairwise(split):
        assert after[0] not in "、。」）ー―", split
        assert before[-1] not in "「（", split
        assert len(after.strip()) > 1, split


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("井戸の話――縁の跡", ("井戸の話", "――", "縁の跡")),
        ("井戸の話 ── 縁の跡", ("井戸の話", "──", "縁の跡")),
        ("井戸の話——縁の跡——続き", ("井戸の話", "——", "縁の跡——続き")),
        ("井戸の話―縁の跡", ("井戸の話―縁の跡", "", "")),
        ("――縁の跡", ("――縁の跡", "", "")),
        ("井戸の話――", ("井戸の話――", "", "")),
    ],
)
def test_a_title_is_split_at_its_dash(text: str, parts: tuple[str, str, str]) -> None:
    assert typeset.title_parts(text) == parts


def test_the_last_four_characters_stay_together_with_their_footnote_mark() -> None:
    body = on_site(article("井戸の縁には細い溝が並んでいます[^1]。\n\n[^1]: 北の村で。\n")).body
    assert re.search(r'<span class="end">います<sup class="ref">.*?</sup>。</span></p>', body)


def test_a_short_line_and_one_that_ends_in_markup_are_left_alone() -> None:
    assert 'class="end"' not in on_site(article("短い話です。\n")).body
    assert 'class="end"' not in on_site(article("井戸の縁には細い溝が**並んでいます**\n")).body


def test_a_ruby_in_a_heading_keeps_its_phrase_breaks() -> None:
    body = on_site(article("## ｜釣瓶《つるべ》の綱が残したもの\n\n文。\n")).body
    assert "<ruby>釣瓶" in body
    assert "<wbr>" in body.partition("</h2>")[0]


def test_a_phrase_with_a_bracket_inside_is_held_together() -> None:
    assert '<span class="whole">「井戸」を</span>' in typeset.phrases("丸い「井戸」を失った町")
    assert "whole" not in typeset.phrases("丸い井戸を失った町")


def test_a_closing_straight_quote_never_begins_a_line() -> None:
    assert not [phrase for phrase in split_phrases("桶の'乾いた'音がする") if phrase.startswith("'音")]


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "〇"), (1, "一"), (10, "十"), (14, "十四"), (20, "二十"), (110, "百十"), (1050, "千五十"), (2024, "二千二十四"), (10203, "一〇二〇三")],
)  # fmt: skip
def test_numbers_are_counted_in_kanji(number: int, written: str) -> None:
    assert typeset.kanji(number) == written


def test_a_year_in_a_vertical_line_is_read_digit_by_digit() -> None:
    assert typeset.digits(2024) == "二〇二四"


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        (("雨の聞き方", "第十四回", "汀通信"), ("雨の聞き方", "第十四回", "汀通信")),
        (("あ" * 15, "第十四回", "汀通信"), ("あ" * 15, "第十四回")),
        (("あ" * 19, "第十四回", "汀"), ("あ" * 19, "汀")),
        (("あ" * 25, "第十四回"), ("あ" * 19 + "…",)),
    ],
)
def test_a_running_head_has_at_most_twenty_characters(parts: tuple[str, ...], kept: tuple[str, ...]) -> None:
    assert typeset.running(*parts) == kept
    assert sum(len(part) for part in kept) <= 20


def test_a_long_or_latin_title_lies_down_on_the_home_page() -> None:
    assert typeset.stands("井" * 34)
    assert not typeset.stands("井" * 35)
    assert not typeset.stands("井戸とSupercalifragilistic")
    assert typeset.stands("井戸とDX")


def test_up_to_three_digits_stand_upright_together() -> None:
    assert typeset.upright("2024年12月と5日") == '2024年<span class="tcy">12</span>月と<span class="tcy">5</span>日'


def test_an_opening_ends_with_a_sentence() -> None:
    assert typeset.opening("一つ目。二つ目です。\n三つ目。", 8) == ("一つ目。",)
    assert typeset.opening("一つ目。二つ目です。\n三つ目。", 14) == ("一つ目。二つ目です。", "三つ目。")
    assert typeset.opening("一つだけの、とても長い書き出し。", 3) == ("一つだけの、とても長い書き出し。",)
    assert typeset.opening("", 10) == ()


@pytest.mark.parametrize(("characters", "minutes"), [(0, 1), (749, 1), (750, 2), (5702, 11)])
def test_reading_takes_a_minute_for_500_characters(characters: int, minutes: int) -> None:
    assert typeset.minutes(characters) == minutes


def test_the_lead_is_found_below_a_source_card_that_the_text_places_itself() -> None:
    matter = "id: 5r8w2kqd\ntitle: 井戸\nslug: well\nstatus: ready\npublished: 2024-06-18T07:00:00+09:00\nsources: [{title: 綱}]\n"
    variant = on_site(article("::: source\n:::\n\n井戸の縁に立つ。\n\n## 節\n", matter))
    assert variant.head.lead == "井戸の縁に立つ。"
    assert variant.head.description == "井戸の縁に立つ。"
