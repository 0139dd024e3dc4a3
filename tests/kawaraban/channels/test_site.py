"""The public folder: equal to the edition in the end, and whole and without dead links at every instant before."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kawaraban.channels.protocol import EditionChannel, Surroundings
from kawaraban.channels.site import Site
from kawaraban.channels.site.folder import PublicFolder
from kawaraban.edition import EditionFile, Stage
from kawaraban.errors import Refused, Unavailable, WrongInput
from tests.builders import NOW, channel, publication
from tests.kawaraban.channels.editions import Paper, contents, dead_links, expected

ONE = Paper({"rain": ("雨の話。", ["音"]), "wind": ("風の話。", ["音", "空"])})
TWO = Paper(
    {"rain": ("雨の話。直した。", ["音"]), "snow": ("雪の話。", ["冬"]), "mist": ("霧の話。", ["冬", "音"])}, style="b"
)
EMPTY = Paper({})


def site(root: Path, watch: Callable[[str], None] | None = None, path: str = "public") -> Site:
    surroundings = Surroundings(
        root, publication(), channel("site", own={"path": path}), lambda _asset: b"", lambda: NOW
    )
    return Site(surroundings, watch)


def write(root: Path, paper: Paper, watch: Callable[[str], None] | None = None) -> None:
    site(root, watch).write(paper.files(), paper.digest())


def steps_of(root: Path, paper: Paper) -> list[str]:
    steps: list[str] = []
    write(root, paper, steps.append)
    return steps


def test_it_is_an_edition_channel(tmp_path: Path) -> None:
    assert isinstance(site(tmp_path), EditionChannel)


def test_the_folder_becomes_the_edition_and_nothing_else_lies_in_it(tmp_path: Path) -> None:
    for paper in (ONE, TWO, ONE, EMPTY):
        write(tmp_path, paper)
        assert contents(tmp_path / "public") == expected(paper.files())
        assert not dead_links(tmp_path / "public")


def test_the_receipt_names_edition_address_and_instant(tmp_path: Path) -> None:
    receipt = site(tmp_path).write(ONE.files(), ONE.digest())
    assert (receipt.version, receipt.url, receipt.at) == (ONE.digest(), "https://example.com", NOW)


def test_equal_bytes_are_not_written_again(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "public").rglob("*")}
    assert not [step for step in steps_of(tmp_path, ONE) if step.startswith("place")]
    renamed = [EditionFile(file.path, file.stage, f"{file.key}-other", file.make, file.bare) for file in ONE.files()]
    site(tmp_path).write(renamed, "another program made the same bytes")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "public").rglob("*")} == before


def test_only_files_whose_key_changed_are_made(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    made: list[str] = []

    def counted(file: EditionFile) -> EditionFile:
        def make() -> bytes:
            made.append(file.path)
            return file.make()

        return EditionFile(file.path, file.stage, file.key, make)

    edited = Paper({**ONE.articles, "rain": ("雨の話を直した。", ["音"])})
    site(tmp_path).write([counted(file) for file in edited.files()], edited.digest())
    assert made == ["articles/rain/index.html"]


def test_public_files_may_be_read_by_a_web_server_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write(tmp_path, ONE)
        write(tmp_path, TWO)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "public").rglob("*") if path.is_file()}
    folders = {
        stat.S_IMODE(path.stat().st_mode)
        for path in [tmp_path / "public", *(tmp_path / "public").rglob("*")]
        if path.is_dir()
    }
    assert (modes, folders) == ({0o644}, {0o755})


# --- at every instant ---


@pytest.mark.parametrize(("before", "after"), [(EMPTY, ONE), (ONE, TWO), (TWO, ONE), (ONE, EMPTY)])
def test_no_link_is_dead_at_any_instant(tmp_path: Path, before: Paper, after: Paper) -> None:
    write(tmp_path, before)

    def crawl(step: str) -> None:
        assert not dead_links(tmp_path / "public"), step
        assert (tmp_path / "public" / "index.html").is_file(), step

    write(tmp_path, after, crawl)


def test_a_first_edition_appears_as_a_whole(tmp_path: Path) -> None:
    seen: list[bool] = []
    write(tmp_path, ONE, lambda _step: seen.append((tmp_path / "public").exists()))
    assert not any(seen)


def test_a_first_edition_in_a_folder_with_other_files_appears_without_dead_links(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "ads.txt").write_text("theirs", encoding="utf-8")
    steps: list[str] = []

    def crawl(step: str) -> None:
        steps.append(step)
        assert not dead_links(tmp_path / "public"), step

    write(tmp_path, ONE, crawl)
    assert len(steps) > 2 * len(ONE.files())
    assert (tmp_path / "public" / "ads.txt").read_text(encoding="utf-8") == "theirs"


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.parametrize(("before", "after"), [(None, ONE), (EMPTY, ONE), (ONE, TWO), (TWO, EMPTY)])
def test_a_process_killed_at_any_point_leaves_no_dead_link_and_the_next_one_finishes(
    tmp_path: Path, before: Paper | None, after: Paper
) -> None:
    def start(name: str) -> Path:
        root = tmp_path / name
        root.mkdir()
        if before is not None:
            write(root, before)
        return root

    count = len(steps_of(start("counting"), after))
    assert count > 1
    for stop in range(count):
        root = start(f"killed-{stop}")
        killed_at(stop, lambda watch, root=root: write(root, after, watch))  # type: ignore[misc] # a lambda's default
        assert not dead_links(root / "public"), stop
        other = TWO if after is ONE else ONE
        for paper in (other, after) if stop % 3 == 0 else (after,):
            write(root, paper)
            assert contents(root / "public") == expected(paper.files()), stop


def killed_at(stop: int, work: Callable[[Callable[[str], None]], None]) -> None:
    """Do the work in a child that dies, as by kill -9, before its step number `stop`."""
    count = 0

    def watch(_step: str) -> None:
        nonlocal count
        if count == stop:
            os._exit(9)
        count += 1

    child = os.fork()
    if child == 0:
        try:
            work(watch)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize(("before", "after"), [(EMPTY, ONE), (ONE, TWO)])
def test_a_full_disk_at_any_point_is_said_and_leaves_no_dead_link(tmp_path: Path, before: Paper, after: Paper) -> None:
    write(tmp_path, before)
    count = 0

    def full_at(stop: int) -> Callable[[str], None]:
        steps = 0

        def watch(_step: str) -> None:
            nonlocal steps
            steps += 1
            if steps > stop:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        return watch

    while not site(tmp_path).shows_edition(after.digest()):
        with suppress_full_disk():
            write(tmp_path, after, full_at(count))
        assert not dead_links(tmp_path / "public")
        count += 1
    assert count > 5
    assert contents(tmp_path / "public") == expected(after.files())


@contextmanager
def suppress_full_disk() -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        if "No space left" not in error.what.en:
            raise


# --- what is not ours ---


def test_a_file_of_somebody_else_is_never_touched(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    theirs = tmp_path / "public" / "tags" / "音" / "theirs.html"
    theirs.write_text("theirs", encoding="utf-8")
    write(tmp_path, EMPTY)
    assert theirs.read_text(encoding="utf-8") == "theirs"


def test_a_file_of_somebody_else_at_our_address_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "sitemap.xml").write_text("theirs", encoding="utf-8")
    with pytest.raises(Refused, match=r"sitemap\.xml") as caught:
        write(tmp_path, ONE)
    assert caught.value.remedy is not None
    assert contents(tmp_path / "public") == {"sitemap.xml": b"theirs"}


def test_an_equal_file_of_somebody_else_is_adopted(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    for path in (tmp_path / ".kawaraban").rglob("*.jsonl"):
        path.unlink()
    write(tmp_path, ONE)
    write(tmp_path, EMPTY)
    assert contents(tmp_path / "public") == expected(EMPTY.files())


def test_another_folder_in_the_settings_starts_anew_and_leaves_the_old_one_alone(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "index.html").write_text("theirs", encoding="utf-8")
    with pytest.raises(Refused):
        site(tmp_path, path="www").write(ONE.files(), ONE.digest())
    (tmp_path / "www" / "index.html").unlink()
    site(tmp_path, path="www").write(TWO.files(), TWO.digest())
    assert contents(tmp_path / "www") == expected(TWO.files())
    assert contents(tmp_path / "public") == expected(ONE.files())


def test_a_file_of_ours_that_was_changed_or_deleted_is_noticed_and_made_again(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    assert site(tmp_path).shows_edition(ONE.digest())
    (tmp_path / "public" / "index.html").write_text("scribbled", encoding="utf-8")
    (tmp_path / "public" / "feed.xml").unlink()
    assert not site(tmp_path).shows_edition(ONE.digest())
    write(tmp_path, ONE)
    assert contents(tmp_path / "public") == expected(ONE.files())


@pytest.mark.parametrize("path", ["../outside.html", "/etc/motd", "a/../../b", "", ".", "a//b", "./a", "a\0b"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, path: str) -> None:
    file = EditionFile(path, Stage.PAGES, "key", lambda: b"out")
    with pytest.raises(Refused):
        site(tmp_path).write([*ONE.files(), file], "digest")
    assert not (tmp_path / "public").exists()


def test_two_files_with_one_path_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"feed\.xml"):
        site(tmp_path).write([*ONE.files(), EditionFile("feed.xml", Stage.PAGES, "key", lambda: b"")], "digest")


@pytest.mark.parametrize("place", ["articles", "articles/rain", "index.html", "tags"])
def test_a_link_in_the_folder_never_carries_a_file_out(tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    (outside / "rain").mkdir(parents=True)
    (outside / "index.html").write_text("theirs", encoding="utf-8")
    link = tmp_path / "public" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    before = contents(outside)
    with pytest.raises(Refused, match="link"):
        write(tmp_path, ONE)
    assert contents(outside) == before


def test_a_link_that_appears_later_is_not_followed_when_files_go(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    outside = tmp_path / "outside"
    (tmp_path / "public" / "articles").rename(outside)
    (tmp_path / "public" / "articles").symlink_to(outside)
    before = contents(outside)
    write(tmp_path, EMPTY)
    assert contents(outside) == before


def test_a_public_folder_that_is_itself_a_link_of_the_operator_is_used(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "public").symlink_to(tmp_path / "www")
    write(tmp_path, ONE)
    write(tmp_path, TWO)
    assert contents(tmp_path / "www") == expected(TWO.files())


def test_a_file_in_the_way_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "articles").write_text("theirs", encoding="utf-8")
    with pytest.raises(Refused, match="articles"):
        write(tmp_path, ONE)


def test_a_name_that_no_disk_can_hold_is_refused_and_not_tried_again_and_again(tmp_path: Path) -> None:
    file = EditionFile(f"tags/{'長' * 100}/index.html", Stage.LISTS, "key", lambda: b"")
    with pytest.raises(Refused, match="no file can have this name"):
        site(tmp_path).write([*ONE.files(), file], "digest")


# --- another file system, a torn manifest ---


def test_a_folder_on_another_file_system_is_filled_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renaming across file systems fails with EXDEV; the copy beside the target has a name no server shows."""
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if ".kawaraban" in self.parts and "public" in target.parts:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return rename(self, target)

    def crawl(step: str) -> None:
        assert not dead_links(tmp_path / "public"), step

    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "keep.txt").write_text("theirs", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", replace)
    write(tmp_path, ONE, crawl)
    write(tmp_path, TWO, crawl)
    killed_at(6, lambda watch: write(tmp_path, ONE, watch))
    write(tmp_path, ONE, crawl)
    assert site(tmp_path).shows_edition(ONE.digest())
    assert contents(tmp_path / "public") == {**expected(ONE.files()), "keep.txt": b"theirs"}


@pytest.mark.parametrize("damage", [b"", b"{", b'{"folder": "public"}\n{"path"', b"\xff\xfe\n", b"[]\n{}\n"])
def test_a_torn_manifest_costs_time_only(tmp_path: Path, damage: bytes) -> None:
    write(tmp_path, ONE)
    manifest = tmp_path / ".kawaraban" / "editions" / "site.jsonl"
    manifest.write_bytes(damage)
    write(tmp_path, ONE)
    assert site(tmp_path).shows_edition(ONE.digest())


def test_a_torn_last_line_forgets_no_other_file(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    manifest = tmp_path / ".kawaraban" / "editions" / "site.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-10])
    write(tmp_path, TWO)
    assert contents(tmp_path / "public") == expected(TWO.files())


def test_settings_are_checked(tmp_path: Path) -> None:
    surroundings = Surroundings(
        tmp_path, publication(), channel("site", own={"paht": "public"}), lambda _asset: b"", lambda: NOW
    )
    with pytest.raises(WrongInput, match="path"):
        Site(surroundings)


def test_nothing_is_left_in_the_staging_folder(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    write(tmp_path, TWO)
    assert not (tmp_path / ".kawaraban" / "staging" / "site").exists()
    assert isinstance(site(tmp_path)._public, PublicFolder)
