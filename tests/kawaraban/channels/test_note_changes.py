"""The change sheet, carried out to the letter by somebody who only reads it: the note becomes the new text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from kawaraban.channels.note.change_page import change_parts, change_texts
from kawaraban.channels.note.changes import ChangeSheet, change_sheet
from kawaraban.channels.note.outline import outline
from kawaraban.variant import Asset, Variant
from tests.kawaraban.channels.note_house import picture, variant

REST = "".join(f"<p>動かない段落{number}。{'川べりの道を歩く。' * 6}</p>\n" for number in "甲乙丙")


def noted(body: str, **changes: Any) -> Variant:
    """A variant whose long rest never changes, so that the sheet stays a sheet."""
    return variant(body + REST, **changes)


# --- a person with the sheet in hand --------------------------------------------------------------------------------


@dataclass
class Editor:
    """note's editor as the person sees it: blocks, each its lines of words; a picture is a number and its words."""

    blocks: list[list[str]]
    title: str
    tags: list[str]

    @classmethod
    def open(cls, live: Variant) -> Editor:
        return cls(seen(live), live.title, list(live.head.hashtags))

    def found(self, words: str) -> int:
        """Ctrl+F: exactly one block may have the words."""
        if "枚目の画像" in words:
            nth = int(words.partition("枚")[0])
            return [index for index, block in enumerate(self.blocks) if block[0] == "画像"][nth - 1]
        searched = words.strip("…")
        hits = [index for index, block in enumerate(self.blocks) if any(searched in line for line in block)]
        assert len(hits) == 1, f"{searched} stands in {len(hits)} places"
        return hits[0]


def seen(version: Variant) -> list[list[str]]:
    return [
        ["画像", block.picture.digest, block.picture.caption, block.picture.alt]
        if block.picture
        else [block.tag, *block.text.split("\n")]
        for block in outline(version).blocks
    ]


def carried_out(sheet: ChangeSheet, live: Variant, files: dict[str, Asset]) -> Editor:
    """Do what stands on the page, row by row, knowing nothing but the page and what its buttons copy."""
    editor, texts = Editor.open(live), change_texts(sheet)
    for item in change_parts(sheet):
        rows = {dt.text: dt.getnext().text_content() for dt in item.iter("dt")}
        button = item.find(".//button")
        copied = texts[button.get("data-copy")] if button is not None else {"plain": ""}
        _do(editor, rows, copied, files)
    return editor


def _do(editor: Editor, rows: dict[str, str], copied: dict[str, str], files: dict[str, Asset]) -> None:
    (place, words), (deed, said) = next(iter(rows.items())), list(rows.items())[-1]
    if place == "題名をこれに替える":
        editor.title = copied["plain"]
    elif place.startswith("公開画面でこのタグを"):
        tags = [tag.lstrip("#") for tag in words.split("　")]
        editor.tags = [tag for tag in editor.tags if tag not in tags] + (tags if "入れる" in place else [])
    elif place.startswith("見出し画像"):
        return
    else:
        index = 0 if "いちばん上" in place else editor.found(words) + ("すぐあとに" in place)
        index -= "すぐまえにある" in place
        new = _made(said, copied, files)
        if "これを足す" in rows:
            editor.blocks.insert(index, new)
        elif "消す" in rows:
            del editor.blocks[index]
        elif "箇条書きの項目" in place:
            block, searched = editor.blocks[index], words.strip("…")
            # the paragraph with the words is replaced, its own line breaks included
            line = next(at for at, line in enumerate(block) if searched in line)
            block[line : line + 1] = copied["plain"].split("\n")
        elif "説明文をこれに替える" in rows or "代替テキストをこれに替える" in rows:
            for at, name in ((2, "説明文をこれに替える"), (3, "代替テキストをこれに替える")):
                if name in rows:
                    editor.blocks[index][at] = rows[name].removeprefix("（消す）")
        else:
            assert deed == "これに替える", rows
            editor.blocks[index] = new


def _made(said: str, copied: dict[str, str], files: dict[str, Asset]) -> list[str]:
    if said.startswith("画像 images/"):
        asset = files[said.removeprefix("画像 images/").partition("　")[0]]
        return ["画像", asset.digest, asset.caption, asset.alt]
    if "html" not in copied:
        return ["?"]
    tag = html.fragment_fromstring(copied["html"]).tag
    return [str(tag), *copied["plain"].split("\n")]


def after_sheet(old: Variant, new: Variant) -> Editor:
    sheet = change_sheet(new, old)
    assert not sheet.whole
    return carried_out(sheet, old, {asset.name: asset for asset in new.assets})


# --- one edit of each kind ------------------------------------------------------------------------------------------

KASA = picture("01-kasa.jpg", caption="四本の傘", alt="黒い傘")
HEAD = "<h2>台帳</h2>\n<p>雨の翌日に頁が増える。</p>\n"
LIST = "<ul><li><p>親</p><ul><li><p>子の一</p></li><li><p>子の二</p></li></ul></li></ul>\n"
IMAGE = "<p>【画像1：01-kasa.jpg】</p>\n"
BODY = HEAD + "<hr>\n" + LIST + IMAGE + "<p>はい。</p>\n<hr>\n<p>はい。</p>\n"

EDITS: dict[str, tuple[str, dict[str, Any]]] = {
    "a heading": (BODY.replace("台帳", "忘れ物の台帳"), {}),
    "a heading's level": (BODY.replace("h2>", "h3>"), {}),
    "a paragraph": (BODY.replace("増える", "倍になる"), {}),
    "a new paragraph": (BODY.replace(LIST, f"<p>足した。</p>\n{LIST}"), {}),
    "a new first paragraph": ("<p>はじめに。</p>\n" + BODY, {}),
    "a removed paragraph": (BODY.replace("<p>雨の翌日に頁が増える。</p>\n", ""), {}),
    "a list item": (BODY.replace("子の二", "子の三"), {}),
    "a list item with a line break": (BODY.replace("子の二", "子の<br>三"), {}),
    "two list items": (BODY.replace("親", "両親").replace("子の一", "娘"), {}),
    "a new list item": (BODY.replace("<li><p>子の二</p></li>", "<li><p>子の二</p></li><li><p>子の三</p></li>"), {}),
    "another kind of list": (BODY.replace("ul>", "ol>"), {}),
    "a caption": (BODY, {"pictures": (KASA.model_copy(update={"caption": "三本の傘"}),)}),
    "a description": (BODY, {"pictures": (KASA.model_copy(update={"alt": "白い傘"}),)}),
    "a picture's bytes": (BODY, {"pictures": (picture("01-kasa.jpg", caption="四本の傘", alt="黒い傘", digest="cd"),)}),
    "a removed picture": (BODY.replace(IMAGE, ""), {"pictures": ()}),
    "a new picture": (
        "<p>【画像1：01-mae.jpg】</p>\n" + BODY.replace("【画像1：01-kasa.jpg】", "【画像2：02-kasa.jpg】"),
        {"pictures": (picture("01-mae.jpg", digest="ef"), KASA.model_copy(update={"name": "02-kasa.jpg"}))},
    ),
    "a title": (BODY, {"title": "傘は年に何本なくなるのか"}),
    "tags": (BODY, {"tags": ("雨", "駅")}),
    "a removed rule": (BODY.replace("<hr>\n", "", 1), {}),
    "a paragraph behind one that is there twice": (BODY + "<p>終わりに。</p>\n", {}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_who_follows_the_sheet_has_the_new_text(edit: str) -> None:
    body, changes = EDITS[edit]
    old = noted(BODY, pictures=(KASA,), tags=("雨", "傘"))
    new = noted(body, **{"pictures": (KASA,), "tags": ("雨", "傘"), **changes})
    editor = after_sheet(old, new)
    assert editor.blocks == seen(new)
    assert editor.title == new.title
    assert set(editor.tags) == set(new.head.hashtags)


def test_an_edited_item_is_one_small_change_and_not_the_whole_list() -> None:
    (change,) = change_sheet(noted(BODY.replace("子の二", "子の三")), noted(BODY)).changes
    assert change.old is not None
    assert change.new is not None
    assert (change.old.words, change.new.html) == ("子の二", "<p>子の三</p>")


def test_a_sentence_that_is_there_twice_is_found_by_what_stands_before_it() -> None:
    twice = "<p>問い。</p>\n<p>はい。</p>\n<p>問い直し。</p>\n<p>はい。</p>\n"
    new = noted(twice.replace("<p>問い直し。</p>\n<p>はい。", "<p>問い直し。</p>\n<p>いいえ。"))
    (change,) = change_sheet(new, noted(twice)).changes
    assert change.by_place
    assert after_sheet(noted(twice), new).blocks == seen(new)


def test_where_places_are_alike_the_whole_body_is_pasted_again() -> None:
    alike = "<p>はい。</p>\n" * 4
    assert change_sheet(
        noted(alike.replace("<p>はい。</p>\n<p>はい。", "<p>はい。</p>\n<hr>\n<p>はい。", 1)), noted(alike)
    ).whole


def test_what_stands_behind_a_list_is_put_behind_its_last_item() -> None:
    new = noted(BODY.replace(LIST, LIST + "<p>足した。</p>\n"))
    (change,) = change_sheet(new, noted(BODY)).changes
    assert change.beside is not None
    assert change.beside.words == "子の二"
    assert "この箇条書き全体のすぐあとに" in change_parts(change_sheet(new, noted(BODY))).text_content()


def test_a_long_paragraph_is_found_by_its_beginning_unless_another_begins_alike() -> None:
    start = "同じ書き出しが続いていく段落で、" * 5
    long, other = f"<p>{start}一つ目。</p>\n", f"<p>{start}二つ目。</p>\n"
    (alone,) = change_sheet(noted("<p>短い。</p>\n"), noted(long)).changes
    assert alone.old is not None
    assert len(alone.old.words) == 60
    new = noted(long + "<p>短い。</p>\n")
    (alike,) = change_sheet(new, noted(long + other)).changes
    assert alike.old is not None
    assert alike.old.words.endswith("二つ目。")
    assert after_sheet(noted(long + other), new).blocks == seen(new)


def test_a_header_picture_that_came_went_or_changed_is_said() -> None:
    header, other = picture("header.jpg"), picture("header.jpg", digest="cd")
    assert change_sheet(noted(BODY, header=header), noted(BODY)).new_header
    assert change_sheet(noted(BODY, header=other), noted(BODY, header=header)).new_header
    gone = change_sheet(noted(BODY), noted(BODY, header=header))
    assert (gone.new_header, gone.without_header, gone.is_empty) == (False, True, False)
    assert "見出し画像を外す" in change_parts(gone).text_content()


# --- any edit -------------------------------------------------------------------------------------------------------

SENTENCES = ("はい。", "いいえ。", "はい、そうです。", "傘は四本。", "そうです。", "傘")
words = st.sampled_from(SENTENCES)
lists = st.lists(words, min_size=1, max_size=3).map(
    lambda items: "<ul>" + "".join(f"<li><p>{item}</p></li>" for item in items) + "</ul>\n"
)
pieces = st.one_of(
    words.map(lambda text: f"<p>{text}</p>\n"),
    words.map(lambda text: f"<h2>{text}</h2>\n"),
    st.just("<hr>\n"),
    lists,
    st.sampled_from(["〓kasa", "〓eki"]),
)
bodies = st.lists(pieces, max_size=6)


def with_pictures(parts: list[str]) -> Variant:
    numbers, body, pictures = count(1), "", []
    for part in parts:
        if not part.startswith("〓"):
            body += part
            continue
        number, stem = next(numbers), part[1:]
        pictures.append(picture(f"{number:02d}-{stem}.jpg", caption=stem, digest={"kasa": "ab", "eki": "cd"}[stem]))
        body += f"<p>【画像{number}：{number:02d}-{stem}.jpg】</p>\n"
    return noted(body, pictures=tuple(pictures))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies, bodies)
def test_a_sheet_leads_to_the_new_text_or_says_paste_it_all_again(before: list[str], after: list[str]) -> None:
    old, new = with_pictures(before), with_pictures(after)
    sheet = change_sheet(new, old)
    if not sheet.whole:
        editor = carried_out(sheet, old, {asset.name: asset for asset in new.assets})
        assert editor.blocks == seen(new)
