"""init, new, check: what editors do with files. No database and no Prefect here."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from desk.cli.main import Call
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from kawaraban.article.finding import Finding
from kawaraban.errors import Conflict, Place, Sentence, WrongInput, counted

if TYPE_CHECKING:
    from kawaraban.article.model import Article
    from kawaraban.capabilities import Capabilities
    from kawaraban.config import Settings


def init(call: Call) -> int:
    """Make `config/` and `content/` with one sample article in an empty folder."""
    from kawaraban.library import write_atomically

    root = Path(call.options.dir).resolve() if call.options.dir else call.root
    in_the_way = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
    if root.exists() and not root.is_dir():
        in_the_way = [root.name]
    if in_the_way:
        raise Conflict(
            Sentence(
                ja=f"空のフォルダーではありません（{'、'.join(in_the_way[:5])}）",
                en=f"the folder is not empty ({', '.join(in_the_way[:5])})",
            ),
            place=Place(root),
            remedy=Sentence(
                ja="新しいフォルダーの名前を付けてください: kawaraban init 名前",
                en="name a new folder: kawaraban init NAME",
            ),
        )
    for path, data in sorted(skeleton(), key=lambda pair: str(pair[0])):
        write_atomically(root / path, data)
    call.say(
        Sentence(
            ja=f"{root} に設定と見本の記事を作りました。\n次は: cd {root} && kawaraban publish",
            en=f"settings and a sample article are in {root}.\nnext: cd {root} && kawaraban publish",
        )
    )
    return EXIT_DONE


def skeleton() -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield the files that `init` copies: package data of the desk."""
    yield from _below(files("desk") / "skeleton", PurePosixPath())


def _below(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, bytes]]:
    for entry in folder.iterdir():
        if entry.name.startswith(("__", ".")) or entry.name.endswith(".py"):
            continue
        if entry.is_dir():
            yield from _below(entry, path / entry.name)
        else:
            yield path / entry.name, entry.read_bytes()


def new(call: Call) -> int:
    """Make an article's folder with its id, a slug proposal and the series' skeleton."""
    from kawaraban.article.new import draft, new_id, slug_proposal
    from kawaraban.config.load import load
    from kawaraban.library import Library

    publication = load(call.root).publication
    series = None
    if call.options.series:
        series = publication.series_named(call.options.series) or publication.series.get(call.options.series)
        if series is None:
            names = "、".join(one.name for one in publication.series.values())
            raise WrongInput(
                Sentence(
                    ja=f"連載「{call.options.series}」がありません", en=f"there is no series `{call.options.series}`"
                ),
                remedy=Sentence(ja=f"あるのは: {names or 'なし'}", en=f"declared: {names or 'none'}"),
            )
    title = " ".join(call.options.title.split())
    if not title:
        raise WrongInput(Sentence(ja="題名が空です", en="the title is empty"))
    article_id = new_id(secrets.SystemRandom())
    year = call.now.astimezone(publication.zone).year
    folder = PurePosixPath("articles") / str(year) / slug_proposal(title, article_id)
    library = Library(call.root / "content")
    if (library.content / folder).exists():
        folder = folder.with_name(f"{folder.name}-{article_id}")
    text = draft(title, article_id, series, publication.speakers)
    path = library.create(folder / "index.md", text.encode())
    call.say(Sentence(ja=str(path), en=str(path)))
    return EXIT_DONE


def check(call: Call) -> int:
    """Look for faults; exit 1 where one of them is an error."""
    if call.options.schema:
        from kawaraban.article.schema import schema_text

        print(schema_text(), end="")  # noqa: T201 - the schema
        return EXIT_DONE
    found = _findings(call)
    errors = sum(finding.blocks for finding in found)
    if call.json:
        from desk.cli import documents

        documents.write(documents.findings(found, call.language))
    else:
        for finding in found:
            print(finding.said(call.language))  # noqa: T201 - the command's voice
    warnings = len(found) - errors
    if not found:
        call.say(Sentence(ja="誤りはありません", en="no faults"))
    else:
        call.say(
            Sentence(
                ja=f"誤り{errors}件、注意{warnings}件", en=f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
            )
        )
    return EXIT_FOUND if errors else EXIT_DONE


def _able(settings: Settings, articles: list[Article]) -> dict[str, Capabilities]:
    """Return what those channels can do for which an article has words of its own; others would only cost time."""
    named = {name for article in articles for name, own in article.matter.channels.items() if own.text}
    able = {}
    for channel in settings.channels:
        if channel.name in named:
            from kawaraban import registry

            with suppress(
                WrongInput
            ):  # settings that are wrong are no fault of an article: every other command says them
                able[channel.name] = registry.capabilities(channel)
    return able


def _findings(call: Call) -> list[Finding]:
    from flows import learnt
    from kawaraban.article.check import check as check_one
    from kawaraban.config.load import load
    from kawaraban.library import Library

    settings = learnt.laid_under(load(call.root), call.root)  # a server may take longer posts than its kind does
    library = Library(call.root / "content", call.root / ".kawaraban" / "cache")
    reading = library.read_all()
    articles = [library.find(name, reading) for name in call.options.articles] or list(reading.articles)
    meant = {article.path for article in articles}
    named = bool(call.options.articles)
    able = _able(settings, articles)
    found = [
        one for article in articles for one in check_one(article, settings.publication, settings.channels, able=able)
    ]
    found += [one for one in reading.findings if not named or one.file in meant]
    return sorted(dict.fromkeys(found), key=lambda one: (str(one.file), one.line or 0, one.code))
