"""
Cutting a text into posts that fit: between paragraphs, else after 。！？, else after 、, else between phrases.

Never inside a grapheme, a link or a hashtag. A border counts only where the post before it is at least a third full: a
thread of half-sentences would be worse to read than a cut at the next best place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial

import regex

from kawaraban.counting import Measure, graphemes
from renderers.phrases import split_phrases
from renderers.social.marked import Marked

_CLOSERS = r"[」』）】〕〉》\])\"'”’]"
_PARAGRAPH = regex.compile(r"\n\s*\n")
# not between 「はい。」 and と言った, not after the sign of a name (Yahoo!)
_SENTENCE = regex.compile(
    rf"[。！？．]+(?:{_CLOSERS}+(?![。！？．]|と|って)|(?![。！？．]|{_CLOSERS}))|[.!?]+{_CLOSERS}*(?=\s)|\n"
)
_COMMA = regex.compile(rf"[、，；：]{_CLOSERS}*|[,;:](?=\s)")
_SPACE = regex.compile(r"\s+")
_BEFORE = regex.compile(r"(?:(?=\s)\X(?<=\s))*")  # a space with a mark upon it is a letter
_LEAST = 3
"""A post is cut at a good place only where at least the third part of what fits stands before it."""


class TooLongToCutError(ValueError):
    """A link, a hashtag or a single letter is longer than a whole post may be: `what` it is."""

    def __init__(self, what: Marked) -> None:
        super().__init__(what.text)
        self.what = what


def fits(text: Marked, measure: Measure) -> bool:
    """Return whether a text is one post."""
    return measure.fits(text.text, text.links)


def cut(words: Marked, measure: Measure, first: Callable[[Marked], Marked]) -> Iterator[Marked]:
    """
    Yield the posts of a thread in order, each of which fits; what the cuts take away is white space.

    `first` puts around the first piece what only the first post carries (link, hashtags). Raises TooLongToCutError.
    """
    text, done, whole = words.text, 0, len(words.text)
    borders = _borders(words)
    while done < whole:
        wear = first if done == 0 else _as_it_is
        end = _farthest(words, done, borders, partial(_fits_worn, wear, measure))
        if end < whole:
            end = _best(text, done, end, borders)
        yield wear(_trimmed(words, done, end))
        done = _begin(text, end)


def _fits_worn(wear: Callable[[Marked], Marked], measure: Measure, piece: Marked) -> bool:
    return fits(wear(piece), measure)


def _as_it_is(piece: Marked) -> Marked:
    return piece


def _borders(words: Marked) -> list[int]:
    """Return the places at which a text may be cut at all: between graphemes, and not inside a mark."""
    borders, place, marks = [0], 0, list(words.marks)
    for sign in graphemes(words.text):
        place += len(sign)
        while marks and marks[0].end <= place:
            marks.pop(0)
        if not (marks and marks[0].start < place):
            borders.append(place)
    return borders


def _farthest(words: Marked, start: int, borders: list[int], fits_in: Callable[[Marked], bool]) -> int:
    """Return the last border up to which the text fits."""
    low = bisect_right(borders, start)
    high = len(borders) - 1
    if low > high or not fits_in(_trimmed(words, start, borders[low])):
        raise TooLongToCutError(words.cut(start, borders[min(low, high)]))
    while low < high:
        middle = (low + high + 1) // 2
        if fits_in(_trimmed(words, start, borders[middle])):
            low = middle
        else:
            high = middle - 1
    return borders[low]


def _best(text: str, start: int, end: int, borders: list[int]) -> int:
    """Return where to cut at the latest at `end`: the best kind of place, and the last one of it."""
    least = start + max(1, (end - start) // _LEAST)
    allowed = set(borders[bisect_right(borders, start) : bisect_right(borders, end)])
    for places in (_after(_PARAGRAPH), _after(_SENTENCE), _after(_COMMA), _phrases, _after(_SPACE)):
        found = [place for place in places(text, start, end) if place >= least and place in allowed]
        if found:
            return found[-1]
    return end


def _after(sign: regex.Pattern[str]) -> Callable[[str, int, int], list[int]]:
    """Return the places behind each of such signs; a sign that a later post would begin with is not parted from its words."""
    return lambda text, start, end: [
        found.end() for found in sign.finditer(text, start, min(len(text), end + 8)) if found.end() <= end
    ]


def _phrases(text: str, start: int, end: int) -> list[int]:
    places, place = [], start
    # one letter more than fits, so that the last border is judged with what follows it
    for phrase in split_phrases(text[start : end + 16]):
        place += len(phrase)
        places.append(place)
    return [place for place in places if place <= end]


def _trimmed(words: Marked, start: int, end: int) -> Marked:
    """Return what stands between two borders without the white space around it."""
    begin = _begin(words.text, start)
    return words.cut(begin, max(begin, start + len(words.text[start:end].rstrip())))


def _begin(text: str, start: int) -> int:
    """Return where the words begin behind a border."""
    found = _BEFORE.match(text, start)
    return found.end() if found else start
