"""The content folder: everything readable is read, everything else is said, and nothing an editor wrote is lost."""

from __future__ import annotations

import codecs
import hashlib
import os
import pickle
import stat
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from PIL import Image

from kawaraban import library as library_module
from kawaraban.article import reader
from kawaraban.article.model import Article
from kawaraban.errors import Conflict, WrongInput
from kawaraban.library import Library

TEXT = """---
id: {id}
title: {title}
slug: {slug}
status: ready
---
雨の日の{title}。
"""
IDS = [f"{number:08d}" for number in range(600)]


def write(content: Path, slug: str, *, number: int = 0, text: str | None = None) -> Path:
    path = content / "articles/2024" / slug / "index.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or TEXT.format(id=IDS[number], title=f"題{number}", slug=slug), encoding="utf-8")
    return path


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


@pytest.fixture
def library(content: Path, tmp_path: Path) -> Library:
    return Library(content, tmp_path / "cache")


def again(library: Library) -> Library:
    """The same folder, in a later run."""
    return Library(library.content, library._cache)


def test_articles_are_read_in_the_order_of_their_paths(library: Library, content: Path) -> None:
    write(content, "b", number=1)
    write(content, "a", number=2)
    assert [article.slug for article in library.read_all().articles] == ["a", "b"]


def test_one_bad_file_does_not_stop_the_others(library: Library, content: Path) -> None:
    write(content, "good")
    write(content, "no-matter", text="本文だけ。\n")
    write(content, "unknown-key", text=TEXT.format(id=IDS[1], title="題", slug="x").replace("status", "statsu"))
    write(content, "latin").write_bytes(b"---\nid: 1\n---\n\xff\n")
    write(content, "bomb", text="---\na: &a [x]\nb: [*a, *a]\n---\n")
    write(content, "deep", text=TEXT.format(id=IDS[2], title="題", slug="deep") + "> " * 200 + "深い\n")
    reading = library.read_all()
    assert [article.slug for article in reading.articles] == ["good"]
    assert {finding.file.parent.name for finding in reading.findings if finding.blocks} == {
        "no-matter", "unknown-key", "latin", "bomb", "deep",
    }  # fmt: skip


def test_what_lies_outside_is_never_read(library: Library, content: Path, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", "secret")
    (content / "articles/2024").mkdir(parents=True)
    (content / "articles/2024/linked").symlink_to(outside.parent)
    (content / "articles/2023").symlink_to(outside.parent.parent)
    (content / "articles/2024/file").mkdir()
    (content / "articles/2024/file/index.md").symlink_to(outside)
    reading = library.read_all()
    assert reading.articles == ()
    assert [str(finding.file) for finding in reading.findings] == [
        "articles/2023/index.md", "articles/2024/linked/index.md", "articles/2024/file/index.md",
    ]  # fmt: skip
    assert all("content/" in finding.message.en and finding.remedy for finding in reading.findings)


def test_a_pipe_in_an_articles_place_is_no_article(library: Library, content: Path) -> None:
    (content / "articles/2024/pipe").mkdir(parents=True)
    os.mkfifo(content / "articles/2024/pipe/index.md")
    assert [finding.code for finding in library.read_all().findings] == ["unreadable"]


def test_two_files_with_one_id_are_both_named(library: Library, content: Path) -> None:
    write(content, "original")
    write(content, "copied-folder")
    finding = next(finding for finding in library.read_all().findings if finding.code == "id-twice")
    assert "articles/2024/copied-folder" in str(finding.file) + finding.message.en
    assert "articles/2024/original" in str(finding.file) + finding.message.en


def test_a_missing_content_folder_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="kawaraban init"):
        Library(tmp_path / "nowhere").read_all()


# --- pictures ---------------------------------------------------------------------------------------------------


def test_pictures_beside_the_article_are_known_by_their_references(library: Library, content: Path) -> None:
    text = (
        TEXT.format(id=IDS[0], title="絵", slug="pictures") + "![傘](傘の 絵.png)\n\n![外](../x.png)\n\n![無](no.png)\n"
    )
    folder = write(content, "pictures", text=text.replace("(傘の 絵.png)", "(<傘の 絵.png>)")).parent
    Image.new("RGB", (8, 4)).save(folder / "傘の 絵.png")
    article = library.read_all().articles[0]
    assert [picture.file for picture in article.pictures.values()] == ["articles/2024/pictures/傘の 絵.png"]


def test_a_changed_picture_is_noticed(library: Library, content: Path) -> None:
    folder = write(content, "p", text=TEXT.format(id=IDS[0], title="絵", slug="p") + "![傘](a.png)\n").parent
    assert library.read_all().articles[0].pictures == {}
    Image.new("RGB", (8, 4)).save(folder / "a.png")
    assert again(library).read_all().articles[0].pictures["a.png"].width == 8
    Image.new("RGB", (16, 4)).save(folder / "a.png")
    assert again(library).read_all().articles[0].pictures["a.png"].width == 16


# --- finding one ------------------------------------------------------------------------------------------------


def test_an_article_is_found_by_id_path_or_slug(library: Library, content: Path) -> None:
    path = write(content, "umbrella", number=7)
    for name in (IDS[7], "umbrella", "articles/2024/umbrella", "content/articles/2024/umbrella/index.md", str(path)):
        assert library.find(name).id == IDS[7]


def test_a_misspelt_name_lists_near_ones(library: Library, content: Path) -> None:
    write(content, "where-wet-things-go")
    with pytest.raises(WrongInput, match="where-wet-things-go"):
        library.find("where-wet-thing-goes")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\x00b", "", "~"])
def test_a_hostile_name_is_no_article(library: Library, content: Path, name: str) -> None:
    write(content, "a")
    with pytest.raises(WrongInput):
        library.find(name)


def test_a_named_file_that_cannot_be_read_says_why(library: Library, content: Path) -> None:
    write(content, "broken", text="本文だけ。\n")
    with pytest.raises(WrongInput, match="front matter"):
        library.find("articles/2024/broken")


# --- saving -----------------------------------------------------------------------------------------------------


def test_a_text_is_saved_against_the_state_that_was_read(library: Library, content: Path) -> None:
    path = write(content, "a")
    path.chmod(0o640)
    article = library.find("a")
    digest = library.save(article.path, article.source.replace("雨", "雪"), article.digest)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    with pytest.raises(Conflict):
        library.save(article.path, "古い", article.digest)
    assert "雪の日" in path.read_text(encoding="utf-8")


def test_saving_keeps_the_mark_at_the_beginning_of_a_file(library: Library, content: Path) -> None:
    path = write(content, "a")
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    article = library.find("a")
    digest = library.save(article.path, article.source.replace("雨", "雪"), article.digest)
    assert path.read_bytes().startswith(codecs.BOM_UTF8 + b"---")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest == library.find("a").digest


def test_a_picture_that_can_not_be_used_is_named_with_its_line(library: Library, content: Path) -> None:
    path = write(content, "a")
    (path.parent / "傘 一.svg").write_text("<svg/>", encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8") + "\n![傘](<傘 一.svg>)\n", encoding="utf-8")
    found = next(one for one in library.read_all().findings if one.code == "image-unreadable")
    assert path.read_text(encoding="utf-8").splitlines()[(found.line or 0) - 1] == "![傘](<傘 一.svg>)"
    assert "「傘 一.svg」" in found.message.ja


def test_a_file_that_vanished_is_a_conflict(library: Library, content: Path) -> None:
    path = write(content, "a")
    article = library.find("a")
    path.unlink()
    with pytest.raises(Conflict):
        library.save(article.path, "文", article.digest)


def test_nothing_is_saved_outside(library: Library, content: Path, tmp_path: Path) -> None:
    write(content, "a")
    (tmp_path / "x.md").write_text("外", encoding="utf-8")
    for path in ("../x.md", "articles/../../x.md"):
        with pytest.raises(WrongInput):
            library.save(PurePosixPath(path), "文", hashlib.sha256("外".encode()).hexdigest())
        with pytest.raises(WrongInput):
            library.create(PurePosixPath(path).with_name("y.md"), b"x")
    assert (tmp_path / "x.md").read_text(encoding="utf-8") == "外"


def test_a_write_that_fails_leaves_the_old_text_and_no_litter(
    library: Library, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(content, "a")
    article = library.find("a")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WrongInput, match="No space left") as refused:
        library.save(article.path, "新しい文", article.digest)
    assert refused.value.remedy is not None
    assert path.read_text(encoding="utf-8") == article.source
    assert [file.name for file in path.parent.iterdir()] == ["index.md"]


def test_a_new_file_never_replaces_one(library: Library, content: Path) -> None:
    write(content, "a")
    with pytest.raises(Conflict):
        library.create(PurePosixPath("articles/2024/a/index.md"), b"x")


# --- the cache --------------------------------------------------------------------------------------------------


def test_the_cache_changes_nothing_but_the_time(library: Library, content: Path) -> None:
    for number in range(5):
        write(content, f"a-{number}", number=number)
    first, second = library.read_all(), again(library).read_all()
    assert first == second
    assert [article.blocks for article in second.articles] == [article.blocks for article in first.articles]


def test_an_edit_is_noticed(library: Library, content: Path) -> None:
    path = write(content, "a")
    before = library.read_all().articles[0]
    path.write_text(before.source.replace("題0", "題9"), encoding="utf-8")  # same size
    assert again(library).read_all().articles[0].matter.title == "題9"


def test_an_edit_that_keeps_size_and_time_is_noticed(library: Library, content: Path) -> None:
    path = write(content, "a")
    library.read_all()
    state = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("題0", "題9"), encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert again(library).read_all().articles[0].matter.title == "題9"


def test_what_was_removed_is_gone(library: Library, content: Path) -> None:
    path = write(content, "a")
    library.read_all()
    path.unlink()
    assert again(library).read_all().articles == ()


@pytest.mark.parametrize("data", [b"", b"junk", pickle.dumps(("other", "", {})), pickle.dumps([1])])
def test_a_broken_cache_is_made_anew(library: Library, content: Path, tmp_path: Path, data: bytes) -> None:
    write(content, "a")
    expected = library.read_all()
    (tmp_path / "cache/library.pickle").write_bytes(data)
    assert again(library).read_all() == expected
    assert (tmp_path / "cache/library.pickle").read_bytes() != data


def test_a_cache_that_cannot_be_written_does_no_harm(content: Path, tmp_path: Path) -> None:
    write(content, "a")
    (tmp_path / "cache").write_text("a file in its place", encoding="utf-8")
    assert len(Library(content, tmp_path / "cache").read_all().articles) == 1


def test_another_programs_cache_is_not_believed(
    library: Library, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(content, "a")
    library.read_all()
    monkeypatch.setattr(library_module.cache, "VERSION", "later")
    assert len(again(library).read_all().articles) == 1


# --- bodies are read when they are asked for --------------------------------------------------------------------


def test_an_article_whose_body_was_not_read_yet_is_an_article_in_every_respect(library: Library, content: Path) -> None:
    write(content, "a")
    library.read_all()
    article = again(library).read_all().articles[0]
    assert isinstance(article, Article)
    copy = replace(article, digest="0")
    assert type(copy) is Article
    assert (copy.blocks, copy.source) == (article.blocks, article.source)
    assert pickle.loads(pickle.dumps(article)) == article  # noqa: S301 - made on this line


def test_a_file_that_changes_between_list_and_body_is_a_conflict(library: Library, content: Path) -> None:
    path = write(content, "a")
    library.read_all()
    article = again(library).read_all().articles[0]
    path.write_text("---\nid: 1\n---\n", encoding="utf-8")
    with pytest.raises(Conflict, match="changed while"):
        _ = article.blocks


def test_many_articles_are_read_by_two_processes_as_by_one(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(120):
        write(content, f"a-{number:03d}", number=number)
    write(content, "bad", text="x")
    monkeypatch.setattr(library_module, "PARALLEL_FROM", 10_000)
    alone = Library(content).read_all()
    monkeypatch.setattr(library_module, "PARALLEL_FROM", 100)
    assert Library(content, tmp_path / "cache").read_all() == alone


def test_what_has_not_changed_is_not_read_again(content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        write(content, f"a-{number:03d}", number=number)
    library = Library(content, tmp_path / "cache")
    library.read_all()
    write(content, "a-007", text=TEXT.format(id=IDS[7], title="もう一度", slug="a-007"))
    parsed: list[str] = []
    parse = reader.parse

    def counting(text: str, path: PurePosixPath, *rest: Any) -> Article:
        parsed.append(path.parent.name)
        return parse(text, path, *rest)

    monkeypatch.setattr(reader, "parse", counting)
    assert len(again(library).read_all().articles) == 30
    assert parsed == ["a-007"]
