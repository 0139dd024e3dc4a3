"""Whose turn it is in a run: what a hold of this minute stops, and what follows something that stays behind."""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence

from flows.compose import House
from flows.stages.deed import result_of
from flows.stages.values import Result
from kawaraban.delivery import ActionKind
from kawaraban.plan import Action, reasons

Pair = tuple[str, str]


def unheld(house: House, actions: Sequence[Action]) -> tuple[list[Action], list[Result]]:
    """
    Return what may go, and how the others ended: a hold counts whatever the plan saw.

    It keeps nothing public that must go.
    """
    holds = house.ledger.holds()
    free, stopped = [], []
    for action in actions:
        held = next((hold for hold in holds if hold.scope.covers(action.article, action.channel)), None)
        if held is None or action.action is ActionKind.WITHDRAW:
            free.append(action)
        else:
            stopped.append(result_of(action, "unavailable", error=reasons.on_hold(held.reason)))
    return free, stopped


def following(actions: Sequence[Action], asked: Collection[Action], spoiled: Container[Pair]) -> list[Action]:
    """
    Return what may be written in one go: nothing whose forerunner, on another channel or another article, stays behind.

    `asked` is what was to be written, `actions` what is left of it, `spoiled` what will fail.
    """
    pairs, free = {_pair(action) for action in asked}, list(actions)
    while True:
        goes = {pair for action in free if (pair := _pair(action)) not in spoiled}
        kept = [action for action in free if _follows(action, goes, pairs)]
        if len(kept) == len(free):
            return kept
        free = kept


def _follows(action: Action, goes: Container[Pair], asked: Container[Pair]) -> bool:
    page, first = (action.article, action.after or ""), (action.after_article or "", action.channel)
    return (page in goes or page not in asked) and (action.after_article is None or first in goes)


def is_its_turn(action: Action, results: Sequence[Result]) -> bool:
    """What follows another article on a channel goes only when that one has arrived there."""
    first = (action.after_article, action.channel, "live")
    return action.after_article is None or any((one.article, one.channel, one.outcome) == first for one in results)


def _pair(action: Action) -> Pair:
    return action.article, action.channel
