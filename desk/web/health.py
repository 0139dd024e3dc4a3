"""`/health`: 200 while nothing is late and the publisher lives, else 503; the reasons as JSON, for a monitor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kawaraban.errors import KawarabanError


class Health:
    """
    `{"status": "ok"|"unwell", "overdue": n, "without_row": n, "publisher": bool, "prefect": bool, "error": text|null}`.

    `overdue` are releases whose time has passed, `without_row` scheduled articles that the ledger does not know.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self._root = root
        self._clock = clock

    async def answer(self, request: Request) -> Response:
        """Answer."""
        del request
        said = await run_in_threadpool(self.measured)
        return JSONResponse(said, status_code=200 if said["status"] == "ok" else 503)

    def measured(self) -> Mapping[str, Any]:
        """Return the document. Whatever is broken is said, never raised."""
        from flows.server import known

        alive = _publisher(self._root)
        prefect = known(self._root) is not None
        try:
            overdue, without_row = self._gauges()
            error = None
        except KawarabanError as failure:
            overdue = without_row = 0
            error = failure.said("ja")
        well = alive and not overdue and not without_row and error is None
        return {
            "status": "ok" if well else "unwell",
            "overdue": overdue,
            "without_row": without_row,
            "publisher": alive,
            "prefect": prefect,
            "error": error,
        }

    def _gauges(self) -> tuple[int, int]:
        from flows.compose import open_house
        from flows.stages.watching import gauges

        with open_house(self._root, clock=self._clock) as house:
            found = gauges(house, now=self._clock())
        return len(found.overdue), len(found.without_row)


def _publisher(root: Path) -> bool:
    from flows.handover import answers

    return answers(root)
