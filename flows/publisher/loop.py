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

from flows.compose import STATE, House, open_house
from flows.handover import Visit
from flows.publish import page, parameters
from flows.publisher.engine import Clicked, Engine, Wish
from flows.publisher.performing import TURN_SECONDS, Performing
from flows.publisher.watch import Watch
from flows.stages.looking import rows_of
from flows.stages.publishing import Publishing
from flows.stages.releasing import WHO, next_due, next_ending, releasing
from flows.stages.values import Afterwards, Progress, Published, PublishRequest, Step, unwatched
from kawaraban.errors import Conflict, KawarabanError, Sentence

LOOK_SECONDS = 1.0
LOOK_AT_MOST = 2.0
LEAD_SECONDS = 0.6
LEAD_AT_MOST = 10.0
AGAIN_SECONDS = 60.0
SETTINGS = ("config", "content/series", "content/people")
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass
class Publisher:
    """
    `clock` gives the instant, `say` tells whoever watches the process, `stop` ends it.

    `beat` is called at every turn and every step: whoever supervises sees that the loop still turns.
    """

    root: Path
    clock: Callable[[], datetime]
    say: Callable[[Sentence], None]
    engine: Engine
    visits: queue.Queue[Visit] = field(default_factory=queue.Queue)
    clicks: queue.SimpleQueue[Clicked] = field(default_factory=queue.SimpleQueue)
    stop: threading.Event = field(default_factory=threading.Event)
    beat: Callable[[], None] = lambda: None
    house: House | None = None
    watch: Watch = field(default_factory=lambda: Watch(()))
    next: datetime = _FAR
    moved: bool = True  # something changed: look at everything again
    _looked: float = 0.0
    _look_every: float = LOOK_SECONDS
    _plan_seconds: float = 0.0
    _pulse: int = -1
    _tried: tuple[str, float] = ("", 0.0)
    _troubles: dict[str, str] = field(default_factory=dict)

    @cached_property
    def performing(self) -> Performing:
        """What does the work."""
        return Performing(self.clock, self.say, self.engine, self.stop)

    def run(self) -> None:
        """Turn until `stop` is set. Whatever goes wrong in one turn is said, and the next one comes."""
        while not self.stop.is_set():
            self.beat()
            self._guarded("loop", self.turn)
        if self.house is not None:
            self.house.close()

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
        until_look = self._looked + self._look_every - time.monotonic()
        return max(0.001, min(TURN_SECONDS, until_next, until_look))

    def _lead(self) -> timedelta:
        """How long before an instant to begin: planning, and a word with Prefect."""
        return timedelta(seconds=min(LEAD_SECONDS + 2 * self._plan_seconds, LEAD_AT_MOST))

    def _by_itself(self) -> None:
        with suppress(queue.Empty):
            self._clicked(self.clicks.get_nowait())
            return
        if time.monotonic() >= self._looked + self._look_every:
            self._look()
        if self.house is None:
            return
        if self.moved:
            self.moved = False
            self._pass(None)
        elif self.next - self._lead() <= self.clock():
            self._pass(self.next)

    # --- looking ---

    def _look(self) -> None:
        """See whether files, settings or the ledger have moved."""
        began = time.monotonic()
        if self.house is None:
            self._guarded("settings", self._open)
        else:
            self._see(self.house)
        self._looked = time.monotonic()
        cost = self._looked - began
        self._look_every = min(max(LOOK_SECONDS, 10 * cost), LOOK_AT_MOST)

    def _see(self, house: House) -> None:
        changed = self.watch.look()
        if changed:
            self.moved = True
            self._tried = ("", 0.0)
        if any(_is_setting(self.root, path) for path in changed):
            self._guarded("settings", self._open)
        pulse = _sequence(house)
        if pulse != self._pulse:
            self._pulse, self.moved = pulse, True

    def _open(self) -> None:
        """Open the house, anew where settings changed. With broken settings nothing goes out: nobody knows where to."""
        if self.house is not None:
            self.house.close()
            self.house = None
        else:
            self.watch = Watch([self.root / name for name in ("config", "content")])
            self.watch.begin(time.time())
        self.house = open_house(self.root, clock=self.clock)
        themes = [self.root / one for site in self.house.sites if (one := self.house.setting(site, "theme"))]
        self.watch.folders = (self.root / "config", self.root / "content", *themes)
        self.moved = True
        self._well("settings")
        identity = self.house.ledger.identity().ledger
        self.engine.start(f"kawaraban-{identity[:6]}", self.house.publication.timezone)

    # --- a pass ---

    def _pass(self, at: datetime | None) -> None:
        """Plan as it will be at `at` (None: now), write down what is expected, and release what is due."""
        house = self.house
        if house is None:
            return
        now, pulse = self.clock(), _sequence(house)
        moment = at if at is not None and at > now else now
        work = releasing(house, self._steps(), now=moment, settled=self._settled, stopped=self.stop.is_set)
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
            self._release(work, moment, lambda: _sequence(house) == pulse)
        self._agenda(house, work, moment)
        self._pulse = pulse  # what was written since, by whomever, is looked at again

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
        self.moved = not self.stop.is_set()  # what follows another channel has its time only now

    def _agenda(self, house: House, work: Publishing, moment: datetime) -> None:
        """Find the next instant at which something may have to be done."""
        planned = work.planned or work.ahead
        ending = next_ending(planned, moment) if planned is not None else None
        again = self.clock() + timedelta(seconds=AGAIN_SECONDS) if planned and planned.plan.to_do else None
        self.next = min(one for one in (next_due(house, moment), ending, again, _FAR) if one is not None)

    def _just_tried(self, plan_hash: str) -> bool:
        """What is still to be done right after it was tried waits a minute: a full disk is not asked a hundred times."""
        before, when = self._tried
        self._tried = (plan_hash, time.monotonic())
        if before != plan_hash or time.monotonic() - when > AGAIN_SECONDS:
            return False
        self._tried = (before, when)
        return True

    def _settled(self, path: object) -> bool:
        house = self.house
        return house is None or self.watch.is_settled(house.library.content / str(path))

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
        house = self._fresh()
        acting = house.acting(visit.who or house.who)
        progress = self._steps(visit.progress)
        work = Publishing(acting, visit.request, progress, self.clock(), stopped=self.stop.is_set)
        work.refuse_early()
        wish = Wish(
            "publish",
            page.first_name(visit.request),
            page.first_tags(visit.request),
            parameters(visit.request),
        )
        published = self.performing.perform(work, wish)
        return replace(published, afterwards=self._afterwards(house))

    def _afterwards(self, house: House) -> Afterwards:
        """Return how all stands now; what follows has its time only now, so it is written down, too."""
        work = releasing(house, unwatched, now=self.clock())
        planned = work.plan_ahead()
        if not planned.plan.to_do:
            work.write_down(planned)
            self._agenda(house, work, work.now)
        else:
            self.moved = True
        return Afterwards(tuple(rows_of(house, planned)), house.publication.zone)

    def _clicked(self, click: Clicked) -> None:
        house = self._fresh()
        request = PublishRequest()
        if click.kind == "publish":
            given = click.parameters
            request = PublishRequest(
                tuple(given.get("names") or ()),
                tuple(given.get("channels") or ()),
                given.get("plan"),
                given.get("kind"),
                given.get("say") or "",
                bool(given.get("refresh")),
                bool(given.get("again")),
            )
        work = Publishing(
            house.acting(WHO if click.kind == "release" else "prefect"),
            request,
            self._steps(),
            self.clock(),
            stopped=self.stop.is_set,
        )
        try:
            published = self.performing.perform(work, Wish(click.kind, click.run.name, given=click.run))
        except KawarabanError as error:
            self.say(Sentence(ja=error.said("ja"), en=error.said("en")))
        else:
            self._told(published)
        self.moved = True

    def _fresh(self) -> House:
        """Return the house; opened anew where it could not be before, or where the settings' files have moved."""
        if self.house is None:
            self._open()
        elif any(not self.watch.is_settled(self.root / name / "_") for name in SETTINGS):
            self.watch.look()
            self._open()
        if self.house is None:
            msg = "opened, or raised"
            raise RuntimeError(msg)
        return self.house

    def _steps(self, onward: Progress = unwatched) -> Progress:
        def step(one: Step) -> None:
            self.beat()
            onward(one)

        return step

    # --- saying ---

    def _told(self, published: Published) -> None:
        for result in published.results:
            place = result.place or (result.error.en if result.error else "")
            line = f"{result.outcome} {result.channel} {result.title} {place}".rstrip()
            self.say(Sentence(ja=line, en=line))
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
            self.say(Sentence(ja=error.said("ja"), en=error.said("en")))

    def _well(self, what: str) -> None:
        self._troubles.pop(what, None)


def _broken(error: Exception) -> Sentence:
    said = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    return Sentence(ja=f"公開の係の中で止まりました（{said}）", en=f"the publisher itself failed ({said})")


def _sequence(house: House) -> int:
    newest = house.ledger.events(limit=1)
    return newest[-1].sequence if newest else 0


def _is_setting(root: Path, path: str) -> bool:
    return any(path.startswith(f"{root / name}/") for name in SETTINGS)


def state_file(root: Path) -> Path:
    """Return the file whose time says when the loop last turned."""
    return root / STATE / "publisher.json"
