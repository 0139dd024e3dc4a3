"""A three-way merge takes each side's changes and loses neither."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kawaraban.importing.merging import merge

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "\n"]), max_size=10).map("".join)


@given(LINES, LINES)
def test_where_one_side_is_as_it_was_the_other_side_is_taken(base: str, changed: str) -> None:
    assert merge(base, changed, base).text == changed
    assert merge(base, base, changed).text == changed


@given(LINES, LINES)
def test_the_same_change_on_both_sides_is_no_clash(base: str, changed: str) -> None:
    merged = merge(base, changed, changed)
    assert (merged.text, merged.clashes) == (changed, ())


@given(LINES, LINES, LINES)
def test_every_line_either_side_added_is_in_the_result_or_in_a_clash(base: str, ours: str, theirs: str) -> None:
    merged = merge(base, ours, theirs)
    told = merged.text + "".join(clash.ours + clash.theirs for clash in merged.clashes)
    for side in (ours, theirs):
        assert {line for line in side.splitlines() if line not in base.splitlines()} <= set(told.splitlines())


def test_changes_in_different_places_come_together() -> None:
    base = "一\n二\n三\n四\n"
    assert merge(base, "一!\n二\n三\n四\n", "一\n二\n三\n四!\n").text == "一!\n二\n三\n四!\n"
