"""What the ledger has and the library has not: live articles whose file vanished, scheduled ones that can't be read."""

from __future__ import annotations

from collections.abc import Iterator

from kawaraban.delivery import ActionKind, Delivery, State, Word
from kawaraban.errors import Blocked, Sentence
from kawaraban.plan import reasons
from kawaraban.plan.values import Action, Recorded, Selection
from kawaraban.plan.waiting import title_of

LOST = 5
"""More live articles than this missing from the library stop publishing (DESIGN section 9)."""


def missing(recorded: Recorded, selection: Selection) -> Iterator[Action]:
    """
    Yield a line for each delivery whose article is not in the library.

    What is live is left as it is; what is scheduled is blocked, and nothing older goes out in its place. Raises Blocked
    when more than LOST live articles have vanished.
    """
    if recorded.present is None or selection.articles is not None:
        return
    lost = [row for row in recorded.deliveries if row.article not in recorded.present]
    live = sorted({row.article for row in lost if row.public})
    if len(live) > LOST:
        raise Blocked(reasons.lost([title_of(recorded, each) for each in live]), remedy=reasons.BRING_BACK)
    for row in sorted(lost, key=lambda row: (row.article, row.channel)):
        if selection.channels is not None and row.channel not in selection.channels:
            continue
        if row.public:
            yield _action(row, recorded, ActionKind.SKIP, Word.LIVE, reasons.GONE, reasons.BRING_BACK)
        elif row.state is State.WAITING and row.desired_digest is not None and not row.off:
            yield _scheduled(row, recorded)


def _scheduled(row: Delivery, recorded: Recorded) -> Action:
    held = next((hold for hold in recorded.holds if hold.scope.covers(row.article, row.channel)), None)
    if held is not None:
        return _action(row, recorded, ActionKind.SKIP, Word.ON_HOLD, reasons.on_hold(held.reason), None)
    known = recorded.known.get(row.article)
    wrong = recorded.unreadable.get(known.path) if known else None
    why = reasons.unreadable(wrong) if wrong is not None else reasons.SCHEDULED_AND_GONE
    return _action(row, recorded, ActionKind.BLOCKED, Word.BLOCKED, why, reasons.hold_or_mend(row.article))


def _action(
    row: Delivery, recorded: Recorded, kind: ActionKind, word: Word, why: Sentence, remedy: Sentence | None
) -> Action:
    known = recorded.known.get(row.article)
    return Action(
        article=row.article,
        title=title_of(recorded, row.article),
        channel=row.channel,
        action=kind,
        reason=why,
        word=word,
        article_digest=known.digest if known else "",
        state=row.state,
        remedy=remedy,
        due=row.due,
        off=row.off,
        digest=row.live_digest,
        live_digest=row.live_digest,
        in_library=False,
    )
