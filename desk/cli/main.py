"""Running one command: root, language, errors as sentences, exit codes. The only place that reads the clock."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.parser import EXIT_CRASH, EXIT_DONE, EXIT_FOUND, EXIT_STOPPED, EXIT_WRONG, Command, parser
from desk.cli.words import language
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
        print(sentence.said(self.language), file=sys.stderr if self.json else sys.stdout)

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
    """Run the command and return its exit code."""
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
    """Run one command; every error a person can mend is a sentence, anything else a report in a file."""
    try:
        module = import_module(f"desk.cli.{command.module}")
        code: int = getattr(module, command.name.replace("import", "import_"))(call)
    except KawarabanError as error:
        print(error.said(call.language), file=sys.stderr)  # noqa: T201 - the command's voice
        return EXIT_FOUND if isinstance(error, Blocked | ChannelFailure) else EXIT_WRONG
    except KeyboardInterrupt:
        call.say(
            Sentence(
                ja="止めました。済んだことは kawaraban status で見られます",
                en="stopped; `kawaraban status` shows what was done",
            )
        )
        return EXIT_STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except Exception as error:  # noqa: BLE001 - whatever it is, a person gets a sentence and a file to send on
        return _crashed(call, error)
    return code


def _crashed(call: Call, error: Exception) -> int:
    folder = call.root / ".kawaraban" / "reports"
    report = folder / f"{call.now:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    text = "".join(traceback.format_exception(error))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        report.write_text(text, encoding="utf-8")
        where = Sentence(ja=f"記録: {report}", en=f"report: {report}")
    except OSError:
        print(text, file=sys.stderr)  # noqa: T201 - there is no file to put it into
        where = Sentence(ja="記録は上のとおりです", en="the report is above")
    what = Sentence(
        ja=f"思わぬ誤りで止まりました（{type(error).__name__}）。{where.ja}",
        en=f"an unexpected error ({type(error).__name__}); {where.en}",
    )
    print(what.said(call.language), file=sys.stderr)  # noqa: T201 - the command's voice
    return EXIT_CRASH


if __name__ == "__main__":
    sys.exit(main())
