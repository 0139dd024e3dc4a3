"""Running one command: root, language, errors as sentences, exit codes. The only place that reads the clock."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.parser import EXIT_CRASH, EXIT_DONE, EXIT_FOUND, EXIT_STOPPED, EXIT_WRONG, Command, parser
from desk.cli.words import clean, language
from kawaraban.errors import Blocked, ChannelFailure, KawarabanError, Language, Sentence, WrongInput

if TYPE_CHECKING:
    from flows.compose import House


def clock() -> datetime:
    """Return the instant now."""
    return datetime.now(UTC)  # noqa: TID251 - this is the entry point


@dataclass
class Call:
    """One call of the command: its options, the root, the language, and how to speak."""

    options: argparse.Namespace
    root: Path
    language: Language
    now: datetime

    @property
    def json(self) -> bool:
        """Whether stdout is one document for a program."""
        return bool(getattr(self.options, "json", False))

    def house(self) -> House:
        """Return the house at the root; closed by the caller."""
        from flows.compose import open_house

        return open_house(self.root, clock=clock)

    def say(self, sentence: Sentence) -> None:
        """Tell a person something: on stdout, or on stderr when stdout belongs to a program."""
        print(clean(sentence.said(self.language)), file=sys.stderr if self.json else sys.stdout)

    def instant(self, text: str | None) -> datetime | None:
        """Read an option's instant; raise WrongInput without an offset."""
        if text is None:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise WrongInput(
                Sentence(ja=f"日時として読めません: {text}", en=f"not an instant: {text}"),
                remedy=Sentence(
                    ja="2024-06-30T07:00:00+09:00 のように時差を付けてください",
                    en="write it like 2024-06-30T07:00:00+09:00",
                ),
            )
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command and return its exit code.

    None: the process's own arguments; then the process ends here, without waiting for anybody's threads.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal of another encoding shows what it can
            stream.reconfigure(errors="backslashreplace")
    code = _called(arguments)
    if arguments is None and "prefect" in sys.modules:
        # its threads may drain for minutes when its server has gone; what matters is committed and printed
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    return code


def _called(arguments: Sequence[str] | None) -> int:
    chosen = language()
    options = parser(chosen).parse_args(arguments)
    if options.version:
        from importlib.metadata import version

        print(f"kawaraban {version('kawaraban')}")  # noqa: T201 - the command's voice
        return EXIT_DONE
    if options.command is None:
        parser(chosen).print_help()
        return EXIT_DONE
    root = Path(options.root or os.environ.get("KAWARABAN_ROOT") or ".").resolve()
    return run(Call(options, root, chosen, clock()), options.run)


def run(call: Call, command: Command) -> int:
    """Run one command; every error a person can mend is a sentence, anything else a line in the journal."""
    from desk.cli.journal import journal

    with journal(call.root) as kept:
        code = _run(call, command)
        if kept.broken:
            _name_the_journal(call, kept.path, written=not kept.lost)
    return code


_STOPPED = Sentence(
    ja="止めました。済んだことは kawaraban status で見られます",
    en="stopped; `kawaraban status` shows what was done",
)
_GOES_ON = Sentence(
    ja="待つのをやめました。公開の係は続けています（kawaraban status）。止めるなら kawaraban hold --all",
    en="no longer waiting; the publisher goes on (`kawaraban status`): to stop it, `kawaraban hold --all`",
)


def _run(call: Call, command: Command) -> int:
    try:
        module = import_module(f"desk.cli.{command.module}")
        code: int = getattr(module, command.function)(call)
        sys.stdout.flush()
    except KawarabanError as error:
        print(clean(error.said(call.language)), file=sys.stderr)  # noqa: T201 - the command's voice
        return EXIT_FOUND if isinstance(error, Blocked | ChannelFailure) else EXIT_WRONG
    except KeyboardInterrupt as stopped:
        from flows.handover import GoesOn

        call.say(_GOES_ON if isinstance(stopped, GoesOn) else _STOPPED)
        return EXIT_STOPPED
    except BrokenPipeError:  # whoever read the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except Exception as error:
        logging.getLogger(__name__).exception("%s", " ".join(sys.argv))
        print(clean(_unexpected(error).said(call.language)), file=sys.stderr)  # noqa: T201 - the command's voice
        return EXIT_CRASH
    return code


def _unexpected(error: Exception) -> Sentence:
    said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return Sentence(ja=f"思わぬ誤りで止まりました（{said}）", en=f"stopped by an unexpected error ({said})")


def _name_the_journal(call: Call, path: Path, *, written: bool) -> None:
    told = Sentence(
        ja=f"プログラムの誤りの記録です。開発元へ送ってください: {path}",
        en=f"the program's own errors are in this file; please send it on: {path}",
    )
    lost = Sentence(ja=f"誤りの記録も書けませんでした: {path}", en=f"not even the errors could be recorded: {path}")
    print((told if written else lost).said(call.language), file=sys.stderr)  # noqa: T201 - the command's voice


if __name__ == "__main__":
    sys.exit(main())
