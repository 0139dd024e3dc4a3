"""The `verify` flow, nightly: reads back what is live and compares. Prefect loads it as `flows.verify.verify`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.compose import open_house
from flows.stages.values import unwatched

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
        drifted = compared()
        return Failed(message="、".join(drifted)) if drifted else Completed(message="食い違いはありません")

    made: Flow[..., Any] = verify  # Any: see above
    return made


def compared() -> list[str]:
    """Return what is not as the ledger has it, a line each."""

    def clock() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - here Prefect is the entry point

    with open_house(Path(os.environ.get("KAWARABAN_ROOT", ".")), clock=clock) as house:
        try:
            verifying = import_module("flows.stages.verifying")
        except ModuleNotFoundError:
            return []
        rows = verifying.verify(house.acting("schedule"), (), now=clock(), progress=unwatched)
        return [str(row) for row in rows]
