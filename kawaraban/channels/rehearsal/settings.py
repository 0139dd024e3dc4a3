"""The keys of a rehearsal channel in `config/channels.yaml`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from kawaraban.config import Announcing
from kawaraban.config.written import Duration

Kind = Literal["natural", "header", "find", "none"]
Fault = Literal["ok", "down", "busy", "refused", "unauthorised", "dropped", "lost"]


class RehearsalSettings(Announcing):
    """
    `path`: the folder where posts are kept; `server`: the address of a board instead of it.

    `idempotency`: what protects a repeated request: `natural` (the article is the key), `header` (the server remembers
    keys), `find` (nothing, but posts can be listed), `none` (nothing, and nothing can be asked). `announces`: behave like
    a channel that reaches people at once. `limit`: how many letters (graphemes) a post may have; a longer text becomes a thread
    where a post can be asked for (`natural`, `find`). `faults`: what happens to each request that would post, one after the other,
    then `ok` for ever: `down` (no connection), `busy` (try again later), `refused`, `unauthorised`, `dropped` (no answer
    and not taken), `lost` (taken, and the answer lost).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, StringConstraints(min_length=1)] = "rehearsal"
    server: Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]+$")] | None = None
    idempotency: Kind = "natural"
    announces: bool = False
    limit: Annotated[int, Field(ge=1)] | None = None
    faults: tuple[Fault, ...] = ()
    timeout: Annotated[Duration, Field(gt=timedelta(), le=timedelta(minutes=2))] = timedelta(seconds=10)
