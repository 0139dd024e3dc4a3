"""import: what is asked, in whose language, and what is refused."""

from __future__ import annotations

from pathlib import Path

from tests.desk.papers import Paper
from tests.kawaraban.importing.pages import PAGE


def page(paper: Paper) -> str:
    path = paper.root / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    return str(path)


def test_the_document_has_exactly_its_keys(paper: Paper) -> None:
    answer = paper("import", page(paper), "--json")
    assert set(answer.document) == {"articles"}
    (article,) = answer.document["articles"]
    assert set(article) == {"id", "path", "doubts", "proof"}
    assert set(article["doubts"]) == {"must", "should"}
    assert set(article["proof"]) == {"lines", "conserved"}
    assert set(article["doubts"]["must"]) == {"updated", "published", "slug", "note"}


def test_questions_are_asked_in_the_readers_language_and_kept_in_the_papers(paper: Paper) -> None:
    file = page(paper)
    english = paper("import", file)
    again = paper("import", file)
    japanese = paper("import", file, language="ja")
    for answer in (english, again):
        assert "? published: the page does not say when it was first published" in answer.out
        assert "- tags: there are no tags" in answer.out
        assert "- series: the series `間取りの話` was declared anew" in answer.out
    assert "？ published: 初めて公開した日時が頁にない" in japanese.out
    path = next((paper.root / "content").glob("articles/*/*/index.md"))
    assert "初めて公開した日時が頁にない" in path.read_text(encoding="utf-8")


def test_the_next_command_is_printed_and_works(paper: Paper) -> None:
    file = page(paper)
    assert f"kawaraban import {file} --accept updated=… --accept published=…" in paper("import", file).out
    answers = ("updated=2024-05-09", "published=2024-05-09T07:00:00+09:00", "slug=landing", "note=no")
    settled = paper("import", file, *(word for answer in answers for word in ("--accept", answer)))
    assert "--accept status=ready" in settled.out
    assert "status=ready" not in paper("import", file, "--accept", "status=ready").out
    later = paper("import", file)
    assert "nothing changed" in later.out
    assert "status=ready" not in later.out
    assert paper("publish", "landing").code == 0


def test_a_dry_run_writes_nothing(paper: Paper) -> None:
    file = page(paper)
    before = sorted((paper.root / "content").rglob("*"))
    assert paper("import", file, "--dry-run").code == 0
    assert sorted((paper.root / "content").rglob("*")) == before


def test_wrong_answers_are_refused_with_the_remedy(paper: Paper) -> None:
    file = page(paper)
    for answer, said in (
        ("slgu=x", "did you mean `slug`?"),
        ("nonsense", "--accept slug=rain"),
        ("published=tomorrow", "write it like"),
        ("note=maybe", "no (not there yet)"),
    ):
        refused = paper("import", file, "--accept", answer)
        assert refused.code == 2, answer
        assert said in refused.err
    early = paper("import", file, "--accept", "status=ready", language="ja")
    assert early.code == 1
    assert "先に --accept で決めてください" in early.err


def test_a_page_that_is_not_there_and_a_profile_that_is_not_there_are_refused(paper: Paper, tmp_path: Path) -> None:
    assert paper("import", str(tmp_path / "no.txt")).code == 2
    answer = paper("import", page(paper), "--profile", "wix-colum")
    assert answer.code == 2
    assert "wix-column" in answer.err
