"""One action of a plan on one channel that is no edition: what sending it and handing it to a person have in common."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flows.compose import House, back_off
from flows.stages.planning import Planned
from flows.stages.secrecy import secrets_of, traced, veiled
from flows.stages.values import Result
from kawaraban.capabilities import Capabilities
from kawaraban.config import Announcing
from kawaraban.delivery import ActionKind, Attempt, Receipt
from kawaraban.errors import NotAuthorised, Sentence
from kawaraban.ledger import Claim, Scope, owner
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


@dataclass(frozen=True)
class Deed:
    """One action for one channel that is no edition."""

    house: House
    action: Action
    planned: Planned
    now: datetime
    run: str | None = None

    def _next_try(self, wished: timedelta | None = None) -> datetime:
        """When to try (or, where it is unsure, to ask) again: as the server wishes, else later each time."""
        row = self.house.ledger.delivery(self.action.article, self.action.channel)
        own = back_off(row.failures if row else 0)
        return self.house.clock() + (own if wished is None else wished)

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
        now = self.house.told_at(self.now)  # a lease counts from its own beginning, however long the run takes
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
        what = veiled(error.advised, self._secrets())
        why = f"{what.ja} / {what.en}"
        self.house.ledger.hold(Scope(channel=self.action.channel), now=self.house.clock(), who=RECOVERY, why=why)
