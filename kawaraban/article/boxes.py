"""The `:::` containers: dialogue, key points, glossary, source card, figure, notice, and channel-only text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kawaraban.article.blocks import Block, ChannelOnly, Figure, Notice, Paragraph, SourceCard
from kawaraban.article.dialogue import dialogue
from kawaraban.article.entries import glossary, key_points
from kawaraban.article.inlines import Element
from kawaraban.article.words import joined, plain
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from kawaraban.article.block_reader import BlockReader

_ATTRIBUTES = re.compile(r"\.(?P<name>[\w-]+)|(?P<key>[\w-]+)=(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>[^\s}]+))")


@dataclass(frozen=True, slots=True)
class BoxName:
    """
    What stands behind `:::`: a name and attributes, e.g. `{.notice about=note channels="site,rss"}`.

    `rest` is what is neither.
    """

    name: str
    attributes: dict[str, str]
    rest: str = ""

    def channels(self) -> tuple[str, ...]:
        """The channel names of `channels=`, separated by commas or spaces."""
        return tuple(filter(None, re.split(r"[,\s]+", self.attributes.get("channels", ""))))


def box_name(written: str) -> BoxName:
    """Read `dialogue`, `{.notice about=note}` or `notice {about=note}`."""
    written = written.strip()
    bare = re.match(r"^[\w-]+", written)
    name = bare[0] if bare else ""
    attributes: dict[str, str] = {}
    for found in _ATTRIBUTES.finditer(written[len(name) :]):
        if found["name"]:
            name = name or found["name"]
        else:
            attributes[found["key"]] = found["quoted"] if found["quoted"] is not None else found["plain"]
    rest = _ATTRIBUTES.sub("", written[len(bare[0]) if bare else 0 :])
    return BoxName(name, attributes, re.sub(r"[{}\s]+", " ", rest).strip())


def box(reader: BlockReader, element: Element) -> Iterator[Block]:
    """Yield the block a container stands for; the blocks inside an unknown one are kept, with a finding."""
    written = element.get("class", "")
    name = box_name(written)
    make = _BOXES.get(name.name)
    if make is None:
        _unknown(reader, name.name or written.strip(), reader.line(element))
        yield from reader.children(element)
        return
    _judge_attributes(reader, name, reader.line(element))
    yield from make(reader, element, name)


def _judge_attributes(reader: BlockReader, name: BoxName, line: int) -> None:
    known = _KNOWN_ATTRIBUTES.get(name.name, ())
    for written in [*(key for key in name.attributes if key not in known), *filter(None, [name.rest])]:
        near = difflib.get_close_matches(written, known, 1, 0.5)
        remedy = Sentence(ja="消してください", en="remove it")
        if known:
            remedy = Sentence(ja=f"書けるのは: {'、'.join(known)}", en=f"it may have: {', '.join(known)}")
        if near:
            remedy = Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
        message = Sentence(ja=f"{name.name} に「{written}」は書けません", en=f"`{name.name}` has no `{written}`")
        reader.find("unknown-attribute", line, message, remedy=remedy)


def _unknown(reader: BlockReader, name: str, line: int) -> None:
    near = difflib.get_close_matches(name, _BOXES, 1, 0.5)
    known = "、".join(_BOXES)
    remedy = (
        Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
        if near
        else Sentence(ja=f"使える囲み: {known}", en=f"known boxes: {', '.join(_BOXES)}")
    )
    message = Sentence(ja=f"「{name}」という囲みはありません", en=f"there is no box `{name}`")
    reader.find("unknown-box", line, message, remedy=remedy)


# --- the boxes ---------------------------------------------------------------------------------------------------


def _dialogue(reader: BlockReader, element: Element, _name: BoxName) -> Iterator[Block]:
    yield dialogue(reader, element)


def _key_points(reader: BlockReader, element: Element, _name: BoxName) -> Iterator[Block]:
    yield from key_points(reader, element)


def _glossary(reader: BlockReader, element: Element, _name: BoxName) -> Iterator[Block]:
    yield from glossary(reader, element)


def _source_card(reader: BlockReader, element: Element, _name: BoxName) -> Iterator[Block]:
    yield SourceCard(reader.line(element))
    yield from reader.children(element)


def _figure(reader: BlockReader, element: Element, _name: BoxName) -> Iterator[Block]:
    inside = reader.children(element)
    figures = [block for block in inside if isinstance(block, Figure)]
    captions = [block for block in inside if isinstance(block, Paragraph)]
    if len(figures) != 1 or len(figures) + len(captions) != len(inside):
        message = Sentence(ja="figure には画像一つと説明を書きます", en="a figure holds one image and its caption")
        reader.find("figure-content", reader.line(element), message)
        yield from inside
        return
    figure = figures[0]
    caption = joined([paragraph.content for paragraph in captions]) or figure.caption
    yield Figure(figure.src, figure.alt, caption, figure.line)


def _notice(reader: BlockReader, element: Element, name: BoxName) -> Iterator[Block]:
    about = name.attributes.get("about") or None
    yield Notice(reader.children(element), about, name.channels(), reader.line(element))


def _only(reader: BlockReader, element: Element, name: BoxName) -> Iterator[Block]:
    line = reader.line(element)
    if not name.channels():
        message = Sentence(ja=f"{name.name} に channels がありません", en=f"{name.name} names no channels")
        remedy = Sentence(
            ja=f'::: {{.{name.name} channels="note"}} と書いてください',
            en=f'write ::: {{.{name.name} channels="note"}}',
        )
        reader.find("box-without-channels", line, message, remedy=remedy)
    yield ChannelOnly(reader.children(element), name.channels(), name.name == "except", line)


def notice_subject(notice: Notice, channels: Collection[str]) -> str | None:
    """Return the channel a notice is about: the one it names, else the only one of `channels` whose name is in its words."""
    if notice.about is not None:
        return notice.about
    words = "\n".join(plain(block.content) for block in notice.blocks if isinstance(block, Paragraph)).casefold()
    spoken = [name for name in channels if name.casefold() in words or _SPOKEN.get(name, "\0") in words]
    return spoken[0] if len(spoken) == 1 else None


_SPOKEN = {"note": "ノート", "bluesky": "ブルースカイ", "mastodon": "マストドン", "rss": "フィード", "mail": "メール"}
_KNOWN_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "notice": ("about", "channels"),
    "only": ("channels",),
    "except": ("channels",),
}
_BOXES: dict[str, Callable[[BlockReader, Element, BoxName], Iterator[Block]]] = {
    "dialogue": _dialogue,
    "key-points": _key_points,
    "glossary": _glossary,
    "source-card": _source_card,
    "figure": _figure,
    "notice": _notice,
    "only": _only,
    "except": _only,
}
