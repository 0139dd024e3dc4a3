"""The Markdown flavour says the same as the HTML, read by the parser that note's plain paste uses (markdown-it)."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import html
from markdown_it import MarkdownIt

from kawaraban.article.blocks import Block, Blocks, Break, Code, Embed, Figure, Heading, Link, Quote, Strike, Strong
from tests.renderers.note.articles import flavour, items, paragraph, rendered
from tests.renderers.note.trees import trees


def written(*blocks: Block) -> str:
    """The Markdown of these blocks, without the closing line."""
    return flavour(rendered(*blocks), "text/markdown").rsplit("\n\n---\n", 1)[0]


def pasted(markdown: str) -> str:
    """What note's editor makes of it: CommonMark, HTML off, every newline a line break, strike as well."""
    return str(MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").render(markdown))


def words(source: str) -> str:
    return re.sub(r"\s|——", "", "".join(html.fragment_fromstring(source, create_parent="div").itertext()))


def test_blocks_are_written_as_commonmark() -> None:
    blocks = (
        Heading(2, ("題",), "dai", 10),
        paragraph("甲", Break(), Strong(("乙",)), Strike(("丙",)), Link(("丁",), "https://e.jp/a_(b)")),
        items("一", items("二"), ordered=True, start=3),
        Quote((paragraph("本文"),), ("主",), 10),
        Code("a ``` b", "python", 10),
        Figure("a.jpg", "窓", ("説明",), 10),
        Embed("https://e.jp/a_b", 10),
    )
    assert written(*blocks) == (
        "## 題\n\n甲\n**乙**~~丙~~[丁](<https://e.jp/a_(b)>)\n\n3. 一\n   - 二\n\n> 本文\n> —— 主\n\n"
        "````\na ``` b\n````\n\n【画像1：01-a.jpg】\n\nhttps://e.jp/a_b"
    )


@pytest.mark.parametrize(
    "text",
    ["# 見出しではない", "> 引用", "- 項目", "1. 番号", "1) 番号", "---", "===", "*強調* _下線_ `符号`", "[文](https://e.jp)",
     "<b>太字</b>", "&amp; &#35;", "~~線~~", "![絵](x)", "snake_case", "a\\*b", "+ 足す", "``` 柵", "~~~ 柵", "末尾\\"],
)  # fmt: skip
def test_signs_of_markup_in_the_text_stay_text(text: str) -> None:
    assert words(pasted(written(paragraph(text)))) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("before", ["", "は", "、", " "])
@pytest.mark.parametrize("bold", ["強調", "「強調」", "（注）", "甲：", "100%", "「甲」と「乙」"])
@pytest.mark.parametrize("after", ["", "の", "。", " "])
def test_bold_beside_japanese_brackets_works(before: str, bold: str, after: str) -> None:
    result = pasted(written(paragraph(before, Strong((bold,)), after)))
    assert "*" not in result
    assert "<strong>" in result


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_a_plain_paste_has_the_words_of_the_rich_one(blocks: Blocks) -> None:
    variant = rendered(*blocks)
    assert words(pasted(flavour(variant, "text/markdown"))) == words(variant.body)
