"""build: the edition elsewhere, without delivering."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.papers import Paper


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_build_is_what_publishing_would_write_and_nothing_is_delivered(paper: Paper, tmp_path: Path) -> None:
    paper.write()
    answer = paper("build", "--out", str(tmp_path / "out"), "--json")
    assert answer.code == 0
    assert set(answer.document) == {"folder", "articles", "files", "left_out"}
    assert (answer.document["articles"], answer.document["left_out"]) == (1, [])
    assert paper.word("rain", "site") == "due"
    assert not (paper.root / "public").exists()
    built = tree(tmp_path / "out")
    assert "articles/rain/index.html" in built
    assert "feed.xml" in built


def test_no_byte_of_a_build_depends_on_the_clock_or_the_number_of_processes(paper: Paper, tmp_path: Path) -> None:
    for number in range(4):
        paper.write(f"rain-{number}", id=f"7ra1ny{number}a")
    paper("build", "--out", str(tmp_path / "one"), "--jobs", "1", "--at", "2024-07-01T00:00:00+09:00")
    paper("build", "--out", str(tmp_path / "two"), "--jobs", "3", "--at", "2024-07-01T00:00:00+09:00")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_an_edition_of_the_future_has_what_is_due_then(paper: Paper, tmp_path: Path) -> None:
    paper.write(published="2040-01-01T07:00:00+09:00")
    paper("build", "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out" / "articles" / "rain").exists()
    paper("build", "--out", str(tmp_path / "out"), "--at", "2040-01-02T00:00:00+09:00")
    assert (tmp_path / "out" / "articles" / "rain" / "index.html").is_file()


@pytest.mark.parametrize(
    "folder", ["public", "public/preview", "packages", "packages/note/x", ".", ".kawaraban/x", "content"]
)
def test_a_folder_of_a_channel_or_of_the_paper_is_refused(paper: Paper, folder: str) -> None:
    paper.write()
    answer = paper("build", "--out", str(paper.root / folder), "--at", "2040-01-02T00:00:00+09:00")
    assert answer.code == 2
    assert "--out" in answer.err
    assert not (paper.root / "public").exists()


def test_files_of_somebody_else_are_never_overwritten(paper: Paper, tmp_path: Path) -> None:
    paper.write()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("mine", encoding="utf-8")
    answer = paper("build", "--out", str(tmp_path / "out"))
    assert answer.code == 2
    assert (tmp_path / "out" / "index.html").read_text(encoding="utf-8") == "mine"


def test_packages_for_note_are_built_too_and_an_automatic_channel_is_refused(paper: Paper, tmp_path: Path) -> None:
    paper.write()
    assert paper("build", "--out", str(tmp_path / "out"), "--with", "note").code == 0
    assert (tmp_path / "out" / "packages" / "note" / "rain" / "index.html").is_file()
    assert not (paper.root / "packages").exists()
    wrong = paper("build", "--out", str(tmp_path / "out"), "--with", "rss", language="ja")
    assert wrong.code == 2
    assert "--with" in wrong.err


def test_an_article_that_can_not_go_in_is_named_and_ends_with_1(paper: Paper, tmp_path: Path) -> None:
    paper.write()
    paper.write("no-picture", id="7ra1ny7b", body="![](屋根.png)\n")
    answer = paper("build", "--out", str(tmp_path / "out"))
    assert answer.code == 1
    assert "left out: 雨樋の音を聞く" in answer.out
    assert (tmp_path / "out" / "articles" / "rain" / "index.html").is_file()
