"""
Withdrawing: the intent is written first (file or pin), then the one publish function takes it down, then each channel is asked.

What only a person can take down is named with what to press, and what can't be taken back is said to be so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flows.compose import House
from flows.stages import publishing
from flows.stages.reading_posts import NO_ADDRESS, copy_of
from flows.stages.taking_down import keep_down, mark_withdrawn
from flows.stages.values import Progress, Published, PublishRequest, Step, unwatched
from kawaraban.article.model import Article
from kawaraban.channels.protocol import Channel, Discards
from kawaraban.config import ChannelSettings
from kawaraban.delivery import TAKE_DOWN, Delivery, State
from kawaraban.errors import ChannelFailure, KawarabanError, Refused, Sentence
from kawaraban.ledger import Ending, Settlement
from kawaraban.plan import reasons

_LOG = logging.getLogger(__name__)

Publish = Callable[[House, PublishRequest, Progress, datetime], Published]
"""The one publish function: plain (the default), or as a flow and handed over to a running publisher (the command)."""

Outcome = Literal["gone", "by hand", "for good", "not there", "failed"]


@dataclass(frozen=True, slots=True)
class Fate:
    """
    How a withdrawal ended on one channel.

    `gone`: it was there and is no more (`verified`: read back); `by hand`: a person must take it down at `url`, `what` says how,
    `then` what to tell afterwards; `for good`: it can't be taken back; `not there`: it never was; `failed`: `what` says why.
    """

    channel: str
    outcome: Outcome
    url: str | None = None
    verified: bool = True
    what: Sentence | None = None
    then: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An article's withdrawal, everywhere or from some channels, and its fate on each."""

    article: Article
    fates: tuple[Fate, ...]

    @property
    def failed(self) -> bool:
        """Whether something is still public that a machine should have taken down."""
        return any(fate.outcome == "failed" for fate in self.fates)


def plainly(house: House, request: PublishRequest, progress: Progress, now: datetime) -> Published:
    """Publish without Prefect."""
    return publishing.publish(house, request, progress, now=now)


def withdraw(  # noqa: PLR0913 - what `kawaraban withdraw` says, the instant, and who publishes
    house: House,
    name: str,
    channels: Sequence[str],
    reason: str = "",
    *,
    now: datetime,
    progress: Progress = unwatched,
    publish: Publish = plainly,
) -> Withdrawal:
    """
    Withdraw an article: everywhere (its file says so from now on), or from `channels` only (the ledger keeps it down there).

    Doing it twice takes nothing down twice. Raises WrongInput for an unknown article or channel, Conflict where the file
    changed meanwhile.
    """
    asked = [house.channel_settings(one) for one in channels] or list(house.settings.channels)
    article = house.library.find(name)
    said = " ".join(reason.split())
    _take_packages_away(house, article, asked)
    for channel in channels:
        keep_down(house, article, channel, said, now=now)
    if not channels and mark_withdrawn(house, article, said, now=now):
        article = house.library.find(article.id)
    trouble = None
    try:
        publish(house, PublishRequest((article.id,), tuple(channels)), progress, now)
    except KawarabanError as error:  # the intent stands: the next publish goes on with it, and the list says so
        _LOG.warning("withdrawing %s: %s", article.id, error.what.en)
        trouble = error.what
    return Withdrawal(article, tuple(_Asking(house, article, said, now, progress, trouble).fates(asked)))


def _take_packages_away(house: House, article: Article, channels: Sequence[ChannelSettings]) -> None:
    """A package that lies ready must not be posted any more."""
    for one in channels:
        row, channel = house.ledger.delivery(article.id, one.name), house.channel(one.name)
        if row is None or row.handed_over in (None, TAKE_DOWN) or not isinstance(channel, Discards):
            continue
        packed = house.ledger.variant(row.handed_over or "", one.name)
        if packed is not None:
            channel.discard(packed)


@dataclass(frozen=True)
class _Asking:
    """What became of it, channel by channel."""

    house: House
    article: Article
    reason: str
    now: datetime
    progress: Progress
    trouble: Sentence | None = None

    def fates(self, channels: Sequence[ChannelSettings]) -> list[Fate]:
        rows = {row.channel: row for row in self.house.ledger.deliveries([self.article.id])}
        for name, row in rows.items():
            if row.state is not State.WITHDRAWN and not row.public and name in {one.name for one in channels}:
                keep_down(self.house, self.article, name, self.reason, now=self.now)
        rows = {row.channel: row for row in self.house.ledger.deliveries([self.article.id])}
        return [self._fate(one, rows.get(one.name)) for one in channels]

    def _fate(self, settings: ChannelSettings, row: Delivery | None) -> Fate:
        name, able = settings.name, self.house.capabilities(settings)
        if row is None or (row.state is State.WITHDRAWN and not self._was_there(row)):
            return Fate(name, "not there")
        if row.state is State.WITHDRAWN:
            return self._gone(row)
        if row.handed_over == TAKE_DOWN:
            return self._by_hand(row)
        if row.public and not able.withdraws:
            return Fate(name, "for good", row.url, what=reasons.FOR_GOOD)
        remedy = reasons.publish(self.article.id, name)
        return Fate(name, "failed", row.url, what=self.trouble or row.error or _STILL_THERE, then=remedy)

    # --- gone ---

    def _was_there(self, row: Delivery) -> bool:
        """Whether anything of it was ever there: a thread that never came to its end may have been, in part."""
        return row.first_live is not None or bool(self.house.ledger.parts.gone(row.article, row.channel))

    def _gone(self, row: Delivery) -> Fate:
        """Live means read back, and so does gone: an edition was looked at when it was written, others are asked now."""
        if self.house.capabilities(self.house.channel_settings(row.channel)).edition:
            return Fate(row.channel, "gone", row.url)
        self.progress(Step("read", _READING, row.channel))
        copy = copy_of(self.house, row)
        if isinstance(copy, Sentence):
            return Fate(row.channel, "gone", row.url, verified=False, what=None if copy == NO_ADDRESS else copy)
        if copy.present and copy.verified:
            return Fate(row.channel, "failed", row.url, what=_STILL_THERE)
        return Fate(row.channel, "gone", row.url, verified=not copy.present)

    # --- by hand ---

    def _by_hand(self, row: Delivery) -> Fate:
        """Ask the channel what a person must do; where the post is gone already, nobody must."""
        then = reasons.removed(self.article.id, row.channel)
        channel = self.house.channel(row.channel)
        if not isinstance(channel, Channel) or row.receipt is None or row.url is None:
            return Fate(row.channel, "by hand", row.url, what=_BY_A_PERSON, then=then)
        self.progress(Step("read", _READING, row.channel))
        try:
            channel.withdraw(row.receipt)
        except Refused as error:
            return Fate(row.channel, "by hand", row.url, what=error.remedy or error.what, then=then)
        except ChannelFailure as error:
            _LOG.warning("%s could not be asked about %s: %s", row.channel, row.url, error.what.en)
            return Fate(row.channel, "by hand", row.url, what=_BY_A_PERSON, then=then)
        ending = Ending(self.article.id, row.channel, Settlement.ARRIVED, why=self.reason)
        self.house.ledger.settle(ending, now=self.house.told_at(self.now), who=self.house.who)
        return Fate(row.channel, "gone", row.url)


_READING = Sentence(ja="なくなったか読み返しています", en="reading back whether it is gone")
_STILL_THERE = Sentence(ja="まだ公開されています", en="it is still there")
_BY_A_PERSON = Sentence(ja="投稿した人が、そこで消してください", en="a person removes it there")
