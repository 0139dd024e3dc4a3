"""Planning: every article rendered for every channel (or remembered), laid against the ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.compose import House
from flows.stages.births import Births
from flows.stages.memory import Memory, Remembered, Watched
from flows.stages.surveying import Survey, blocking, broken_files, located, survey
from flows.stages.values import Progress, Step, unwatched
from kawaraban.article.model import Article
from kawaraban.config import ChannelSettings
from kawaraban.delivery import Delivery
from kawaraban.errors import Conflict, KawarabanError, Sentence
from kawaraban.ledger import Scope, is_dead
from kawaraban.plan import Intent, Plan, Recorded, Selection, Wanted, make_plan
from kawaraban.variant import Loss, PublicFacts, Variant

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What to plan: article names (() for all), channels (() for all), with which insistences. `looking`: none at all."""

    names: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    refresh: bool = False
    again: bool = False
    looking: bool = False


@dataclass
class Planned:
    """A plan, the survey it was made from, and its variants (rendered when first asked for)."""

    plan: Plan
    survey: Survey
    selection: Selection
    house: House
    rendered: dict[tuple[str, str], Variant] = field(default_factory=dict)  # by channel and digest
    pending: dict[tuple[str, str], Callable[[], Variant]] = field(default_factory=dict)  # by article and channel
    remembered: dict[tuple[str, str], str] = field(default_factory=dict)  # channel and digest → article

    def variant(self, article: str, channel: str, digest: str) -> Variant:
        """Return the variant of an action: rendered now, or kept in the ledger."""
        if (channel, digest) in self.rendered:
            return self.rendered[(channel, digest)]
        kept = self.house.ledger.variant(digest, channel)
        if kept is None:
            return self._made(article, channel, digest)
        # two channels of a kind may get the same text, whose digest does not cover the name: each keeps its own
        return kept if kept.channel == channel else kept.model_copy(update={"channel": channel})

    def kept(self, digest: str, channel: str) -> Variant | None:
        """Return a text that the plan compares: in the ledger, or remembered and now rendered."""
        if (channel, digest) in self.rendered or (channel, digest) not in self.remembered:
            return self.rendered.get((channel, digest)) or self.house.ledger.variant(digest, channel)
        return self.variant(self.remembered[(channel, digest)], channel, digest)

    def _made(self, article: str, channel: str, digest: str) -> Variant:
        made = self.pending[(article, channel)]()
        if made.digest != digest:  # nothing else than what the plan showed may go out
            Memory(self.house).forget()
            raise _forgotten(made)
        self.rendered[(channel, digest)] = made
        return made


def plan(
    house: House,
    question: Question,
    *,
    now: datetime,
    progress: Progress = unwatched,
    without: Scope | None = None,
) -> Planned:
    """
    Return what publishing would do at `now`; `without`: as if the hold of that scope were resumed.

    Raises WrongInput for unknown names and settings, Blocked when too many live articles have vanished.
    """
    found = survey(house, question.names)
    channels = tuple(house.channel_settings(name) for name in question.channels)
    selection = Selection(
        articles=found.named,
        channels=frozenset(channel.name for channel in channels) if channels else None,
        refresh=question.refresh,
        again=question.again,
        looking=question.looking,
    )
    return Planning(house, found, selection, now, progress, without).planned(house.ledger.deliveries(found.looked_at))


@dataclass
class Planning:
    """One survey, planned; `planned` may be called again with other deliveries (`build` asks what would follow)."""

    house: House
    found: Survey
    selection: Selection
    now: datetime
    progress: Progress = unwatched
    without: Scope | None = None
    wanted: list[Wanted] = field(default_factory=list)
    result: Planned | None = None

    def planned(self, deliveries: Sequence[Delivery]) -> Planned:
        """Return the plan against these deliveries."""
        if self.result is None:
            self.result = Planned(Plan("", ()), self.found, self.selection, self.house)
            self.wanted = list(self._all(self.result, {(one.article, one.channel): one for one in deliveries}))
        ledger, named = self.house.ledger, self.found.looked_at
        addresses = ledger.standing({slug for one in self.wanted for slug in one.intent.addresses})
        recorded = Recorded(
            deliveries=tuple(deliveries),
            known=ledger.all_known(None if named is None else named | set(addresses.values())),
            holds=tuple(hold for hold in ledger.holds() if hold.scope != self.without),
            kept=self.result.kept,
            present=self.found.present() if named is None else None,
            unreadable={file: located(one) for file, one in broken_files(self.found).items()} if named is None else {},
            addresses=addresses,
            dead=is_dead,
        )
        zone = self.house.publication.zone
        self.result.plan = make_plan(self.wanted, recorded, self.selection, now=self.now, zone=zone)
        return self.result

    def _all(self, planned: Planned, rows: Mapping[tuple[str, str], Delivery]) -> Iterator[Wanted]:
        memory = Memory(self.house)
        facts = self.house.ledger.all_facts(self.found.looked_at)
        articles = (*self.found.articles, *self.found.forerunners)
        births = Births(self.house, self.now)
        for number, article in enumerate(articles, 1):
            self.progress(Step("plan", _COMPOSING, done=number, of=len(articles)))
            known = facts.get(article.id, PublicFacts())
            yield from _Rendering(self, article, known, memory, planned, births).wanted(rows)
        memory.save()


@dataclass(frozen=True, slots=True)
class _Text:
    """What an article gives for a channel: rendered now (`variant`), remembered, or a problem."""

    variant: Variant | None = None
    digest: str | None = None
    losses: tuple[Loss, ...] = ()
    problem: Sentence | None = None
    remedy: Sentence | None = None


_NO_TEXT = _Text()


@dataclass
class _Rendering:
    """One article for every channel."""

    planning: Planning
    article: Article
    facts: PublicFacts
    memory: Memory
    planned: Planned
    births: Births

    def wanted(self, rows: Mapping[tuple[str, str], Delivery]) -> Iterator[Wanted]:
        """Yield a row for each channel. What gave a text before, and would give the same again, is not rendered."""
        house, article = self.planning.house, self.article
        key = self.memory.key(article, self.facts)
        releases = {channel.name: house.release(article, channel) for channel in house.settings.channels}
        texts = {
            channel.name: self._remembered(channel, key) or self._text(channel, key)
            for channel in house.settings.channels
            if releases[channel.name].values.enabled is not False
        }
        settled = all(
            (row := rows.get((article.id, name))) is not None
            and text.digest is not None
            and text.digest == row.live_digest
            for name, text in texts.items()
        )
        reason, remedy = (None, None) if settled else self._blocking(key)
        intent = Intent.of(article, blocked=reason, remedy=remedy)
        for order, channel in enumerate(house.settings.channels):
            text = texts.get(channel.name, _NO_TEXT)
            yield Wanted(
                intent=intent if text.problem is None else Intent.of(article, blocked=text.problem, remedy=text.remedy),
                channel=channel.name,
                capabilities=house.capabilities(channel),
                release=releases[channel.name],
                variant=text.variant,
                remembered=text.digest,
                remembered_losses=text.losses,
                site=house.site_of(channel),
                order=order,
                born_off=self.births.is_off(article, channel, self.facts, releases[channel.name]),
                backfill=self.births.backfills(channel),
            )

    def _blocking(self, key: str) -> tuple[Sentence | None, Sentence | None]:
        """Return why it can't go out, and the remedy; what was checked before and blocked nothing is not checked again."""
        found = self.planning.found
        if self.memory.is_clean(self.article, key):
            return blocking(found.around(self.article))
        findings = found.findings(self.planning.house, self.article)
        if not any(one.blocks for one in findings):
            self.memory.keep_clean(self.article, key)
        return blocking(findings)

    def _remembered(self, channel: ChannelSettings, key: str) -> _Text | None:
        kept = self.memory.of(self.article, channel, key, self.facts)
        self.planned.pending[(self.article.id, channel.name)] = self._pending(channel)
        if kept is None:
            return None
        self.planned.remembered[(channel.name, kept.digest)] = self.article.id
        return _Text(None, kept.digest, kept.losses)

    def _pending(self, channel: ChannelSettings) -> Callable[[], Variant]:
        return lambda: self.planning.house.render(self.article, channel, self.facts)

    def _text(self, channel: ChannelSettings, key: str) -> _Text:
        """Render it. A text that a channel's renderer refuses, or breaks on, blocks that channel only."""
        looked = Watched(self.facts.live)
        try:
            variant = self.planning.house.render(self.article, channel, PublicFacts(self.facts.published, looked))
        except KawarabanError as error:
            return _Text(problem=error.placed, remedy=error.remedy)
        except Exception as error:  # noqa: BLE001 - whatever breaks on one text must not stop the others
            _LOG.exception("rendering %s for %s", self.article.id, channel.name)
            return _Text(problem=_broken(error))
        self.planned.rendered[(channel.name, variant.digest)] = variant
        self.memory.keep(self.article, channel, Remembered(key, looked.looked, variant.digest, variant.losses))
        return _Text(variant, variant.digest, variant.losses)


def _forgotten(variant: Variant) -> Conflict:
    return Conflict(
        Sentence(
            ja=f"「{variant.title}」の {variant.channel} 向けの文が、計画したものと違いました",
            en=f"`{variant.title}` gave another text for {variant.channel} than the one planned",
        ),
        remedy=Sentence(ja="もう一度実行してください", en="run it again"),
    )


_COMPOSING = Sentence(ja="組版し、台帳と照らしています", en="rendering, and comparing with the ledger")


def _broken(error: Exception) -> Sentence:
    said = f"{type(error).__name__}: {error}"
    return Sentence(
        ja=f"組版の途中でプログラムが止まりました（{said}）", en=f"the program broke while rendering it ({said})"
    )
