"""The `:::` containers: dialogue, key points, glossary, source card, figure, notice, and channel-only text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kawaraban.article.blocks import (
    Block,
    Blocks,
    Break,
    ChannelOnly,
    Dialogue,
    Figure,
    Glossary,
    Inline,
    KeyPoint,
    KeyPoints,
    List,
    ListItem,
    Notice,
    Paragraph,
    SourceCard,
    Term,
    Turn,
)
from kawaraban.article.inlines import Element, tidy
from kawaraban.article.words import plain
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from kawaraban.article.markdown import BlockReader

_ATTRIBUTES = re.compile(r"\.(?P<name>[\w-]+)|(?P<key>[\w-]+)=(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>[^\s}]+))")
_SPEAKER = re.compile(r"^(?P<name>[^:：]{1,20}?)[:：][\s\u00a0]*")
_NAME_LIKE = re.compile(r"^[^\s、。「」『』（）()！？!?,.]{1,12}$")
_PASTED_TERM = re.compile(r"^【(?P<name>[^】]+)】")
_DEFINITION = re.compile(r"^[:：]\s*")


@dataclass(frozen=True, slots=True)
class BoxName:
    """What stands behind `:::`: a name and attributes, e.g. `{.notice about=note channels="site,rss"}`."""

    name: str
    attributes: dict[str, str]

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
    return BoxName(name, attributes)


def box(reader: BlockReader, element: Element) -> Iterator[Block]:
    """Yield the block a container stands for; the blocks inside an unknown one are kept, with a finding."""
    name = box_name(element.get("class", ""))
    make = _BOXES.get(name.name)
    if make is None:
        _unknown(reader, name.name, reader.line(element))
        yield from reader.children(element)
        return
    yield from make(reader, element, name)


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


# --- dialogue ---------------------------------------------------------------------------------------------------


def _dialogue(reader: BlockReader, element: Element, _name: BoxName) -> Iterator[Block]:
    turns: list[Turn] = []
    line = reader.line(element)
    for block in reader.children(element):
        for part in _spoken_parts(block, reader.speakers):
            turns = _with(part, turns, reader)
    yield Dialogue(tuple(turns), line)


def _spoken_parts(block: Block, speakers: frozenset[str]) -> Iterator[Block]:
    """Split a paragraph where a line begins with a known speaker: writers leave out the empty line between turns."""
    if not isinstance(block, Paragraph):
        yield block
        return
    current: list[object] = []
    for line in _lines(block.content):
        if current and _speaker(line, speakers):
            yield Paragraph(tuple(current), block.line)  # type: ignore[arg-type]  # the parts of an Inline
            current = []
        current = [*current, Break(), *line] if current else list(line)
    if current:
        yield Paragraph(tuple(current), block.line)  # type: ignore[arg-type]  # the parts of an Inline


def _with(block: Block, turns: list[Turn], reader: BlockReader) -> list[Turn]:
    if isinstance(block, Paragraph) and (found := _speaker(block.content, reader.speakers)):
        name, content = found
        return [*turns, Turn(name, (Paragraph(content, block.line),), block.line)]
    _doubt_speaker(block, reader)
    if not turns:
        message = Sentence(
            ja="対話が話者の名前で始まっていません", en="the dialogue does not begin with a speaker's name"
        )
        reader.find(
            "dialogue-without-speaker", block.line, message,
            remedy=Sentence(ja="「名前: 本文」と書き、名前を speakers に入れてください",
                            en="write `name: words`, and list the name under `speakers`"),
        )  # fmt: skip
        return [Turn("", (block,), block.line)]
    last = turns[-1]
    return [*turns[:-1], Turn(last.speaker, (*last.blocks, block), last.line)]


def _speaker(content: Inline, speakers: frozenset[str]) -> tuple[str, Inline] | None:
    first = content[0] if content else ""
    found = _SPEAKER.match(first) if isinstance(first, str) else None
    if found is None or not isinstance(first, str) or found["name"].strip() not in speakers:
        return None
    return found["name"].strip(), tidy([first[found.end() :], *content[1:]])


def _doubt_speaker(block: Block, reader: BlockReader) -> None:
    first = block.content[0] if isinstance(block, Paragraph) and block.content else ""
    found = _SPEAKER.match(first) if isinstance(first, str) else None
    if found is None or not _NAME_LIKE.match(found["name"]):
        return
    name = found["name"]
    near = difflib.get_close_matches(name, reader.speakers, 1, 0.6)
    remedy = (
        Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
        if near
        else Sentence(
            ja=f"話者なら speakers に「{name}」を加えてください", en=f"if it is a speaker, add `{name}` to `speakers`"
        )
    )
    message = Sentence(ja=f"「{name}」は話者にありません", en=f"`{name}` is not one of the speakers")
    reader.find("unknown-speaker", block.line, message, remedy=remedy)


# --- key points and glossary ------------------------------------------------------------------------------------


def _key_points(reader: BlockReader, element: Element, _name: BoxName) -> Iterator[Block]:
    line = reader.line(element)
    points: list[KeyPoint] = []
    for block in reader.children(element):
        if isinstance(block, List):
            points.extend(_point(reader, item) for item in block.items)
        elif isinstance(block, Paragraph):
            points.append(KeyPoint(block.content, (), block.line))
        else:
            yield block
    yield KeyPoints(tuple(points), line)


def _point(reader: BlockReader, item: ListItem) -> KeyPoint:
    head, *rest = item.blocks or (Paragraph((), item.line),)
    if not isinstance(head, Paragraph):
        head, rest = Paragraph((), item.line), list(item.blocks)
    details = tuple(_details(tuple(rest)))
    if any(isinstance(block, List) and _nested(block) for block in rest):
        message = Sentence(ja="ポイントの細目は一段までです", en="a key point's details have one level only")
        reader.find("key-points-depth", item.line, message, warn=True)
    return KeyPoint(head.content, details, item.line)


def _nested(block: List) -> bool:
    return any(isinstance(inner, List) for item in block.items for inner in item.blocks)


def _details(blocks: Blocks) -> Iterator[Inline]:
    for block in blocks:
        if isinstance(block, List):
            for item in block.items:
                yield from _details(item.blocks)
        elif isinstance(block, Paragraph):
            yield block.content


def definition_list(reader: BlockReader, element: Element) -> Glossary:
    """Return the glossary of a `<dl>`; several definitions of a term stand one after another."""
    terms: list[Term] = []
    for child in element:
        line = reader.line(child)
        if child.tag == "dt":
            terms.append(Term(reader.inlines.of(child), (), line))
        elif terms:
            last = terms[-1]
            terms[-1] = Term(last.name, (*last.definition, *reader.children(child)), last.line)
    return Glossary(tuple(terms), reader.line(element))


def _glossary(reader: BlockReader, element: Element, _name: BoxName) -> Iterator[Block]:
    line = reader.line(element)
    terms: list[Term] = []
    for block in reader.children(element):
        if isinstance(block, Glossary):
            terms.extend(block.terms)
        elif isinstance(block, Paragraph):
            terms = _pasted(reader, block, terms)
        elif terms:
            terms[-1] = Term(terms[-1].name, (*terms[-1].definition, block), terms[-1].line)
        else:
            yield block
    yield Glossary(tuple(terms), line)


def _pasted(reader: BlockReader, block: Paragraph, terms: list[Term]) -> list[Term]:
    """Read `【用語】定義`, on one line or two, and paragraphs that continue a definition."""
    first = block.content[0] if block.content else ""
    found = _PASTED_TERM.match(first) if isinstance(first, str) else None
    if found is None or not isinstance(first, str):
        if not terms:
            message = Sentence(ja="用語解説が用語で始まっていません", en="the glossary does not begin with a term")
            remedy = Sentence(
                ja="「用語」の行の下に「: 定義」と書いてください", en="write the term, and `: definition` under it"
            )
            reader.find("glossary-without-term", block.line, message, remedy=remedy)
            return [Term(block.content, (), block.line)]
        last = terms[-1]
        return [*terms[:-1], Term(last.name, (*last.definition, block), last.line)]
    message = Sentence(
        ja="【用語】の形は「用語」と「: 定義」に直せます", en="【term】 can be written as a term and `: definition`"
    )
    reader.find("glossary-pasted", block.line, message, warn=True)
    rest = list(tidy([first[found.end() :], *block.content[1:]]))
    while rest and isinstance(rest[0], Break):
        rest.pop(0)
    if rest and isinstance(rest[0], str):
        rest[0] = _DEFINITION.sub("", rest[0], count=1)
    definition: Blocks = (Paragraph(tidy(rest), block.line),) if rest else ()
    return [*terms, Term((found["name"],), definition, block.line)]


# --- the others -------------------------------------------------------------------------------------------------


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
    caption: list[object] = []
    for paragraph in captions:
        caption = [*caption, Break(), *paragraph.content] if caption else list(paragraph.content)
    figure = figures[0]
    written = tuple(caption) or figure.caption
    yield Figure(figure.src, figure.alt, written, figure.line)  # type: ignore[arg-type]  # the parts of an Inline


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


def split_last_line(content: Inline) -> tuple[Inline, Inline]:
    """Return the content before the last line break, and the last line."""
    last = next((index for index in range(len(content) - 1, -1, -1) if isinstance(content[index], Break)), None)
    return ((), content) if last is None else (content[:last], content[last + 1 :])


def _lines(content: Inline) -> Iterator[Inline]:
    line: list[object] = []
    for node in content:
        if isinstance(node, Break):
            yield tuple(line)  # type: ignore[arg-type]  # the parts of an Inline
            line = []
        else:
            line.append(node)
    yield tuple(line)  # type: ignore[arg-type]  # the parts of an Inline


def notice_words(notice: Notice) -> str:
    """Return the words of a notice, for finding out what it is about."""
    return "\n".join(plain(block.content) for block in notice.blocks if isinstance(block, Paragraph))


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
