"""Text in which links and hashtags are known by where they stand: put together, cut, and turned into parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from kawaraban.variant import Part, Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A link or a hashtag in a text: code points `start` to `end` (exclusive), and what it leads to."""

    kind: Literal["link", "tag"]
    start: int
    end: int
    target: str

    def moved(self, by: int) -> Mark:
        """Return it where the text before it is so many code points longer."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text (NFC) and its marks, in order; they do not overlap."""

    text: str = ""
    marks: tuple[Mark, ...] = ()

    @classmethod
    def link(cls, address: str) -> Marked:
        """Return an address in ASCII that stands for itself."""
        return cls(address, (Mark("link", 0, len(address), address),))

    @classmethod
    def tag(cls, name: str) -> Marked:
        """Return a hashtag with its sign."""
        return cls(f"#{name}", (Mark("tag", 0, len(name) + 1, name),))

    @classmethod
    def joined(cls, pieces: Iterable[Marked], between: str = "") -> Marked:
        """Return the pieces that are not empty one after the other, `between` between them."""
        text, marks = "", list[Mark]()
        for piece in pieces:
            if not piece.text:
                continue
            text += between if text else ""
            marks += (mark.moved(len(text)) for mark in piece.marks)
            text += piece.text
        return cls(text, tuple(marks))

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses in it, as written."""
        return tuple(self.text[mark.start : mark.end] for mark in self.marks if mark.kind == "link")

    def cut(self, start: int, end: int) -> Marked:
        """Return what stands between two places; neither is inside a mark."""
        inside = tuple(mark.moved(-start) for mark in self.marks if start <= mark.start and mark.end <= end)
        return Marked(self.text[start:end], inside)

    def part(self, pictures: tuple[str, ...] = ()) -> Part:
        """Return it as a post, its marks counted in UTF-8 bytes and proved on the bytes that are sent."""
        spans = tuple(
            Span(
                kind=mark.kind,
                start=len(self.text[: mark.start].encode()),
                end=len(self.text[: mark.end].encode()),
                target=mark.target,
            )
            for mark in self.marks
        )
        return _proved(Part(text=self.text, spans=spans, pictures=pictures))


def _proved(part: Part) -> Part:
    """No server checks the places of links and tags: one that is off by a byte would be a dead link on every reader's screen."""
    raw, before = part.text.encode(), 0
    for span in part.spans:
        said = raw[span.start : span.end].decode()
        wanted = span.target if span.kind == "link" else f"#{span.target}"
        if said != wanted or span.start < before:
            msg = f"a span does not stand on what it marks: {said!r} for {wanted!r}"
            raise AssertionError(msg)
        before = span.end
    return part
