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
from flows.server import PrefectServer, client_settings, prefect_server
from flows.stages.publishing import Part, Publishing, one_at_a_time
from flows.stages.values import Progress, Published, PublishRequest, Result, Step
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from prefect import Flow

TAGS = 12
LINKS = 5
ENDING_SECONDS = 5.0

Done = TypeVar("Done")
Kind = Literal["typo", "update", "correction"]


def run(house: House, request: PublishRequest, progress: Progress, *, now: datetime) -> Published:
    """
    Publish, as a flow run where a Prefect server answers or can be started, plainly otherwise.

    One at a time: raises Conflict naming who holds the lock, and what the stages raise. Nothing that Prefect does or
    fails to do changes what is published.
    """

    def say(sentence: Sentence) -> None:
        progress(Step("engine", sentence))

    with one_at_a_time(house, progress):
        work = Publishing(house, request, progress, now)
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
            if self.failure is not None:
                raise self.failure from None
            said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            self.say(
                Sentence(
                    ja=f"Prefectが使えないので、残りはなしで公開します（{said}）",
                    en=f"Prefect fails: the rest is published without it ({said})",
                )
            )
            return False
        finally:
            _let_go()
        if self.failure is not None:
            raise self.failure
        return True

    def _flow_run(self) -> None:
        from prefect import tags

        request = self.work.request
        named = [f"article:{name}" for name in request.names[:TAGS]]
        flow = _flow().with_options(flow_run_name=_run_name(self.work))
        token = _UNDER_WAY.set(self)
        try:
            with tags(*named, *(f"channel:{name}" for name in request.channels[:TAGS])):
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
        finally:
            _UNDER_WAY.reset(token)

    def stage(self, part: Callable[[], Done]) -> Done:
        """Run a stage; keep what it raises."""
        try:
            return part()
        except Exception as error:
            self.failure = error
            raise


_UNDER_WAY: ContextVar[_Run | None] = ContextVar("publish", default=None)


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
    def prepare(run: _Run) -> str:
        return run.stage(run.work.prepare).plan.short

    @task(name="deliver", task_run_name="deliver {channels}", cache_policy=NO_CACHE, retries=0, persist_result=False)
    def deliver(channels: str, run: _Run, part: Part) -> int:
        del channels
        return len(run.stage(lambda: run.work.deliver(part)))

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
            run.work.progress = _also_logged(run.work.progress, get_run_logger())
            prepare(run)
            _describe(run.work, str(flow_run.get_id()))
            for part in list(run.work.parts()):
                deliver("、".join(part.channels), run, part)
            _tell(run.work)
            failed = [result for result in run.work.results if result.failed]
            said = f"{len(run.work.results) - len(failed)} done, {len(failed) + len(run.work.troubles)} failed"
            return Failed(message=said) if failed or run.work.troubles else Completed(message=said)

    made: Flow[..., Any] = publish  # Any: see above
    return made


@contextmanager
def _under_way(request: PublishRequest) -> Iterator[_Run]:
    """Yield the run that called the flow; where Prefect called it (a deployment), one of its own."""
    run = _UNDER_WAY.get()
    if run is not None:
        yield run
        return

    def clock() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - here Prefect is the entry point

    with open_house(Path(os.environ.get("KAWARABAN_ROOT", ".")), clock=clock) as house:
        quiet = lambda _step: None  # noqa: E731 - nobody watches; the run's log has every step
        with one_at_a_time(house, quiet):
            yield _Run(Publishing(house, request, quiet, clock()), lambda _sentence: None)


def _run_name(work: Publishing) -> str:
    names = "、".join(work.request.names[:3]) or "出せるものすべて"
    more = f" ほか{len(work.request.names) - 3}件" if len(work.request.names) > 3 else ""  # noqa: PLR2004 - as many as fit
    where = f" → {'、'.join(work.request.channels)}" if work.request.channels else ""
    return f"公開 {names}{more}{where}"


def _also_logged(progress: Progress, logger: Any) -> Progress:  # noqa: ANN401 - Prefect's run logger
    def both(step: Step) -> None:
        progress(step)
        with suppress(Exception):
            logger.info("%s", step.what.ja)

    return both


def _describe(work: Publishing, run: str) -> None:
    """Once the plan is made, let the run's name and tags say what it does. Never a reason to fail."""
    todo = work.planned.plan.to_do if work.planned else ()
    titles = list(dict.fromkeys(action.title for action in todo))
    channels = list(dict.fromkeys(action.channel for action in todo))
    articles = list(dict.fromkeys(action.article for action in todo))
    more = f" ほか{len(titles) - 1}本" if len(titles) > 1 else ""
    name = f"公開 {titles[0]}{more} → {'、'.join(channels)}" if titles else "公開 新しく出すものなし"
    marks = [f"article:{one}" for one in articles[:TAGS]] + [f"channel:{one}" for one in channels[:TAGS]]
    with suppress(Exception):
        from prefect.client.orchestration import get_client

        with get_client(sync_client=True) as client:
            client.update_flow_run(run, name=name, tags=marks)  # type: ignore[arg-type] # takes the id as text, too


def _tell(work: Publishing) -> None:
    """Leave the result in Prefect: a table, and links to the live pages. Never a reason to fail."""
    with suppress(Exception):
        from prefect.artifacts import create_link_artifact, create_table_artifact

        rows = [_cells(result) for result in work.results] or [{"結果": "新しく出すものはありません"}]
        create_table_artifact(key="publish", table=rows, description="公開の結果")
        places = [(result.title, result.place) for result in work.results if result.outcome == "live"]
        pages = dict.fromkeys((title, place) for title, place in places if place and place.startswith("http"))
        for title, place in list(pages)[:LINKS]:
            create_link_artifact(key="live", link=place, link_text=title)


def _cells(result: Result) -> dict[str, str]:
    return {
        "記事": result.title,
        "出す先": result.channel,
        "すること": result.action.value,
        "結果": result.outcome,
        "場所": result.place or "",
        "わけ": result.error.ja if result.error else "",
    }


# --- Prefect around it ---


def _prefect(root: Path, api_url: str) -> None:
    """
    Import Prefect with its environment set: it reads that once, and its threads know nothing else.

    Without an address they would import a whole server to talk to (six seconds, measured).
    """
    os.environ.update(client_settings(root), PREFECT_API_URL=api_url)
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


def leave_prefect_behind() -> None:
    """Nothing is left to be done at a process's end: `run` has let Prefect go already."""
