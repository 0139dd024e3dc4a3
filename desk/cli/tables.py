"""What people see in the terminal: tables and progress by rich, and the signs of the states (look: State vocabulary)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk.cli.main import Call
from desk.cli.words import clean, moment
from flows.stages.values import Result, StatusRow
from kawaraban.article.finding import Finding
from kawaraban.delivery import State, Word, is_gone, spoken
from kawaraban.errors import Language, Sentence

if TYPE_CHECKING:
    from kawaraban.plan import DiffLine

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


WIDE = 1000
"""How wide a table may be where nobody looks: a file or another program gets every line whole."""


class _Console(Console):
    """A console whose reader may stop reading: `main` ends the call then, and it is no error."""

    def on_broken_pipe(self) -> None:
        """Let whoever runs the command know."""
        raise BrokenPipeError


def console(call: Call, *, progress: bool = False) -> Console:
    """Return where to write: stderr for progress and beside a document, stdout else. Text is text, never markup."""
    beside = progress or call.json
    out = _Console(stderr=beside, highlight=False, markup=False, emoji=False, soft_wrap=True)
    if out.is_terminal:
        out.soft_wrap = False
    else:
        out.width = WIDE
    return out


def show_table(out: Console, table: Table) -> None:
    """Print a table; no blanks at the ends of lines where nobody sees them."""
    if out.is_terminal:
        out.print(table)
        return
    with out.capture() as captured:
        out.print(table)
    for line in captured.get().splitlines():
        out.print(line.rstrip())


def cell(word: Word, language: Language) -> Text:
    """Return a state as sign and word in the colour of whose turn it is."""
    sign, style = SIGNS[word]
    return Text(f"{sign} {spoken(word, language)}", style=style)


def state(row: StatusRow, language: Language) -> Text:
    """Return a row's state; what is live and could not be read back says so."""
    said = cell(row.word, language)
    if row.parts is not None and row.parts.out != row.parts.of:
        said.append(f" {row.parts.out}/{row.parts.of}")
    if row.state is State.LIVE and not row.verified:
        said.append("（未確認）" if language == "ja" else " (not verified)", style="dim")
    return said


_HEADINGS: dict[Language, tuple[str, ...]] = {
    "ja": ("記事", "出す先", "状態", "時刻", "場所"),
    "en": ("article", "channel", "state", "time", "where"),
}


def status_table(call: Call, rows: list[StatusRow], zone: ZoneInfo) -> Table:
    """Return the status table: article, channel, state, time, where."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, name in enumerate(_HEADINGS[call.language]):
        table.add_column(name, overflow="fold", no_wrap=number in (1, 2, 3))
    last = ""
    for row in rows:
        table.add_row(
            Text(clean(row.title)) if row.article != last else "",
            row.channel,
            state(row, call.language),
            moment(row.since or row.due, zone, call.now),
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


WAITING = (Word.ON_HOLD, Word.RETRYING)
_DIFFERS = Sentence(ja="出ているものが、この記事と違います", en="what is live there is not this article's text")
_UNVERIFIED = Sentence(
    ja="読み返せなかったので、本当に出ているかは確かめていません",
    en="it could not be read back: nobody knows that it is live",
)


def reasons(call: Call, rows: list[StatusRow]) -> Iterator[Text]:
    """Yield a line for each delivery that waits for somebody or is not what it should be: why, and what to do."""
    for row in rows:
        unverified = row.state is State.LIVE and not row.verified
        loud = SIGNS[row.word][1] in ("red", "bold red") or row.word in WAITING
        if not (loud or row.differences or unverified):
            continue
        what = _UNVERIFIED if unverified and not (loud or row.differences) else row.error or row.reason
        remedy = f" → {row.remedy.said(call.language)}" if row.remedy else ""
        gone = is_gone(row.differences)
        said = (_DIFFERS if row.differences and not gone else what).said(call.language)
        yield Text(clean(f"{row.title}｜{row.channel}｜{said}{remedy}"), style="dim")
        for difference in row.differences[1:] if gone else row.differences:
            yield Text(clean(f"    {difference.said(call.language)}"), style="dim")


def unreadable(call: Call, broken: Iterable[Finding]) -> Iterator[Text]:
    """Yield a line for each file that gave no article: nothing is out of sight."""
    for finding in broken:
        yield Text(clean(finding.said(call.language)), style="red")


def diff_line(out: Console, line: DiffLine) -> Text:
    """
    Return a changed line as 朱入れ: what goes is struck through, what comes is red and underlined.

    Where nothing can be struck through (a file, a pipe), wdiff's marks say the same: `[-gone-]{+come+}`.
    """
    text = Text(f"             {line.part}: ", style="dim")
    for stroke in line.strokes:
        if out.color_system is None and stroke.kind != "keep":
            text.append(clean(f"[-{stroke.text}-]" if stroke.kind == "cut" else f"{{+{stroke.text}+}}"))
            continue
        style = {"keep": "", "cut": "bold strike", "add": "bold red underline"}[stroke.kind]
        text.append(clean(stroke.text), style=style)
    return text


def result_lines(call: Call, results: Sequence[Result]) -> Iterator[Text]:
    """Yield a line for each result that needs words: what failed and what is handed over."""
    for result in results:
        if result.failed and result.error is not None:
            yield Text(clean(f"✖ {result.title}｜{result.channel}｜{result.error.said(call.language)}"), style="red")
        elif result.outcome == "handed over" and result.place is not None:
            page = Path(result.place) / "index.html"
            said = "貼る一式ができました" if call.language == "ja" else "ready to be posted by hand"
            yield Text(clean(f"▣ {result.title}｜{result.channel}｜{said}: {page}"), style=f"link {page.as_uri()}")
