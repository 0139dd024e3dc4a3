"""What people see in the terminal: tables and progress by rich, and the signs of the states (look: State vocabulary)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk.cli.main import Call
from desk.cli.words import moment
from flows.stages.values import Progress, Result, StatusRow, Step
from kawaraban.config import Publication
from kawaraban.delivery import Word, spoken
from kawaraban.errors import Language

# A sign that differs in silhouette, the turn's colour, and how loud: 朱 a person's turn, 藍 the machine's, ink done.
SIGNS: dict[Word, tuple[str, str]] = {
    Word.FAILED: ("✖", "bold red"),
    Word.UNSURE: ("◈", "bold red"),
    Word.OVERDUE: ("◔", "bold red"),
    Word.BY_HAND: ("▣", "red"),
    Word.TO_TAKE_DOWN: ("▣", "red"),
    Word.CHANGED: ("◐", "red"),
    Word.DRIFTED: ("∞", "red"),
    Word.BLOCKED: ("⊖", "red"),
    Word.SCHEDULED: ("◷", "blue"),
    Word.DUE: ("◷", "blue"),
    Word.SENDING: ("▷", "blue"),
    Word.RETRYING: ("↻", "blue"),
    Word.LIVE: ("●", "default"),
    Word.DRAFT: ("◌", "dim"),
    Word.ON_HOLD: ("∥", "dim"),
    Word.WITHDRAWN: ("⊘", "dim"),
    Word.OFF: ("–", "dim"),
}


def console(call: Call, *, progress: bool = False) -> Console:
    """Return where to write: stderr for progress and beside a document, stdout else."""
    beside = progress or call.json
    return Console(stderr=beside, highlight=False, soft_wrap=not sys.stdout.isatty())


def cell(word: Word, language: Language) -> Text:
    """Return a state as sign and word in the colour of whose turn it is."""
    sign, style = SIGNS[word]
    return Text(f"{sign} {spoken(word, language)}", style=style)


def status_table(call: Call, rows: list[StatusRow], publication: Publication) -> Table:
    """Return the status table: article, channel, state, time, where."""
    ja = call.language == "ja"
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("記事", "出す先", "状態", "時刻", "場所") if ja else ("article", "channel", "state", "time", "where"):
        table.add_column(name, overflow="fold", no_wrap=name in ("状態", "state", "時刻", "time", "出す先", "channel"))
    last = ""
    for row in rows:
        table.add_row(
            row.title if row.article != last else "",
            row.channel,
            cell(row.word, call.language),
            moment(row.since or row.due, publication.zone, call.now),
            where(row, call.root),
            end_section=False,
        )
        last = row.article
    return table


def where(row: StatusRow, root: Path) -> Text:
    """Return the place as a link: the file a person can open, else the public address."""
    if row.place is not None:
        shown = row.place.relative_to(root) if row.place.is_relative_to(root) else row.place
        return Text(str(shown), style=f"link {row.place.as_uri()}")
    return Text(row.url, style=f"link {row.url}") if row.url else Text("")


def reasons(call: Call, rows: list[StatusRow]) -> list[str]:
    """Return a line for each delivery that waits for a person: why, and what to do."""
    lines = []
    for row in rows:
        if SIGNS[row.word][1] in ("red", "bold red") or row.differences:
            what = row.error or row.reason
            remedy = f" → {row.remedy.said(call.language)}" if row.remedy else ""
            lines.append(f"{row.title}｜{row.channel}｜{what.said(call.language)}{remedy}")
            lines += [f"    {difference}" for difference in row.differences]
    return lines


@contextmanager
def progress(call: Call) -> Iterator[Progress]:
    """Show the steps of a run on stderr: a line that moves in a terminal, plain lines elsewhere."""
    out = console(call, progress=True)
    if not out.is_terminal:
        yield lambda step: out.print(step.what.said(call.language), style="dim")
        return
    with out.status("…") as shown:

        def show(step: Step) -> None:
            shown.update(step.what.said(call.language))
            if step.stage == "engine":
                out.print(step.what.said(call.language), style="dim")

        yield show


def result_lines(call: Call, results: tuple[Result, ...]) -> Iterator[Text]:
    """Yield a line for each result that needs words: what failed and what is handed over."""
    for result in results:
        if result.failed and result.error is not None:
            yield Text(f"✖ {result.title}｜{result.channel}｜{result.error.said(call.language)}", style="red")
        elif result.outcome == "handed over" and result.place is not None:
            page = Path(result.place) / "index.html"
            said = "貼る一式ができました" if call.language == "ja" else "ready to be posted by hand"
            yield Text(f"▣ {result.title}｜{result.channel}｜{said}：{page}", style=f"link {page.as_uri()}")
