"""A whole article on its way to note: golden files of every flavour, and the column that started it all."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from kawaraban.article.model import Article, Picture
from kawaraban.article.reader import parse
from kawaraban.channels.note.comparison import differences
from kawaraban.channels.note.public import LiveNote
from kawaraban.importing.bring import Importer
from kawaraban.importing.profile import load_profile
from kawaraban.library import Library
from kawaraban.variant import PublicFacts, Variant
from renderers import text
from renderers.carried import carried
from renderers.note import render
from tests.builders import NOW, channel, publication
from tests.renderers.note.articles import flavour
from tests.renderers.note.test_conservation import characters, kept, spoken

ROOT = Path(__file__).parents[3]
SEEDS = sorted((ROOT.parent / "shared" / "seeds").glob("*.txt"))


def sample() -> Article:
    source = Path(__file__).with_name("sample.md").read_text(encoding="utf-8")
    picture = Picture("articles/2024/odoriba/kaidan.jpg", "ab" * 32, 1600, 1000, "image/jpeg")
    return parse(source, PurePosixPath("articles/2024/odoriba/index.md"), "0" * 64, {"kaidan.jpg": picture})


def on_note(article: Article) -> Variant:
    return render(article, publication(), channel("note"), PublicFacts())


def live(variant: Variant) -> LiveNote:
    body = flavour(variant, "text/x-note-html")
    return LiveNote("n1", variant.title, body, "migiwa", variant.head.hashtags, 0, True, "")  # noqa: FBT003 - it has a header picture


def test_a_whole_article_in_every_flavour(golden: Callable[[str, str], None]) -> None:
    variant = on_note(sample())
    golden("note/odoriba.clipboard.html", variant.body)
    golden("note/odoriba.stored.html", flavour(variant, "text/x-note-html"))
    golden("note/odoriba.md", flavour(variant, "text/markdown"))
    golden("note/odoriba.txt", variant.text + "\n")
    golden("note/odoriba.losses.txt", "".join(f"{loss.line} {loss.code}: {loss.what_ja}\n" for loss in variant.losses))


def test_no_character_of_the_sample_vanishes() -> None:
    article = sample()
    said = characters("".join(spoken(tuple(block for block in article.blocks if type(block).__name__ != "Notice"))))
    assert not said - kept(on_note(article)) - characters("site")


def test_what_is_pasted_and_stored_reads_back_as_the_same() -> None:
    variant = on_note(sample())
    assert differences(live(variant), variant) == ()


AS_PUBLISHED = (
    (r' name="[^"]+" id="[^"]+"', ' name="0a1" id="0a1"'),
    (r'<a href="([^"]+)">', r'<a href="\1" target="_blank" rel="noopener nofollow">'),
    (r"<strong>(.*?)</strong>", r"<b>\1</b>"),
    (r'<pre([^>]*) class="codeBlock"><code>', r'<pre\1 data-name="preCode"><code data-name="code">'),
    (r"｜(\w+)《(\w+)》", r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"),
    (r"\$\${([^}]+)}\$\$", r"<nwc-formula>\1</nwc-formula>"),
    (r"<p [^>]*>(https://example.com/watch[^<]*)</p>",
     r'<figure data-src="\1" embedded-service="oembed" contenteditable="false"></figure>'),
    (r"命令なら count", "命令なら&nbsp;count"),
    (r"(<h2 [^>]*>ポイント)", r"<table-of-contents><br></table-of-contents><p><br></p>\1"),
    (r"<hr[^>]*>", "<hr><p></p>"),
)  # fmt: skip


def test_what_note_adds_when_it_publishes_is_no_difference() -> None:
    variant = on_note(sample())
    body = flavour(variant, "text/x-note-html")
    for ours, theirs in AS_PUBLISHED:
        body, times = re.subn(ours, theirs, body)
        assert times, ours
    note = LiveNote("n1", variant.title, body, "migiwa", variant.head.hashtags, 0, True, "")  # noqa: FBT003 - it has a header picture
    assert differences(note, variant) == ()


def shipped() -> tuple[Article, ...]:
    """The samples that a new paper starts with."""
    return Library(ROOT / "content").read_all().articles


@pytest.mark.parametrize("article", shipped(), ids=lambda article: str(article.slug))
def test_the_shipped_samples_go_to_note_whole(article: Article) -> None:
    variant = on_note(article)
    shown = carried(article.blocks, channel("note"), publication(), PublicFacts())
    assert not characters("".join(spoken(shown))) - kept(variant) - characters("".join(article.pictures))
    assert differences(live(variant), variant) == ()
    assert "初出：" in variant.body


@pytest.mark.skipif(not SEEDS, reason="the column is not beside this checkout")
def test_the_column_goes_to_note_whole_and_without_its_notice(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    profile = load_profile(ROOT, "wix-column")
    Importer(tmp_path / "content", publication(), profile, NOW, random.Random(7)).bring(SEEDS[:1])
    (article,) = Library(tmp_path / "content").read_all().articles
    variant = on_note(article)
    notice = next(block for block in article.blocks if type(block).__name__ == "Notice")
    assert not any(line in variant.text for line in text.lines((notice,)))
    carried = tuple(block for block in article.blocks if block is not notice)
    assert not characters("\n".join(text.lines(carried))) - kept(variant)
    assert variant.body.count("<p><strong>") == 37 + 15 + 1
    assert [loss.code for loss in variant.losses] == ["definition-list"]
    assert differences(live(variant), variant) == ()
