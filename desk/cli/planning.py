"""plan and set-up: what publishing would do, and what it needs."""

from __future__ import annotations

from rich.text import Text

from desk.cli import documents
from desk.cli.looking import nothing
from desk.cli.main import Call
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.posts import counted
from desk.cli.tables import console, diff_line, unreadable
from desk.cli.watching import progress
from desk.cli.words import clean, moment
from flows import server
from flows.compose import House
from flows.stages import looking
from flows.stages import planning as stage
from kawaraban.delivery import ActionKind, Word
from kawaraban.errors import Language, Sentence
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
        question = stage.Question(tuple(call.options.articles))
        if call.json:
            planned = stage.plan(house, question, now=at or call.now)
            documents.write(documents.plan(planned.plan, call.language, house.publication.zone))
        else:
            with progress(call) as show:
                planned = stage.plan(house, question, now=at or call.now, progress=show)
            _print_plan(call, planned)
    finally:
        house.close()
    return EXIT_DONE


def _print_plan(call: Call, planned: stage.Planned) -> None:
    out, house, made = console(call), planned.house, planned.plan
    out.print(_summary(house, made).said(call.language), style="bold")
    last = ""
    for action in made.actions:
        if action.article != last:
            out.print(Text(f"\n{clean(action.title)}", style="bold"))
            last = action.article
        _print_action(call, planned, action)
    if not call.options.articles:
        for text in unreadable(call, looking.unreadable(house)):
            out.print(text)
    names = " ".join(call.options.articles)
    if made.to_do:
        command = f"kawaraban publish {names + ' ' if names else ''}--plan {made.short}"
        out.print()
        out.print(Sentence(ja=f"この計画で公開する: {command}", en=f"publish this plan: {command}").said(call.language))


def _summary(house: House, made: Plan) -> Sentence:
    counts = {kind: sum(action.action is kind for action in made.actions) for kind in ActionKind}
    if not made.actions:
        return nothing(house)
    ja = "、".join(f"{VERBS[kind].ja} {count}件" for kind, count in counts.items() if count)
    en = ", ".join(f"{VERBS[kind].en} {count}" for kind, count in counts.items() if count)
    return Sentence(ja=f"計画 {made.short}：{ja}", en=f"plan {made.short}: {en}")


def _print_action(call: Call, planned: stage.Planned, action: Action) -> None:
    out, house = console(call), planned.house
    verb = VERBS[action.action].said(call.language)
    if action.by_hand and action.action in (ActionKind.CREATE, ActionKind.UPDATE):
        verb = "手で出す" if call.language == "ja" else f"{verb} by hand"
    when = moment(action.due, house.publication.zone, call.now) if action.action is not ActionKind.SKIP else ""
    style = "red" if action.action is ActionKind.BLOCKED else ("dim" if action.action is ActionKind.SKIP else "")
    out.print(Text(clean(f"  {action.channel:<8} {verb}  {when}  {action.reason.said(call.language)}"), style=style))
    if action.remedy is not None:
        out.print(f"             → {action.remedy.said(call.language)}", style=style)
    if action.live_digest is None and action.origins and action.word not in _NEVER:
        out.print(Text(clean(f"             {_origins(action, call.language)}"), style="dim"))
    if action.action in (ActionKind.SKIP, ActionKind.BLOCKED):
        return
    if said := _length(planned, action):
        out.print(f"             {said.said(call.language)}", style="dim")
    able = house.capabilities(house.channel_settings(action.channel))
    if action.action is ActionKind.CREATE and able.sets_off is not None:
        out.print(f"             {able.sets_off.said(call.language)}", style="red")
    for loss in action.losses:
        out.print(f"             {loss.what_ja if call.language == 'ja' else loss.what_en}", style="dim")
    for line in action.diff:
        out.print(diff_line(out, line))


def _length(planned: stage.Planned, action: Action) -> Sentence | None:
    """Return how long the posts are that would go out, where the channel counts."""
    measure = planned.house.capabilities(planned.house.channel_settings(action.channel)).text
    if measure is None or action.digest is None or action.action is ActionKind.WITHDRAW:
        return None
    parts = planned.variant(action.article, action.channel, action.digest).parts
    return counted(tuple(measure.count(part.text, part.links) for part in parts), measure.limit) if parts else None


_NEVER = (Word.OFF, Word.DRAFT, Word.WITHDRAWN)
"""What has no time that anybody waits for."""

SOURCES = {
    "article": Sentence(ja="記事", en="article"),
    "series": Sentence(ja="連載", en="series"),
    "channel": Sentence(ja="チャンネル", en="channel"),
    "kind": Sentence(ja="種類の既定", en="the kind's default"),
    "link": Sentence(ja="頁へのリンク", en="links to its page"),
}


def _origins(action: Action, language: Language) -> str:
    """Return the values that decide its time, each with its source: `published 2024-06-18 07:00 (article)`."""
    said = [f"{one.key} {one.value}" for one in action.origins]
    if language == "ja":
        return "、".join(f"{text}（{SOURCES[one.source].ja}）" for text, one in zip(said, action.origins, strict=True))
    return ", ".join(f"{text} ({SOURCES[one.source].en})" for text, one in zip(said, action.origins, strict=True))


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
