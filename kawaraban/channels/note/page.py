"""
The copy page: one self-contained file from which a person copies each part of a note, also opened from file://.

Made with lxml's builder, so that nothing of an article can become markup of the page. Its text can be selected without
scripts. The look is that of the desk ("By hand").
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from lxml import html
from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

from kawaraban.channels.note.change_page import change_parts, change_texts
from kawaraban.channels.note.changes import ChangeSheet
from kawaraban.channels.note.outline import Outline, anchor
from kawaraban.channels.note.steps import Step
from kawaraban.variant import Asset, Variant

INLINE_BYTES = 100_000
"""Pictures up to this size are in the page itself; larger ones are links to the file beside it."""

_EXCERPT = 140
_DASH = re.compile(r"[—―─]{1,2}(?=.)")
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='1' fill='%23b8301a'/%3E%3C/svg%3E"
)
_SIGN = "M2.3 2.3h11.4v11.4H2.3zM5.4 5.4h5.2v5.2H5.4z"


@dataclass(frozen=True, slots=True)
class Picture:
    """A prepared picture: its asset, its path below the package, its bytes."""

    asset: Asset
    path: str
    content: bytes

    @property
    def address(self) -> str:
        """The picture itself where it is small, else its file."""
        if len(self.content) > INLINE_BYTES:
            return self.path
        return f"data:{self.asset.media_type};base64,{base64.b64encode(self.content).decode()}"


@dataclass(frozen=True, slots=True)
class CopyPage:
    """Everything the page shows; `changes` where the note is out already."""

    paper: str
    variant: Variant
    markdown: str
    shape: Outline
    pictures: tuple[Picture, ...]
    steps: tuple[Step, ...]
    changes: ChangeSheet | None
    record: str


@lru_cache(maxsize=2)
def _sheet(name: str) -> str:
    return (files("kawaraban.channels.note") / name).read_text(encoding="utf-8")


def copy_page(page: CopyPage) -> str:
    """Return the page as HTML."""
    document = E.html(_head(page), _body(page), lang="ja")
    written: str = html.tostring(document, encoding="unicode")
    return f"<!doctype html>\n{written}\n"


def _head(page: CopyPage) -> HtmlElement:
    style, script = _sheet("page.css"), _sheet("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hashed(style)}'; script-src '{_hashed(script)}'; "
        "img-src 'self' data: file:; base-uri 'none'; form-action 'none'"
    )
    return E.head(
        E.meta(charset="utf-8"),
        E.meta({"http-equiv": "Content-Security-Policy", "content": policy}),
        E.meta(name="viewport", content="width=device-width, initial-scale=1"),
        E.meta(name="robots", content="noindex"),
        E.link(rel="icon", href=_ICON),
        E.title(f"noteへ手で出す：{page.variant.title}"),
        E.style(style),
    )


def _hashed(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _body(page: CopyPage) -> HtmlElement:
    return E.body(
        E.header(E.p(E.span("瓦", {"class": "seal", "aria-hidden": "true"}), page.paper), CLASS("bar")),
        E.main(
            E.div(E.p("noteに出す記事", CLASS("small")), _title(page.variant.title), CLASS("head")),
            E.div(E.div(*_sheet_parts(page)), _act(page), CLASS("sheet")),
            E.p({"class": "said", "id": "said", "role": "status"}),
        ),
        E.script(_json(_texts(page)), {"type": "application/json", "id": "parts"}),
        E.script(_sheet("page.js")),
    )


def _title(title: str) -> HtmlElement:
    """Return the title, which breaks before a dash that opens its second half; the text stays one string."""
    dash = _DASH.search(title)
    if dash is None or not dash.start():
        return E.h1(title)
    return E.h1(E.span(title[: dash.start()]), E.span(title[dash.start() :], CLASS("rest")))


def _json(texts: dict[str, dict[str, str]]) -> str:
    """Return JSON that can't end its script element."""
    return json.dumps(texts, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c").replace("-->", "--\\u003e")


def _texts(page: CopyPage) -> dict[str, dict[str, str]]:
    """Return what each button writes: `plain` always, `html` where it is rich."""
    variant = page.variant
    texts = {
        "title": {"plain": variant.title},
        "body": {"html": variant.body, "plain": page.markdown},
        "plain-body": {"plain": page.markdown},
        "tags": {"plain": " ".join(f"#{tag}" for tag in variant.head.hashtags)},
        "record": {"plain": page.record},
    }
    for number, asset in enumerate(page.shape.pictures, start=1):
        texts[f"caption-{number}"] = {"plain": asset.caption}
    return texts | (change_texts(page.changes) if page.changes else {})


# --- the parts ----------------------------------------------------------------------------------------------------


def _sheet_parts(page: CopyPage) -> Iterator[HtmlElement]:
    changing = page.changes is not None
    yield E.div(
        E.h2("noteを直す" if changing else "noteへ手で出す"),
        E.p(_sign(), "手動待ち", CLASS("turn")),
        CLASS("title-line"),
    )
    yield E.p(_sentence(page.changes), E.noscript(E.span(_UNSCRIPTED, CLASS("unscripted"))), CLASS("sentence"))
    if page.changes is not None:
        yield change_parts(page.changes)
    if page.changes is None or page.changes.whole:
        yield E.div(*_parts(page), CLASS("parts"))
    else:
        summary = E.summary("全文を貼り直すとき")
        yield E.details(summary, E.div(*_parts(page), CLASS("parts")), CLASS("again"))
    if page.variant.losses:
        lines = (E.li(loss.what_ja) for loss in page.variant.losses)
        yield E.div(E.p("noteで変わるところ"), E.ul(*lines), CLASS("losses small"))


_UNSCRIPTED = "ボタンが動かないときは、文字を選んで写してください。"


def _sentence(changes: ChangeSheet | None) -> str:
    if changes is None:
        return "noteの編集画面を別の窓で開き、上から順に写して貼ってください。最後に、出した記事のURLを知らせます。"
    if changes.is_empty:
        return "人の手で直すところはありません。"
    if changes.whole:
        return "直すところを一つずつ示せないので、本文をすべて貼り直してください。編集画面で本文を全選択して消してから貼ります。"
    return "公開中の記事の編集画面を開き、上から順に、探して入れ替えてください。"


def _sign() -> HtmlElement:
    sign = E.svg({"viewBox": "0 0 16 16", "aria-hidden": "true", "fill": "none", "stroke": "currentColor"})
    sign.append(E.path({"d": _SIGN, "stroke-width": "1.5"}))
    return sign


def _parts(page: CopyPage) -> Iterator[HtmlElement]:
    shape, variant = page.shape, page.variant
    yield _part(
        "一",
        "題名",
        f"{len(variant.title)}字",
        E.p(variant.title, {"class": "words", "data-whole": ""}),
        button("title", "写す", "題名を写す", leads=True),
    )
    counts = [f"{shape.characters:,}字", f"見出し{shape.headings}"]
    counts += [f"図{len(shape.pictures)}"] if shape.pictures else []
    body_buttons = (
        button("body", "書式つきで写す", "本文を書式つきで写す", leads=True),
        button("plain-body", "文字だけ写す", "本文を文字だけ写す", also=True),
    )
    yield _part("二", "本文", "　".join(counts), *_body_words(page), *body_buttons)
    if page.pictures:
        items = (_picture(picture, page.shape) for picture in page.pictures)
        where = E.p("ファイルはこの頁と同じフォルダーにあります。", CLASS("small hint"))
        yield _part("三", "画像", f"{len(page.pictures)}枚", E.ul(*items, CLASS("pictures")), where)
    tags = "　".join(f"#{tag}" for tag in variant.head.hashtags)
    if tags:
        yield _part(
            "四" if page.pictures else "三",
            "ハッシュタグ",
            f"{len(variant.head.hashtags)}個（10個まで）",
            E.p(tags, {"class": "words", "data-whole": ""}),
            button("tags", "写す", "ハッシュタグを写す", leads=True),
        )


def _part(number: str, name: str, count: str, *content: HtmlElement) -> HtmlElement:
    buttons = [element for element in content if element.tag == "button"]
    shown = [element for element in content if element.tag != "button"]
    part = E.section(
        E.p(number, {"class": "number", "aria-hidden": "true"}),
        E.div(E.h3(name), E.span(count, CLASS("count")), *shown, CLASS("shown" if buttons else "wide")),
        {"class": "part", "data-part": name, "aria-label": name},
    )
    if buttons:
        part.append(E.div(*buttons, CLASS("buttons")))
    return part


def button(copies: str, label: str, name: str, *, leads: bool = False, also: bool = False) -> HtmlElement:
    """Return a button that copies a text; `leads`: the part's own, `also`: another way to do the part."""
    marks = {"data-leads": ""} if leads else {"data-also": ""} if also else {}
    return E.button(label, {"type": "button", "data-copy": copies, "aria-label": name, **marks})


def _body_words(page: CopyPage) -> Iterator[HtmlElement]:
    text = page.variant.text
    yield E.p(text[:_EXCERPT].rstrip() + ("……" if len(text) > _EXCERPT else ""), CLASS("words"))
    if page.shape.pictures:
        first = anchor(1, page.shape.pictures[0])
        yield E.p(
            f"図の場所には {first} のように書いてあります。本文をすべて貼ってから、図に差し替えます。",
            CLASS("small hint"),
        )
    whole = html.fragment_fromstring(page.variant.body, create_parent="div")
    whole.set("class", "body")
    whole.set("data-whole", "")
    yield E.details(E.summary("全文を見る"), whole)


def _picture(picture: Picture, shape: Outline) -> HtmlElement:
    asset = picture.asset
    number = None if asset is shape.header else shape.pictures.index(asset) + 1
    name = "見出し画像" if number is None else f"図{number}　{asset.name}"
    size = f"{asset.width}×{asset.height}　{max(1, len(picture.content) // 1000):,} KB"
    rows = [E.span(name), E.span(size, CLASS("small count"))]
    rows += [E.span(f"説明文　{asset.caption}", CLASS("small"))] if asset.caption and number else []
    rows += [E.span(f"代替テキスト　{asset.alt}", CLASS("small"))] if asset.alt else []
    save = E.a(
        "保存", {"class": "button", "href": picture.address, "download": asset.name, "aria-label": f"{name}を保存"}
    )
    both = [save]
    if asset.caption and number:
        both.append(button(f"caption-{number}", "説明文を写す", f"図{number}の説明文を写す"))
    return E.li(
        E.img(src=picture.address, alt="", width=str(asset.width), height=str(asset.height)),
        E.p(*rows),
        E.div(*both, CLASS("both")),
    )


def _act(page: CopyPage) -> HtmlElement:
    items = (E.li(E.label(E.input(type="checkbox"), E.span(step.done))) for step in page.steps[:-1])
    return E.section(
        E.div(
            E.h2("貼り終えたら"),
            E.ul(*items),
            E.div(
                E.h3("出した記事のURLを知らせる"),
                E.div(
                    E.label("出した記事のURL", {"for": "url"}),
                    E.input(type="url", id="url", placeholder="https://note.com/……/n/……", autocomplete="off"),
                    {"class": "field", "hidden": ""},
                ),
                E.p(E.code(page.record, id="command")),
                E.p(
                    "URL のところに記事のURLを入れて打ちます。読み返して、合っていれば公開済になり、サイトの告知がリンクに変わります。",
                    CLASS("small"),
                ),
                button("record", "命令を写す", "記録の命令を写す"),
                CLASS("record"),
            ),
            E.p("くわしい手順は checklist.md にあります。", CLASS("small hint")),
        ),
        {"class": "act", "aria-label": "貼り終えたら"},
    )
