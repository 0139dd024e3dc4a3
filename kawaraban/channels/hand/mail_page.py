"""The copy page of a mailing: subject, HTML and plain body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

from kawaraban.channels.packing.elements import Act, act, button, losses, part, sentence, title_line, words
from kawaraban.channels.packing.page import CopyPage, Texts, written
from kawaraban.counting import graphemes
from kawaraban.variant import Variant

_EXCERPT = 140


@dataclass(frozen=True, slots=True)
class MailSheet:
    """Everything the page shows."""

    paper: str
    variant: Variant
    record: str


def mail_page(page: MailSheet) -> str:
    """Return the page as HTML."""
    return written(
        CopyPage(
            paper=page.paper,
            window=f"メールで出す：{page.variant.title}",
            what="メールで送る記事",
            title=page.variant.title,
            sheet=tuple(_sheet(page)),
            act=_act(page),
            texts=_texts(page),
        )
    )


def _texts(page: MailSheet) -> Texts:
    variant = page.variant
    return {
        "subject": {"plain": variant.title},
        "summary": {"plain": variant.head.description},
        "body": {"html": variant.body, "plain": variant.text},
        "source": {"plain": variant.body},
        "plain-body": {"plain": variant.text},
        "record": {"plain": page.record},
    }


def _sheet(page: MailSheet) -> Iterator[HtmlElement]:
    yield title_line("メールで出す")
    yield sentence(
        "配信の画面を別の窓で開き、上から順に写して貼ってください。送ったメールは取り消せません。試し送りで確かめてから送ります。"
    )
    yield E.div(*_parts(page.variant), CLASS("parts"))
    if page.variant.losses:
        yield losses("メールで変わるところ", page.variant.losses)


def _parts(variant: Variant) -> Iterator[HtmlElement]:
    subject = button("subject", "写す", "件名を写す", leads=True)
    yield part("一", "件名", f"{len(graphemes(variant.title))}字", words(variant.title), subject)
    if variant.head.description:
        summary = button("summary", "写す", "要約を写す", also=True)
        yield part(
            "二", "要約（プリヘッダー）", f"{len(variant.head.description)}字", words(variant.head.description), summary
        )
    yield part(
        "三" if variant.head.description else "二",
        "本文",
        f"{len(variant.text):,}字",
        *_body(variant),
        button("body", "書式つきで写す", "本文を書式つきで写す", leads=True),
        button("source", "HTMLを写す", "本文のHTMLの原稿を写す", also=True),
        button("plain-body", "文字だけ写す", "本文を文字だけ写す", also=True),
    )


def _body(variant: Variant) -> Iterator[HtmlElement]:
    yield E.p(variant.text[:_EXCERPT].rstrip() + ("……" if len(variant.text) > _EXCERPT else ""), CLASS("words"))
    yield E.p(
        "画像はサイトの頁から読まれます。文字だけの本文は、HTMLを読めない人のためのものです。", CLASS("small hint")
    )
    whole = E.pre(variant.text, {"class": "body", "data-whole": ""})
    yield E.details(E.summary("文字だけの本文を見る"), whole)


def _act(page: MailSheet) -> HtmlElement:
    return act(
        Act(
            heading="送ったことを知らせる",
            done=("件名と本文を貼った", "試し送りで、リンクと画像を確かめた", "配信した"),
            record=page.record,
            hint="ウェブに残る配信なら、そのURLを入れて打ちます。なければそのまま打つと、公開済になります。",
            label="配信のURL（あれば）",
            example="https://……",
            keeps_query=True,
        )
    )
