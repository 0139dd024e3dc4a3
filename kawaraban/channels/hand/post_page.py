"""The copy page of a post or a thread: each post with its length, the pictures with their alternative texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

from kawaraban.channels.packing.elements import (
    NUMBERS,
    Act,
    Picture,
    act,
    button,
    losses,
    part,
    picture_row,
    sentence,
    title_line,
    words,
)
from kawaraban.channels.packing.page import CopyPage, Texts, written
from kawaraban.counting import Measure, Unit, graphemes
from kawaraban.variant import Part, Variant

_UNITS: dict[Unit, str] = {
    "graphemes": "字",
    "weighted": "（全角は2、半角は1）",
    "utf16": "字",
    "code points": "字",
    "bytes": "バイト",
}


@dataclass(frozen=True, slots=True)
class PostSheet:
    """Everything the page shows; `again`: an earlier text was posted already."""

    paper: str
    network: str
    variant: Variant
    parts: tuple[Part, ...]
    measure: Measure | None
    pictures: tuple[Picture, ...]
    record: str
    again: bool

    @property
    def thread(self) -> bool:
        """Whether it is more than one post."""
        return len(self.parts) > 1


def post_page(page: PostSheet) -> str:
    """Return the page as HTML."""
    return written(
        CopyPage(
            paper=page.paper,
            window=f"{page.network}へ手で出す：{page.variant.title}",
            what=f"{page.network}に出す知らせ",
            title=page.variant.title,
            sheet=tuple(_sheet(page)),
            act=_act(page),
            texts=_texts(page),
        )
    )


def _texts(page: PostSheet) -> Texts:
    posts = {f"post-{number}": {"plain": one.text} for number, one in enumerate(page.parts, 1)}
    alts = {f"alt-{number}": {"plain": one.asset.alt} for number, one in enumerate(page.pictures, 1)}
    return {**posts, **alts, "record": {"plain": page.record}}


def _sheet(page: PostSheet) -> Iterator[HtmlElement]:
    yield title_line(f"{page.network}へ手で出す")
    yield sentence(_sentence(page))
    yield E.div(*_parts(page), CLASS("parts"))
    if page.variant.losses:
        yield losses(f"{page.network}で変わるところ", page.variant.losses)


def _sentence(page: PostSheet) -> str:
    posted = "前に出したものを消してから、" if page.again else ""
    if page.thread:
        return f"{posted}{len(page.parts)}件の連投です。一つ目を出し、続きは、その前の投稿への返信として順に出します。"
    return f"{posted}{page.network}の投稿の画面を別の窓で開き、写して貼ってください。"


def _parts(page: PostSheet) -> Iterator[HtmlElement]:
    for number, one in enumerate(page.parts, 1):
        name = f"投稿 {number}／{len(page.parts)}" if page.thread else "投稿"
        copies = button(f"post-{number}", "写す", f"{name}を写す", leads=True)
        yield part(_number(number), name, _count(page.measure, one), words(one.text), copies)
        if number == 1 and page.pictures:
            rows = (_picture(picture, place) for place, picture in enumerate(page.pictures, 1))
            where = E.p("一つ目の投稿に付けます。ファイルはこの頁と同じフォルダーにあります。", CLASS("small hint"))
            yield part("＋", "画像", f"{len(page.pictures)}枚", E.ul(*rows, CLASS("pictures")), where)


def _picture(picture: Picture, number: int) -> HtmlElement:
    name = f"画像{number}　{picture.asset.name}"
    alt = button(f"alt-{number}", "代替テキストを写す", f"画像{number}の代替テキストを写す")
    return picture_row(picture, name, [f"代替テキスト　{picture.asset.alt}"], [alt])


def _number(number: int) -> str:
    return NUMBERS[number - 1] if number <= len(NUMBERS) else str(number)


def _count(measure: Measure | None, one: Part) -> str:
    if measure is None:
        return f"{len(graphemes(one.text))}字"
    said = f"{measure.count(one.text, one.links)}／{measure.limit}{_UNITS[measure.unit]}"
    return said if measure.max_bytes is None else f"{said}　{len(one.text.encode())}／{measure.max_bytes}バイト"


def _act(page: PostSheet) -> HtmlElement:
    done = ["一つ目の投稿を出した" if page.thread else "投稿した"]
    done += [f"続き{len(page.parts) - 1}件を、前の投稿への返信として順に出した"] if page.thread else []
    done += [f"画像{len(page.pictures)}枚に代替テキストを付けた"] if page.pictures else []
    return act(
        Act(
            heading="出した投稿のURLを知らせる",
            done=tuple(done),
            record=page.record,
            hint="URL のところに投稿のURL（連投なら一つ目）を入れて打つと、公開済になります。読み返すことはできません。",
            label="出した投稿のURL",
            example="https://……",
            keeps_query=True,
        )
    )
