"""The requests that change something, as deeds are made of them; and what a channel has to stand at each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.servers.proxy import FIVE, TROUBLES, Aimed, Trouble
from tests.servers.wire import Request

Deed = Literal["create", "edit", "withdraw"]

KILLS: tuple[Trouble, ...] = ("kill before", "kill after", "kill while")
ALL: tuple[Trouble, ...] = tuple(dict.fromkeys((*FIVE, *TROUBLES, "stored late")))
"""Every trouble of the network, for the requests that readers would see twice."""


def nothing(root: Path) -> None:
    """What has to be done before most steps can be reached."""


@dataclass(frozen=True)
class Step:
    """
    One request of a deed. `at` knows it, `before` makes sure that it is made (a session that has to be renewed).

    `decides`: readers see what it does; it meets every trouble, the others the five that matter.
    """

    name: str
    deed: Deed
    at: Callable[[Request], bool]
    decides: bool = False
    before: Callable[[Path], None] = nothing

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        return ALL if self.decides else FIVE

    def meets(self, trouble: Trouble) -> Aimed:
        return Aimed(trouble, self.at)


def asked(method: str, path: str, *, said: str = "", unsaid: str = "") -> Callable[[Request], bool]:
    """A request of this method whose path has `path` in it, whose body has `said` in it and `unsaid` not."""

    def at(request: Request) -> bool:
        if request.method != method or path not in request.path.partition("?")[0]:
            return False
        return said.encode() in request.body and not (unsaid and unsaid.encode() in request.body)

    return at
