"""
The `release` flow: releases what is due. Prefect loads it as `flows.release.release`.

The same body as `publish` with nothing asked for (flows.publish.making); the publisher runs it by itself at each due
instant, and on many machines a Prefect worker's schedule may call it: it asks the ledger, so no call is ever missed.
"""

from __future__ import annotations


def __getattr__(name: str) -> object:
    """Make the flow when Prefect asks for `flows.release.release`: only then is Prefect imported."""
    if name == "release":
        from flows.publish.making import flows

        return flows().release
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
