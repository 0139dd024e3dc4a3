"""A channel with threads: each post has its own key, answers to the one before, and is found and taken down by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kawaraban.channels.conformance.machine import MachineConformance
from kawaraban.channels.conformance.samples import ANOTHER_KEY, SINCE, forget, must_raise, sample_thread
from kawaraban.channels.protocol import Answers, Payload, Recalls
from kawaraban.delivery import Receipt
from kawaraban.errors import Unsure
from kawaraban.thread import alone
from kawaraban.variant import Variant

WORDS = ("川の音を聞く。", "雨の音を聞く。", "霧の音を聞く。")
_SECOND, _THIRD = 2, 3


class ThreadConformance(MachineConformance):
    """
    Beside what a single post keeps.

        def answered(self, receipt: Receipt) -> str: …     # the remote id of what this post answers to, as the server has it
        def requests(self) -> Sequence[bytes]: …           # perhaps: what was sent to make posts, byte for byte
    """

    def answered(self, receipt: Receipt) -> str:
        """Return the remote id of the post that this one answers to ("": to none), asked of the server itself."""
        raise NotImplementedError

    def requests(self) -> Sequence[bytes] | None:
        """Return the bodies of the requests that made posts, in order; None where the test can't see them."""
        return None

    def test_threads_are_only_made_where_a_post_can_be_asked_for(self) -> None:
        """Else nobody could go on with one that was stopped."""
        assert self.able().threads
        assert self.able().finds != "nothing"

    def test_each_post_of_a_thread_answers_to_the_one_before(self) -> None:
        """In order, each stored once."""
        receipts = self._thread()
        assert self.stored() == len(WORDS)
        assert [self.answered(one) for one in receipts] == ["", receipts[0].remote_id, receipts[1].remote_id]

    def test_each_post_of_a_thread_is_found_by_its_own_key(self) -> None:
        """A try that was never answered is known by its key, whatever else we posted."""
        receipts = self._thread(upto=_SECOND)
        for number in (1, _SECOND):
            found = self.channel().find(self._payload(number, receipts), self._key(number))
            assert found is not None
            assert found.remote_id == receipts[number - 1].remote_id
        assert self.channel().find(self._payload(_THIRD, receipts), self._key(_THIRD)) is None

    def test_an_answer_lost_within_a_thread_ends_in_one_post(self) -> None:
        """It is unsure; asking finds it, and what comes next answers to it."""
        first = self._thread(upto=1)
        with self.losing_the_answer():
            channel = self.channel()
            payload = self._payload(_SECOND, first)
            must_raise(Unsure, lambda: channel.create(payload, self._key(_SECOND), forget))
        found = self.channel().find(payload, self._key(_SECOND))
        assert found is not None
        last = self._created_part(_THIRD, (*first, found))
        assert self.stored() == len(WORDS)
        assert self.answered(last) == found.remote_id

    def test_the_same_key_and_instant_give_the_same_request(self) -> None:
        """What is sent again is what was sent: a request is made of the text, the key and `since`, and of nothing else."""
        first = self._thread(upto=1)
        again = self._created_part(_SECOND, first), self._created_part(_SECOND, first)
        sent = self.requests()
        assert sent is None or sent[-1] == sent[-2]
        if self.able().idempotency == "natural":
            assert again[0].remote_id == again[1].remote_id
            assert self.stored() == _SECOND

    def test_each_post_is_read_back_by_itself(self) -> None:
        """Equal where it is as it was sent, different where another part stands there."""
        if not self.able().reads:
            return
        receipts, text = self._thread(), sample_thread(*WORDS)
        for number, receipt in enumerate(receipts, 1):
            copy = self.channel().read(receipt, alone(text, number))
            assert copy.present
            assert not copy.differences
        assert self.channel().read(receipts[1], alone(text, _THIRD)).differences

    def test_taking_down_the_last_post_leaves_the_others(self) -> None:
        """A thread goes from its end."""
        if not self.able().withdraws:
            return
        receipts, text = self._thread(), sample_thread(*WORDS)
        for left in (_SECOND, 1, 0):
            self.channel().withdraw(receipts[left])
            assert self.stored() == left
            if self.able().reads:
                there = [
                    self.channel().read(one, alone(text, number)).present for number, one in enumerate(receipts, 1)
                ]
                assert there == [number <= left for number in (1, _SECOND, _THIRD)]

    def test_an_edit_of_one_post_leaves_the_others(self) -> None:
        """It keeps its place in the thread."""
        if not self.able().edits:
            return
        receipts = self._thread()
        after = sample_thread(WORDS[0], "雪の音を聞く。", WORDS[2])
        channel = self.channel()
        channel.update(self._payload(_SECOND, receipts[:1], after), receipts[1], ANOTHER_KEY, forget)
        assert self.stored() == len(WORDS)
        assert self.answered(receipts[1]) == receipts[0].remote_id
        if self.able().reads:
            assert all(
                not self.channel().read(one, alone(after, number)).differences for number, one in enumerate(receipts, 1)
            )

    def test_what_it_recalls_of_a_thread_is_its_first_post_and_by_that_the_rest(self) -> None:
        """A ledger that was put back has lost the keys (protocol.Recalls, protocol.Answers)."""
        channel, text = self.channel(), sample_thread(*WORDS)
        if not isinstance(channel, Recalls):
            return
        receipts = self._thread()
        there = channel.recall([text])
        assert {article: one.remote_id for article, one in there.items()} == {text.article: receipts[0].remote_id}
        if isinstance(channel, Answers):
            below = channel.answers(there[text.article])
            assert [one.remote_id for one in below] == [one.remote_id for one in receipts[1:]]

    # --- pieces ---

    def _key(self, number: int) -> str:
        return f"{number}" * 32

    def _payload(self, number: int, above: Sequence[Receipt], text: Variant | None = None) -> Payload:
        made = self.channel().prepare(text or sample_thread(*WORDS))
        return replace(made, number=number, above=tuple(above[: number - 1]), since=SINCE)

    def _created_part(self, number: int, above: Sequence[Receipt]) -> Receipt:
        return self.channel().create(self._payload(number, above), self._key(number), forget)

    def _thread(self, upto: int = len(WORDS)) -> tuple[Receipt, ...]:
        receipts: tuple[Receipt, ...] = ()
        for number in range(1, upto + 1):
            receipts += (self._created_part(number, receipts),)
        return receipts
