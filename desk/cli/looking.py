"""status, show, log, channels."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from desk.cli import documents
from desk.cli.main import Call
from desk.cli.parser import EXIT_DONE
from desk.cli.tables import console, reasons, status_table
from desk.cli.words import iso, moment
from flows.stages import looking
from kawaraban.errors import Sentence


def status(call: Call) -> int:
    """Print how every delivery stands."""
    house = call.house()
    try:
        rows = looking.status(house, call.options.articles, now=call.now)
        if call.json:
            documents.write(documents.status(rows, call.language, house.publication.zone))
            return EXIT_DONE
        out = console(call)
        if not rows:
            call.say(
                Sentence(
                    ja="記事がありません。kawaraban new で始められます",
                    en="there are no articles; begin with `kawaraban new`",
                )
            )
            return EXIT_DONE
        out.print(status_table(call, rows, house.publication))
        for line in reasons(call, rows):
            out.print(line, style="dim")
    finally:
        house.close()
    return EXIT_DONE


def show(call: Call) -> int:
    """Print an article as one channel gets it."""
    house = call.house()
    try:
        one = looking.show(house, call.options.article, call.options.channel, at=call.instant(call.options.at))
    finally:
        house.close()
    if call.json:
        documents.write(documents.shown(one))
        return EXIT_DONE
    out = console(call)
    out.print(one.variant.title, style="bold")
    out.print(Text(one.variant.text))
    for loss in one.variant.losses:
        out.print(f"－ {loss.what_ja if call.language == 'ja' else loss.what_en}", style="dim")
    return EXIT_DONE


def log(call: Call) -> int:
    """Print what happened, oldest first."""
    house = call.house()
    try:
        found = looking.log(house, call.options.article, call.options.channel, limit=call.options.limit)
        zone = house.publication.zone
        titles = house.ledger.all_known()
    finally:
        house.close()
    if call.json:
        documents.write(documents.events(found, zone))
        return EXIT_DONE
    if not found:
        call.say(Sentence(ja="まだ何も起きていません", en="nothing has happened yet"))
        return EXIT_DONE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for one in found:
        known = titles.get(one.article or "")
        change = f"{one.before or ''} → {one.after}" if one.after else ""
        table.add_row(
            iso(one.at, zone),
            one.kind.value,
            one.channel or "",
            change,
            one.who,
            known.title if known else one.article or "",
            one.why,
        )
    console(call).print(table)
    return EXIT_DONE


def channels(call: Call) -> int:
    """Print the configured channels and how they stand."""
    house = call.house()
    try:
        rows = looking.channels(house)
        zone = house.publication.zone
    finally:
        house.close()
    if call.json:
        documents.write(
            {
                "channels": [
                    {
                        "name": row.name, "kind": row.kind, "where": row.where, "live": row.live, "waiting": row.waiting,
                        "failed": row.failed, "unsure": row.unsure, "last_live": iso(row.last_live, zone), "held": row.held,
                    }
                    for row in rows
                ]
            }
        )  # fmt: skip
        return EXIT_DONE
    ja = call.language == "ja"
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("出す先", "種類", "場所", "公開済", "待ち", "失敗", "要確認", "最後", "保留") if ja else (
        "channel", "kind", "where", "live", "waiting", "failed", "unsure", "last", "held",
    ):  # fmt: skip
        table.add_column(name)
    for row in rows:
        counts = (str(count) for count in (row.live, row.waiting, row.failed, row.unsure))
        table.add_row(row.name, row.kind, row.where, *counts, moment(row.last_live, zone, call.now), row.held or "")
    console(call).print(table)
    return EXIT_DONE
