"""What a channel can do, as data: lint, plan and stages read it, so that nobody writes `if channel == "note"`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Capabilities:
    """
    The abilities of a channel's kind.

    `edition`: the channel is a folder written whole (site, feed); its deliveries settle together with one receipt.
    `announces`: a post reaches people at once (social, webhook, mail): imported and old articles are born `off` there.
    `by_hand`: a person posts; the machine prepares the package. `edits`, `withdraws`, `reads`: it can change a post,
    take one down, read back what is live. `finds`: how a post of ours is found again. `idempotency`: what protects a
    repeated request. `unavailable_is_honest`: a 503 with Retry-After means that nothing was taken. `late`: how late a first
    post may still go out by itself, where the settings say nothing (None: however late). `longest`: how long one request
    may take at most, with its time-outs; `lag`: how long a new post may stay out of the list (`finds="list"`).
    """

    edition: bool = False
    announces: bool = False
    by_hand: bool = False
    edits: bool = True
    withdraws: bool = True
    reads: bool = True
    finds: Literal["key", "list", "nothing"] = "key"
    idempotency: Literal["natural", "header", "none"] = "none"
    unavailable_is_honest: bool = False
    late: timedelta | None = None
    longest: timedelta = timedelta(minutes=2)
    lag: timedelta = timedelta()
    shows: frozenset[str] = frozenset()
