"""How the house stands, and what in it needs a person: the values that alerts are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.stages.values import StatusRow
from kawaraban.config import AlertKind
from kawaraban.delivery import Delivery
from kawaraban.errors import KawarabanError, Sentence
from kawaraban.ledger import Account
from kawaraban.ledger.records import Hold, Report

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
    name a secret that is not there; `expiring`: of whom (a channel, "alerts") which secret ends when ("": what a server
    said of our credentials). `accounts` are what the channels' servers said; `last_event` is the ledger's.
    """

    now: datetime
    rows: Sequence[StatusRow] = ()
    deliveries: Mapping[Pair, Delivery] = field(default_factory=dict)
    holds: Sequence[Hold] = ()
    reports: Sequence[Report] = ()
    lacking: Mapping[str, KawarabanError] = field(default_factory=dict)
    expiring: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    last_event: datetime | None = None
    broken: KawarabanError | None = None
