"""What was named and has nothing to do: why, and what a person can do about it, in few lines. Light: `publish` says it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.text import Text

from desk.cli.main import Call
from desk.cli.tables import SIGNS
from desk.cli.words import clean
from flows.stages.values import Published
from kawaraban.delivery import ActionKind, Word
from kawaraban.errors import Sentence
from kawaraban.plan import Action
from kawaraban.plan.reasons import GONE

MOST = 12
"""More reasons than this are counted and not listed."""

_SAID_ELSEWHERE = (Word.OFF, Word.SCHEDULED, Word.DUE)
"""What goes nowhere, and what has its promise."""


def resting_lines(call: Call, published: Published) -> Iterator[Text]:
    """Yield, for each named article of which nothing went out, a line for each reason with the channels it holds for."""
    groups = _groups(published) if published.named else []
    for actions in groups[:MOST]:
        first = actions[0]
        channels = ("、" if call.language == "ja" else ", ").join(action.channel for action in actions)
        said = f"{SIGNS[first.word][0]} {first.title}｜{channels}｜{first.reason.said(call.language)}"
        yield Text(clean(said), style="dim")
        if (remedy := _remedy(actions)) is not None:
            yield Text(clean(f"  → {remedy.said(call.language)}"), style="dim")
    if (rest := len(groups) - MOST) > 0:
        more = Sentence(ja=f"ほか{rest}件は kawaraban status で", en=f"{rest} more: see `kawaraban status`")
        yield Text(more.said(call.language), style="dim")


def _groups(published: Published) -> list[list[Action]]:
    moved = {action.article for action in published.plan.actions if action.action is not ActionKind.SKIP}
    found: dict[tuple[str, Sentence], list[Action]] = defaultdict(list)
    for action in published.plan.actions:
        if action.article not in moved and action.reason != GONE and action.word not in _SAID_ELSEWHERE:
            found[action.article, action.reason].append(action)
    return list(found.values())


def _remedy(actions: Sequence[Action]) -> Sentence | None:
    """Return their common way out, said once for all channels: only its `--channel` differs from one to the next."""
    if len(actions) == 1:
        return actions[0].remedy
    said = {_everywhere(action) for action in actions}
    return said.pop() if len(said) == 1 else actions[0].remedy


def _everywhere(action: Action) -> Sentence | None:
    if action.remedy is None:
        return None
    option = f" --channel {action.channel}"
    return Sentence(ja=action.remedy.ja.replace(option, ""), en=action.remedy.en.replace(option, ""))
