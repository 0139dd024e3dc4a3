"""The one Markdown parse: this house's boxes and notations, Japanese emphasis, and CommonMark as everybody reads it."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawaraban.article import markdown
from kawaraban.article.blocks import (
    Block,
    Bouten,
    ChannelOnly,
    Code,
    CodeSpan,
    Dialogue,
    Embed,
    Figure,
    FootnoteRef,
    Footnotes,
    Foreign,
    Glossary,
    Heading,
    KeyPoints,
    Link,
    MathBlock,
    MathSpan,
    Notice,
    Paragraph,
    Quote,
    Ruby,
    SourceCard,
    Strong,
    Table,
)
from kawaraban.article.words import plain
from kawaraban.errors import WrongInput
from tests.kawaraban.article import oracle, outlines

SPEAKERS = frozenset({"汀", "Lio"})
EMPHASIS = [
    "**「強調」**の",
    "これは**「重要」**です",
    "彼は**「北極星」**を失った",
    "**重要!**です",
    "値は**100%**だ",
    "*「斜体」*の語",
    "**重要(注)**です",
    "**A社**の",
    "これは~~「削除」~~です",
    "**`code`**です",
    "**太字。**次の文",
    "[**「題」**](https://example.com/x)の",
]


def parsed(text: str, first_line: int = 1) -> markdown.Parsed:
    return markdown.blocks(text, PurePosixPath("a/index.md"), first_line=first_line, speakers=SPEAKERS)


def only(text: str) -> Block:
    blocks = parsed(text).blocks
    assert len(blocks) == 1, blocks
    return blocks[0]


def codes(text: str) -> list[str]:
    return [finding.code for finding in parsed(text).findings]


@pytest.mark.parametrize("text", EMPHASIS)
def test_emphasis_works_beside_japanese_brackets(text: str) -> None:
    outline = outlines.outline(text)
    assert "*" not in outline[0]
    assert "~" not in outline[0]
    assert outline == oracle.outline(text)


LINES = st.one_of(
    st.text("あいう漢字abc 。「」、", min_size=1, max_size=20),
    st.sampled_from(
        [
            "# 題",
            "## 節",
            "- 項",
            "1. 番",
            "> 引用",
            "---",
            "`code` と",
            "**強** と *斜* と",
            "~~消~~ す",
            "[名](https://example.com/)",
            "",
        ]
    ),
)


@settings(max_examples=200)
@given(st.lists(LINES, min_size=1, max_size=12))
def test_plain_commonmark_is_read_as_the_oracle_reads_it(lines: list[str]) -> None:
    text = "\n\n".join(line.strip() for line in lines) + "\n"
    assert outlines.outline(text) == oracle.outline(text)


@pytest.mark.parametrize(
    "text",
    [
        "一行目\n二行目\n\n次の段落",
        "- 親\n  - 子\n    - 孫\n- 次",
        "3. 三\n4. 四",
        "> 引用\n>\n> 二段落",
        "```py\na < b\n```",
        "## 見出し **太字**",
        "![代替](a.png)",
    ],
)
def test_structures_are_read_as_the_oracle_reads_them(text: str) -> None:
    assert outlines.outline(text) == oracle.outline(text)


def test_a_dialogue_is_turns_of_known_speakers() -> None:
    block = only("::: dialogue\n汀: 雨です。\n\nLio：\u00a0そうですね。\n\n続けて言います。\n:::\n")
    assert isinstance(block, Dialogue)
    assert [(turn.speaker, len(turn.blocks)) for turn in block.turns] == [("汀", 1), ("Lio", 2)]
    assert block.turns[1].line == 4


def test_turns_without_an_empty_line_between_them_are_still_turns() -> None:
    block = only("::: dialogue\n汀: 一。\nLio: 二。\n:::\n")
    assert isinstance(block, Dialogue)
    assert [turn.speaker for turn in block.turns] == ["汀", "Lio"]


def test_a_name_in_bold_opens_a_turn() -> None:
    block = only("::: dialogue\n**汀**: 雨。\n\n**Lio：** 風。\n:::\n")
    assert isinstance(block, Dialogue)
    assert [(turn.speaker, turn.line) for turn in block.turns] == [("汀", 2), ("Lio", 4)]


def test_a_turn_stands_on_its_own_line() -> None:
    block = only("::: dialogue\n汀: 一\n続き\nLio: 二\n:::\n")
    assert isinstance(block, Dialogue)
    assert [(turn.speaker, turn.line) for turn in block.turns] == [("汀", 2), ("Lio", 4)]


def test_a_misspelt_name_is_found_also_inside_a_paragraph_and_an_example_is_not() -> None:
    text = "::: dialogue\n汀: 一\nLia: 二\n例: これは例\n:::\n"
    assert [(one.code, one.line) for one in parsed(text).findings] == [("unknown-speaker", 3)]


@pytest.mark.parametrize(("outer", "inner"), [(":::", ":::"), ("::::", ":::"), (":::", ":::::"), ("  :::", ":::")])
def test_boxes_nest_whatever_the_length_of_their_fences(outer: str, inner: str) -> None:
    text = f"{outer} {{.only channels=note}}\n\n{inner} dialogue\n汀: 雨。\n{inner}\n\nあと\n{outer}\n\n外\n"
    box, outside = parsed(text).blocks
    assert isinstance(box, ChannelOnly)
    assert [type(block) for block in box.blocks] == [Dialogue, Paragraph]
    assert isinstance(outside, Paragraph)
    assert codes(text) == []


def test_colons_in_code_inside_a_box_close_nothing() -> None:
    text = "::: {.only channels=note}\n```\n::: dialogue\n:::\n```\n:::\n"
    box = only(text)
    assert isinstance(box, ChannelOnly)
    assert [block.text for block in box.blocks if isinstance(block, Code)] == ["::: dialogue\n:::"]
    assert codes(text) == []


def test_a_fence_may_end_in_colons_and_stand_in_a_quote_or_a_list() -> None:
    assert isinstance(only("::: dialogue :::\n汀: 雨。\n:::::\n"), Dialogue)
    assert codes("> ::: dialogue\n> 汀: 雨。\n> :::\n\n1.  ::: dialogue\n    汀: 雨。\n    :::\n") == []
    assert codes("    ::: dialogue\n\n本文\n") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("::: dialogue\n汀: 雨。\n\n## 節\n\n::: key-points\n- 点\n:::\n", [("box-not-closed", 1)]),
        ("前\n\n::: dialogue\n::: notice\nnote\n", [("box-not-closed", 3), ("box-not-closed", 4)]),
        ("```\n:::\n```python\n::: x\n```\n", []),
        ("本文\n:::\n\n::: dialogue\n汀: 雨。\n:::\n", [("box-not-opened", 2)]),
    ],
)
def test_a_box_left_open_is_found_with_its_opening_line(text: str, found: list[tuple[str, int]]) -> None:
    findings = parsed(text).findings
    assert [(one.code, one.line) for one in findings if one.code.startswith("box-")] == found


def test_an_unknown_speaker_is_found_with_a_near_name() -> None:
    findings = parsed("::: dialogue\n汀: 雨。\n\nLia: 風。\n:::\n").findings
    assert [(finding.code, finding.line) for finding in findings] == [("unknown-speaker", 4)]
    assert findings[0].remedy is not None
    assert "Lio" in findings[0].remedy.ja


def test_pasted_terms_need_no_empty_lines_between_them() -> None:
    block = only("::: glossary\n【用語】定義\n【次】\nその定義\n:::\n")
    assert isinstance(block, Glossary)
    assert [(plain(term.name), term.line) for term in block.terms] == [("用語", 2), ("次", 3)]


def test_notes_keep_their_numbers_when_one_has_two_texts() -> None:
    blocks = parsed("一[^a]と二[^b]\n\n[^A]: 旧\n[^a]: 新\n\n[^b]: い\n").blocks
    notes = blocks[-1]
    assert isinstance(notes, Footnotes)
    assert [note.number for note in notes.notes] == [1, 2]
    second = notes.notes[1].blocks[0]
    assert isinstance(second, Paragraph)
    assert plain(second.content) == "い"


def test_key_points_have_details() -> None:
    block = only("::: key-points\n- 点\n  - 細目\n  - もう一つ\n- 次\n:::\n")
    assert isinstance(block, KeyPoints)
    assert [(plain(point.point), [plain(detail) for detail in point.details]) for point in block.points] == [
        ("点", ["細目", "もう一つ"]),
        ("次", []),
    ]


@pytest.mark.parametrize(
    "inside",
    ["用語\n: 定義\n\n次\n: その定義", "用語\n\n: 定義\n\n次\n\n: その定義", "【用語】定義\n\n【次】\nその定義"],
)
def test_a_glossary_is_terms_however_it_was_pasted(inside: str) -> None:
    block = only(f"::: glossary\n{inside}\n:::\n")
    assert isinstance(block, Glossary)
    assert [
        (plain(term.name), [plain(part.content) for part in term.definition if isinstance(part, Paragraph)])
        for term in block.terms
    ] == [
        ("用語", ["定義"]),
        ("次", ["その定義"]),
    ]


@pytest.mark.parametrize(
    ("name", "about", "channels"),
    [
        ("{.notice about=note channels=site}", "note", ("site",)),
        ('{.notice about="note" channels="site, rss"}', "note", ("site", "rss")),
        ("notice", None, ()),
    ],
)
def test_a_notice_says_what_it_is_about_and_where_it_stands(
    name: str, about: str | None, channels: tuple[str, ...]
) -> None:
    block = only(f"::: {name}\n近日中に。\n:::\n")
    assert isinstance(block, Notice)
    assert (block.about, block.channels) == (about, channels)


def test_text_for_some_channels_only() -> None:
    block = only('::: {.except channels="rss"}\n本文\n:::\n')
    assert isinstance(block, ChannelOnly)
    assert (block.channels, block.excluded) == (("rss",), True)
    assert codes("::: {.only}\n本文\n:::\n") == ["box-without-channels"]


def test_an_unknown_box_keeps_its_text_and_says_what_it_may_be() -> None:
    result = parsed("::: dialog\n本文\n:::\n")
    assert [finding.code for finding in result.findings] == ["unknown-box"]
    assert isinstance(result.blocks[0], Paragraph)


def test_a_figure_has_its_caption_from_the_title_or_the_box() -> None:
    assert only('![代替](a.png "説明")') == Figure("a.png", "代替", ("説明",), 1)
    boxed = only("::: figure\n![代替](a.png)\n\n**長い**説明\n:::\n")
    assert isinstance(boxed, Figure)
    assert plain(boxed.caption) == "長い説明"


def test_notations_of_the_house() -> None:
    block = only("｜北極星《ほっきょくせい》と[点]{.bouten}と[**word**]{lang=en}と\\｜逃《のが》す")
    assert isinstance(block, Paragraph)
    assert block.content == (
        Ruby("北極星", "ほっきょくせい"),
        "と",
        Bouten(("点",)),
        "と",
        Foreign((Strong(("word",)),), "en"),
        "と｜逃《のが》す",
    )


def test_notations_are_left_alone_in_code() -> None:
    block = only("`｜北《きた》`")
    assert isinstance(block, Paragraph)
    assert block.content == (CodeSpan("｜北《きた》"),)


def test_a_quote_ends_with_its_source() -> None:
    block = only("> 本文\n> —— [出典](https://example.com/)")
    assert isinstance(block, Quote)
    assert plain(block.source) == "出典"
    assert isinstance(block.source[0], Link)


def test_a_line_of_dashes_names_no_source() -> None:
    block = only("> 本文\n> ——")
    assert isinstance(block, Quote)
    assert block.source == ()
    assert "——" in "".join(plain(part.content) for part in block.blocks if isinstance(part, Paragraph))


def test_a_row_with_more_cells_than_the_head_is_found() -> None:
    found = parsed("| a | b |\n|---|---|\n| 1 | 2 |\n| 一 | 二 | 三 |\n| \\| | x |\n").findings
    assert [(one.code, one.line) for one in found] == [("table-cells", 4)]


def test_a_caption_may_follow_a_table_that_has_none() -> None:
    first, second = parsed("| a |\n|---|\n| 1 |\n\n表: 次の題\n\n| b |\n|---|\n| 2 |\n\nTable: この題は遅い\n").blocks[
        :2
    ]
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert (plain(first.caption), plain(second.caption)) == ("", "次の題")
    last = only("| a |\n|---|\n| 1 |\n\nTable: 題\n")
    assert isinstance(last, Table)
    assert plain(last.caption) == "題"


def test_a_table_takes_the_caption_before_it() -> None:
    block = only("表: 題\n\n| a | b |\n|---|--:|\n| 1 |\n")
    assert isinstance(block, Table)
    assert (plain(block.caption), block.align, block.rows) == ("題", ("", "right"), ((("1",), ()),))


def test_maths_and_money() -> None:
    inline = only("値は $x<1$ で、$100と$200です")
    assert isinstance(inline, Paragraph)
    assert inline.content[1] == MathSpan("x<1")
    assert "$100と$200" in plain(inline.content)
    assert only("$$\nx^2\n$$") == MathBlock("x^2", 1)


@pytest.mark.parametrize(
    "money",
    ["$100と$200", "価格は$5、会費は$6です", "US$100、HK$200と$300", "$5から$10、そして$", "AU$5/CA$6", "$ 5 と $ 6"],
)
def test_sums_of_money_are_words(money: str) -> None:
    block = only(money)
    assert isinstance(block, Paragraph)
    assert block.content == (money,)


def test_japanese_in_a_formula_stays_one_where_tex_says_it_is_text() -> None:
    block = only(r"$v_{\text{水の}}$ です")
    assert isinstance(block, Paragraph)
    assert block.content[0] == MathSpan(r"v_{\text{水の}}")


def test_footnotes_are_numbered_by_first_mention_and_stand_last() -> None:
    blocks = parsed("一[^b]と二[^a]と[^b]。\n\n[^a]: あ\n[^b]: い\n").blocks
    first, notes = blocks
    assert isinstance(first, Paragraph)
    assert [node for node in first.content if isinstance(node, FootnoteRef)] == [
        FootnoteRef(1, 1),
        FootnoteRef(2, 1),
        FootnoteRef(1, 2),
    ]
    assert isinstance(notes, Footnotes)
    texts = [note.blocks[0] for note in notes.notes]
    assert [plain(text.content) for text in texts if isinstance(text, Paragraph)] == ["い", "あ"]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://example.com/x", "https://example.com/x"),
        ("https://example.com/a_b_c*d*?e=$f$", "https://example.com/a_b_c*d*?e=$f$"),
        ("<https://example.com/x>", "https://example.com/x"),
        (r"https://example.com/a\_b?c=1&amp;d=2", "https://example.com/a_b?c=1&d=2"),
    ],
)
def test_a_url_alone_is_an_embed(written: str, url: str) -> None:
    assert only(written) == Embed(url, 1)


def test_a_url_among_words_or_over_two_lines_is_none() -> None:
    assert isinstance(only("https://example.com/x です"), Paragraph)
    assert isinstance(only("https://example.com/x\nhttps://example.com/y"), Paragraph)


def test_a_source_card_is_a_mark() -> None:
    assert only("::: source-card\n:::\n") == SourceCard(1)


def test_lines_are_counted_in_the_file() -> None:
    blocks = parsed("段落\n\n## 節\n\n```\ncode\n```\n", first_line=12).blocks
    assert [block.line for block in blocks] == [12, 14, 16]
    assert isinstance(blocks[2], Code)


def test_headings_have_anchors_of_their_own() -> None:
    blocks = parsed("## 節 一\n\n## 節 一\n\n## ？\n").blocks
    assert [block.anchor for block in blocks if isinstance(block, Heading)] == ["節-一", "節-一-2", "section"]


def test_script_links_lose_their_target_and_keep_their_text() -> None:
    block = only("[押す](javascript:alert(1))")
    assert isinstance(block, Paragraph)
    assert block.content == ("押す",)


def test_raw_html_is_text() -> None:
    blocks = parsed("<script>alert(1)</script>\n\n段落 <b>太</b>\n").blocks
    assert (
        "".join(plain(block.content) for block in blocks if isinstance(block, Paragraph))
        == "<script>alert(1)</script>段落 <b>太</b>"
    )


MARKS = st.sampled_from([*"*_`~#>+-=:|｜《》[](){}<>!$&\\^\"'/.\n\r\t 0a雨", "\n\n", "::: ", "\n:::\n", "::: dialogue\n", "汀: ", "[^1]", "[^1]: ",
                         "$$", "```", "- ", "1. ", "> ", "|---|", "\n: ", "](", "]{.bouten}", "]{lang=en}", "![", "https://a.b/", "表: ", "—— ", "\x00",
                         "\u2028", "\x0c", "&#0;", "<!--", "\ufffe", "\ud7ff", "【", "】"])  # fmt: skip


@settings(max_examples=250)
@given(st.one_of(st.text(max_size=200), st.lists(MARKS, max_size=40).map("".join)))
def test_no_text_makes_the_parse_fail(text: str) -> None:
    for finding in parsed(text).findings:
        assert finding.line is not None
        assert 1 <= finding.line <= text.count("\n") + text.count("\r") + 1


def test_nesting_is_read_deep_and_refused_where_it_is_absurd() -> None:
    assert parsed("> " * 50 + "底").blocks
    with pytest.raises(WrongInput, match="nested too deeply") as error:
        parsed("> " * 400 + "底")
    assert error.value.place is not None


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "[a] ",
        "｜a《b》",
        "|",
        "*a* ",
        "**",
        "`",
        "$",
        "~~",
        "![",
        "<b>",
        "> ",
        "::: a\n",
        "[^1]",
        "汀: ",
        "(",
        "\\[",
        "]{.bouten}",
        "- ",
        "| ",
        "a\n\n: b\n\n",
        "::: dialogue\n汀: 雨\n:::\n",
        "汀: 雨\n\n",
    ],
)
def test_a_hundred_thousand_characters_of_anything_take_no_minute(piece: str) -> None:
    started = time.process_time()
    with suppress(WrongInput):  # nested too deeply
        parsed(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 6


def test_a_megabyte_of_text_is_read() -> None:
    blocks = parsed("長い段落。" * 70_000).blocks
    assert isinstance(blocks[0], Paragraph)
    assert len(plain(blocks[0].content)) == 350_000
