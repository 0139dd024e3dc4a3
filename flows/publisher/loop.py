"""
The publisher's loop: one thing at a time, in one thread.

It waits for the next due instant, for a file that somebody has finished writing, for a request that is handed over, and
for a run made in Prefect.

A pass plans, writes down what is expected, and releases what is due. It plans shortly before the instant, so that the
first request leaves at it; a run of Prefect's follows where a server is there in time.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from flows.compose import STATE, House
from flows.handover import Visit
from flows.publish import page, parameters, request_of
from flows.publisher.engine import Clicked, Engine, Wish
from flows.publisher.keeping import Keeping, sequence
from flows.publisher.performing import TURN_SECONDS, Performing
from flows.stages.looking import rows_of
from flows.stages.planning import Question, plan
from flows.stages.publishing import Publishing, one_at_a_time
from flows.stages.releasing import WHO, next_due, next_ending, releasing
from flows.stages.values import Afterwards, Progress, Published, PublishRequest, Step, unwatched
from kawaraban.errors import Conflict, KawarabanError, Sentence

LEAD_SECONDS = 0.6
BUSY_SECONDS = 3.0
LEAD_AT_MOST = 10.0
AGAIN_SECONDS = 60.0
OUTCOMES = {
    "live": Sentence(ja="出ました", en="live"),
    "withdrawn": Sentence(ja="取り下げました", en="withdrawn"),
    "handed over": Sentence(ja="貼る一式ができました", en="ready to be posted by hand"),
    "refused": Sentence(ja="断られました", en="refused"),
    "unavailable": Sentence(ja="送れませんでした", en="nothing was sent"),
    "unsure": Sentence(ja="届いたか分かりません", en="it may have arrived"),
}
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass
class Publisher:
    """
    `clock` gives the instant, `say` tells whoever watches the process, `stop` ends it.

    `beat` is called at every turn and every step: whoever supervises sees that the loop still turns. `told` is set when
    something may have come up that a person should know.
    """

    root: Path
    clock: Callable[[], datetime]
    say: Callable[[Sentence], None]
    engine: Engine
    visits: queue.Queue[Visit] = field(default_factory=queue.Queue)
    clicks: queue.SimpleQueue[Clicked] = field(default_factory=queue.SimpleQueue)
    stop: threading.Event = field(default_factory=threading.Event)
    beat: Callable[[], None] = lambda: None
    told: threading.Event = field(default_factory=threading.Event)
    next: datetime = _FAR
    moved: bool = True  # something changed: look at everything again
    _plan_seconds: float = 0.0
    _tried: tuple[str, float] = ("", 0.0)
    _troubles: dict[str, str] = field(default_factory=dict)

    @cached_property
    def performing(self) -> Performing:
        """What does the work."""
        return Performing(self.clock, self.say, self.engine, self.stop)

    @cached_property
    def keeping(self) -> Keeping:
        """What knows the house as it is now."""
        return Keeping(self.root, self.clock, self._opened)

    def busy(self) -> bool:
        """Return whether a release is near: others keep still."""
        return abs((self.next - self.clock()).total_seconds()) < BUSY_SECONDS

    def run(self) -> None:
        """Turn until `stop` is set. Whatever goes wrong in one turn is said, and the next one comes."""
        while not self.stop.is_set():
            self.beat()
            self._guarded("loop", self.turn)
        self.keeping.close()

    def turn(self) -> None:
        """Do the next thing: what somebody asked for, else what is due."""
        try:
            visit = self.visits.get(timeout=self._patience())
        except queue.Empty:
            self._by_itself()
            return
        self._receive(visit)

    def _patience(self) -> float:
        """How long nothing has to be done."""
        if self.moved or not self.clicks.empty():
            return 0.001
        until_next = (self.next - self._lead() - self.clock()).total_seconds()
        return max(0.001, min(TURN_SECONDS, until_next, self.keeping.until_look()))

    def _lead(self) -> timedelta:
        """How long before an instant to begin: planning, and a word with Prefect."""
        return timedelta(seconds=min(LEAD_SECONDS + 2 * self._plan_seconds, LEAD_AT_MOST))

    def _by_itself(self) -> None:
        with suppress(queue.Empty):
            self._clicked(self.clicks.get_nowait())
            return
        if self.keeping.until_look() <= 0:
            self._guarded("settings", self._look)
        house = self.keeping.house
        if house is not None and self.moved:
            self.moved = False
            self._pass(house, None)
        elif house is not None and self.next - self._lead() <= self.clock():
            self._pass(house, self.next)

    def _look(self) -> None:
        """See whether files, settings or the ledger have moved."""
        moved = self.keeping.look()
        self._well("settings")
        if moved:
            self.moved = True
            self.told.set()

    def _opened(self, house: House) -> None:
        identity = house.ledger.identity().ledger
        self.engine.start(f"kawaraban-{identity[:6]}", house.publication.timezone)

    # --- a pass ---

    def _pass(self, house: House, at: datetime | None) -> None:
        """Plan as it will be at `at` (None: now), write down what is expected, and release what is due."""
        now, pulse = self.clock(), sequence(house)
        moment = at if at is not None and at > now else now
        work = releasing(house, self._steps(), now=moment, settled=self.keeping.settled, stopped=self.stop.is_set)
        began = time.monotonic()
        try:
            planned = work.plan_ahead()
            if not work.coming and moment == now:  # what is written down bears no time that is still to come
                work.write_down(planned)
        except KawarabanError as error:
            self._wrong("plan", error)
            self.next = moment + timedelta(seconds=AGAIN_SECONDS)
            return
        self._well("plan")
        self._plan_seconds = time.monotonic() - began
        if work.coming and not self._just_tried(planned.plan.hash):
            self._release(work, moment, lambda: sequence(house) == pulse)
        elif not work.coming and self.keeping.furnish:
            self._furnish(house, work)
        self._agenda(house, work, moment)
        self.keeping.pulse = pulse  # what was written since, by whomever, is looked at again

    def _release(self, work: Publishing, at: datetime, still: Callable[[], bool]) -> None:
        titles = "、".join(list(dict.fromkeys(action.title for action in work.coming))[: page.NAMES])
        try:
            published = self.performing.perform(work, Wish("release", f"時刻どおり {titles}"), at, still)
        except KawarabanError as error:  # another holds the lock, or the ledger is in trouble: soon again
            self._wrong("release", error)
            self._tried = ("", 0.0)
            self.stop.wait(1.0)
        else:
            self._well("release")
            self._told(published)
            self.keeping.furnish = False
        self.moved = not self.stop.is_set()  # what follows another channel has its time only now

    def _agenda(self, house: House, work: Publishing, moment: datetime) -> None:
        """Find the next instant at which something may have to be done."""
        planned = work.planned or work.ahead
        ending = next_ending(planned, moment) if planned is not None else None
        again = self.clock() + timedelta(seconds=AGAIN_SECONDS) if planned and planned.plan.to_do else None
        self.next = min(one for one in (next_due(house, moment), ending, again, _FAR) if one is not None)

    def _just_tried(self, plan_hash: str) -> bool:
        """What is still to be done right after it was tried waits a minute: a full disk is not asked a hundred times."""
        (before, when), now = self._tried, time.monotonic()
        if before == plan_hash and now - when < AGAIN_SECONDS and not self.keeping.touched:
            return True
        self._tried, self.keeping.touched = (plan_hash, now), False
        return False

    def _furnish(self, house: House, work: Publishing) -> None:
        """Renew the site's lists and theme where only they have changed: nobody's release, and no run."""
        self.keeping.furnish = False
        if not any(row.public for row in house.ledger.deliveries()):
            return
        with one_at_a_time(house, work.progress):
            published = work.complete()
        if published.furniture:
            said = "、".join(published.furniture)
            self.say(Sentence(ja=f"{said} の体裁を新しくしました", en=f"renewed the furniture of {said}"))
        self._told(published)

    # --- what is handed over, and what was made in Prefect ---

    def _receive(self, visit: Visit) -> None:
        try:
            visit.done(self._asked(visit))
        except KawarabanError as error:
            visit.failed(error)
        except Exception as error:
            visit.failed(Conflict(_broken(error)))
            raise

    def _asked(self, visit: Visit) -> Published:
        house, request = self.keeping.fresh(), visit.request
        acting, pulse = house.acting(visit.who or house.who), sequence(house)
        work = Publishing(acting, request, self._steps(visit.progress), self.clock(), stopped=self.stop.is_set)
        work.refuse_early()
        wish = Wish("publish", page.first_name(request), page.first_tags(request), parameters(request))
        published = self.performing.perform(work, wish, still=lambda: sequence(house) == pulse)
        self._told(published)
        return replace(published, afterwards=self._afterwards(house))

    def _afterwards(self, house: House) -> Afterwards:
        """Return how all stands now. What follows has its time only now: the next pass comes at once."""
        self.moved = True
        planned = plan(house, Question(), now=self.clock())
        return Afterwards(tuple(rows_of(house, planned)), house.publication.zone)

    def _clicked(self, click: Clicked) -> None:
        """Do what was asked for in Prefect; a run that can't be done is ended there, with the reason."""
        try:
            house = self.keeping.fresh()
            who = WHO if click.kind == "release" else "prefect"
            request = request_of(click.parameters) if click.kind == "publish" else PublishRequest()
            work = Publishing(house.acting(who), request, self._steps(), self.clock(), stopped=self.stop.is_set)
            self._told(self.performing.perform(work, Wish(click.kind, click.run.name, given=click.run)))
        except KawarabanError as error:
            self.engine.give_up(click.run, error.said("ja"))
            self.say(Sentence(ja=error.said("ja"), en=error.said("en")))
        self.moved = True

    def _steps(self, onward: Progress = unwatched) -> Progress:
        def step(one: Step) -> None:
            self.beat()
            onward(one)

        return step

    # --- saying ---

    def _told(self, published: Published) -> None:
        self.told.set()
        for result in published.results:
            said = OUTCOMES[result.outcome]
            head = f"{result.title} → {result.channel}"
            why, place = result.error, f" {result.place}" if result.place else ""
            ja, en = (f"（{why.ja}）", f" ({why.en})") if why is not None else (place, place)
            self.say(Sentence(ja=f"{head}｜{said.ja}{ja}", en=f"{head}｜{said.en}{en}"))
        for trouble in published.troubles:
            self.say(trouble.error)

    def _guarded(self, what: str, part: Callable[[], None]) -> None:
        try:
            part()
        except KawarabanError as error:
            self._wrong(what, error)
        except Exception as error:  # noqa: BLE001 - said, and the loop turns on: other releases have their time
            self._wrong(what, Conflict(_broken(error)))
            self.stop.wait(TURN_SECONDS)

    def _wrong(self, what: str, error: KawarabanError) -> None:
        """Say what is wrong, once as long as it is the same."""
        if self._troubles.get(what) != str(error):
            self._troubles[what] = str(error)
            self.told.set()
            self.say(Sentence(ja=error.said("ja"), en=error.said("en")))

    def _well(self, what: str) -> None:
        self._troubles.pop(what, None)


def _broken(error: Exception) -> Sentence:
    said = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    return Sentence(ja=f"公開の係の中で止まりました（{said}）", en=f"the publisher itself failed ({said})")


def state_file(root: Path) -> Path:
    """Return the file whose time says when the loop last turned."""
    return root / STATE / "publisher.json"
