"""What is live on note against what was prepared, in words a person can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from kawaraban.channels.note.public import LiveNote
from kawaraban.channels.note.stored import Kind, Piece, Stored, normal, read_stored, same_address
from kawaraban.variant import Variant

STORED_HTML = "text/x-note-html"
MOST = 20
"""More differences than that are counted, not listed."""

_ANCHOR = re.compile(r"【画像\d+：[^】\n]+】")
_GRAM = 6
_NAMES: dict[Kind, str] = {
    "h2": "大見出し",
    "h3": "小見出し",
    "text": "段落",
    "item": "箇条書き",
    "quote": "引用",
    "code": "コード",
    "image": "画像",
}


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


def differences(note: LiveNote, variant: Variant) -> tuple[str, ...]:
    """Return every way in which the live note is not the variant; empty: they are equal."""
    found = list(_all_differences(note, variant))
    if len(found) > MOST:
        return (*found[:MOST], f"ほか{len(found) - MOST}か所")
    return tuple(found)


def _all_differences(note: LiveNote, variant: Variant) -> Iterator[str]:
    if normal(note.title) != normal(variant.title):
        yield f"題名が違います：{_quoted(note.title)}（原稿は{_quoted(variant.title)}）"
    if note.body is not None:
        live, ours = read_stored(note.body), read_stored(stored_html(variant))
        yield from _text_differences(live, ours)
        yield from _image_differences(live, ours)
        yield from _link_differences(live, ours)
    yield from _frame_differences(note, variant)


def _text_differences(live: Stored, ours: Stored) -> Iterator[str]:
    matcher = SequenceMatcher(None, ours.pieces, live.pieces, autojunk=False)
    for tag, start, end, live_start, live_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for mine, theirs in zip_longest(ours.pieces[start:end], live.pieces[live_start:live_end]):
            yield _piece_difference(mine, theirs)


def _piece_difference(mine: Piece | None, theirs: Piece | None) -> str:
    if theirs is None and mine is not None:
        return f"{_NAMES[mine.kind]}がありません：{_quoted(mine.text)}"
    if mine is None and theirs is not None:
        return f"原稿にない{_NAMES[theirs.kind]}があります：{_quoted(theirs.text)}"
    if mine is None or theirs is None:
        return ""
    if mine.text == theirs.text:
        return f"{_NAMES[mine.kind]}が{_NAMES[theirs.kind]}になっています：{_quoted(mine.text)}"
    before, after = _around_change(mine.text, theirs.text)
    return f"{_NAMES[mine.kind]}が違います：{_quoted(after)}（原稿は{_quoted(before)}）"


def _image_differences(live: Stored, ours: Stored) -> Iterator[str]:
    if len(live.captions) != len(ours.captions):
        yield f"画像が{len(live.captions)}枚です（原稿は{len(ours.captions)}枚）"
        return
    for number, (mine, theirs) in enumerate(zip(ours.captions, live.captions, strict=True), start=1):
        if mine == theirs:
            continue
        if len(theirs) > len(mine) and theirs.startswith(mine):
            yield f"画像{number}の説明文に本文が入り込んでいます：{_quoted(theirs[len(mine) :].strip())}"
        elif theirs:
            yield f"画像{number}の説明文が違います：{_quoted(theirs)}（原稿は{_quoted(mine)}）"
        else:
            yield f"画像{number}の説明文がありません：{_quoted(mine)}"


def _link_differences(live: Stored, ours: Stored) -> Iterator[str]:
    cards = {same_address(piece.text) for piece in live.pieces if piece.kind == "text"}
    for address in sorted(ours.links - live.links - cards):
        yield f"リンクがありません：{address}"


def _frame_differences(note: LiveNote, variant: Variant) -> Iterator[str]:
    if note.tags is not None:
        ours = {normal(tag).casefold(): tag for tag in variant.head.hashtags}
        live = {normal(tag).casefold(): tag for tag in note.tags}
        yield from (f"タグがありません：#{ours[tag]}" for tag in ours if tag not in live)
        yield from (f"原稿にないタグがあります：#{live[tag]}" for tag in live if tag not in ours)
    if note.has_header is False and variant.head.cover:
        yield "見出し画像がありません"
    if note.price:
        yield f"有料（{note.price}円）になっています"


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
    line = " ".join(text.split())
    return f"「{line[:40]}…」" if len(line) > 40 else f"「{line}」"  # noqa: PLR2004 - one line of a terminal
