"""The change sheet's part of the copy page: find this, put that."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html
from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

from kawaraban.channels.note.changes import Change, ChangeSheet, Landmark, same_picture
from kawaraban.channels.note.outline import Block

_SHOWN = 60
_NAMES = {
    "h2": "見出し",
    "h3": "見出し",
    "p": "段落",
    "ul": "箇条書き全体",
    "ol": "箇条書き全体",
    "li": "箇条書きの項目",
    "figure": "引用",
    "pre": "コード",
    "hr": "区切り線",
}


def change_texts(sheet: ChangeSheet) -> dict[str, dict[str, str]]:
    """Return what the buttons of the sheet write."""
    texts = {"new-title": {"plain": sheet.title}} if sheet.title else {}
    if sheet.added_tags:
        texts["new-tags"] = {"plain": " ".join(f"#{tag}" for tag in sheet.added_tags)}
    for number, change in enumerate(sheet.changes, start=1):
        if (text := _copied(change)) is not None:
            texts[f"change-{number}"] = text
    return texts


def _copied(change: Change) -> dict[str, str] | None:
    """Return what a change's button writes: the new block, or a picture's caption."""
    if change.new is None:
        return None
    if change.new.picture is not None:
        return {"plain": change.new.picture.caption} if change.new.picture.caption else None
    return {"html": change.new.html, "plain": change.new.text}


def change_parts(sheet: ChangeSheet) -> HtmlElement:
    """Return the list of changes, in the order of the text."""
    return E.ul(*_items(sheet), CLASS("changes"))


def _items(sheet: ChangeSheet) -> Iterator[HtmlElement]:
    if sheet.title:
        yield _item(("題名をこれに替える", E.dd(sheet.title)), copies="new-title")
    for number, change in enumerate(sheet.changes if not sheet.whole else (), start=1):
        copies = f"change-{number}" if _copied(change) is not None else None
        yield _item(*_place(change), *_deed(change), copies=copies)
    if sheet.new_header:
        yield _item(("見出し画像を替える", E.dd("header.jpg")))
    if sheet.without_header:
        yield _item(("見出し画像を外す", E.dd("原稿から見出し画像がなくなりました")))
    if sheet.removed_tags:
        yield _item(("公開画面でこのタグを外す", E.dd("　".join(f"#{tag}" for tag in sheet.removed_tags))))
    if sheet.added_tags:
        yield _item(
            ("公開画面でこのタグを入れる", E.dd("　".join(f"#{tag}" for tag in sheet.added_tags))), copies="new-tags"
        )


def _item(*rows: tuple[str, HtmlElement], copies: str | None = None) -> HtmlElement:
    listed = [element for name, value in rows for element in (E.dt(name), value)]
    item = E.li(E.dl(*listed), {"data-part": rows[0][0]})
    if copies is not None:
        button = E.button(
            "写す", {"type": "button", "data-copy": copies, "data-leads": "", "aria-label": f"{rows[-1][0]}：写す"}
        )
        item.append(E.div(button, CLASS("buttons")))
    return item


def _place(change: Change) -> Iterator[tuple[str, HtmlElement]]:
    """Yield how the place is found."""
    if change.old is not None and not change.by_place:
        yield f"これを探す（{_name(change.old.block)}）", E.dd(_found_by(change.old))
        return
    name = _name(change.old.block) if change.old is not None else ""
    if change.beside is None:
        top = ("本文のいちばん上にある", name) if name else ("本文のいちばん上に", "（最初の段落の前）")
        yield top[0], E.dd(top[1])
    else:
        side = f"この{_name(change.beside.block)}のすぐ{'まえに' if change.leads else 'あとに'}"
        yield (f"{side}ある{name}" if name else side), E.dd(_found_by(change.beside))
    if change.old is not None and change.old.block.text:
        yield "その言葉", E.dd(_short(change.old.block.text))


def _deed(change: Change) -> Iterator[tuple[str, HtmlElement]]:
    """Yield what is done there."""
    if change.new is None:
        yield "消す", E.dd("この画像を消す" if change.old and change.old.block.picture else "これを消す")
    elif same_picture(change) and change.old is not None:
        yield from _new_words(change.old.block, change.new)
    else:
        yield ("これに替える" if change.old is not None else "これを足す"), _put(change.new)


def _new_words(old: Block, new: Block) -> Iterator[tuple[str, HtmlElement]]:
    if old.picture is None or new.picture is None:
        return
    if old.picture.alt != new.picture.alt:
        yield "代替テキストをこれに替える", E.dd(new.picture.alt or "（消す）")
    if old.picture.caption != new.picture.caption:
        yield "説明文をこれに替える", E.dd(new.picture.caption or "（消す）")


def _name(block: Block) -> str:
    return "画像" if block.picture is not None else _NAMES.get(block.tag, "段落")


def _found_by(landmark: Landmark) -> str:
    if landmark.block.picture is not None:
        caption = landmark.block.picture.caption
        return f"{landmark.number}枚目の画像" + (f"（{caption}）" if caption else "")
    before, _, behind = landmark.block.text.partition(landmark.words)
    return f"{'……' if before else ''}{landmark.words}{'……' if behind else ''}"


def _short(text: str) -> str:
    return text[:_SHOWN] + ("……" if len(text) > _SHOWN else "")


def _put(block: Block) -> HtmlElement:
    if block.picture is not None:
        said = f"　説明文　{block.picture.caption}" if block.picture.caption else ""
        said += f"　代替テキスト　{block.picture.alt}" if block.picture.alt else ""
        return E.dd(f"画像 images/{block.picture.name}{said}")
    put = E.dd({"class": "put", "data-whole": ""})
    put.append(html.fragment_fromstring(block.html))
    return put
