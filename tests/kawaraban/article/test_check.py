"""The lint: what stops an article, what is only pointed out, each with its line."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawaraban.article import check as check_module
from kawaraban.article import check_body, check_many
from kawaraban.article.check import check
from kawaraban.article.finding import Finding
from kawaraban.article.model import FrontMatter, Picture
from kawaraban.article.new import ALPHABET, draft, new_id, slug_proposal
from kawaraban.article.schema import DESCRIPTIONS, schema_text
from kawaraban.config import Series
from tests.builders import MATTER, article, channel, publication

ROOT = Path(__file__).parents[3]
CHANNELS = [channel("site"), channel("rss"), channel("note")]
GOOD = MATTER + "description: " + "濡れたものの置き場所について、ふたりで話します。" * 3 + "\n"


def findings(
    body: str = "本文です。\n", matter: str = GOOD, pictures: dict[str, Picture] | None = None
) -> list[Finding]:
    return check(article(body, matter, pictures), publication(), CHANNELS, {"note": {"table", "footnote", "math"}})


def codes(body: str = "本文です。\n", matter: str = GOOD) -> list[str]:
    return [finding.code for finding in findings(body, matter)]


def test_a_good_article_has_no_findings() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ("::: dialogue\n汀: 雨。\n", "box-not-closed", 11),
        ("本文\n\n:::\n", "box-not-opened", 13),
        ("```\n::: dialogue\n```\n", None, 0),
        ("#### 深い\n", "heading-level", 11),
        ("### 飛ぶ\n", "heading-jump", 11),
        ("![](a.png)\n", "alt-empty", 11),
        ("![代替](a.png)\n", "image-missing", 11),
        ("絵は ![代替](画面 一.png) です\n", "image-missing", 11),
        ("\\![代替](画面 一.png)\n", None, 0),
        ("!\\[代替\\](画面 一.png)\n", None, 0),
        ("`![代替](画面 一.png)`\n", None, 0),
        ("行の <b>太字</b> です\n", "raw-html", 11),
        ("`<b>` はコード\n", None, 0),
        ("そうなの!\n", "half-width-mark", 11),
        ("空白  二つ\n", "double-space", 11),
        ("１と1\n", "digits-mixed", 11),
        ("::: notice\n近日中に。\n:::\n", "notice-without-subject", 11),
        ("::: notice\nnoteにも出ます。\n:::\n", None, 0),
        ("::: glossary\n出てこない語\n: 定義\n:::\n", "term-unused", 12),
        ("表です\n\n| a |\n|---|\n| 1 |\n", "table-lossy", 13),
        ("式 $x$ です\n", "math-lossy", 11),
        ("語 *斜体* です\n", "emphasis-italic", 11),
        ("一[^a]\n\n[^a]: 注\n\n[^b]: 忘れられた注\n", "footnote-unused", 15),
        ("一[^a]\n\n[^a]: 注\n\n[^A]: もう一つ\n", "footnote-twice", 15),
        ("一\n二[^a]\n", "footnote-missing", 12),
        ("`[^a]` はコード\n", None, 0),
        ("\\[^a] は文字\n", None, 0),
        ("::: {.notice abuot=note}\nnoteにも。\n:::\n", "unknown-attribute", 11),
        ("::: dialogue ふたり\n汀: 雨\n:::\n", "unknown-attribute", 11),
        ("::: key-points\n- 点\n\n## 節\n:::\n", "box-content", 14),
        ("::: {.notice about=nte channels=site}\n後日。\n:::\n", "channel-unknown", 11),
        ("本文\n\n::: {.only channels=sit}\n本文\n:::\n", "channel-unknown", 13),
        ("::: notice\nnoteとノートにも。\n:::\n", None, 0),
        ("[下へ](#ない節)\n", "link-dead", 11),
        ("[下へ](#節)\n\n## 節\n", None, 0),
        ("── と ――\n", "dash-mixed", 11),
        ("::: glossary\n雨樋\n: 定義\n:::\n\n｜雨樋《あまどい》と。\n", None, 0),
    ],
)
def test_findings_of_the_body(body: str, code: str | None, line: int) -> None:
    found = [(finding.code, finding.line) for finding in findings(body)]
    assert found == ([(code, line)] if code else []) or (code, line) in found
    assert all(finding.message.ja and finding.message.en for finding in findings(body))


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("embargo: 2024-07-01T00:00:00+09:00\n", "embargo-after-published"),
        ("review: {must: {slug: 案}}\n", "review-must"),
        ("review: {should: {cover: 絵}}\n", "review-should"),
        ("channels: {mastodon: {delay: 3d}}\n", "channel-unknown"),
        ("channels: {note: {after: blog}}\n", "channel-unknown"),
        ("tags: [長い tag]\n", "hashtag-illegal"),
        ("sources: [{title: 題}]\n", "source-without-url"),
        ("updated: 2024-01-01\n", "updated-before-published"),
        ("cover: {src: a.png}\n", "alt-empty"),
        ("expires: 2024-06-18T07:00:00+09:00\n", "expires-before-published"),
        (
            "embargo: 2024-06-18T00:00:00+09:00\nchannels: {note: {at: 2024-06-17T00:00:00+09:00}}\n",
            "embargo-after-published",
        ),
        ("aliases: [../x]\n", "alias-unusable"),
        ("aliases: [/a/../b]\n", "alias-unusable"),
        ("aliases: [//evil.example/x]\n", "alias-unusable"),
        (f"tags: [{', '.join(f'語{n}' for n in range(11))}]\n", "tags-many"),
    ],
)
def test_findings_of_the_front_matter(extra: str, code: str) -> None:
    assert code in codes(matter=GOOD + extra)


@pytest.mark.parametrize(
    ("line", "instead", "code"),
    [
        ("title: 傘のしまい方――濡れたものの置き場所", 'title: "危険\\u202Eな題"', "title-bidi"),
        ("title: 傘のしまい方――濡れたものの置き場所", f"title: {'長' * 61}", "title-long"),
        ("title: 傘のしまい方――濡れたものの置き場所", "title: A <b>題</b>", "title-markup"),
        ("series: 雨の聞き方", "series: ない連載", "series-unknown"),
        ("slug: where-wet-things-go\n", "", "slug-missing"),
        ("published: 2024-06-18T07:00:00+09:00\n", "", "published-missing"),
    ],
)
def test_findings_when_a_line_is_another(line: str, instead: str, code: str) -> None:
    assert code in codes(matter=GOOD.replace(line, instead))


@pytest.mark.parametrize("alias", ["old-slug", "/posts/1", "/一覧/", "https://old.example/posts/x"])
def test_a_former_address_may_be_a_slug_a_path_or_a_url(alias: str) -> None:
    assert codes(matter=f"{GOOD}aliases: ['{alias}']\n") == []


@pytest.mark.parametrize(
    ("body", "code", "line", "column"),
    [
        ("一行目\n二行目は <b>太字</b> です\n", "raw-html", 12, 6),
        ("段落\n\n<div>\n中\n</div>\n", "raw-html", 13, 1),
        ("> 引用\n> そうなの!\n", "half-width-mark", 12, 7),
        ("- 一\n- 二  三\n", "double-space", 12, 4),
        ("| a | b |\n|---|---|\n| 1 | <i> |\n", "raw-html", 13, 7),
        ("**強\n調** と ![](a.png)\n", "alt-empty", 12, 7),
        ("::: key-points\n- 点\n\n  - 細目 <b>\n:::\n", "raw-html", 14, 8),
        ("::: dialogue\n汀: 一\nLia: 二\n:::\n", "unknown-speaker", 13, 1),
        ("::: dialogue\n汀: 一\n:::\n\n  :::\n", "box-not-opened", 15, 3),
        ("- 一\n\n  ::: dialogue\n  汀: 一\n", "box-not-closed", 13, 3),
    ],
)
def test_a_finding_stands_where_its_construct_stands(body: str, code: str, line: int, column: int) -> None:
    assert (code, line, column) in [(found.code, found.line, found.column) for found in findings(body)]


@pytest.mark.parametrize(
    ("extra", "code", "line", "column"),
    [
        ("channels: {rss: {}, mastodon: {delay: 3d}}\n", "channel-unknown", 10, 21),
        ("tags:\n  - 雨\n  - 長い tag\n", "hashtag-illegal", 12, 5),
        ("cover:\n  src: a.png\n  alt: 絵\n", "image-missing", 11, 3),
        ("review: {must: {slug: 案, note: まだか}}\n", "review-must", 10, 26),
    ],
)
def test_a_finding_of_the_front_matter_stands_at_its_key(extra: str, code: str, line: int, column: int) -> None:
    assert (code, line, column) in [(one.code, one.line, one.column) for one in findings(matter=GOOD + extra)]


FILLERS = st.sampled_from([
    "段落です。", "一行目\n二行目\n三行目", "**強い\n言葉**と続き", "[名\n前](https://example.com/)", "## 節", "- 項\n  - 子\n- 次",
    "1. 番\n2. 番", "> 引用\n> 続き\n>\n> —— 人", "```\n<i> ::: [^z]\n```", "| a | b |\n|---|---|\n| 一 | 二 |", "---", "$$\nx\n$$",
    "::: dialogue\n汀: 一\nLio: 二\n:::", "::: key-points\n- 点\n  - 細目\n:::", "::: {.only channels=site}\n::: dialogue\n汀: 三\n:::\n:::",
    "![絵](a.png)", "https://example.com/a_b_c", "語\n\n: 定義\n\n  続き", "表: 題\n\n| a |\n|---|\n| 一 |", "`code\nspan`と",
])  # fmt: skip
CONSTRUCTS = st.sampled_from([
    ("<div>", "raw-html", 0, 1), ("前\n後 <br> 末", "raw-html", 1, 3), ("- 一\n- <u>\n", "raw-html", 1, 3),
    ("> 一\n> ![](b.png)", "alt-empty", 1, 3), ("空白  二つ", "double-space", 0, 3), ("そうなの?", "half-width-mark", 0, 5),
    ("::: dialogue\n汀: 一\n\nLia: 二\n:::", "unknown-speaker", 3, 1), ("::: dialog\n中\n:::", "unknown-box", 0, 1),
    ("#### 深い", "heading-level", 0, 1), ("::: glossary\n用語\n\n: 定義\n\n使わない語\n\n: 定義\n:::", "term-unused", 5, 1),
    ("[^未定]", "footnote-missing", 0, 1), ("::: figure\n文だけ\n:::", "figure-content", 0, 1), (":::", "box-not-opened", 0, 1),
    ("| 甲 |\n|---|\n| <s> |", "raw-html", 2, 3), ("::: {.except}\n中\n:::", "box-without-channels", 0, 1),
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(FILLERS, max_size=5), CONSTRUCTS, st.lists(FILLERS, max_size=3), st.sampled_from(["\n", "\r\n"]))
def test_wherever_it_stands_a_finding_names_its_line(
    before: list[str], construct: tuple[str, str, int, int], after: list[str], newline: str
) -> None:
    written, code, line, column = construct
    head = "".join(f"{one}\n\n" for one in before)
    body = head + written + "\n\n" + "\n\n".join(after)
    found = [(one.code, one.line, one.column) for one in findings(body.replace("\n", newline))]
    assert (code, 11 + head.count("\n") + line, column) in found


def test_a_notice_that_has_become_untrue_is_no_finding() -> None:
    assert codes("::: {.notice about=note channels=site}\n本稿は後日、noteでも公開します。\n:::\n") == []


def test_the_same_id_names_both_files_and_the_remedy() -> None:
    found = check_many.check_all([article(), article()])
    twice = next(finding for finding in found if finding.code == "id-twice")
    assert "where-wet-things-go" in twice.message.en
    assert twice.remedy is not None
    assert "new id" in twice.remedy.en


def test_the_same_slug_twice_is_an_error() -> None:
    other = replace(
        article(matter=MATTER.replace("5r8w2kqd", "5r8w2kqe")), path=PurePosixPath("articles/2024/copied/index.md")
    )
    found = [finding for finding in check_many.check_all([article(), other]) if finding.code == "slug-twice"]
    assert len(found) == 2  # neither goes first by accident


def test_articles_that_wait_for_each_other_are_found() -> None:
    first = article(matter=MATTER + "after_article: 5r8w2kqe\n")
    second = article(matter=MATTER.replace("5r8w2kqd", "5r8w2kqe") + "after_article: 5r8w2kqd\n")
    alone = article(matter=MATTER + "after_article: 00000000\n")
    circle = [found for found in check_many.check_all([first, second]) if found.code == "after-article-cycle"]
    missing = [found for found in check_many.check_all([alone]) if found.code == "after-article-missing"]
    assert circle
    assert missing
    for found in (*circle, *missing):
        line = (alone if found in missing else first).source.splitlines()[(found.line or 0) - 1]
        assert (found.severity, line.partition(":")[0]) == ("error", "after_article")
        assert found.remedy is not None


def test_every_code_is_explained_to_editors() -> None:
    sources = [check_module, check_body, check_many]
    text = "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in sources)
    text += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kawaraban" / "article").glob("*.py"))
    known = set(re.findall(r"\"((?:[a-z]+-)+[a-z]+)\"", text))
    documented = set(
        re.findall(r"^\| `([a-z-]+)`", (ROOT / "docs" / "check-codes.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    elsewhere = {
        "unreadable",
        "image-unreadable",
        "table-lossy",
        "footnote-lossy",
        "math-lossy",
    }  # made in the library, or from a noun
    assert documented <= known | elsewhere
    used = {
        code
        for code in known
        if re.search(
            rf"(?:at|_at|find|Finding)\(\s*(?:article, )?\"{code}\"|return \"{code}\"|^\s+\"{code}\", _",
            text,
            re.MULTILINE,
        )
    }
    assert used <= documented, used - documented


def test_ids_are_crockfords_and_slugs_are_never_romanised() -> None:
    made = new_id(random.Random(1))
    assert len(made) == 8
    assert set(made) <= set(ALPHABET)
    assert slug_proposal("Rain on Roofs: 屋根", made) == "rain-on-roofs"
    assert slug_proposal("屋根の雨", made) == made


def test_a_draft_reads_back_with_its_series_skeleton() -> None:
    series = Series(slug="s", name="雨の聞き方", speakers=("汀",), skeleton="::: dialogue\n汀: \n:::\n")
    text = draft("題: その一", "5r8w2kqd", series)
    made = article(text.partition("---\n")[2].partition("---\n")[2], text.partition("---\n")[2].partition("---\n")[0])
    assert (made.matter.title, made.matter.status, made.matter.series) == ("題: その一", "draft", "雨の聞き方")


def test_the_committed_schema_is_the_models() -> None:
    assert (ROOT / "docs" / "article.schema.json").read_text(encoding="utf-8") == schema_text()
    assert set(DESCRIPTIONS) == {field.alias or name for name, field in FrontMatter.model_fields.items()}
