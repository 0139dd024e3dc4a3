"""
A delivery is one (article, channel): its state, the allowed steps between states, and the words people read.

Six states are stored. What people read is derived by `word`, one pure function, from the delivery, the article's
status and the instant; command, desk and API speak those words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from kawaraban.errors import Conflict, Language, Sentence


class State(StrEnum):
    """What the ledger stores."""

    WAITING = "waiting"
    SENDING = "sending"
    LIVE = "live"
    FAILED = "failed"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"


# Every step a delivery may take. A state may step to itself where a row is touched without moving.
STEPS: frozenset[tuple[State, State]] = frozenset(
    {
        (State.WAITING, State.SENDING),  # claimed: the intent is written
        (State.WAITING, State.LIVE),  # a person recorded it, or it was adopted
        (State.WAITING, State.WITHDRAWN),  # withdrawn before it ever went out
        (State.SENDING, State.LIVE),  # receipt; or an update that never left: the earlier text is still live
        (State.SENDING, State.WAITING),  # nothing was sent: try again later
        (State.SENDING, State.FAILED),  # refused
        (State.SENDING, State.UNSURE),  # it may have arrived
        (State.SENDING, State.WITHDRAWN),  # a withdrawal's receipt
        (State.SENDING, State.SENDING),  # the lease lapsed: another worker takes it over, after `find`
        (State.LIVE, State.SENDING),  # an update or a withdrawal is claimed
        (State.LIVE, State.WITHDRAWN),  # a person took it down and settled it
        (State.LIVE, State.LIVE),  # recorded again, settled as it is
        (State.FAILED, State.WAITING),  # a person or a mended cause tries again
        (State.FAILED, State.LIVE),  # settled: it had arrived; or a refused update is tried again
        (State.FAILED, State.WITHDRAWN),
        (State.UNSURE, State.SENDING),  # taken up again: the channel is asked (`find`) before anything is sent
        (State.UNSURE, State.LIVE),  # found, or settled as arrived
        (State.UNSURE, State.WAITING),  # asked twice and not there, or settled as not arrived
        (State.UNSURE, State.WITHDRAWN),
        (State.WITHDRAWN, State.WAITING),  # publish --again
    }
)


def step(before: State, after: State) -> State:
    """Return `after`; raise Conflict when no such step exists."""
    if (before, after) not in STEPS:
        raise Conflict(
            Sentence(ja=f"{before} から {after} へは移れません", en=f"no step leads from {before} to {after}")
        )
    return after


class ActionKind(StrEnum):
    """What a plan does with one (article, channel)."""

    CREATE = "create"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    SKIP = "skip"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    What a channel answered.

    `at` is when the answer came; `version` is the remote version or etag ("" where none); `differences` are the
    places where what was read back is not what was sent (empty: equal, or never read); `verified` is False where the
    channel couldn't be asked.
    """

    remote_id: str
    url: str | None
    at: datetime
    version: str = ""
    verified: bool = True
    differences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    One (article, channel) as the ledger has it.

    `due` None: not known yet. `desired_digest` is what the last plan wanted there, `live_digest` what subscribers see
    (None: nothing; set whatever the state, so a refused update leaves it), `article_digest` the digest of the article's
    file that the live text was made from, `tried_digest` what the last attempt sent. `pinned_digest` holds an earlier
    state in place (rollback, "as it is") until the article's file differs from `pinned_against`. `handed_over` is the
    digest of the package that lies ready for a person (TAKE_DOWN: a person must remove the post). `off`: never goes
    there by itself. `failures` counts tries since the last success; `next_try` is the back-off's end. `saved` is the
    channel's own note between two requests, under the key `saved_key`. `made`: when the row was; lateness counts from the
    later of it and `due`. Tries up to the number `cleared` are beyond doubt: answered, or settled by a person. `halfway`: a
    thread was begun, or begun to be changed or taken down, and not brought to its end: some of its posts may be there.
    """

    article: str
    channel: str
    state: State
    due: datetime | None = None
    desired_digest: str | None = None
    live_digest: str | None = None
    article_digest: str | None = None
    tried_digest: str | None = None
    remote_id: str | None = None
    url: str | None = None
    first_live: datetime | None = None
    last_live: datetime | None = None
    version: str = ""
    verified: bool = True
    differences: tuple[Sentence, ...] = ()
    attempts: int = 0
    failures: int = 0
    next_try: datetime | None = None
    error: Sentence | None = None
    pinned_digest: str | None = None
    pinned_against: str | None = None
    handed_over: str | None = None
    off: bool = False
    saved: str | None = None
    lease_owner: str | None = None
    lease_until: datetime | None = None
    made: datetime | None = None
    cleared: int = 0
    halfway: bool = False
    saved_key: str | None = None

    @property
    def public(self) -> bool:
        """Whether subscribers see something of it there, whatever is being tried at this moment."""
        return self.live_digest is not None

    @property
    def doubtful(self) -> bool:
        """Whether something may be there that nobody has cleared (or is in the air): ask before anything is sent."""
        return self.attempts > self.cleared or self.halfway

    @property
    def receipt(self) -> Receipt | None:
        """The receipt of what is live, or None."""
        if self.remote_id is None or self.last_live is None:
            return None
        return Receipt(self.remote_id, self.url, self.last_live, self.version, self.verified, self.differences)


NOT_FOUND = Sentence(ja="見つかりません", en="it is not there any more")
"""With what `differences` begin where nothing of it was found when it was read back."""


def is_gone(differences: tuple[Sentence, ...]) -> bool:
    """Return whether nothing was there; rows from before there were two languages have the Japanese alone."""
    return bool(differences) and differences[0].ja == NOT_FOUND.ja


TAKE_DOWN = "take-down"
"""What `Delivery.handed_over` holds where a person was asked to remove the post."""

Outcome = Literal["", "live", "withdrawn", "refused", "unavailable", "unsure", "lapsed"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    One try: the intent is written before the request, the outcome after it. Never changed afterwards.

    `number` counts from 1 within the delivery. `key` is the idempotency key: the same for every try of one series (same article, channel, action, digest), until
    one of them is answered with success or refusal, or a person settles it. `doubts` are the keys of earlier tries that
    may have arrived and that nobody has cleared: ask `find` for each before anything is sent; where the channel can't
    be asked, don't send but end as unsure.
    """

    article: str
    channel: str
    number: int
    key: str
    action: ActionKind
    digest: str
    started: datetime
    owner: str
    run: str | None = None
    ended: datetime | None = None
    outcome: Outcome = ""
    error: Sentence | None = None
    article_digest: str | None = None
    doubts: tuple[str, ...] = ()


class Word(StrEnum):
    """What people read. English is the value; `JAPANESE` has the other half."""

    DRAFT = "draft"
    BLOCKED = "blocked"
    ON_HOLD = "on hold"
    SCHEDULED = "scheduled"
    DUE = "due"
    OVERDUE = "overdue"
    RETRYING = "retrying"
    SENDING = "sending"
    BY_HAND = "by hand"
    TO_TAKE_DOWN = "to take down"
    LIVE = "live"
    CHANGED = "changed"
    DRIFTED = "drifted"
    FAILED = "failed"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"
    OFF = "off"


JAPANESE: dict[Word, str] = {
    Word.DRAFT: "下書き",
    Word.BLOCKED: "止まり",
    Word.ON_HOLD: "保留",
    Word.SCHEDULED: "予定",
    Word.DUE: "まもなく",
    Word.OVERDUE: "遅れ",
    Word.RETRYING: "再試行",
    Word.SENDING: "送信中",
    Word.BY_HAND: "手動待ち",
    Word.TO_TAKE_DOWN: "取り下げ待ち",
    Word.LIVE: "公開済",
    Word.CHANGED: "変更あり",
    Word.DRIFTED: "食い違い",
    Word.FAILED: "失敗",
    Word.UNSURE: "要確認",
    Word.WITHDRAWN: "取り下げ",
    Word.OFF: "対象外",
}


def spoken(value: Word, language: Language) -> str:
    """Return the word in `language`."""
    return JAPANESE[value] if language == "ja" else value.value


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What is known of an article beside its delivery row, as far as `word` needs it.

    `ready`: its status lets it go out; `blocked`: it is ready, and something still stops it; `held`: a hold covers it;
    `by_hand`: this channel's posts are made by a person; `wanted_digest`: what should be there now, a pin's own text
    while it holds (None: unknown); `withdrawing`: the article is withdrawn or expired; `late_after`: the instant from
    which it counts as overdue.
    """

    ready: bool
    enabled: bool = True
    blocked: bool = False
    held: bool = False
    by_hand: bool = False
    wanted_digest: str | None = None
    withdrawing: bool = False
    late_after: datetime | None = None


def word(delivery: Delivery, standing: Standing, now: datetime) -> Word:
    """Return the word for `delivery` at `now`. Pure; the table of DESIGN section 2."""
    match delivery.state:
        case State.SENDING:
            return Word.SENDING
        case State.FAILED:
            nothing_there = not (delivery.public or delivery.doubtful)
            return Word.WITHDRAWN if standing.withdrawing and nothing_there else Word.FAILED
        case State.UNSURE:
            return Word.UNSURE
        case State.WITHDRAWN:
            return Word.WITHDRAWN
        case State.LIVE:
            return _live_word(delivery, standing)
        case State.WAITING:
            return _waiting_word(delivery, standing, now)


def _live_word(delivery: Delivery, standing: Standing) -> Word:
    if standing.withdrawing and standing.by_hand:
        return Word.TO_TAKE_DOWN
    if standing.withdrawing and delivery.failures:
        return Word.RETRYING
    if delivery.differences:
        return Word.DRIFTED
    if standing.wanted_digest in (None, delivery.live_digest):
        return Word.LIVE
    if standing.by_hand and delivery.handed_over == standing.wanted_digest:
        return Word.BY_HAND
    return Word.RETRYING if delivery.failures else Word.CHANGED


def _waiting_word(delivery: Delivery, standing: Standing, now: datetime) -> Word:
    stopped = (
        (Word.OFF, not standing.enabled or delivery.off),
        (Word.WITHDRAWN, standing.withdrawing),
        (Word.DRAFT, not standing.ready),
        (Word.BLOCKED, standing.blocked),
        (Word.ON_HOLD, standing.held),
        (Word.SCHEDULED, delivery.due is None or delivery.due > now),
        (Word.BY_HAND, standing.by_hand and delivery.handed_over is not None),
        (Word.OVERDUE, standing.late_after is not None and now > standing.late_after and not delivery.halfway),
        (Word.RETRYING, delivery.failures > 0),
    )
    return next((name for name, holds in stopped if holds), Word.DUE)
