"""withdraw, rollback, verify: taking down, putting an earlier text back, and reading back what is really live."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from desk.cli import documents
from desk.cli.main import Call, clock
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.tables import console, diff_line, result_lines
from desk.cli.watching import progress
from desk.cli.words import clean, iso, second
from flows.compose import House
from flows.handover import hand_over
from flows.stages import ending, rolling_back, verifying
from flows.stages.ending import Fate, Outcome
from flows.stages.rolling_back import Choice, RolledBack, Selected
from flows.stages.values import Progress, Published, PublishRequest
from flows.stages.verifying import Found
from kawaraban.errors import Sentence

_DIGEST = re.compile(r"[0-9a-fA-F]{4,64}")
OUTCOMES: dict[Outcome, Sentence] = {
    "gone": Sentence(ja="なくなりました", en="gone"),
    "by hand": Sentence(ja="人が取り下げます", en="a person must take it down"),
    "for good": Sentence(ja="取り消せません", en="can't be taken back"),
    "not there": Sentence(ja="出ていませんでした", en="was not there"),
    "failed": Sentence(ja="取り下げられませんでした", en="failed"),
}
FOUND: dict[str, Sentence] = {
    "live": Sentence(ja="公開済", en="live"),
    "drifted": Sentence(ja="食い違い", en="drifted"),
    "gone": Sentence(ja="消失", en="gone"),
    "unknown": Sentence(ja="不明", en="unknown"),
}


def _publish(house: House, request: PublishRequest, show: Progress, now: datetime) -> Published:
    """Publish as `publish` does: by the publisher that runs at the root, else as a flow of this process."""
    published = hand_over(house.root, request, show, who=house.who)
    if published is not None:
        return published
    from flows import publish as flow

    return flow.run(house, request, show, now=now)


# --- withdraw ---------------------------------------------------------------------------------------------------------


def withdraw(call: Call) -> int:
    """Take an article down, and say for each channel what became of it."""
    options = call.options
    house = call.house()
    try:
        with progress(call) as show:
            done = ending.withdraw(
                house, options.article, options.channel, options.say, now=clock(), progress=show, publish=_publish
            )
    finally:
        house.close()
    if call.json:
        documents.write(
            {"article": done.article.id, "channels": [_fate(one, call) for one in done.fates]},
        )
    title = done.article.matter.title
    call.say(Sentence(ja=f"「{title}」の取り下げ", en=f"withdrawing `{title}`"))
    if not call.json:
        out = console(call)
        for fate in done.fates:
            for line in _fate_lines(fate, call):
                out.print(line)
    return EXIT_FOUND if done.failed else EXIT_DONE


def _fate(fate: Fate, call: Call) -> documents.Document:
    return {
        "channel": fate.channel,
        "outcome": fate.outcome,
        "verified": fate.verified,
        "url": fate.url,
        "what": fate.what.said(call.language) if fate.what else None,
        "then": fate.then.said(call.language) if fate.then else None,
    }


def _fate_lines(fate: Fate, call: Call) -> list[Text]:
    said = OUTCOMES[fate.outcome].said(call.language)
    if fate.outcome == "gone":
        read = Sentence(ja="（読み返し済み）", en=" (read back)") if fate.verified else _NOT_READ
        said += read.said(call.language)
    style = {"failed": "red", "by hand": "bold", "for good": "bold"}.get(fate.outcome, "")
    lines = [Text(clean(f"  {fate.channel:<8} {said}  {fate.url or ''}".rstrip()), style=style)]
    said_more = [what for what in (fate.what, fate.then) if what is not None]
    return [*lines, *(Text(clean(f"             → {what.said(call.language)}")) for what in said_more)]


_NOT_READ = Sentence(ja="（読み返せていません）", en=" (not read back)")


# --- rollback ---------------------------------------------------------------------------------------------------------


def rollback(call: Call) -> int:
    """Say which earlier text goes out, and how it differs; then let it go out."""
    options = call.options
    to: datetime | str = options.to if _DIGEST.fullmatch(options.to) else call.instant(options.to) or options.to
    house = call.house()
    try:
        selected = rolling_back.select(house, options.article, to, options.channel)
        zone = house.publication.zone
        if not call.json:
            _print_selected(call, console(call), selected, zone)
        with progress(call) as show:
            done = rolling_back.roll_back(house, selected, now=clock(), progress=show, publish=_publish)
    finally:
        house.close()
    if call.json:
        documents.write(_rolled_back(done, call, zone))
    else:
        out = console(call)
        for line in result_lines(call, done.results):
            out.print(line)
        for blocked in done.blocked:
            out.print(Text(clean(f"⊖ {blocked.channel}｜{blocked.why.said(call.language)}"), style="red"))
        if not done.results and not done.blocked:
            call.say(Sentence(ja="もうその文が出ています", en="that text is what is live already"))
    return EXIT_FOUND if done.failed else EXIT_DONE


def _print_selected(call: Call, out: Console, selected: Selected, zone: ZoneInfo) -> None:
    for one in selected.choices:
        out.print(Text(clean(f"{one.channel:<8} 「{one.variant.title}」 {one.variant.digest[:12]}"), style="bold"))
        out.print(Text(f"         {_when(one, zone).said(call.language)}", style="dim"))
        for line in one.diff:
            out.print(diff_line(out, line))
    for passed in selected.passed:
        out.print(Text(clean(f"{passed.channel:<8} {passed.why.said(call.language)}"), style="dim"))


def _when(one: Choice, zone: ZoneInfo) -> Sentence:
    since = second(one.since, zone)
    if one.until is None:
        return Sentence(ja=f"{since} から出ています", en=f"live since {since}")
    until = second(one.until, zone)
    return Sentence(ja=f"{since} から {until} まで出ていました", en=f"was live from {since} until {until}")


def _rolled_back(done: RolledBack, call: Call, zone: ZoneInfo) -> documents.Document:
    results = {one.channel: one for one in done.results}
    blocked = {one.channel: one.why for one in done.blocked}
    channels = []
    for one in done.selected.choices:
        result, stopped = results.get(one.channel), blocked.get(one.channel)
        error = result.error if result else stopped
        channels.append(
            {
                "channel": one.channel,
                "title": one.variant.title,
                "digest": one.variant.digest,
                "since": iso(one.since, zone),
                "until": iso(one.until, zone),
                "outcome": result.outcome if result else "blocked" if stopped else "unchanged",
                "error": error.said(call.language) if error else None,
                "diff": [{"part": line.part, "before": line.before, "after": line.after} for line in one.diff],
            }
        )
    left = [{"channel": one.channel, "reason": one.why.said(call.language)} for one in done.selected.passed]
    return {"article": done.selected.article.id, "channels": channels, "left": left}


# --- verify -----------------------------------------------------------------------------------------------------------


def verify(call: Call) -> int:
    """Read back what is live; exit 1 where something drifted or is gone."""
    options = call.options
    house = call.house()
    try:
        with progress(call) as show:
            found = verifying.verify(house, options.articles, options.channel, show, now=clock())
    finally:
        house.close()
    if call.json:
        documents.write({"deliveries": [_found(one, call) for one in found]})
    else:
        out = console(call)
        for one in found:
            for line in _found_lines(one, call):
                out.print(line)
    counts = {word: sum(one.found == word for one in found) for word in FOUND}
    ja = "、".join(f"{FOUND[word].ja} {count}件" for word, count in counts.items() if count)
    en = ", ".join(f"{FOUND[word].en} {count}" for word, count in counts.items() if count)
    call.say(Sentence(ja=f"読み返し：{ja or '何も出ていません'}", en=f"read back: {en or 'nothing is live'}"))
    return EXIT_FOUND if any(one.wrong for one in found) else EXIT_DONE


def _found(one: Found, call: Call) -> documents.Document:
    return {
        "article": one.article,
        "title": one.title,
        "channel": one.channel,
        "found": one.found,
        "url": one.url,
        "differences": [difference.said(call.language) for difference in one.differences],
        "error": one.error.said(call.language) if one.error else None,
        "remedy": one.remedy.said(call.language) if one.remedy else None,
    }


def _found_lines(one: Found, call: Call) -> list[Text]:
    """What is live as it should be is only counted."""
    if one.found == "live":
        return []
    style = "red" if one.wrong else "dim"
    said = FOUND[one.found].said(call.language)
    lines = [
        Text(clean(f"{said}｜{one.title or one.channel}｜{one.channel}｜{one.url or ''}".rstrip("｜")), style=style)
    ]
    lines += [Text(clean(f"    {difference.said(call.language)}")) for difference in one.differences]
    if one.error is not None:
        lines.append(Text(clean(f"    {one.error.said(call.language)}"), style="dim"))
    if one.remedy is not None:
        lines.append(Text(clean(f"    → {one.remedy.said(call.language)}")))
    return lines
