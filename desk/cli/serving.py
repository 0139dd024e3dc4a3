"""serve: the publisher, the preview and Prefect on this machine, until somebody ends it."""

from __future__ import annotations

from contextlib import suppress

from desk.cli.main import Call
from desk.cli.parser import EXIT_DONE
from desk.cli.words import clean
from desk.serving.supervisor import Supervisor, stop_on_signals
from kawaraban.errors import Place, Sentence, WrongInput


def serve(call: Call) -> int:
    """Serve. Broken settings don't keep it from starting: after a reboot somebody has to be there to say so."""
    if not (call.root / "config").is_dir():
        raise WrongInput(
            Sentence(ja=f"設定がありません: {call.root}", en=f"there are no settings: {call.root}"),
            place=Place(call.root / "config"),
            remedy=Sentence(
                ja="kawaraban init で作るか、--root で場所を指してください",
                en="make them with `kawaraban init`, or name their folder with --root",
            ),
        )

    def say(sentence: Sentence) -> None:
        with suppress(OSError, ValueError):  # whoever read it may have gone; that ends nothing
            print(clean(sentence.said(call.language)), flush=True)  # noqa: T201 - the command's voice

    supervisor = Supervisor(call.root, call.options.port, say)
    stop_on_signals(supervisor.stop)
    supervisor.run()
    return EXIT_DONE
