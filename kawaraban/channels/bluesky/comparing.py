"""A record as readers see it, compared with another, and the addresses it leads to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from kawaraban.errors import Sentence

Json = Mapping[str, Any]  # Any: JSON

_ADDRESS = regex.compile(r"https?://[^\s<>\"]+")
TEXT = Sentence(ja="本文", en="the text")
MARKS = Sentence(ja="リンクとタグ", en="links and hashtags")
CARD = Sentence(ja="カード", en="the card")
PICTURES = Sentence(ja="画像", en="the pictures")


@dataclass(frozen=True, slots=True)
class Seen:
    """
    What a reader sees of a record: text, marks (start, end, target), the card, the pictures' descriptions.

    The bytes of a picture are not compared: the same picture may have been encoded by another version.
    """

    text: str
    marks: frozenset[tuple[int, int, str]]
    card: tuple[str, str, str, bool] | None
    pictures: tuple[str, ...]

    def differences(self, other: Seen) -> tuple[Sentence, ...]:
        """Return in which of them the two differ, in words."""
        pairs = (
            (TEXT, self.text, other.text),
            (MARKS, self.marks, other.marks),
            (CARD, self.card, other.card),
            (PICTURES, self.pictures, other.pictures),
        )
        return tuple(name for name, one, another in pairs if one != another)


def seen(value: Json) -> Seen:
    """Return what a reader sees of a record's value; what is not of its form is not seen."""
    embed = _object(value.get("embed"))
    media = _object(embed.get("media")) or embed
    return Seen(
        text=str(value.get("text", "")),
        marks=frozenset(_marks(value)),
        card=_card(_object(media.get("external"))),
        pictures=tuple(str(_object(image).get("alt", "")) for image in _list(media.get("images"))),
    )


def links(value: Json) -> tuple[str, ...]:
    """Return the addresses a post leads to: its card's, those its facets mark, those that stand in its text."""
    there = seen(value)
    marked = (target for _, _, target in sorted(there.marks) if _ADDRESS.match(target))
    card = (there.card[0],) if there.card else ()
    return tuple(dict.fromkeys((*card, *marked, *_ADDRESS.findall(there.text))))


def title(value: Json) -> str:
    """Return the card's title; "" where there is none."""
    card = seen(value).card
    return card[1] if card else ""


def below(root: str, records: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the addresses of a thread's posts after its first, each answering the one before; of several the oldest."""
    following: dict[str, tuple[str, str]] = {}
    for uri, value in records.items():
        reply = _object(value.get("reply"))
        if _object(reply.get("root")).get("uri") == root:
            parent, this = str(_object(reply.get("parent")).get("uri", "")), (str(value.get("createdAt", "")), uri)
            following[parent] = min(following.get(parent, this), this)
    chain, last = [], root
    while last in following:
        last = following.pop(last)[1]
        chain.append(last)
    return tuple(chain)


def _card(external: Json) -> tuple[str, str, str, bool] | None:
    if not external:
        return None
    uri, name, description = (str(external.get(key, "")) for key in ("uri", "title", "description"))
    return uri, name, description, bool(external.get("thumb"))


def _marks(value: Json) -> Iterator[tuple[int, int, str]]:
    for facet in map(_object, _list(value.get("facets"))):
        index = _object(facet.get("index"))
        start, end = index.get("byteStart"), index.get("byteEnd")
        for feature in map(_object, _list(facet.get("features"))):
            target = next((feature[key] for key in ("uri", "tag", "did") if feature.get(key)), "")
            if isinstance(start, int) and isinstance(end, int):
                yield start, end, str(target)


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:  # Any: JSON
    return value if isinstance(value, list) else []
