"""import: pages from elsewhere become articles. The ledger is opened only to record where an article is already."""

from __future__ import annotations

import random
import shlex
from pathlib import Path

from desk.cli.main import Call, clock
from desk.cli.parser import EXIT_DONE
from kawaraban.config.load import load
from kawaraban.errors import Sentence, WrongInput, counted
from kawaraban.importing.bring import Imported, Importer
from kawaraban.importing.profile import Profile, load_profile


def import_(call: Call) -> int:
    """Bring pages in and print what must still be settled."""
    options = call.options
    settings = load(call.root)
    profile = load_profile(call.root, options.profile)
    importer = Importer(
        call.root / "content",
        settings.publication,
        profile,
        call.now,
        random.SystemRandom(),
        channels=[channel.name for channel in settings.channels],
        recorded=lambda article, address: _record(call, article, profile, address),
    )
    accept = dict(_answer(text) for text in options.accept)
    pages = importer.bring([Path(source) for source in options.sources], accept, dry_run=options.dry_run)
    if call.json:
        from desk.cli import documents

        documents.write(documents.imported(pages, call.language))
    for page, source in zip(pages, options.sources, strict=True):
        _tell(call, page, source)
        if not page.must and page.status in ("draft", "review"):
            _all_settled(call, source)
        if page.record and options.dry_run:
            call.say(Sentence(ja=f"  記録するはずの場所: {page.record}", en=f"  would be recorded: {page.record}"))
    return EXIT_DONE


def _record(call: Call, article: str, profile: Profile, address: str) -> None:
    """Record where the article is already, read back: so nobody is asked to post it a second time."""
    from desk.cli.watching import progress
    from flows.stages import recording

    house = call.house()
    try:
        with progress(call) as show:
            recording.record(house, article, profile.notice_about, address, show, now=clock())
    finally:
        house.close()
    call.say(
        Sentence(
            ja=f"{profile.notice_about} に公開済みと記しました {address}",
            en=f"recorded as live on {profile.notice_about} {address}",
        )
    )


def _answer(text: str) -> tuple[str, str]:
    field, separator, value = text.partition("=")
    if not separator or not field.strip():
        raise WrongInput(
            Sentence(ja=f"--accept の書き方が違います: {text}", en=f"not an answer: {text}"),
            remedy=Sentence(ja="--accept slug=rain のように書いてください", en="write it like --accept slug=rain"),
        )
    return field.strip(), value.strip()


def _tell(call: Call, page: Imported, source: str) -> None:
    proof = page.proof
    call.say(
        Sentence(
            ja=f"content/{page.path}: {proof.lines}行のうち{proof.conserved}行をそのまま取り込みました",
            en=f"content/{page.path}: {proof.conserved} of {counted(proof.lines, 'line')} conserved",
        )
    )
    if not page.changed:
        call.say(Sentence(ja="  変わりはありません", en="  nothing changed"))
    if page.conflicts:
        call.say(
            Sentence(
                ja=f"  両方で変わった所が{page.conflicts}か所あります。import-conflict.md を見て記事を直してください",
                en=f"  {counted(page.conflicts, 'place')} changed on both sides: see import-conflict.md and mend the article",
            )
        )
        for clash in page.clashes:
            call.say(Sentence(ja=f"    content/{page.path}:{clash.line}", en=f"    content/{page.path}:{clash.line}"))
    _ask(call, page, source)


def _ask(call: Call, page: Imported, source: str) -> None:
    from desk.cli.documents import asked

    for sign, questions in (("？", page.must), ("・", page.should)):
        for field, question in asked(page, questions, call.language).items():
            mark = sign if call.language == "ja" else {"？": "?", "・": "-"}[sign]
            call.say(Sentence(ja=f"  {mark} {field}: {question}", en=f"  {mark} {field}: {question}"))
    if page.must:
        answers = " ".join(f"--accept {field}=…" for field in page.must)
        command = f"kawaraban import {shlex.quote(source)} {answers}"
        call.say(Sentence(ja=f"  答えるには: {command}", en=f"  to settle: {command}"))


def _all_settled(call: Call, source: str) -> None:
    ready = f"kawaraban import {shlex.quote(source)} --accept status=ready"
    call.say(
        Sentence(
            ja=f"  疑問は片づきました。公開できるようにするには: {ready}",
            en=f"  settled; to make it ready: {ready}",
        )
    )
