"""backup, restore and reconcile: what keeps a paper from being lost, and from being posted twice."""

from __future__ import annotations

import os
from pathlib import Path

from desk.cli import documents
from desk.cli.main import Call, clock
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.watching import progress
from flows.stages import arriving
from flows.stages.backup import backup as back_up
from flows.stages.restore import restore as put_back
from kawaraban.errors import Sentence, WrongInput, counted
from kawaraban.plan import Action


def backup(call: Call) -> int:
    """Write one file with the ledger, the settings and the articles."""
    target = Path(call.options.file).absolute() if call.options.file else None
    with call.house() as house:
        done = back_up(house, target, now=clock())
    if call.json:
        left_out = [{"file": name, "reason": why.said(call.language)} for name, why in done.left_out]
        documents.write(
            {
                "file": str(done.file),
                "bytes": done.bytes,
                "files": done.files,
                "ledger": done.ledger.ledger,
                "sequence": done.ledger.sequence,
                "left_out": left_out,
            }
        )
    call.say(
        Sentence(
            ja=f"控えました（{done.files}個のファイル、確かめ済み）: {done.file}",
            en=f"backed up {counted(done.files, 'file')}, and proven: {done.file}",
        )
    )
    for name, why in done.left_out:
        call.say(Sentence(ja=f"  {name}: {why.ja}", en=f"  {name}: {why.en}"))
    return EXIT_DONE


def restore(call: Call) -> int:
    """Put a backup back; the ledger then waits to be let go on."""
    if os.environ.get("KAWARABAN_LEDGER"):
        raise WrongInput(
            Sentence(
                ja="KAWARABAN_LEDGER があるので、戻した台帳が使われません",
                en="KAWARABAN_LEDGER is set: the ledger that is put back would not be the one in use",
            ),
            remedy=Sentence(
                ja="それを外して戻し、使うなら .kawaraban/ledger.sqlite をその場所へ移してください",
                en="unset it and restore; then move .kawaraban/ledger.sqlite to where it pointed, if you want it there",
            ),
        )
    done = put_back(call.root, Path(call.options.file).absolute(), force=call.options.force, now=clock())
    if call.json:
        documents.write(
            {
                "root": str(done.root),
                "files": done.files,
                "made": done.made.isoformat(),
                "ledger": done.ledger.ledger,
                "sequence": done.ledger.sequence,
                "before": str(done.before) if done.before else None,
                "left_out": list(done.left_out),
            }
        )
    call.say(
        Sentence(
            ja=f"{done.made:%Y-%m-%d %H:%M} の控えを戻しました", en=f"the backup of {done.made:%Y-%m-%d %H:%M} is back"
        )
    )
    if done.before is not None:
        call.say(Sentence(ja=f"前のものはここに: {done.before}", en=f"what was there before lies in {done.before}"))
    for name in done.left_out:
        call.say(
            Sentence(ja=f"控えにないもの。用意してください: {name}", en=f"not in the backup, to be supplied: {name}")
        )
    call.say(
        Sentence(
            ja="何も出ないように止めてあります。kawaraban reconcile で外の様子を確かめ、kawaraban resume --all で再開してください",
            en="everything is held: look at what is out there with `kawaraban reconcile`, then `kawaraban resume --all`",
        )
    )
    return EXIT_DONE


def reconcile(call: Call) -> int:
    """Ask the channels what they have that the ledger does not know; nothing is sent."""
    with call.house() as house:
        house.ledger.home.arrive(now=clock(), who=house.who)
        with progress(call) as show:
            done = arriving.reconcile(house, show, anew=call.options.again)
        accepted = house.ledger.home.standing().accepted is not None
    if call.json:
        documents.write(
            {
                "found": [_pair(one) for one in done.found],
                "unsure": [_pair(one) for one in done.asked_of_a_person],
                "silent": list(done.silent),
                "held": not accepted,
            }
        )
    _tell(call, done)
    if not accepted:
        call.say(
            Sentence(ja="よければ kawaraban resume --all で再開してください", en="go on with `kawaraban resume --all`")
        )
    return EXIT_FOUND if done.silent else EXIT_DONE


def _pair(action: Action) -> dict[str, str]:
    return {"article": action.article, "channel": action.channel}


def _tell(call: Call, done: arriving.Reconciled) -> None:
    for one in done.found:
        call.say(
            Sentence(
                ja=f"出ていたので記しました: {one.title}｜{one.channel}",
                en=f"was there, recorded: {one.title} | {one.channel}",
            )
        )
    for one in done.asked_of_a_person:
        settle = f"kawaraban settle {one.article} {one.channel}"
        call.say(
            Sentence(
                ja=f"確かめてください: {one.title}｜{one.channel}\n  → {settle} --arrived か --not-arrived",
                en=f"please look: {one.title} | {one.channel}\n  → {settle} --arrived or --not-arrived",
            )
        )
    for name in done.silent:
        call.say(
            Sentence(
                ja=f"{name} は答えませんでした。次にまた確かめます", en=f"{name} gave no answer; it is asked again"
            )
        )
    if not (done.found or done.asked_of_a_person or done.silent):
        call.say(
            Sentence(
                ja="台帳の知らないものはありませんでした", en="nothing was out there that the ledger does not know"
            )
        )
