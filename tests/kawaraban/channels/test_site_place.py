"""Where a site may lie, who writes it, and whose a file in it is."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kawaraban.channels.protocol import Surroundings
from kawaraban.channels.site import Site
from kawaraban.edition import EditionFile, Stage, edition_digest
from kawaraban.errors import KawarabanError, Refused, Unavailable, WrongInput
from tests.builders import NOW, channel, publication
from tests.kawaraban.channels.editions import Paper, contents, expected

ONE = Paper({"rain": ("雨の話。", ["音"]), "wind": ("風の話。", ["音", "空"])})
TWO = Paper({"rain": ("雨の話。直した。", ["音"])}, style="b")
ROBOTS = EditionFile("robots.txt", Stage.FEEDS, "robots", lambda: b"ours", yields=True)


def site(root: Path, path: str = "public") -> Site:
    settings = channel("site", own={"path": path})
    return Site(Surroundings(root, publication(), settings, lambda _asset: b"", lambda: NOW))


def write(root: Path, paper: Paper, *more: EditionFile) -> None:
    files = [*paper.files(), *more]
    site(root).write(files, edition_digest(files))


def with_remedy(error: KawarabanError, *words: str) -> None:
    assert error.remedy is not None
    assert error.remedy.ja
    assert error.place is not None
    for word in words:
        assert word in error.remedy.en


# --- the place ---


@pytest.mark.parametrize(
    "path", [".", "./", "..", "../www", "public/../..", "content", "content/public", "config", ".kawaraban/site"]
)
def test_a_folder_of_the_papers_own_is_no_public_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(WrongInput, match="path") as caught:
        site(tmp_path, path)
    assert "public" in caught.value.said("ja")


@pytest.mark.parametrize("leads_to", ["content", ".kawaraban/x", ".", ".."])
def test_a_link_or_a_whole_path_to_the_papers_own_is_refused_before_anything_is_written(
    tmp_path: Path, leads_to: str
) -> None:
    root = tmp_path / "paper"
    (root / leads_to).mkdir(parents=True, exist_ok=True)
    (root / "public").symlink_to((root / leads_to).resolve())
    before = contents(root)
    for path in ("public", str((root / leads_to).resolve())):
        with pytest.raises(Refused, match="holds the paper itself") as caught:
            site(root, path).write(ONE.files(), ONE.digest())
        with_remedy(caught.value, "config/channels.yaml")
    assert contents(root) == before


def test_a_link_to_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "public").symlink_to(tmp_path / "not-mounted")
    with pytest.raises(Refused, match="link to nothing") as caught:
        write(tmp_path, ONE)
    with_remedy(caught.value, "remove the link")


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "public").write_text("theirs", encoding="utf-8")
    with pytest.raises(Refused, match="not ours") as caught:
        write(tmp_path, ONE)
    with_remedy(caught.value)
    assert (tmp_path / "public").read_text(encoding="utf-8") == "theirs"


@contextmanager
def somebody_else() -> Iterator[Path]:
    """A folder of a user who is not root, to whom permissions mean something."""
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    try:
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        yield folder
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_is_said_with_its_remedy_and_stays_as_it_was() -> None:
    with somebody_else() as root:
        write(root, ONE)
        tags = root / "public" / "articles" / "rain"
        tags.chmod(0o555)
        try:
            with pytest.raises(Unavailable, match="can't be written") as caught:
                write(root, TWO)
        finally:
            tags.chmod(0o755)
        with_remedy(caught.value, "permissions")
        write(root, TWO)
        assert contents(root / "public") == expected(TWO.files())


# --- the writer ---


def test_two_processes_never_write_one_site_at_once(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    tries: list[Unavailable] = []

    def meanwhile() -> bytes:
        with pytest.raises(Unavailable, match="another process") as caught:
            write(tmp_path, ONE)
        tries.append(caught.value)
        return b"ours"

    write(tmp_path, TWO, EditionFile("late.txt", Stage.FEEDS, "late", meanwhile))
    with_remedy(tries[0], "publish again")
    assert contents(tmp_path / "public") == {**expected(TWO.files()), "late.txt": b"ours"}


def test_a_process_that_was_killed_while_writing_keeps_nobody_out(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        write(tmp_path, ONE, EditionFile("late.txt", Stage.FEEDS, "late", lambda: os._exit(9)))
    os.waitpid(child, 0)
    write(tmp_path, TWO)
    assert contents(tmp_path / "public") == expected(TWO.files())


def test_locks_staging_and_manifest_lie_outside_of_what_is_served(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    write(tmp_path, TWO)
    assert set(contents(tmp_path / "public")) == {file.path for file in TWO.files()}
    assert {path.name for path in (tmp_path / ".kawaraban" / "editions").iterdir()} == {"site.jsonl", "site.lock"}


# --- an operator's own robots.txt ---


def test_an_operators_robots_txt_stays_and_the_site_goes_out(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    theirs = tmp_path / "public" / "robots.txt"
    theirs.write_text("theirs", encoding="utf-8")
    for paper in (ONE, TWO):
        write(tmp_path, paper, ROBOTS)
        assert contents(tmp_path / "public") == {**expected(paper.files()), "robots.txt": b"theirs"}
        files = [*paper.files(), ROBOTS]
        assert site(tmp_path).shows_edition(edition_digest(files))
    write(tmp_path, Paper({}))
    assert theirs.read_text(encoding="utf-8") == "theirs"


def test_our_robots_txt_becomes_the_operators_when_they_change_it(tmp_path: Path) -> None:
    write(tmp_path, ONE, ROBOTS)
    theirs = tmp_path / "public" / "robots.txt"
    assert theirs.read_bytes() == b"ours"
    theirs.write_text("theirs now", encoding="utf-8")
    write(tmp_path, TWO, ROBOTS)
    assert theirs.read_text(encoding="utf-8") == "theirs now"
    theirs.unlink()
    write(tmp_path, TWO, ROBOTS)
    assert theirs.read_bytes() == b"ours"
