"""status, show, log."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from desk.cli import documents, posts
from desk.cli.main import Call
from desk.cli.parser import EXIT_DONE
from desk.cli.promise import promise_lines
from desk.cli.tables import console, reasons, show_table, status_table, unreadable
from desk.cli.words import clean, second
from flows.compose import House
from flows.stages import looking
from flows.stages.promising import promises
from kawaraban.errors import Sentence
from kawaraban.ledger import Event
from kawaraban.ledger.records import EventKind

NO_ARTICLES = Sentence(
    ja="記事がありません。kawaraban new で始められます", en="there are no articles; begin with `kawaraban new`"
)
NO_CHANNELS = Sentence(
    ja="出す先がありません。config/channels.yaml に書いてください",
    en="there are no channels; write them into config/channels.yaml",
)


def nothing(house: House) -> Sentence:
    """Return why there is nothing to list: no channels, or no articles."""
    return NO_ARTICLES if house.settings.channels else NO_CHANNELS


def status(call: Call) -> int:
    """Print how every delivery stands."""
    house = call.house()
    try:
        rows = looking.status(house, call.options.articles, now=call.now)
        if call.json:
            documents.write(documents.status(rows, call.language, house.publication.zone))
            return EXIT_DONE
        out = console(call)
        broken = () if call.options.articles else looking.unreadable(house)
        if rows:
            show_table(out, status_table(call, rows, house.publication.zone))
        elif not broken:
            call.say(nothing(house))
        promised = promise_lines(call, promises(rows), house.publication.zone)
        for line in (*reasons(call, rows), *unreadable(call, broken), *promised):
            out.print(line)
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
    out.print(Text(clean(one.variant.title), style="bold"))
    for line in posts.lines(one, call.language) if one.variant.parts else (Text(clean(one.variant.text)),):
        out.print(line, soft_wrap=bool(one.variant.parts))
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
        documents.write(documents.events(found, call.language, zone))
        return EXIT_DONE
    if not found:
        call.say(Sentence(ja="まだ何も起きていません", en="nothing has happened yet"))
        return EXIT_DONE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for number in range(5):
        table.add_column(overflow="fold", no_wrap=number < 3)  # noqa: PLR2004 - instant, channel and event stay whole
    for one in found:
        known = titles.get(one.article or "")
        table.add_row(
            second(one.at, zone),
            one.channel or "",
            _event(one, call),
            clean(known.title if known else one.article or ""),
            clean(_who_and_why(one, call)),
        )
    show_table(console(call), table)
    return EXIT_DONE


EVENTS: dict[EventKind, str] = {
    EventKind.EXPECTED: "予定に入れた",
    EventKind.RESCHEDULED: "時刻を変えた",
    EventKind.WANTED: "新しい文になった",
    EventKind.OFF: "対象から外した",
    EventKind.ON: "対象に戻した",
    EventKind.CLAIMED: "取りかかった",
    EventKind.PART: "連投のひとつ",
    EventKind.LAPSED: "答えのないまま終わった",
    EventKind.REOPENED: "やり直し",
    EventKind.LIVE: "公開した",
    EventKind.WITHDRAWN: "取り下げた",
    EventKind.REFUSED: "断られた",
    EventKind.UNAVAILABLE: "出せなかった",
    EventKind.UNSURE: "届いたか分からない",
    EventKind.LATE_ANSWER: "遅れて答えが来た",
    EventKind.HANDED_OVER: "人に渡した",
    EventKind.RECORDED: "人が記した",
    EventKind.SETTLED: "人が決めた",
    EventKind.PINNED: "前の文で留めた",
    EventKind.UNPINNED: "留めるのをやめた",
    EventKind.READ_BACK: "読み返した",
    EventKind.CONNECTED: "つながった",
    EventKind.HELD: "止めた",
    EventKind.RESUMED: "再開した",
}


def _event(one: Event, call: Call) -> str:
    said = EVENTS[one.kind] if call.language == "ja" else one.kind.value
    moved = one.after is not None and one.before is not one.after
    return f"{said} ({one.before or '–'} → {one.after})" if moved else said


def _who_and_why(one: Event, call: Call) -> str:
    """Name who did it and why; a process by its number."""
    who, why = _process(one.who), _process(one.why.said(call.language))
    return f"{who}: {why}" if why else who


def _process(name: str) -> str:
    parts = name.split("/")
    return f"pid {parts[2]}" if len(parts) == 4 and parts[2].isdigit() else name  # noqa: PLR2004 - the four parts of a process's name
