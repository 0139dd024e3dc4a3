"""How a network counts a post: in which unit, up to which limit, and what a link costs there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import regex

_GRAPHEME = regex.compile(r"\X")

Unit = Literal["graphemes", "weighted", "utf16", "code points", "bytes"]


@dataclass(frozen=True, slots=True)
class Measure:
    """
    The length a post may have on a network, and how it is counted there.

    `limit` counts in `unit` (`weighted`: twitter-text, a Japanese letter is 2); `max_bytes` is a second limit in UTF-8 bytes
    that holds as well. A link counts as `link` units whatever its length (None: as long as it is).
    """

    unit: Unit
    limit: int
    max_bytes: int | None = None
    link: int | None = None

    def count(self, text: str, links: Iterable[str] = ()) -> int:
        """Return the length of a text (NFC) in which the addresses `links` stand, each once."""
        size = _length(text, self.unit)
        if self.link is not None:
            size += sum(self.link - _length(link, self.unit) for link in links)
        return size

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
            raise NotImplementedError
