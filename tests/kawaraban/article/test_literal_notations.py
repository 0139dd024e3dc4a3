"""This house's own notations, written as plain words: a backslash takes their meaning away."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from kawaraban.article import markdown
from kawaraban.article.blocks import Code, CodeSpan, Paragraph


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r"\[x\]\{lang=en}", "[x]{lang=en}"),
        (r"\[傍点]\{.bouten}", "[傍点]{.bouten}"),
        (r"\｜漢字《かんじ》", "｜漢字《かんじ》"),
        (r"\|漢字\《かんじ》", "|漢字《かんじ》"),
    ],
)
def test_an_escaped_notation_is_its_own_words(written: str, said: str) -> None:
    block = markdown.blocks(written, PurePath("x")).blocks[0]
    assert isinstance(block, Paragraph)
    assert block.content == (said,)


def test_in_code_a_backslash_is_a_backslash() -> None:
    span, block = markdown.blocks("`]\\{`\n\n```\n]\\{\n```\n", PurePath("x")).blocks
    assert isinstance(span, Paragraph)
    assert span.content == (CodeSpan("]\\{"),)
    assert isinstance(block, Code)
    assert block.text == "]\\{"
