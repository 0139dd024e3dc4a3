"""Importing a scraped page: every line conserved, every doubt asked, nothing done twice, nothing overwritten."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kawaraban.article.blocks import Dialogue, Glossary, KeyPoints, Notice, Paragraph
from kawaraban.article.model import Article
from kawaraban.errors import Blocked, Sentence, WrongInput
from kawaraban.importing.bring import Imported, Importer
from kawaraban.importing.profile import load_profile
from kawaraban.library import Library
from tests.builders import publication
from tests.kawaraban.importing.pages import PAGE

ROOT = Path(__file__).parents[3]
SEEDS = sorted((ROOT.parent / "shared" / "seeds").glob("*.txt"))
NOW = datetime(2026, 2, 3, tzinfo=UTC)


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    (tmp_path / "content").mkdir()
    profile = load_profile(ROOT, "wix-column")
    return Importer(tmp_path / "content", publication(), profile, NOW, random.Random(7))


def page(folder: Path, text: str = PAGE, name: str = "page.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read(importer: Importer, imported: Imported) -> Article:
    return Library(importer.content).find(imported.id)


def test_a_page_becomes_an_article_with_every_line_conserved(importer: Importer, tmp_path: Path) -> None:
    imported = importer.bring([page(tmp_path)])[0]
    article = read(importer, imported)
    assert (imported.proof.lines, imported.proof.conserved) == (26, 26)
    kinds = [type(block) for block in article.blocks]
    assert kinds.count(Paragraph) == 2
    dialogue = next(block for block in article.blocks if isinstance(block, Dialogue))
    assert Counter(turn.speaker for turn in dialogue.turns) == {"ミオ": 3, "トキ": 3}
    points = next(block for block in article.blocks if isinstance(block, KeyPoints))
    assert [len(point.details) for point in points.points] == [1, 1]
    assert len(next(block for block in article.blocks if isinstance(block, Glossary)).terms) == 2
    notice = next(block for block in article.blocks if isinstance(block, Notice))
    assert (notice.about, notice.channels) == ("note", ("site",))
    source = article.matter.sources[0]
    assert (source.title, source.publication, str(source.date)) == (
        "The Landing Nobody Owns", "Stairwell Quarterly", "2024-04-28",
    )  # fmt: skip


def test_what_the_page_does_not_say_is_asked(importer: Importer, tmp_path: Path) -> None:
    imported = importer.bring([page(tmp_path)])[0]
    assert set(imported.must) == {"updated", "published", "slug", "note"}
    assert "series" in imported.should
    assert read(importer, imported).matter.status == "draft"


def test_a_new_series_is_declared(importer: Importer, tmp_path: Path) -> None:
    importer.bring([page(tmp_path)])
    declared = next((importer.content / "series").iterdir()).read_text(encoding="utf-8")
    assert 'name: "間取りの話"' in declared


def test_answers_settle_doubts(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path)
    importer.bring([source])
    answers = {
        "updated": "2024-05-09",
        "published": "2024-05-07T07:00:00+09:00",
        "slug": "whose-landing",
        "note": "no",
        "status": "ready",
    }
    imported = importer.bring([source], answers)[0]
    assert imported.must == {}
    article = read(importer, imported)
    assert (article.matter.slug, article.matter.status) == ("whose-landing", "ready")
    assert imported.path.parent.name == "whose-landing"
    assert len(list(importer.content.rglob("index.md"))) == 1


def test_note_can_be_refused_or_be_there_already(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path)
    address = "https://note.com/example/n/n0123456789ab"
    assert importer.bring([source], {"note": address})[0].record == address
    off = importer.bring([source], {"note": "off"})[0]
    assert read(importer, off).matter.channels["note"].enabled is False


def test_ready_waits_for_the_doubts_that_block(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path)
    importer.bring([source])
    before = files(importer.content)
    with pytest.raises(Blocked, match="questions are still open"):
        importer.bring([source], {"status": "ready"})
    assert files(importer.content) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("published", "2024-05-07 07:00"),
        ("published", "yesterday"),
        ("slug", "../../x"),
        ("slug", "日本語"),
        ("note", "maybe"),
        ("status", "published"),
        ("title", "x"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(importer: Importer, tmp_path: Path, field: str, value: str) -> None:
    with pytest.raises(WrongInput):
        importer.bring([page(tmp_path)], {field: value})
    assert files(importer.content) == {}


def test_the_same_page_a_second_time_changes_nothing(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path)
    first = importer.bring([source])[0]
    before = files(importer.content)
    second = importer.bring([source])[0]
    assert files(importer.content) == before
    assert (second.id, second.changed) == (first.id, ())


def test_an_edited_article_is_merged_with_a_changed_page(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path)
    imported = importer.bring([source])[0]
    path = importer.content / imported.path
    path.write_text(path.read_text(encoding="utf-8").replace("毎日座る人", "毎朝座る人"), encoding="utf-8")
    page(tmp_path, PAGE.replace("三階の人", "四階の人"))
    again = importer.bring([source])[0]
    text = path.read_text(encoding="utf-8")
    assert again.id == imported.id
    assert "毎朝座る人" in text
    assert "四階の人" in text


def test_a_place_both_changed_keeps_the_editors_words_and_shows_both(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path)
    imported = importer.bring([source])[0]
    path = importer.content / imported.path
    edited = path.read_text(encoding="utf-8").replace("三階の人", "三階のかた")
    path.write_text(edited, encoding="utf-8")
    page(tmp_path, PAGE.replace("三階の人", "四階の人"))
    again = importer.bring([source])[0]
    assert again.conflicts == 1
    text = path.read_text(encoding="utf-8")
    assert "三階のかた" in text
    assert "四階の人" not in text
    assert "merge" in again.must
    both = path.with_name("import-conflict.md").read_text(encoding="utf-8")
    assert "三階のかた" in both
    assert "四階の人" in both
    line = next(number for number, words in enumerate(text.splitlines(), 1) if "三階のかた" in words)
    assert [clash.line for clash in again.clashes] == [line]
    assert f"content/{again.path}:{line}" in both


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_article_saved_with_windows_line_ends_is_merged_and_keeps_them(
    importer: Importer, tmp_path: Path, mark: str
) -> None:
    source = page(tmp_path)
    imported = importer.bring([source])[0]
    path = importer.content / imported.path
    edited = mark + path.read_text(encoding="utf-8").replace("毎日座る人", "毎朝座る人").replace("\n", "\r\n")
    path.write_bytes(edited.encode())
    page(tmp_path, PAGE.replace("三階の人", "四階の人"))
    again = importer.bring([source], {"slug": "whose-landing"})[0]
    text = (importer.content / again.path).read_bytes().decode()
    assert again.clashes == ()
    assert text.count("\r\n") == text.count("\n")
    assert text.startswith(f"{mark}---\r\n")
    assert "毎朝座る人" in text
    assert "四階の人" in text
    assert read(importer, again).matter.slug == "whose-landing"


def test_what_would_be_no_article_any_more_is_one_conflict(importer: Importer, tmp_path: Path) -> None:
    undated = PAGE.replace("更新日:5月9日\n\n", "")
    source = page(tmp_path, undated)
    imported = importer.bring([source])[0]
    path = importer.content / imported.path
    edited = path.read_text(encoding="utf-8").replace("title:", "updated: 2024-05-10\ntitle:", 1)
    path.write_text(edited, encoding="utf-8")
    page(tmp_path, PAGE)
    again = importer.bring([source])[0]  # line by line both would stay, and `updated` would be there twice
    assert again.conflicts == 1
    assert str(read(importer, again).matter.updated) == "2024-05-10"
    assert "updated: 2024-05-09" in path.with_name("import-conflict.md").read_text(encoding="utf-8")


def test_a_dry_run_writes_nothing(importer: Importer, tmp_path: Path) -> None:
    imported = importer.bring([page(tmp_path)], dry_run=True)[0]
    assert imported.changed
    assert files(importer.content) == {}


def test_provenance_names_the_rule_of_every_line(importer: Importer, tmp_path: Path) -> None:
    imported = importer.bring([page(tmp_path)])[0]
    folder = importer.content / imported.path.parent
    record = json.loads((folder / "import.json").read_text(encoding="utf-8"))
    content = {number for number, line in enumerate(PAGE.split("\n"), 1) if line.strip()}
    written = record["written"].splitlines()
    assert {int(number) for number in record["lines"]} == content
    assert {line["rule"] for line in record["lines"].values()} == set(record["rules"]) | {"R1"}
    for number, line in record["lines"].items():
        words = PAGE.split("\n")[int(number) - 1].strip(" •\u00a0").rpartition(":")[2].strip()
        assert line["rule"] == "R1" or line["rule"] in ("R3", "R5", "R11") or words in written[line["at"] - 1]
    assert (folder / "import.txt").read_text(encoding="utf-8") == PAGE


def test_markdown_in_a_page_stays_text(importer: Importer, tmp_path: Path) -> None:
    text = "題\n\n* 星 _下線_ `code` <b>x</b> [a](b) | 縦 \\ 円 # \n\n# 見出しではない\n\n1. 数\n\n- 棒\n\n｜ルビ《では》ない $1$ ::: と\n"
    imported = importer.bring([page(tmp_path, text)])[0]
    assert imported.proof.holds
    assert all(isinstance(block, Paragraph) for block in read(importer, imported).blocks)


def test_a_page_without_dialogue_is_paragraphs(importer: Importer, tmp_path: Path) -> None:
    imported = importer.bring([page(tmp_path, "題名\n\n一つ目の段落です。\n\n二つ目: 段落です。\n")])[0]
    assert imported.proof.conserved == 3
    assert read(importer, imported).matter.speakers == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "there is no text"),
        (b"\n \n", "there is no text"),
        (b"\x00\x01binary", "not a text file"),
        ("題\n\n本文".encode("shift_jis"), "not UTF-8"),
        (b"a" * (3 * 1024 * 1024), "too large"),
    ],
)
def test_what_is_no_page_is_refused(importer: Importer, tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(data)
    with pytest.raises(WrongInput, match=message) as error:
        importer.bring([path])
    assert str(path) in error.value.said("en")
    assert error.value.remedy is not None


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(WrongInput, match="wix-column"):
        load_profile(ROOT, "wordpress")


HOSTILE = [
    (b"", "there is no text"),
    (b"top of page\nbottom of page", "there is no text"),
    ("\u3000\n\u00a0\n\u200b\n".encode(), "there is no text"),
    ("題\n本\x00文".encode(), "not a text file"),
    ("題\n".encode() + "本文".encode("shift_jis"), "not UTF-8"),
    ("題\n".encode("euc-jp") + "本文\n".encode(), "not UTF-8"),
    ("題\n本文".encode("utf-16"), "not"),
    (b"<!doctype html><p>x</p>", "markup"),
    (b"{\\rtf1 x}", "markup"),
    ("題\n本\ud7ff文\x1b[31m".encode(), "change its words"),
]


@pytest.mark.parametrize(("data", "message"), HOSTILE)
def test_a_hostile_page_is_refused_with_file_and_remedy(
    importer: Importer, tmp_path: Path, data: bytes, message: str
) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(data)
    with pytest.raises(WrongInput, match=message) as refused:
        importer.bring([path])
    assert refused.value.place is not None
    assert refused.value.place.file == path
    assert refused.value.remedy is not None
    assert refused.value.what.ja != refused.value.what.en
    assert files(importer.content) == {}


def test_a_page_of_a_title_only_is_an_article_without_text(importer: Importer, tmp_path: Path) -> None:
    imported = importer.bring([page(tmp_path, "題だけ\n")])[0]
    assert (imported.proof.lines, imported.proof.conserved) == (1, 1)
    article = read(importer, imported)
    assert (article.matter.title, article.blocks) == ("題だけ", ())


def test_one_line_of_a_megabyte_comes_in(importer: Importer, tmp_path: Path) -> None:
    imported = importer.bring([page(tmp_path, "題\n\n" + "*長い* [行]。" * 70_000)])[0]
    assert (imported.proof.lines, imported.proof.conserved) == (2, 2)


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("updated", "5月9日", "2024-06-30T07:00:00+09:00"),
        ("updated", "2024-13-45", "2024-06-30 か 2024-06-30T07:00:00+09:00"),
        ("published", "2024-13-45", "2024-06-30T07:00:00+09:00"),
        ("published", "2024-05-07", "2024-05-07T07:00:00+09:00"),
        ("published", "2024-05-07T07:00:00", "+09:00"),
        ("slug", "Whose Landing", "ハイフン"),
        ("slug", "a" * 61, "60字"),
        ("note", "later", "no（まだない）"),
        ("status", "published", "draft"),
        ("stauts", "ready", "「status」のことですか"),
        ("title", "x", "updated、published、slug、note、status"),
    ],
)
def test_a_wrong_answer_is_told_how_it_is_written(
    importer: Importer, tmp_path: Path, field: str, value: str, remedy: str
) -> None:
    with pytest.raises(WrongInput) as refused:
        importer.bring([page(tmp_path)], {field: value})
    assert refused.value.remedy is not None
    assert remedy in refused.value.remedy.ja


def test_a_page_that_is_not_there_is_said_to_be_so_in_both_languages(importer: Importer, tmp_path: Path) -> None:
    with pytest.raises(WrongInput) as refused:
        importer.bring([tmp_path / "nowhere.txt"])
    assert refused.value.what == Sentence(ja="このファイルはありません", en="there is no such file")


def test_what_is_no_address_is_kept_beside_the_source_and_asked_about(importer: Importer, tmp_path: Path) -> None:
    imported = importer.bring([page(tmp_path, PAGE.replace("  • 概要", "  • URL:近日公開\n\n  • 概要"))])[0]
    assert imported.proof.holds
    assert "近日公開" in imported.should["sources"]
    assert read(importer, imported).matter.sources[0].url == ""


def test_a_line_right_below_the_source_box_is_asked_about(importer: Importer, tmp_path: Path) -> None:
    wrapped = PAGE.replace("組合の一年\n", "組合の一年\nを追った記録\n")
    imported = importer.bring([page(tmp_path, wrapped)])[0]
    assert imported.proof.holds
    assert "続きか" in imported.should["sources"]


OTHER_PROFILE = """\
name: plain-talk
drop_first: '# scraped'
dates: {Updated: updated}
series: Column
source_mark: '>>'
source_fields: {From: publication, By: author, Link: url}
headings: {In short: key-points, Words: glossary}
bullet: '*'
term: ['<', '>']
notice: '^Also on note'
"""
OTHER_PAGE = """\
# scraped
The Bench by the River
Updated: 2024-04-12
Column: Small places
>>Read: The Long Bench
* From: River Paper, 2024/4/2
* By: O. Marsh
* Link: https://example.com/bench

A bench was put there by nobody.

Ann: Who sits on it?

Bo: Everyone.

Ann: And who mends it?

Bo: Nobody.

Ann: So it is nobody's.

Bo: Or everyone's.

In short
* use comes first
  * the river stays

Words
<bench>
a long seat

Also on note soon."""


def test_another_sites_pages_need_only_another_profile(importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "config/importing").mkdir(parents=True)
    (tmp_path / "config/importing/plain-talk.yaml").write_text(OTHER_PROFILE, encoding="utf-8")
    other = replace(importer, profile=load_profile(tmp_path, "plain-talk"))
    imported = other.bring([page(tmp_path, OTHER_PAGE)])[0]
    article = read(other, imported)
    assert imported.proof.holds
    assert (article.matter.title, article.matter.speakers) == ("The Bench by the River", ("Ann", "Bo"))
    assert (article.matter.sources[0].url, str(article.matter.sources[0].date)) == (
        "https://example.com/bench", "2024-04-02",
    )  # fmt: skip
    assert [type(block).__name__ for block in article.blocks] == [
        "Paragraph", "Dialogue", "Heading", "KeyPoints", "Heading", "Glossary", "Notice",
    ]  # fmt: skip
    assert "updated" not in imported.must


@pytest.mark.skipif(not SEEDS, reason="the newsroom's column is not here")
def test_the_column_comes_in_whole(importer: Importer) -> None:
    imported = importer.bring([SEEDS[0]])[0]
    article = read(importer, imported)
    assert (imported.proof.lines, imported.proof.conserved) == (93, 93)
    assert set(imported.must) == {"updated", "published", "slug", "note"}
    leads = [block for block in article.blocks if isinstance(block, Paragraph)]
    turns = next(block for block in article.blocks if isinstance(block, Dialogue)).turns
    points = next(block for block in article.blocks if isinstance(block, KeyPoints)).points
    terms = next(block for block in article.blocks if isinstance(block, Glossary)).terms
    notice = next(block for block in article.blocks if isinstance(block, Notice))
    assert (len(leads), len(turns), len(terms), len(article.matter.sources)) == (2, 37, 15, 1)
    assert sorted(Counter(turn.speaker for turn in turns).values()) == [18, 19]
    assert [len(point.details) for point in points] == [1] * 14
    assert isinstance(notice.blocks[0], Paragraph)
    assert len(notice.blocks[0].content) == 3  # two lines and the break between them


# --- what must never happen -------------------------------------------------------------------------------------


def test_one_bad_page_stops_the_whole_batch_before_anything_is_written(importer: Importer, tmp_path: Path) -> None:
    good, bad = page(tmp_path, name="good.txt"), tmp_path / "bad.txt"
    bad.write_bytes(b"\x00")
    with pytest.raises(WrongInput):
        importer.bring([good, bad])
    assert files(importer.content) == {}


def test_a_batch_makes_one_article_each_and_one_series_file(importer: Importer, tmp_path: Path) -> None:
    names = ["a.txt", "b.txt"]
    other = PAGE.replace("階段の踊り場", "物干し台")
    for line in range(40):
        other = other.replace("椅子", f"竿{line}", 1)
    sources = [page(tmp_path, PAGE, names[0]), page(tmp_path, other, names[1])]
    first, second = importer.bring(sources)
    assert first.id != second.id
    assert len(list((importer.content / "series").iterdir())) == 1


def test_a_page_listed_twice_is_one_article(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path)
    importer.bring([source, source])
    assert len(list(importer.content.rglob("index.md"))) == 1


def test_a_slug_of_another_article_is_refused(importer: Importer, tmp_path: Path) -> None:
    importer.bring([page(tmp_path)], {"slug": "whose-landing"})
    with pytest.raises(WrongInput, match="whose-landing"):
        importer.bring([page(tmp_path, "別の題\n\n別の本文。\n", "other.txt")], {"slug": "whose-landing"})


def test_a_refused_answer_leaves_the_folder_as_it_was(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path)
    importer.bring([source])
    before = files(importer.content)
    with pytest.raises(Blocked):
        importer.bring([source], {"slug": "whose-landing", "status": "ready"})
    assert files(importer.content) == before


def test_a_proposal_in_ascii_gives_way_to_the_accepted_slug(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path, PAGE.replace("階段の踊り場", "Landing の踊り場"))
    assert importer.bring([source])[0].path.parent.name == "landing"
    assert importer.bring([source], {"slug": "whose-landing"})[0].path.parent.name == "whose-landing"


def test_an_address_is_recorded_before_its_question_ends(importer: Importer, tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    def recorded(article: str, address: str) -> None:
        asked.append((article, address))
        assert "note" in Library(importer.content).find(article).matter.review.must

    source, address = page(tmp_path), "https://note.com/example/n/n0123456789ab"
    imported = replace(importer, recorded=recorded).bring([source], {"note": address})[0]
    assert asked == [(imported.id, address)]
    assert "note" not in imported.must
    assert "note" not in read(importer, imported).matter.review.must


def test_an_address_that_cannot_be_recorded_leaves_its_question_open(importer: Importer, tmp_path: Path) -> None:
    def refuses(_article: str, _address: str) -> None:
        raise WrongInput(Sentence(ja="別の人の頁です", en="another person's page"))

    source = page(tmp_path)
    with pytest.raises(WrongInput, match="another person"):
        replace(importer, recorded=refuses).bring([source], {"note": "https://note.com/example/n/n0123456789ab"})
    assert "note" in importer.bring([source])[0].must


def test_nothing_is_asked_about_a_channel_that_is_not_there(importer: Importer, tmp_path: Path) -> None:
    imported = replace(importer, channels=("site", "rss")).bring([page(tmp_path)])[0]
    assert set(imported.must) == {"updated", "published", "slug"}
    notice = read(importer, imported).blocks[-1]
    assert isinstance(notice, Notice)
    assert notice.about is None


def test_an_article_that_vanished_beside_its_record_is_made_again(importer: Importer, tmp_path: Path) -> None:
    source = page(tmp_path)
    first = importer.bring([source])[0]
    (importer.content / first.path).unlink()
    again = importer.bring([source])[0]
    assert (again.id, again.path) == (first.id, first.path)
    assert (importer.content / first.path).exists()


def test_an_unedited_article_follows_a_changed_page(importer: Importer, tmp_path: Path) -> None:
    first = importer.bring([page(tmp_path)])[0]
    again = importer.bring([page(tmp_path, PAGE.replace("三階の人", "四階の人"))])[0]
    assert (again.id, again.clashes) == (first.id, ())
    assert "四階の人" in (importer.content / first.path).read_text(encoding="utf-8")


def test_another_page_under_the_same_file_name_is_another_article(importer: Importer, tmp_path: Path) -> None:
    first = importer.bring([page(tmp_path)])[0]
    other = importer.bring([page(tmp_path, "まったく別の題\n\nまったく別の本文。\n")])[0]
    assert other.id != first.id


def test_settled_answers_survive_a_changed_page(importer: Importer, tmp_path: Path) -> None:
    importer.bring([page(tmp_path)], {"updated": "2024-05-09", "slug": "whose-landing", "note": "no"})
    again = importer.bring([page(tmp_path, PAGE.replace("三階の人", "四階の人"))])[0]
    assert set(again.must) == {"published"}
    assert read(importer, again).matter.slug == "whose-landing"


def test_a_character_no_article_can_hold_is_refused_with_its_line(importer: Importer, tmp_path: Path) -> None:
    with pytest.raises(WrongInput) as refused:
        importer.bring([page(tmp_path, "題\n\n前文。\n\n鐘\x07の音。\n")])
    assert refused.value.place is not None
    assert refused.value.place.line == 5
    assert files(importer.content) == {}


def test_a_year_folder_that_leads_out_of_content_is_refused(importer: Importer, tmp_path: Path) -> None:
    (importer.content / "articles").mkdir()
    (tmp_path / "outside").mkdir()
    (importer.content / "articles/2024").symlink_to(tmp_path / "outside")
    with pytest.raises(WrongInput, match="leads out"):
        importer.bring([page(tmp_path)])
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_megabyte_of_words_comes_in(importer: Importer, tmp_path: Path) -> None:
    text = "題\n\n" + "\n\n".join(f"{number}番目の*長い*段落。" + "雨" * 600 for number in range(550))
    imported = importer.bring([page(tmp_path, text)])[0]
    assert imported.proof.conserved == 551


def test_a_folder_or_an_address_is_no_page(importer: Importer, tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "missing.txt", Path("https://example.com/post")):
        with pytest.raises(WrongInput) as refused:
            importer.bring([source])
        assert refused.value.remedy is not None
