"""What stages take and give: plain frozen values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from kawaraban.article.finding import Finding
from kawaraban.counting import Measure
from kawaraban.delivery import ActionKind, State, Word
from kawaraban.errors import Sentence
from kawaraban.ledger import Account
from kawaraban.plan import Plan
from kawaraban.variant import Variant


@dataclass(frozen=True, slots=True)
class Step:
    """
    A step of a run, for whoever watches: which stage, on which channel, and what is being done, in words.

    `of` is set where the work can be counted: `done` of so many. Such a step comes again with every one that is done.
    """

    stage: Literal["read", "plan", "deliver", "record", "engine"]
    what: Sentence
    channel: str | None = None
    done: int = 0
    of: int | None = None


Progress = Callable[[Step], None]


def unwatched(_step: Step) -> None:
    """Watch a run that nobody watches."""


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """
    What somebody asked to publish. `names` () means every ready article that is due; `channels` () means all.

    `kind` and `say` are the class of an edit (`--as`, `--say`); `plan_hash` refuses when the plan has moved.
    """

    names: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    plan_hash: str | None = None
    kind: Literal["typo", "update", "correction"] | None = None
    say: str = ""
    refresh: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How one action ended. `outcome` "handed over": the package lies ready for a person at `place`."""

    article: str
    title: str
    channel: str
    action: ActionKind
    outcome: Literal["live", "withdrawn", "handed over", "refused", "unavailable", "unsure"]
    place: str | None = None
    error: Sentence | None = None

    @property
    def failed(self) -> bool:
        """Whether a person should look at it."""
        return self.outcome in ("refused", "unavailable", "unsure")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with a whole part of a run (a site's lists, say) and not with one delivery."""

    channel: str
    error: Sentence
    remedy: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a thread is there: `out` posts of so many."""

    out: int
    of: int


@dataclass(frozen=True, slots=True)
class StatusRow:
    """
    One (article, channel) as people and programs read it (DESIGN section 7, `status`).

    `due` is None while it is not known; `expected` is an estimate then. `by_hand`: a person posts it. `parts`: how much of a
    thread is there; None where it is none, or nothing of it is out.
    """

    article: str
    title: str
    slug: str
    channel: str
    state: State | None
    word: Word
    due: datetime | None
    url: str | None
    place: Path | None
    remote_id: str | None
    attempts: int
    error: Sentence | None
    reason: Sentence
    remedy: Sentence | None
    digest: str | None
    live_digest: str | None
    since: datetime | None
    verified: bool
    differences: tuple[Sentence, ...]
    expected: datetime | None = None
    by_hand: bool = False
    parts: Extent | None = None


@dataclass(frozen=True, slots=True)
class Afterwards:
    """How every delivery stands after a publish, and the newsroom's time zone: all that is needed to show it."""

    rows: tuple[StatusRow, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Published:
    """
    A whole publish: the plan it followed, how each action ended, and how it ran ("prefect" or "plain").

    `furniture` are the sites whose lists or theme moved without an article; `troubles` what failed beside deliveries;
    `broken` the files that gave no article at all; `afterwards` how all stands then, where a publisher did it.
    """

    plan: Plan
    results: tuple[Result, ...]
    engine: Literal["prefect", "plain"] = "plain"
    furniture: tuple[str, ...] = ()
    named: bool = False
    troubles: tuple[Trouble, ...] = ()
    broken: tuple[Finding, ...] = ()
    afterwards: Afterwards | None = None

    @property
    def failed(self) -> bool:
        """Whether a delivery or a part failed, or an article that was named is blocked."""
        blocked = self.named and bool(self.plan.blocked)
        return blocked or bool(self.troubles) or any(result.failed for result in self.results)


@dataclass(frozen=True, slots=True)
class Shown:
    """
    A variant as it would go out now, or as subscribers saw it at an instant.

    `measure` is how its channel counts a post (None: it does not).
    """

    variant: Variant
    at: datetime | None = None
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """An edition written elsewhere: how many articles and files, and the articles that were left out, with the reason."""

    folder: Path
    articles: int
    files: int
    left_out: tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """
    A configured channel and how it stands: counts by word's state, the newest live instant, what waits for a person.

    `account` is what its server knows of us, and `ends` when our credentials do, as far as anybody said so.
    """

    name: str
    kind: str
    where: str
    live: int
    waiting: int
    failed: int
    unsure: int
    last_live: datetime | None
    held: Sentence | None
    account: Account
    ends: datetime | None
