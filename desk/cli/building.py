"""build: the edition elsewhere, without delivering."""

from __future__ import annotations

from pathlib import Path

from desk.cli import documents
from desk.cli.main import Call
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from flows.stages import building
from kawaraban.errors import Sentence, counted


def build(call: Call) -> int:
    """Write the site into a folder; exit 1 where an article had to be left out."""
    options = call.options
    house = call.house()
    try:
        made = building.build(
            house, Path(options.out), now=call.now, at=call.instant(options.at), jobs=options.jobs, with_=options.with_
        )
    finally:
        house.close()
    if call.json:
        documents.write(
            {
                "folder": str(made.folder),
                "articles": made.articles,
                "files": made.files,
                "left_out": [{"article": name, "reason": reason.said(call.language)} for name, reason in made.left_out],
            }
        )
    call.say(
        Sentence(
            ja=f"{made.folder} に{made.articles}本の記事、{made.files}個のファイルを書き出しました",
            en=f"wrote {counted(made.articles, 'article')} in {counted(made.files, 'file')} to {made.folder}",
        )
    )
    for name, reason in made.left_out:
        call.say(Sentence(ja=f"  入れなかった記事: {name}（{reason.ja}）", en=f"  left out: {name} ({reason.en})"))
    return EXIT_FOUND if made.left_out else EXIT_DONE
