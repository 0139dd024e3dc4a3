"""The posts of a thread in the ledger: written by who holds the delivery, remembered whatever ends the try."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kawaraban.delivery import ActionKind, Attempt, State
from kawaraban.errors import Conflict, Sentence
from kawaraban.ledger import Answer, Claim, Ending, EventKind, Expectation, Ledger, Settlement
from kawaraban.thread import PartDelivery, intended, part_key, standing
from kawaraban.variant import Part, Variant
from tests.kawaraban.ledger.opened import HOUR, LEASE, T0, expected, fresh, receipt, variant

CHANNEL = "social"
NO = Sentence(ja="だめです", en="no")


def text(article: str = "aaaaaaa1") -> Variant:
    parts = tuple(Part(text=f"{number}つめ。") for number in (1, 2, 3))
    return variant(article, CHANNEL).model_copy(update={"parts": parts})


def claimed(ledger: Ledger, words: Variant, **changes: object) -> Attempt:
    timing = {"owner": "a", "lease": LEASE, "now": T0} | changes
    asked = Claim(words.article, CHANNEL, ActionKind.CREATE, words.digest, reopen=True)
    return ledger.claim(asked, **timing)  # type: ignore[arg-type] # the tests' own


def part(attempt: Attempt, number: int) -> PartDelivery:
    key = part_key(attempt, ActionKind.CREATE, attempt.digest, number)
    return PartDelivery(attempt.article, CHANNEL, number, key, attempt.digest, T0, ActionKind.CREATE)


def posted(ledger: Ledger, attempt: Attempt, number: int) -> PartDelivery:
    intent = part(attempt, number)
    ledger.parts.put(attempt, [intent], now=T0, who="editor")
    there = standing(intent, receipt(remote=f"r{number}"))
    ledger.parts.put(attempt, [there], now=T0, who="editor")
    return there


def halfway(ledger: Ledger, words: Variant) -> tuple[bool, bool]:
    row = ledger.delivery(words.article, CHANNEL)
    assert row is not None
    return row.halfway, row.doubtful


def test_a_post_is_as_it_was_written_and_tells_of_itself(ledger: Ledger) -> None:
    words = expected(ledger, text())
    attempt = claimed(ledger, words)
    first = posted(ledger, attempt, 1)
    second = replace(part(attempt, 2), saved="note")
    ledger.parts.put(attempt, [second], now=T0, who="editor")
    assert ledger.parts.of(words.article, CHANNEL) == (first, second)
    assert ledger.parts.all() == {(words.article, CHANNEL): [first, second]}
    told = [(event.why.en, event.before, event.after) for event in ledger.events() if event.kind is EventKind.PART]
    assert [why for why, _, _ in told] == ["1: create …", "1: https://example.com/r1", "2: create …"]
    assert {(before, after) for _, before, after in told} == {(State.SENDING, State.SENDING)}


def test_every_post_has_the_time_that_one_post_has(ledger: Ledger) -> None:
    words = expected(ledger, text())
    attempt = claimed(ledger, words)
    ledger.parts.put(attempt, [part(attempt, 1)], now=T0, who="editor", until=T0 + HOUR)
    with pytest.raises(Conflict):
        claimed(ledger, words, owner="b", now=T0 + LEASE)
    assert claimed(ledger, words, owner="b", now=T0 + HOUR).number == 2


def test_who_has_lost_the_delivery_writes_nothing(ledger: Ledger) -> None:
    words = expected(ledger, text())
    late = claimed(ledger, words)
    claimed(ledger, words, owner="b", now=T0 + LEASE)
    with pytest.raises(Conflict):
        ledger.parts.put(late, [part(late, 1)], now=T0, who="editor")
    with pytest.raises(Conflict):
        ledger.parts.save(late, 1, "note")
    with pytest.raises(Conflict):
        ledger.parts.drop(late, 1)
    assert ledger.parts.of(words.article, CHANNEL) == ()


@pytest.mark.parametrize("outcome", ["refused", "unavailable"])
def test_what_is_out_keeps_the_delivery_half_way_though_nothing_is_in_doubt(ledger: Ledger, outcome: str) -> None:
    words = expected(ledger, text())
    attempt = claimed(ledger, words)
    posted(ledger, attempt, 1)
    answer = Answer(outcome, error=NO, sure=True)  # type: ignore[arg-type] # as parametrized
    ledger.conclude([(attempt, answer)], now=T0, who="editor")
    row = ledger.delivery(words.article, CHANNEL)
    assert row is not None
    assert (row.state, row.attempts - row.cleared) == (State.FAILED if outcome == "refused" else State.WAITING, 0)
    assert halfway(ledger, words) == (True, True)


def test_where_nothing_was_sent_nothing_is_half_way(ledger: Ledger) -> None:
    words = expected(ledger, text())
    attempt = claimed(ledger, words)
    ledger.parts.put(attempt, [part(attempt, 1)], now=T0, who="editor")
    ledger.parts.drop(attempt, 1)
    ledger.unavailable(attempt, NO, next_try=None, now=T0, who="editor")
    assert halfway(ledger, words) == (False, False)


def test_a_whole_thread_is_live_and_no_more_half_way(ledger: Ledger) -> None:
    words = expected(ledger, text())
    attempt = claimed(ledger, words)
    first, _, _ = [posted(ledger, attempt, number) for number in (1, 2, 3)]
    assert first.receipt is not None
    ledger.arrived(attempt, first.receipt, now=T0, who="editor")
    assert halfway(ledger, words) == (False, False)
    assert len(ledger.parts.of(words.article, CHANNEL)) == 3


def test_what_was_taken_down_is_kept_as_gone_and_gives_way_to_what_comes_again(ledger: Ledger) -> None:
    words = expected(ledger, text())
    attempt = claimed(ledger, words)
    posted(ledger, attempt, 1)
    ledger.parts.put(attempt, [part(attempt, 2)], now=T0, who="editor")
    ledger.withdrawn(attempt, now=T0, who="editor")
    assert ledger.parts.of(words.article, CHANNEL) == ()
    assert [(one.number, one.gone) for one in ledger.parts.gone(words.article, CHANNEL)] == [(1, T0)]
    again = claimed(ledger, words, now=T0 + HOUR)
    posted(ledger, again, 1)
    assert ledger.parts.gone(words.article, CHANNEL) == ()
    assert [one.number for one in ledger.parts.of(words.article, CHANNEL)] == [1]


def test_nothing_arrived_forgets_the_post_in_doubt_and_keeps_those_that_are_out(ledger: Ledger) -> None:
    words = expected(ledger, text())
    attempt = claimed(ledger, words)
    posted(ledger, attempt, 1)
    ledger.parts.put(attempt, [part(attempt, 2)], now=T0, who="editor")
    ledger.unsure(attempt, NO, now=T0, who="editor")
    ledger.settle(Ending(words.article, CHANNEL, Settlement.NOT_ARRIVED), now=T0, who="editor")
    assert [one.number for one in ledger.parts.of(words.article, CHANNEL)] == [1]
    assert halfway(ledger, words) == (True, True)


def test_a_half_out_thread_counts_as_a_post_of_the_hour_and_is_not_stopped_itself(ledger: Ledger) -> None:
    first, second = expected(ledger, text()), expected(ledger, text("aaaaaaa2"))
    attempt = claimed(ledger, first)
    posted(ledger, attempt, 1)
    ledger.unavailable(attempt, NO, next_try=None, now=T0, who="editor")
    asked = Claim(second.article, CHANNEL, ActionKind.CREATE, second.digest, burst=1)
    with pytest.raises(Conflict, match="stopped"):
        ledger.claim(asked, owner="a", lease=LEASE, now=T0)
    ledger.resume(ledger.holds()[0].scope, now=T0, who="editor")
    again = Claim(first.article, CHANNEL, ActionKind.CREATE, first.digest, burst=1)
    assert ledger.claim(again, owner="a", lease=LEASE, now=T0).number == 2


def test_a_copy_made_before_a_post_went_out_is_noticed_when_it_is_put_back(tmp_path: Path) -> None:
    """The mark beside the ledger moves with every post, not only with whole threads."""
    with fresh(tmp_path) as ledger:
        words = expected(ledger, text())
        attempt = claimed(ledger, words)
        for number in (1, 2):
            posted(ledger, attempt, number)
            mark = json.loads((tmp_path / ".kawaraban" / "ledger.mark").read_text(encoding="utf-8"))
            assert mark["sequence"] == ledger.events()[-1].sequence


def test_a_key_is_the_series_own_for_each_post_and_deed(ledger: Ledger) -> None:
    words = expected(ledger, text())
    attempt = claimed(ledger, words)
    deeds = [
        part_key(attempt, deed, digest, number)
        for deed in (ActionKind.CREATE, ActionKind.UPDATE)
        for digest in ("x", "y")
        for number in (1, 2)
    ]
    assert len(set(deeds)) == len(deeds)
    assert part_key(replace(attempt, number=9), ActionKind.CREATE, "x", 1) == deeds[0]


def test_a_note_and_the_first_instant_stay_under_one_key_only(ledger: Ledger) -> None:
    words = expected(ledger, text())
    there = replace(part(claimed(ledger, words), 1), saved="note")
    same = intended(there, ActionKind.UPDATE, "x", there.key, T0 + HOUR)
    assert (same.since, same.saved) == (T0, "note")
    other = intended(there, ActionKind.UPDATE, "x", "another", T0 + HOUR)
    assert (other.since, other.saved) == (T0 + HOUR, "")


def test_another_delivery_of_the_same_article_is_left_alone(ledger: Ledger) -> None:
    words = expected(ledger, text())
    ledger.keep(variant(words.article, "site"))
    ledger.expect([Expectation(words.article, "site", T0, None)], now=T0, who="editor")
    posted(ledger, claimed(ledger, words), 1)
    site = ledger.delivery(words.article, "site")
    assert site is not None
    assert not site.halfway
