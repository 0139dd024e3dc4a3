"""
Makes the Prefect flows that deliver: `publish`, with what somebody asked, and `release`, with what is due.

Both are the same few lines over a Course. Tasks are coarse: one to prepare, one a part (an edition or a channel).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from flows.publish.course import current, under_way
from flows.stages.publishing import Part
from flows.stages.values import PublishRequest

if TYPE_CHECKING:
    from prefect import Flow

Kind = Literal["typo", "update", "correction"]


@dataclass(frozen=True, slots=True)
class Made:
    """The two flows."""

    publish: Flow[..., Any]  # Any: a flow may return a state
    release: Flow[..., Any]  # Any: see above


@cache
def flows() -> Made:
    """Return the flows; only now Prefect is imported."""
    from prefect import flow

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
        return _gone_through(PublishRequest(tuple(names or ()), tuple(channels or ()), plan, kind, say, refresh, again))

    @flow(name="release", retries=0, persist_result=False)
    def release() -> Any:  # noqa: ANN401 - Prefect's own states
        """Release what is due by the ledger: twenty missed calls are one pass, and a second one does nothing."""
        return _gone_through(PublishRequest())

    return Made(publish, release)


def _gone_through(request: PublishRequest) -> Any:  # noqa: ANN401 - Prefect's own states
    from prefect import get_run_logger
    from prefect.runtime import flow_run
    from prefect.states import Completed, Failed

    prepare, deliver = _tasks()
    with under_way(request) as course:
        course.begin(str(flow_run.get_id()), get_run_logger())
        prepare(return_state=True)
        for part in course.parts():
            deliver(_Named(part), "、".join(part.channels), return_state=True)
        said = course.ended()
        return Failed(message=said) if course.failed else Completed(message=said)


class _Named:
    """A part on its way into a task: Prefect looks into what it can look into, and here there is only a name."""

    __slots__ = ("_part",)

    def __init__(self, part: Part) -> None:
        self._part = part

    def __repr__(self) -> str:
        return self._part.name

    def part(self) -> Part:
        """Return it."""
        return self._part


@cache
def _tasks() -> tuple[Any, Any]:  # Any: Prefect's tasks
    from prefect import task
    from prefect.cache_policies import NO_CACHE
    from prefect.states import Completed, Failed

    @task(name="prepare", task_run_name="read, render, plan", cache_policy=NO_CACHE, retries=0, persist_result=False)
    def prepare() -> Any:  # noqa: ANN401 - Prefect's own states
        course = current()
        planned = course.prepare()
        return Failed(message=course.said) if planned is None else Completed(message=f"plan {planned.plan.short}")

    @task(name="deliver", task_run_name="deliver {channels}", cache_policy=NO_CACHE, retries=0, persist_result=False)
    def deliver(named: _Named, channels: str) -> Any:  # noqa: ANN401 - Prefect's own states
        del channels
        course = current()
        results = course.deliver(named.part())
        failed = (
            results is None
            or any(result.failed for result in results)
            or any(trouble.channel in named.part().channels for trouble in course.work.troubles)
        )
        said = course.said if results is None else f"{len(results)} tried"
        return Failed(message=said) if failed else Completed(message=said)

    return prepare, deliver
