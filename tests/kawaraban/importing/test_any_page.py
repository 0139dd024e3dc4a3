"""Any page a profile can read comes in with every line conserved, and means what it meant."""

from __future__ import annotations

import random
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawaraban.article.blocks import Dialogue, Glossary, Heading, KeyPoints, Notice, Paragraph
from kawaraban.article.model import Article
from kawaraban.article.words import plain
from kawaraban.importing.bring import Imported, Importer
from kawaraban.importing.profile import load_profile
from kawaraban.library import Library
from tests.builders import publication

ROOT = Path(__file__).parents[3]
PROFILE = load_profile(ROOT, "wix-column")
NOW = datetime(2026, 2, 3, tzinfo=UTC)

# words with everything Markdown and this house give a meaning to, and what scrapers leave behind
SIGNS = st.sampled_from([*"*_`~#>+-=:|｜《》[](){}<>!$&\\^\"'/.,0123456789", "::: ", "1. ", "&amp;", "]{lang=en}", "]{.bouten}",
                         "[^1]", "http://a.b/", "<b>", "——", "``", "$$", "表: ", "Table: ", "\u00a0", "\u200b", "\t", "  "])  # fmt: skip
LETTERS = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])
WORDS = st.lists(st.one_of(st.text(LETTERS, max_size=8), SIGNS), min_size=1, max_size=8).map("".join)
LINE = WORDS.filter(lambda text: text.strip(" \t\u00a0\u3000\u200b\ufeff") and "\r" not in text)
KANJI = st.text("雨音屋根瓦庭石畳縁側障子襖畑道坂橋川", min_size=1, max_size=12)


def imported(text: str, folder: Path) -> tuple[Imported, Article]:
    """Import a page twice: the second time changes nothing."""
    (folder / "content").mkdir()
    source = folder / "page.txt"
    source.write_text(text, encoding="utf-8", newline="")
    importer = Importer(folder / "content", publication(), PROFILE, NOW, random.Random(3))
    result = importer.bring([source])[0]
    again = importer.bring([source])[0]
    assert (again.id, again.path, again.changed) == (result.id, result.path, ())
    return result, Library(importer.content).find(result.id)


@settings(max_examples=70, deadline=None)
@given(st.lists(st.tuples(LINE, st.integers(1, 3)), min_size=1, max_size=14))
def test_any_lines_at_all_are_conserved(lines: list[tuple[str, int]]) -> None:
    text = "".join(line + "\n" * gap for line, gap in lines)
    with tempfile.TemporaryDirectory() as folder:
        result, article = imported(text, Path(folder))
    assert result.proof.holds
    # what a page says is never taken for our own notations; who speaks is for the editor to say
    assert {finding.code for finding in article.findings} <= {"unknown-speaker"}


COLON = st.sampled_from([":", "：", ": ", ":\u00a0", ":\u00a0\u00a0", "： "])


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """A page in the shape of the column, and what must be read from it."""
    colon = draw(COLON)
    speech = st.one_of(KANJI, LINE.map(lambda text: f"{text.strip()}"))
    turns = draw(st.lists(speech, min_size=6, max_size=10))
    points = draw(st.lists(st.tuples(KANJI, st.lists(KANJI, max_size=2)), min_size=1, max_size=4))
    terms = draw(st.lists(st.tuples(KANJI, KANJI, st.booleans()), min_size=1, max_size=4))
    leads = draw(st.lists(KANJI.map(lambda text: f"{text}。"), min_size=1, max_size=3))
    head = draw(st.permutations([f"更新日{colon}6月30日", f"シリーズ{colon}雨の聞き方"]))
    source = draw(st.booleans())
    lines = ["top of page", "題名の行。", *head]
    if source:
        lines += [f'◆今回のニュース{colon}"Rain"', f"  • 出典{colon}Roof, 2025年6月16日", f"  • 筆者{colon}O. M."]
    lines += leads
    lines += [f"{'汀渚'[number % 2]}{colon}{text}" for number, text in enumerate(turns)]
    lines += ["ポイント整理"]
    for point, details in points:
        lines += [f"  • {point}", *(f"    • {detail}" for detail in details)]
    lines += ["キーワード解説"]
    for name, meaning, joined in terms:
        lines += [f"【{name}】{meaning}"] if joined else [f"【{name}】", meaning]
    text = "\n\n".join(lines) + "\n\n本稿は後日、noteでも公開します。\n感想をどうぞ。\nbottom of page"
    said = {
        "leads": leads,
        "turns": len(turns),
        "points": points,
        "terms": [(n, m) for n, m, _ in terms],
        "source": source,
    }
    return text, said


@settings(max_examples=25, deadline=None)
@given(pages())
def test_a_page_in_the_columns_shape_becomes_the_same_article(page: tuple[str, dict[str, object]]) -> None:
    text, said = page
    with tempfile.TemporaryDirectory() as folder:
        result, article = imported(text, Path(folder))
    assert result.proof.holds
    blocks = article.blocks
    assert [plain(block.content) for block in blocks if isinstance(block, Paragraph)] == said["leads"]
    dialogue = [block for block in blocks if isinstance(block, Dialogue)]
    assert [len(block.turns) for block in dialogue] == [said["turns"]]
    found = next(block for block in blocks if isinstance(block, KeyPoints))
    assert [(plain(point.point), [plain(one) for one in point.details]) for point in found.points] == said["points"]
    glossary = next(block for block in blocks if isinstance(block, Glossary))
    read = [(plain(term.name), plain(term.definition[0].content)) for term in glossary.terms]  # type: ignore[union-attr] # a paragraph
    assert read == said["terms"]
    assert [plain(block.content) for block in blocks if isinstance(block, Heading)] == [
        "ポイント整理",
        "キーワード解説",
    ]
    assert isinstance(blocks[-1], Notice)
    assert (article.matter.series, str(article.matter.updated)[5:]) == ("雨の聞き方", "06-30")
    assert [str(source.date) for source in article.matter.sources] == (["2025-06-16"] if said["source"] else [])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(tmp_path: Path, newline: str) -> None:
    text = "\ufeff" + newline.join(["題名", "", "一つ目。", "続き。", "", "二つ目。"])
    result, article = imported(text, tmp_path)
    assert (result.proof.lines, result.proof.conserved) == (4, 4)
    assert len(article.blocks) == 2
