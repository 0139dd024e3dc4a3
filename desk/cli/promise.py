"""The promise as people read it: `◷ 題名｜火 07:00 site、07:15 rss`, and whether anybody keeps it. Light: `publish` says it."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.text import Text

from desk.cli.main import Call
from desk.cli.words import clean
from flows import handover
from flows.stages.promising import NOBODY, SOON, START, Promise


def promise_lines(call: Call, made: Sequence[Promise], zone: ZoneInfo) -> list[Text]:
    """Return a line for each article that has something to come, and who keeps the promise."""
    if not made:
        return []
    lines = [
        Text(clean(f"◷ {one.title}｜{one.said(zone, call.now).said(call.language)}"), style="blue") for one in made
    ]
    if not handover.answers(call.root):
        nobody, start = NOBODY.said(call.language), START.said(call.language)
        return [*lines, Text(nobody, style="red"), Text(f"  → {start}", style="red")]
    new = any(not release.in_ledger for one in made for release in one.releases)
    return [*lines, *([Text(f"  {SOON.said(call.language)}", style="dim")] if new else [])]
