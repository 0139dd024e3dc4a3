"""What Prefect's page of a run shows: its name and tags, the steps as its log, progress, a table, links. Never a reason to fail."""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flows.server import answers
from flows.stages.publishing import Publishing
from flows.stages.values import Progress, PublishRequest, Result, Step

if TYPE_CHECKING:
    from kawaraban.errors import Sentence

TAGS = 12
LINKS = 5
ROWS = 500
NAMES = 3
SLOW_SECONDS = 2.0
"""Work that can be counted and takes longer gets a progress bar on Prefect's page."""
EVERY_SECONDS = 1.0
PROBE_SECONDS = 0.5


def first_name(request: PublishRequest) -> str:
    """Return the run's name before its plan is known."""
    names = "、".join(request.names[:NAMES]) or "出せるものすべて"
    more = f" ほか{len(request.names) - NAMES}件" if len(request.names) > NAMES else ""
    where = f" → {'、'.join(request.channels)}" if request.channels else ""
    return f"公開 {names}{more}{where}"


def first_tags(request: PublishRequest) -> list[str]:
    """Return the run's tags before its plan is known."""
    return [f"article:{name}" for name in request.names[:TAGS]] + [f"channel:{one}" for one in request.channels[:TAGS]]


def _answers() -> bool:
    """Ask first: Prefect's client tries again for seconds where nobody answers, and deliveries wait behind it."""
    return answers(os.environ.get("PREFECT_API_URL", ""), PROBE_SECONDS)


def describe(work: Publishing) -> None:
    """Once the plan is made, let the run's name and tags say what it does."""
    if not _answers():
        return
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
            client.update_flow_run(UUID(work.run), name=name, tags=marks or None)


def ending(work: Publishing) -> str:
    """Return the run's last word."""
    failed = sum(result.failed for result in work.results)
    return f"{len(work.results) - failed} done, {failed + len(work.troubles)} failed"


def tell(work: Publishing) -> None:
    """Leave the result: a table, and links to the live pages."""
    if work.planned is None or not _answers():
        return
    with suppress(Exception):
        from prefect.artifacts import create_link_artifact, create_table_artifact

        rows = [_cells(result) for result in sorted(work.results, key=lambda one: not one.failed)[:ROWS]]
        if len(work.results) > ROWS:
            rows.append({"結果": f"ほか{len(work.results) - ROWS}件"})
        rows += [_trouble(trouble.channel, trouble.error) for trouble in work.troubles]
        nothing = [{"結果": "新しく出すものはありません"}]
        create_table_artifact(key="publish", table=rows or nothing, description="公開の結果")
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


def _trouble(channel: str, error: Sentence) -> dict[str, str]:
    return {"記事": "", "出す先": channel, "すること": "", "結果": "failed", "場所": "", "わけ": error.ja}


@dataclass
class Reported:
    """Passes every step on, and shows it on Prefect's page: in the log, and as a bar where it is counted and takes long."""

    onward: Progress
    log: logging.Logger | logging.LoggerAdapter[logging.Logger]
    counting: str = ""
    since: float = 0.0
    shown: float = 0.0
    bar: UUID | None = None
    lost: bool = field(default=False)  # Prefect doesn't answer: it isn't asked again

    def __call__(self, step: Step) -> None:
        """Take a step."""
        self.onward(step)
        if step.of is None:
            with suppress(Exception):
                self.log.info("%s", step.what.ja)
        elif not self.lost:
            self._count(step, step.of, time.monotonic())

    def _count(self, step: Step, of: int, now: float) -> None:
        if step.what.en != self.counting:
            self.counting, self.since, self.shown, self.bar = step.what.en, now, now, None
        if now - self.since < SLOW_SECONDS or (now - self.shown < EVERY_SECONDS and step.done < of):
            return
        self.shown = now
        self.lost = not _answers()
        if self.lost:
            return
        try:
            self._draw(step, 100 * step.done / max(of, 1))
        except Exception:  # noqa: BLE001 - the bar is for whoever watches; publishing goes on
            self.lost = True

    def _draw(self, step: Step, percent: float) -> None:
        from prefect.artifacts import create_progress_artifact, update_progress_artifact

        if self.bar is None:
            made: Any = create_progress_artifact(
                progress=percent, description=step.what.ja
            )  # Any: sync here, by Prefect's types perhaps not
            self.bar = made
        else:
            update_progress_artifact(artifact_id=self.bar, progress=percent)
