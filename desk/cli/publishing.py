"""plan and publish."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from desk.cli import documents
from desk.cli.looking import NO_ARTICLES
from desk.cli.main import Call, clock
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.tables import console, result_lines, show_table, status_table, unreadable
from desk.cli.watching import progress
from desk.cli.words import clean, moment
from flows import server
from flows.compose import House
from flows.stages import looking
from flows.stages import planning as stage
from flows.stages.values import Published, PublishRequest
from kawaraban.delivery import ActionKind
from kawaraban.errors import Sentence, WrongInput
from kawaraban.plan import Action, Plan

TABLE_ROWS = 60
"""More results than this are counted and not listed: nobody reads four thousand lines after a publish."""

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
        question = stage.Question(tuple(call.options.articles))
        if call.json:
            made = stage.plan(house, question, now=at or call.now).plan
        else:
            with progress(call) as show:
                made = stage.plan(house, question, now=at or call.now, progress=show).plan
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
        if action.article != last:
            out.print(Text(f"\n{clean(action.title)}", style="bold"))
            last = action.article
        _print_action(call, house, action)
    if not call.options.articles:
        for text in unreadable(call, looking.unreadable(house)):
            out.print(text)
    names = " ".join(call.options.articles)
    if made.to_do:
        command = f"kawaraban publish {names + ' ' if names else ''}--plan {made.short}"
        out.print()
        out.print(Sentence(ja=f"この計画で公開する: {command}", en=f"publish this plan: {command}").said(call.language))


def _summary(made: Plan) -> Sentence:
    counts = {kind: sum(action.action is kind for action in made.actions) for kind in ActionKind}
    if not made.actions:
        return NO_ARTICLES
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
    out.print(Text(clean(f"  {action.channel:<8} {verb}  {when}  {action.reason.said(call.language)}"), style=style))
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
            text.append(clean(stroke.text), style=style)
        out.print(text)


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
    house = call.house()
    try:
        from flows import publish as flow

        with progress(call) as show:
            published = flow.run(house, request, show, now=clock())
        _print_published(call, house, published)
    finally:
        house.close()
    return EXIT_FOUND if published.failed else EXIT_DONE


def _print_published(call: Call, house: House, published: Published) -> None:
    if call.json:
        rows = looking.status(house, list(call.options.articles), now=clock())
        document = documents.status(rows, call.language, house.publication.zone)
        documents.write({"plan": published.plan.hash, "engine": published.engine, **document})
    out = console(call)
    out.print(_ending(published).said(call.language), style="bold")
    few = len(published.results) <= TABLE_ROWS
    for line in result_lines(call, published.results if few else [one for one in published.results if one.failed]):
        out.print(line)
    _print_left(call, house, published, out)
    if not few:
        call.say(Sentence(ja="一つずつの様子は kawaraban status で", en="`kawaraban status` shows each of them"))
    elif not call.json and published.results:
        rows = looking.status(house, [], now=clock())
        touched = {(result.article, result.channel) for result in published.results}
        shown = [row for row in rows if (row.article, row.channel) in touched]
        show_table(out, status_table(call, shown, house.publication))


def _print_left(call: Call, house: House, published: Published, out: Console) -> None:
    """Say what did not go out, and why: blocked, later, in trouble, unreadable."""
    for trouble in published.troubles:
        out.print(Text(clean(f"✖ {trouble.channel}｜{trouble.error.said(call.language)}"), style="red"))
        if trouble.remedy is not None:
            out.print(f"  → {trouble.remedy.said(call.language)}")
    for action in published.plan.blocked:
        out.print(Text(clean(f"⊖ {action.title}｜{action.channel}｜{action.reason.said(call.language)}"), style="red"))
        if action.remedy is not None:
            out.print(f"  → {action.remedy.said(call.language)}")
    for text in unreadable(call, published.broken):
        out.print(text)
    for action in published.plan.actions:
        if action.action is ActionKind.SKIP and action.due is not None and action.due > call.now and action.due_known:
            when = moment(action.due, house.publication.zone, call.now)
            out.print(Text(clean(f"◷ {action.title}｜{action.channel}｜{when}"), style="blue"))


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


def set_up(call: Call) -> int:
    """Prepare Prefect's database, so that the first publish does not have to."""
    call.house().close()  # the settings are right, and this is a paper
    ready = server.is_prepared(call.root)
    if not ready and not server.prepare(call.root, call.say):
        return EXIT_FOUND
    call.say(
        Sentence(ja="Prefectのデータベースは用意できています", en="Prefect's database was ready already")
        if ready
        else Sentence(ja="Prefectのデータベースを用意しました", en="Prefect's database is ready")
    )
    return EXIT_DONE
