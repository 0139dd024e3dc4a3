"""
From an article's source to what note stores: one case for each thing that note's editor has, or lacks.

` U` stands for the name and id that each block carries. The clipboard's HTML is the same without it, with an anchor for a
picture and without 目次; both flavours are checked for each case.
"""

from __future__ import annotations

import pytest

from kawaraban.variant import PublicFacts, Variant
from renderers.note import render
from renderers.note.dialect import STORED_HTML
from tests.builders import MATTER, article, channel, publication
from tests.renderers.note.articles import PICTURES, closing_free, flavour, without_ids

SITE = "https://example.com/articles/where-wet-things-go/"


def on_note(source: str, **own: object) -> Variant:
    made = article(source, MATTER, PICTURES)
    return render(made, publication(), channel("note", own=own), PublicFacts())


def stored(source: str, **own: object) -> str:
    return without_ids(closing_free(flavour(on_note(source, **own), STORED_HTML)))


# what it keeps: (source, what note stores, the codes of what is declared lost)
CASES: dict[str, tuple[str, str, list[str]]] = {
    "01 a soft break inside its paragraph": (
        "一行目\n二行目\n\n次\n", "<p U>一行目<br>二行目</p>\n<p U>次</p>", [],
    ),
    "02 two levels of headings, the others rounded": (
        "## A\n\n### B\n\n#### C\n\n# D\n",
        "<h2 U>A</h2>\n<h3 U>B</h3>\n<h3 U>C</h3>\n<h2 U>D</h2>",
        ["heading-level"],
    ),
    "03 the words of a heading, without its bold": (
        "## **重要**な話\n\n## ｜漢字《かんじ》の話\n",
        "<h2 U>重要な話</h2>\n<h2 U>｜漢字《かんじ》の話</h2>",
        ["heading-marks", "ruby"],
    ),
    "04 bold and strike; italics as bold, code as text": (
        "**太字**と~~消~~と*斜体*と`code`\n",
        "<p U><strong>太字</strong>と<s>消</s>と<strong>斜体</strong>とcode</p>",
        ["emphasis", "code"],
    ),
    "05 the whole address of a link with brackets": (
        "[文](https://e.jp/a_(b))と[別の文](<https://e.jp/c d>)\n",
        '<p U><a href="https://e.jp/a_(b)">文</a>と<a href="https://e.jp/c%20d">別の文</a></p>',
        [],
    ),
    "06 a nested list": (
        "- 親\n  - 子\n", "<ul U><li><p>親</p><ul><li><p>子</p></li></ul></li></ul>", [],
    ),
    "07 the first number of an ordered list": (
        "3. 三\n4. 四\n", '<ol start="3" U><li><p>三</p></li><li><p>四</p></li></ol>', [],
    ),
    "08 each turn of a dialogue": (
        "::: dialogue\n汀: やあ。\n\nLio: はい。\n\n続けます。\n:::\n",
        "<p U><strong>汀：</strong>やあ。</p>\n<p U><strong>Lio：</strong>はい。</p>\n<p U>続けます。</p>",
        [],
    ),
    "09 key points and a glossary": (
        "::: key-points\n- 要点\n  - 細目\n:::\n\n::: glossary\n語\n\n: 説明\n:::\n",
        "<ul U><li><p>要点</p><ul><li><p>細目</p></li></ul></li></ul>\n<p U><strong>語</strong><br>説明</p>",
        ["definition-list"],
    ),
    "10 a quote with its source": (
        "> 本文\n> 二行目\n>\n> —— [出典](https://e.jp/)\n",
        ("<figure U><blockquote><p U>本文<br>二行目</p></blockquote>"
        '<figcaption><a href="https://e.jp/">出典</a></figcaption></figure>'),
        [],
    ),
    "11 a quote without a source, its blank line held by a space": (
        "> 本文\n>\n> 次\n",
        "<figure U><blockquote><p U>本文<br>　<br>次</p></blockquote><figcaption></figcaption></figure>",
        ["quote-block"],
    ),
    "12 code, its signs and what looks like ruby": (
        "```python\na < b\n｜x《y》\n```\n\n```mermaid\ngraph LR\n```\n",
        ('<pre U class="codeBlock"><code>a &lt; b\n｜x《y》\n</code></pre>\n'
        '<pre U class="codeBlock"><code>graph LR\n</code></pre>'),
        ["code-language"],
    ),
    "13 a rule": ("前\n\n---\n\n後\n", "<p U>前</p>\n<hr U>\n<p U>後</p>", []),
    "14 a picture with its caption": (
        '![窓の雨](a.jpg "窓")\n',
        (f'<figure U><img src="{SITE}a-a1a1a1a1.jpg" alt="" width="620" height="349">'
        "<figcaption>窓</figcaption></figure>"),
        ["alt"],
    ),
    "15 a caption's place where there is none": (
        "![窓の雨](a.jpg)\n",
        f'<figure U><img src="{SITE}a-a1a1a1a1.jpg" alt="" width="620" height="349"><figcaption></figcaption></figure>',
        ["alt"],
    ),
    "16 ruby, of a group and inside bold": (
        "｜漢字《かんじ》と｜東京都《とう・きょう・と》と**｜重要《じゅうよう》**\n",
        "<p U>｜漢字《かんじ》と｜東京都《とう・きょう・と》と<strong>｜重要《じゅうよう》</strong></p>",
        ["ruby"],
    ),
    "17 formulas, as text where note draws none": (
        "式 $a < b$ と\n\n$$\nx\n= y\n$$\n\n## 式 $z$\n\n> 引用の $w$\n",
        ("<p U>式 $${a &lt; b}$$ と</p>\n<p U>$$<br>x<br>= y<br>$$</p>\n<h2 U>式 z</h2>\n"
        "<figure U><blockquote><p U>引用の w</p></blockquote><figcaption></figcaption></figure>"),
        ["math", "math-plain"],
    ),
    "18 every cell of a table, with its head": (
        "| 国 | 数 |\n|---|---|\n| 甲 | 1 |\n| 乙 | 2 |\n",
        "<ul U><li><p>国: 甲 / 数: 1</p></li><li><p>国: 乙 / 数: 2</p></li></ul>",
        ["table"],
    ),
    "19 footnotes, at the end": (
        "本文[^1]。\n\n[^1]: 説明。\n", "<p U>本文（注1）。</p>\n<h3 U>注</h3>\n<p U>注1 説明。</p>", ["footnote"],
    ),
    "20 an address alone, and one in a sentence": (
        "https://www.youtube.com/watch?v=x&t=1\n\n見る：https://e.jp/a と（https://e.jp/b_(c)）。\n",
        ("<p U>https://www.youtube.com/watch?v=x&amp;t=1</p>\n"
        '<p U>見る：<a href="https://e.jp/a">https://e.jp/a</a> と'
        '（<a href="https://e.jp/b_(c)">https://e.jp/b_(c)</a>）。</p>'),
        [],
    ),
    "22 the words of what was centred": (
        '<p align="center">中央</p>\n', '<p U>&lt;p align="center"&gt;中央&lt;/p&gt;</p>', [],
    ),
    "23 a word that becomes a hashtag, and says so": (
        "#1 の話と＃2の話\n", "<p U>#1 の話と＃2の話</p>", ["hashtag"],
    ),
    "24 markup as text, every sign byte for byte": (
        '<iframe src="https://e.jp/"></iframe>\n\n甲<!-- 秘 -->乙\xa0丙 👨‍👩‍👧 〜 か゛ 葛󠄀城\n',
        ('<p U>&lt;iframe src="https://e.jp/"&gt;&lt;/iframe&gt;</p>\n'
        "<p U>甲&lt;!-- 秘 --&gt;乙 丙 👨‍👩‍👧 〜 か゛ 葛󠄀城</p>"),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_note_keeps(case: str) -> None:
    source, html, losses = CASES[case]
    assert stored(source).replace("&#34;", '"') == html
    assert [loss.code for loss in on_note(source).losses] == losses


@pytest.mark.parametrize("case", [case for case in CASES if not case.startswith(("14", "15"))])
def test_the_clipboard_has_the_same_without_ids(case: str) -> None:
    source, html, _ = CASES[case]
    assert closing_free(on_note(source).body).replace("&#34;", '"') == html.replace(" U", "")


def test_06_07_lists_in_one_level_where_an_operator_wants_that() -> None:
    flat = stored("- 親\n  - 子\n\n文\n\n3. 三\n4. 四\n", lists="flat")
    assert flat == (
        "<ul U><li><p>親</p></li><li><p>└ 子</p></li></ul>\n<p U>文</p>\n"
        "<ul U><li><p>3. 三</p></li><li><p>4. 四</p></li></ul>"
    )


def test_14_the_clipboard_has_an_anchor_alone_in_its_paragraph_for_each_picture_in_order() -> None:
    variant = on_note('前\n\n![窓の雨](a.jpg "窓")\n\n![文字](moji.webp)\n')
    assert closing_free(variant.body) == "<p>前</p>\n<p>【画像1：01-a.jpg】</p>\n<p>【画像2：02-moji.png】</p>"
    assert [(asset.name, asset.caption, asset.alt) for asset in variant.assets] == [
        ("01-a.jpg", "窓", "窓の雨"),
        ("02-moji.png", "", "文字"),
    ]


def test_16_a_literal_ruby_notation_stays_words() -> None:
    variant = on_note(r"縦棒\｜は《書名》の前" + "\n")
    assert "《書名》" in variant.body
    assert "｜" not in variant.body
    assert [loss.code for loss in variant.losses] == ["ruby-notation"]


def test_20_an_address_that_could_be_a_card_is_said_where_it_stands_in_a_sentence() -> None:
    variant = on_note("動画は https://www.youtube.com/watch?v=x にあります。\n\nhttps://youtu.be/y\n")
    (loss,) = variant.losses
    assert (loss.code, loss.line) == ("embed-inline", 10)
    assert "https://www.youtube.com/watch?v=x" in loss.what_en


def test_21_the_table_of_contents_before_the_first_large_heading() -> None:
    source = "序\n\n## 一\n\n## 二\n"
    assert stored(source, contents=True) == (
        "<p U>序</p>\n<table-of-contents U><br></table-of-contents>\n<h2 U>一</h2>\n<h2 U>二</h2>"
    )
    assert "table-of-contents" not in on_note(source, contents=True).body


def test_25_notices_are_not_carried_and_the_last_line_says_where_it_first_stood() -> None:
    source = "本文\n\n::: {.notice about=note channels=site}\n後日、noteにも載せます。\n:::\n"
    body = without_ids(flavour(on_note(source), STORED_HTML))
    assert body == f'<p U>本文</p>\n<hr U>\n<p U>初出：<a href="{SITE}">汀通信</a></p>\n'
