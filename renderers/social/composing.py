"""From words, link and hashtags to the posts of an announcement: one where it fits, a thread where the network has threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kawaraban.capabilities import Capabilities
from kawaraban.counting import Measure
from renderers.social.cutting import TooLongToCutError, cut, fits
from renderers.social.marked import Marked


class TooLongError(ValueError):
    """The words do not fit: `size` of `limit` (in bytes or in the measure's unit); `stuck`: a thing that no cut can shorten."""

    def __init__(self, text: Marked, measure: Measure, stuck: str = "") -> None:
        self.size = measure.count(text.text, text.links)
        self.limit = measure.limit
        self.in_bytes = measure.max_bytes is not None and self.size <= measure.limit
        if self.in_bytes and measure.max_bytes is not None:
            self.size, self.limit = len(text.text.encode()), measure.max_bytes
        self.stuck = stuck
        super().__init__(f"{self.size} of {self.limit}: {stuck}")


@dataclass(frozen=True, slots=True)
class Wording:
    """What is to be said: the words, whether an editor wrote them for this channel, the link ("": a card has it), the tags."""

    words: Marked
    own: bool
    link: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """The posts in order, and the tags that found no room."""

    posts: tuple[Marked, ...]
    dropped: tuple[str, ...] = ()


def composed(wording: Wording, able: Capabilities, measure: Measure) -> Composed:
    """
    Return the posts, each of which fits; raise TooLongError where that can't be.

    Hashtags give way from the last one on where words that an editor did not write for this channel (a title) would have to
    be divided for them, where there are no threads, and where they would leave the words less than half of the first post.
    """
    tags = _new(wording)
    for count in range(len(tags), -1, -1):
        kept, dropped = tags[:count], tags[count:]
        whole = _furnished(wording, kept, wording.words)
        if fits(whole, measure):
            return Composed((whole,), dropped)
        if able.threads and (wording.own or not count) and (not count or _leaves_room(wording, kept, measure)):
            return Composed(_thread(wording, kept, measure), dropped)
    raise TooLongError(_furnished(wording, (), wording.words), measure)


def _new(wording: Wording) -> tuple[str, ...]:
    """Return the tags that the words do not hold already."""
    said = {mark.target.casefold() for mark in wording.words.marks if mark.kind == "tag"}
    return tuple(tag for tag in wording.tags if tag.casefold() not in said)


def _furnished(wording: Wording, tags: Sequence[str], words: Marked) -> Marked:
    """Return words with the link and the hashtags, each on a line of its own."""
    link = "" if wording.link in wording.words.links else wording.link
    last = Marked.joined((Marked.tag(tag) for tag in tags), " ")
    return Marked.joined((words, Marked.link(link) if link else Marked(), last), "\n")


def _leaves_room(wording: Wording, tags: Sequence[str], measure: Measure) -> bool:
    around = _furnished(wording, tags, Marked())
    return measure.count(around.text, around.links) <= measure.limit // 2


def _thread(wording: Wording, tags: Sequence[str], measure: Measure) -> tuple[Marked, ...]:
    around = _furnished(wording, tags, Marked())
    if not fits(around, measure):
        raise TooLongError(around, measure, around.text)
    try:
        return tuple(cut(wording.words, measure, lambda piece: _furnished(wording, tags, piece)))
    except TooLongToCutError as error:
        raise TooLongError(error.what, measure, error.what.text) from error
