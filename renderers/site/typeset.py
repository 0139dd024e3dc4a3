"""Typesetting at build time: titles split at their dash, phrase breaks, no short last line, upright digits, 漢数字."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import regex
from markupsafe import Markup, escape

from renderers.phrases import split_phrases

DASH = re.compile(r"\s*((?:―{2,})|(?:─{2,})|(?:—{2,}))\s*")
TAIL = 4
"""How many characters at the end of a paragraph stay together: a longer tail would tear the line above it on a phone."""

_DIGITS = "〇一二三四五六七八九"
_INNER_BRACKET = re.compile(r"[」』）】〕〉》][^、。！？」』）】〕〉》]|[^「『（【〔〈《][「『（【〔〈《]")
_WHOLE = 9
"""A phrase of more characters is wider than a headline on the smallest phone."""
_LONG_TITLE = 34
_LATIN_RUN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]{7,}")


def phrases(text: str) -> Markup:
    """Return text with a `<wbr>` between phrases, for headings set with `word-break: keep-all`."""
    return Markup("<wbr>").join(map(_whole, split_phrases(text))) if text else Markup("")


def _whole(phrase: str) -> Markup:
    """Return a phrase; a short one with a bracket inside is held together, for a line may break after any closing bracket."""
    if len(phrase) <= _WHOLE and _INNER_BRACKET.search(phrase):
        return Markup('<span class="whole">{}</span>').format(phrase)
    return escape(phrase)


def title_parts(text: str) -> tuple[str, str, str]:
    """Return what stands before the title's dash, the dash as written, and what follows; the last two may be empty."""
    found = DASH.search(text)
    if found is None or not text[: found.start()].strip() or not text[found.end() :].strip():
        return text, "", ""
    return text[: found.start()], found[1], text[found.end() :]


def title(text: str) -> Markup:
    """Return a title as two inline blocks where a dash divides it; copied, it is still one string."""
    return _title(text, phrases)


def upright_title(text: str) -> Markup:
    """Return a title as `title` does, with upright digits for a vertical line."""
    return _title(text, lambda part: Markup("<wbr>").join(upright(phrase) for phrase in split_phrases(part)))


def _title(text: str, typeset: Any) -> Markup:  # noqa: ANN401 - a function from text to Markup
    main, dash, rest = title_parts(text)
    made = Markup('<span class="t-main">{}</span>').format(typeset(main))
    if rest:
        made += Markup('<span class="t-rest"><span class="t-dash">{}</span>{}</span>').format(dash, typeset(rest))
    return made


def graphemes(text: str) -> list[str]:
    """Return what a reader counts as characters (UAX 29)."""
    return regex.findall(r"\X", text)


def tail(text: str) -> Markup:
    """Return text whose last four characters stay together, so that no last line holds one or two."""
    signs = graphemes(text)
    if len(signs) < TAIL * 3:
        return escape(text)
    return Markup('{}<span class="end">{}</span>').format("".join(signs[:-TAIL]), "".join(signs[-TAIL:]))


def upright(text: str) -> Markup:
    """Return text for a vertical line: runs of one to three digits stand upright together."""
    parts = re.split(r"((?<!\d)\d{1,3}(?!\d))", text)
    return Markup("").join(
        Markup('<span class="tcy">{}</span>').format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def stands(text: str) -> bool:
    """Return whether a title can be set vertically on the home page: at most 34 characters, no long run of Latin letters."""
    return len(graphemes(text)) <= _LONG_TITLE and _LATIN_RUN.search(text) is None


def running(*parts: str) -> tuple[str, ...]:
    """Return a running head's parts with no more than 20 characters together: the later parts give way first."""
    kept: list[str] = []
    room = 20
    for part in parts:
        length = len(graphemes(part))
        if not kept and length > room:
            return ("".join(graphemes(part)[: room - 1]) + "…",)
        if part and length <= room:
            kept.append(part)
            room -= length
    return tuple(kept)


def ems(text: str) -> float:
    """Return how many em a text takes: wide characters one, others a half."""
    return sum(1.0 if unicodedata.east_asian_width(sign[0]) in "WFA" else 0.5 for sign in graphemes(text))


def opening(words: str, limit: int) -> tuple[str, ...]:
    """Return the first whole sentences of a lead, paragraph by paragraph, up to about `limit` characters; at least one."""
    shown: list[str] = []
    used = 0
    for paragraph in words.split("\n"):
        kept = ""
        for sentence in re.findall(r"[^。！？]+[。！？]*[」』）]*|[。！？]+", paragraph):
            if used and used + len(sentence) > limit:
                return tuple(filter(None, [*shown, kept]))
            kept += sentence
            used += len(sentence)
        shown.append(kept)
    return tuple(filter(None, shown))


def kanji(number: int) -> str:
    """Return a number in 漢数字: 14 → 十四, 120 → 百二十, 1050 → 千五十; from 10,000 digit by digit."""
    if number >= 10_000:  # noqa: PLR2004 - the powers below have their own signs
        return digits(number)
    written, rest = "", number
    for power, sign in ((1000, "千"), (100, "百"), (10, "十")):
        count, rest = divmod(rest, power)
        written += ("" if count == 1 else _DIGITS[count]) + sign if count else ""
    return written + (_DIGITS[rest] if rest or not number else "")


def digits(number: int) -> str:
    """Return a number digit by digit, as years are set in vertical lines: 2024 → 二〇二四."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def minutes(characters: int) -> int:
    """Return the reading time: 500 characters a minute, at least one."""
    return max(1, (characters + 250) // 500)
