"""
One channel's sending: the intent is committed before the request leaves, the outcome after the answer.

The order of the `except` clauses is the retry policy. An attempt whose earlier tries may have arrived asks `find` for
each before anything is sent; where the channel can't be asked, it ends as unsure and a person decides.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from flows.compose import House, back_off
from flows.stages.planning import Planned
from flows.stages.secrecy import secrets_of, traced, veiled
from flows.stages.values import Result
from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Channel, Discards, RecordedByHand
from kawaraban.config import Announcing
from kawaraban.delivery import TAKE_DOWN, ActionKind, Attempt, Receipt
from kawaraban.errors import (
    ChannelFailure,
    Conflict,
    KawarabanError,
    NotAuthorised,
    Refused,
    Sentence,
    Unavailable,
    Unsure,
)
from kawaraban.ledger import Answer, Claim, Ending, Scope, Settlement, owner
from kawaraban.ledger.records import RECOVERY
from kawaraban.plan import Action, reasons
from kawaraban.variant import Variant

LEASE = timedelta(minutes=5)
BURST = Announcing.model_fields["burst"].default
_LOG = logging.getLogger(__name__)

Outcome = Literal["live", "withdrawn", "handed over", "refused", "unavailable", "unsure"]


@dataclass(frozen=True, slots=True)
class Try:
    """An action and the attempt that its intent became."""

    action: Action
    attempt: Attempt


def result_of(action: Action, outcome: Outcome, *, place: str | None = None, error: Sentence | None = None) -> Result:
    """Return an action's end as a value."""
    return Result(action.article, action.title, action.channel, action.action, outcome, place, error)


def lease_of(able: Capabilities) -> timedelta:
    """Return how long a claim lasts: it outlives asking twice and sending, each with the channel's longest time-out."""
    return LEASE + 4 * able.longest + able.lag


def broken(error: Exception) -> Sentence:
    """Say that the program itself failed; the log has the rest."""
    said = f"{type(error).__name__}: {error}"
    return Sentence(ja=f"プログラムの中で止まりました（{said}）", en=f"the program itself failed ({said})")


class _Unasked(Exception):
    """An earlier try may have arrived, and nobody could be asked about it. Nothing was sent this time."""

    def __init__(self, what: Sentence, after: timedelta | None = None) -> None:
        super().__init__(what.en)
        self.what = what
        self.after = after


@dataclass(frozen=True, slots=True)
class Sending:
    """One action for one channel that is no edition."""

    house: House
    action: Action
    planned: Planned
    now: datetime
    run: str | None = None
    pause: Callable[[float], None] = time.sleep

    # --- by hand ---

    def hand_over(self) -> Result:
        """Prepare the package a person posts from; nothing leaves the house."""
        if (held := self._held()) is not None:
            return held
        try:
            if self.action.action is ActionKind.WITHDRAW and self._receipt() is None:
                return self._unpacked()
            place, digest = self._packed()
            self.house.ledger.handed_over(
                self.action.article, self.action.channel, digest, now=self.now, who=self.house.who, run=self.run
            )
        except KawarabanError as error:
            return self._not_packed(error.what)
        except Exception as error:  # noqa: BLE001 - one package that breaks must not stop the other channels
            self._log("packing", error)
            return self._not_packed(broken(error))
        return result_of(self.action, "handed over", place=place)

    def _unpacked(self) -> Result:
        """Nobody has posted it: its package is taken away, and nobody will."""
        article, name = self.action.article, self.action.channel
        row, channel = self.house.ledger.delivery(article, name), self.house.channel(name)
        packed = self.house.ledger.variant(row.handed_over, name) if row and row.handed_over else None
        if packed is not None and isinstance(channel, Discards):
            channel.discard(packed)
        ending = Ending(article, name, Settlement.TAKEN_DOWN, why=self.action.reason.en)
        self.house.ledger.settle(ending, now=self.now, who=self.house.who)
        return result_of(self.action, "withdrawn")

    def _packed(self) -> tuple[str | None, str]:
        """Return where the package lies, and what was handed over."""
        action = self.action
        if action.action is ActionKind.WITHDRAW:
            return None, TAKE_DOWN
        channel = self.house.channel(action.channel)
        if not isinstance(channel, RecordedByHand):
            msg = f"{action.channel} says a person posts there, and prepares nothing for one"
            raise TypeError(msg)
        live = self.house.ledger.variant(action.live_digest, action.channel) if action.live_digest else None
        return str(channel.package(self._variant(), live)), action.digest or ""

    def _not_packed(self, error: Sentence) -> Result:
        """Keep why, so that `status` can say it; the next publish tries again."""
        error = veiled(error, self._secrets())
        attempt = self._claimed()
        self.house.ledger.unavailable(attempt, error, next_try=None, now=self.now, who=self.house.who)
        return result_of(self.action, "unavailable", error=error)

    # --- by machine ---

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
        answer, outcome = self._answered(channel, attempt)
        if answer.error is not None:
            answer = replace(answer, error=veiled(answer.error, self._secrets()))
        self.house.ledger.conclude([(attempt, answer)], now=self.house.clock(), who=self.house.who)
        place = answer.receipt.url if answer.receipt else None
        return result_of(self.action, outcome, place=place, error=answer.error)

    def _answered(self, channel: Channel, attempt: Attempt) -> tuple[Answer, Outcome]:
        """Return what the ledger records, and how it looks to a person."""
        try:
            answer = self._asked_or_sent(channel, attempt)
        except _Unasked as error:  # nothing was sent this time: the doubt is an earlier try's, and the ledger keeps it
            return Answer("unavailable", error=error.what, next_try=self._next_try(error.after)), "unsure"
        except Unsure as error:
            answer = Answer("unsure", error=error.what, next_try=self._next_try())
        except NotAuthorised as error:
            self._close(error)
            answer = self._locked_out(error)
        except Refused as error:
            answer = self._refused(channel, error, attempt)
        except Unavailable as error:
            answer = Answer("unavailable", error=error.what, next_try=self._next_try(error.after))
        except Exception as error:  # noqa: BLE001 - a failure without a type may have come after the request had left
            self._log("sending", error)
            answer = Answer("unsure", error=broken(error), next_try=self._next_try())
        return answer, answer.outcome

    def _asked_or_sent(self, channel: Channel, attempt: Attempt) -> Answer:
        if self.action.action is ActionKind.WITHDRAW:
            return self._taken_down(channel, attempt)
        if attempt.doubts:
            found = self._left_behind(channel, attempt)
            if found is not None and self.action.action is ActionKind.CREATE:  # an update still has to be sent
                return found
        payload = channel.prepare(self._variant())
        if self.house.clock() + self._able.longest > attempt.started + self._lease:
            raise Unavailable(_TOO_SLOW)  # another may take it over before the answer is there

        def save(note: str) -> None:
            self.house.ledger.save(attempt, note)

        if self.action.action is ActionKind.CREATE:
            return Answer("live", receipt=channel.create(payload, attempt.key, save))
        receipt = self._receipt()
        if receipt is None:  # an update never creates
            raise Refused(_NOTHING_THERE)
        return Answer("live", receipt=channel.update(payload, receipt, attempt.key, save))

    def _left_behind(self, channel: Channel, attempt: Attempt) -> Answer | None:
        """
        Ask for what the tries in doubt may have posted.

        What is found is recorded with the text that its own try sent, which an edit may have overtaken since.
        """
        if self._able.finds == "nothing":
            if self._able.idempotency == "none" or set(attempt.doubts) != {attempt.key}:
                raise _Unasked(_CANNOT_ASK)
            return None  # the server knows the key: the same request again makes no second post
        earlier = self.house.ledger.attempts(attempt.article, attempt.channel)
        for one in {one.key: one for one in earlier if one.key in attempt.doubts}.values():
            sent = self.house.ledger.variant(one.digest, one.channel)
            if one.action is ActionKind.CREATE and sent is not None:
                receipt = self._found(channel, sent, one.key)
                if receipt is None and self._able.finds == "list":  # a list may lag behind what was just posted
                    self.pause(self._able.lag.total_seconds())
                    receipt = self._found(channel, sent, one.key)
                if receipt is not None:
                    return Answer("live", receipt=receipt, digest=one.digest, article_digest=one.article_digest)
        return None

    def _found(self, channel: Channel, sent: Variant, key: str) -> Receipt | None:
        try:
            return channel.find(channel.prepare(sent), key)
        except NotAuthorised as error:
            self._close(error)
            raise _Unasked(error.what) from error
        except ChannelFailure as error:
            raise _Unasked(error.what, after=getattr(error, "after", None)) from error
        except Exception as error:
            self._log("asking", error)
            raise _Unasked(broken(error)) from error

    def _taken_down(self, channel: Channel, attempt: Attempt) -> Answer:
        receipt = self._receipt()
        if receipt is None and attempt.doubts:
            found = self._left_behind(channel, attempt)
            receipt = found.receipt if found else None
        if receipt is not None:
            channel.withdraw(receipt)
        return Answer("withdrawn")

    def _locked_out(self, error: NotAuthorised) -> Answer:
        """The text was not even looked at: it goes once the hold ends. A hold stops no withdrawal: that waits for a name."""
        if self.action.action is ActionKind.WITHDRAW:
            return Answer("refused", error=error.what)
        return Answer("unavailable", error=error.what, next_try=self.house.clock())

    def _refused(self, channel: Channel, error: Refused, attempt: Attempt) -> Answer:
        """A refusal has created posts before: ask once where the channel can be asked."""
        answer = Answer("refused", error=error.what)
        if self.action.action is not ActionKind.CREATE or self._able.finds == "nothing":
            return answer
        try:
            found = channel.find(channel.prepare(self._variant()), attempt.key)
        except ChannelFailure:
            return answer
        return Answer("live", receipt=found) if found is not None else answer

    def _next_try(self, wished: timedelta | None = None) -> datetime:
        """When to try (or, where it is unsure, to ask) again: as the server wishes, else later each time."""
        row = self.house.ledger.delivery(self.action.article, self.action.channel)
        own = back_off(row.failures if row else 0)
        return self.house.clock() + (own if wished is None else wished)

    # --- both ---

    def _secrets(self) -> tuple[str, ...]:
        return secrets_of(self.house.own.get(self.action.channel), self.house.root)

    def _log(self, doing: str, error: Exception) -> None:
        trace = traced(error, self._secrets())
        _LOG.error("%s %s for %s\n%s", doing, self.action.article, self.action.channel, trace)

    @property
    def _able(self) -> Capabilities:
        """What the channel can do with its settings."""
        return self.house.capabilities(self.house.channel_settings(self.action.channel))

    def _claimed(self) -> Attempt:
        action = self.action
        claim = Claim(
            article=action.article,
            channel=action.channel,
            action=action.action,
            digest=action.digest or action.live_digest or "",
            article_digest=action.article_digest,
            reopen=action.reopen,
            burst=self._burst(),
        )
        now = max(self.now, self.house.clock())  # a lease counts from its own beginning, however long the run takes
        who = self.house.who
        return self.house.ledger.claim(claim, owner=owner(), lease=self._lease, now=now, run=self.run, who=who)

    @property
    def _lease(self) -> timedelta:
        return lease_of(self._able)

    def _burst(self) -> int | None:
        """Return how many new posts within an hour the channel lets through; None where it does not announce."""
        if not self._able.announces:
            return None
        own = getattr(self.house.own.get(self.action.channel), "burst", None)
        return own if isinstance(own, int) else BURST

    def _variant(self) -> Variant:
        return self.planned.variant(self.action.article, self.action.channel, self.action.digest or "")

    def _receipt(self) -> Receipt | None:
        """What is live there (a receipt of what was taken down names nothing)."""
        row = self.house.ledger.delivery(self.action.article, self.action.channel)
        return row.receipt if row and row.public else None

    def _held(self) -> Result | None:
        """A hold of this minute counts, whatever the plan saw; it keeps nothing public that must go."""
        if self.action.action is ActionKind.WITHDRAW:
            return None
        for hold in self.house.ledger.holds():
            if hold.scope.covers(self.action.article, self.action.channel):
                return result_of(self.action, "unavailable", error=reasons.on_hold(hold.reason))
        return None

    def _close(self, error: NotAuthorised) -> None:
        """Hold the channel: fifty deliveries with refused credentials are one trouble, not fifty."""
        what = veiled(error.what, self._secrets())
        why = f"{what.ja} / {what.en}"
        self.house.ledger.hold(Scope(channel=self.action.channel), now=self.house.clock(), who=RECOVERY, why=why)


_CANNOT_ASK = Sentence(
    ja="前の送信が届いたか確かめられません", en="an earlier try may have arrived, and the channel can't be asked"
)
_TOO_SLOW = Sentence(
    ja="問い合わせに時間がかかりすぎました。送らずに出直します", en="asking took too long: nothing was sent this time"
)
_NOTHING_THERE = Sentence(ja="書き換える相手がありません", en="there is nothing there to update")
