"""The notice board of `examples/`, as if its package were installed: a kind of channel from outside, with a real server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kawaraban import registry

if TYPE_CHECKING:
    from examples.noticeboard.board import Board

EXAMPLE = Path(__file__).parent.parent / "examples" / "noticeboard"
ANNOUNCED = "[kawaraban.channels]\nnoticeboard = kawaraban_noticeboard:Noticeboard\n"


@contextmanager
def noticeboard() -> Iterator[Board]:
    """A board that runs, and the kind `noticeboard` announced, in this process."""
    known = dict(registry._points(registry.CHANNELS))
    point = EntryPoint("noticeboard", "kawaraban_noticeboard:Noticeboard", registry.CHANNELS)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLE)
        points = registry._points
        patch.setattr(
            registry,
            "_points",
            lambda group: {**known, "noticeboard": point} if group == registry.CHANNELS else points(group),
        )
        with import_module("board").running() as board:
            yield board
    for name in ("board", "kawaraban_noticeboard"):
        sys.modules.pop(name, None)


def announced(folder: Path) -> str:
    """Lay what an installed package says of itself into a folder; return what to put into PYTHONPATH for other processes."""
    info = folder / "kawaraban_noticeboard-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: kawaraban-noticeboard\nVersion: 0.1.0\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(ANNOUNCED, encoding="utf-8")
    return f"{folder}:{EXAMPLE}"
