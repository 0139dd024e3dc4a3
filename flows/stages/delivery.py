"""
One channel's sending: the intent is committed before the request leaves, the outcome after the answer.

The order of the `except` clauses is the retry policy. An attempt whose earlier tries may have arrived asks `find` for
each before anything is sent; where the channel can't be asked, it ends as unsure and a person decides.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flows.compose import House
from flows.stages.planning import Planned
from flows.stages.values import Result
from kawaraban.channels.protocol import Channel, RecordedByHand
from kawaraban.delivery import TAKE_DOWN, ActionKind, Attempt, Receipt
from kawaraban.errors import ChannelFailure, KawarabanError, Refused, Sentence, Unavailable, Unsure
from kawaraban.ledger import Answer, Claim, owner
from kawaraban.plan import Action
from kawaraban.variant import Variant

LEASE = timedelta(minutes=5)
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1))
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


def broken(error: Exception) -> Sentence:
    """Say that the program itself failed; the log has the rest."""
    said = f"{type(error).__name__}: {error}"
    return Sentence(ja=f"プログラムの中で止まりました（{said}）", en=f"the program itself failed ({said})")


@dataclass(frozen=True, slots=True)
class Sending:
    """One action for one channel that is no edition."""

    house: House
    action: Action
    planned: Planned
    now: datetime
    run: str | None = None

    # --- by hand ---

    def hand_over(self) -> Result:
        """Prepare the package a person posts from; nothing leaves the house."""
        try:
            place, digest = self._packed()
            self.house.ledger.handed_over(
                self.action.article, self.action.channel, digest, now=self.now, who=self.house.who, run=self.run
            )
        except KawarabanError as error:
            return self._not_packed(error.what)
        except Exception as error:  # noqa: BLE001 - one package that breaks must not stop the other channels
            _LOG.exception("package of %s for %s", self.action.article, self.action.channel)
            return self._not_packed(broken(error))
        return result_of(self.action, "handed over", place=place)

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
        attempt = self._claimed()
        try:
            answer = self._asked_or_sent(channel, attempt)
        except Unsure as error:
            answer = Answer("unsure", error=error.what)
        except Refused as error:
            answer = self._refused(channel, error, attempt)
        except Unavailable as error:
            answer = Answer("unavailable", error=error.what, next_try=self.house.clock() + self._wait(error))
        except Exception as error:  # noqa: BLE001 - a failure without a type may have come after the request had left
            _LOG.exception("%s to %s", self.action.article, self.action.channel)
            answer = Answer("unsure", error=broken(error))
        self.house.ledger.conclude([(attempt, answer)], now=self.house.clock(), who=self.house.who)
        place = answer.receipt.url if answer.receipt else None
        return result_of(self.action, answer.outcome, place=place, error=answer.error)

    def _asked_or_sent(self, channel: Channel, attempt: Attempt) -> Answer:
        if self.action.action is ActionKind.WITHDRAW:
            return self._taken_down(channel)
        payload = channel.prepare(self._variant())
        for key in attempt.doubts:
            if channel.capabilities.finds == "nothing":
                raise Unsure(_CANNOT_ASK)
            found = channel.find(payload, key)
            if found is not None and self.action.action is ActionKind.CREATE:  # an update still has to be sent
                return Answer("live", receipt=found)

        def save(note: str) -> None:
            self.house.ledger.save(attempt, note)

        if self.action.action is ActionKind.CREATE:
            return Answer("live", receipt=channel.create(payload, attempt.key, save))
        receipt = self._receipt()
        if receipt is None:  # an update never creates
            raise Refused(_NOTHING_THERE)
        return Answer("live", receipt=channel.update(payload, receipt, attempt.key, save))

    def _taken_down(self, channel: Channel) -> Answer:
        receipt = self._receipt()
        if receipt is not None:
            channel.withdraw(receipt)
        return Answer("withdrawn")

    def _refused(self, channel: Channel, error: Refused, attempt: Attempt) -> Answer:
        """A refusal has created posts before: ask once where the channel can be asked."""
        answer = Answer("refused", error=error.what)
        if self.action.action is not ActionKind.CREATE or channel.capabilities.finds == "nothing":
            return answer
        try:
            found = channel.find(channel.prepare(self._variant()), attempt.key)
        except ChannelFailure:
            return answer
        return Answer("live", receipt=found) if found is not None else answer

    def _wait(self, error: Unavailable) -> timedelta:
        row = self.house.ledger.delivery(self.action.article, self.action.channel)
        return error.after or BACK_OFF[min(row.failures if row else 0, len(BACK_OFF) - 1)]

    # --- both ---

    def _claimed(self) -> Attempt:
        action = self.action
        claim = Claim(
            article=action.article,
            channel=action.channel,
            action=action.action,
            digest=action.digest or action.live_digest or "",
            article_digest=action.article_digest,
            reopen=action.reopen,
        )
        return self.house.ledger.claim(claim, owner=owner(), lease=LEASE, now=self.now, run=self.run)

    def _variant(self) -> Variant:
        return self.planned.variant(self.action.article, self.action.channel, self.action.digest or "")

    def _receipt(self) -> Receipt | None:
        row = self.house.ledger.delivery(self.action.article, self.action.channel)
        return row.receipt if row else None


_CANNOT_ASK = Sentence(
    ja="前の送信が届いたか確かめられません", en="an earlier try may have arrived, and the channel can't be asked"
)
_NOTHING_THERE = Sentence(ja="書き換える相手がありません", en="there is nothing there to update")
