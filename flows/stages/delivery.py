"""
One channel's sending: the intent is committed before the request leaves, the outcome after the answer.

The order of the `except` clauses is the retry policy. An attempt whose earlier tries may have arrived asks `find` for
each before anything is sent; where the channel can't be asked, it ends as unsure and a person decides.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from flows.stages.asking import CANNOT_ASK, Inquiry, Unasked
from flows.stages.deed import Deed, Outcome, broken, result_of
from flows.stages.secrecy import veiled
from flows.stages.thread import Thread
from flows.stages.values import Result
from kawaraban.channels.protocol import Channel, Discards, Payload
from kawaraban.delivery import ActionKind, Attempt, Receipt
from kawaraban.errors import (
    Conflict,
    NotAuthorised,
    Refused,
    Sentence,
    Unavailable,
    Unsure,
)
from kawaraban.ledger import Answer
from kawaraban.thread import posts
from kawaraban.variant import Variant


@dataclass(frozen=True)
class Sending(Deed):
    """It is sent, changed or taken down by the machine."""

    pause: Callable[[float], None] = time.sleep

    def send(self) -> Result:
        """Send to a channel that is asked and answered by machine."""
        channel = self.house.channel(self.action.channel)
        if not isinstance(channel, Channel):
            msg = f"{self.action.channel} can't be sent to"
            raise TypeError(msg)
        if (held := self._held()) is not None:
            return held
        try:
            attempt = self._claimed()
        except Conflict:
            if (held := self._held()) is not None:  # the fuse has blown over this very post
                return held
            raise
        thread = Thread(self.house, channel, attempt, self._inquiry(channel), self._lease)
        answer, outcome = self._answered(channel, attempt, thread)
        if answer.error is not None:
            said = veiled(_so_far(thread, answer.error), self._secrets())
            answer = replace(answer, error=said, sure=thread.begun and thread.known)
        self.house.ledger.conclude([(attempt, answer)], now=self.house.clock(), who=self.house.who)
        place = answer.receipt.url if answer.receipt else None
        return result_of(self.action, outcome, place=place, error=answer.error)

    def put_off(self, why: Sentence) -> Result:
        """Write down, as a try that sent nothing, why it can't go out now; a channel that is held says so by itself."""
        if not any(one.scope.covers(self.action.article, self.action.channel) for one in self.house.ledger.holds()):
            attempt = self._claimed()
            answer = Answer("unavailable", error=veiled(why, self._secrets()), next_try=self._next_try())
            self.house.ledger.conclude([(attempt, answer)], now=self.house.clock(), who=self.house.who)
        return result_of(self.action, "unavailable", error=why)

    def _answered(self, channel: Channel, attempt: Attempt, thread: Thread) -> tuple[Answer, Outcome]:
        """Return what the ledger records, and how it looks to a person."""
        try:
            answer = self._asked_or_sent(channel, attempt, thread)
        except Unasked as error:  # nothing was sent this time: the doubt is an earlier try's, and the ledger keeps it
            return Answer("unavailable", error=error.what, next_try=self._next_try(error.after)), "unsure"
        except Unsure as error:
            answer = Answer("unsure", error=error.advised, next_try=self._next_try())
        except NotAuthorised as error:
            self._close(error)
            answer = self._locked_out(error)
        except Refused as error:
            answer = Answer("refused", error=error.advised)
        except Unavailable as error:
            answer = Answer("unavailable", error=error.advised, next_try=self._next_try(error.after))
        except Exception as error:  # noqa: BLE001 - a failure without a type may have come after the request had left
            self._log("sending", error)
            answer = Answer("unsure", error=broken(error), next_try=self._next_try())
        return answer, answer.outcome

    def _asked_or_sent(self, channel: Channel, attempt: Attempt, thread: Thread) -> Answer:
        kind = self.action.action
        if kind is ActionKind.WITHDRAW:
            return self._taken_down(channel, attempt, thread)
        if kind is ActionKind.CREATE and thread.begun:
            if (ended := self._gone_on(attempt, thread)) is not None:
                return ended
        elif attempt.doubts and not thread.begun:
            found = self._left_behind(channel, attempt)
            if found is not None and kind is ActionKind.CREATE:  # an update still has to be sent
                return found
        text = self._variant()
        receipt = self._receipt() if kind is ActionKind.UPDATE else None
        if kind is ActionKind.UPDATE and receipt is None:  # an update never creates
            raise Refused(_NOTHING_THERE)
        if thread.begun or posts(text) > 1 or self._is_thread():
            return Answer("live", receipt=self._threaded(attempt, thread, text, receipt))
        return self._sent(channel, attempt, text, receipt)

    def _sent(self, channel: Channel, attempt: Attempt, text: Variant, receipt: Receipt | None) -> Answer:
        """Send one post, or (with the receipt of what is there) its new text."""
        payload = self._payload(channel, text, attempt.key, self._tries(attempt))
        if self.house.clock() + self._able.longest > attempt.started + self._lease:
            raise Unavailable(_TOO_SLOW)  # another may take it over before the answer is there

        def save(note: str) -> None:
            self.house.ledger.save(attempt, note)

        if receipt is not None:
            return Answer("live", receipt=channel.update(payload, receipt, attempt.key, save))
        try:
            return Answer("live", receipt=channel.create(payload, attempt.key, save))
        except NotAuthorised:
            raise
        except Refused:
            again = self._payload(channel, text, attempt.key, self._tries(attempt))
            if (found := self._inquiry(channel).found_after_refusal(again, attempt.key)) is None:
                raise
            return Answer("live", receipt=found)

    def _payload(self, channel: Channel, text: Variant, key: str, tries: Sequence[Attempt]) -> Payload:
        """Return what is sent under a key, or asked about: equal at every try, with what the channel noted under it."""
        row = self.house.ledger.delivery(self.action.article, self.action.channel)
        since = next((one.started for one in tries if one.key == key), None)
        saved = (row.saved or "") if row is not None and row.saved_key == key else ""
        return replace(channel.prepare(text), since=since, saved=saved)

    def _tries(self, attempt: Attempt) -> Sequence[Attempt]:
        return self.house.ledger.attempts(attempt.article, attempt.channel)

    def _left_behind(self, channel: Channel, attempt: Attempt) -> Answer | None:
        """
        Ask for what the tries in doubt may have posted.

        What is found is recorded with the text that its own try sent, which an edit may have overtaken since. A thread has
        its posts' rows: where there are none, such a try left nothing.
        """
        if self._able.finds == "nothing":
            if self._able.idempotency == "none" or set(attempt.doubts) != {attempt.key}:
                raise Unasked(CANNOT_ASK)
            return None  # the server knows the key: the same request again makes no second post
        earlier, inquiry = self._tries(attempt), self._inquiry(channel)
        for one in {one.key: one for one in earlier if one.key in attempt.doubts}.values():
            sent = self.house.ledger.variant(one.digest, one.channel)
            if one.action is ActionKind.CREATE and sent is not None and posts(sent) == 1:
                receipt = inquiry.found(self._payload(channel, sent, one.key, earlier), one.key)
                if receipt is not None:
                    return Answer("live", receipt=receipt, digest=one.digest, article_digest=one.article_digest)
        return None

    def _taken_down(self, channel: Channel, attempt: Attempt, thread: Thread) -> Answer:
        receipt = self._receipt()
        if receipt is not None and not thread.begun and self._is_thread():
            self._rejoined(attempt, thread, receipt)
        if thread.begun:
            thread.taken_down()
            return Answer("withdrawn")
        if receipt is None and attempt.doubts:
            found = self._left_behind(channel, attempt)
            receipt = found.receipt if found else None
        if receipt is not None:
            channel.withdraw(receipt)
        elif self._able.drafts:
            self._discarded(channel, attempt)
        return Answer("withdrawn")

    def _discarded(self, channel: Channel, attempt: Attempt) -> None:
        """Take away the draft that a try left: nobody sees it, and nobody is to publish it by mistake."""
        ended = ("live", "withdrawn")
        tries = takewhile(lambda one: one.outcome not in ended, reversed(self._tries(attempt)))
        for digest in dict.fromkeys(one.digest for one in tries if one.action is ActionKind.CREATE):
            sent = self.house.ledger.variant(digest, attempt.channel)
            if sent is not None and isinstance(channel, Discards):
                channel.discard(sent)

    # --- threads ---

    def _threaded(self, attempt: Attempt, thread: Thread, text: Variant, receipt: Receipt | None) -> Receipt:
        """Make a thread of it, or of what was one a single post."""
        row = self.house.ledger.delivery(self.action.article, self.action.channel)
        if receipt is not None and not thread.begun:
            self._rejoined(attempt, thread, receipt)
        return thread.shown(text, anew=row is not None and bool(row.differences))

    def _rejoined(self, attempt: Attempt, thread: Thread, receipt: Receipt) -> None:
        row, live = self.house.ledger.delivery(self.action.article, self.action.channel), self._live()
        if row is not None and live is not None:
            thread.taken_over(receipt, live, doubted=bool(attempt.doubts) or row.halfway, cut=row.halfway)

    def _is_thread(self) -> bool:
        """Whether what is live there is several posts, whatever rows are known of them."""
        live = self._live()
        return live is not None and posts(live) > 1

    def _live(self) -> Variant | None:
        """Return the text that is live there."""
        row = self.house.ledger.delivery(self.action.article, self.action.channel)
        return self.house.ledger.variant(row.live_digest, row.channel) if row and row.live_digest else None

    def _gone_on(self, attempt: Attempt, thread: Thread) -> Answer | None:
        """
        Bring a thread that was stopped half-way to its end, with its own text: an edit that overtook it is the next step's.

        Only where that text was refused, or somebody began to take it down, what is there goes first (None: it is gone).
        """
        text, tries = thread.text(), self._tries(attempt)
        overtaken = text.digest != self.action.digest
        if thread.going or (overtaken and _refused(tries) and self._able.withdraws):
            thread.dissolved()
            return None
        receipt = thread.shown(text)
        made_from = next((one.article_digest for one in reversed(tries) if one.digest == text.digest), None)
        return Answer("live", receipt=receipt, digest=text.digest, article_digest=made_from)

    # --- what came of it ---

    def _locked_out(self, error: NotAuthorised) -> Answer:
        """The text was not even looked at: it goes once the hold ends. A hold stops no withdrawal: that waits for a name."""
        if self.action.action is ActionKind.WITHDRAW:
            return Answer("refused", error=error.advised)
        return Answer("unavailable", error=error.advised, next_try=self.house.clock())

    def _inquiry(self, channel: Channel) -> Inquiry:
        return Inquiry(channel, self._able, self.pause, self._close, self._asking_broke)

    def _asking_broke(self, error: Exception) -> Sentence:
        self._log("asking", error)
        return broken(error)


_TOO_SLOW = Sentence(
    ja="問い合わせに時間がかかりすぎました。送らずに出直します", en="asking took too long: nothing was sent this time"
)
_NOTHING_THERE = Sentence(ja="書き換える相手がありません", en="there is nothing there to update")


def _so_far(thread: Thread, error: Sentence) -> Sentence:
    """Say what went wrong, and before it how far a thread came."""
    there = thread.progress()
    return error if there is None else Sentence(ja=f"{there.ja}。{error.ja}", en=f"{there.en}: {error.en}")


def _refused(tries: Sequence[Attempt]) -> bool:
    """Return whether the last try that was answered was refused."""
    answered = [one.outcome for one in tries if one.outcome not in ("", "lapsed")]
    return answered[-1:] == ["refused"]
