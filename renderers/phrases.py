"""Where a Japanese line may break: phrases (文節) by BudouX, within the line-breaking rules of JIS X 4051."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_NOT_FIRST = frozenset(
    "、。，．・：；？！）」』】〕〉》ー～…‥々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ)]}!?,.%”’―─—"
)
_NOT_LAST = frozenset("（「『【〔〈《([{“‘")


@lru_cache(maxsize=1)
def _parser() -> Any:  # noqa: ANN401 - budoux ships no types
    import budoux

    return budoux.load_default_japanese_parser()


@lru_cache(maxsize=4096)
def split_phrases(text: str) -> tuple[str, ...]:
    """
    Return the phrases of a text (BudouX), joined again they are the text.

    No break where line-breaking rules (JIS X 4051) forbid one, and no phrase of one character, which would stand alone.
    """
    found: list[str] = []
    for phrase in _parser().parse(text):
        if found and (len(phrase.strip()) < 2 or phrase[0] in _NOT_FIRST or found[-1][-1] in _NOT_LAST  # noqa: PLR2004
                      or _closes(phrase[0], found)):  # fmt: skip
            found[-1] += phrase
        else:
            found.append(phrase)
    return tuple(found)


def _closes(sign: str, before: list[str]) -> bool:
    """Return whether a straight quotation mark ends what an earlier one began."""
    return sign in "'\"" and "".join(before).count(sign) % 2 == 1
