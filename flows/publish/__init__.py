"""
The `publish` flow: a thin Prefect wrapper over flows.stages.publishing. Prefect loads it as `flows.publish.publish`.

Tasks are coarse: one to prepare, one a part (an edition or a channel). Prefect's retries, limits and caches stay unused:
claim, lease and back-off live in the ledger, whose commits never wait for Prefect. Heartbeats are off, because a flow
would end with a second of sleep. Where no API can be had, or where it goes away in the middle, the same stages run
plainly, and the result says so.

Importing this module is light: Prefect (1.5 s) is imported when the flow is first asked for, after the environment is set
that keeps it out of the user's home and from sending statistics.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from flows.compose import House, open_house
from flows.publish import page
from flows.server import PrefectServer, client_settings, home, prefect_server
from flows.stages.publishing import Part, Publishing, one_at_a_time
from flows.stages.values import Progress, Published, PublishRequest, Step, unwatched
from kawaraban.errors import KawarabanError, Sentence

if TYPE_CHECKING:
    from prefect import Flow

ENDING_SECONDS = 5.0

Done = TypeVar("Done")
Kind = Literal["typo", "update", "correction"]


def run(house: House, request: PublishRequest, progress: Progress, *, now: datetime) -> Published:
    """
    Publish, as a flow run where a Prefect server answers or can be started, plainly otherwise.

    One at a time: raises Conflict naming who holds the lock, and what the stages raise; what is wrong with the request
    itself is said before any server is started. Nothing that Prefect does or fails to do changes what is published.
    """

    def say(sentence: Sentence) -> None:
        progress(Step("engine", sentence))

    with one_at_a_time(house, progress):
        work = Publishing(house, request, progress, now)
        work.refuse_early()
        with prefect_server(house.root, say, meanwhile=lambda url: _prefect(house.root, url)) as server:
            ran = _Run(work, say).under(server) if server is not None else False
        if server is None:
            say(Sentence(ja="Prefectなしで公開します", en="publishing without Prefect"))
        return work.complete("prefect" if ran else "plain")


@dataclass
class _Run:
    """One publish under Prefect. `failure` is what a stage raised, to be told from what Prefect raises."""

    work: Publishing
    say: Callable[[Sentence], None]
    failure: Exception | None = None

    def under(self, server: PrefectServer) -> bool:
        """Run the flow; False where Prefect failed (what it left undone is then done plainly). Raises what stages raise."""
        try:
            _prefect(self.work.house.root, server.api_url)
            with _settings(server.api_url):
                self._flow_run()
        except Exception as error:  # noqa: BLE001 - whatever happens to Prefect, publishing goes on
            if self.failure is None:
                self._say_why(error)
                return False
        finally:
            _let_go()
        if self.failure is not None:
            raise self.failure
        return self.work.run is not None

    def _say_why(self, error: Exception) -> None:
        said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        self.say(
            Sentence(
                ja=f"Prefectが使えないので、残りはなしで公開します（{said}）",
                en=f"Prefect fails: the rest is published without it ({said})",
            )
        )

    def _flow_run(self) -> None:
        from prefect import tags

        request = self.work.request
        flow = _flow().with_options(flow_run_name=page.first_name(request))
        with _as_current(self), tags(*page.first_tags(request)):
            flow(
                names=list(request.names),
                channels=list(request.channels),
                plan=request.plan_hash,
                kind=request.kind,
                say=request.say,
                refresh=request.refresh,
                again=request.again,
                return_state=True,
            )

    def stage(self, part: Callable[[], Done]) -> Done | None:
        """Run a stage; keep what it raises instead of letting Prefect print it."""
        try:
            return part()
        except Exception as error:  # noqa: BLE001 - raised again where no Prefect is in between
            self.failure = error
            return None

    def parts(self) -> list[Part]:
        """Return what is to be delivered, once the plan is made; nothing where it could not be."""
        if self.failure is not None:
            return []
        page.describe(self.work)
        return list(self.work.parts())

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


_UNDER_WAY: ContextVar[_Run] = ContextVar("publish")
# Tasks take names only and find the run here: of what they are given Prefect walks every part, ten thousand articles too.


@contextmanager
def _as_current(run: _Run) -> Iterator[None]:
    token = _UNDER_WAY.set(run)
    try:
        yield
    finally:
        _UNDER_WAY.reset(token)


# --- the flow ---


def __getattr__(name: str) -> object:
    """Make the flow when Prefect asks for `flows.publish.publish`: only then is Prefect imported."""
    if name == "publish":
        return _flow()
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


@cache
def _flow() -> Flow[..., Any]:  # Any: a flow may return a state
    from prefect import flow, get_run_logger, task
    from prefect.cache_policies import NO_CACHE
    from prefect.runtime import flow_run
    from prefect.states import Completed, Failed

    @task(name="prepare", task_run_name="read, render, plan", cache_policy=NO_CACHE, retries=0, persist_result=False)
    def prepare() -> Any:  # noqa: ANN401 - Prefect's own states
        run = _UNDER_WAY.get()
        planned = run.stage(run.work.prepare)
        return Failed(message=run.said) if planned is None else Completed(message=f"plan {planned.plan.short}")

    @task(name="deliver", task_run_name="deliver {channels}", cache_policy=NO_CACHE, retries=0, persist_result=False)
    def deliver(part: str, channels: str) -> Any:  # noqa: ANN401 - Prefect's own states
        del channels
        run = _UNDER_WAY.get()
        found = next(one for one in run.work.parts() if one.name == part)
        results = run.stage(lambda: run.work.deliver(found))
        failed = results is None or any(result.failed for result in results) or run.work.failed_at(found)
        said = run.said if results is None else f"{len(results)} tried"
        return Failed(message=said) if failed else Completed(message=said)

    @flow(name="publish", retries=0, persist_result=False)
    def publish(  # noqa: PLR0913 - what `kawaraban publish` takes; Prefect's page shows each
        *,
        names: list[str] | None = None,
        channels: list[str] | None = None,
        plan: str | None = None,
        kind: Kind | None = None,
        say: str = "",
        refresh: bool = False,
        again: bool = False,
    ) -> Any:  # noqa: ANN401 - Prefect's own states
        """Publish what is due (or `names`), on all channels (or `channels`); refuse if the `plan` has moved."""
        request = PublishRequest(tuple(names or ()), tuple(channels or ()), plan, kind, say, refresh, again)
        with _under_way(request) as run:
            run.work.run = str(flow_run.get_id())
            run.work.progress = page.Reported(run.work.progress, get_run_logger())
            prepare(return_state=True)
            for part in run.parts():
                deliver(part.name, "、".join(part.channels), return_state=True)
            said = run.ended()
            return Failed(message=said) if run.failed else Completed(message=said)

    made: Flow[..., Any] = publish  # Any: see above
    return made


@contextmanager
def _under_way(request: PublishRequest) -> Iterator[_Run]:
    """Yield the run that called the flow; where Prefect called it (a deployment), one of its own."""
    run = _UNDER_WAY.get(None)
    if run is not None:
        yield run
        return

    def clock() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - here Prefect is the entry point

    with open_house(Path(os.environ.get("KAWARABAN_ROOT", ".")), clock=clock) as house, one_at_a_time(house, unwatched):
        own = _Run(Publishing(house, request, unwatched, clock()), lambda _sentence: None)
        with _as_current(own):
            yield own


# --- Prefect around it ---


def _prefect(root: Path, api_url: str) -> None:
    """
    Import Prefect with its environment set: it reads that once, and its threads know nothing else.

    Without an address they would import a whole server to talk to (six seconds, measured).
    """
    os.environ.update(client_settings(root), PREFECT_API_URL=api_url)
    with suppress(OSError):
        home(root).mkdir(parents=True, exist_ok=True)
    import prefect  # noqa: F401 - only so that it is loaded

    _flow()


@contextmanager
def _settings(api_url: str) -> Iterator[None]:
    """Talk to this server; no heartbeats (environment variables can't say so)."""
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    # Any: the setting takes a timedelta by its types, and None (off) by its code
    values: Any = {PREFECT_API_URL: api_url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    with temporary_settings(values):
        yield


def _let_go() -> None:
    """
    Give Prefect's queues (events, logs) a moment while the server still answers; then let them be.

    Without a server they would drain at seven seconds an event, at the process's end, and nothing public stops that
    (upstream #21030). Nothing in them matters: what was published is in the ledger.
    """
    with suppress(Exception):
        from prefect._internal.concurrency.services import _QueueServiceBase
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker

        left = [
            waiting
            for service in (APILogWorker, EventsWorker)
            for waiting in service.drain_all(timeout=ENDING_SECONDS / 2)[1]  # type: ignore[index] # sync: (done, not done)
        ]
        if left:
            _QueueServiceBase.drain = lambda _self, at_exit=False: at_exit  # type: ignore[assignment,method-assign] # see above
