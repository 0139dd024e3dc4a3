"""Making a plan: every pair judged, what would be done with each, and the hash."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from kawaraban.delivery import ActionKind, State, Word
from kawaraban.ledger.records import Expectation
from kawaraban.plan.case import Case, Verdict, word_of
from kawaraban.plan.diffing import diff
from kawaraban.plan.missing import missing
from kawaraban.plan.origins import origins
from kawaraban.plan.values import Action, Cause, DiffLine, Plan, Recorded, Selection, Wanted
from kawaraban.plan.waiting import Judging, ordered
from kawaraban.variant import Loss, Variant

EVERYTHING = Selection()
"""No name given: every ready article that is due, on all channels."""

_NOTHING_DONE = (ActionKind.SKIP, ActionKind.BLOCKED)


def make_plan(
    wanted: Iterable[Wanted], recorded: Recorded, selection: Selection = EVERYTHING, *, now: datetime, zone: ZoneInfo
) -> Plan:
    """
    Return what publishing would do at `now`.

    `wanted` are the pairs of articles and channels to look at, in any order; without named articles (Selection) all of
    the library's, also of drafts and of disabled channels; with names also the articles that those wait for
    (`after_article`). `zone` is the newsroom's. A text that is compared with what is live gets its diff, unless nobody
    named it and only the program changed (then every page of a site differs). Raises Blocked when more than
    missing.LOST live articles have vanished from the library.
    """
    absent = list(missing(recorded, selection))
    asked: dict[str, dict[str, Wanted]] = defaultdict(dict)
    for one in wanted:
        asked[one.intent.article][one.channel] = one
    judged = Judging(asked, recorded, selection, now, zone).judged()
    places = _places([case.wanted for case, _ in judged])
    judged.sort(key=lambda pair: (places[pair[0].intent.article], pair[0].wanted.order, pair[0].wanted.channel))
    actions = (*(_action(case, verdict, recorded, zone) for case, verdict in judged), *absent)
    return Plan(_hash(actions), actions)


def _places(wanted: Iterable[Wanted]) -> dict[str, int]:
    """Return each article's place: by `published` (what has none comes last), then id, and behind what it waits for."""
    intents = {one.intent.article: one.intent for one in wanted}

    def place(article: str) -> tuple[bool, float, str]:
        published = intents[article].published
        return published is None, published.timestamp() if published else 0.0, article

    after = {article: intent.after_article for article, intent in intents.items()}
    return {article: number for number, article in enumerate(ordered(sorted(intents, key=place), after))}


def _action(case: Case, verdict: Verdict, recorded: Recorded, zone: ZoneInfo) -> Action:
    wanted, delivery = case.wanted, case.delivery
    acts = verdict.action not in _NOTHING_DONE
    return Action(
        article=case.intent.article,
        title=case.intent.title,
        channel=wanted.channel,
        action=verdict.action,
        reason=verdict.reason,
        word=word_of(case, verdict),
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
        after_article=verdict.after_article,
        origins=() if delivery.public else origins(wanted, zone),  # of an archive nobody asks
        asks_first=acts and delivery.doubtful,
        reopen=acts and delivery.state in (State.FAILED, State.WITHDRAWN),
    )


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
        if each.in_library and (each.state is not None or _has_a_place(each))
    ]


def _has_a_place(action: Action) -> bool:
    if action.off:
        return True
    return action.action not in _NOTHING_DONE or action.word in (Word.SCHEDULED, Word.ON_HOLD, Word.DUE)
