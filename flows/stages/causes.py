"""What needs a person now: pure, from the rows of `status`, the holds, and what parts of the house report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import get_args

from flows.stages.arriving import TOLERANCE
from flows.stages.values import StatusRow
from kawaraban.config import AlertKind
from kawaraban.delivery import Delivery, State, Word
from kawaraban.errors import KawarabanError, Sentence
from kawaraban.ledger.records import RECOVERY, Hold, Report
from kawaraban.plan import reasons

LATE = timedelta(minutes=5)
"""How long after its time a release is overdue: a first back-off may pass before anybody is woken."""

TRIES = 3
"""From this many on, tries without an answer, or without success, are a person's business."""

BEFORE = (timedelta(hours=12), timedelta(hours=1), timedelta())
"""When a scheduled article that is blocked is told again: so long before its release, and when that was missed."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cause:
    """
    One thing that needs a person. `key` is stable while it lasts: kind, article, channel, and what makes it another.

    `channels` are those concerned, `due` the release's time; `tries` (number) is 0 where nothing was sent. `again` are
    the instants from which it is told once more.
    """

    key: str
    kind: AlertKind
    what: Sentence
    title: str = ""
    article: str | None = None
    channels: tuple[str, ...] = ()
    remedy: Sentence | None = None
    due: datetime | None = None
    tries: int = 0
    again: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Situation:
    """
    How the house stands at `now`.

    `broken` is why no plan could be made (then `rows` is empty and says nothing). `lacking` are channels whose settings
    name a secret that is not there. `last_event` is the ledger's.
    """

    now: datetime
    rows: Sequence[StatusRow] = ()
    deliveries: Mapping[Pair, Delivery] = field(default_factory=dict)
    holds: Sequence[Hold] = ()
    reports: Sequence[Report] = ()
    lacking: Mapping[str, KawarabanError] = field(default_factory=dict)
    last_event: datetime | None = None
    broken: KawarabanError | None = None


def causes(at: Situation) -> list[Cause]:
    """Return what needs a person, the most pressing kinds first; each key once."""
    found = {cause.key: cause for rule in _RULES for cause in rule(at)}
    return list(found.values())


def undecided(at: Situation, key: str) -> bool:
    """Return whether nobody can say at this moment that a cause has gone: its delivery is in the air, or no plan is to be had."""
    kind, article, channel, *_ = (*key.split(":"), "", "")
    if kind not in _FROM_ROWS:
        return False
    delivery = at.deliveries.get((article, channel))
    return at.broken is not None or (delivery is not None and delivery.state is State.SENDING)


# --- from the rows ---


def _failed(at: Situation) -> Iterator[Cause]:
    for row in at.rows:
        if row.word is Word.FAILED and not _is_of_a_hold(row, at.holds):
            tried = _delivery(at, row)
            yield _of(row, "failed", row.error or row.reason, f"{(tried and tried.tried_digest) or ''}"[:12])


def _unsure(at: Situation) -> Iterator[Cause]:
    for row in at.rows:
        known = _delivery(at, row)
        if row.word is Word.UNSURE and known is not None and not _is_of_a_hold(row, at.holds):
            nobody_can_be_asked = row.reason == reasons.UNSURE
            if nobody_can_be_asked or known.failures >= TRIES:
                yield _of(
                    row, "unsure", row.reason if nobody_can_be_asked else row.error or row.reason, str(known.cleared)
                )


def _overdue(at: Situation) -> Iterator[Cause]:
    for row in at.rows:
        if row.word is Word.OVERDUE or _is_late(at, row):
            yield _of(row, "overdue", row.error or row.reason)


def _is_late(at: Situation, row: StatusRow) -> bool:
    known = _delivery(at, row)
    if row.state is State.LIVE:  # an update that does not get through: its first release was long ago
        return row.word is Word.RETRYING and known is not None and known.failures >= TRIES
    return row.word in (Word.DUE, Word.RETRYING) and row.due is not None and row.due < at.now - LATE


def _blocked(at: Situation) -> Iterator[Cause]:
    """One cause an article: what stops it, stops it everywhere. What was never scheduled, and lies in the past, is not."""
    for rows in _by_article(row for row in at.rows if row.word is Word.BLOCKED and row.due is not None):
        scheduled = [row for row in rows if row.due is not None and (row.due > at.now or row.state is not None)]
        if scheduled:
            due = min(row.due for row in scheduled if row.due is not None)
            first = scheduled[0]
            yield Cause(
                key=f"blocked:{first.article}:",
                kind="blocked",
                what=first.reason,
                title=first.title,
                article=first.article,
                channels=tuple(row.channel for row in scheduled),
                remedy=first.remedy or reasons.check(first.article),
                due=due,
                again=tuple(due - before for before in BEFORE),
            )


def _by_hand(at: Situation) -> Iterator[Cause]:
    for row in at.rows:
        if row.word in (Word.BY_HAND, Word.TO_TAKE_DOWN):
            yield _of(row, "by-hand", row.reason, "post" if row.word is Word.BY_HAND else "remove")


def _drifted(at: Situation) -> Iterator[Cause]:
    for row in at.rows:
        if row.word is Word.DRIFTED:
            said = "; ".join(row.differences)
            yield _of(
                row, "drifted", Sentence(ja=f"公開されているものが違います: {said}", en=f"what is live differs: {said}")
            )


def _vanished(at: Situation) -> Iterator[Cause]:
    for rows in _by_article(row for row in at.rows if row.reason == reasons.GONE):
        first = rows[0]
        yield Cause(
            key=f"vanished:{first.article}:",
            kind="vanished",
            what=first.reason,
            title=first.title,
            article=first.article,
            channels=tuple(row.channel for row in rows),
            remedy=first.remedy,
        )


def _of(row: StatusRow, kind: AlertKind, what: Sentence, which: str = "") -> Cause:
    return Cause(
        key=f"{kind}:{row.article}:{row.channel}:{which}",
        kind=kind,
        what=what,
        title=row.title,
        article=row.article,
        channels=(row.channel,),
        remedy=row.remedy or _way_out(row, kind),
        due=row.due,
        tries=row.attempts,
    )


def _way_out(row: StatusRow, kind: AlertKind) -> Sentence:
    """Return the command that mends it, where the plan names none: what goes on by itself can be hurried."""
    if kind == "unsure":
        return reasons.settle(row.article, row.channel)
    if kind == "by-hand":
        return reasons.record(row.article, row.channel)
    return reasons.publish(row.article, row.channel)


def _delivery(at: Situation, row: StatusRow) -> Delivery | None:
    return at.deliveries.get((row.article, row.channel))


def _by_article(rows: Iterator[StatusRow]) -> list[list[StatusRow]]:
    found: dict[str, list[StatusRow]] = defaultdict(list)
    for row in rows:
        found[row.article].append(row)
    return list(found.values())


# --- from what the machine stopped ---


def _holds(at: Situation) -> Iterator[Cause]:
    """What the machine stopped by itself. What a person holds, a person knows."""
    for hold in at.holds:
        if hold.who == RECOVERY and hold.scope.article is None:
            kind = _kind_of(hold, at.rows)
            own = [row for row in at.rows if row.channel == hold.scope.channel]
            scope = f"--channel {hold.scope.channel}" if hold.scope.channel else "--all"
            yield Cause(
                key=f"hold:{hold.scope.channel or ''}:{hold.since.isoformat()}",
                kind=kind,
                what=Sentence(ja=hold.why, en=hold.why),
                channels=(hold.scope.channel,) if hold.scope.channel else (),
                remedy=reasons.resume(scope),
                due=min((row.due for row in own if row.due and row.due >= hold.since - LATE), default=None),
            )


def _kind_of(hold: Hold, rows: Sequence[StatusRow]) -> AlertKind:
    if hold.scope.channel is None:
        return "restored"
    refused = any(_is_of_a_hold(row, [hold]) for row in rows)
    return "credentials" if refused else "stopped"


def _is_of_a_hold(row: StatusRow, holds: Sequence[Hold]) -> bool:
    """Whether it failed with the words for which the machine holds its channel: fifty refusals are one trouble."""
    return row.error is not None and any(
        hold.who == RECOVERY and hold.scope.channel == row.channel and row.error.en in hold.why for hold in holds
    )


def _lacking(at: Situation) -> Iterator[Cause]:
    for channel, error in at.lacking.items():
        yield Cause(f"credentials:{channel}:", "credentials", error.what, channels=(channel,), remedy=error.remedy)


def _broken(at: Situation) -> Iterator[Cause]:
    if at.broken is not None:
        yield Cause("stopped:plan:", "stopped", at.broken.what, remedy=at.broken.remedy)


def _clock(at: Situation) -> Iterator[Cause]:
    if at.last_event is not None and at.last_event > at.now + TOLERANCE:
        yield Cause("clock::", "clock", _BEHIND, remedy=_SET_IT)


def _reports(at: Situation) -> Iterator[Cause]:
    for one in at.reports:
        known: tuple[AlertKind, ...] = get_args(AlertKind)
        kind: AlertKind = next((kind for kind in known if kind == one.kind), "stopped")
        yield Cause(f"report:{one.name}:", kind, one.what, remedy=one.remedy)


_BEHIND = Sentence(
    ja="この機械の時計が、台帳の最後の記録より遅れています。直るまで何も出しません",
    en="this machine's clock is behind the ledger's last record; nothing is released until it is right",
)
_SET_IT = Sentence(
    ja="時計を合わせてください（timedatectl set-ntp true）", en="set the clock right (timedatectl set-ntp true)"
)
_FROM_ROWS = ("failed", "unsure", "overdue", "blocked", "by-hand", "drifted", "vanished")
_RULES = (
    _broken, _clock, _holds, _lacking, _failed, _unsure, _overdue, _blocked, _vanished, _reports, _by_hand, _drifted,
)  # fmt: skip
