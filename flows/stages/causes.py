"""What needs a person now: pure, from how the house stands (`situation`); the rules of the deliveries' words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from flows.stages.situation import Cause, Situation
from flows.stages.stops import REPORTS, STOPS, is_of_a_hold
from flows.stages.values import StatusRow
from kawaraban.config import AlertKind
from kawaraban.delivery import Delivery, State, Word, is_gone
from kawaraban.errors import Sentence, joined
from kawaraban.plan import reasons

LATE = timedelta(minutes=5)
"""How long after its time a release is overdue: a first back-off may pass before anybody is woken."""

TRIES = 3
"""From this many on, tries without an answer, or without success, are a person's business."""

BEFORE = (timedelta(hours=12), timedelta(hours=1), timedelta())
"""When a scheduled article that is blocked is told again: so long before its release, and when that was missed."""


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
        if row.word is Word.FAILED and not is_of_a_hold(row, at.holds):
            tried = _delivery(at, row)
            yield _of(row, "failed", row.error or row.reason, f"{(tried and tried.tried_digest) or ''}"[:12])


def _unsure(at: Situation) -> Iterator[Cause]:
    for row in at.rows:
        known = _delivery(at, row)
        if row.word is Word.UNSURE and known is not None and not is_of_a_hold(row, at.holds):
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
    if row.word not in (Word.DUE, Word.RETRYING) or row.due is None or known is None:
        return False  # what has no row yet is made now: an old article is not late because it is new here
    return max(row.due, known.made or row.due) < at.now - LATE


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
                remedy=_mending(first),
                due=due,
                again=tuple(due - before for before in BEFORE),
            )


def _mending(row: StatusRow) -> Sentence:
    """Return the plan's remedy, with the command that shows whether it helped."""
    check = reasons.check(row.article)
    if row.remedy is None or "kawaraban " in row.remedy.en:
        return row.remedy or check
    return Sentence(
        ja=f"{row.remedy.ja}（直ったかは {check.ja}）", en=f"{row.remedy.en} (see whether it helped: {check.en})"
    )


def _by_hand(at: Situation) -> Iterator[Cause]:
    for row in at.rows:
        if row.word in (Word.BY_HAND, Word.TO_TAKE_DOWN):
            yield _of(row, "by-hand", row.reason, "post" if row.word is Word.BY_HAND else "remove")


def _drifted(at: Situation) -> Iterator[Cause]:
    for row in at.rows:
        if row.word is Word.DRIFTED:
            yield _of(row, "drifted", row.reason if is_gone(row.differences) else _differs(row))


def _differs(row: StatusRow) -> Sentence:
    said = joined(row.differences)
    return Sentence(ja=f"公開されているものが違います: {said.ja}", en=f"what is live differs: {said.en}")


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


_FROM_ROWS = ("failed", "unsure", "overdue", "blocked", "by-hand", "drifted", "vanished")
_RULES = (*STOPS, _failed, _unsure, _overdue, _blocked, _vanished, *REPORTS, _by_hand, _drifted)
