"""The three deployments of a paper on its Prefect server: what a click there, or its schedule, asks the publisher to do."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.orchestration import SyncPrefectClient

NIGHTLY = "30 3 * * *"
Kind = Literal["publish", "release", "verify"]
ENTRY_POINTS: Mapping[Kind, str] = {
    "publish": "flows.publish.publish",
    "release": "flows.release.release",
    "verify": "flows.verify.verify",
}
_SAID: Mapping[Kind, str] = {
    "publish": "頼まれたものを公開します。",
    "release": "時刻の来たものを出します。押せば、いますぐ台帳を見ます。",
    "verify": "公開されているものを読み返して、台帳と照らします。直しはしません。",
}


def deployed(client: SyncPrefectClient, kind: Kind, paper: str, zone: str) -> UUID:
    """
    Return the deployment of that paper, made where it is missing.

    One that is there keeps its schedule: whoever paused or moved it in Prefect meant it.
    """
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.exceptions import ObjectNotFound
    from prefect.utilities.callables import parameter_schema

    flow = flow_of(kind)
    with suppress(ObjectNotFound):
        found = client.read_deployment_by_name(f"{kind}/{paper}")
        if found.entrypoint == ENTRY_POINTS[kind]:
            return found.id
    nightly = DeploymentScheduleCreate(schedule=CronSchedule(cron=NIGHTLY, timezone=zone), slug="nightly")
    return client.create_deployment(
        flow_id=client.create_flow(flow),
        name=paper,
        entrypoint=ENTRY_POINTS[kind],
        description=_SAID[kind],
        parameter_openapi_schema=parameter_schema(flow).model_dump_for_openapi(),
        enforce_parameter_schema=True,
        schedules=[nightly] if kind == "verify" else None,
        tags=["kawaraban"],
    )


def flow_of(kind: Kind) -> Flow[..., Any]:  # Any: a flow may return a state
    """Return the flow of a deployment, as Prefect would load it."""
    from importlib import import_module

    module, _, name = ENTRY_POINTS[kind].rpartition(".")
    found: Flow[..., Any] = getattr(import_module(module), name)  # Any: see above
    return found
