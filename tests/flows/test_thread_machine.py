"""
A delivery under any order of edits, kills, troubles and removals: what stands there is always one thread, and ends as wanted.

The server is in memory and hides nothing: a second answer to one post, or an answer to nothing, is seen at once.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kawaraban.delivery import ActionKind, State
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable, Unsure
from kawaraban.ledger import Ending, Scope, Settlement
from tests.flows.posts import HOOK, ID, text
from tests.flows.threads import Killed, ListedThreads, Threads, desk, said, thread

SAID = Sentence(ja="困ったこと", en="trouble")
WORDS = st.lists(st.sampled_from(["川", "雨", "霧", "雪"]), min_size=1, max_size=4)
MOMENTS = st.sampled_from(["before", "after"])
NOT_TAKEN = (Unavailable, NotAuthorised)


def trouble(kind: str) -> BaseException:
    if kind == "killed":
        return Killed()
    kinds = {"unsure": Unsure, "refused": Refused, "unavailable": Unavailable, "locked": NotAuthorised}
    return kinds[kind](SAID) if kind in kinds else RuntimeError("mystery")


class Machine(RuleBasedStateMachine):
    kind: type[Threads] = Threads

    @initialize()
    def start(self) -> None:
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.at = self.stack.enter_context(desk(Path(folder), self.kind))
        self.wanted = thread("川の音。", "雨の音。", "霧の音。")
        self.at.house.ledger.keep(self.wanted)

    def teardown(self) -> None:
        if hasattr(self, "at"):
            try:
                self.run_to_the_end()
            finally:
                self.stack.close()

    @rule(words=WORDS)
    def edit(self, words: list[str]) -> None:
        each = [f"{word}の音、{number}。" for number, word in enumerate(words, 1)]
        self.wanted = thread(*each) if len(each) > 1 else text(each[0])

    @rule(
        number=st.integers(1, 5),
        moment=MOMENTS,
        kind=st.sampled_from(["killed", "killed", "unsure", "refused", "unavailable", "locked", "mystery"]),
        withdraw=st.booleans(),
    )
    def stopped(self, number: int, moment: str, kind: str, *, withdraw: bool) -> None:
        """It is sent, or taken down, and something happens at one of its requests."""
        failure = trouble(kind)
        if moment == "after" and (isinstance(failure, NOT_TAKEN) or (kind == "refused" and self._changes_one_post())):
            moment = (
                "before"  # by these names nothing was taken; a refused change is believed, and `verify` tells the rest
            )
        getattr(self.at.server, moment)[self.at.server.at(number)] = failure
        self._send(withdraw=withdraw)

    @rule(withdraw=st.booleans())
    def sent(self, *, withdraw: bool) -> None:
        self._send(withdraw=withdraw)

    @rule()
    def person_looks(self) -> None:
        """A person who was asked looks for the one post in doubt, and says what is there."""
        parts = self.at.parts
        doubts = [part for part in parts if part.receipt is None]
        if self._exists() and self.at.row.state is State.UNSURE and len(doubts) == len(parts[-1:]) and doubts:
            there = doubts[0].key in {post.key for post in self.at.server.posts.values()}
            if not there:
                ending = Ending(ID, HOOK, Settlement.NOT_ARRIVED)
                self.at.house.ledger.settle(ending, now=self.at.now, who="editor")

    def _exists(self) -> bool:
        return self.at.house.ledger.delivery(ID, HOOK) is not None

    def _changes_one_post(self) -> bool:
        return self._exists() and self.at.row.public and not self.at.parts and not self.wanted.parts

    def _may_be_there(self) -> bool:
        return self._exists() and (self.at.row.public or self.at.row.doubtful)

    def _send(self, *, withdraw: bool = False) -> None:
        self.at.now += timedelta(hours=3)  # beyond every lease and pause
        self.at.house.ledger.resume(Scope(channel=HOOK), now=self.at.now, who="editor")
        if withdraw and not self._may_be_there():
            return
        try:
            self.at.send(self.wanted, ActionKind.WITHDRAW if withdraw else None, reopen=True)
        except Killed:
            pass
        finally:
            self.at.server.before.clear()
            self.at.server.after.clear()

    @invariant()
    def one_thread_stands_there(self) -> None:
        _ = self.at.server.chain

    @invariant()
    def what_is_settled_is_true(self) -> None:
        if not self._exists() or self.at.row.doubtful:
            return
        row = self.at.row
        live = self.at.house.ledger.variant(row.live_digest, HOOK) if row.live_digest else None
        assert self.at.server.chain == (said(live) if live is not None else [])

    def run_to_the_end(self) -> None:
        for _ in range(6):
            # a removal that was called off after it had come through: an update never creates, so a person ends it
            gone = self._may_be_there() and self.at.row.state is State.FAILED and not self.at.server.posts
            self._send(withdraw=gone)
            self.one_thread_stands_there()
            if self.at.row.state is State.LIVE and self.at.row.live_digest == self.wanted.digest:
                break
        assert self.at.server.chain == said(self.wanted)
        assert not self.at.row.doubtful
        sizes = len(self.wanted.parts)
        assert len(self.at.parts) == (sizes if sizes > 1 else 0)


def test_a_first_try_that_was_refused_is_sent_at_the_end() -> None:
    """The shortest way to a mistake of the person above: nothing was ever there, so nothing is to be taken down."""
    machine = Machine()
    machine.start()
    machine.stopped(number=1, moment="before", kind="refused", withdraw=False)
    machine.teardown()


class ListedMachine(Machine):
    """The same where posts are listed."""

    kind: type[Threads] = ListedThreads


def _tested(machine: type[Machine]) -> type:
    case = machine.TestCase
    case.settings = settings(max_examples=20, stateful_step_count=14, deadline=None)
    return case


TestByKey = _tested(Machine)
TestByList = _tested(ListedMachine)
