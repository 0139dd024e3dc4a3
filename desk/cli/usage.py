"""argparse in both languages of the house: headings, and what is wrong with a call as a sentence with its remedy."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from typing import NoReturn

from kawaraban.errors import Language

WRONG_USE = 2

# argparse's own words (they are stable) → ours in Japanese
_JAPANESE: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.+)", r"足りません: \1"),
    (r"one of the arguments (.+) is required", r"どれか一つが要ります: \1"),
    (r"unrecognized arguments: (.+)", r"知らない指定です: \1"),
    (r"argument (.+): expected one argument", r"\1 には値が要ります"),
    (r"argument (.+): expected at least one argument", r"\1 には値が一つは要ります"),
    (r"argument (.+): not allowed with argument (.+)", r"\1 は \2 と一緒に使えません"),
    (r"argument (.+): invalid int value: (.+)", r"\1 は整数です: \2"),
    (r"argument (.+): invalid choice: (\S+) \(choose from (.+)\)", r"\1 に \2 はありません（使えるのは \3）"),
    (r"argument (.+): must be at least (\d+)", r"\1 は \2 以上です"),
    (r"ambiguous option: (.+) could match (.+)", r"\1 はどれのことか分かりません（\2）"),
)


def at_least(least: int) -> Callable[[str], int]:
    """Return the type of an option that is a whole number from `least`."""

    def whole(text: str) -> int:
        number = int(text)
        if number < least:
            msg = f"must be at least {least}"
            raise argparse.ArgumentTypeError(msg)
        return number

    whole.__name__ = "int"  # argparse names it where the text is no number
    return whole


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Examples keep their lines; the first word is Japanese."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Begin with 使い方."""
        super().add_usage(usage, actions, groups, "使い方: " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """argparse with our exit code, our languages, and a pointer to the help. Options are never shortened."""

    language: Language = "en"

    def __init__(self, *, language: Language = "en", **named: object) -> None:
        ja = language == "ja"
        formatter = Formatter if ja else argparse.RawDescriptionHelpFormatter
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=formatter, **named)  # type: ignore[arg-type] # as argparse takes them
        self.language = language
        self._positionals.title = "引数" if ja else "arguments"
        self._optionals.title = "指定" if ja else "options"
        self.add_argument("-h", "--help", action="help", help="この説明" if ja else "this help")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the call, and end with 2."""
        hint = f"使い方は {self.prog} --help" if self.language == "ja" else f"see {self.prog} --help"
        near = _near(message)
        if near is not None:
            hint = f"{near} のことですか。{hint}" if self.language == "ja" else f"did you mean {near}? {hint}"
        self.exit(WRONG_USE, f"{self.prog}: {_said(message, self.language)}\n  → {hint}\n")


def _said(message: str, language: Language) -> str:
    if language == "en":
        return message
    for english, japanese in _JAPANESE:
        found = re.fullmatch(english, message, re.DOTALL)
        if found is not None:
            return found.expand(japanese)
    return message


def _near(message: str) -> str | None:
    """Return the choice that was probably meant."""
    found = re.search(r"invalid choice: '(.+?)' \(choose from (.+)\)", message)
    if found is None:
        return None
    import difflib

    choices = [choice.strip(" '") for choice in found[2].split(",")]
    near = difflib.get_close_matches(found[1], choices, 1, 0.5)
    return near[0] if near else None
