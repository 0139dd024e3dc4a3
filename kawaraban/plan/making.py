"""Making a plan: every pair judged, articles' channels in the order in which one waits for another, and the hash."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kawaraban.delivery import ActionKind, Delivery, Standing, State, Word, word
from kawaraban.errors import Blocked
from kawaraban.ledger.records import Expectation
from kawaraban.plan import reasons
from kawaraban.plan.case import Case, Verdict, late_after
from kawaraban.plan.diffing import diff
from kawaraban.plan.due import Due, in_window, own_time
from kawaraban.plan.judging import judge
from kawaraban.plan.values import Action, Cause, DiffLine, Plan, Recorded, Selection, Wanted
from kawaraban.variant import Loss, Variant

EVERYTHING = Selection()
"""No name given: every ready article that is due, on all channels."""

LOST = 5
"""More live articles than this missing from the library stop publishing (DESIGN section 9)."""

_NOTHING_DONE = (ActionKind.SKIP, ActionKind.BLOCKED)


def make_plan(
    wanted: Iterable[Wanted], recorded: Recorded, selection: Selection = EVERYTHING, *, now: datetime, zone: ZoneInfo
) -> Plan:
    """
    Return what publishing would do at `now`.

    `wanted` are the pairs of articles and channels to look at, in any order; without named articles (Selection) all of
    the library's, also of drafts and of disabled channels. `zone` is the newsroom's. A text that is compared with what
    is live gets its diff, unless nobody named it and only the program changed (then every page of a site differs).
    Raises Blocked when more than LOST live articles have vanished from the library.
    """
    rows = {(row.article, row.channel): row for row in recorded.deliveries}
    vanished = list(_vanished(recorded, selection))
    asked: dict[str, dict[str, Wanted]] = defaultdict(dict)
    for one in wanted:
        if selection.articles is None or one.intent.article in selection.articles:
            asked[one.intent.article][one.channel] = one
    judged = [
        pair
        for channels in asked.values()
        for pair in _Article(channels, rows, recorded, selection, now, zone).judged()
        if selection.channels is None or pair[0].wanted.channel in selection.channels
    ]
    judged.sort(key=lambda pair: _place(pair[0].wanted))
    actions = (*(_action(case, verdict, recorded) for case, verdict in judged), *vanished)
    return Plan(_hash(actions), actions)


def _place(wanted: Wanted) -> tuple[bool, float, str, int, str]:
    """Order: by `published` (what has none comes last), article, and the channels as in the settings."""
    published = wanted.intent.published
    instant = published.timestamp() if published else 0.0
    return published is None, instant, wanted.intent.article, wanted.order, wanted.channel


@dataclass
class _Article:
    """One article's channels, judged in the order in which one waits for another."""

    channels: Mapping[str, Wanted]
    rows: Mapping[tuple[str, str], Delivery]
    recorded: Recorded
    selection: Selection
    now: datetime
    zone: ZoneInfo
    done: dict[str, tuple[Case, Verdict]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def judged(self) -> list[tuple[Case, Verdict]]:
        return [pair for pair in map(self._judged, sorted(self.channels)) if pair is not None]

    def _judged(self, channel: str | None) -> tuple[Case, Verdict] | None:
        """Return the case and verdict of a channel; None where there is none, or where it waits for itself."""
        if channel is None or channel not in self.channels or channel in self.open:
            return None
        if channel not in self.done:
            self.open.add(channel)
            case = self._case(self.channels[channel])
            self.done[channel] = (case, judge(case))
            self.open.remove(channel)
        return self.done[channel]

    def _case(self, wanted: Wanted) -> Case:
        article = wanted.intent.article
        row = self.rows.get((article, wanted.channel))
        due = self._due(wanted, row)
        return Case(
            wanted=wanted,
            delivery=row or Delivery(article, wanted.channel, State.WAITING),
            known=self.recorded.known.get(article),
            holds=self.recorded.holds,
            selection=self.selection,
            due=due,
            now=self.now,
            zone=self.zone,
            exists=row is not None,
            sending=row is not None and self._leased(row),
            going=due.waits_for if due.waits_for and self._goes(due.waits_for) else None,
            neighbour=self._neighbour(wanted),
        )

    def _neighbour(self, wanted: Wanted) -> str | None:
        """Return the title of another article that is public where this one would be."""
        there = {self.recorded.addresses.get(slug) for slug in wanted.intent.addresses}
        others = sorted(one for one in there if one is not None and one != wanted.intent.article)
        return _title(self.recorded, others[0]) if others else None

    def _leased(self, row: Delivery) -> bool:
        if row.state is not State.SENDING or row.lease_until is None or row.lease_until <= self.now:
            return False
        return not self.recorded.dead(row.lease_owner or "")

    def _goes(self, channel: str) -> bool:
        """Return whether that channel goes live in this run, by machine."""
        judged = self._judged(channel)
        if judged is None or (self.selection.channels is not None and channel not in self.selection.channels):
            return False
        return judged[1].action is ActionKind.CREATE and not judged[0].by_hand

    def _due(self, wanted: Wanted, row: Delivery | None) -> Due:
        if row is not None and row.public:
            return Due(row.due)
        known = self.recorded.known.get(wanted.intent.article)
        published = (known.published if known else None) or wanted.intent.published
        own = own_time(wanted, published, self.zone)
        if own is None:
            return Due(None, known=False)
        first = wanted.after
        if first is None or first == wanted.channel:
            return Due(in_window(own, wanted, self.zone))
        return self._due_after(first, wanted, own)

    def _due_after(self, first: str, wanted: Wanted, own: datetime) -> Due:
        """Return when it is due after another channel: known once that one is live, else an estimate."""
        delay = wanted.release.values.delay or timedelta()
        row = self.rows.get((wanted.intent.article, first))
        if row is not None and row.public and row.first_live is not None:
            return Due(in_window(max(own, row.first_live + delay), wanted, self.zone))
        expected = self._expected(first)
        if expected is None:
            return Due(None, known=False, waits_for=first)
        return Due(in_window(max(own, expected + delay), wanted, self.zone), known=False, waits_for=first)

    def _expected(self, channel: str) -> datetime | None:
        """Return when that channel will be live, as far as one can say: never for what a person posts."""
        judged = self._judged(channel)
        if judged is None or judged[0].by_hand:
            return None
        if judged[1].action is ActionKind.CREATE:
            return self.now
        at = judged[0].due.at
        return at if judged[1].action is ActionKind.SKIP and at is not None and at > self.now else None


def _action(case: Case, verdict: Verdict, recorded: Recorded) -> Action:
    wanted, delivery = case.wanted, case.delivery
    acts = verdict.action not in _NOTHING_DONE
    return Action(
        article=case.intent.article,
        title=case.intent.title,
        channel=wanted.channel,
        action=verdict.action,
        reason=verdict.reason,
        word=word(replace(delivery, due=_known(case)), _standing(case, verdict), case.now),
        article_digest=case.intent.digest,
        state=delivery.state if case.exists else None,
        remedy=verdict.remedy,
        cause=verdict.cause,
        due=case.due.at,
        due_known=case.due.known,
        by_hand=wanted.capabilities.by_hand,
        off=case.off and not case.enabled,
        losses=_losses(case, recorded),
        diff=_diff(case, verdict.cause, recorded),
        digest=delivery.live_digest if verdict.action is ActionKind.WITHDRAW else case.target,
        live_digest=delivery.live_digest,
        after=verdict.after,
        asks_first=acts and delivery.doubtful,
        reopen=acts and delivery.state in (State.FAILED, State.WITHDRAWN),
    )


def _known(case: Case) -> datetime | None:
    """Return the due time as it is now: what the ledger has was written before the last run."""
    return case.due.at if case.due.known else None


def _text(case: Case, recorded: Recorded) -> Variant | None:
    """Return the text that would go there: the rendered one, or the kept one of that digest."""
    variant = case.wanted.variant
    if variant is not None and variant.digest == case.target:
        return variant
    return recorded.kept(case.target, case.wanted.channel) if case.target is not None else None


def _losses(case: Case, recorded: Recorded) -> tuple[Loss, ...]:
    """Return what the channel can't show of the text that would stand there: a pin's own, while it holds."""
    if case.target == case.wanted.digest:
        return case.wanted.losses
    text = _text(case, recorded)
    return text.losses if text is not None else ()


def _diff(case: Case, cause: Cause | None, recorded: Recorded) -> tuple[DiffLine, ...]:
    live = case.delivery.live_digest
    if live is None or not case.changed or (cause == "program" and not case.named):
        return ()
    before, after = recorded.kept(live, case.wanted.channel), _text(case, recorded)
    return diff(before, after) if before is not None and after is not None else ()


def _standing(case: Case, verdict: Verdict) -> Standing:
    return Standing(
        ready=case.intent.status == "ready" or (case.intent.status == "archived" and case.delivery.public),
        enabled=case.enabled,
        blocked=verdict.action is ActionKind.BLOCKED,
        held=case.hold is not None,
        by_hand=case.by_hand,
        wanted_digest=case.target,
        withdrawing=case.ending is not None,
        late_after=late_after(case),
    )


# --- vanished files ---


def _vanished(recorded: Recorded, selection: Selection) -> Iterator[Action]:
    """Yield a line for every live delivery whose article is no longer in the library: it is left as it is."""
    if recorded.present is None or selection.articles is not None:
        return
    lost = [row for row in recorded.deliveries if row.public and row.article not in recorded.present]
    articles = sorted({row.article for row in lost})
    if len(articles) > LOST:
        raise Blocked(reasons.lost([_title(recorded, each) for each in articles]), remedy=reasons.BRING_BACK)
    for row in sorted(lost, key=lambda row: (row.article, row.channel)):
        if selection.channels is None or row.channel in selection.channels:
            yield _left(row, recorded)


def _title(recorded: Recorded, article: str) -> str:
    known = recorded.known.get(article)
    return known.title if known and known.title else article


def _left(row: Delivery, recorded: Recorded) -> Action:
    known = recorded.known.get(row.article)
    return Action(
        article=row.article,
        title=_title(recorded, row.article),
        channel=row.channel,
        action=ActionKind.SKIP,
        reason=reasons.GONE,
        word=Word.LIVE,
        article_digest=known.digest if known else "",
        state=row.state,
        remedy=reasons.BRING_BACK,
        due=row.due,
        off=row.off,
        digest=row.live_digest,
        live_digest=row.live_digest,
    )


# --- the hash, and what the ledger should expect ---


def _hash(actions: Iterable[Action]) -> str:
    """Return the SHA-256 over what would be done and with which texts; no time, no reason, nothing that is skipped."""
    deeds = [
        [each.article, each.channel, each.action.value, each.digest, each.live_digest, each.by_hand]
        for each in actions
        if each.action is not ActionKind.SKIP
    ]
    return hashlib.sha256(json.dumps(sorted(deeds, key=str), separators=(",", ":")).encode()).hexdigest()


def expectations(plan: Plan) -> list[Expectation]:
    """
    Return what the ledger should expect of the plan's deliveries (Ledger.expect).

    A row is made when something is to be done, has its time, or was born off; drafts and what is blocked get none.
    """
    return [
        Expectation(each.article, each.channel, each.due if each.due_known else None, each.digest, each.off)
        for each in plan.actions
        if each.reason is not reasons.GONE and (each.state is not None or _has_a_place(each))
    ]


def _has_a_place(action: Action) -> bool:
    if action.off:
        return True
    return action.action not in _NOTHING_DONE or action.word in (Word.SCHEDULED, Word.ON_HOLD, Word.DUE)
