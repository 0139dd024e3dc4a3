"""The stored states, the allowed steps, and the words that are derived from them (DESIGN section 2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawaraban.delivery import JAPANESE, STEPS, Delivery, Standing, State, Word, spoken, step, word
from kawaraban.errors import Conflict, alike

NOW = datetime(2024, 11, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROW: dict[str, Any] = {"due": NOW - HOUR, "made": NOW - HOUR}


def said(state: State, standing: dict[str, Any] | None = None, **row: Any) -> Word:
    values: dict[str, Any] = {"ready": True, "wanted_digest": "new"} | (standing or {})
    return word(Delivery("aaaaaaa1", "note", state, **ROW | row), Standing(**values), NOW)


def test_six_states_are_stored() -> None:
    assert [state.value for state in State] == ["waiting", "sending", "live", "failed", "unsure", "withdrawn"]


def test_every_step_that_is_not_in_the_table_raises() -> None:
    for before, after in product(State, State):
        if (before, after) in STEPS:
            assert step(before, after) is after
        else:
            with pytest.raises(Conflict, match="no step leads"):
                step(before, after)


def test_every_state_is_reached_from_waiting_and_none_is_a_dead_end() -> None:
    def reached(start: State) -> set[State]:
        seen, todo = {start}, [start]
        while todo:
            here = todo.pop()
            new = {after for before, after in STEPS if before is here} - seen
            seen |= new
            todo += new
        return seen

    assert reached(State.WAITING) == set(State)
    assert all(State.LIVE in reached(state) for state in State)
    assert (State.UNSURE, State.FAILED) not in STEPS, "unsure is never treated as failed"


WORDS: list[tuple[Word, State, dict[str, Any], dict[str, Any]]] = [
    (Word.DRAFT, State.WAITING, {"ready": False}, {}),
    (Word.BLOCKED, State.WAITING, {"blocked": True}, {}),
    (Word.ON_HOLD, State.WAITING, {"held": True}, {}),
    (Word.SCHEDULED, State.WAITING, {}, {"due": NOW + HOUR}),
    (Word.SCHEDULED, State.WAITING, {}, {"due": None}),
    (Word.DUE, State.WAITING, {}, {}),
    (Word.DUE, State.WAITING, {}, {"due": NOW}),
    (Word.OVERDUE, State.WAITING, {"late_after": NOW - HOUR}, {}),
    (Word.OVERDUE, State.WAITING, {"late_after": NOW - HOUR}, {"failures": 1}),
    (Word.RETRYING, State.WAITING, {}, {"failures": 1}),
    (Word.RETRYING, State.LIVE, {}, {"live_digest": "old", "failures": 1}),
    (Word.SENDING, State.SENDING, {}, {}),
    (Word.BY_HAND, State.WAITING, {"by_hand": True}, {"handed_over": "new"}),
    (Word.BY_HAND, State.LIVE, {"by_hand": True}, {"handed_over": "new", "live_digest": "old"}),
    (Word.TO_TAKE_DOWN, State.LIVE, {"by_hand": True, "withdrawing": True}, {"live_digest": "new"}),
    (Word.LIVE, State.LIVE, {}, {"live_digest": "new"}),
    (Word.LIVE, State.LIVE, {"wanted_digest": None}, {"live_digest": "old"}),
    (Word.CHANGED, State.LIVE, {}, {"live_digest": "old"}),
    (Word.CHANGED, State.LIVE, {"ready": False}, {"live_digest": "old"}),
    (Word.DRIFTED, State.LIVE, {}, {"live_digest": "new", "differences": (alike("段落 3"),)}),
    (Word.FAILED, State.FAILED, {}, {"failures": 1}),
    (Word.FAILED, State.FAILED, {"withdrawing": True}, {"failures": 1, "live_digest": "new"}),
    (Word.FAILED, State.FAILED, {"withdrawing": True}, {"failures": 1, "attempts": 1}),
    (Word.UNSURE, State.UNSURE, {}, {"failures": 1}),
    (Word.WITHDRAWN, State.WITHDRAWN, {}, {}),
    (Word.WITHDRAWN, State.WAITING, {"withdrawing": True}, {}),
    (Word.WITHDRAWN, State.FAILED, {"withdrawing": True}, {"failures": 1}),
    (Word.OFF, State.WAITING, {"enabled": False}, {}),
    (Word.OFF, State.WAITING, {}, {"off": True}),
]


@pytest.mark.parametrize(("expected", "state", "standing", "row"), WORDS)
def test_the_word_says_how_it_stands(
    expected: Word, state: State, standing: dict[str, Any], row: dict[str, Any]
) -> None:
    assert said(state, standing, **row) is expected


def test_every_word_is_reached_and_has_its_japanese() -> None:
    assert {row[0] for row in WORDS} == set(Word) == set(JAPANESE)
    assert len(set(JAPANESE.values())) == len(JAPANESE)
    assert (spoken(Word.BY_HAND, "ja"), spoken(Word.BY_HAND, "en")) == ("手動待ち", "by hand")


digests = st.sampled_from([None, "old", "new"])


@given(
    st.builds(
        Delivery,
        st.just("aaaaaaa1"),
        st.just("note"),
        st.sampled_from(State),
        due=st.none() | st.sampled_from([NOW - HOUR, NOW, NOW + HOUR]),
        live_digest=digests,
        handed_over=digests,
        failures=st.integers(0, 2),
        off=st.booleans(),
        differences=st.sampled_from([(), (alike("段落 3"),)]),
    ),
    st.builds(
        Standing,
        ready=st.booleans(),
        enabled=st.booleans(),
        blocked=st.booleans(),
        held=st.booleans(),
        by_hand=st.booleans(),
        wanted_digest=digests,
        withdrawing=st.booleans(),
        late_after=st.none() | st.sampled_from([NOW - HOUR, NOW + HOUR]),
    ),
)
@settings(max_examples=200, deadline=None)
def test_no_word_contradicts_the_state(delivery: Delivery, standing: Standing) -> None:
    found = word(delivery, standing, NOW)
    assert (found is Word.UNSURE) == (delivery.state is State.UNSURE)
    nothing_to_fail = standing.withdrawing and not (delivery.public or delivery.doubtful)
    assert (found is Word.FAILED) == (delivery.state is State.FAILED and not nothing_to_fail)
    assert (found is Word.SENDING) == (delivery.state is State.SENDING)
    assert found is not Word.LIVE or delivery.state is State.LIVE
    assert found not in (Word.DUE, Word.OVERDUE, Word.SCHEDULED, Word.DRAFT) or delivery.state is State.WAITING
