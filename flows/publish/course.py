"""
One publish as Prefect's flow goes through it: it drives the stages, or it follows them.

A Course drives: Prefect's flow calls it stage by stage (a publish of the command's own, a worker elsewhere). A Followed
is driven by the publisher while a flow run follows it in another thread, mark by mark: then nothing that is delivered
ever waits for Prefect, and what Prefect shows is what happened all the same.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from flows.compose import open_house
from flows.publish import page
from flows.stages.planning import Planned
from flows.stages.publishing import Part, Publishing, one_at_a_time
from flows.stages.values import Progress, PublishRequest, Result, Step, unwatched
from kawaraban.errors import KawarabanError, Sentence

Done = TypeVar("Done")
Log = logging.Logger | logging.LoggerAdapter[logging.Logger]


@dataclass
class Course:
    """One publish under Prefect. `failure` is what a stage raised, to be told from what Prefect raises."""

    work: Publishing
    say: Callable[[Sentence], None]
    failure: Exception | None = None

    def begin(self, run: str, log: Log) -> None:
        """Know one's run, and show the steps on its page."""
        self.work.run = run
        self.work.progress = page.Reported(self.work.progress, log)

    def stage(self, part: Callable[[], Done]) -> Done | None:
        """Run a stage; keep what it raises instead of letting Prefect print it."""
        try:
            return part()
        except Exception as error:  # noqa: BLE001 - raised again where no Prefect is in between
            self.failure = error
            return None

    def prepare(self) -> Planned | None:
        """Read, render, plan; None where that failed."""
        return self.stage(self.work.prepare)

    def parts(self) -> Iterator[Part]:
        """Yield what is to be delivered, once the plan is made; nothing where it could not be."""
        if self.failure is None:
            page.describe(self.work)
            yield from list(self.work.parts())

    def deliver(self, part: Part) -> list[Result] | None:
        """Deliver a part; None where the stage itself failed."""
        return self.stage(lambda: self.work.deliver(part))

    def ended(self) -> str:
        """Leave the result on Prefect's page; return the run's last word."""
        page.tell(self.work)
        return self.said if self.failure is not None else page.ending(self.work)

    @property
    def failed(self) -> bool:
        """Whether anything went wrong."""
        return self.failure is not None or self.work.failed

    @property
    def said(self) -> str:
        """What a stage raised, for Prefect's page."""
        error = self.failure
        return error.said("ja") if isinstance(error, KawarabanError) else f"{type(error).__name__}: {error}"


@dataclass(frozen=True, slots=True)
class _Delivered:
    """A part is delivered, with these results."""

    part: str
    results: tuple[Result, ...]


Mark = Step | Planned | Part | _Delivered | None
"""What the one who drives tells the one who follows; None: the end."""


@dataclass
class Followed(Course):
    """
    A publish that the publisher drives and a flow run follows.

    The publisher calls `drive` and at last `end`; Prefect's thread calls the rest, each of which waits for its mark.
    """

    run: str | None = None
    registered: threading.Event = field(default_factory=threading.Event)
    marks: SimpleQueue[Mark] = field(default_factory=SimpleQueue)
    over: bool = False
    watch: Progress = unwatched

    # --- the publisher's side ---

    def drive(self) -> None:
        """Do the work, telling whoever follows. Raises what stages raise."""
        onward = self.work.progress

        def told(step: Step) -> None:
            self.marks.put(step)
            onward(step)

        self.work.progress = told
        self.marks.put(self.work.prepare())
        for part in self.work.parts():
            if self.work.stopped():
                break
            self.marks.put(part)
            self.marks.put(_Delivered(part.name, tuple(self.work.deliver(part))))

    def end(self, failure: Exception | None = None) -> None:
        """Tell that nothing more comes."""
        self.failure = failure
        self.marks.put(None)

    # --- the flow's side ---

    def begin(self, run: str, log: Log) -> None:
        """Show the steps on the run's page; the work has its run's number already, or goes without."""
        del run
        self.watch = page.Reported(unwatched, log)

    def prepare(self) -> Planned | None:
        """Wait until the plan is made."""
        found = self._until(Planned)
        return found if isinstance(found, Planned) else None

    def parts(self) -> Iterator[Part]:
        """Yield each part as it begins."""
        if not self.over:
            page.describe(self.work)
        while isinstance(part := self._until(Part), Part):
            yield part

    def deliver(self, part: Part) -> list[Result] | None:
        """Wait until that part is delivered."""
        del part
        found = self._until(_Delivered)
        return list(found.results) if isinstance(found, _Delivered) else None

    def ended(self) -> str:
        """Wait for the end, then leave the result on Prefect's page."""
        while not self.over:
            self._until(_Nothing)
        return Course.ended(self)

    def _until(self, kind: type[object]) -> Mark:
        """Take marks until one is of that kind, or nothing more comes; steps are shown."""
        while not self.over:
            mark = self.marks.get()
            if mark is None:
                self.over = True
            elif isinstance(mark, kind):
                return mark
            elif isinstance(mark, Step):
                self.watch(mark)
        return None


class _Nothing:
    """No mark is of this kind."""


# --- which course the flow is on ---

_UNDER_WAY: ContextVar[Course] = ContextVar("publish")
# Tasks take names only and find the course here: of what they are given Prefect walks every part, ten thousand articles too.


@contextmanager
def as_current(course: Course) -> Iterator[None]:
    """Let a flow that is called within the `with` go along this course."""
    token = _UNDER_WAY.set(course)
    try:
        yield
    finally:
        _UNDER_WAY.reset(token)


def current() -> Course:
    """Return the course of the flow that calls."""
    return _UNDER_WAY.get()


@contextmanager
def under_way(request: PublishRequest) -> Iterator[Course]:
    """Yield the course that the flow was called for; where Prefect called it (a worker), one of its own."""
    course = _UNDER_WAY.get(None)
    if course is not None:
        yield course
        return

    def clock() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - here Prefect is the entry point

    with open_house(Path(os.environ.get("KAWARABAN_ROOT", ".")), clock=clock) as house, one_at_a_time(house, unwatched):
        own = Course(Publishing(house, request, unwatched, clock()), lambda _sentence: None)
        with as_current(own):
            yield own
