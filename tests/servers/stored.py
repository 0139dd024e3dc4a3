"""What a real server has stored, as the server itself tells it: tests count this, never what a channel believes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Stored:
    """
    One post. `status` is the server's own word, `text` its own form of the text (plain, or HTML), `reply_to` the id of the
    post it answers, `alts` the descriptions of its pictures in order, `raw` everything the server said.
    """

    id: str
    url: str
    text: str
    title: str = ""
    status: str = "published"
    reply_to: str | None = None
    alts: tuple[str, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict, repr=False)  # Any: JSON of the server's
