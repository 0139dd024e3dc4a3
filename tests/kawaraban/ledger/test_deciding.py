from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest

from kawaraban.delivery import TAKE_DOWN, ActionKind, Delivery, State
from kawaraban.errors import Conflict, Sentence, alike
from kawaraban.ledger import (
    Claim,
    Ending,
    EventKind,
    Expectation,
    Ledger,
    Posted,
    Scope,
    Seen,
    Settlement,
    process,
)
from kawaraban.variant import Variant
from tests.kawaraban.ledger.opened import HOUR, LEASE, T0, expected, receipt, variant

NO = Sentence(ja="だめです", en="no")
ID = "aaaaaaa1"
DIFFERS = Sentence(ja="段落 3", en="paragraph 3")


def note(text: str = "川の音。") -> Variant:
    return variant(channel="note", text=text)


def now(ledger: Ledger, channel: str = "note") -> Delivery:
    found = ledger.delivery(ID, channel)
    assert found is not None
    return found


def posted(ledger: Ledger, text: Variant, **changes: Any) -> None:
    ledger.record(Posted(ID, "note", receipt(T0 + HOUR, **changes), text.digest, "file-1"), now=T0 + HOUR, who="editor")


def unsure(ledger: Ledger, text: Variant, action: ActionKind = ActionKind.CREATE) -> None:
    attempt = ledger.claim(Claim(ID, "note", action, text.digest, "file-2"), owner="a", lease=LEASE, now=T0)
    ledger.unsure(attempt, NO, now=T0, who="schedule")


def settle(ledger: Ledger, settlement: Settlement, **more: str) -> Delivery:
    ledger.settle(Ending(ID, "note", settlement, **more), now=T0 + HOUR, who="editor")  # type: ignore[arg-type] # strings only
    return now(ledger)


def test_a_package_waits_for_a_person_and_the_record_makes_it_live(ledger: Ledger) -> None:
    text = expected(ledger, note())
    ledger.handed_over(ID, "note", text.digest, now=T0, who="editor")
    assert (now(ledger).state, now(ledger).handed_over) == (State.WAITING, text.digest)
    posted(ledger, text, differences=(DIFFERS,))
    after = now(ledger)
    assert (after.state, after.handed_over, after.differences) == (State.LIVE, None, (DIFFERS,))
    assert (after.live_digest, after.article_digest) == (text.digest, "file-1")
    assert ledger.facts(ID).live["note"].since == T0 + HOUR


def test_what_nobody_expected_can_be_recorded(ledger: Ledger) -> None:
    text = note()
    ledger.keep(text)
    posted(ledger, text)
    assert now(ledger).state is State.LIVE
    assert [event.kind for event in ledger.events(ID)] == [EventKind.EXPECTED, EventKind.RECORDED]


def test_only_a_kept_text_is_handed_over_or_recorded(ledger: Ledger) -> None:
    expected(ledger, note())
    with pytest.raises(LookupError):
        ledger.handed_over(ID, "note", "x", now=T0, who="editor")
    with pytest.raises(LookupError):
        posted(ledger, note("別の文。"))


def test_unsure_ends_as_arrived_or_as_not_arrived(ledger: Ledger) -> None:
    text = expected(ledger, note())
    unsure(ledger, text)
    back = settle(ledger, Settlement.NOT_ARRIVED)
    assert (back.state, back.error) == (State.WAITING, None)
    again = ledger.claim(Claim(ID, "note", ActionKind.CREATE, text.digest), owner="a", lease=LEASE, now=T0)
    assert again.doubts == ()
    ledger.unsure(again, NO, now=T0, who="schedule")
    there = settle(ledger, Settlement.ARRIVED)
    assert (there.state, there.live_digest, there.verified) == (State.LIVE, text.digest, False)


def test_an_unsure_update_that_did_not_arrive_leaves_what_was_live(ledger: Ledger) -> None:
    first = expected(ledger, note())
    posted(ledger, first)
    edited = expected(ledger, note("直した。"))
    unsure(ledger, edited, ActionKind.UPDATE)
    assert now(ledger).public
    back = settle(ledger, Settlement.NOT_ARRIVED)
    assert (back.state, back.live_digest) == (State.LIVE, first.digest)
    unsure(ledger, edited, ActionKind.UPDATE)
    there = settle(ledger, Settlement.ARRIVED)
    assert (there.live_digest, there.article_digest, there.url) == (edited.digest, "file-2", "https://example.com/r1")


def test_an_unsure_withdrawal_that_arrived_is_withdrawn(ledger: Ledger) -> None:
    text = expected(ledger, note())
    posted(ledger, text)
    unsure(ledger, text, ActionKind.WITHDRAW)
    assert settle(ledger, Settlement.ARRIVED).state is State.WITHDRAWN


def test_what_is_there_can_stay_as_it_is_until_the_article_changes(ledger: Ledger) -> None:
    text = expected(ledger, note())
    posted(ledger, text, differences=(DIFFERS,))
    after = settle(ledger, Settlement.AS_IT_IS, against="file-1")
    assert (after.differences, after.pinned_digest, after.pinned_against) == ((), text.digest, "file-1")


def test_a_post_that_a_person_removed_is_withdrawn(ledger: Ledger) -> None:
    text = expected(ledger, note())
    posted(ledger, text)
    ledger.handed_over(ID, "note", TAKE_DOWN, now=T0, who="editor")
    assert settle(ledger, Settlement.ARRIVED).state is State.WITHDRAWN
    with pytest.raises(Conflict, match="nothing to settle"):
        settle(ledger, Settlement.TAKEN_DOWN)


@pytest.mark.parametrize("settlement", [Settlement.ARRIVED, Settlement.NOT_ARRIVED, Settlement.AS_IT_IS])
def test_what_is_not_open_cannot_be_settled(ledger: Ledger, settlement: Settlement) -> None:
    expected(ledger, note())
    with pytest.raises(Conflict):
        settle(ledger, settlement)
    with pytest.raises(Conflict, match="no delivery"):
        ledger.settle(Ending(ID, "nowhere", settlement), now=T0, who="editor")


def test_pins_are_set_and_ended_and_end_when_another_text_goes_live(ledger: Ledger) -> None:
    text = expected(ledger, note())
    posted(ledger, text)
    ledger.pin(ID, "note", text.digest, against="file-1", now=T0, who="editor")
    assert now(ledger).pinned_digest == text.digest
    posted(ledger, text)
    assert now(ledger).pinned_digest == text.digest
    posted(ledger, expected(ledger, note("直した。")))
    assert now(ledger).pinned_digest is None
    ledger.pin(ID, "note", text.digest, against="file-1", now=T0, who="editor")
    ledger.unpin(ID, "note", now=T0, who="editor")
    assert now(ledger).pinned_digest is None


def test_holds_are_in_force_until_resumed_and_the_first_stays(ledger: Ledger) -> None:
    first = ledger.hold(Scope(channel="note"), now=T0, who="editor", why="地震")
    assert ledger.hold(Scope(channel="note"), now=T0 + HOUR, who="other") == first
    ledger.hold(Scope(), now=T0, who="editor")
    assert {hold.scope for hold in ledger.holds()} == {Scope(channel="note"), Scope()}
    assert first.scope.covers(ID, "note")
    assert not first.scope.covers(ID, "site")
    assert ledger.resume(Scope(channel="note"), now=T0, who="editor")
    assert not ledger.resume(Scope(channel="note"), now=T0, who="editor")
    assert [event.kind for event in ledger.events()] == [EventKind.HELD, EventKind.HELD, EventKind.RESUMED]


def test_one_publish_at_a_time(ledger: Ledger) -> None:
    with (
        ledger.lock("publish", owner="a", now=T0, lease=LEASE),
        pytest.raises(Conflict, match="another publish is running"),
        ledger.lock("publish", owner="b", now=T0 + LEASE / 2, lease=LEASE),
    ):
        pass
    with ledger.lock("publish", owner="b", now=T0, lease=LEASE):
        pass


def test_what_there_is_nothing_to_settle_about_is_said_in_words_people_read(ledger: Ledger) -> None:
    text = expected(ledger, note())
    with pytest.raises(Conflict) as waiting:
        settle(ledger, Settlement.NOT_ARRIVED)
    assert waiting.value.what.ja == "note は「待ち」なので、こうは決められません"
    ledger.record(Posted(ID, "note", receipt(T0), text.digest), now=T0, who="editor")
    with pytest.raises(Conflict) as live:
        settle(ledger, Settlement.NOT_ARRIVED)
    assert live.value.what.ja == "note は「公開済」なので、こうは決められません"


def test_who_holds_a_lock_is_said_so_that_a_person_finds_it(ledger: Ledger) -> None:
    with (
        ledger.lock("publish", owner=process.owner(), now=T0, lease=LEASE),
        pytest.raises(Conflict) as refused,
        ledger.lock("publish", owner="b", now=T0 + timedelta(seconds=70), lease=2 * LEASE),
    ):
        pass
    here = f"{os.getpid()}"
    assert refused.value.said("ja").startswith(
        f"いま別の publish が動いています（この機械のプロセス {here}、1分前から）"
    )
    assert refused.value.what.en == f"another publish is running (process {here} on this machine, for 1 min)"
    assert process.said_of("box.4026/boot/7/99").en == "process 7 on box"
    assert process.said_of("a hand").en == "a hand"


def test_a_lock_of_the_dead_and_a_lapsed_one_give_way(ledger: Ledger) -> None:
    with (
        ledger.lock("publish", owner="the dead", now=T0, lease=LEASE),
        ledger.lock("publish", owner="a", now=T0, lease=LEASE),
        ledger.lock("publish", owner="b", now=T0 + LEASE, lease=LEASE),
    ):
        pass


def test_what_subscribers_saw_at_an_instant_can_be_read_again(ledger: Ledger) -> None:
    first, second = expected(ledger, note()), expected(ledger, note("直した。"))
    for text, at in ((first, T0), (second, T0 + 2 * HOUR)):
        ledger.record(Posted(ID, "note", receipt(at), text.digest), now=at, who="editor")
    ledger.hold(Scope(ID, "note"), now=T0 + 3 * HOUR, who="editor")
    settle(ledger, Settlement.TAKEN_DOWN)
    for at, seen in ((T0 - HOUR, None), (T0, first), (T0 + HOUR, None), (T0 + 2 * HOUR, None)):
        # the settlement above was at T0 + 1 h, after the record of T0 + 2 h in sequence: the last word counts
        assert ledger.live_at(ID, "note", at) == seen


def test_articles_are_remembered_as_they_were_last_seen(ledger: Ledger) -> None:
    ledger.saw([Seen(ID, "川の音", "articles/2024/kawa/index.md", "kawa", "file-1")])
    ledger.saw([Seen(ID, "川の音、再び", "articles/2024/oto/index.md", "oto", "file-2")])
    known = ledger.known(ID)
    assert known is not None
    assert (known.title, known.path, known.digest) == ("川の音、再び", "articles/2024/oto/index.md", "file-2")
    assert ledger.all_known() == {ID: known}
    assert known.published is None
    assert known.live_slug is None


def test_events_come_newest_last_and_can_be_followed(ledger: Ledger) -> None:
    for hours in range(5):
        ledger.expect([Expectation(ID, "site", T0 + hours * HOUR, None)], now=T0, who="editor", run="run-1")
    every = ledger.events()
    assert [event.sequence for event in every] == [1, 2, 3, 4, 5]
    assert {event.run for event in every} == {"run-1"}
    assert ledger.events(limit=2) == every[-2:]
    assert ledger.events(after=3) == every[-2:]
    assert ledger.events("bbbbbbb2") == []
    assert ledger.events(ID, "note") == []


def test_equal_texts_of_two_channels_are_both_kept(ledger: Ledger) -> None:
    site = variant()
    rss = site.model_copy(update={"channel": "rss"})
    assert ledger.keep(site, rss, site) == (site.digest,) * 3
    assert ledger.variant(site.digest, "rss") == rss
    assert ledger.variant(site.digest) is not None
    assert ledger.variant(site.digest, "note") is not None
    assert ledger.variant("0" * 64) is None
    assert ledger.kept() == frozenset({(site.digest, "site"), (site.digest, "rss")})


def test_what_differs_is_kept_and_told_in_both_languages(ledger: Ledger) -> None:
    posted(ledger, expected(ledger, note()))
    also = Sentence(ja="画像", en="the pictures")
    assert ledger.read_back(ID, "note", (DIFFERS, also), now=T0 + HOUR, who="editor")
    assert not ledger.read_back(ID, "note", (DIFFERS, also), now=T0 + HOUR, who="editor"), "that was known"
    assert now(ledger).differences == (DIFFERS, also)
    assert ledger.events(ID, "note")[-1].why == Sentence(ja="段落 3；画像", en="paragraph 3; the pictures")


@pytest.mark.parametrize("words", ["", "確認中", '{"ja": "雨"}', "{", "[1]", '{"ja": "雨", "en": "rain"}'])
def test_what_a_person_wrote_is_told_as_it_was_written(ledger: Ledger, words: str) -> None:
    ledger.pin(ID, "note", expected(ledger, note()).digest, against="file-1", now=T0, who="editor", why=words)
    assert ledger.events(ID, "note")[-1].why == alike(words or note().digest)


def test_what_older_rows_have_in_one_language_stands_for_both(ledger: Ledger) -> None:
    posted(ledger, expected(ledger, note()))
    with ledger._write() as connection:
        connection.exec_driver_sql('UPDATE deliveries SET differences = \'["段落 3", "改行"]\'')
    assert now(ledger).differences == (alike("段落 3"), alike("改行"))
    assert ledger.differing(["note"]) == [now(ledger)]
