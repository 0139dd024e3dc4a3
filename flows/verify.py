"""The `verify` flow, nightly: reads back what is live and compares. Prefect loads it as `flows.verify.verify`."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.compose import open_house
from flows.publish.page import NAMES, ROWS
from flows.stages import verifying
from flows.stages.releasing import WHO
from flows.stages.verifying import Found
from kawaraban.errors import joined

if TYPE_CHECKING:
    from prefect import Flow


def __getattr__(name: str) -> object:
    """Make the flow when Prefect asks for `flows.verify.verify`: only then is Prefect imported."""
    if name == "verify":
        return _flow()
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


@cache
def _flow() -> Flow[..., Any]:  # Any: a flow may return a state
    from prefect import flow
    from prefect.states import Completed, Failed

    @flow(name="verify", retries=0, persist_result=False)
    def verify() -> Any:  # noqa: ANN401 - Prefect's own states
        """Read back what is live, and compare; nothing is mended by itself."""
        found = compared()
        wrong = [one for one in found if one.wrong]
        _shown(found)
        said = "、".join(f"{one.title} {one.channel}" for one in wrong[:NAMES])
        if wrong:
            return Failed(message=f"{len(wrong)}件が台帳と違います: {said}")
        return Completed(message=f"{len(found)}件を読み返し、違いはありません")

    made: Flow[..., Any] = verify  # Any: see above
    return made


def compared() -> list[Found]:
    """Read back everything that is live."""

    def clock() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - here Prefect is the entry point

    with open_house(Path(os.environ.get("KAWARABAN_ROOT", ".")), clock=clock, who=WHO) as house:
        return verifying.verify(house, now=clock())


def _shown(found: list[Found]) -> None:
    """Leave a table on Prefect's page; never a reason to fail."""
    with suppress(Exception):
        from prefect.artifacts import create_table_artifact

        rows = [
            {
                "記事": one.title,
                "出す先": one.channel,
                "様子": one.found,
                "違い": joined(one.differences).ja,
                "場所": one.url or "",
            }
            for one in sorted(found, key=lambda one: not one.wrong)[:ROWS]
        ]
        create_table_artifact(key="verify", table=rows, description="読み返した結果")
