"""
Prefect beside the publisher: deployments, runs that follow what the loop does, and runs that somebody made there.

All of it happens in threads of its own. The loop asks for a run to follow it and waits half a second at most; where the
server is away, it is not even asked. What Prefect was not told of is in the ledger.
"""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flows.publish import let_go, load_prefect, talking_to
from flows.publish.course import Followed, as_current
from flows.publisher.deployments import ENTRY_POINTS, Kind, deployed, flow_of
from flows.server import known
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun, StateType

POLL_SECONDS = 5.0
STARTING_SECONDS = 20.0
"""So long a server may take to start before anybody is told that it does not answer."""


@dataclass(frozen=True, slots=True)
class Clicked:
    """A run that was made in Prefect: by its schedule, a click, or its API. The loop does it, and it follows."""

    kind: Kind
    run: FlowRun
    parameters: Mapping[str, Any]  # Any: as Prefect has them


@dataclass(frozen=True, slots=True)
class Wish:
    """The run that is to follow: of which deployment, and what it is called until its plan is made."""

    kind: Kind
    name: str
    tags: Sequence[str] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)  # Any: as Prefect has them
    given: FlowRun | None = None


@dataclass
class Engine:
    """
    What the loop knows of Prefect. `healthy`: it answered at the last look.

    `clicked` takes the runs made in Prefect; `say` tells whoever watches; `paper` tells apart the deployments of several
    papers on one server; `zone` is the newsroom's.
    """

    root: Path
    clicked: Callable[[Clicked], None]
    say: Callable[[Sentence], None]
    paper: str = ""
    zone: str = "UTC"
    healthy: bool = False
    url: str = ""
    deployments: dict[Kind, UUID] = field(default_factory=dict)
    ending: threading.Event = field(default_factory=threading.Event)
    _air: dict[UUID, threading.Thread] = field(default_factory=dict)
    _lost: str | None = None
    _began: float = 0.0
    _thread: threading.Thread | None = None

    # --- the loop's side: nothing here waits ---

    def start(self, paper: str, zone: str) -> None:
        """Begin to look for a server, every five seconds; once begun it goes on."""
        if self.paper:
            return
        self.paper, self.zone, self._began = paper, zone, time.monotonic()
        self._thread = threading.Thread(target=self._living, name="prefect", daemon=True)
        self._thread.start()

    def accompany(self, course: Followed, wish: Wish) -> bool:
        """Let a run follow this course, if a server is there; `course.registered` is set once it has a number."""
        if not self.healthy or wish.kind not in self.deployments:
            if wish.given is not None:
                self._air.pop(wish.given.id, None)  # ended as an orphan when the server answers again
            return False
        threading.Thread(target=self._followed, args=(course, wish), name=wish.name, daemon=True).start()
        return True

    def give_up(self, run: FlowRun, why: str) -> None:
        """End a run that could not even begin; one that follows something ends by itself."""
        if self._air.get(run.id) is self._thread:
            threading.Thread(target=self._given_up, args=(run.id, why), daemon=True).start()

    def _given_up(self, run: UUID, why: str) -> None:
        with suppress(OSError, ValueError):
            self._set_plainly(run, "FAILED", "Failed", why)
        self._air.pop(run, None)

    def slow(self) -> None:
        """Ask it for nothing more until it answers again."""
        self._away("slow")

    def finish(self, seconds: float) -> None:
        """Let what is in the air end; what has not ended by then is marked as crashed: nothing stays "Running"."""
        self.ending.set()
        deadline = time.monotonic() + seconds
        for thread in list(self._air.values()):
            thread.join(max(0.0, deadline - time.monotonic()))
        for run in list(self._air):
            with suppress(OSError, ValueError):
                self._set_plainly(run, "CRASHED", "Crashed", "公開の係を止めました。続きは台帳からはじまります")
        if self.url and self.healthy:
            last = threading.Thread(target=let_go, daemon=True)
            last.start()
            last.join(1.0)

    # --- Prefect's side ---

    def _living(self) -> None:
        while not self.ending.is_set():
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 - whatever happens to Prefect, releasing goes on
                self._away(f"{type(error).__name__}: {error}".splitlines()[0][:200])
            self.ending.wait(POLL_SECONDS if self.healthy else 1.0)

    def _turn(self) -> None:
        url = known(self.root)
        if url is None:
            self._away("")
        elif url != self.url or not self.healthy:
            self._meet(url)
        if self.healthy:
            self._poll()

    def _away(self, why: str) -> None:
        """Say once that it is away."""
        starting = not self.url and time.monotonic() - self._began < STARTING_SECONDS
        self.healthy = False
        if self._lost is None and not starting:
            self._lost = why
            more = f"（{why}）" if why else ""
            self.say(
                Sentence(
                    ja=f"Prefectサーバーが答えません{more}。Prefectなしで出しつづけます",
                    en=f"Prefect's server does not answer ({why or 'no answer'}); releases go on without it",
                )
            )

    def _meet(self, url: str) -> None:
        """Make ourselves known to a server that answers (again), and end what nobody runs any more."""
        load_prefect(self.root, url)
        with talking_to(url):
            from prefect.client.orchestration import get_client

            with get_client(sync_client=True) as client:
                self.deployments = {kind: deployed(client, kind, self.paper, self.zone) for kind in ENTRY_POINTS}
                self._end_orphans(client)
        self.url, self.healthy, self._lost = url, True, None
        address = url.removesuffix("/api")
        self.say(Sentence(ja=f"Prefectにつながりました: {address}", en=f"Prefect answers: {address}"))

    def _end_orphans(self, client: SyncPrefectClient) -> None:
        """Mark as crashed what runs by Prefect's account and by nobody else's. The ledger resumes what is due."""
        from prefect.client.schemas.objects import StateType
        from prefect.states import Crashed

        gone: Any = Crashed(message="公開の係が替わりました。どこまで出たかは台帳にあります")
        for run in self._runs(client, StateType.RUNNING, StateType.PENDING, StateType.CANCELLING):
            if run.id not in self._air:
                client.set_flow_run_state(run.id, gone, force=True)

    def _runs(self, client: SyncPrefectClient, *types: StateType, before: datetime | None = None) -> list[FlowRun]:
        from prefect.client.schemas import filters

        wanted: Any = filters.FlowRunFilter(
            deployment_id=filters.FlowRunFilterDeploymentId(any_=list(self.deployments.values())),
            state=filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=list(types))),
            next_scheduled_start_time=filters.FlowRunFilterNextScheduledStartTime(before_=before) if before else None,
        )  # Any: dates of the filter have a type of Prefect's own
        return list(client.read_flow_runs(flow_run_filter=wanted, limit=200))

    def _poll(self) -> None:
        """Take the runs that were made in Prefect and whose time has come."""
        from prefect.client.orchestration import get_client
        from prefect.client.schemas.objects import StateType

        now = datetime.now(UTC)  # noqa: TID251 - Prefect's schedule is Prefect's clock; nothing is released by it
        with talking_to(self.url), get_client(sync_client=True) as client:
            soon = now + timedelta(seconds=1)
            came = sorted(self._runs(client, StateType.SCHEDULED, before=soon), key=lambda run: run.id)
            came = [run for run in came if run.id not in self._air]
            for kind, deployment in self.deployments.items():
                mine = sorted((run for run in came if run.deployment_id == deployment), key=_planned_start)
                missed = [] if kind == "publish" else mine[:-1]  # what asks the ledger need not ask it twenty times
                self._skip(client, missed)
                for run in mine[len(missed) :]:
                    self._take(client, kind, run)

    def _skip(self, client: SyncPrefectClient, missed: Sequence[FlowRun]) -> None:
        from prefect.states import Cancelled

        for run in missed:
            client.set_flow_run_state(run.id, Cancelled(message="次の回にまとめました"), force=True)

    def _take(self, client: SyncPrefectClient, kind: Kind, run: FlowRun) -> None:
        from prefect.states import Pending

        pending: Any = Pending()  # Any: Prefect's states are generic
        answer = client.set_flow_run_state(run.id, pending)
        if answer.status.value != "ACCEPT":
            return
        if kind == "verify":  # it reads what is live, at the pace of the network: no release waits for that
            wish = Wish(kind, run.name, given=run)
            threading.Thread(target=self._run, args=(wish, None), name=run.name, daemon=True).start()
        else:
            if self._thread is not None:
                self._air[run.id] = self._thread  # it is ours from here on
            self.clicked(Clicked(kind, run, dict(run.parameters)))

    def _followed(self, course: Followed, wish: Wish) -> None:
        self._run(wish, course)

    def _run(self, wish: Wish, course: Followed | None) -> None:
        """Execute a run here, in this thread."""
        run: FlowRun | None = wish.given
        try:
            with talking_to(self.url):
                from prefect.context import SyncClientContext

                with SyncClientContext.get_or_create() as context:
                    run = run or self._created(context.client, wish)
                    self._air[run.id] = threading.current_thread()
                    self._execute(wish.kind, run, course)
        except Exception as error:  # noqa: BLE001 - the work goes on without a run
            self._away(f"{type(error).__name__}: {error}".splitlines()[0][:200])
        finally:
            if run is not None:
                self._air.pop(run.id, None)

    def _created(self, client: SyncPrefectClient, wish: Wish) -> FlowRun:
        from prefect.states import Pending

        return client.create_flow_run_from_deployment(
            self.deployments[wish.kind],
            parameters=dict(wish.parameters),
            state=Pending(),  # never "Scheduled": nobody else may take it
            name=wish.name,
            tags=list(wish.tags),
        )

    def _execute(self, kind: Kind, run: FlowRun, course: Followed | None) -> None:
        from prefect.flow_engine import run_flow

        flow = flow_of(kind)
        if course is None:
            run_flow(flow, flow_run=run, parameters=run.parameters, return_type="state")
            return
        course.run = str(run.id)
        course.registered.set()
        with as_current(course):
            run_flow(flow, flow_run=run, parameters=run.parameters, return_type="state")

    def _set_plainly(self, run: UUID, kind: str, name: str, message: str) -> None:
        """Say it without Prefect's client, which would try again for longer than we have."""
        state = {"type": kind, "name": name, "message": message}
        request = urllib.request.Request(  # noqa: S310 - the API we talk to
            f"{self.url}/flow_runs/{run}/set_state",
            json.dumps({"state": state, "force": True}).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=1.0).close()  # noqa: S310 - see above


def _planned_start(run: FlowRun) -> tuple[float, str]:
    at = run.next_scheduled_start_time or run.expected_start_time
    return (at.timestamp() if at else 0.0), str(run.id)


def set_environment(root: Path) -> None:
    """Let flows that open the house themselves find it."""
    os.environ["KAWARABAN_ROOT"] = str(root)
