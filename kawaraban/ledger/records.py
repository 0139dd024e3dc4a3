"""What the ledger takes and hands out beside deliveries and attempts: plain frozen values, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from kawaraban.delivery import ActionKind, Receipt, State
from kawaraban.errors import Sentence, alike
from kawaraban.variant import Variant

UNSAID = alike("")
RECOVERY = "recovery"
"""Who acted where nobody asked for it: a lease that lapsed is taken over, a channel is held to protect it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which ledger this is: its own id, and the machine and root it was made for (a copy elsewhere notices)."""

    ledger: str
    machine: str
    root: str
    made: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """An article as a run found it in the library: `path` below `content/`, `digest` of the file's bytes."""

    article: str
    title: str
    path: str
    slug: str
    digest: str


@dataclass(frozen=True, slots=True)
class Known:
    """
    What the ledger remembers of an article beside its deliveries.

    `title`, `path`, `slug`, `digest` are as last seen in the library. `published` is the instant frozen at the first
    live (None: never live). `live_slugs` are the slugs it was public under, oldest first: the last is where it is now.
    """

    article: str
    title: str
    path: str
    slug: str
    digest: str
    published: datetime | None = None
    live_slugs: tuple[str, ...] = ()

    @property
    def live_slug(self) -> str | None:
        """The slug its public address has, or None."""
        return self.live_slugs[-1] if self.live_slugs else None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a plan expects of one delivery: when it is due (None: not known yet), what should stand there, and `off`."""

    article: str
    channel: str
    due: datetime | None
    desired_digest: str | None
    off: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """
    What is about to be sent (or taken down): one delivery's intent.

    `digest` is the variant's (kept beforehand by `Ledger.keep`; for a withdrawal the live one), `article_digest` that of
    the article's file. `reopen` is needed to claim what is failed or withdrawn: a person, `--again` or a mended cause.
    `burst`: how many new posts within an hour the channel lets through before it stops and asks (None: any number).
    """

    article: str
    channel: str
    action: ActionKind
    digest: str
    article_digest: str | None = None
    reopen: bool = False
    burst: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """
    How an attempt ended. `receipt` with live; `error` with refused, unavailable and unsure; `next_try` with unavailable.

    `unavailable` means that nothing was sent: the delivery goes back to where it was and waits until `next_try`; to
    `unsure` where an earlier try is still in doubt. `digest` and `article_digest` name the text that is live where it is
    not the attempt's own, but that of an earlier try which was found. `sure`: what earlier tries left in doubt was asked about
    and is known. `why` is what a person gave as the reason (withdrawn).
    """

    outcome: Literal["live", "withdrawn", "refused", "unavailable", "unsure"]
    receipt: Receipt | None = None
    error: Sentence | None = None
    next_try: datetime | None = None
    digest: str | None = None
    article_digest: str | None = None
    sure: bool = False
    why: str = ""


class Settlement(StrEnum):
    """How a person (or `find`) ends what the machine can't."""

    ARRIVED = "arrived"  # unsure, failed: it is there; asked to take down: it is gone
    NOT_ARRIVED = "not-arrived"  # unsure: it is not there, nothing to fear from sending again
    AS_IT_IS = "as-it-is"  # drifted or changed: what is there stays, until the article changes again
    TAKEN_DOWN = "taken-down"  # a person removed the post


@dataclass(frozen=True, slots=True)
class Ending:
    """
    One settlement. `receipt` names the post (ARRIVED where the ledger has none yet).

    `against` is the digest of the article's file now (AS_IT_IS: the pin ends when the file differs from it).
    """

    article: str
    channel: str
    settlement: Settlement
    receipt: Receipt | None = None
    against: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What a person posted by hand: the text by its digest (kept), and the receipt as recognised and read back."""

    article: str
    channel: str
    receipt: Receipt
    digest: str
    article_digest: str | None = None
    why: str = ""


class EventKind(StrEnum):
    """What an event tells."""

    EXPECTED = "expected"  # the delivery's row was made
    RESCHEDULED = "rescheduled"  # due moved
    WANTED = "wanted"  # another text is wanted there
    OFF = "off"
    ON = "on"
    CLAIMED = "claimed"
    PART = "part"  # one post of a thread is about to be sent, or stands there, or is gone
    LAPSED = "lapsed"  # its lease ended without an answer; another takes it up
    REOPENED = "reopened"
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    UNSURE = "unsure"
    LATE_ANSWER = "late answer"  # an answer came after the lease had lapsed; nothing was moved by it
    HANDED_OVER = "handed over"
    RECORDED = "recorded"
    SETTLED = "settled"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    READ_BACK = "read back"  # what is live there was read, and differs (or no longer does)
    CONNECTED = "connected"  # the channel is known from here on; what was out before is not announced there
    HELD = "held"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Event:
    """
    One thing that happened; `sequence` only grows, and events are never changed.

    `before` and `after` are the delivery's states (None where no delivery moves, and before its first event), so that
    replaying them gives every delivery's state; `digest` is what stands there since this event (None: see `after`).
    `who` is an editor, "schedule" or "recovery"; `why` a short text, the same in both languages where it is a
    name or a person's own words.
    """

    sequence: int
    at: datetime
    kind: EventKind
    who: str
    why: Sentence = UNSAID
    article: str | None = None
    channel: str | None = None
    before: State | None = None
    after: State | None = None
    run: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Stood:
    """A text that was live: on which channel, from when, and until when (None: it still is)."""

    channel: str
    digest: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Former:
    """What was live and is no more: the last text, when it was taken down, and the reason given ("" where none was)."""

    article: str
    variant: Variant
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a hold covers: one article, one channel, one delivery, or (both None) everything."""

    article: str | None = None
    channel: str | None = None

    def covers(self, article: str, channel: str) -> bool:
        """Return whether that delivery lies in it."""
        return self.article in (None, article) and self.channel in (None, channel)


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop, in force until it is resumed."""

    scope: Scope
    since: datetime
    who: str
    why: str = ""

    @property
    def reason(self) -> Sentence:
        """Why, as it is said: the machine wrote both languages into one text, a person one for both."""
        ja, _, en = self.why.partition(" / ") if self.who == RECOVERY else (self.why, "", "")
        return Sentence(ja=ja, en=en or ja)


@dataclass(frozen=True, slots=True)
class Told:
    """
    An alert as one place got it.

    `cause` is the stable key of what it was about, `place` where it went (the reference to its address, never that
    itself), `said` its headline. `last` moves with each reminder; `ended`: the cause was gone then, and that was told.
    """

    cause: str
    place: str
    said: Sentence
    first: datetime
    last: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Trouble that a part of the house reports of itself (a backup that failed), until it reports that it is mended."""

    name: str
    kind: str
    what: Sentence
    since: datetime
    remedy: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """
    A channel as this ledger knows it.

    `account` is its own name for us ("": it never said one), `other` one that was found since and not accepted ("").
    `asked`: at which of the ledger's places (home.Standing.number) it was asked what it has; 0: never. `shown` is the
    account as people know it, `server` what answers there; `probed` is when that was last tried, `trouble` why it came to
    nothing (None: it went well); `expires` is when the credentials end, where the server says so.
    """

    channel: str
    account: str = ""
    other: str = ""
    asked: int = 0
    shown: str = ""
    server: str = ""
    probed: datetime | None = None
    trouble: Sentence | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """Something only one process does at a time: which, who does it, since when, and until when it may."""

    name: str
    owner: str
    since: datetime
    until: datetime
