from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kawaraban.plan import DiffLine, Stroke
from kawaraban.plan.diffing import diff
from kawaraban.variant import Asset, Head, Recipe, Variant


def variant(text: str = "", title: str = "題", **changes: Any) -> Variant:
    head = Head(article="aaaaaaa1", slug="kawa", url="https://example.com/articles/kawa/")
    return Variant(
        **{"article": "aaaaaaa1", "channel": "site", "title": title, "body": "", "text": text, "head": head, **changes}
    )


def strokes(line: DiffLine) -> list[tuple[str, str]]:
    return [(stroke.kind, stroke.text) for stroke in line.strokes]


def test_an_edit_is_shown_in_whole_phrases() -> None:
    before = variant("彼女は静かに傘を閉じ、濡れた石畳を歩きだした。")
    after = variant("彼女は静かに傘をたたみ、濡れた石畳を歩きだした。")
    (line,) = diff(before, after)
    assert line.part == "text"
    assert strokes(line) == [
        ("keep", "彼女は静かに傘を"),
        ("cut", "閉じ、"),
        ("add", "たたみ、"),
        ("keep", "濡れた石畳を歩きだした。"),
    ]


def test_words_with_spaces_are_whole_words() -> None:
    (line,) = diff(variant("The river is long."), variant("The river was long."))
    assert ("cut", "is ") in strokes(line)
    assert ("add", "was ") in strokes(line)


def test_new_and_lost_lines_stand_alone() -> None:
    assert diff(variant("一。\n二。"), variant("一。")) == (DiffLine("text", (Stroke("cut", "二。"),)),)
    assert diff(variant("一。"), variant("零。\n一。")) == (DiffLine("text", (Stroke("add", "零。"),)),)


def test_title_and_alt_text_are_part_of_what_subscribers_see() -> None:
    def asset(alt: str) -> Asset:
        return Asset(
            name="a.jpg",
            file="a.jpg",
            source="0",
            recipe=Recipe(width=1),
            media_type="image/jpeg",
            width=1,
            height=1,
            alt=alt,
        )

    lines = diff(variant(assets=(asset("窓"),)), variant(title="別の題", assets=(asset("扉"),)))
    assert [line.part for line in lines] == ["title", "pictures"]


def test_what_only_markup_changed_has_no_lines() -> None:
    assert diff(variant("一。", body="<p>一。</p>"), variant("一。", body="<p><b>一。</b></p>")) == ()


@given(st.text("あ川。a \n漢", max_size=40), st.text("あ川。a \n漢", max_size=40))
def test_a_diff_loses_no_character_on_either_side(old: str, new: str) -> None:
    lines = diff(variant(old), variant(new))
    cut = "".join(stroke.text for line in lines for stroke in line.strokes if stroke.kind == "cut")
    added = "".join(stroke.text for line in lines for stroke in line.strokes if stroke.kind == "add")
    kept_before, kept_after = len("".join(old.splitlines())) - len(cut), len("".join(new.splitlines())) - len(added)
    assert kept_before == kept_after
    assert all(line.before in old.splitlines() or line.before == "" for line in lines)
    assert all(line.after in new.splitlines() or line.after == "" for line in lines)


def test_a_long_text_is_compared_quickly() -> None:
    before = "川の音がする。" * 30_000
    after = before[:100_002] + "雨が降る。" + before[100_002:]
    assert [
        stroke.text for line in diff(variant(before), variant(after)) for stroke in line.strokes if stroke.kind == "add"
    ]
