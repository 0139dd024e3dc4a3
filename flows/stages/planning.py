"""Planning: every article rendered for every channel (or remembered), laid against the ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.compose import House
from flows.stages.memory import Memory, Remembered, Watched
from flows.stages.surveying import Survey, blocking, survey
from flows.stages.values import Progress, Step, unwatched
from kawaraban.article.model import Article
from kawaraban.config import ChannelSettings
from kawaraban.delivery import Delivery
from kawaraban.errors import KawarabanError, Sentence
from kawaraban.ledger import is_dead
from kawaraban.plan import Intent, Plan, Recorded, Selection, Wanted, make_plan
from kawaraban.variant import PublicFacts, Variant

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What to plan: article names (() for all), channels (() for all), with which insistences."""

    names: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    refresh: bool = False
    again: bool = False


@dataclass
class Planned:
    """A plan, the survey it was made from, and its variants (rendered when first asked for)."""

    plan: Plan
    survey: Survey
    selection: Selection
    house: House
    rendered: dict[tuple[str, str], Variant] = field(default_factory=dict)  # by channel and digest
    pending: dict[tuple[str, str], Callable[[], Variant]] = field(default_factory=dict)  # by article and channel

    def variant(self, article: str, channel: str, digest: str) -> Variant:
        """Return the variant of an action: rendered now, or kept in the ledger."""
        if (channel, digest) in self.rendered:
            return self.rendered[(channel, digest)]
        kept = self.house.ledger.variant(digest, channel)
        return kept if kept is not None else self.pending[(article, channel)]()


def plan(house: House, question: Question, *, now: datetime, progress: Progress = unwatched) -> Planned:
    """
    Return what publishing would do at `now`.

    Raises WrongInput for unknown names and settings, Blocked when too many live articles have vanished.
    """
    found = survey(house, question.names)
    channels = tuple(house.channel_settings(name) for name in question.channels)
    selection = Selection(
        articles=found.named,
        channels=frozenset(channel.name for channel in channels) if channels else None,
        refresh=question.refresh,
        again=question.again,
    )
    deliveries = house.ledger.deliveries(None if found.named is None else list(found.named))
    return Planning(house, found, selection, now, progress).planned(deliveries)


@dataclass
class Planning:
    """One survey, planned; `planned` may be called again with other deliveries (`build` asks what would follow)."""

    house: House
    found: Survey
    selection: Selection
    now: datetime
    progress: Progress = unwatched
    wanted: list[Wanted] = field(default_factory=list)
    result: Planned | None = None

    def planned(self, deliveries: Sequence[Delivery]) -> Planned:
        """Return the plan against these deliveries."""
        if self.result is None:
            self.result = Planned(Plan("", ()), self.found, self.selection, self.house)
            self.wanted = list(self._all(self.result, {(one.article, one.channel): one for one in deliveries}))
        ledger = self.house.ledger
        recorded = Recorded(
            deliveries=tuple(deliveries),
            known=ledger.all_known(),
            holds=tuple(ledger.holds()),
            kept=ledger.variant,
            present=self.found.present() if self.found.named is None else None,
            addresses=ledger.standing({slug for one in self.wanted for slug in one.intent.addresses}),
            dead=is_dead,
        )
        zone = self.house.publication.zone
        self.result.plan = make_plan(self.wanted, recorded, self.selection, now=self.now, zone=zone)
        return self.result

    def _all(self, planned: Planned, rows: Mapping[tuple[str, str], Delivery]) -> Iterator[Wanted]:
        memory = Memory(self.house)
        facts = self.house.ledger.all_facts()
        articles = self.found.articles
        for number, article in enumerate(articles, 1):
            self.progress(Step("plan", _COMPOSING, done=number, of=len(articles)))
            yield from _Rendering(self, article, facts.get(article.id, PublicFacts()), memory, planned).wanted(rows)
        memory.save()


@dataclass
class _Rendering:
    """One article for every channel."""

    planning: Planning
    article: Article
    facts: PublicFacts
    memory: Memory
    planned: Planned

    def wanted(self, rows: Mapping[tuple[str, str], Delivery]) -> Iterator[Wanted]:
        """Yield a row for each channel. What is live and would be the same again is neither rendered nor checked."""
        house, article = self.planning.house, self.article
        key = self.memory.key(article, self.facts)
        texts: dict[str, tuple[Variant | None, str | None, Sentence | None]] = {}
        for channel in house.settings.channels:
            if house.release(article, channel).values.enabled is False:
                continue
            self.planned.pending[(article.id, channel.name)] = self._pending(channel)
            row = rows.get((article.id, channel.name))
            digest = self.memory.digest(article, channel, key, self.facts)
            same = digest is not None and row is not None and row.live_digest == digest
            texts[channel.name] = (None, digest, None) if same else self._text(channel, key)
        settled = all(variant is None and problem is None for variant, _, problem in texts.values())
        reason, remedy = (None, None) if settled else blocking(self.planning.found.findings(house, article))
        for order, channel in enumerate(house.settings.channels):
            variant, digest, problem = texts.get(channel.name, (None, None, None))
            yield Wanted(
                intent=Intent.of(article, blocked=problem or reason, remedy=None if problem else remedy),
                channel=channel.name,
                capabilities=house.capabilities(channel),
                release=house.release(article, channel),
                variant=variant,
                remembered=digest,
                site=house.site_of(channel),
                order=order,
            )

    def _pending(self, channel: ChannelSettings) -> Callable[[], Variant]:
        return lambda: self.planning.house.render(self.article, channel, self.facts)

    def _text(self, channel: ChannelSettings, key: str) -> tuple[Variant | None, str | None, Sentence | None]:
        """Render it. A text that a channel's renderer refuses, or breaks on, blocks that channel only."""
        looked = Watched(self.facts.live)
        try:
            variant = self.planning.house.render(self.article, channel, PublicFacts(self.facts.published, looked))
        except KawarabanError as error:
            return None, None, error.what
        except Exception as error:  # noqa: BLE001 - whatever breaks on one text must not stop the others
            _LOG.exception("rendering %s for %s", self.article.id, channel.name)
            return None, None, _broken(error)
        self.planned.rendered[(channel.name, variant.digest)] = variant
        self.memory.keep(self.article, channel, Remembered(key, looked.looked, variant.digest))
        return variant, variant.digest, None


_COMPOSING = Sentence(ja="組版し、台帳と照らしています", en="rendering, and comparing with the ledger")


def _broken(error: Exception) -> Sentence:
    said = f"{type(error).__name__}: {error}"
    return Sentence(
        ja=f"組版の途中でプログラムが止まりました（{said}）", en=f"the program broke while rendering it ({said})"
    )
