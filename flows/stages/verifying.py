"""
Verifying: reads back what is really live, delivery by delivery, and says live, drifted, gone or unknown.

Nothing out there is touched. Where something differs the ledger keeps how (the word becomes `drifted`), and every finding
carries the command that would put it right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from flows.compose import House
from flows.stages.edition import EditionGroup, groups
from flows.stages.reading_back import EditionReading
from flows.stages.reading_posts import copy_of
from flows.stages.surveying import Survey, survey
from flows.stages.values import Progress, Step, unwatched
from kawaraban.channels.protocol import LiveCopy
from kawaraban.delivery import NOT_FOUND, TAKE_DOWN, Delivery, State, is_gone
from kawaraban.errors import Conflict, KawarabanError, Sentence
from kawaraban.ledger import EventKind, Settlement
from kawaraban.plan import reasons, remedies

STILL_PUBLIC = Sentence(ja="取り下げたのに公開されています", en="it was withdrawn, and is public all the same")


@dataclass(frozen=True, slots=True)
class Found:
    """
    What was read back of one delivery.

    `article` is None for what belongs to no article (home, lists, the envelope of a feed). `differences` say how it
    differs; `error` why it could not be read (unknown); `remedy` is what a person can do.
    """

    article: str | None
    title: str
    channel: str
    found: Literal["live", "drifted", "gone", "unknown"]
    url: str | None = None
    differences: tuple[Sentence, ...] = ()
    error: Sentence | None = None
    remedy: Sentence | None = None

    @property
    def wrong(self) -> bool:
        """Whether a person should look at it."""
        return self.found in ("drifted", "gone")


def verify(
    house: House,
    names: Sequence[str] = (),
    channels: Sequence[str] = (),
    progress: Progress = unwatched,
    *,
    now: datetime,
) -> list[Found]:
    """
    Read back what is live of these articles (() for all) on these channels (() for all), in the order of the settings.

    Differences are recorded in the ledger, and cleared where there are none any more; nothing else is changed. One
    channel's failure is a finding (unknown) and never stops another. Raises WrongInput for unknown names.
    """
    asked = {house.channel_settings(one).name for one in channels} or {one.name for one in house.settings.channels}
    return list(_Verifying(house, survey(house, names), progress, now).all(asked))


@dataclass(frozen=True)
class _Verifying:
    house: House
    survey: Survey
    progress: Progress
    now: datetime

    def all(self, asked: set[str]) -> Iterator[Found]:
        named = self.survey.named
        rows = self.house.ledger.deliveries(None if named is None else list(named))
        editions = {name: group for group in groups(self.house) for name in group.names}
        for group in groups(self.house):
            if asked & set(group.names):
                own = [row for row in rows if row.channel in group.names]
                yield from self._told(found for found in self._edition(group, own) if found.channel in asked)
        for channel in self.house.settings.channels:
            if channel.name in asked and channel.name not in editions:
                own = [row for row in rows if row.channel == channel.name]
                yield from self._told(self._posts(channel.name, own))

    def _told(self, found: Iterator[Found]) -> Iterator[Found]:
        """Let the ledger know, and pass on."""
        for one in found:
            if one.article is not None and one.found != "unknown":
                self._record(one.article, one)
            yield one

    def _record(self, article: str, one: Found) -> None:
        differs = one.differences if one.wrong else ()
        if one.found == "gone" and not is_gone(differs):
            differs = (NOT_FOUND, *differs)
        row = self.house.ledger.delivery(article, one.channel)
        if row is None or row.state is State.SENDING or row.handed_over == TAKE_DOWN:
            return
        with suppress(Conflict):  # it moved meanwhile: what was read back is of the past
            now = self.house.told_at(self.now)
            self.house.ledger.read_back(article, one.channel, differs, now=now, who=self.house.who)

    def _title(self, article: str) -> str:
        known = self.house.ledger.known(article)
        return known.title if known else article

    # --- editions ---

    def _edition(self, group: EditionGroup, rows: Sequence[Delivery]) -> Iterator[Found]:
        name = group.site.name
        self.progress(Step("read", _reading(name), name))
        try:
            reading = EditionReading(self.house, group, self.survey.reading.articles, self.now)
            odd = reading.odd()
        except KawarabanError as error:
            yield from (self._unknown(row, error.what) for row in rows if row.public)
            return
        if odd is None:
            yield from (self._unknown(row, _CANT_BE_READ) for row in rows if row.public)
            return
        for row in rows:
            if row.public:
                how, differences = reading.delivery(row, odd)
                yield self._found(row, how, differences, reasons.publish(row.article, row.channel))
            elif row.state is State.WITHDRAWN and (left := reading.left(row)):
                remedy = Sentence(ja=f"{left} を消してください", en=f"remove {left}")
                yield self._found(row, "drifted", (STILL_PUBLIC,), remedy)
        if self.survey.named is None and (rest := reading.rest(odd)):
            command = f"kawaraban publish --channel {name}"
            yield Found(None, "", name, "drifted", None, tuple(rest.values()), remedy=Sentence(ja=command, en=command))

    # --- posts ---

    def _posts(self, name: str, rows: Sequence[Delivery]) -> Iterator[Found]:
        able = self.house.capabilities(self.house.channel_settings(name))
        for number, row in enumerate(rows, 1):
            if not row.public and (row.state is not State.WITHDRAWN or row.first_live is None):
                continue
            self.progress(Step("read", _reading(name), name, number, len(rows)))
            if able.reads:
                yield from self._post(row)
            elif row.public:
                yield self._unknown(row, _CANT_BE_READ)

    def _post(self, row: Delivery) -> Iterator[Found]:
        copy = copy_of(self.house, row)
        if not row.public:
            if isinstance(copy, LiveCopy) and copy.present and copy.verified:
                yield self._found(row, "drifted", (STILL_PUBLIC,), _remove_there(row))
        elif isinstance(copy, Sentence):
            yield self._unknown(row, copy)
        elif not copy.present:
            waits = row.handed_over == TAKE_DOWN
            remedy = (reasons.removed if waits else remedies.for_gone)(row.article, row.channel)
            yield self._found(row, "gone", copy.differences or (NOT_FOUND,), remedy)
        elif not copy.verified and not copy.differences:
            yield self._unknown(row, _UNREACHED)
        elif copy.differences and not self._accepted(row):
            yield self._found(row, "drifted", copy.differences, self._way_out(row))
        else:
            yield replace(self._found(row, "live", (), None), differences=copy.differences)

    def _accepted(self, row: Delivery) -> bool:
        """Whether a person said that it may stay as it is, after it went out."""
        if row.pinned_digest != row.live_digest:
            return False
        decided = (EventKind.LIVE, EventKind.RECORDED, EventKind.PINNED, EventKind.SETTLED)
        events = [one for one in self.house.ledger.events(row.article, row.channel, limit=200) if one.kind in decided]
        return bool(events) and events[-1].why.en.startswith(Settlement.AS_IT_IS.value)

    def _way_out(self, row: Delivery) -> Sentence:
        able = self.house.capabilities(self.house.channel_settings(row.channel))
        return remedies.for_drifted(row.article, row.channel, able)

    # --- findings ---

    def _found(
        self,
        row: Delivery,
        found: Literal["live", "drifted", "gone"],
        differences: tuple[Sentence, ...],
        remedy: Sentence | None,
    ) -> Found:
        kept = remedy if found != "live" else None
        return Found(row.article, self._title(row.article), row.channel, found, row.url, differences, remedy=kept)

    def _unknown(self, row: Delivery, why: Sentence) -> Found:
        return Found(row.article, self._title(row.article), row.channel, "unknown", row.url, error=why)


def _reading(channel: str) -> Sentence:
    return Sentence(ja=f"{channel} を読み返しています", en=f"reading {channel} back")


def _remove_there(row: Delivery) -> Sentence:
    return Sentence(ja=f"そこで消してください: {row.url}", en=f"remove it there: {row.url}")


_CANT_BE_READ = Sentence(ja="ここは読み返せません", en="what is there can't be read back")
_UNREACHED = Sentence(ja="読み返せませんでした", en="it could not be read back this time")
