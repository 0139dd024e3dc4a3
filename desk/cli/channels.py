"""channels: how they stand, `test` them, `add` one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from desk.cli import abilities, documents
from desk.cli.adding import add
from desk.cli.looking import NO_CHANNELS
from desk.cli.main import Call
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.tables import console, show_table
from desk.cli.words import clean, iso, moment
from flows.stages import looking, probing
from flows.stages.values import ChannelRow
from kawaraban.errors import Sentence


def channels(call: Call) -> int:
    """Print the channels and how they stand; or test some, or add one."""
    doing = {"test": test, "add": add}.get(call.options.doing or "", _list)
    return doing(call)


def test(call: Call) -> int:
    """Ask the channels' servers now who we are and what they take. Nothing is posted."""
    with call.house() as house:
        zone = house.publication.zone
        asked = [probing.try_out(house, name) for name in dict.fromkeys(call.options.channels)]
    if call.json:
        documents.write({"channels": [abilities.document(one, call.language, zone) for one in asked]})
    else:
        for one in asked:
            for line in abilities.sentences(one, zone, call.now):
                call.say(line)
    return EXIT_DONE if all(one.fine for one in asked) else EXIT_FOUND


def _list(call: Call) -> int:
    with call.house() as house:
        rows, zone = looking.channels(house), house.publication.zone
    if call.json:
        documents.write({"channels": [_document(call, row, zone) for row in rows]})
        return EXIT_DONE
    if not rows:
        call.say(NO_CHANNELS)
        return EXIT_DONE
    out = console(call)
    show_table(out, _table(call, rows, zone))
    for row in rows:
        if (said := _account(call, row, zone)) is not None:
            out.print(Text(clean(said.said(call.language)), style="red" if row.account.trouble else "dim"))
    return EXIT_DONE


def _document(call: Call, row: ChannelRow, zone: ZoneInfo) -> documents.Document:
    known = row.account
    return {
        "name": row.name, "kind": row.kind, "where": row.where, "live": row.live, "waiting": row.waiting,
        "failed": row.failed, "unsure": row.unsure, "last_live": iso(row.last_live, zone), "held": row.held.said(call.language) if row.held else None,
        "account": known.account or None, "shown": known.shown or None, "server": known.server or None,
        "probed": iso(known.probed, zone), "trouble": known.trouble.said(call.language) if known.trouble else None,
        "expires": iso(row.ends, zone),
    }  # fmt: skip


def _table(call: Call, rows: list[ChannelRow], zone: ZoneInfo) -> Table:
    ja = call.language == "ja"
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("出す先", "種類", "場所", "公開済", "待ち", "失敗", "要確認", "最後", "保留") if ja else (
        "channel", "kind", "where", "live", "waiting", "failed", "unsure", "last", "held",
    ):  # fmt: skip
        table.add_column(name, overflow="fold")
    for row in rows:
        held = row.held.said(call.language) if row.held else ""
        counts = (str(count) for count in (row.live, row.waiting, row.failed, row.unsure))
        table.add_row(row.name, row.kind, row.where, *counts, moment(row.last_live, zone, call.now), clean(held))
    return table


def _account(call: Call, row: ChannelRow, zone: ZoneInfo) -> Sentence | None:
    """Return a channel's line on who we are there, when that was asked, what is wrong, and when it ends."""
    known = row.account
    if known.probed is None and row.ends is None:
        return None
    who = known.shown or known.account
    at = moment(known.probed, zone, call.now)
    ja, en = [f"{row.name}｜{who}".rstrip("｜"), known.server], [f"{row.name}｜{who}".rstrip("｜"), known.server]
    if known.probed is not None:
        ja.append(f"{at} に確かめました" if known.trouble is None else f"{at} に確かめられず: {known.trouble.ja}")
        en.append(f"asked {at}" if known.trouble is None else f"asked {at} in vain: {known.trouble.en}")
    if row.ends is not None:
        said = abilities.until(row.ends, zone, call.now)
        ja.append(said.ja)
        en.append(said.en)
    return Sentence(ja="、".join(filter(None, ja)), en=", ".join(filter(None, en)))
