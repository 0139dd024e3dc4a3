"""How a network counts a post: in which unit, up to which limit, and what a link costs there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import regex

from kawaraban.counting.weights import is_address, weight

_GRAPHEME = regex.compile(r"\X")
_NAME = regex.compile(r"(?<![\w/])(@\w+(?:[\w.\-]+\w+)?)@[\w.\-]+\w")

Unit = Literal["graphemes", "weighted", "utf16", "code points", "bytes"]


@dataclass(frozen=True, slots=True)
class Measure:
    """
    The length a post may have on a network, and how it is counted there.

    `limit` counts in `unit` (`weighted`: twitter-text, a Japanese letter is 2); `max_bytes` is a second limit in UTF-8 bytes
    that holds as well. A link counts as `link` units whatever its length (None: as long as it is), where its top-level domain
    is one that the networks know; another counts letter by letter, and never less than `link`. `local_names`: of
    `@name@host` only `@name` counts (Mastodon).
    """

    unit: Unit
    limit: int
    max_bytes: int | None = None
    link: int | None = None
    local_names: bool = False

    def count(self, text: str, links: Iterable[str] = ()) -> int:
        """
        Return the length of a text (NFC) in which the addresses `links` stand, each once.

        `weighted` sees the addresses itself, as X does: an address that is not among the links costs as much.
        """
        if self.unit == "weighted":
            return weight(text, self.link)
        each = tuple(links)
        size = _length(text, self.unit) + sum(self._saved(link) for link in each)
        return size - self._unsaid(text, each) if self.local_names else size

    def _unsaid(self, text: str, links: tuple[str, ...]) -> int:
        """Return what the servers of names take that does not count; a name inside an address is part of the address."""
        for link in links:
            text = text.replace(link, " " * len(link), 1)
        return sum(_length(name[0], self.unit) - _length(name[1], self.unit) for name in _NAME.finditer(text))

    def _saved(self, link: str) -> int:
        """Return what a link counts more than its letters."""
        size = _length(link, self.unit)
        if self.link is None or (size > self.link and not is_address(link)):
            return 0
        return self.link - size

    def fits(self, text: str, links: Iterable[str] = ()) -> bool:
        """Return whether a post of this text is taken."""
        within = self.max_bytes is None or len(text.encode()) <= self.max_bytes
        return within and self.count(text, links) <= self.limit


def graphemes(text: str) -> tuple[str, ...]:
    """Return the extended grapheme clusters of a text (UAX #29): what a reader calls one letter."""
    return tuple(_GRAPHEME.findall(text))


def _length(text: str, unit: Unit) -> int:
    match unit:
        case "graphemes":
            return len(graphemes(text))
        case "utf16":
            return len(text.encode("utf-16-le")) // 2
        case "bytes":
            return len(text.encode())
        case "code points":
            return len(text)
        case "weighted":
            return weight(text, None)
