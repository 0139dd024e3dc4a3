"""plan and publish."""

from __future__ import annotations

import os
import sys

from rich.text import Text

from desk.cli import documents
from desk.cli.main import Call, clock
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.tables import console, progress, result_lines, status_table
from desk.cli.words import moment
from flows.compose import House
from flows.stages import looking
from flows.stages import planning as stage
from flows.stages.values import Published, PublishRequest
from kawaraban.delivery import ActionKind
from kawaraban.errors import Sentence
from kawaraban.plan import Action, Plan

VERBS = {
    ActionKind.CREATE: Sentence(ja="新しく出す", en="create"),
    ActionKind.UPDATE: Sentence(ja="書き換える", en="update"),
    ActionKind.WITHDRAW: Sentence(ja="取り下げる", en="withdraw"),
    ActionKind.SKIP: Sentence(ja="そのまま", en="skip"),
    ActionKind.BLOCKED: Sentence(ja="止まり", en="blocked"),
}


def plan(call: Call) -> int:
    """Print what publishing would do."""
    house = call.house()
    try:
        at = call.instant(call.options.at)
        made = stage.plan(house, stage.Question(tuple(call.options.articles)), now=at or call.now).plan
        if call.json:
            documents.write(documents.plan(made, call.language, house.publication.zone))
        else:
            _print_plan(call, house, made)
    finally:
        house.close()
    return EXIT_DONE


def _print_plan(call: Call, house: House, made: Plan) -> None:
    out = console(call)
    out.print(_summary(made).said(call.language), style="bold")
    last = ""
    for action in made.actions:
        if action.title != last:
            out.print(f"\n{action.title}", style="bold")
            last = action.title
        _print_action(call, house, action)
    names = " ".join(call.options.articles)
    if made.to_do:
        command = f"kawaraban publish {names + ' ' if names else ''}--plan {made.short}"
        out.print()
        out.print(Sentence(ja=f"この計画で公開する: {command}", en=f"publish this plan: {command}").said(call.language))


def _summary(made: Plan) -> Sentence:
    counts = {kind: sum(action.action is kind for action in made.actions) for kind in ActionKind}
    if not made.actions:
        return Sentence(
            ja="記事がありません。kawaraban new で始められます", en="there are no articles; begin with `kawaraban new`"
        )
    ja = "、".join(f"{VERBS[kind].ja} {count}件" for kind, count in counts.items() if count)
    en = ", ".join(f"{VERBS[kind].en} {count}" for kind, count in counts.items() if count)
    return Sentence(ja=f"計画 {made.short}：{ja}", en=f"plan {made.short}: {en}")


def _print_action(call: Call, house: House, action: Action) -> None:
    out = console(call)
    verb = VERBS[action.action].said(call.language)
    if action.by_hand and action.action in (ActionKind.CREATE, ActionKind.UPDATE):
        verb = "手で出す" if call.language == "ja" else f"{verb} by hand"
    when = moment(action.due, house.publication.zone, call.now) if action.action is not ActionKind.SKIP else ""
    style = "red" if action.action is ActionKind.BLOCKED else ("dim" if action.action is ActionKind.SKIP else "")
    out.print(Text(f"  {action.channel:<8} {verb}  {when}  {action.reason.said(call.language)}", style=style))
    if action.remedy is not None:
        out.print(f"             → {action.remedy.said(call.language)}", style=style)
    if action.action in (ActionKind.SKIP, ActionKind.BLOCKED):
        return
    for loss in action.losses:
        out.print(f"             {loss.what_ja if call.language == 'ja' else loss.what_en}", style="dim")
    for line in action.diff:
        text = Text(f"             {line.part}: ", style="dim")
        for stroke in line.strokes:
            style = {"keep": "", "cut": "bold strike", "add": "bold red underline"}[stroke.kind]
            text.append(stroke.text, style=style)
        out.print(text)


def publish(call: Call) -> int:
    """Publish, then print how things stand."""
    options = call.options
    request = PublishRequest(
        names=tuple(options.articles),
        channels=tuple(options.channel),
        plan_hash=options.plan,
        kind=options.kind,
        say=options.say,
        refresh=options.refresh,
        again=options.again,
    )
    house = call.house()
    try:
        for name in request.channels:
            house.channel_settings(name)
        from flows import publish as flow

        with progress(call) as show:
            published = flow.run(house, request, show, now=clock())
        code = EXIT_FOUND if published.failed else EXIT_DONE
        _print_published(call, house, published)
    finally:
        house.close()
    _leave(published, code)
    return code


def _print_published(call: Call, house: House, published: Published) -> None:
    if call.json:
        rows = looking.status(house, list(call.options.articles), now=clock())
        document = documents.status(rows, call.language, house.publication.zone)
        documents.write({"plan": published.plan.hash, "engine": published.engine, **document})
    out = console(call)
    out.print(_ending(published).said(call.language), style="bold")
    for line in result_lines(call, published.results):
        out.print(line)
    for action in published.plan.blocked:
        out.print(Text(f"⊖ {action.title}｜{action.channel}｜{action.reason.said(call.language)}", style="red"))
        if action.remedy is not None:
            out.print(f"  → {action.remedy.said(call.language)}")
    for action in published.plan.actions:
        if action.action is ActionKind.SKIP and action.due is not None and action.due > call.now and action.due_known:
            when = moment(action.due, house.publication.zone, call.now)
            out.print(Text(f"◷ {action.title}｜{action.channel}｜{when}", style="blue"))
    if not call.json and published.results:
        rows = looking.status(house, [], now=clock())
        touched = {(result.article, result.channel) for result in published.results}
        out.print(status_table(call, [row for row in rows if (row.article, row.channel) in touched], house.publication))


def _ending(published: Published) -> Sentence:
    done = sum(not result.failed for result in published.results)
    failed = len(published.results) - done
    how_ja, how_en = ("", "") if published.engine == "prefect" else ("（Prefectなし）", " (without Prefect)")
    if not published.results and not published.furniture:
        return Sentence(ja=f"新しく出すものはありません{how_ja}", en=f"nothing to do{how_en}")
    if not published.results:
        return Sentence(
            ja=f"サイトの体裁だけを新しくしました{how_ja}", en=f"only the site's furniture was renewed{how_en}"
        )
    tail_ja, tail_en = (f"、失敗 {failed}件", f", {failed} failed") if failed else ("", "")
    return Sentence(ja=f"{done}件を公開しました{tail_ja}{how_ja}", en=f"{done} published{tail_en}{how_en}")


def _leave(published: Published, code: int) -> None:
    """Prefect's own threads may drain for minutes when its server has gone; what matters is committed and printed."""
    if published.engine == "prefect" and "prefect" in sys.modules and not os.environ.get("PYTEST_CURRENT_TEST"):
        from flows.publish import leave_prefect_behind

        sys.stdout.flush()
        sys.stderr.flush()
        leave_prefect_behind()
        os._exit(code)
