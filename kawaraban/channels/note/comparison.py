"""What is live on note against what was prepared, in words a person can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from kawaraban.channels.note.public import LiveNote
from kawaraban.channels.note.stored import Kind, Piece, Stored, normal, read_stored, same_address
from kawaraban.errors import Sentence, counted
from kawaraban.variant import Variant

STORED_HTML = "text/x-note-html"
MOST = 20
"""More differences than that are counted, not listed."""

_ANCHOR = re.compile(r"【画像\d+：[^】\n]+】")
_GRAM = 6
_NAMES: dict[Kind, Sentence] = {
    "h2": Sentence(ja="大見出し", en="heading"),
    "h3": Sentence(ja="小見出し", en="subheading"),
    "text": Sentence(ja="段落", en="paragraph"),
    "item": Sentence(ja="箇条書き", en="list item"),
    "quote": Sentence(ja="引用", en="quotation"),
    "code": Sentence(ja="コード", en="code block"),
    "image": Sentence(ja="画像", en="picture"),
}
_NO_HEADER = Sentence(ja="見出し画像がありません", en="the header picture is missing")


def stored_html(variant: Variant) -> str:
    """Return the flavour of a variant that note would store; its clipboard HTML where it has none."""
    flavours = (flavour.text for flavour in variant.flavours if flavour.media_type == STORED_HTML)
    return next(flavours, variant.body)


def live_anchors(note: LiveNote, variant: Variant) -> list[str]:
    """Return the image anchors that were left in the published text (not what the article itself says)."""
    return [found for found in _ANCHOR.findall(read_stored(note.body or "").text) if found not in variant.text]


def is_another_article(note: LiveNote, variant: Variant) -> bool:
    """Return whether the page is clearly another article: neither its title nor its text is ours."""
    if note.body is None or _likeness(normal(note.title), normal(variant.title)) >= 0.6:  # noqa: PLR2004 - half of a title may be rewritten
        return False
    return shared_text(read_stored(note.body).text, read_stored(stored_html(variant)).text) < 0.2  # noqa: PLR2004 - quotes and links in common


def shared_text(one: str, other: str) -> float:
    """Return how much of the shorter text's six-character runs the other one has (0 to 1)."""
    ours, theirs = _grams(one), _grams(other)
    return len(ours & theirs) / (min(len(ours), len(theirs)) or 1)


def differences(note: LiveNote, variant: Variant) -> tuple[Sentence, ...]:
    """Return every way in which the live note is not the variant; empty: they are equal."""
    found = list(_all_differences(note, variant))
    if len(found) > MOST:
        rest = len(found) - MOST
        return (*found[:MOST], Sentence(ja=f"ほか{rest}か所", en=f"and {rest} more"))
    return tuple(found)


def _all_differences(note: LiveNote, variant: Variant) -> Iterator[Sentence]:
    if normal(note.title) != normal(variant.title):
        yield _differs(Sentence(ja="題名", en="title"), note.title, variant.title)
    if note.body is not None:
        live, ours = read_stored(note.body), read_stored(stored_html(variant))
        yield from _text_differences(live, ours)
        yield from _image_differences(live, ours)
        yield from _link_differences(live, ours)
    yield from _frame_differences(note, variant)


def _text_differences(live: Stored, ours: Stored) -> Iterator[Sentence]:
    matcher = SequenceMatcher(None, ours.pieces, live.pieces, autojunk=False)
    for tag, start, end, live_start, live_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for mine, theirs in zip_longest(ours.pieces[start:end], live.pieces[live_start:live_end]):
            yield from _piece_difference(mine, theirs)


def _piece_difference(mine: Piece | None, theirs: Piece | None) -> Iterator[Sentence]:
    if mine is not None and theirs is None:
        yield _missing(_NAMES[mine.kind], mine.text)
    elif mine is None and theirs is not None:
        name, said = _NAMES[theirs.kind], theirs.text
        yield Sentence(
            ja=f"原稿にない{name.ja}があります：{_quoted(said)}", en=f"a {name.en} that is not ours: {_quoted_en(said)}"
        )
    elif mine is not None and theirs is not None and mine.text == theirs.text:
        before, after, said = _NAMES[mine.kind], _NAMES[theirs.kind], mine.text
        yield Sentence(
            ja=f"{before.ja}が{after.ja}になっています：{_quoted(said)}",
            en=f"the {before.en} has become a {after.en}: {_quoted_en(said)}",
        )
    elif mine is not None and theirs is not None:
        ours, there = _around_change(mine.text, theirs.text)
        yield _differs(_NAMES[mine.kind], there, ours)


def _missing(name: Sentence, said: str) -> Sentence:
    return Sentence(ja=f"{name.ja}がありません：{_quoted(said)}", en=f"the {name.en} is missing: {_quoted_en(said)}")


def _differs(name: Sentence, there: str, ours: str) -> Sentence:
    return Sentence(
        ja=f"{name.ja}が違います：{_quoted(there)}（原稿は{_quoted(ours)}）",
        en=f"the {name.en} differs: {_quoted_en(there)} (ours is {_quoted_en(ours)})",
    )


def _image_differences(live: Stored, ours: Stored) -> Iterator[Sentence]:
    there, wanted = len(live.captions), len(ours.captions)
    if there != wanted:
        yield Sentence(
            ja=f"画像が{there}枚です（原稿は{wanted}枚）",
            en=f"it has {counted(there, 'picture')} (ours has {wanted})",
        )
        return
    for number, (mine, theirs) in enumerate(zip(ours.captions, live.captions, strict=True), start=1):
        if mine == theirs:
            continue
        name = Sentence(ja=f"画像{number}の説明文", en=f"caption of picture {number}")
        if len(theirs) > len(mine) and theirs.startswith(mine):
            added = theirs[len(mine) :].strip()
            yield Sentence(
                ja=f"{name.ja}に本文が入り込んでいます：{_quoted(added)}",
                en=f"text of the article has got into the {name.en}: {_quoted_en(added)}",
            )
        else:
            yield _differs(name, theirs, mine) if theirs else _missing(name, mine)


def _link_differences(live: Stored, ours: Stored) -> Iterator[Sentence]:
    cards = {same_address(piece.text) for piece in live.pieces if piece.kind == "text"}
    for address in sorted(ours.links - live.links - cards):
        yield Sentence(ja=f"リンクがありません：{address}", en=f"a link is missing: {address}")


def _frame_differences(note: LiveNote, variant: Variant) -> Iterator[Sentence]:
    if note.tags is not None:
        ours = {normal(tag).casefold(): tag for tag in variant.head.hashtags}
        live = {normal(tag).casefold(): tag for tag in note.tags}
        yield from (_no_tag(ours[tag]) for tag in ours if tag not in live)
        yield from (_foreign_tag(live[tag]) for tag in live if tag not in ours)
    if note.has_header is False and variant.head.cover:
        yield _NO_HEADER
    if note.price:
        yield Sentence(ja=f"有料（{note.price}円）になっています", en=f"it costs money ({note.price} yen)")


def _no_tag(tag: str) -> Sentence:
    return Sentence(ja=f"タグがありません：#{tag}", en=f"a hashtag is missing: #{tag}")


def _foreign_tag(tag: str) -> Sentence:
    return Sentence(ja=f"原稿にないタグがあります：#{tag}", en=f"a hashtag that is not ours: #{tag}")


def _grams(text: str) -> frozenset[str]:
    solid = "".join(text.split())
    return frozenset(solid[index : index + _GRAM] for index in range(max(1, len(solid) - _GRAM + 1)))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _around_change(mine: str, theirs: str) -> tuple[str, str]:
    """Return both texts from a little before their first difference."""
    same = next((index for index, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), None)
    start = max(0, (min(len(mine), len(theirs)) if same is None else same) - 8)
    lead = "…" if start else ""
    return lead + mine[start:], lead + theirs[start:]


def _quoted(text: str) -> str:
    return f"「{_line(text)}」"


def _quoted_en(text: str) -> str:
    return f"`{_line(text)}`"


def _line(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:40]}…" if len(line) > 40 else line  # noqa: PLR2004 - one line of a terminal
