from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from kawaraban.delivery import ActionKind, Attempt, Delivery, State
from kawaraban.errors import Conflict, Sentence
from kawaraban.ledger import Answer, Claim, EventKind, Expectation, Ledger, queries
from kawaraban.variant import LiveElsewhere, Variant
from tests.kawaraban.ledger.opened import HOUR, LEASE, T0, expected, fresh, receipt, variant

NO = Sentence(ja="だめです", en="no")


def claim(ledger: Ledger, text: Variant, action: ActionKind = ActionKind.CREATE, **changes: object) -> Attempt:
    asked = Claim(text.article, text.channel, action, text.digest, "file-1")
    timing = {"owner": "a", "lease": LEASE, "now": T0, "run": "run-1"} | changes
    reopen = bool(timing.pop("reopen", False))
    return ledger.claim(replace(asked, reopen=reopen), **timing)  # type: ignore[arg-type] # the tests' own


def now(ledger: Ledger, text: Variant) -> Delivery:
    found = ledger.delivery(text.article, text.channel)
    assert found is not None
    return found


def test_a_receipt_makes_it_live_and_freezes_what_readers_see(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    attempt = claim(ledger, text)
    assert now(ledger, text).state is State.SENDING
    ledger.arrived(attempt, receipt(T0 + HOUR), now=T0 + HOUR, who="editor")
    after = now(ledger, text)
    assert (after.state, after.live_digest, after.article_digest) == (State.LIVE, text.digest, "file-1")
    assert (after.first_live, after.url, after.lease_owner) == (T0 + HOUR, "https://example.com/r1", None)
    facts = ledger.facts(text.article)
    assert facts.published == T0 - HOUR
    assert facts.live == {"site": LiveElsewhere("https://example.com/r1", T0 + HOUR)}
    assert ledger.all_facts() == {text.article: facts}
    known = ledger.known(text.article)
    assert known is not None
    assert (known.published, known.live_slug) == (T0 - HOUR, "kawa")


def test_what_no_database_takes_is_left_out_of_a_servers_words(ledger: Ledger) -> None:
    """A server's id with a NUL, an error with half a letter: the outcome is written down all the same."""
    text = expected(ledger, variant())
    first = claim(ledger, text)
    ledger.save(first, "draft\x00 7\ud83d")
    said = Answer("unavailable", error=Sentence(ja="だめ\ud800", en="no\x00"), next_try=T0)
    ledger.conclude([(first, said)], now=T0, who="editor")
    odd = receipt(remote="r\x001\ud800", version="v\x00", differences=(Sentence(ja="\ud800", en="\x00"),))
    ledger.arrived(claim(ledger, text), odd, now=T0, who="editor")
    found = now(ledger, text)
    assert (found.state, found.remote_id, found.url) == (State.LIVE, "r1", "https://example.com/r1")
    ledger.accounts.answered(text.channel, shown="@p\x00", server="x\udfff", expires=None, now=T0)


def test_published_stays_frozen_and_old_slugs_are_remembered(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    ledger.arrived(claim(ledger, text), receipt(), now=T0, who="editor")
    moved = variant(text="改めた。", slug="kawa-no-oto")
    later = expected(ledger, moved.model_copy(update={"head": moved.head.model_copy(update={"published": T0 + HOUR})}))
    ledger.arrived(claim(ledger, later, ActionKind.UPDATE), receipt(T0 + HOUR), now=T0 + HOUR, who="editor")
    known = ledger.known(text.article)
    assert known is not None
    assert (known.published, known.live_slugs) == (T0 - HOUR, ("kawa", "kawa-no-oto"))
    assert now(ledger, later).first_live == T0


def test_two_never_hold_one_delivery(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    claim(ledger, text)
    with pytest.raises(Conflict, match="another is sending"):
        claim(ledger, text, owner="b", now=T0 + LEASE / 2)
    assert len(ledger.attempts(text.article, "site")) == 1


@pytest.mark.parametrize(("holder", "when"), [("a", T0 + LEASE), ("the dead", T0)])
def test_a_lapsed_lease_is_taken_over_with_the_same_key_and_a_doubt(ledger: Ledger, holder: str, when: object) -> None:
    text = expected(ledger, variant())
    first = claim(ledger, text, owner=holder)
    second = claim(ledger, text, owner="b", now=when)
    assert second.key == first.key
    assert second.doubts == (first.key,)
    assert [each.outcome for each in ledger.attempts(text.article, "site")] == ["lapsed", ""]


def test_a_doubt_outlives_an_edit(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    first = claim(ledger, text)
    edited = expected(ledger, variant(text="直した。"))
    second = claim(ledger, edited, owner="b", now=T0 + LEASE)
    assert second.key != first.key
    assert second.doubts == (first.key,)


def test_a_late_answer_moves_nothing_that_another_holds_and_is_told(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    first = claim(ledger, text)
    second = claim(ledger, text, owner="b", now=T0 + LEASE)
    with pytest.raises(Conflict, match="lease had lapsed"):
        ledger.arrived(first, receipt(), now=T0 + LEASE, who="editor")
    assert now(ledger, text).state is State.SENDING
    assert ledger.events(text.article)[-1].kind is EventKind.LATE_ANSWER
    ledger.arrived(second, receipt(), now=T0 + LEASE, who="editor")
    assert now(ledger, text).state is State.LIVE


def test_a_late_receipt_proves_that_it_is_there_while_nobody_sends_it(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    first = claim(ledger, text)
    second = claim(ledger, text, owner="b", now=T0 + LEASE)
    ledger.unavailable(second, NO, next_try=T0 + HOUR, now=T0 + LEASE, who="schedule")
    ledger.arrived(first, receipt(), now=T0 + LEASE, who="schedule")
    assert now(ledger, text).state is State.LIVE


def test_unavailable_waits_and_keeps_the_key(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    first = claim(ledger, text)
    ledger.unavailable(first, NO, next_try=T0 + HOUR, now=T0, who="schedule")
    after = now(ledger, text)
    assert (after.state, after.failures, after.next_try, after.error) == (State.WAITING, 1, T0 + HOUR, NO)
    second = claim(ledger, text, now=T0 + HOUR)
    assert (second.key, second.doubts, second.number) == (first.key, (), 2)


def test_a_refusal_ends_the_series_and_needs_a_person(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    first = claim(ledger, text)
    ledger.refused(first, NO, now=T0, who="schedule")
    assert now(ledger, text).state is State.FAILED
    with pytest.raises(Conflict):
        claim(ledger, text)
    again = claim(ledger, text, reopen=True)
    assert again.key != first.key


def test_a_refused_update_leaves_what_is_live(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    ledger.arrived(claim(ledger, text), receipt(), now=T0, who="editor")
    edited = expected(ledger, variant(text="直した。"))
    ledger.refused(claim(ledger, edited, ActionKind.UPDATE), NO, now=T0, who="editor")
    after = now(ledger, edited)
    assert (after.state, after.live_digest, after.public) == (State.FAILED, text.digest, True)
    assert "site" in ledger.facts(text.article).live
    ledger.unavailable(claim(ledger, edited, ActionKind.UPDATE, reopen=True), NO, next_try=None, now=T0, who="editor")
    assert now(ledger, edited).state is State.LIVE


def test_unsure_is_taken_up_again_only_with_its_doubt(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    first = claim(ledger, text)
    ledger.unsure(first, NO, now=T0, who="schedule")
    assert now(ledger, text).state is State.UNSURE
    assert claim(ledger, text).doubts == (first.key,)


def test_an_update_never_creates_and_a_create_never_updates(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    with pytest.raises(Conflict):
        claim(ledger, text, ActionKind.UPDATE)
    ledger.arrived(claim(ledger, text), receipt(), now=T0, who="editor")
    with pytest.raises(Conflict):
        claim(ledger, text)


def test_withdrawn_and_again(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    first = claim(ledger, text)
    ledger.arrived(first, receipt(), now=T0, who="editor")
    ledger.withdrawn(claim(ledger, text, ActionKind.WITHDRAW), now=T0 + HOUR, who="editor")
    after = now(ledger, text)
    assert (after.state, after.live_digest, after.public) == (State.WITHDRAWN, None, False)
    assert ledger.facts(text.article).live == {}
    assert ledger.facts(text.article).published == T0 - HOUR
    again = claim(ledger, text, reopen=True)
    assert again.key != first.key
    assert again.doubts == ()


def test_claims_are_all_or_none(ledger: Ledger) -> None:
    texts = [expected(ledger, variant(f"aaaaaaa{number}")) for number in range(3)]
    claim(ledger, texts[2])
    with pytest.raises(Conflict):
        ledger.claim_all(
            [Claim(each.article, "site", ActionKind.CREATE, each.digest) for each in texts],
            owner="b",
            lease=LEASE,
            now=T0,
        )
    assert now(ledger, texts[0]).state is State.WAITING


def test_one_write_settles_many(ledger: Ledger) -> None:
    texts = [
        expected(ledger, variant(f"aaaaaaa{number}", channel)) for number in range(3) for channel in ("site", "rss")
    ]
    tries = ledger.claim_all(
        [Claim(each.article, each.channel, ActionKind.CREATE, each.digest) for each in texts],
        owner="a",
        lease=LEASE,
        now=T0,
    )
    ledger.conclude([(each, Answer("live", receipt=receipt())) for each in tries], now=T0, who="editor")
    assert {each.state for each in ledger.deliveries()} == {State.LIVE}
    assert [text.article for _, text in ledger.live_variants("rss")] == ["aaaaaaa0", "aaaaaaa1", "aaaaaaa2"]
    assert len(ledger.deliveries(["aaaaaaa1"])) == 2


def test_what_was_not_kept_is_not_sent(ledger: Ledger) -> None:
    ledger.expect([Expectation("aaaaaaa1", "site", T0, "x")], now=T0, who="editor")
    with pytest.raises(LookupError, match="not kept"):
        claim(ledger, variant())


def test_a_note_between_two_requests_survives_until_success(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    first = claim(ledger, text)
    ledger.save(first, "draft 17")
    second = claim(ledger, text, now=T0 + LEASE)
    assert now(ledger, text).saved == "draft 17"
    with pytest.raises(Conflict):
        ledger.save(first, "draft 18")
    ledger.arrived(second, receipt(), now=T0 + LEASE, who="editor")
    assert now(ledger, text).saved is None


def test_expecting_the_same_again_writes_nothing(ledger: Ledger) -> None:
    text = expected(ledger, variant())
    rows = [Expectation(text.article, "site", T0, text.digest)]
    assert ledger.expect(rows, now=T0 + HOUR, who="editor") == 0
    assert ledger.expect([replace(rows[0], due=T0 + HOUR, off=True)], now=T0, who="editor") == 1
    assert [each.kind for each in ledger.events(text.article)] == [
        EventKind.EXPECTED,
        EventKind.RESCHEDULED,
        EventKind.OFF,
    ]


def test_asking_which_addresses_are_taken_goes_by_keys_and_reads_no_whole_table(tmp_path: Path) -> None:
    with fresh(tmp_path) as ledger, ledger._read() as connection:
        asked: list[str] = []
        event.listen(connection.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        queries.standing(connection, ["kawa"])
        lines = [
            row["detail"] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}", ("kawa",)).mappings()
        ]
    assert any("variants_slug" in line for line in lines)
    assert not [line for line in lines if line.startswith("SCAN") or "deliveries_channel" in line]
