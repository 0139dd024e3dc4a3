"""One (article, channel) with everything the rules look at, and the verdict they give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from kawaraban.delivery import TAKE_DOWN, ActionKind, Delivery, Standing, Word, word
from kawaraban.errors import Sentence
from kawaraban.ledger.records import Hold, Known
from kawaraban.plan import reasons
from kawaraban.plan.due import Due
from kawaraban.plan.values import Cause, Intent, Selection, Wanted


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of it, and why."""

    action: ActionKind
    reason: Sentence
    remedy: Sentence | None = None
    cause: Cause | None = None
    after: str | None = None
    after_article: str | None = None


@dataclass(frozen=True, slots=True)
class First:
    """
    The article that must be live on this channel first, and is not.

    `going`: it goes out in this run; `coming`: it has its time, and nothing stops it; `stopped`: something does, as `word`
    says. `due` is when it will be there, as far as one can say.
    """

    article: str
    title: str
    state: Literal["going", "coming", "stopped"]
    word: Word
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """
    One (article, channel) with everything that the rules look at.

    `going` is the channel that goes live first in the same run, where there is one. `sending`: another holds it now.
    `exists`: the ledger has the row. `first` is the article that must go first and is not there yet. `neighbour` is the title of another article that is public under this one's slug.
    """

    wanted: Wanted
    delivery: Delivery
    known: Known | None
    holds: tuple[Hold, ...]
    selection: Selection
    due: Due
    now: datetime
    zone: ZoneInfo
    exists: bool = False
    sending: bool = False
    going: str | None = None
    first: First | None = None
    neighbour: str | None = None

    @property
    def intent(self) -> Intent:
        """The article's file."""
        return self.wanted.intent

    @property
    def named(self) -> bool:
        """Whether somebody names the article for it to go."""
        articles = self.selection.articles
        return not self.selection.looking and articles is not None and self.intent.article in articles

    @property
    def pin_holds(self) -> bool:
        """Whether an earlier text is held in place."""
        return self.delivery.pinned_digest is not None and self.delivery.pinned_against == self.intent.digest

    @property
    def target(self) -> str | None:
        """The digest of what should stand there: a pin's own, while it holds."""
        return self.delivery.pinned_digest if self.pin_holds else self.wanted.digest

    @property
    def changed(self) -> bool:
        """Whether something is live there that should be another text."""
        return self.delivery.public and self.target is not None and self.target != self.delivery.live_digest

    @property
    def enabled(self) -> bool:
        """Whether the article goes there: `off` ends by naming article and channel."""
        insisted = self.named and self.selection.channels is not None
        return self.wanted.enabled and (insisted or not self.off)

    @property
    def off(self) -> bool:
        """Whether it was born off there, or the ledger says so, and the settings do not let the old ones go."""
        return not self.wanted.backfill and (self.delivery.off if self.exists else self.wanted.born_off)

    @property
    def late_limit(self) -> timedelta | None:
        """How late it may still go out by itself: as said, else as its kind has it; what is backfilled is never late."""
        said = self.wanted.release.values.late
        if said == "never" or (self.wanted.backfill and self.wanted.born_off):
            return None
        return said if said is not None else self.wanted.capabilities.late

    @property
    def ending(self) -> Sentence | None:
        """Why it must be taken down, if it must."""
        if self.intent.withdrawn is not None and instant(self.intent.withdrawn, self.zone) <= self.now:
            return reasons.WITHDRAWN_BY_EDITOR
        if self.intent.expires is not None and self.intent.expires <= self.now:
            return reasons.EXPIRED
        return reasons.WITHDRAWN_HERE if self.delivery.pinned_digest == TAKE_DOWN else None

    @property
    def hold(self) -> tuple[Sentence, Sentence] | None:
        """Why it is held, and the remedy."""
        article, channel = self.intent.article, self.wanted.channel
        for each in self.holds:
            if each.scope.covers(article, channel):
                named = [each.scope.article or "", f"--channel {each.scope.channel}" if each.scope.channel else ""]
                return each.reason, reasons.resume(" ".join(part for part in named if part) or "--all")
        written = self.wanted.release.values.hold
        if written is not None:
            return Sentence(ja=written, en=written), reasons.drop_hold(channel)
        return None

    @property
    def by_hand(self) -> bool:
        """Whether a person does it."""
        return self.wanted.capabilities.by_hand


def instant(moment: datetime | date, zone: ZoneInfo) -> datetime:
    """Return a moment as an instant; a bare day begins at the newsroom's midnight."""
    return moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day, tzinfo=zone)


def cause_of(case: Case) -> Cause:
    """Return what moved: the article (its file, or a person who put an earlier text back), or else the program."""
    return "program" if case.delivery.article_digest == case.intent.digest and not case.pin_holds else "article"


def late_after(case: Case) -> datetime | None:
    """
    Return the instant from which it counts as overdue: the later of due and the row's making, plus the limit.

    A channel that follows another is as late as it was to be there, not as that one came at last: after an outage of the
    whole machine a post of the morning does not go out at night because its page did. What has no row yet is made now: an
    old article that was never to go there is not late.
    """
    limit = case.late_limit
    if limit is None or case.due.at is None:
        return None
    return max(case.due.planned or case.due.at, case.delivery.made or case.now) + limit


def word_of(case: Case, verdict: Verdict) -> Word:
    """Return the word people read."""
    due, delivery = known_due(case), case.delivery
    return word(delivery if delivery.due == due else replace(delivery, due=due), _standing(case, verdict), case.now)


def known_due(case: Case) -> datetime | None:
    """Return the due time as it is now: what the ledger has was written before the last run."""
    return case.due.at if case.due.known else None


def _standing(case: Case, verdict: Verdict) -> Standing:
    held = case.hold is not None and verdict.reason == reasons.on_hold(case.hold[0])  # also where it was named
    able = case.wanted.capabilities
    return Standing(
        ready=case.intent.status == "ready" or (case.intent.status == "archived" and case.delivery.public),
        enabled=case.enabled,
        blocked=verdict.action is ActionKind.BLOCKED and not held,
        held=case.hold is not None,
        by_hand=case.by_hand,
        wanted_digest=case.target,
        withdrawing=case.ending is not None and (able.withdraws or not case.delivery.public),
        late_after=late_after(case),
    )
