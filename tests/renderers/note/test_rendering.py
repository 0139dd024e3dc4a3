"""The variant around the blocks: title, tags, pictures, source card, corrections, closing line, identity."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from kawaraban.article.blocks import Figure, Heading, SourceCard
from kawaraban.config import ReleaseSettings, Series
from kawaraban.errors import Blocked
from kawaraban.variant import LiveElsewhere, PublicFacts
from renderers.note import render
from renderers.note.losses import ONCE, SENTENCES, Losses
from tests.builders import channel, publication
from tests.renderers.note.articles import article, flavour, paragraph, rendered, stored

CLOSING = '<hr>\n<p>初出：<a href="https://example.com/articles/ame-no-kikikata/">汀通信</a></p>\n'


def test_every_note_ends_with_where_it_first_stood() -> None:
    assert rendered(paragraph("本文")).body == f"<p>本文</p>\n{CLOSING}"


def test_the_text_is_what_a_reader_sees_one_block_a_line() -> None:
    variant = rendered(paragraph("本文"), Figure("a.jpg", "窓の雨", ("窓",), 11))
    assert variant.text == "本文\n窓\n初出：汀通信"


def test_a_title_that_note_refuses_blocks_the_article() -> None:
    with pytest.raises(Blocked) as raised:
        rendered(title="題" * 256)
    assert str(raised.value.place) == "articles/2024/ame-no-kikikata/index.md:3"
    assert rendered(title="題" * 255).title == "題" * 255


def test_a_long_title_is_said() -> None:
    assert [loss.code for loss in rendered(title="題" * 101).losses] == ["title-length"]
    assert rendered(title="題" * 100).losses == ()


def test_a_title_has_one_line_and_no_control_characters() -> None:
    assert rendered(title="前\u202e後 \n\x07 & <b>").title == "前後 & <b>"


def test_the_titles_and_tags_of_the_channel_win() -> None:
    release = ReleaseSettings(title="note だけの題", hashtags=("手で", "選ぶ"))
    variant = rendered(tags=("雨",), channels={"note": release})
    assert (variant.title, variant.head.hashtags) == ("note だけの題", ("手で", "選ぶ"))


def test_tags_come_from_the_article_then_its_series() -> None:
    series = Series(slug="ame", name="雨の聞き方", tags=("連載", "雨"))
    made = article((), tags=("#雨", "＃傘"), series="雨の聞き方")
    variant = render(made, publication(series={"ame": series}), channel("note"), PublicFacts())
    assert variant.head.hashtags == ("雨", "傘", "連載")


def test_what_a_tag_cannot_have_is_dropped_and_said() -> None:
    names = ("B&W", "web-app", "長" * 31, *(f"札{number}" for number in range(10)))
    variant = rendered(tags=names)
    assert variant.head.hashtags == ("BW", "webapp", *(f"札{number}" for number in range(8)))
    assert {loss.code: loss.text for loss in variant.losses} == {
        "tag": "&\n-",
        "tag-length": "長" * 31,
        "tag-count": "札8\n札9",
    }


def test_the_cover_becomes_the_header_picture() -> None:
    cover = {"src": "a.jpg", "alt": "窓の雨", "caption": "窓", "credit": "撮影 甲", "focus": [0.2, 0.8]}
    variant = rendered(paragraph("本文"), cover=cover)
    header = variant.asset("header.jpg")
    assert header is not None
    assert (header.width, header.height, header.recipe.crop, header.recipe.focus) == (1280, 670, True, (0.2, 0.8))
    assert variant.head.cover == "header.jpg"
    assert "<p>見出し画像：窓（撮影 甲）</p>" in variant.body


def test_pictures_are_numbered_and_come_in_a_form_that_note_takes() -> None:
    figures = (
        Figure("moji.webp", "文字", (), 10),
        Figure("雨傘.png", "傘", ("傘の図",), 11),
        Figure("a.jpg", "", (), 12),
    )
    assets = rendered(*figures).assets
    assert [asset.name for asset in assets] == ["01-moji.png", "02-picture.png", "03-a.jpg"]
    assert [(asset.alt, asset.caption) for asset in assets] == [("文字", ""), ("傘", "傘の図"), ("", "")]
    assert {asset.media_type for asset in assets} <= {"image/jpeg", "image/png", "image/gif"}
    assert {asset.recipe.max_bytes for asset in assets} == {10_000_000}


def test_the_source_card_opens_the_note_unless_it_has_its_place() -> None:
    source = {
        "title": "雨の記録",
        "publication": "気象の友",
        "date": "2024-06-16",
        "author": "乙",
        "url": "https://e.jp/",
    }
    card = '<p><strong>題材：<a href="https://e.jp/">雨の記録</a></strong><br>掲載：気象の友<br>日付：2024年6月16日<br>筆者：乙</p>'
    assert rendered(paragraph("本文"), sources=(source,)).body == f"{card}\n<p>本文</p>\n{CLOSING}"
    assert rendered(paragraph("本文"), SourceCard(11), sources=(source,)).body == f"<p>本文</p>\n{card}\n{CLOSING}"


def test_corrections_are_shown() -> None:
    variant = rendered(paragraph("本文"), corrections=({"date": "2024-07-01", "text": "数を直しました。"},))
    assert "<h3>訂正</h3>\n<p>2024年7月1日　数を直しました。</p>" in variant.body


def test_rendering_twice_gives_the_same_variant() -> None:
    blocks = (Heading(2, ("題",), "dai", 10), paragraph("本文"), paragraph("本文"), Figure("a.jpg", "窓", (), 12))
    assert rendered(*blocks) == rendered(*blocks)
    assert rendered(*blocks).digest == rendered(*blocks).digest


def test_what_happens_elsewhere_never_changes_a_note() -> None:
    made, note = article((paragraph("本文"),)), channel("note")
    live = {"note": LiveElsewhere("https://note.com/x/n/nabc", datetime(2024, 11, 5, tzinfo=UTC))}
    published = datetime(2024, 11, 4, tzinfo=UTC)
    before = render(made, publication(), note, PublicFacts())
    assert render(made, publication(), note, PublicFacts(published=published, live=live)).digest == before.digest


def test_what_note_does_not_show_does_not_change_its_digest() -> None:
    before = rendered(paragraph("本文"))
    assert rendered(paragraph("本文"), description="別の説明", updated="2024-07-01").digest == before.digest
    assert rendered(paragraph("本文。")).digest != before.digest


def test_block_ids_are_stable_and_unique() -> None:
    before = re.findall(r'id="([^"]+)"', stored(paragraph("甲"), paragraph("乙"), paragraph("甲")))
    after = re.findall(r'id="([^"]+)"', stored(paragraph("新"), paragraph("甲"), paragraph("乙"), paragraph("甲")))
    assert len(set(after)) == 4
    assert after[1:] == before


def test_the_flavours_are_markdown_and_the_stored_html() -> None:
    variant = rendered(paragraph("本文"))
    assert flavour(variant, "text/markdown").startswith("本文\n\n---\n")
    assert ' id="' in flavour(variant, "text/x-note-html")
    assert ' id="' not in variant.body


def test_what_happens_once_is_said_so_in_english() -> None:
    assert set(ONCE) == {code for code, sentence in SENTENCES.items() if "{n}" in sentence.en}
    assert all(said.startswith("1 ") for said in ONCE.values())
    once, twice = Losses(), Losses()
    for losses in (once, twice, twice):
        losses.note("definition-list", 3)
    assert [loss.what_en for losses in (once, twice) for loss in losses.declared()] == [
        "1 glossary becomes bold terms with its text.",
        "2 glossaries become bold terms with their text.",
    ]
