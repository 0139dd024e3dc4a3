"""What readers elsewhere rely on: the way back, the pictures, and that nothing in a text is taken for an order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kawaraban.article.blocks import (
    Block,
    Code,
    Embed,
    Figure,
    Heading,
    Image,
    Link,
    List,
    ListItem,
    Paragraph,
    SourceCard,
)
from kawaraban.variant import Variant
from renderers.fulltext.plain import COLUMNS, width, wrapped
from tests.renderers.fulltext.places import MARKUPS, Markup, article_of, elsewhere, sample

HOSTILE = '<script>alert(1)</script> <!-- /wp:paragraph --> [gallery ids="1"] "&amp;"'


def of(markup: Markup, *blocks: Block, own: dict[str, Any] | None = None, **matter: Any) -> Variant:
    return elsewhere(article_of(blocks, **matter), markup, own=own)


def paragraph(*content: Any) -> Paragraph:
    return Paragraph(content, 3)


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_last_line_leads_to_the_original(markup: Markup) -> None:
    variant = of(markup, paragraph("文。"))
    assert 'href="https://example.com/articles/names-of-bridges/">汀通信</a>' in variant.body
    assert variant.text.splitlines()[-1].startswith("初出：汀通信")


def test_the_last_line_is_in_the_language_of_the_article_and_leads_where_it_first_stood() -> None:
    variant = of("html", paragraph("Words."), lang="en", canonical_url="https://elsewhere.example.org/bridges")
    assert (
        '<p>First published in <a href="https://elsewhere.example.org/bridges">elsewhere.example.org</a></p>'
        in variant.body
    )
    assert variant.head.canonical_url == "https://elsewhere.example.org/bridges"


def test_the_last_line_can_be_left_out() -> None:
    assert of("html", paragraph("文。"), own={"closing": False}).body == "<p>文。</p>\n"


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_text_is_never_markup_and_never_an_order(markup: Markup) -> None:
    body = of(markup, paragraph(HOSTILE), Figure("a.jpg", HOSTILE, (HOSTILE,), 3), title=HOSTILE).body
    assert "<script" not in body
    assert "&lt;!-- /wp:paragraph --&gt;" in body
    assert body.count("<!-- /wp:paragraph -->") == body.count("<!-- wp:paragraph -->")
    if markup == "blocks":
        assert "[" not in body


def test_a_title_and_a_tag_are_one_line_without_control_signs() -> None:
    variant = of("html", paragraph("文。"), title="橋\u202eの\n名前\x00", tags=["橋 ", "橋"])
    assert variant.title == "橋の 名前"
    assert variant.head.tags == ("橋",)


@pytest.mark.parametrize("markup", MARKUPS)
def test_an_address_that_could_run_something_is_no_link(markup: Markup) -> None:
    body = of(markup, paragraph(Link(("押す",), "javascript:alert(1)")), Embed("javascript:alert(1)", 4)).body
    assert "href=" not in body.partition("初出")[0]
    assert 'url":"javascript' not in body


def test_addresses_are_absolute_and_fragments_stay_in_the_page() -> None:
    there = paragraph(Link(("古い記事",), "/articles/old/"), Link(("節",), "#名札"))
    assert 'href="https://example.com/articles/old/"' in of("blocks", there).body
    assert 'href="#%E5%90%8D%E6%9C%AD"' in of("blocks", there).body
    assert 'href="https://example.com/articles/names-of-bridges/#%E5%90%8D%E6%9C%AD"' in of("mail", there).body


def test_code_alone_on_a_line_makes_no_embed_in_wordpress() -> None:
    body = of("blocks", Code("https://example.com/a\ncurl https://example.com/b", "", 3)).body
    assert "https:&#47;&#47;example.com/a\ncurl https://example.com/b" in body


def test_an_attribute_of_a_block_can_end_no_comment() -> None:
    body = of("blocks", Embed("https://example.com/a--b?x=<!-->&y=1", 3)).body
    comment = body.splitlines()[0]
    assert comment.count("--") == 2
    assert r"a\u002d\u002db" in comment


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_the_cover_goes_first_and_each_picture_once() -> None:
    variant = of(
        "blocks",
        Figure("a.jpg", "絵", (), 3),
        paragraph(Image("a.jpg", "同じ絵")),
        cover={"src": "hashi.png", "alt": "橋の絵", "credit": "編集室"},
    )
    assert [asset.name for asset in variant.assets] == ["hashi-abababab.png", "a-a1a1a1a1.jpg"]
    assert variant.head.cover == "hashi-abababab.png"
    assert variant.asset("hashi-abababab.png") == replace_alt(variant, "橋の絵")
    assert variant.body.count('src="asset:a-a1a1a1a1.jpg"') == 2
    assert '"asset":"a-a1a1a1a1.jpg"' in variant.body
    assert "<p>見出し画像：編集室</p>" in variant.body


def replace_alt(variant: Variant, alt: str) -> Any:
    return variant.assets[0].model_copy(update={"alt": alt})


def test_a_picture_is_made_as_the_place_takes_it() -> None:
    made = elsewhere(sample(), "html", media_types=frozenset({"image/jpeg"}), max_bytes=900_000, max_pixels=400_000)
    cover = made.assets[0]
    assert (cover.name, cover.media_type, cover.recipe.format) == ("hashi-abababab.jpg", "image/jpeg", "JPEG")
    assert cover.width * cover.height <= 400_000
    assert cover.recipe.max_bytes == 900_000
    assert f'src="asset:{cover.name}"' in made.body


def test_where_nothing_is_uploaded_the_sites_pictures_are_shown_and_the_cover_stands_above() -> None:
    cover = {"src": "hashi.png", "alt": "橋の絵", "caption": "夕方の橋"}
    variant = elsewhere(article_of((paragraph("文。"),), cover=cover), "html", uploads=False)
    assert variant.body.startswith(
        '<figure><img src="https://example.com/articles/names-of-bridges/hashi-abababab.png" alt="橋の絵"'
    )
    assert (variant.assets, variant.head.cover) == ((), "")
    again = elsewhere(article_of((Figure("hashi.png", "橋", (), 3),), cover=cover), "html", uploads=False)
    assert again.body.count("<img") == 1


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_picture_that_is_not_there_is_its_words_and_a_loss(markup: Markup) -> None:
    variant = of(markup, Figure("gone.png", "消えた絵", ("説明",), 7), Figure("https://e.jp/x.png", "よその絵", (), 8))
    assert "<p>消えた絵　説明</p>" in variant.body or "消えた絵　説明</p>" in variant.body
    assert 'href="https://e.jp/x.png">よその絵</a>' in variant.body
    assert [(loss.code, loss.line) for loss in variant.losses] == [("picture", 7), ("picture", 8)]


# --- what stands around the text --------------------------------------------------------------------------------------


def test_sources_stand_where_the_text_wants_them() -> None:
    sources = [{"title": "Bridges", "url": "https://example.com/b"}]
    above = of("html", paragraph("文。"), sources=sources).body
    placed = of("html", paragraph("文。"), SourceCard(4), sources=sources).body
    assert above.index("題材") < above.index("文。")
    assert placed.index("文。") < placed.index("題材")


def test_no_notice_of_another_channel_goes_along() -> None:
    assert "noteでも" not in elsewhere(sample(), "blocks").text


def test_a_headings_level_is_below_the_title() -> None:
    assert "<h2" in of("html", Heading(1, ("節",), "setsu", 3)).body


def test_a_series_or_an_article_may_say_other_tags_and_another_title() -> None:
    article = article_of((paragraph("文。"),), tags=["橋"], channels={"there": {"title": "別の題", "hashtags": ["川"]}})
    variant = elsewhere(article, "html")
    assert (variant.title, variant.head.tags) == ("別の題", ("川",))


def test_what_readers_there_do_not_see_makes_no_other_variant() -> None:
    article = sample()
    changed = replace(article, matter=article.matter.model_copy(update={"aliases": ("/articles/hashi/",)}))
    assert elsewhere(article, "blocks").digest == elsewhere(changed, "blocks").digest


# --- mail -------------------------------------------------------------------------------------------------------------


def test_a_list_within_a_list_leaves_no_gap_behind_it_in_mail() -> None:
    inner = List(ordered=False, items=(ListItem((paragraph("返事を待つ"),), 4),), line=4)
    outer = List(
        ordered=False,
        items=(ListItem((paragraph("声をかける"), inner), 3), ListItem((paragraph("綱を戻す"),), 5)),
        line=3,
    )
    body = of("mail", outer, outer).body
    assert body.count('<ul style="margin:0;') == 2
    assert body.count('<ul style="margin:0 0 1em;') == 2


# --- plain mail -------------------------------------------------------------------------------------------------------


def test_a_mails_lines_end_where_a_person_would_end_them() -> None:
    long = "橋の名前は、渡る人が付ける。「札がなくても困らない」と、毎朝そこを通る人は言う。" * 4
    lines = wrapped(long).split("\n")
    assert "".join(lines) == long
    assert all(width(line) <= COLUMNS for line in lines)
    assert not any(line[0] in "、。」" or line[-1] == "「" for line in lines)


def test_an_address_in_mail_stays_whole_however_long() -> None:
    address = "https://example.com/" + "a" * 200
    assert address in wrapped(f"続きは {address} を見よ。" * 2).split("\n")[1]


def test_letters_in_mail_keep_their_marks() -> None:
    assert wrapped("か\u3099" * 50, columns=10).split("\n")[0] == "か\u3099" * 5
