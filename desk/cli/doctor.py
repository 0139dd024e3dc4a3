"""doctor: whether everything is well, and what to do where it is not."""

from __future__ import annotations

from rich.text import Text

from desk.cli import documents
from desk.cli.main import Call, clock
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.tables import console
from desk.cli.words import clean
from flows.stages.examining import Check, examine
from kawaraban.errors import Language, Sentence

NAMES: dict[str, str] = {
    "settings": "設定",
    "address": "公開する場所",
    "secrets": "秘密",
    "content": "記事",
    "ledger": "台帳",
    "clock": "時計",
    "locks": "いま動いているもの",
    "disk": "空き容量",
    "folders": "書き込み",
    "prefect": "Prefect",
    "publisher": "公開の係",
    "alerts": "知らせ",
}


def doctor(call: Call) -> int:
    """Look at everything; exit 1 where something is not well."""
    found = examine(call.root, clock=clock, alert=call.options.alert)
    if call.json:
        documents.write(documents.checks(found, call.language))
    else:
        out = console(call)
        for one in found:
            for line in _lines(one, call.language):
                out.print(line)
    failed = sum(not one.ok for one in found)
    call.say(
        Sentence(ja=f"直すところが{failed}件あります", en=f"{failed} not well")
        if failed
        else Sentence(ja="整っています", en="all is well")
    )
    return EXIT_FOUND if failed else EXIT_DONE


def _lines(one: Check, language: Language) -> list[Text]:
    sign, style = ("✖", "bold red") if not one.ok else ("●", "default") if one.remedy is None else ("◐", "default")
    name = NAMES[one.name] if language == "ja" else one.name
    lines = [Text(clean(f"{sign} {name}｜{one.said.said(language)}"), style=style)]
    if one.remedy is not None:
        lines.append(Text(clean(f"    → {one.remedy.said(language)}"), style="dim"))
    return lines
