"""The rules of a profile, one by one: what each line of a page becomes, and which question it leaves."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePath

import pytest

from kawaraban.errors import WrongInput
from kawaraban.importing.dating import read_date, split_publication
from kawaraban.importing.profile import load_profile
from kawaraban.importing.scrape import scrape
from kawaraban.importing.scraped import Scraped
from tests.kawaraban.importing.pages import PAGE

PROFILE = load_profile(Path(__file__).parents[3], "wix-column")
CRAWLED = date(2026, 2, 3)
TALK = "\n\n".join(f"{name}: 話{number}。" for number, name in enumerate(["ミオ", "トキ"] * 3))


def read(text: str, known: tuple[str, ...] = ()) -> Scraped:
    return scrape(text, PROFILE, PurePath("page.txt"), crawled=CRAWLED, known_speakers=known)


def kinds(page: Scraped) -> list[str]:
    return [part.kind for part in page.parts]


def test_the_pages_furniture_is_dropped_at_the_edges_only() -> None:
    page = read("top of page\n題\n\ntop of page\n\nbottom of page\n\nbottom of page")
    assert page.dropped == {1: "R1", 8: "R1"}
    assert [part.paragraphs[0][0].words for part in page.parts] == ["top of page", "bottom of page"]


def test_full_width_colons_and_any_order_of_the_head_are_read() -> None:
    page = read("題\nシリーズ：間取りの話\n◆題材：「床の間」\n• 出典：和室、2024年4月2日\n更新日：５月9日\n\n本文。")
    assert (page.series, page.sources[0].title, page.sources[0].publication) == ("間取りの話", "床の間", "和室")
    updated = page.dates["updated"]
    assert updated is not None
    assert (updated.day, updated.inferred) == (date(2024, 5, 9), True)


def test_a_known_speaker_needs_one_line_only() -> None:
    assert read("題\n\nミオ: 一度だけ。", ("ミオ",)).speakers == ("ミオ",)
    assert read("題\n\nミオ: 一度だけ。").speakers == ()


@pytest.mark.parametrize("prefix", ["注", "https", "12"])
def test_a_frequent_prefix_that_does_not_alternate_is_no_speaker(prefix: str) -> None:
    text = "\n\n".join(
        [f"{prefix}://例{number}" if prefix == "https" else f"{prefix}: 例{number}" for number in range(4)]
    )
    assert read(f"題\n\n{text}").speakers == ()


def test_a_prefix_that_might_have_been_a_speaker_is_asked_about() -> None:
    assert "注" in read("題\n\n注: 一\n\n注: 二\n\n注: 三").questions["speakers"].ja


def test_a_paragraph_after_a_turn_continues_it_and_is_asked_about() -> None:
    page = read(f"題\n\n{TALK}\n\n名前のない段落。")
    assert [len(part.paragraphs) for part in page.parts] == [1] * 5 + [2]
    assert "dialogue" in page.questions


def test_a_line_right_below_stays_in_its_paragraph() -> None:
    page = read(f"題\n\n前文の一行目\n二行目\n\n{TALK}\n続きの行")
    assert len(page.parts[0].paragraphs[0]) == 2
    assert len(page.parts[-1].paragraphs[0]) == 2


def test_brackets_in_the_lead_make_no_glossary() -> None:
    assert kinds(read("題\n\n【速報】屋根の話。\n\n続き。")) == ["paragraph", "paragraph"]


def test_a_mark_in_the_body_is_a_source_only_with_a_known_field() -> None:
    assert kinds(read("題\n\n前文。\n\n◆背景: 団地の歴史\n\n続き。")) == ["paragraph"] * 3
    page = read('題\n\n前文。\n\n◆題材:"床"\n• 筆者: 畳\n\n続き。')
    assert kinds(page) == ["paragraph", "card", "paragraph"]
    assert page.sources[0].author == "畳"


def test_an_unknown_bullet_of_a_source_is_kept_and_asked_about() -> None:
    page = read('題\n◆題材:"床"\n• 筆者: 畳\n• 訳者: 襖\n• 筆者: 二人目\n\n本文。')
    assert page.sources[0].extra == ["訳者: 襖", "筆者: 二人目"]
    assert "訳者: 襖" in page.questions["sources"].ja


def test_bullets_are_nested_by_their_indent_whatever_it_is() -> None:
    page = read("題\n\nポイント整理\n\n• 一\n  • 細目\n• 二\n      • 深い")
    assert [part.level for part in page.parts if part.kind == "point"] == [1, 2, 1, 2]
    assert "points" in page.questions


def test_a_term_takes_its_definition_from_its_line_or_the_next() -> None:
    page = read("題\n\nキーワード解説\n\n【一】同じ行\n\n【二】\n\n次の行\n\n【三】\n\n【四】説明\n\nさらに続く")
    terms = [
        (part.name, [line.words for paragraph in part.paragraphs for line in paragraph]) for part in page.parts[1:]
    ]
    assert terms == [("一", ["同じ行"]), ("二", ["次の行"]), ("三", []), ("四", ["説明", "さらに続く"])]
    assert "glossary" in page.questions


def test_a_short_line_before_a_list_is_a_heading() -> None:
    assert kinds(read("題\n\n前文。\n\n三つの要点\n\n• 一\n\n• 二")) == ["paragraph", "heading", "point", "point"]


def test_only_the_last_paragraphs_are_the_notice() -> None:
    notice = "本稿は後日、noteでも公開します。"
    assert kinds(read(f"題\n\n{notice}\n\n本文。")) == ["paragraph", "paragraph"]
    assert kinds(read(f"題\n\n本文。\n\n{notice}\nどうぞ。"))[-1] == "notice"
    assert kinds(read(f"題\n\n{TALK}\n\nミオ: {notice}"))[-1] == "turn"


def test_every_line_of_the_page_has_a_rule() -> None:
    content = {number for number, line in enumerate(PAGE.split("\n"), 1) if line.strip()}
    assert set(read(PAGE).rules) == content


# --- dates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "not_before", "day", "inferred"),
    [
        ("2024年5月9日", None, date(2024, 5, 9), False),
        ("2024/05/09", None, date(2024, 5, 9), False),
        ("令和6年5月9日", None, date(2024, 5, 9), False),
        ("令和元年5月9日", None, date(2019, 5, 9), False),
        ("6月30日", date(2025, 6, 16), date(2025, 6, 30), True),
        ("1月5日", date(2024, 12, 20), date(2025, 1, 5), True),
        ("3月1日", None, date(2025, 3, 1), True),
        ("2月3日", None, date(2026, 2, 3), True),
        ("2月29日", date(2025, 1, 1), date(2028, 2, 29), True),
    ],
)
def test_dates_are_read_and_a_missing_year_is_marked(
    written: str, not_before: date | None, day: date, inferred: object
) -> None:
    read = read_date(written, not_before, CRAWLED)
    assert read is not None
    assert (read.day, read.inferred, read.form.of(day)) == (day, inferred, written)


@pytest.mark.parametrize("written", ["3 日前", "2024年2月30日", "13月1日", "昨日", "24/5/1", "令和5月1日"])
def test_what_is_no_date_stays_words(written: str) -> None:
    assert read_date(written, None, CRAWLED) is None


def test_a_date_that_cannot_be_read_is_kept_as_words() -> None:
    page = read("題\n更新日: 3 日前\n\n本文。")
    assert page.kept == {"更新日": "3 日前"}


def test_a_publications_date_stands_behind_its_name() -> None:
    dated = split_publication("The Roof, Vol. 3, 2024年4月2日", CRAWLED)
    assert dated is not None
    assert (dated.name, dated.read.day) == ("The Roof, Vol. 3", date(2024, 4, 2))
    assert split_publication("The Roof, 4月2日", CRAWLED) is None


# --- profiles ---------------------------------------------------------------------------------------------------


def test_a_wrong_profile_names_its_line_and_the_key_that_was_meant(tmp_path: Path) -> None:
    folder = tmp_path / "config/importing"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("drop_fist: x\nnotice: '('\n", encoding="utf-8")
    with pytest.raises(WrongInput) as refused:
        load_profile(tmp_path, None)
    said = refused.value.said("en")
    assert "config/importing/mine.yaml:1:1" in said
    assert "did you mean `drop_first`" in said
    assert "config/importing/mine.yaml:2:1" in said


def test_several_profiles_must_be_chosen_from(tmp_path: Path) -> None:
    folder = tmp_path / "config/importing"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text("bullet: •\n", encoding="utf-8")
    with pytest.raises(WrongInput, match="--profile"):
        load_profile(tmp_path, None)
    assert load_profile(tmp_path, "b").name == "b"
