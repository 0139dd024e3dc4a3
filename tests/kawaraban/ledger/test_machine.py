"""
The ledger under any order of events, with two workers and a server that counts its posts.

A worker keeps the protocol: claim, ask about doubts, send, record the answer; it may die before, between and after any
of these. What must hold at every moment: one sender at a time, one post at most, nothing that was posted forgotten, each
state reached by an allowed step, and a history from which the states can be made again.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kawaraban.delivery import STEPS, ActionKind, Attempt, Delivery, State
from kawaraban.errors import Conflict, Sentence
from kawaraban.ledger import Claim, Ending, Expectation, Ledger, Posted, Scope, Settlement
from kawaraban.variant import Variant
from tests.kawaraban.ledger.opened import LEASE, T0, expected, fresh, receipt, variant

ID, CHANNEL = "aaaaaaa1", "hook"
NO = Sentence(ja="だめです", en="no")
WORKERS = st.sampled_from(["a", "b"])


@dataclass
class Server:
    """What is really posted: key → digest. It can be asked by key, or not at all."""

    asks: bool
    posts: dict[str, str] = field(default_factory=dict)
    created: int = 0

    def take(self, attempt: Attempt) -> None:
        if attempt.action is ActionKind.CREATE:
            self.created += 1
            self.posts[f"{attempt.key}#{self.created}"] = attempt.digest  # nothing here hides a second post
        elif attempt.action is ActionKind.UPDATE:
            self.posts = dict.fromkeys(self.posts, attempt.digest)
        else:
            self.posts.clear()

    def find(self, key: str) -> bool:
        return any(post.startswith(f"{key}#") for post in self.posts)


@dataclass
class Worker:
    """A process that holds an attempt; `sent` once its request has left."""

    name: str
    attempt: Attempt
    sent: bool = False


class Machine(RuleBasedStateMachine):
    asks = True

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.dead: set[str] = set()
        self.ledger: Ledger = fresh(Path(self.folder.name), dead=self.dead.__contains__)
        self.server = Server(self.asks)
        self.now = T0
        self.working: dict[str, Worker] = {}
        self.lives = 0
        self.ended: dict[int, Attempt] = {}
        self.text: Variant = expected(self.ledger, variant(ID, CHANNEL))

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            try:
                self.run_to_the_end()
            finally:
                self.ledger.close()
                self.folder.cleanup()

    @property
    def row(self) -> Delivery:
        found = self.ledger.delivery(ID, CHANNEL)
        assert found is not None
        return found

    # --- what may happen ---

    @rule(word=st.sampled_from(["川", "雨", "霧", "雪"]))
    def edit(self, word: str) -> None:
        self.text = expected(self.ledger, variant(ID, CHANNEL, text=f"{word}の音。"))

    @rule(minutes=st.integers(-90, 90))
    def reschedule(self, minutes: int) -> None:
        """Its time moves, whatever is in the air; what stands there does not."""
        before = self.row
        due = self.now + timedelta(minutes=minutes)
        self.ledger.expect([Expectation(ID, CHANNEL, due, self.text.digest)], now=self.now, who="editor")
        assert (self.row.due, self.row.state, self.row.live_digest) == (due, before.state, before.live_digest)

    @rule(scope=st.sampled_from([Scope(), Scope(channel=CHANNEL), Scope(article=ID)]), held=st.booleans())
    def brake(self, scope: Scope, *, held: bool) -> None:
        """A person stops it, or lets it go on; a delivery never moves by that."""
        before = self.row
        if held:
            self.ledger.hold(scope, now=self.now, who="editor")
        else:
            self.ledger.resume(scope, now=self.now, who="editor")
        assert (scope in [hold.scope for hold in self.ledger.holds()]) == held
        assert self.row == before

    @rule(worker=WORKERS, withdraw=st.booleans(), reopen=st.booleans())
    def claim(self, worker: str, *, withdraw: bool, reopen: bool) -> None:
        if worker in self.working or (self.ledger.holds() and not withdraw):
            return
        row = self.row
        if withdraw:
            action, digest = ActionKind.WITHDRAW, row.live_digest or ""
        else:
            action, digest = (ActionKind.UPDATE if row.public else ActionKind.CREATE), self.text.digest
        self.lives += 1
        name = f"{worker}{self.lives}"
        claim = Claim(ID, CHANNEL, action, digest, reopen=reopen)
        may = not self.working and (reopen or row.state not in (State.FAILED, State.WITHDRAWN)) and self.is_free(row)
        try:
            attempt = self.ledger.claim(claim, owner=name, lease=LEASE, now=self.now)
        except Conflict:
            assert not may
        else:
            assert may, "two hold it"
            self.working[worker] = Worker(name, attempt)

    def is_free(self, row: Delivery) -> bool:
        if row.state is not State.SENDING:
            return True
        return row.lease_owner in self.dead or row.lease_until is None or row.lease_until <= self.now

    @rule(worker=WORKERS, arrives=st.booleans())
    def send(self, worker: str, *, arrives: bool) -> None:
        """Ask about doubts, then let the request leave; it may or may not reach the server."""
        at = self.working.get(worker)
        if at is None or at.sent:
            return
        if at.attempt.doubts and at.attempt.action is ActionKind.CREATE:
            if not self.server.asks:
                self.working.pop(worker)
                self.ledger.unsure(at.attempt, NO, now=self.now, who="schedule")
                return
            if any(self.server.find(key) for key in at.attempt.doubts):
                self.working.pop(worker)
                self.found(at.attempt)
                return
        at.sent = True
        if arrives:
            self.server.take(at.attempt)

    def found(self, attempt: Attempt) -> None:
        """What `find` gave is what is there, which may be an earlier text."""
        there = next(iter(self.server.posts.values()))
        self.ledger.arrived(replace(attempt, digest=there), receipt(self.now), now=self.now, who="recovery")

    @rule(worker=WORKERS, answer=st.sampled_from(["done", "refused", "unavailable", "unsure"]))
    def hear(self, worker: str, answer: str) -> None:
        """The answer, as true as the protocol demands: no receipt and no refusal that does not fit the server."""
        at = self.working.get(worker)
        if at is None or (answer != "unavailable" and not at.sent) or (answer == "unavailable" and at.sent):
            return
        taken = self.took(at.attempt)
        if answer == "refused" and taken:
            answer = "done"
        if answer == "done" and not taken:
            answer = "refused"
        self.working.pop(worker)
        note: dict[str, Any] = {"now": self.now, "who": "schedule"}
        if answer == "done" and at.attempt.action is ActionKind.WITHDRAW:
            self.ledger.withdrawn(at.attempt, **note)
        elif answer == "done":
            self.ledger.arrived(at.attempt, receipt(self.now), **note)
        elif answer == "refused":
            self.ledger.refused(at.attempt, NO, **note)
        elif answer == "unavailable":
            self.ledger.unavailable(at.attempt, NO, next_try=None, **note)
        else:
            self.ledger.unsure(at.attempt, NO, **note)

    def took(self, attempt: Attempt) -> bool:
        if attempt.action is ActionKind.CREATE:
            return self.server.find(attempt.key)
        if attempt.action is ActionKind.UPDATE:
            return attempt.digest in self.server.posts.values()
        return not self.server.posts

    @rule(worker=WORKERS, known=st.booleans())
    def die(self, worker: str, *, known: bool) -> None:
        at = self.working.pop(worker, None)
        if at is not None and known:
            self.dead.add(at.name)

    @precondition(lambda self: not self.working)
    @rule()
    def wait(self) -> None:
        """Time passes beyond every lease; what lives answers before (leases outlive the longest time-out)."""
        self.now += LEASE

    @rule(minutes=st.integers(0, 2))
    def pass_time(self, minutes: int) -> None:
        after = self.now + timedelta(minutes=minutes)
        row = self.row
        if not self.working or row.lease_until is None or after < row.lease_until:
            self.now = after

    @rule()
    def person_looks(self) -> None:
        """A person looks at the channel and says what is there."""
        row = self.row
        if row.state is State.FAILED and row.public and not self.server.posts and not self.working:
            self.ledger.settle(Ending(ID, CHANNEL, Settlement.TAKEN_DOWN), now=self.now, who="editor")
            return
        if row.state is not State.UNSURE or self.working:
            return
        tried = self.in_doubt(row)
        arrived = self.took(tried) or (tried.action is ActionKind.CREATE and bool(self.server.posts))
        settlement = Settlement.ARRIVED if arrived else Settlement.NOT_ARRIVED
        self.ledger.settle(Ending(ID, CHANNEL, settlement), now=self.now, who="editor")
        there = next(iter(self.server.posts.values()), None)
        if there is not None and self.row.live_digest != there:
            self.person_records(there)

    def in_doubt(self, row: Delivery) -> Attempt:
        """The latest try that may have arrived: what a person is asked about (one that only asked sent nothing)."""
        tries = self.ledger.attempts(ID, CHANNEL)
        return [one for one in tries if one.number > row.cleared and one.outcome in ("lapsed", "unsure")][-1]

    @rule()
    def person_posts(self) -> None:
        """A person posts it by hand, having seen that it isn't there, and records it."""
        row = self.row
        if row.state is State.SENDING:
            with pytest.raises(Conflict):
                self.person_records(self.text.digest)
        elif row.state is not State.WITHDRAWN and not self.server.posts:
            self.server.posts["person#0"] = self.text.digest
            self.person_records(self.text.digest)

    def person_records(self, digest: str) -> None:
        self.ledger.record(Posted(ID, CHANNEL, receipt(self.now), digest), now=self.now, who="editor")

    # --- what must hold ---

    @invariant()
    def one_sender_and_one_post(self) -> None:
        assert len(self.working) <= 1
        assert len(self.server.posts) <= 1, "it was posted twice"

    @invariant()
    def what_is_settled_is_true(self) -> None:
        row = self.row
        if row.state in (State.WAITING, State.LIVE, State.WITHDRAWN):
            assert row.public == bool(self.server.posts)
            assert row.live_digest in (None, *self.server.posts.values())
        assert row.public == (row.state is State.LIVE) or row.state in (State.SENDING, State.FAILED, State.UNSURE)

    @invariant()
    def the_history_makes_the_states(self) -> None:
        state, digest = None, None
        for event in self.ledger.events(ID, CHANNEL):
            assert event.before == state
            assert event.after is not None
            assert state is None or event.after == state or (state, event.after) in STEPS
            state, digest = event.after, event.digest
        assert (state, digest) == (self.row.state, self.row.live_digest)

    @invariant()
    def attempts_are_written_once(self) -> None:
        tries = self.ledger.attempts(ID, CHANNEL)
        assert [one.number for one in tries] == list(range(1, len(tries) + 1))
        assert len(tries) == self.row.attempts
        open_ones = [one for one in tries if not one.outcome]
        assert len(open_ones) == (self.row.state is State.SENDING)
        assert len({(one.key, one.action, one.digest) for one in tries}) == len({one.key for one in tries})
        assert all(self.ended.setdefault(one.number, one) == one for one in tries if one.outcome)

    def run_to_the_end(self) -> None:
        """However it stands: with time and a person it ends live, posted once, with the wanted text."""
        for worker in list(self.working):
            self.die(worker, known=False)
        for hold in self.ledger.holds():
            self.ledger.resume(hold.scope, now=self.now, who="editor")
        for _ in range(12):
            self.now += LEASE
            self.person_looks()
            if self.row.state is State.LIVE and self.row.live_digest == self.text.digest:
                break
            self.claim("a", withdraw=False, reopen=True)
            self.send("a", arrives=True)
            self.hear("a", "done")
            self.what_is_settled_is_true()
        assert self.row.state is State.LIVE
        assert list(self.server.posts.values()) == [self.text.digest]
        self.the_history_makes_the_states()


class SilentMachine(Machine):
    """The same where the channel can't be asked: what is in doubt waits for a person."""

    asks = False


TestAsked = Machine.TestCase
TestAsked.settings = settings(max_examples=22, stateful_step_count=40, deadline=None)
TestSilent = SilentMachine.TestCase
TestSilent.settings = settings(max_examples=22, stateful_step_count=40, deadline=None)
