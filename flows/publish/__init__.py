"""
The `publish` flow: a thin Prefect wrapper over flows.stages.publishing. Prefect loads it as `flows.publish.publish`.

Prefect's retries, limits and caches stay unused: claim, lease and back-off live in the ledger, whose commits never wait for
Prefect. Heartbeats are off, because a flow would end with a second of sleep. Where no API can be had, or where it goes away
in the middle, the same stages run plainly, and the result says so.

    course    a publish as the flow goes through it: driving the stages, or following them
    making    the flows themselves, `publish` and `release`        page    what Prefect shows of a run

Importing this module is light: Prefect (1.5 s) is imported when the flow is first asked for, after the environment is set
that keeps it out of the user's home and from sending statistics.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.compose import House
from flows.publish import page
from flows.publish.course import Course, as_current
from flows.publish.making import flows
from flows.server import PrefectServer, client_settings, home, prefect_server
from flows.stages.publishing import Publishing, one_at_a_time
from flows.stages.values import Progress, Published, PublishRequest, Step
from kawaraban.errors import Sentence

ENDING_SECONDS = 5.0


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
        with prefect_server(house.root, say, meanwhile=lambda url: load_prefect(house.root, url)) as server:
            ran = _under(Course(work, say), server) if server is not None else False
        if server is None:
            say(Sentence(ja="Prefectなしで公開します", en="publishing without Prefect"))
        return work.complete("prefect" if ran else "plain")


def _under(course: Course, server: PrefectServer) -> bool:
    """Run the flow; False where Prefect failed (what it left undone is then done plainly). Raises what stages raise."""
    try:
        load_prefect(course.work.house.root, server.api_url)
        with talking_to(server.api_url):
            _flow_run(course)
    except Exception as error:  # noqa: BLE001 - whatever happens to Prefect, publishing goes on
        if course.failure is None:
            _say_why(course, error)
            return False
    finally:
        let_go()
    if course.failure is not None:
        raise course.failure
    return course.work.run is not None


def _say_why(course: Course, error: Exception) -> None:
    said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    course.say(
        Sentence(
            ja=f"Prefectが使えないので、残りはなしで公開します（{said}）",
            en=f"Prefect fails: the rest is published without it ({said})",
        )
    )


def _flow_run(course: Course) -> None:
    from prefect import tags

    request = course.work.request
    flow = flows().publish.with_options(flow_run_name=page.first_name(request))
    with as_current(course), tags(*page.first_tags(request)):
        flow(**parameters(request), return_state=True)


def parameters(request: PublishRequest) -> dict[str, Any]:  # Any: as Prefect takes them
    """Return what the flow takes for a request."""
    return {
        "names": list(request.names),
        "channels": list(request.channels),
        "plan": request.plan_hash,
        "kind": request.kind,
        "say": request.say,
        "refresh": request.refresh,
        "again": request.again,
    }


def request_of(given: Mapping[str, Any]) -> PublishRequest:  # Any: as Prefect has them
    """Return the request that a run's parameters stand for."""
    return PublishRequest(
        names=tuple(given.get("names") or ()),
        channels=tuple(given.get("channels") or ()),
        plan_hash=given.get("plan"),
        kind=given.get("kind"),
        say=given.get("say") or "",
        refresh=bool(given.get("refresh")),
        again=bool(given.get("again")),
    )


def __getattr__(name: str) -> object:
    """Make the flow when Prefect asks for `flows.publish.publish`: only then is Prefect imported."""
    if name == "publish":
        return flows().publish
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


# --- Prefect around it ---


def load_prefect(root: Path, api_url: str) -> None:
    """
    Import Prefect with its environment set: it reads that once, and its threads know nothing else.

    Without an address they would import a whole server to talk to (six seconds, measured).
    """
    os.environ.update(client_settings(root), PREFECT_API_URL=api_url)
    with suppress(OSError):
        home(root).mkdir(parents=True, exist_ok=True)
    import prefect  # noqa: F401 - only so that it is loaded

    flows()


@contextmanager
def talking_to(api_url: str) -> Iterator[None]:
    """Talk to this server; no heartbeats (environment variables can't say so)."""
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    # Any: the setting takes a timedelta by its types, and None (off) by its code
    values: Any = {PREFECT_API_URL: api_url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    with temporary_settings(values):
        yield


def let_go() -> None:
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
