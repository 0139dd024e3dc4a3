"""The change sheet's part of the copy page: find this, put that."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html
from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

from kawaraban.channels.note.changes import Change, ChangeSheet
from kawaraban.channels.note.outline import Block

_FIND = 60


def change_texts(sheet: ChangeSheet) -> dict[str, dict[str, str]]:
    """Return what the buttons of the sheet write."""
    texts = {"new-title": {"plain": sheet.title}} if sheet.title else {}
    if sheet.added_tags:
        texts["new-tags"] = {"plain": " ".join(f"#{tag}" for tag in sheet.added_tags)}
    for number, change in enumerate(sheet.changes, start=1):
        if change.new is not None and change.new.picture is None:
            texts[f"change-{number}"] = {"html": change.new.html, "plain": change.new.text}
    return texts


def change_parts(sheet: ChangeSheet) -> HtmlElement:
    """Return the list of changes, in the order of the text."""
    return E.ul(*_items(sheet), CLASS("changes"))


def _items(sheet: ChangeSheet) -> Iterator[HtmlElement]:
    if sheet.title:
        yield _item(("題名をこれに替える", E.dd(sheet.title)), copies="new-title")
    for number, change in enumerate(sheet.changes if not sheet.whole else (), start=1):
        copies = f"change-{number}" if change.new is not None and change.new.picture is None else None
        yield _item(*_told(change), copies=copies)
    if sheet.new_header:
        yield _item(("見出し画像を替える", E.dd("header.jpg")))
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


def _told(change: Change) -> Iterator[tuple[str, HtmlElement]]:
    if change.old is not None:
        yield "これを探す", E.dd(_short(change.old))
    elif change.after is not None:
        yield "このすぐあとに", E.dd(_short(change.after))
    else:
        yield "本文のいちばん上に", E.dd("（最初の段落の前）")
    if change.new is None:
        yield "消す", E.dd("この画像を消す" if change.old and change.old.picture else "これを消す")
    else:
        yield "これに替える" if change.old is not None else "これを足す", _put(change.new)


def _short(block: Block) -> str:
    if block.picture is not None:
        return f"画像（{block.picture.caption or block.picture.name}）"
    return block.text[:_FIND] + ("……" if len(block.text) > _FIND else "")


def _put(block: Block) -> HtmlElement:
    if block.picture is not None:
        caption = f"　説明文　{block.picture.caption}" if block.picture.caption else ""
        return E.dd(f"画像 images/{block.picture.name}{caption}")
    put = E.dd({"class": "put", "data-whole": ""})
    put.append(html.fragment_fromstring(block.html))
    return put
