"""
The plan: what publishing would do, with reasons. Pure: no file, no database, no clock, no network.

    plan = make_plan(wanted, recorded, selection, now=now, zone=publication.zone)
    ledger.expect(expectations(plan), now=now, who=who)
    for action in plan.to_do: …

Publishing is convergence: `Wanted` (articles, settings, the rendered variants) against `Recorded` (the ledger); the
difference is the plan. A publish, a scheduled release, a retry and a repair are this one function with other inputs.
"""

from kawaraban.plan.making import expectations, make_plan
from kawaraban.plan.values import (
    Action,
    DiffLine,
    Intent,
    Plan,
    Recorded,
    Selection,
    Stroke,
    Wanted,
)

__all__ = [
    "Action",
    "DiffLine",
    "Intent",
    "Plan",
    "Recorded",
    "Selection",
    "Stroke",
    "Wanted",
    "expectations",
    "make_plan",
]
