"""Doing one publish: at its instant, one at a time, with a run of Prefect's following where one is there in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flows.publish.course import Followed
from flows.publisher.engine import Engine, Wish
from flows.stages.publishing import Publishing, one_at_a_time
from flows.stages.values import Published, Step
from kawaraban.errors import Conflict, Sentence

REGISTER_SECONDS = 0.5
TURN_SECONDS = 0.5


_PLAINLY = Sentence(ja="Prefectなしで公開します", en="publishing without Prefect")


@dataclass(frozen=True, slots=True)
class Performing:
    """`clock` gives the instant; `stop` is set when the process is to end; `say` tells whoever watches it."""

    clock: Callable[[], datetime]
    say: Callable[[Sentence], None]
    engine: Engine
    stop: threading.Event

    def perform(
        self, work: Publishing, wish: Wish, at: datetime | None = None, still: Callable[[], bool] = lambda: True
    ) -> Published:
        """
        Do the work at `at` (None: now); a plan made ahead holds only if, when its turn has come, it is `still` so.

        Raises what stages raise, and Conflict when the process is being stopped.
        """
        course = Followed(work, self.say)
        failure: Exception | None = None
        followed = self.engine.accompany(course, wish)
        try:
            if work.ahead is None and work.request.plan_hash is None:
                work.plan_ahead()  # while Prefect registers its run
            with one_at_a_time(work.house, work.progress):
                self._wait(course if followed else None, at)
                if not still():
                    work.ahead = None
                return self._driven(course)
        except Exception as error:
            failure = error
            raise
        finally:
            course.end(failure)

    def _driven(self, course: Followed) -> Published:
        work = course.work
        self._go_on()
        work.run = course.run
        if work.run is None:
            work.progress(Step("engine", _PLAINLY))
            self.say(_PLAINLY)
        course.drive()
        if next(work.parts(), None) is not None:
            self._go_on()
        return work.finish("prefect" if work.run else "plain")

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise _stopping()

    def _wait(self, course: Followed | None, at: datetime | None) -> None:
        """Wait for the instant by our own clock, so that nothing ever goes out early, and a little for Prefect."""
        left = (at - self.clock()).total_seconds() if at is not None else 0.0
        if course is not None and not course.registered.wait(max(REGISTER_SECONDS, left)):
            self.engine.slow()
        while at is not None and (left := (at - self.clock()).total_seconds()) > 0 and not self.stop.is_set():
            time.sleep(min(left, TURN_SECONDS))


def _stopping() -> Conflict:
    return Conflict(
        Sentence(ja="公開の係が止められました", en="the publisher is being stopped"),
        remedy=Sentence(
            ja="時刻の来ているものは、次に動きだしたときに出ます。どこまで出たかは kawaraban status で",
            en="what is due goes out when it runs again; `kawaraban status` shows how far it came",
        ),
    )
