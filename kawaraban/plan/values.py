"""What goes into a plan and what comes out of it: plain frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Self

from kawaraban.article.model import Article, Status
from kawaraban.capabilities import Capabilities
from kawaraban.config import Effective
from kawaraban.delivery import ActionKind, Delivery, State, Word
from kawaraban.errors import Sentence
from kawaraban.ledger.records import Hold, Known
from kawaraban.variant import Loss, Variant

Cause = Literal["article", "program"]
Source = Literal["article", "series", "channel", "kind", "link"]


@dataclass(frozen=True, slots=True)
class Intent:
    """
    What an article's file says about its publication; the same for all channels.

    `digest` is that of the file. `after_article` is the id of the article that goes first. `doubts` are the fields of `review.must`. `blocked`: the check's errors as one
    sentence (None: none), with its `remedy`.
    """

    article: str
    title: str
    status: Status
    digest: str
    slug: str
    aliases: tuple[str, ...] = ()
    published: datetime | None = None
    embargo: datetime | None = None
    expires: datetime | None = None
    withdrawn: datetime | date | None = None
    after_article: str | None = None
    doubts: tuple[str, ...] = ()
    blocked: Sentence | None = None
    remedy: Sentence | None = None

    @property
    def addresses(self) -> frozenset[str]:
        """The slugs it would be found under on the site: its own, and those that redirect to it."""
        return frozenset({self.slug, *(alias.strip("/").rpartition("/")[2] for alias in self.aliases)})

    @classmethod
    def of(cls, article: Article, *, blocked: Sentence | None = None, remedy: Sentence | None = None) -> Self:
        """Read it from an article."""
        matter = article.matter
        return cls(
            article=article.id,
            title=matter.title,
            status=matter.status,
            digest=article.digest,
            slug=article.slug,
            aliases=matter.aliases,
            published=matter.published,
            embargo=matter.embargo,
            expires=matter.expires,
            withdrawn=matter.withdrawn.at if matter.withdrawn else None,
            after_article=matter.after_article,
            doubts=tuple(sorted(matter.review.must)),
            blocked=blocked,
            remedy=remedy,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    One (article, channel) as articles, settings and renderer want it.

    `variant` is what the renderer made; None where the caller knows without rendering what it would be (`remembered` is
    its digest, `remembered_losses` its losses; Recorded.kept gives the text). `release` is resolved (channel < series < article). `after` is the channel
    that must be live first: the settings' own, or the one whose page this text links to. `order` is the channel's
    place in the settings. `born_off`: on a channel that announces, what was imported or published before the channel
    was first connected does not go there by itself (DESIGN section 9); a row that exists says so itself. `backfill`: the
    channel's settings let even that go.
    """

    intent: Intent
    channel: str
    capabilities: Capabilities
    release: Effective
    variant: Variant | None = None
    remembered: str | None = None
    remembered_losses: tuple[Loss, ...] = ()
    site: str | None = None
    order: int = 0
    born_off: bool = False
    backfill: bool = False

    @property
    def digest(self) -> str | None:
        """The digest of what should stand there; None: not known."""
        return self.variant.digest if self.variant is not None else self.remembered

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the channel can't show of it."""
        return self.variant.losses if self.variant is not None else self.remembered_losses

    @property
    def after(self) -> str | None:
        """The channel that must be live first: the settings' `after`, else `site`, whose page the text links to."""
        return self.release.values.after or self.site

    @property
    def enabled(self) -> bool:
        """Whether the article goes there at all."""
        return self.release.values.enabled is not False


@dataclass(frozen=True, slots=True)
class Recorded:
    """
    What the ledger and the library have: deliveries, what is known of the articles, holds.

    `kept` gives a variant by its digest and channel (Ledger.variant), for the diff. `present`: ids of all articles in
    the library (None: not asked, then nothing counts as vanished). `addresses`: slug → the article that is public
    there now. `dead` tells whether a lease's owner is gone (kawaraban.ledger.is_dead). `unreadable`: path below `content` →
    what is wrong with a file that gave no article.
    """

    deliveries: tuple[Delivery, ...] = ()
    known: Mapping[str, Known] = field(default_factory=dict)
    holds: tuple[Hold, ...] = ()
    kept: Callable[[str, str], Variant | None] = lambda _digest, _channel: None
    present: frozenset[str] | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    dead: Callable[[str], bool] = lambda _owner: False
    unreadable: Mapping[str, Sentence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """
    What was asked for: article ids (None: everything that is due), channels (None: all), and the two insistences.

    `refresh`: what only the program or settings changed goes out too. `again`: what was withdrawn goes out again.
    `looking`: somebody only looks at the articles, and nobody asks for them to go.
    """

    articles: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    refresh: bool = False
    again: bool = False
    looking: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """A run of whole phrases of a line: kept, cut (見せ消ち) or added (朱)."""

    kind: Literal["keep", "cut", "add"]
    text: str


@dataclass(frozen=True, slots=True)
class DiffLine:
    """
    One changed line of what subscribers see, as 朱入れ: `part` is `title`, `text` (one block a line) or a head's field.

    A new line has only `add`, a lost one only `cut`.
    """

    part: str
    strokes: tuple[Stroke, ...]

    @property
    def before(self) -> str:
        """The line as it is live; "" where it is new."""
        return "".join(stroke.text for stroke in self.strokes if stroke.kind != "add")

    @property
    def after(self) -> str:
        """The line as it would be; "" where it goes."""
        return "".join(stroke.text for stroke in self.strokes if stroke.kind != "cut")


@dataclass(frozen=True, slots=True)
class Origin:
    """
    One value that decides when it goes out, and where it came from.

    `source`: the article's file, its series, the channel's settings, the kind of channel (its default), or the link to
    the site's page that the text carries.
    """

    key: str
    value: str
    source: Source


@dataclass(frozen=True, slots=True)
class Action:
    """
    What publishing would do with one (article, channel), and why.

    `due` is an estimate where `due_known` is False. `after`: this action may only be taken once that channel's action of
    the same run has succeeded (None: free to go); `after_article`: once that article's on the same channel has. `origins`
    are the values that decide the time of what is not out yet. `asks_first`: an earlier try may have arrived; `find` before sending.
    `reopen`: what Claim.reopen must be. `digest` is what would stand there, `live_digest` what does. `remedy` says
    what a person can do about a blocked or skipped one.
    """

    article: str
    title: str
    channel: str
    action: ActionKind
    reason: Sentence
    word: Word
    article_digest: str
    state: State | None = None
    remedy: Sentence | None = None
    cause: Cause | None = None
    due: datetime | None = None
    due_known: bool = True
    by_hand: bool = False
    off: bool = False
    losses: tuple[Loss, ...] = ()
    diff: tuple[DiffLine, ...] = ()
    digest: str | None = None
    live_digest: str | None = None
    after: str | None = None
    after_article: str | None = None
    origins: tuple[Origin, ...] = ()
    asks_first: bool = False
    reopen: bool = False
    in_library: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """
    The actions, ordered by article and channel, and their hash.

    The hash covers what would be done and the texts it would be done with; not skips, reasons, times or the clock.
    """

    hash: str
    actions: tuple[Action, ...]

    @property
    def short(self) -> str:
        """The hash as people see and type it."""
        return self.hash[:12]

    def matches(self, given: str) -> bool:
        """Return whether `given` is this plan's hash, or at least its first eight characters."""
        return len(given) >= 8 and self.hash.startswith(given.lower())  # noqa: PLR2004 - said in the docstring

    @property
    def to_do(self) -> tuple[Action, ...]:
        """The actions that do something, in the plan's order."""
        return tuple(action for action in self.actions if action.action not in (ActionKind.SKIP, ActionKind.BLOCKED))

    @property
    def blocked(self) -> tuple[Action, ...]:
        """What can't go out as it is."""
        return tuple(action for action in self.actions if action.action is ActionKind.BLOCKED)
