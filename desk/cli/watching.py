"""The steps of a run, as they are watched: a bar in a terminal, plain lines elsewhere. Always on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

from desk.cli.main import Call
from desk.cli.tables import console
from flows.stages.values import Progress, Step

COUNTED_FROM = 50
"""Fewer than this are done before anybody reads a bar."""


@contextmanager
def progress(call: Call) -> Iterator[Progress]:
    """Yield what shows the steps of a run."""
    out = console(call, progress=True)
    if not out.is_terminal:
        yield lambda step: _line(call, out, step)
        return
    bars = Bars(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _Count(),
        TimeRemainingColumn(),
        console=out,
        transient=True,
    )
    with bars:
        yield _Watching(call, bars)


def _line(call: Call, out: Console, step: Step) -> None:
    """Print a step as a line; what is counted is said once, and only where it is long."""
    if step.of is None or (step.done == 1 and step.of >= COUNTED_FROM):
        count = f" ({step.of})" if step.of is not None else ""
        out.print(f"{step.what.said(call.language)}{count}", style="dim")


class _Count(MofNCompleteColumn):
    """How many of how many; nothing while nothing is counted."""

    def render(self, task: Task) -> Text:
        """Return the count."""
        return Text("") if task.total is None else super().render(task)


class _Watching:
    """One bar: it moves while a step is counted, and runs to and fro while it is not. What the engine says stays."""

    def __init__(self, call: Call, bars: Bars) -> None:
        self._call = call
        self._bars = bars
        self._bar = bars.add_task("…", total=None)
        self._shown: tuple[str, int | None] = ("", None)

    def __call__(self, step: Step) -> None:
        """Show a step."""
        said = step.what.said(self._call.language)
        if step.stage == "engine":
            self._bars.console.print(Text(said, style="dim"))
            return
        of = step.of if step.of is not None and step.of >= COUNTED_FROM else None
        if (said, of) != self._shown:  # another bar: what was counted once is not uncounted by an update
            self._shown = (said, of)
            self._bars.remove_task(self._bar)
            self._bar = self._bars.add_task(said, total=of)
        if of is not None:
            self._bars.update(self._bar, completed=step.done)
