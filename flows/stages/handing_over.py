"""Preparing what a person posts, or asking one to take a post down: nothing leaves the house."""

from __future__ import annotations

from dataclasses import dataclass

from flows.stages.deed import Deed, broken, result_of
from flows.stages.secrecy import veiled
from flows.stages.values import Result
from kawaraban.channels.protocol import Discards, RecordedByHand
from kawaraban.delivery import TAKE_DOWN, ActionKind
from kawaraban.errors import KawarabanError, Sentence
from kawaraban.ledger import Ending, Settlement


@dataclass(frozen=True)
class HandingOver(Deed):
    """A person does it."""

    def ready(self) -> Result:
        """Prepare the package a person posts from; nothing leaves the house."""
        if (held := self._held()) is not None:
            return held
        try:
            if self.action.action is ActionKind.WITHDRAW and self._receipt() is None:
                return self._unpacked()
            place, digest = self._packed()
            self.house.ledger.handed_over(
                self.action.article,
                self.action.channel,
                digest,
                now=self.house.told_at(self.now),
                who=self.house.who,
                run=self.run,
            )
        except KawarabanError as error:
            return self._not_packed(error.advised)
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
        self.house.ledger.settle(ending, now=self.house.told_at(self.now), who=self.house.who)
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
        self.house.ledger.unavailable(
            attempt, error, next_try=None, now=self.house.told_at(self.now), who=self.house.who
        )
        return result_of(self.action, "unavailable", error=error)
