"""A backup is whole or not there; what is put back is whole and held, or nothing has changed."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.stages.backup import INVENTORY, LEDGER, BackedUp, backup
from flows.stages.restore import Restored, restore
from kawaraban.errors import Conflict, WrongInput
from kawaraban.ledger import Scope, address, open_ledger
from tests.flows.boards import BOARDS, HOUR, NOON, Paper, paper

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Paper, BackedUp]:
    """A paper that was published, with secrets in two places, and its backup."""
    news = paper(tmp_path_factory.mktemp("kept"))
    channels = news.root / "config" / "channels.yaml"
    hook = "hook: {kind: webhook, url: {file: config/hook-url}, after: site, enabled: false}\n"
    channels.write_text(channels.read_text(encoding="utf-8") + hook, encoding="utf-8")
    (news.root / "config" / "hook-url").write_text("https://example.com/very-secret", encoding="utf-8")
    (news.root / "config" / ".env").write_text("TOKEN=very-secret", encoding="utf-8")
    (news.root / "content" / "link").symlink_to("/etc/hostname")
    news.write("kawa")
    news.publish()
    return news, made(news)


@pytest.fixture
def news(kept: tuple[Paper, BackedUp], tmp_path: Path) -> Paper:
    """A paper of one's own, at home where it lies."""
    root = tmp_path / "paper"
    shutil.copytree(kept[0].root, root, symlinks=True, ignore=shutil.ignore_patterns("backups"))
    own = Paper(root, kept[0].out, kept[0].now)
    own.resume()
    return own


def made(news: Paper, target: Path | None = None) -> BackedUp:
    with news.house() as house:
        return backup(house, target, now=news.now)


def back(root: Path, file: Path, *, force: bool = False) -> Restored:
    return restore(root, file, force=force, now=NOON + HOUR)


def files(root: Path) -> dict[str, bytes]:
    """Everything a person would miss."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("config", "content")
        for path in (root / folder).rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def written(file: Path, entries: dict[str, bytes], links: dict[str, str] | None = None) -> Path:
    with tarfile.open(file, "w:gz") as tar:
        for name, data in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
    return file


def entries(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {entry.name: (tar.extractfile(entry) or io.BytesIO()).read() for entry in tar}


# --- backing up ---


def test_a_backup_has_the_ledger_the_settings_and_the_articles_and_nobodys_secrets(
    kept: tuple[Paper, BackedUp],
) -> None:
    news, done = kept
    inside = entries(done.file)
    assert {"config/channels.yaml", "content/articles/2024/kawa/index.md", LEDGER, INVENTORY} <= inside.keys()
    assert {name for name, _ in done.left_out} == {"config/.env", "config/hook-url", "content/link"}
    assert not [name for name, data in inside.items() if b"very-secret" in data]
    assert not [name for name in inside if name.startswith(("public", ".kawaraban/cache", ".kawaraban/prefect"))]
    assert done.file.stat().st_mode & 0o077 == 0
    assert done.file.parent == news.root / "backups"
    assert [path.name for path in done.file.parent.iterdir()] == [done.file.name]


def test_a_backup_is_consistent_while_others_write(news: Paper, tmp_path: Path) -> None:
    with open_ledger(address(news.ledger), now=NOON, root=news.root) as other:
        other.hold(Scope(channel="named"), now=NOON, who="editor", why="まだ待つ")  # lies in the WAL
        with other._write():  # and somebody is in the middle of something
            done = made(news, tmp_path / "b.tar.gz")
    restored = back(tmp_path / "new", done.file)
    assert restored.ledger == done.ledger
    with open_ledger(address(tmp_path / "new" / LEDGER), now=NOON, root=tmp_path / "new") as ledger:
        assert Scope(channel="named") in [hold.scope for hold in ledger.holds()]


def test_what_can_not_be_written_is_reported_and_the_next_success_ends_that(news: Paper, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WrongInput) as caught:
        made(news, tmp_path / "file" / "b.tar.gz")
    assert caught.value.remedy is not None
    with news.house() as house:
        assert [report.kind for report in house.ledger.alerts.reports()] == ["backup"]
    made(news, tmp_path / "b.tar.gz")
    with news.house() as house:
        assert house.ledger.alerts.reports() == []


def test_a_ledger_on_a_server_is_refused_with_the_tool_for_it() -> None:
    from kawaraban.ledger.copying import file_of

    with pytest.raises(WrongInput) as caught:
        file_of("postgresql://paper:pass-word@db.example.com/paper")
    assert "pg_dump" in str(caught.value)
    assert "pass-word" not in str(caught.value)


# --- putting back ---


def test_what_was_backed_up_comes_back_and_posts_nothing_until_a_person_says_so(
    kept: tuple[Paper, BackedUp], tmp_path: Path
) -> None:
    news, done = kept
    restored = back(tmp_path / "new", done.file)
    secrets = {"config/hook-url", "config/.env"}
    assert files(restored.root) == {name: data for name, data in files(news.root).items() if name not in secrets}
    assert set(restored.left_out) == {*secrets, "content/link"}
    again = Paper(restored.root, news.out, NOON + HOUR)
    ame = again.write("ame", NOON)
    with pytest.raises(Conflict, match="put back from a backup"):
        again.publish()
    assert not [name for name in BOARDS if ame in again.posts(name)]
    again.resume()
    again.publish()
    assert [name for name in BOARDS if ame in again.posts(name)] == ["named", "listed"]  # `mute` is a person's question


def test_a_paper_is_only_put_back_over_itself_and_what_was_there_is_kept(
    kept: tuple[Paper, BackedUp], news: Paper, tmp_path: Path
) -> None:
    file = kept[1].file
    news.write("ame")
    edited = files(news.root)
    with pytest.raises(WrongInput) as caught:
        back(news.root, file)
    assert "--force" in str(caught.value)
    assert files(news.root) == edited
    restored = back(news.root, file, force=True)
    assert "content/articles/2024/ame/index.md" not in files(news.root)
    assert restored.before is not None
    assert (restored.before / "content" / "articles" / "2024" / "ame" / "index.md").is_file()
    stranger = paper(tmp_path / "another")
    stranger.publish()
    with pytest.raises(WrongInput, match="another paper"):
        back(stranger.root, file, force=True)


def damaged(file: Path, to: Path) -> Iterator[Path]:
    """Yield what may become of a backup on its way."""
    whole, inside = file.read_bytes(), entries(file)
    said = json.loads(inside[INVENTORY])
    for number, data in enumerate(
        (b"", b"no archive", whole[: len(whole) // 2], whole[:-20], gzip.compress(b"no tar"))
    ):
        (to / f"{number}.gz").write_bytes(data)
        yield to / f"{number}.gz"
    middle = len(whole) // 2
    (to / "flipped.gz").write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
    yield to / "flipped.gz"
    yield written(to / "changed.gz", inside | {"config/channels.yaml": b"site: {kind: site, path: /}\n"})
    yield written(to / "lacking.gz", {name: data for name, data in inside.items() if name != LEDGER})
    yield written(to / "unlisted.gz", {name: data for name, data in inside.items() if name != INVENTORY})
    for number, name in enumerate(("../evil", "/evil", "content/../../evil", "public/evil", "config/./evil")):
        yield written(to / f"evil-{number}.gz", {name: b"evil"} | inside)
    yield written(to / "link.gz", inside, {"content/evil": "/etc/passwd"})
    yield written(to / "newer.gz", inside | {INVENTORY: json.dumps(said | {"format": 99}).encode()})


def test_a_file_that_is_no_whole_backup_changes_nothing(
    kept: tuple[Paper, BackedUp], news: Paper, tmp_path: Path
) -> None:
    (tmp_path / "bad").mkdir()
    before, ledger = files(news.root), news.ledger.read_bytes()
    for file in damaged(kept[1].file, tmp_path / "bad"):
        for root, force in ((news.root, True), (tmp_path / "empty", False)):
            with pytest.raises(WrongInput) as caught:
                back(root, file, force=force)
            assert str(file) in str(caught.value), file
            assert caught.value.remedy is not None
    assert (files(news.root), news.ledger.read_bytes()) == (before, ledger)
    assert not list((tmp_path / "empty").rglob("*"))
    assert not list(tmp_path.rglob("evil"))


def test_a_newer_programs_ledger_is_refused(news: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = made(news, tmp_path / "b.tar.gz")
    monkeypatch.setattr("kawaraban.ledger.copying.HEAD", "0001")
    with pytest.raises(WrongInput, match="newer version"):
        back(tmp_path / "new", done.file)


# --- dying in the middle ---

_DIES = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
import flows.stages.{module} as stage
from flows.compose import open_house
root, file = Path(sys.argv[1]), Path(sys.argv[2])
now = datetime(2024, 11, 5, 4, tzinfo=UTC)
stage.{where} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
{call}
"""


def dies(module: str, where: str, call: str, root: Path, file: Path) -> None:
    program = _DIES.format(module=module, where=where, call=call)
    ended = subprocess.run([sys.executable, "-c", program, str(root), str(file)], check=False, cwd=ROOT)
    assert ended.returncode == -signal.SIGKILL


def test_a_backup_that_dies_leaves_no_file_of_that_name_and_the_earlier_one_whole(news: Paper, tmp_path: Path) -> None:
    file = made(news, tmp_path / "b.tar.gz").file
    whole = file.read_bytes()
    call = "with open_house(root, clock=lambda: now) as house: stage.backup(house, file, now=now)"
    dies("backup", "_inventory", call, news.root, file)
    assert file.read_bytes() == whole
    made(news, file)
    back(tmp_path / "new", file)


def test_a_restore_that_dies_in_the_middle_posts_nothing_and_is_run_again(
    kept: tuple[Paper, BackedUp], news: Paper
) -> None:
    file = kept[1].file
    news.write("ame")
    out = {name: news.posts(name) for name in BOARDS}
    dies("restore", "_swapped", "stage.restore(root, file, force=True, now=now)", news.root, file)
    news.now = NOON + HOUR
    with pytest.raises(Conflict):
        news.publish()
    assert {name: news.posts(name) for name in BOARDS} == out
    back(news.root, file, force=True)
    assert "content/articles/2024/ame/index.md" not in files(news.root)
    assert not list((news.root / ".kawaraban" / "before").rglob("restoring-*"))
