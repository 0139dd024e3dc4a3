"""What the machine stopped by itself, or can't go on without: holds, secrets, the clock, and what was reported. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import get_args

from flows.stages.arriving import TOLERANCE
from flows.stages.situation import Cause, Situation
from flows.stages.values import StatusRow
from kawaraban.config import AlertKind
from kawaraban.delivery import Word
from kawaraban.errors import Sentence
from kawaraban.ledger.records import RECOVERY, Hold
from kawaraban.plan import reasons

EXPIRING = timedelta(days=14)
"""So long before a secret ends to be valid it is told, and again by the last ones."""

EXPIRING_AGAIN = (timedelta(days=3), timedelta(days=1), timedelta())


def _holds(at: Situation) -> Iterator[Cause]:
    """What the machine stopped by itself. What a person holds, a person knows."""
    for hold in at.holds:
        if hold.who == RECOVERY and hold.scope.article is None:
            yield Cause(
                key=f"hold:{hold.scope.channel or ''}:{hold.since.isoformat()}",
                kind=_kind_of(hold, at),
                what=hold.reason,
                channels=(hold.scope.channel,) if hold.scope.channel else (),
                remedy=reasons.resume(f"--channel {hold.scope.channel}") if hold.scope.channel else _RECONCILE,
                due=_next_of(hold, at),
            )


def _next_of(hold: Hold, at: Situation) -> datetime | None:
    """Return the release that a hold stops, or has stopped, nearest to now."""
    stopped = [
        row.due
        for row in at.rows
        if row.due is not None
        and row.word in (Word.ON_HOLD, Word.FAILED)
        and hold.scope.covers(row.article, row.channel)
    ]
    return min(stopped, key=lambda due: abs(due - at.now), default=None)


def _kind_of(hold: Hold, at: Situation) -> AlertKind:
    if hold.scope.channel is None:
        return "restored"
    probed = at.accounts.get(hold.scope.channel)
    refused = probed is not None and probed.trouble is not None and probed.trouble.en in hold.why
    return "credentials" if refused or any(is_of_a_hold(row, [hold]) for row in at.rows) else "stopped"


def is_of_a_hold(row: StatusRow, holds: Sequence[Hold]) -> bool:
    """Whether it failed with the words for which the machine holds its channel: fifty refusals are one trouble."""
    return row.error is not None and any(
        hold.who == RECOVERY and hold.scope.channel == row.channel and row.error.en in hold.why for hold in holds
    )


def _lacking(at: Situation) -> Iterator[Cause]:
    for channel, error in at.lacking.items():
        yield Cause(f"credentials:{channel}:", "credentials", error.placed, channels=(channel,), remedy=error.remedy)


def _expiring(at: Situation) -> Iterator[Cause]:
    for (whose, secret), end in at.expiring.items():
        if end - EXPIRING <= at.now:
            ja, en = ("切れました", "has expired") if end <= at.now else ("もうすぐ切れます", "expires soon")
            name = said_of(secret)
            yield Cause(
                key=f"credentials:{whose}:{secret.replace(':', ' ')} {end:%Y-%m-%d}",
                kind="credentials",
                what=Sentence(ja=f"{name.ja} が{ja}（{end:%Y-%m-%d}）", en=f"{name.en} {en} ({end:%Y-%m-%d})"),
                channels=(whose,),
                remedy=RENEW if secret else RENEW_THERE,
                again=tuple(end - before for before in EXPIRING_AGAIN),
            )


def said_of(secret: str) -> Sentence:
    """Return how a secret is called: by its reference, or, where the server itself spoke of it, as what it is."""
    return Sentence(ja=secret, en=secret) if secret else Sentence(ja="資格情報", en="what we log in with")


def _broken(at: Situation) -> Iterator[Cause]:
    if at.broken is not None:
        yield Cause("stopped:plan:", "stopped", at.broken.placed, remedy=at.broken.remedy)


def _clock(at: Situation) -> Iterator[Cause]:
    if at.last_event is not None and at.last_event > at.now + TOLERANCE:
        yield Cause("clock::", "clock", _BEHIND, remedy=_SET_IT)


def _reports(at: Situation) -> Iterator[Cause]:
    for one in at.reports:
        known: tuple[AlertKind, ...] = get_args(AlertKind)
        kind: AlertKind = next((kind for kind in known if kind == one.kind), "stopped")
        yield Cause(f"report:{one.name}:", kind, one.what, remedy=one.remedy)


_RECONCILE = Sentence(
    ja="kawaraban reconcile で外の様子を確かめてから kawaraban resume --all",
    en="see what is out there with `kawaraban reconcile`, then `kawaraban resume --all`",
)
_BEHIND = Sentence(
    ja="この機械の時計が、台帳の最後の記録より遅れています。直るまで何も出しません",
    en="this machine's clock is behind the ledger's last record; nothing is released until it is right",
)
_SET_IT = Sentence(
    ja="時計を合わせてください（timedatectl set-ntp true）", en="set the clock right (timedatectl set-ntp true)"
)
RENEW_THERE = Sentence(
    ja="新しいものをもらって替え、kawaraban channels test で確かめてください",
    en="get a new one, put it in its place, and see `kawaraban channels test`",
)
RENEW = Sentence(
    ja="新しいものに替え、設定の expires を直してください", en="put a new one in its place, and its day into `expires`"
)
STOPS = (_broken, _clock, _holds, _lacking, _expiring)
"""What is told first."""

REPORTS = (_reports,)
