"""What note's editor gets, block by block. Stored HTML shows ` U` where each block carries its name and id."""

from __future__ import annotations

import pytest

from kawaraban.article.blocks import (
    Block,
    Bouten,
    Break,
    Code,
    CodeSpan,
    Dialogue,
    Embed,
    Emphasis,
    Figure,
    Footnote,
    FootnoteRef,
    Footnotes,
    Foreign,
    Glossary,
    Heading,
    Image,
    KeyPoint,
    KeyPoints,
    Link,
    List,
    ListItem,
    MathBlock,
    MathSpan,
    Notice,
    Quote,
    Ruby,
    Rule,
    Strike,
    Strong,
    Table,
    Term,
    Turn,
)
from tests.renderers.note.articles import clipboard, items, loss_codes, paragraph, rendered, stored, without_ids


def kept(*blocks: Block, **options: object) -> str:
    return without_ids(stored(*blocks, **options))


def test_a_line_break_stays_inside_its_paragraph() -> None:
    blocks = (paragraph("一行目", Break(), "二行目"), paragraph("次"))
    assert kept(*blocks) == "<p U>一行目<br>二行目</p>\n<p U>次</p>"
    assert clipboard(*blocks) == "<p>一行目<br>二行目</p>\n<p>次</p>"


def test_note_has_two_levels_of_headings() -> None:
    blocks = [Heading(level, (name,), name, 10) for level, name in ((2, "A"), (3, "B"), (4, "C"), (1, "D"))]  # type: ignore[arg-type]  # the pairs are levels
    assert kept(*blocks) == "<h2 U>A</h2>\n<h3 U>B</h3>\n<h3 U>C</h3>\n<h2 U>D</h2>"
    assert rendered(*blocks).losses[0].what_ja == "深い見出し2本は小見出しになります。"


def test_a_heading_keeps_links_and_loses_marks() -> None:
    heading = Heading(2, (Strong(("重要",)), "な", Link(("話",), "https://e.jp/")), "a", 10)
    assert kept(heading) == '<h2 U>重要な<a href="https://e.jp/">話</a></h2>'
    assert loss_codes(heading) == ["heading-marks"]


def test_ruby_stays_a_notation_in_a_heading() -> None:
    assert kept(Heading(2, (Ruby("漢字", "かんじ"),), "a", 10)) == "<h2 U>｜漢字《かんじ》</h2>"


def test_emphasis_becomes_bold_and_inline_code_plain_text() -> None:
    block = paragraph(Strong(("太字",)), Strike(("消",)), Emphasis(("斜体",)), CodeSpan("code"))
    assert clipboard(block) == "<p><strong>太字</strong><s>消</s><strong>斜体</strong>code</p>"
    assert loss_codes(block) == ["emphasis", "code"]


def test_inline_code_can_stand_in_brackets() -> None:
    assert clipboard(paragraph(CodeSpan("ls")), own={"inline_code": "brackets"}) == "<p>「ls」</p>"


def test_bold_inside_bold_is_bold_once() -> None:
    assert clipboard(paragraph(Strong(("甲", Emphasis(("乙",)))))) == "<p><strong>甲乙</strong></p>"


def test_emphasis_dots_become_bold_and_foreign_words_stay() -> None:
    block = paragraph(Bouten(("点",)), Foreign(("word",), "en"))
    assert clipboard(block) == "<p><strong>点</strong>word</p>"
    assert loss_codes(block) == ["emphasis-dots"]


def test_an_address_with_brackets_stays_whole() -> None:
    assert clipboard(paragraph(Link(("文",), "https://e.jp/a_(b)"))) == '<p><a href="https://e.jp/a_(b)">文</a></p>'


def test_links_on_the_site_become_absolute() -> None:
    block = paragraph(Link(("棚",), "/archive/"), Link(("節",), "#setsu"))
    assert clipboard(block) == (
        '<p><a href="https://example.com/archive/">棚</a>'
        '<a href="https://example.com/articles/ame-no-kikikata/#setsu">節</a></p>'
    )
    assert loss_codes(block) == ["fragment-link"]


def test_lists_nest_and_items_hold_paragraphs() -> None:
    block = items("親", items("子"))
    assert kept(block) == "<ul U><li><p>親</p><ul><li><p>子</p></li></ul></li></ul>"


def test_flat_lists_mark_the_nested_items() -> None:
    block = items("親", items("子", items("孫")))
    assert (
        clipboard(block, own={"lists": "flat"})
        == "<ul><li><p>親</p></li><li><p>└ 子</p></li><li><p>　└ 孫</p></li></ul>"
    )


def test_an_ordered_list_keeps_its_first_number() -> None:
    block = items("三", "四", ordered=True, start=3)
    assert kept(block) == '<ol start="3" U><li><p>三</p></li><li><p>四</p></li></ol>'
    assert clipboard(block, own={"lists": "flat"}) == "<ul><li><p>3. 三</p></li><li><p>4. 四</p></li></ul>"


def test_lists_go_five_levels_deep_and_no_further() -> None:
    deepest = items("1", items("2", items("3", items("4", items("5", items("6", items("7")))))))
    html = clipboard(deepest)
    assert html.count("<ul>") == 5
    assert "<li><p>└ 6</p></li><li><p>└ 7</p></li>" in html
    assert loss_codes(deepest) == ["list-depth"]


def test_fifty_levels_end_at_the_fifth() -> None:
    block = items("0")
    for level in range(1, 50):
        block = items(str(level), block)
    assert clipboard(block).count("<ul>") == 5


def test_a_block_inside_an_item_interrupts_the_list_and_the_numbers_go_on() -> None:
    first = ListItem((paragraph("一"), Code("x", "", 10)), 10)
    block = List(ordered=True, items=(first, ListItem((paragraph("二"), paragraph("続き")), 10)), line=10)
    assert clipboard(block) == (
        '<ol><li><p>一</p></li></ol>\n<pre class="codeBlock"><code>x\n</code></pre>\n'
        '<ol start="2"><li><p>二<br>続き</p></li></ol>'
    )
    assert loss_codes(block) == ["list-item"]


def test_two_lists_in_one_item_become_one() -> None:
    item = ListItem((paragraph("親"), items("点"), items("番", ordered=True)), 10)
    assert (
        clipboard(List(ordered=False, items=(item,), line=10))
        == "<ul><li><p>親</p><ul><li><p>点</p></li><li><p>1. 番</p></li></ul></li></ul>"
    )


def test_each_turn_is_a_paragraph_that_opens_with_its_speaker() -> None:
    turns = (Turn("甲", (paragraph("やあ。"), paragraph("それで。")), 10), Turn("乙", (), 11))
    block = Dialogue(turns, 10)
    assert kept(block) == "<p U><strong>甲：</strong>やあ。</p>\n<p U>それで。</p>\n<p U><strong>乙：</strong></p>"


def test_key_points_become_nested_lists() -> None:
    block = KeyPoints((KeyPoint(("点",), (("細目",),), 10),), 10)
    assert kept(block) == "<ul U><li><p>点</p><ul><li><p>細目</p></li></ul></li></ul>"


def test_a_glossary_becomes_bold_terms_with_their_text() -> None:
    block = Glossary((Term(("語",), (paragraph("説明"), paragraph("補足")), 10),), 10)
    assert kept(block) == "<p U><strong>語</strong><br>説明</p>\n<p U>補足</p>"
    assert loss_codes(block) == ["definition-list"]


def test_a_quote_names_its_source_in_the_caption() -> None:
    block = Quote((paragraph("本文", Break(), "二行目"),), (Link(("出典",), "https://e.jp/"),), 10)
    assert kept(block) == (
        "<figure U><blockquote><p U>本文<br>二行目</p></blockquote>"
        '<figcaption><a href="https://e.jp/">出典</a></figcaption></figure>'
    )


def test_a_quote_without_a_source_has_an_empty_caption_and_its_paragraphs_a_blank_line() -> None:
    block = Quote((paragraph("一"), paragraph("二")), (), 10)
    assert (
        clipboard(block) == "<figure><blockquote><p>一<br>　<br>二</p></blockquote><figcaption></figcaption></figure>"
    )


def test_lists_and_quotes_inside_a_quote_become_lines() -> None:
    block = Quote((paragraph("前"), items("甲", items("乙")), Quote((paragraph("中"),), ("主",), 10)), (), 10)
    assert "<p>前<br>　<br>・甲<br>　・乙<br>　<br>中<br>　<br>主</p>" in clipboard(block)


def test_code_keeps_its_lines_and_loses_its_language() -> None:
    block = Code("a < b\n\n｜x《y》", "python", 10)
    assert kept(block) == '<pre U class="codeBlock"><code>a &lt; b\n\n｜x《y》\n</code></pre>'
    assert loss_codes(block) == ["code-language"]


def test_a_mermaid_diagram_stays_code_that_note_draws() -> None:
    variant = rendered(Code("graph LR; a-->b", "mermaid", 10))
    assert variant.losses == ()
    assert "```mermaid\n" in variant.flavours[0].text


def test_a_rule_is_a_rule() -> None:
    assert kept(Rule(10)) == "<hr U>"


def test_a_picture_is_an_anchor_on_the_clipboard_and_a_figure_on_note() -> None:
    block = Figure("a.jpg", "窓の雨", ("窓",), 10)
    assert clipboard(block) == "<p>【画像1：01-a.jpg】</p>"
    assert kept(block) == (
        '<figure U><img src="https://example.com/articles/ame-no-kikikata/a-a1a1a1a1.jpg" alt="" width="620"'
        ' height="349"><figcaption>窓</figcaption></figure>'
    )


def test_a_picture_without_a_caption_has_an_empty_one() -> None:
    assert kept(Figure("雨傘.png", "傘", (), 10)).endswith(
        'width="400" height="300"><figcaption></figcaption></figure>'
    )


def test_every_figure_has_its_caption() -> None:
    html = stored(Figure("a.jpg", "", (), 10), Quote((paragraph("引用"),), (), 10), Figure("moji.webp", "", (), 10))
    assert html.count("<figure") == html.count("<figcaption") == 3


def test_ruby_is_the_notation_also_in_bold() -> None:
    assert clipboard(paragraph(Strong((Ruby("重要", "じゅうよう"),)))) == "<p><strong>｜重要《じゅうよう》</strong></p>"


def test_a_literal_bar_before_brackets_does_not_become_ruby() -> None:
    block = paragraph("縦棒｜は《書名》の前")
    assert clipboard(block) == "<p>縦棒│は《書名》の前</p>"
    (loss,) = rendered(block).losses
    assert (loss.code, loss.text) == ("ruby-notation", "｜")


def test_brackets_without_a_bar_are_left_alone() -> None:
    assert clipboard(paragraph("《書名》と a | b")) == "<p>《書名》と a | b</p>"
    assert loss_codes(paragraph("a | b")) == []


def test_formulas_use_notes_notation() -> None:
    block = paragraph("式", MathSpan("a < b"))
    assert clipboard(block) == "<p>式$${a &lt; b}$$</p>"
    assert clipboard(MathBlock("x\ny", 10)) == "<p>$$<br>x<br>y<br>$$</p>"


def test_formulas_in_headings_and_quotes_stay_text() -> None:
    assert clipboard(Heading(2, (MathSpan("x^2"),), "a", 10)) == "<h2>x^2</h2>"
    assert loss_codes(
        Quote(
            (
                paragraph(
                    MathSpan("x"),
                ),
            ),
            (),
            10,
        )
    ) == ["math-plain"]


def test_literal_dollars_do_not_become_a_formula() -> None:
    assert clipboard(paragraph("値段は $${円} です")) == "<p>値段は ＄＄{円} です</p>"


def test_a_table_becomes_a_list_of_pairs() -> None:
    block = Table((("国",), ("数",)), ((("甲",), ("1",)), (("乙",), ("2",))), ("", ""), 10, ("表題",))
    assert kept(block) == (
        "<p U><strong>表題</strong></p>\n<ul U><li><p>国: 甲 / 数: 1</p></li><li><p>国: 乙 / 数: 2</p></li></ul>"
    )
    assert loss_codes(block) == ["table"]


def test_a_table_without_rows_keeps_its_head() -> None:
    assert clipboard(Table((("国",), ("数",)), (), ("", ""), 10)) == "<ul><li><p>国 / 数</p></li></ul>"


def test_footnotes_stand_at_the_end() -> None:
    blocks = (paragraph("本文", FootnoteRef(1)), Footnotes((Footnote(1, (paragraph("説明"),), 12),), 12))
    assert kept(*blocks) == "<p U>本文（注1）</p>\n<h3 U>注</h3>\n<p U>注1 説明</p>"
    assert loss_codes(*blocks) == ["footnote"]


def test_an_address_alone_stands_alone_and_one_in_a_sentence_is_a_link() -> None:
    assert (
        clipboard(Embed("https://www.youtube.com/watch?v=x&t=1", 10))
        == "<p>https://www.youtube.com/watch?v=x&amp;t=1</p>"
    )
    assert clipboard(paragraph("見る：", Link(("https://e.jp/",), "https://e.jp/"))) == (
        '<p>見る：<a href="https://e.jp/">https://e.jp/</a></p>'
    )


def test_the_table_of_contents_stands_before_the_first_large_heading() -> None:
    blocks = (Heading(3, ("序",), "jo", 10), Heading(2, ("一",), "ichi", 11), Heading(2, ("二",), "ni", 12))
    assert kept(*blocks, own={"contents": True}) == (
        "<h3 U>序</h3>\n<table-of-contents U><br></table-of-contents>\n<h2 U>一</h2>\n<h2 U>二</h2>"
    )
    assert "table-of-contents" not in clipboard(*blocks, own={"contents": True})


def test_a_word_that_note_takes_for_a_hashtag_is_said_and_left_as_it_is() -> None:
    block = paragraph("#1 の話と ＃全角 と C# と https://e.jp/#a")
    assert clipboard(block) == '<p>#1 の話と ＃全角 と C# と <a href="https://e.jp/#a">https://e.jp/#a</a></p>'
    (loss,) = rendered(block).losses
    assert (loss.code, "#1 は" in loss.what_ja, "#a" in loss.what_ja) == ("hashtag", True, False)


def test_markup_in_the_text_is_text() -> None:
    assert clipboard(paragraph("<iframe src=x></iframe><!-- a -->")) == (
        "<p>&lt;iframe src=x&gt;&lt;/iframe&gt;&lt;!-- a --&gt;</p>"
    )


@pytest.mark.parametrize("text", ["👨‍👩‍👧 家族", "〜波", "か゛", "葛󠄀城", "\u3000全角の空き"])
def test_signs_are_kept_as_they_are(text: str) -> None:
    assert clipboard(paragraph(text)) == f"<p>{text}</p>"


def test_a_no_break_space_becomes_a_space_and_control_characters_go() -> None:
    assert clipboard(paragraph("甲\xa0乙\x07\x00丙")) == "<p>甲 乙丙</p>"


def test_notices_of_the_site_are_not_carried_anywhere_in_the_text() -> None:
    about_note = Notice((paragraph("後日noteにも載せます。"),), "note", ("site",), 10)
    of_the_site = Notice((paragraph("サイトだけの知らせ。"),), None, (), 10)
    blocks = (
        about_note,
        of_the_site,
        List(ordered=False, items=(ListItem((paragraph("項目"), about_note), 10),), line=10),
    )
    assert clipboard(*blocks) == "<ul><li><p>項目</p></li></ul>"


def test_a_notice_for_note_is_carried() -> None:
    block = Notice((paragraph("noteの方へ。"),), None, ("note",), 10)
    assert clipboard(block) == "<p>noteの方へ。</p>"


def test_an_image_inside_a_line_moves_below_its_block() -> None:
    block = items("前")
    inside = paragraph("文の", Image("a.jpg", "窓", "題"), "途中")
    assert clipboard(inside, block) == "<p>文の途中</p>\n<p>【画像1：01-a.jpg】</p>\n<ul><li><p>前</p></li></ul>"
    assert loss_codes(inside) == ["inline-image", "alt"]


def test_a_picture_that_note_cannot_take_keeps_its_words() -> None:
    assert clipboard(Figure("zu.svg", "路線図", ("図の説明",), 10)) == "<p>路線図　図の説明</p>"
    assert clipboard(Figure("https://e.jp/x.png", "外の絵", (), 10)) == '<p><a href="https://e.jp/x.png">外の絵</a></p>'
    assert loss_codes(Figure("gone.png", "", (), 10)) == ["picture"]
