"""note's copy page: title, body, pictures, tags; or what changes in a note that is out already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html
from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

from kawaraban.channels.note.change_page import change_parts, change_texts
from kawaraban.channels.note.changes import ChangeSheet
from kawaraban.channels.note.outline import Outline, anchor
from kawaraban.channels.note.steps import Step
from kawaraban.channels.packing import elements
from kawaraban.channels.packing.elements import Act, Picture, act, button, part, picture_row, words
from kawaraban.channels.packing.page import CopyPage, written
from kawaraban.variant import Variant

_EXCERPT = 140


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the page shows; `changes` where the note is out already."""

    paper: str
    variant: Variant
    markdown: str
    shape: Outline
    pictures: tuple[Picture, ...]
    steps: tuple[Step, ...]
    changes: ChangeSheet | None
    record: str


def copy_page(page: Sheet) -> str:
    """Return the page as HTML."""
    return written(
        CopyPage(
            paper=page.paper,
            window=f"noteへ手で出す：{page.variant.title}",
            what="noteに出す記事",
            title=page.variant.title,
            sheet=tuple(_sheet_parts(page)),
            act=_act(page),
            texts=_texts(page),
        )
    )


def _texts(page: Sheet) -> dict[str, dict[str, str]]:
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


def _sheet_parts(page: Sheet) -> Iterator[HtmlElement]:
    changing = page.changes is not None
    yield elements.title_line("noteを直す" if changing else "noteへ手で出す")
    yield elements.sentence(_sentence(page.changes))
    if page.changes is not None:
        yield change_parts(page.changes)
    if page.changes is None or page.changes.whole:
        yield E.div(*_parts(page), CLASS("parts"))
    else:
        summary = E.summary("全文を貼り直すとき")
        yield E.details(summary, E.div(*_parts(page), CLASS("parts")), CLASS("again"))
    if page.variant.losses:
        yield elements.losses("noteで変わるところ", page.variant.losses)


def _sentence(changes: ChangeSheet | None) -> str:
    if changes is None:
        return "noteの編集画面を別の窓で開き、上から順に写して貼ってください。最後に、出した記事のURLを知らせます。"
    if changes.is_empty:
        return "人の手で直すところはありません。"
    if changes.whole:
        return "直すところを一つずつ示せないので、本文をすべて貼り直してください。編集画面で本文を全選択して消してから貼ります。"
    return "公開中の記事の編集画面を開き、上から順に、探して入れ替えてください。"


def _parts(page: Sheet) -> Iterator[HtmlElement]:
    shape, variant = page.shape, page.variant
    yield part(
        "一",
        "題名",
        f"{len(variant.title)}字",
        words(variant.title),
        button("title", "写す", "題名を写す", leads=True),
    )
    counts = [f"{shape.characters:,}字", f"見出し{shape.headings}"]
    counts += [f"図{len(shape.pictures)}"] if shape.pictures else []
    body_buttons = (
        button("body", "書式つきで写す", "本文を書式つきで写す", leads=True),
        button("plain-body", "文字だけ写す", "本文を文字だけ写す", also=True),
    )
    yield part("二", "本文", "　".join(counts), *_body_words(page), *body_buttons)
    if page.pictures:
        items = (_picture(picture, page.shape) for picture in page.pictures)
        where = E.p("ファイルはこの頁と同じフォルダーにあります。", CLASS("small hint"))
        yield part("三", "画像", f"{len(page.pictures)}枚", E.ul(*items, CLASS("pictures")), where)
    tags = "　".join(f"#{tag}" for tag in variant.head.hashtags)
    if tags:
        yield part(
            "四" if page.pictures else "三",
            "ハッシュタグ",
            f"{len(variant.head.hashtags)}個（10個まで）",
            words(tags),
            button("tags", "写す", "ハッシュタグを写す", leads=True),
        )


def _body_words(page: Sheet) -> Iterator[HtmlElement]:
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
    said = [f"説明文　{asset.caption}"] if asset.caption and number else []
    said += [f"代替テキスト　{asset.alt}"] if asset.alt else []
    copies = (
        [button(f"caption-{number}", "説明文を写す", f"図{number}の説明文を写す")] if asset.caption and number else []
    )
    return picture_row(picture, name, said, copies)


def _act(page: Sheet) -> HtmlElement:
    return act(
        Act(
            heading="出した記事のURLを知らせる",
            done=tuple(step.done for step in page.steps[:-1]),
            record=page.record,
            hint="URL のところに記事のURLを入れて打ちます。読み返して、合っていれば公開済になり、サイトの告知がリンクに変わります。",
            label="出した記事のURL",
            example="https://note.com/……/n/……",
            more="くわしい手順は checklist.md にあります。",
        )
    )
