"""schedule, hold, resume: when an article goes out, and stopping what must not go out now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.text import Text

from desk.cli import documents
from desk.cli.main import Call, clock
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.promise import promise_lines
from desk.cli.tables import console
from desk.cli.words import clean, moment
from flows import handover
from flows.stages import holding, scheduling
from flows.stages.holding import Brake, Line, Outlook
from flows.stages.promising import promises
from flows.stages.scheduling import Scheduled
from flows.stages.values import StatusRow
from kawaraban.delivery import Word, spoken
from kawaraban.errors import Sentence, WrongInput
from kawaraban.ledger import Hold, Scope

# --- schedule ---------------------------------------------------------------------------------------------------------


def schedule(call: Call) -> int:
    """Write an article's times; print how it was, how it is, and what already left."""
    options = call.options
    verb: scheduling.Verb = "cancel" if options.cancel else ("at" if options.at is not None else "move")
    house = call.house()
    try:
        zone = house.publication.zone
        to = None if options.cancel else _time(call, options.at or options.move, zone)
        done = scheduling.schedule(house, options.article, verb, to, now=clock())
    finally:
        house.close()
    if call.json:
        documents.write(documents.scheduled(done, call.language, zone, publisher=handover.answers(call.root)))
    else:
        _print_scheduled(call, done, zone)
    blocked = verb != "cancel" and any(row.word is Word.BLOCKED for row in done.after)
    return EXIT_FOUND if blocked else EXIT_DONE


def _time(call: Call, written: str, zone: ZoneInfo) -> datetime:
    """Return the instant; `now` is this second on the newsroom's clock."""
    if written == "now":
        return call.now.astimezone(zone).replace(microsecond=0)
    found = call.instant(written)
    if found is None:  # an option that is there has a value
        raise _which_time()
    return found


def _which_time() -> WrongInput:
    return WrongInput(Sentence(ja="時刻が要ります", en="a time is needed"))


def _print_scheduled(call: Call, done: Scheduled, zone: ZoneInfo) -> None:
    out = console(call)
    out.print(Text(clean(done.article.matter.title), style="bold"))
    if not done.moved:
        call.say(Sentence(ja="  もうそう書いてあります", en="  the file says so already"))
    for one in done.moved:
        out.print(Text(clean(f"  {one.key}: {one.before or '–'} → {one.after or '–'}")))
    left = {row.channel for row in done.left}
    before = {row.channel: row for row in done.before}
    for row in done.after:
        out.print(_channel_line(call, before.get(row.channel), row, zone, gone=row.channel in left))
    for row in done.after:
        if row.word is Word.BLOCKED and not call.options.cancel:
            out.print(Text(clean(f"⊖ {row.channel}｜{row.reason.said(call.language)}"), style="red"))
            if row.remedy is not None:
                out.print(Text(clean(f"  → {row.remedy.said(call.language)}")))
    for line in promise_lines(call, promises(done.after), zone):
        out.print(line)


def _channel_line(call: Call, before: StatusRow | None, after: StatusRow, zone: ZoneInfo, *, gone: bool) -> Text:
    name = f"  {after.channel:<8} "
    if gone:
        said = Sentence(ja="もう出ています", en="has left already")
        since = moment(after.since, zone, call.now)
        return Text(clean(f"{name}{said.said(call.language)} {since}".rstrip()), style="bold")
    was = _how(call, before, zone) if before is not None else "–"
    return Text(clean(f"{name}{was} → {_how(call, after, zone)}"))


def _how(call: Call, row: StatusRow, zone: ZoneInfo) -> str:
    """Return the word, and when: the estimate where it is not known yet."""
    if row.word not in (Word.SCHEDULED, Word.DUE):
        return spoken(row.word, call.language)
    about = "" if row.due is not None or row.expected is None else ("ごろ" if call.language == "ja" else " or so")
    return f"{spoken(row.word, call.language)} {moment(row.expected, zone, call.now)}{about}".rstrip()


# --- hold and resume --------------------------------------------------------------------------------------------------


def hold(call: Call) -> int:
    """Stop an article, a channel or everything: one write; then say what it still caught."""
    with holding.brake(call.root, now=clock()) as brake:
        scope = _scope(call, brake)
        held = brake.hold(scope, call.options.why)
        if not call.json:
            call.say(_held(held, scope, brake.now))
        found = brake.outlook(scope)
        if call.json:
            documents.write({"hold": documents.hold(held, brake.zone), **documents.outlook(found, brake.zone)})
            return EXIT_DONE
        _trouble(call, found)
        _lines(call, brake, Sentence(ja="止めました", en="stopped in time"), found.at_once)
        _lines(call, brake, Sentence(ja="出る予定だったもの", en="was to go out"), found.later)
        _lines(call, brake, _IN_THE_AIR, found.in_the_air)
        _lines(call, brake, _BY_HAND, found.by_hand)
    return EXIT_DONE


def resume(call: Call) -> int:
    """Say what would go out and what is too late; then end the hold."""
    with holding.brake(call.root, now=clock()) as brake:
        scope = _scope(call, brake)
        held = brake.must_be_held(scope)
        found = brake.outlook(scope)
        if not call.json:
            _trouble(call, found)
            _lines(call, brake, Sentence(ja="すぐに出ます", en="goes out at once"), found.at_once)
            _lines(call, brake, Sentence(ja="あとで出ます", en="goes out later"), found.later)
            _lines(call, brake, _TOO_LATE, found.too_late)
            _lines(
                call, brake, Sentence(ja="ほかのわけで止まっています", en="is stopped by something else"), found.blocked
            )
            _lines(call, brake, _IN_THE_AIR, found.in_the_air)
        brake.resume(scope)
        if call.json:
            documents.write({"resumed": documents.hold(held, brake.zone), **documents.outlook(found, brake.zone)})
            return EXIT_DONE
        call.say(Sentence(ja=f"再開しました: {holding.spoken(scope)}", en=f"resumed: {holding.spoken(scope)}"))
        for other in brake.others(scope):
            _say_still(call, other)
    return EXIT_DONE


_IN_THE_AIR = Sentence(
    ja="いま送っているか、届いたか分からないもの（止められません）",
    en="being sent, or may have arrived (can't be stopped)",
)
_BY_HAND = Sentence(
    ja="人の手にあるもの（出さないよう伝えてください）", en="in a person's hands (tell them not to post it)"
)
_TOO_LATE = Sentence(ja="遅すぎるので、名指しのときだけ出ます", en="too late: goes out only when it is named")


def _scope(call: Call, brake: Brake) -> Scope:
    options = call.options
    named = options.article is not None or options.channel is not None
    if options.all is named:
        raise WrongInput(
            Sentence(ja="何を指すのか、どれか一つが要ります", en="say what is meant, in one way"),
            remedy=Sentence(
                ja="記事、--channel チャンネル、--all のどれかを書いてください",
                en="name an article, or a channel with --channel, or everything with --all",
            ),
        )
    return brake.scope(options.article, options.channel)


def _held(held: Hold, scope: Scope, now: datetime) -> Sentence:
    why = f"（{held.why}）" if held.why else ""
    why_en = f" ({held.why})" if held.why else ""
    name = holding.spoken(scope)
    ja, en = ("止めました", "held") if held.since == now else ("もう止めてあります", "held already")
    return Sentence(
        ja=f"{ja}: {name}{why}\n戻すには kawaraban resume {name}",
        en=f"{en}: {name}{why_en}\nto go on: kawaraban resume {name}",
    )


def _trouble(call: Call, found: Outlook) -> None:
    if found.trouble is not None:
        call.say(
            Sentence(
                ja=f"設定を読めないので、台帳だけから言います（時刻は UTC）: {found.trouble.ja}",
                en=f"the settings can't be read, so this is the ledger's word alone (times in UTC): {found.trouble.en}",
            )
        )


def _lines(call: Call, brake: Brake, heading: Sentence, lines: Iterable[Line]) -> None:
    found = sorted(lines, key=lambda one: (one.due is None, one.due or brake.now, one.title, one.channel))
    if not found:
        return
    out = console(call)
    out.print(Text(f"{heading.said(call.language)}:", style="bold"))
    for one in found:
        why = f"  {one.why.said(call.language)}" if one.why is not None else ""
        out.print(Text(clean(f"  {moment(one.due, brake.zone, call.now) or '–'}  {one.channel}  {one.title}{why}")))


def _say_still(call: Call, other: Hold) -> None:
    name = holding.spoken(other.scope)
    call.say(
        Sentence(
            ja=f"まだ止めてあります: {name}（kawaraban resume {name}）",
            en=f"still held: {name} (kawaraban resume {name})",
        )
    )
