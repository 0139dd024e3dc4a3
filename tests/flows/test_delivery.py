"""Sending to one channel: what the ledger says afterwards is what is really there, whatever went wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from pydantic import SecretStr

from flows.stages.deed import lease_of
from kawaraban import registry
from kawaraban.channels.http.failures import KINDS, failure_of
from kawaraban.channels.protocol import Payload, Save
from kawaraban.config import Secret
from kawaraban.delivery import ActionKind, Receipt, State
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable, Unsure
from kawaraban.ledger import Ending, Scope, Settlement
from tests.builders import channel
from tests.flows.posts import HOOK, ID, Desk, ListHook, Own, SilentHook, desk, text

LOST = Unsure(Sentence(ja="返事がありません", en="no answer"))
NO = Refused(Sentence(ja="だめです", en="no"))
TOO_LONG = Refused(
    Sentence(ja="長すぎます", en="too long"), remedy=Sentence(ja="短くしてください", en="make it shorter")
)
LOCKED = NotAuthorised(Sentence(ja="認証が通りません", en="our credentials are refused"))
AWAY = Unavailable(Sentence(ja="つながりません", en="no connection"))
NOTE = "a note between two requests"
FIRST, SECOND = text("川の音。"), text("直した。")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as opened:
        yield opened


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, SilentHook) as opened:
        yield opened


def answers_again(at: Desk) -> None:
    at.server.before = at.server.after = at.server.blind = None


def test_a_post_is_sent_once_and_its_receipt_recorded(at: Desk) -> None:
    result = at.send(FIRST)
    assert (result.outcome, at.server.requests) == ("live", ["create"])
    assert (at.row.state, at.row.live_digest, at.row.url) == (State.LIVE, FIRST.digest, result.place)


def test_what_is_refused_is_kept_with_what_a_person_does_about_it(at: Desk) -> None:
    at.server.before = TOO_LONG
    assert at.send(FIRST).error == Sentence(ja="長すぎます → 短くしてください", en="too long → make it shorter")
    assert at.row.error == Sentence(ja="長すぎます → 短くしてください", en="too long → make it shorter")


def test_an_answer_lost_on_the_way_is_found_and_nothing_is_sent_again(at: Desk) -> None:
    at.server.after = LOST
    assert at.send(FIRST).outcome == "unsure"
    assert at.row.next_try == at.now + timedelta(minutes=1)  # asked again then, unless a person is quicker
    answers_again(at)
    assert at.send(FIRST).outcome == "live"
    assert at.server.requests == ["create", "find"]
    assert (at.row.state, at.row.live_digest, at.row.doubtful) == (State.LIVE, FIRST.digest, False)


def test_what_is_sent_or_asked_again_is_the_same_with_what_was_noted_under_its_key(at: Desk) -> None:
    """`since` is when the series began, and a note belongs to the key under which it was made."""
    seen: list[tuple[str, Payload]] = []
    create, find = at.house.hook.create, at.house.hook.find

    def creating(payload: Payload, key: str, save: Save) -> Receipt:
        seen.append((key, payload))
        return create(payload, key, save)

    def finding(payload: Payload, key: str) -> Receipt | None:
        seen.append((key, payload))
        return find(payload, key)

    at.house.hook.create, at.house.hook.find = creating, finding  # type: ignore[method-assign] # they look on
    at.server.before = LOST
    at.send(FIRST)
    began, at.now = at.now, at.now + timedelta(hours=2)
    answers_again(at)
    at.server.before = LOST
    at.send(FIRST)
    answers_again(at)
    at.send(SECOND)
    first, asked, again, asked_once_more, other = [payload for _, payload in seen]
    assert [one.since for one in (first, asked, again, asked_once_more)] == [began] * 4
    assert (first.saved, asked.saved, again.saved) == ("", NOTE, NOTE)
    assert replace(first, saved=NOTE) == again == asked
    assert (other.since, other.saved) == (at.now, ""), "another text is another series"
    assert at.row.saved is None


def test_a_post_found_under_an_older_key_is_recorded_with_the_text_it_carries(at: Desk) -> None:
    at.server.after = LOST
    at.send(FIRST)
    answers_again(at)
    at.send(SECOND)
    assert list(at.server.posts.values()) == [FIRST.text]
    assert (at.row.live_digest, at.row.article_digest) == (FIRST.digest, f"file of {FIRST.text}")
    assert at.row.desired_digest == SECOND.digest  # so the word is "changed", and the next step updates it
    assert at.send(SECOND).outcome == "live"
    assert list(at.server.posts.values()) == [SECOND.text]
    assert at.row.live_digest == SECOND.digest
    assert at.server.requests == ["create", "find", "update"]


def test_what_did_not_arrive_is_sent_after_asking(at: Desk) -> None:
    at.server.before = LOST
    at.send(FIRST)
    answers_again(at)
    at.send(SECOND)
    assert at.server.requests == ["create", "find", "create"]
    assert list(at.server.posts.values()) == [SECOND.text]


def test_where_nothing_can_be_asked_a_person_decides(silent: Desk) -> None:
    silent.server.after = LOST
    silent.send(FIRST)
    answers_again(silent)
    assert silent.send(FIRST).outcome == "unsure"
    assert silent.send(SECOND).outcome == "unsure"
    assert silent.server.requests == ["create"]
    assert silent.row.state is State.UNSURE
    silent.house.ledger.settle(Ending(ID, HOOK, Settlement.ARRIVED), now=silent.now, who="editor")
    assert (silent.row.state, silent.row.live_digest) == (State.LIVE, FIRST.digest)


@pytest.mark.parametrize("appears", [True, False])
def test_a_list_is_asked_twice_before_anything_is_sent_again(tmp_path: Path, *, appears: bool) -> None:
    with desk(tmp_path, ListHook) as at:
        at.server.indexed = False
        at.server.after = LOST
        at.send(FIRST)
        answers_again(at)
        waited: list[float] = []

        def pause(seconds: float) -> None:
            waited.append(seconds)
            at.server.indexed = appears

        at.pause = pause
        assert at.send(FIRST).outcome == "live"
        asked = ["create", "find", "find"]
        assert at.server.requests == (asked if appears else [*asked, "create"])
        assert waited == [ListHook.capabilities.lag.total_seconds()]


def test_nothing_is_sent_when_asking_took_so_long_that_another_may_take_over(at: Desk) -> None:
    at.server.before = LOST
    at.send(FIRST)
    answers_again(at)
    find = at.house.hook.find

    def slow(payload: Payload, key: str) -> Receipt | None:
        at.now += timedelta(minutes=12)
        return find(payload, key)

    at.house.hook.find = slow  # type: ignore[method-assign] # this server is slow today
    assert at.send(FIRST).outcome == "unavailable"
    assert at.server.posts == {}
    assert (at.row.state, at.row.doubtful) == (State.UNSURE, True)


KEPT = {"env": "NOBODY_ASKS"}
SERVER = {"server": "https://example.net"}
MACHINES: dict[str, dict[str, object]] = {
    "bluesky": {"handle": "paper.example.net", "password": KEPT},
    "ghost": {**SERVER, "key": KEPT},
    "mastodon": {**SERVER, "token": KEPT},
    "rehearsal": {},
    "webhook": {"url": "https://example.net/"},
    "wordpress": {**SERVER, "user": "paper", "password": KEPT},
}
"""The kinds that are sent to one by one, with what their settings need."""


def _longest_timeout(kind: str) -> timedelta:
    rules = registry.kind(channel(kind)).Settings.model_fields["timeout"].metadata
    found: timedelta = next(rule.le for rule in rules if hasattr(rule, "le"))
    return found


def test_a_lease_outlives_asking_twice_and_sending_with_the_longest_time_outs() -> None:
    able = {name: registry.kind(channel(name)).capabilities for name in registry.kinds()}
    assert {name for name, each in able.items() if not (each.edition or each.by_hand)} == set(MACHINES)
    for kind, needed in MACHINES.items():
        longest = _longest_timeout(kind)
        slow = registry.capabilities(channel(kind, own={**needed, "timeout": f"{longest.total_seconds():.0f}s"}))
        assert slow.longest >= 2 * longest, kind
        assert lease_of(slow) > 2 * slow.longest + slow.lag + slow.longest + timedelta(minutes=1)


@pytest.mark.parametrize(
    "blind", [AWAY, LOST, NO, LOCKED, RuntimeError("mystery")], ids=lambda error: type(error).__name__
)
def test_a_channel_that_cannot_be_asked_now_keeps_the_doubt(at: Desk, blind: Exception) -> None:
    at.server.after = LOST
    at.send(FIRST)
    answers_again(at)
    at.server.blind = blind
    assert at.send(SECOND).outcome == "unsure"
    assert (at.row.state, at.row.doubtful) == (State.UNSURE, True)
    assert at.server.requests == ["create", "find"]
    assert bool(at.house.ledger.holds()) is isinstance(blind, NotAuthorised)
    at.house.ledger.settle(Ending(ID, HOOK, Settlement.ARRIVED), now=at.now, who="editor")
    assert at.row.live_digest == FIRST.digest, "the second text never left"


def test_a_refusal_that_created_a_post_is_found(at: Desk) -> None:
    at.server.after = NO
    assert at.send(FIRST).outcome == "live"
    assert at.row.live_digest == FIRST.digest


def test_a_refusal_stays_refused_where_nothing_is_found_or_nobody_can_tell(at: Desk) -> None:
    at.server.before = NO
    assert at.send(FIRST).outcome == "refused"
    assert (at.row.state, at.row.doubtful) == (State.FAILED, False)
    at.server.blind = AWAY
    assert at.send(FIRST, reopen=True).outcome == "refused"


def test_refused_credentials_hold_the_channel_and_the_next_delivery_does_not_knock(at: Desk) -> None:
    at.server.before = LOCKED
    assert at.send(FIRST).outcome == "unavailable"
    assert [hold.scope for hold in at.house.ledger.holds()] == [Scope(channel=HOOK)]
    assert "credentials" in at.house.ledger.holds()[0].why
    knocked = list(at.server.requests)
    assert at.send(FIRST).outcome == "unavailable"
    assert (at.server.requests, at.row.attempts, at.row.state) == (knocked, 1, State.WAITING)
    answers_again(at)
    at.house.ledger.resume(Scope(channel=HOOK), now=at.now, who="editor")
    assert at.send(FIRST).outcome == "live", "nobody has to name what only the credentials stopped"


def test_a_withdrawal_whose_credentials_are_refused_waits_to_be_named(at: Desk) -> None:
    """No hold stops a withdrawal: tried by itself it would knock for ever."""
    at.send(FIRST)
    at.server.before = LOCKED
    assert at.send(FIRST, ActionKind.WITHDRAW).outcome == "refused"
    assert at.row.state is State.FAILED


def test_a_hold_set_after_the_plan_was_made_still_stops_the_post_but_no_withdrawal(at: Desk) -> None:
    at.send(FIRST)
    at.house.ledger.hold(Scope(), now=at.now, who="editor")
    assert at.send(SECOND).outcome == "unavailable"
    assert at.send(FIRST, ActionKind.WITHDRAW).outcome == "withdrawn"
    assert at.server.posts == {}


def test_the_back_off_grows_and_a_servers_own_wish_goes_before_it(at: Desk) -> None:
    waits = []
    at.server.before = AWAY
    for _ in range(6):
        at.send(FIRST)
        assert at.row.next_try is not None
        waits.append(at.row.next_try - at.now)
        at.now = at.row.next_try
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=1), timedelta(hours=1))
    at.server.before = Unavailable(AWAY.what, after=timedelta(hours=5))
    at.send(FIRST)
    assert at.row.next_try == at.now + timedelta(hours=5)
    answers_again(at)
    at.send(FIRST)
    after = at.row
    assert (after.failures, after.next_try, after.error, after.saved) == (0, None, None, None)


def test_a_failure_without_a_type_may_have_arrived(at: Desk) -> None:
    at.server.after = RuntimeError("mystery")
    assert at.send(FIRST).outcome == "unsure"
    answers_again(at)
    assert at.send(FIRST).outcome == "live"
    assert at.server.requests == ["create", "find"]


@pytest.mark.parametrize("cls", sorted(KINDS, key=str), ids=lambda cls: cls.__name__)
def test_every_exception_of_requests_ends_as_its_kind_says(at: Desk, cls: type[requests.RequestException]) -> None:
    at.server.before = failure_of(cls.__new__(cls), "https://example.net/")
    expected = {Refused: State.FAILED, Unavailable: State.WAITING, Unsure: State.UNSURE}
    at.send(FIRST)
    assert at.row.state is expected[KINDS[cls]]


def test_a_withdrawal_takes_down_what_an_unanswered_try_may_have_posted(at: Desk) -> None:
    at.server.after = LOST
    at.send(FIRST)
    answers_again(at)
    assert at.send(FIRST, ActionKind.WITHDRAW).outcome == "withdrawn"
    assert at.server.posts == {}
    assert at.row.state is State.WITHDRAWN


def test_a_withdrawal_of_what_may_have_arrived_where_nothing_can_be_asked_is_a_persons(silent: Desk) -> None:
    silent.server.after = LOST
    silent.send(FIRST)
    answers_again(silent)
    assert silent.send(FIRST, ActionKind.WITHDRAW).outcome == "unsure"
    assert silent.row.state is State.UNSURE


def test_a_lost_answer_of_an_update_is_sent_again_to_the_same_post(at: Desk) -> None:
    at.send(FIRST)
    at.server.after = LOST
    at.send(SECOND)
    answers_again(at)
    assert (at.row.state, at.row.live_digest) == (State.UNSURE, FIRST.digest)
    assert at.send(SECOND).outcome == "live"
    assert list(at.server.posts.values()) == [SECOND.text]
    assert at.house.ledger.attempts(ID, HOOK)[1].key == at.house.ledger.attempts(ID, HOOK)[2].key


@pytest.mark.parametrize("kind", [RuntimeError, Unsure, Refused, Unavailable, NotAuthorised])
def test_no_secret_reaches_a_row_an_event_a_log_line_or_a_repr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: type[Exception]
) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "tok-9f3e/77")
    own = Own(password=SecretStr("hush-hush"), token=Secret(env="HOOK_TOKEN"))
    said = "POST https://example.net/?key=tok-9f3e%2F77 as editor:hush-hush (tok-9f3e/77)"
    with desk(tmp_path, own=own) as at:
        at.server.before = kind(said) if kind is RuntimeError else kind(Sentence(ja=said, en=said))
        result = at.send(FIRST)
        ledger = at.house.ledger
        shown = [repr(result), repr(at.house), repr(at.row), repr(ledger.attempts(ID, HOOK)), repr(ledger.events())]
        shown += [repr(ledger.holds()), caplog.text]
    everything = "".join(shown).encode() + b"".join(path.read_bytes() for path in tmp_path.rglob("ledger.sqlite*"))
    assert "‹…›".encode() in everything
    for secret in (b"hush-hush", b"tok-9f3e/77", b"tok-9f3e%2F77"):
        assert secret not in everything
