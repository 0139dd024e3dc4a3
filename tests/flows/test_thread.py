"""A thread is posted once, in order, and goes on where it stopped; edits touch what they change; it goes from its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from kawaraban.delivery import ActionKind, State
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable, Unsure, alike
from kawaraban.ledger import Ending, EventKind, Scope, Settlement
from kawaraban.thread import alone, differs, missing, same_post
from kawaraban.variant import Variant
from tests.flows.posts import HOOK, ID, text
from tests.flows.threads import AnsweringThreads, Desk, Killed, LastingThreads, ListedThreads, desk, said, thread

LOST = Unsure(Sentence(ja="返事がありません", en="no answer"))
NO = Refused(Sentence(ja="だめです", en="no"))
LOCKED = NotAuthorised(Sentence(ja="認証が通りません", en="our credentials are refused"))
AWAY = Unavailable(Sentence(ja="つながりません", en="no connection"))

THREE = thread("川の音。", "雨の音。", "霧の音。")
EDITED = thread("川の音。", "雪の音。", "霧の音。")
LONGER = thread("川の音。", "雨の音。", "霧の音。", "風の音。")
SHORTER = thread("川の音。", "雨の音。")
ONE = text("川の音だけ。")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as opened:
        yield opened


def test_a_thread_is_posted_in_order_each_part_once_and_under_its_own_key(at: Desk) -> None:
    result = at.send(THREE)
    assert (result.outcome, result.place) == ("live", "https://example.net/p1")
    assert at.server.requests == ["create 1", "create 2", "create 3"]
    assert at.server.chain == ["川の音。", "雨の音。", "霧の音。"]
    assert len({post.key for post in at.server.posts.values()}) == 3
    assert (at.row.state, at.row.live_digest, at.row.remote_id) == (State.LIVE, THREE.digest, "p1")
    assert not at.row.doubtful
    assert [part.receipt.remote_id for part in at.parts if part.receipt] == ["p1", "p2", "p3"]
    told = [event.why.en for event in at.house.ledger.events(ID, HOOK) if event.kind is EventKind.PART]
    assert [why for why in told if "https" in why] == [f"{n}: https://example.net/p{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    "trouble", [AWAY, NO, LOCKED, LOST, RuntimeError("mystery"), Killed()], ids=lambda e: type(e).__name__
)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_whatever_stops_it_the_next_try_goes_on_where_it_stopped(
    at: Desk, number: int, trouble: BaseException, moment: str
) -> None:
    if moment == "after" and isinstance(trouble, (Unavailable, NotAuthorised)):
        return  # by these names nothing was taken
    getattr(at.server, moment)[number] = trouble
    if isinstance(trouble, Killed):
        at.killed(THREE)
    else:
        at.send(THREE)
    at.house.ledger.resume(Scope(channel=HOOK), now=at.now, who="editor")
    if at.row.state is not State.LIVE:
        assert at.send(THREE, reopen=True).outcome == "live"
    assert at.server.chain == ["川の音。", "雨の音。", "霧の音。"]
    created = [one for one in at.server.requests if one.startswith("create")]
    assert len(created) == (4 if moment == "before" else 3), created
    assert not at.row.doubtful


def test_what_is_sent_again_is_the_same_request(at: Desk) -> None:
    at.server.before[2] = LOST
    at.send(THREE)
    at.now = at.row.next_try or at.now
    at.send(THREE)
    _, first, again, _ = at.server.payloads
    assert first == again
    assert first.since is not None
    assert [receipt.remote_id for receipt in first.above] == ["p1"]


def test_a_list_that_lags_is_asked_twice_before_a_part_is_sent_again(tmp_path: Path) -> None:
    with desk(tmp_path, ListedThreads) as at:
        at.server.after[2] = LOST
        at.send(THREE)
        assert at.send(THREE).outcome == "live"
        assert at.paused == []
        assert at.server.requests[2:] == ["find 2", "create 3"]
    with desk(tmp_path / "other", ListedThreads) as at:
        at.server.before[2] = LOST
        at.send(THREE)
        assert at.send(THREE).outcome == "live"
        assert at.paused == [7.0]
        assert at.server.requests[2:] == ["find 2", "find 2", "create 2", "create 3"]


def test_a_thread_that_is_half_out_says_so_and_is_retried(at: Desk) -> None:
    at.server.before[3] = AWAY
    result = at.send(THREE)
    assert result.error is not None
    assert result.error.en == "2 of 3 posts of the thread are out: no connection"
    assert result.error.ja == "連投3つのうち2つが出ています。つながりません"
    assert (at.row.state, at.row.error, at.row.doubtful) == (State.WAITING, result.error, True)
    at.server.before[at.server.at(1)] = AWAY
    at.send(THREE)
    assert at.row.state is State.WAITING, "nothing is in doubt: all that is out is known"


def test_an_edit_that_overtakes_a_half_out_thread_lets_it_end_with_its_own_text_first(at: Desk) -> None:
    at.server.before[3] = AWAY
    at.send(THREE)
    at.send(EDITED)
    assert at.server.chain == said(THREE)
    assert (at.row.live_digest, at.row.article_digest) == (THREE.digest, f"file of {THREE.text}")
    at.send(EDITED)
    assert at.server.chain == ["川の音。", "雪の音。", "霧の音。"]
    assert at.server.requests[-1:] == ["update 2"]


def test_a_refused_thread_that_was_edited_goes_first_and_begins_anew(at: Desk) -> None:
    at.server.before[3] = NO
    assert at.send(THREE).outcome == "refused"
    assert (at.row.state, at.row.doubtful) == (State.FAILED, True)
    assert at.send(EDITED, reopen=True).outcome == "live"
    assert at.server.requests[3:] == ["find 3", "withdraw p2", "withdraw p1", "create 1", "create 2", "create 3"]
    assert at.server.chain == ["川の音。", "雪の音。", "霧の音。"]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_while_it_begins_anew_posts_nothing_twice(at: Desk, number: int, moment: str) -> None:
    at.server.before[3] = NO
    at.send(THREE)
    getattr(at.server, moment)[at.server.at(number)] = Killed()
    try:
        at.send(EDITED, reopen=True)
    except Killed:
        at.now = at.now.replace(hour=23)
    assert at.send(EDITED).outcome == "live"
    assert at.server.chain == ["川の音。", "雪の音。", "霧の音。"]


def test_a_refused_thread_can_become_one_post(at: Desk) -> None:
    at.server.before[3] = NO
    at.send(THREE)
    assert at.send(ONE, reopen=True).outcome == "live"
    assert at.server.texts == [ONE.text]
    assert (at.row.live_digest, at.parts, at.row.doubtful) == (ONE.digest, (), False)


CHANGES = [
    (THREE, EDITED, ["update 2"]),
    (THREE, LONGER, ["create 4"]),
    (LONGER, SHORTER, ["withdraw p4", "withdraw p3"]),
    (ONE, THREE, ["update 1", "create 2", "create 3"]),
    (THREE, ONE, ["update 1", "withdraw p3", "withdraw p2"]),
]


@pytest.mark.parametrize(("before", "after", "requests"), CHANGES)
def test_an_edit_touches_only_what_it_changes(at: Desk, before: Variant, after: Variant, requests: list[str]) -> None:
    at.send(before)
    sent = len(at.server.requests)
    assert at.send(after).outcome == "live"
    assert at.server.requests[sent:] == requests
    assert at.server.chain == said(after)
    assert (at.row.live_digest, at.row.doubtful) == (after.digest, False)
    assert len(at.parts) == (len(after.parts) if after.parts else 0)


@pytest.mark.parametrize(
    ("change", "number", "moment", "back"),
    [
        (change, number, moment, back)
        for change, moment, back in product(CHANGES, ("before", "after"), (False, True))
        for number in range(1, len(change[2]) + 1)
    ],
)
def test_an_edit_that_is_killed_anywhere_ends_with_the_text_that_is_wanted_then(
    at: Desk, change: tuple[Variant, Variant, list[str]], number: int, moment: str, *, back: bool
) -> None:
    before, after, _ = change
    at.send(before)
    getattr(at.server, moment)[at.server.at(number)] = Killed()
    at.killed(after)
    wanted = before if back else after
    assert at.row.doubtful
    assert at.send(wanted).outcome == "live"
    assert at.server.chain == said(wanted)
    assert at.row.live_digest == wanted.digest


def test_an_update_that_never_left_is_not_sent_again_when_the_editor_takes_it_back(at: Desk) -> None:
    at.send(THREE)
    at.server.before[at.server.at(1)] = AWAY
    at.send(EDITED)
    assert at.row.doubtful
    sent = len(at.server.requests)
    assert at.send(THREE).outcome == "live"
    assert at.server.requests[sent:] == []


def test_what_was_changed_there_is_put_back_whole(at: Desk) -> None:
    at.send(THREE)
    at.house.ledger.read_back(ID, HOOK, (differs(2, alike("…")),), now=at.now, who="editor")
    at.send(THREE, ActionKind.UPDATE)
    assert at.server.requests[3:] == ["update 1", "update 2", "update 3"]
    assert at.row.differences == ()


def test_a_post_that_somebody_removed_is_put_back_with_what_answered_to_it(at: Desk) -> None:
    at.send(THREE)
    at.server.posts.pop("p2")
    at.house.ledger.read_back(ID, HOOK, (missing(2),), now=at.now, who="editor")
    at.send(THREE, ActionKind.UPDATE)
    assert at.server.chain == said(THREE)
    assert at.server.requests[3:] == ["withdraw p3", "withdraw p2", "update 1", "create 2", "create 3"]


def test_a_thread_is_not_shortened_where_nothing_can_be_taken_down(tmp_path: Path) -> None:
    with desk(tmp_path, LastingThreads) as at:
        at.send(THREE)
        assert at.send(SHORTER).outcome == "refused"
        assert at.server.requests[3:] == []


def test_a_refused_thread_that_was_edited_goes_on_where_nothing_can_be_taken_down(tmp_path: Path) -> None:
    with desk(tmp_path, LastingThreads) as at:
        at.server.before[3] = NO
        at.send(THREE)
        assert at.send(EDITED, reopen=True).outcome == "live"
        assert at.send(EDITED).outcome == "live"
        assert at.server.chain == said(EDITED)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_it_is_taken_down_from_its_end_whatever_stops_that(at: Desk, number: int, moment: str) -> None:
    at.send(THREE)
    getattr(at.server, moment)[at.server.at(number)] = Killed()
    at.killed(THREE, ActionKind.WITHDRAW)
    assert at.server.chain == said(THREE)[: len(at.server.posts)]
    assert at.send(THREE, ActionKind.WITHDRAW).outcome == "withdrawn"
    assert (at.server.posts, at.parts, at.row.state, at.row.doubtful) == ({}, (), State.WITHDRAWN, False)
    assert len(at.house.ledger.parts.gone(ID, HOOK)) == 3


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_removal_that_was_stopped_and_called_off_leaves_the_whole_thread(at: Desk, number: int, moment: str) -> None:
    at.send(THREE)
    getattr(at.server, moment)[at.server.at(number)] = Killed()
    at.killed(THREE, ActionKind.WITHDRAW)
    assert at.send(THREE).outcome == "live"
    assert at.server.chain == said(THREE)


@pytest.mark.parametrize("trouble", [AWAY, NO, LOST, Killed()], ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_is_out_of_a_half_out_thread_is_taken_down(at: Desk, trouble: BaseException, moment: str) -> None:
    if moment == "after" and trouble is AWAY:
        return
    getattr(at.server, moment)[2] = trouble
    if isinstance(trouble, Killed):
        at.killed(THREE)
    else:
        at.send(THREE)
    assert at.send(THREE, ActionKind.WITHDRAW, reopen=True).outcome == "withdrawn"
    assert at.server.posts == {}
    assert (at.row.state, at.parts) == (State.WITHDRAWN, ())
    assert at.send(THREE, reopen=True).outcome == "live"
    assert at.server.chain == said(THREE)


def test_a_person_who_says_that_nothing_arrived_ends_the_doubt_about_the_part_and_not_about_what_is_out(
    at: Desk,
) -> None:
    at.server.before[2] = LOST
    at.send(THREE)
    at.house.ledger.settle(Ending(ID, HOOK, Settlement.NOT_ARRIVED), now=at.now, who="editor")
    assert (at.row.state, at.row.doubtful, len(at.parts)) == (State.WAITING, True, 1)
    assert at.send(THREE).outcome == "live"
    assert at.server.requests == ["create 1", "create 2", "create 2", "create 3"]
    assert at.server.chain == said(THREE)


def test_a_person_who_removed_it_all_ends_it(at: Desk) -> None:
    at.send(THREE)
    at.house.ledger.settle(Ending(ID, HOOK, Settlement.TAKEN_DOWN), now=at.now, who="editor")
    assert (at.parts, at.row.doubtful) == ((), False)


def forgotten(at: Desk) -> None:
    """A thread is out of which the ledger knows the first post alone, as after a restore."""
    at.send(THREE)
    at.house.ledger.parts.recorded((ID, HOOK), ())
    at.server.requests.clear()


@pytest.mark.parametrize("wanted", [LONGER, SHORTER, ONE])
def test_where_only_the_first_post_is_known_nothing_is_guessed(at: Desk, wanted: Variant) -> None:
    forgotten(at)
    assert at.send(wanted).outcome == "refused"
    assert at.send(THREE, ActionKind.WITHDRAW, reopen=True).outcome == "refused"
    assert at.server.requests == []
    assert at.server.chain == said(THREE)


@pytest.mark.parametrize("wanted", [LONGER, SHORTER, ONE, None])
def test_a_channel_that_can_is_asked_for_the_rest(tmp_path: Path, wanted: Variant | None) -> None:
    with desk(tmp_path, AnsweringThreads) as at:
        forgotten(at)
        if wanted is None:
            assert at.send(THREE, ActionKind.WITHDRAW).outcome == "withdrawn"
            assert at.server.posts == {}
            return
        assert at.send(wanted).outcome == "live"
        assert at.server.chain == said(wanted)


def test_a_part_is_a_variant_of_its_own_and_equal_where_readers_see_no_difference() -> None:
    assert alone(THREE, 2).text == "雨の音。"
    assert alone(THREE, 2).digest != THREE.digest
    assert alone(ONE, 1) == ONE
    assert same_post(THREE, EDITED, 1)
    assert not same_post(THREE, EDITED, 2)
    assert not same_post(SHORTER, THREE, 3)
    titled = thread(*said(THREE)).model_copy(update={"title": "別の題"})
    assert titled.digest != THREE.digest
    assert all(same_post(THREE, titled, number) for number in (1, 2, 3))
