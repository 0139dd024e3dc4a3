"""
A publish, part by part: prepare (read, render, plan, write down what is expected), deliver each part, finish.

The same parts run under Prefect (flows.publish wraps each in a task) and without it. A part is one edition (a site with
its feeds) or one channel. One channel's failure never stops another: results are values.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Literal

from flows.compose import House
from flows.stages.arriving import be_certain, is_caught_up, not_certain
from flows.stages.births import Births
from flows.stages.deed import broken, result_of
from flows.stages.delivery import Sending
from flows.stages.editing import write_class
from flows.stages.edition import Editing, EditionGroup, groups
from flows.stages.handing_over import HandingOver
from flows.stages.planning import Planned, Question, plan
from flows.stages.surveying import broken_files, survey
from flows.stages.taking_down import bring_back
from flows.stages.turns import is_its_turn
from flows.stages.values import Progress, Published, PublishRequest, Result, Step, Trouble
from kawaraban.delivery import ActionKind
from kawaraban.errors import Conflict, KawarabanError, Sentence
from kawaraban.ledger import Seen, owner
from kawaraban.plan import Action, expectations

LOCK = timedelta(hours=1)
PATIENCE = timedelta(seconds=10)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """What is delivered together: an edition, or one channel; `takes_down`: only what has to go from that channel."""

    name: str
    channels: tuple[str, ...]
    group: EditionGroup | None = None
    takes_down: bool = False

    def has(self, action: Action) -> bool:
        """Return whether an action is this part's."""
        goes = action.action is ActionKind.WITHDRAW
        return action.channel in self.channels and (self.group is not None or goes is self.takes_down)


@dataclass
class Publishing:
    """
    One publish under way. `run` is the id of the Prefect run, if there is one.

    `ahead` is a plan made before its time; `settled` tells whether an article's file is not just being written (what is
    stays for the next pass); `stopped` whether to end before the next delivery: what is left is still due.
    """

    house: House
    request: PublishRequest
    progress: Progress
    now: datetime
    run: str | None = None
    planned: Planned | None = None
    results: list[Result] = field(default_factory=list)
    furniture: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    done: set[str] = field(default_factory=set)  # names of the parts that were delivered
    ahead: Planned | None = None
    settled: Callable[[PurePath], bool] = lambda _path: True
    stopped: Callable[[], bool] = lambda: False
    left: frozenset[str] = frozenset()  # articles whose files are being written

    @property
    def failed(self) -> bool:
        """Whether anything that was tried failed."""
        return bool(self.troubles) or any(result.failed for result in self.results)

    def failed_at(self, part: Part) -> bool:
        """Whether a part failed beside its deliveries."""
        return any(trouble.channel in part.channels for trouble in self.troubles)

    # --- prepare ---

    def refuse_early(self) -> None:
        """Raise what is wrong with the request itself (a name, a plan that has moved), as `prepare` would."""
        be_certain(self.house, self.progress)
        for name in self.request.channels:
            self.house.channel_settings(name)
        if self.request.names:
            survey(self.house, self.request.names)
        if self.request.plan_hash is not None:
            self._agreed()

    def prepare(self) -> Planned:
        """
        Read, render and plan; write down what is expected.

        Raises Conflict when `--plan` no longer holds, and where nothing may go out now (arriving.be_certain).
        """
        be_certain(self.house, self.progress)
        self.progress(Step("read", Sentence(ja="記事を読んでいます", en="reading the articles")))
        planned = self.ahead or self._agreed()
        if bring_back(self.house, self.request, planned.survey.articles, now=self.now):
            planned = self._plan()
        if write_class(self.house, self.request, planned.survey.articles, now=self.now):
            planned = self._plan()
        self.write_down(planned)
        self.left = self._unsettled(planned)
        self.planned = planned
        count, short = len(planned.plan.to_do), planned.plan.short
        self.progress(Step("plan", Sentence(ja=f"計画 {short}：{count}件", en=f"plan {short}: {count} to do")))
        return planned

    def plan_ahead(self) -> Planned:
        """Plan before the time has come, as it will be at `now`; `prepare` then only writes down. Raises as it does."""
        be_certain(self.house, self.progress)
        self.ahead = self._plan()
        self.left = self._unsettled(self.ahead)
        return self.ahead

    @property
    def coming(self) -> tuple[Action, ...]:
        """What a plan made ahead is going to do."""
        todo = self.ahead.plan.to_do if self.ahead else ()
        return tuple(action for action in todo if action.article not in self.left)

    def _unsettled(self, planned: Planned) -> frozenset[str]:
        """Asked after the files were read: one that has changed since is not what somebody has finished writing."""
        touched = {action.article for action in planned.plan.to_do}
        articles = (article for article in planned.survey.articles if article.id in touched)
        return frozenset(article.id for article in articles if not self.settled(article.path))

    def _agreed(self) -> Planned:
        """Return the plan; the hash somebody agreed to may also be that of all channels, of which only some were asked."""
        planned, agreed = self._plan(), self.request.plan_hash
        if agreed is None or planned.plan.matches(agreed):
            return planned
        whole = replace(self.request, channels=())
        if self.request.channels and self._plan(whole).plan.matches(agreed):
            return planned
        raise _moved(planned)

    def _plan(self, request: PublishRequest | None = None) -> Planned:
        asked = request or self.request
        question = Question(asked.names, asked.channels, asked.refresh, asked.again)
        return plan(self.house, question, now=self.now, progress=self.progress)

    def write_down(self, planned: Planned) -> None:
        """Let the ledger know what is expected, with its due times: `status` and the schedule are true from here on."""
        ledger = self.house.ledger
        ledger.saw(
            Seen(article.id, article.matter.title, str(article.path), article.slug, article.digest)
            for article in planned.survey.articles
        )
        variants = [
            planned.variant(action.article, action.channel, action.digest)
            for action in planned.plan.to_do
            if action.digest is not None and action.action is not ActionKind.WITHDRAW
        ]
        ledger.keep(*variants)
        Births(self.house, self.now).connect(who=self.house.who, run=self.run)
        ledger.expect(expectations(planned.plan), now=self.now, who=self.house.who, run=self.run)

    # --- deliver ---

    def parts(self) -> Iterator[Part]:
        """
        Yield what is still to be delivered, in the order of the settings.

        First what other channels take down (their posts link to the site), then the editions, then what other channels
        get (their posts will link to it).
        """
        asked = self.request.channels
        editions = groups(self.house)
        edited = {name for group in editions for name in group.names}
        others = [channel.name for channel in self.house.settings.channels if channel.name not in edited]
        parts = [Part(f"take down from {name}", (name,), takes_down=True) for name in others]
        parts += [
            Part(group.site.name, group.names, group)
            for group in editions
            if not asked or set(asked) & set(group.names)
        ]
        parts += [Part(name, (name,)) for name in others]
        for part in parts:
            if part.name not in self.done and (part.group or any(map(part.has, self._to_do()))):
                yield part

    def _to_do(self) -> tuple[Action, ...]:
        todo = self.planned.plan.to_do if self.planned else ()
        return tuple(action for action in todo if action.article not in self.left) if self.left else todo

    def deliver(self, part: Part) -> list[Result]:
        """Deliver one part; whatever goes wrong becomes results and troubles."""
        if self.planned is None:
            msg = "prepare comes first"
            raise RuntimeError(msg)
        self.done.add(part.name)
        actions = [action for action in self._to_do() if part.has(action) and self._is_free(action)]
        what = Sentence(
            ja=f"{'、'.join(part.channels)} へ {len(actions)}件", en=f"{', '.join(part.channels)}: {len(actions)}"
        )
        self.progress(Step("deliver", what, part.name))
        results = self._edition(part.group, self.planned, actions) if part.group else self._each(actions, self.planned)
        self.results += results
        return results

    def _edition(self, group: EditionGroup, planned: Planned, actions: list[Action]) -> list[Result]:
        editing = Editing(self.house, group, planned, self.now, self.run, self.progress)
        try:
            editing.write(actions)
        except Exception as error:  # noqa: BLE001 - the other channels must still be delivered
            self._trouble(group.site.name, error)
        else:
            renewed = editing.edited.furniture and not editing.edited.troubles
            self.furniture += [group.site.name] if renewed else []
        self.troubles += editing.edited.troubles
        return editing.edited.results

    def _each(self, actions: list[Action], planned: Planned) -> list[Result]:
        results: list[Result] = []
        if actions and not actions[0].by_hand and (why := not_certain(self.house, actions[0].channel)) is not None:
            return [self._put_off(action, planned, why) for action in actions]
        for number, action in enumerate(actions, 1):
            if self.stopped():
                break
            if not is_its_turn(action, results):
                continue
            what = Sentence(ja=f"{action.channel} へ出しています", en=f"delivering to {action.channel}")
            self.progress(Step("deliver", what, action.channel, number, len(actions)))
            try:
                results.append(self._done(action, planned))
            except Exception as error:  # noqa: BLE001 - the other deliveries must still be tried
                self._trouble(action.channel, error)
        return results

    def _put_off(self, action: Action, planned: Planned, why: Sentence) -> Result:
        """Nothing may go there now; where only its server could not be asked, `status` says so, and when it is tried again."""
        if is_caught_up(self.house, action.channel):
            try:
                return Sending(self.house, action, planned, self.now, self.run).put_off(why)
            except Exception as error:  # noqa: BLE001 - the other deliveries must still be put off
                self._trouble(action.channel, error)
        return result_of(action, "unavailable", error=why)

    def _done(self, action: Action, planned: Planned) -> Result:
        if action.by_hand:
            return HandingOver(self.house, action, planned, self.now, self.run).ready()
        return Sending(self.house, action, planned, self.now, self.run).send()

    def _trouble(self, channel: str, error: Exception) -> None:
        if isinstance(error, KawarabanError):
            self.troubles.append(Trouble(channel, error.what, error.remedy))
        else:
            _LOG.exception("delivering to %s", channel, exc_info=error)
            self.troubles.append(Trouble(channel, broken(error)))

    def _is_free(self, action: Action) -> bool:
        """An action that must follow another of this run goes only if that one succeeded, or is in the same write."""
        if action.after is None:
            return True
        if any(action.channel in group.names and action.after in group.names for group in groups(self.house)):
            return True
        return any(
            result.article == action.article and result.channel == action.after and result.outcome == "live"
            for result in self.results
        )

    # --- finish ---

    def finish(self, engine: Literal["prefect", "plain"] = "plain") -> Published:
        """Return what became of it."""
        if self.planned is None:
            msg = "prepare comes first"
            raise RuntimeError(msg)
        self.progress(Step("record", Sentence(ja="記録しました", en="recorded")))
        return Published(
            plan=self.planned.plan,
            results=tuple(self.results),
            engine=engine,
            furniture=tuple(self.furniture),
            named=bool(self.request.names),
            troubles=tuple(self.troubles),
            broken=tuple(broken_files(self.planned.survey).values()) if not self.request.names else (),
        )

    def complete(self, engine: Literal["prefect", "plain"] = "plain") -> Published:
        """Do, without Prefect, what is not done yet; return what became of it all."""
        if self.planned is None:
            self.prepare()
        for part in self.parts():
            if self.stopped():
                break
            self.deliver(part)
        return self.finish(engine)


def publish(
    house: House, request: PublishRequest, progress: Progress, *, now: datetime, patience: timedelta = PATIENCE
) -> Published:
    """Run a whole publish without Prefect. One at a time: raises Conflict naming who holds the lock."""
    with one_at_a_time(house, progress, patience):
        return Publishing(house, request, progress, now).complete()


@contextmanager
def one_at_a_time(house: House, progress: Progress, patience: timedelta = PATIENCE) -> Iterator[None]:
    """Hold the ledger's lock for a `with`; wait a little for another publish, then raise Conflict naming its owner."""
    deadline = time.monotonic() + patience.total_seconds()
    said = False
    while True:
        lock = house.ledger.lock("publish", owner=owner(), now=house.clock(), lease=LOCK)
        try:
            lock.__enter__()
            break
        except Conflict as error:
            if time.monotonic() >= deadline:
                raise
            if not said:
                progress(Step("engine", error.what))
                said = True
            time.sleep(0.2)
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _moved(planned: Planned) -> Conflict:
    return Conflict(
        Sentence(
            ja=f"計画が変わっています（いまは {planned.plan.short}）",
            en=f"the plan has moved (now {planned.plan.short})",
        ),
        remedy=Sentence(
            ja="kawaraban plan で見直してから、その番号で公開してください",
            en="look at `kawaraban plan` again and use its number",
        ),
    )
