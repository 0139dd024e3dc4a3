"""
publish: by the publisher that runs at the root, else in this process.

Light: handing over must not cost what publishing costs, so nothing that opens the house is imported before that.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from desk.cli.main import Call, clock
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.promise import promise_lines
from desk.cli.resting import resting_lines
from desk.cli.tables import console, result_lines, show_table, status_table, unreadable
from desk.cli.watching import progress
from desk.cli.words import clean
from flows.handover import hand_over
from flows.stages.promising import Promise, promised, promises
from flows.stages.values import Afterwards, Published, PublishRequest
from kawaraban.errors import KawarabanError, Sentence, WrongInput
from kawaraban.plan.reasons import BRING_BACK, GONE

_UTC = ZoneInfo("UTC")
TABLE_ROWS = 60
"""More results than this are counted and not listed: nobody reads four thousand lines after a publish."""


def publish(call: Call) -> int:
    """Publish, then print how things stand."""
    options = call.options
    if options.say and options.kind != "correction":
        raise WrongInput(
            Sentence(ja="--say は訂正の文です", en="--say is the text of a correction"),
            remedy=Sentence(ja="--as correction を付けてください", en="add --as correction"),
        )
    request = PublishRequest(
        names=tuple(options.articles),
        channels=tuple(options.channel),
        plan_hash=options.plan,
        kind=options.kind,
        say=options.say,
        refresh=options.refresh,
        again=options.again,
    )
    with progress(call) as show:
        published = hand_over(call.root, request, show, who=_who())
    if published is not None:
        _print_published(call, published)
        return EXIT_FOUND if published.failed else EXIT_DONE
    try:
        published = _by_ourselves(call, request)
        _print_published(call, published)
    finally:
        _alert(call)
    return EXIT_FOUND if published.failed else EXIT_DONE


def _by_ourselves(call: Call, request: PublishRequest) -> Published:
    """Publish in this process: no publisher runs."""
    house = call.house()
    try:
        from flows import publish as flow
        from flows.stages import looking

        with progress(call) as show:
            published = flow.run(house, request, show, now=clock())
        rows = looking.status(house, (), now=clock()) if published.results or call.json else ()
        return replace(published, afterwards=Afterwards(tuple(rows), house.publication.zone))
    finally:
        house.close()


def _alert(call: Call) -> None:
    """Tell what needs a person, after all is printed: a publisher that runs does it by itself."""
    from flows.stages import alerting

    with suppress(KawarabanError), call.house() as house:  # broken settings were said already
        alerting.tell(house, now=clock())


def _print_published(call: Call, published: Published) -> None:
    after = published.afterwards or Afterwards((), _UTC)
    if call.json:
        _write_document(call, published, after)
    out = console(call)
    out.print(_ending(published).said(call.language), style="bold")
    few = len(published.results) <= TABLE_ROWS
    for line in result_lines(call, published.results if few else [one for one in published.results if one.failed]):
        out.print(line)
    _print_left(call, published, after.zone, out)
    if not few:
        call.say(Sentence(ja="一つずつの様子は kawaraban status で", en="`kawaraban status` shows each of them"))
    elif not call.json and published.results:
        touched = {(result.article, result.channel) for result in published.results}
        shown = [row for row in after.rows if (row.article, row.channel) in touched]
        show_table(out, status_table(call, shown, after.zone))


def _write_document(call: Call, published: Published, after: Afterwards) -> None:
    """Write how the named articles stand; every article where none was named."""
    from desk.cli import documents

    planned = {action.article for action in published.plan.actions}
    rows = [row for row in after.rows if row.article in planned or not call.options.articles]
    document = documents.status(rows, call.language, after.zone)
    documents.write({"plan": published.plan.hash, "engine": published.engine, **document})


def _print_left(call: Call, published: Published, zone: ZoneInfo, out: Console) -> None:
    """Say what did not go out, and why: blocked, later, in trouble, unreadable."""
    for trouble in published.troubles:
        out.print(Text(clean(f"✖ {trouble.channel}｜{trouble.error.said(call.language)}"), style="red"))
        if trouble.remedy is not None:
            out.print(f"  → {trouble.remedy.said(call.language)}")
    for action in published.plan.blocked:
        out.print(Text(clean(f"⊖ {action.title}｜{action.channel}｜{action.reason.said(call.language)}"), style="red"))
        if action.remedy is not None:
            out.print(f"  → {action.remedy.said(call.language)}")
    for line in (*resting_lines(call, published), *unreadable(call, published.broken)):
        out.print(line)
    for title in dict.fromkeys(action.title for action in published.plan.actions if action.reason == GONE):
        out.print(Text(clean(f"✖ {title}｜{GONE.said(call.language)}"), style="red"))
        out.print(f"  → {BRING_BACK.said(call.language)}")
    for line in promise_lines(call, _promises(published), zone):
        out.print(line)


def _promises(published: Published) -> list[Promise]:
    """Return what is still to come of what was planned: as it stands afterwards, where that was asked."""
    rows = published.afterwards.rows if published.afterwards else ()
    if not rows:
        return promised(published.plan.actions)
    planned = {action.article for action in published.plan.actions}
    return promises(row for row in rows if row.article in planned)


def _ending(published: Published) -> Sentence:
    how_ja, how_en = ("", "") if published.engine == "prefect" else ("（Prefectなし）", " (without Prefect)")
    if not published.results and not published.furniture:
        if published.troubles:
            return Sentence(ja=f"出せませんでした{how_ja}", en=f"nothing could be published{how_en}")
        return Sentence(ja=f"新しく出すものはありません{how_ja}", en=f"nothing to do{how_en}")
    if not published.results:
        return Sentence(
            ja=f"サイトの体裁だけを新しくしました{how_ja}", en=f"only the site's furniture was renewed{how_en}"
        )
    outcomes = [result.outcome for result in published.results]
    counts = (
        (outcomes.count("live"), "{}件を公開しました", "{} published"),
        (outcomes.count("withdrawn"), "{}件を取り下げました", "{} withdrawn"),
        (outcomes.count("handed over"), "{}件は人が出すのを待っています", "{} ready to be posted by hand"),
        (sum(result.failed for result in published.results), "{}件は出せませんでした", "{} failed"),
    )
    ja = "、".join(text.format(count) for count, text, _ in counts if count)
    en = ", ".join(text.format(count) for count, _, text in counts if count)
    return Sentence(ja=f"{ja}{how_ja}", en=f"{en}{how_en}")


def _who() -> str:
    """Return on whose behalf the publisher works: as flows.compose has it for a process's own house."""
    return os.environ.get("KAWARABAN_USER") or os.environ.get("USER") or "editor"
