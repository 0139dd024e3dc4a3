"""
Putting a backup back: proven first, swapped in by renames, the ledger before all else.

From the moment the ledger is in its place it notices that it was put back, so that a restore which dies half-way posts
nothing; run again, it does the rest. What was there before is moved aside, never deleted.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from flows.compose import STATE
from flows.handover import runs
from flows.stages.backup import FOLDERS, FORMAT, INVENTORY, LEDGER
from kawaraban.errors import Conflict, KawarabanError, Place, Sentence, WrongInput
from kawaraban.ledger.copying import Copied, proven

_LARGEST = 64 * 1024 * 1024  # of the inventory
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a ledger's file, and what must never meet another file's."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, from when it was, and where lies what was there before (None: nothing was)."""

    root: Path
    files: int
    made: datetime
    ledger: Copied
    before: Path | None
    left_out: tuple[str, ...]


def restore(root: Path, file: Path, *, force: bool, now: datetime) -> Restored:
    """
    Put a backup back at `root`: an empty folder, or (`force`) the paper that it is a backup of.

    Raises WrongInput for a file that is damaged, no backup, or a newer program's, and for another paper's folder;
    Conflict while a publisher runs there. Until the last check nothing at `root` has changed.
    """
    state = root / STATE
    if runs(root):
        raise _running()
    try:
        fresh = not state.exists()
        state.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=state, prefix="restoring-") as aside:
            try:
                inventory, copied = verified(file, Path(aside))
                _may_go(root, copied, force=force)
            except KawarabanError:
                if fresh:
                    shutil.rmtree(state, ignore_errors=True)
                raise
            before = _swap(root, Path(aside), state / "before" / f"{now:%Y%m%dT%H%M%SZ}")
    except OSError as error:
        raise _unwritable(root, error) from error
    left_out = tuple(str(name) for name in inventory.get("left_out", ()))
    made = datetime.fromisoformat(str(inventory["made"]))
    return Restored(root, len(inventory["files"]), made, copied, before, left_out)


# --- proving ---


def verified(file: Path, folder: Path) -> tuple[Mapping[str, Any], Copied]:
    """Unpack a backup into `folder` and compare every file with the inventory; return that, and what the ledger holds."""
    try:
        digests = _unpacked(file, folder)
        inventory = _inventory(file, folder / INVENTORY)
    except (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise _no_backup(file, str(error)) from error
    except OSError as error:  # gzip says so of damage, too
        raise _no_backup(file, error.strerror or str(error)) from error
    digests.pop(INVENTORY, None)
    wrong = sorted(
        name for name in {*digests, *inventory["files"]} if digests.get(name) != inventory["files"].get(name)
    )
    if wrong or LEDGER not in digests:
        raise _no_backup(file, ", ".join(wrong[:3]) or LEDGER)
    return inventory, proven(folder / LEDGER)


def _unpacked(file: Path, folder: Path) -> dict[str, str]:
    """Unpack plain files below the known folders and nothing else; return their digests."""
    digests = {}
    with gzip.open(file) as packed, tarfile.open(fileobj=packed, mode="r:") as tar:
        for entry in tar:
            name = _safe(entry)
            source = tar.extractfile(entry)
            if source is None:
                raise ValueError(entry.name)
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with source, target.open("xb") as out:
                shutil.copyfileobj(source, out)
            with target.open("rb") as out:
                digests[str(name)] = hashlib.file_digest(out, "sha256").hexdigest()
        while packed.read(1 << 20):  # to the very end, where gzip's own sum is
            pass
    return digests


def _safe(entry: tarfile.TarInfo) -> PurePosixPath:
    """Return the name of a plain file at a place where a backup has files; ValueError for anything else."""
    name = PurePosixPath(entry.name)
    known = entry.name in (INVENTORY, LEDGER) or any(name.is_relative_to(folder) for folder in FOLDERS)
    if not entry.isreg() or not known or ".." in name.parts or name.as_posix() != entry.name or "\\" in entry.name:
        raise ValueError(entry.name)
    return name


def _inventory(file: Path, written: Path) -> Mapping[str, Any]:
    if not written.is_file() or written.stat().st_size > _LARGEST:
        raise ValueError(INVENTORY)
    said = json.loads(written.read_text(encoding="utf-8"))
    if said["format"] > FORMAT:
        raise _newer(file)
    if not isinstance(said["files"], dict) or not isinstance(said["made"], str):
        raise TypeError(INVENTORY)
    return dict(said)


def _may_go(root: Path, copied: Copied, *, force: bool) -> None:
    """Refuse what would be lost or mixed up."""
    there = [name for name in ("config", "content", LEDGER) if (root / name).exists()]
    if not there:
        return
    if (root / LEDGER).is_file() and _is_another(root / LEDGER, copied):
        raise _another(root)
    if not force:
        raise _occupied(root, there)


def _is_another(ledger: Path, copied: Copied) -> bool:
    """Return whether another paper's ledger lies there; a damaged one is why one restores."""
    try:
        return proven(ledger).ledger != copied.ledger
    except KawarabanError:
        return False


# --- swapping ---


def _swap(root: Path, aside: Path, before: Path) -> Path | None:
    """Move what is there aside and what was unpacked in, the ledger first."""
    moved = False
    for suffix in ("", *_BESIDE):
        moved |= _set_aside(root / f"{LEDGER}{suffix}", before / f"{LEDGER}{suffix}")
    with (aside / LEDGER).open("rb+") as ledger:
        os.fsync(ledger.fileno())
    (aside / LEDGER).replace(root / LEDGER)
    for name in _swapped(aside, root):
        moved |= _set_aside(root / name, before / name)
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (aside / name).rename(root / name)
    with suppress(OSError):
        (before / "content" / ".git").rename(root / "content" / ".git")  # the history stays with the articles
    return before if moved else None


def _swapped(aside: Path, root: Path) -> Iterator[str]:
    """Yield what takes another's place; pictures and manifests only where there are none: those there fit what is public."""
    for name in FOLDERS:
        kept = name.startswith(STATE) and (root / name).exists()
        if (aside / name).exists() and not kept:
            yield name


def _set_aside(path: Path, to: Path) -> bool:
    if not path.exists() and not path.is_symlink():
        return False
    to.parent.mkdir(parents=True, exist_ok=True)
    path.rename(to)
    return True


# --- what is said ---


def _no_backup(file: Path, why: str) -> WrongInput:
    return WrongInput(
        Sentence(
            ja=f"控えではないか、壊れています（{why}）。何も変えていません",
            en=f"this is no backup, or it is damaged ({why}); nothing was changed",
        ),
        place=Place(file),
        remedy=Sentence(ja="ほかの控えで試してください", en="try another backup"),
    )


def _newer(file: Path) -> WrongInput:
    return WrongInput(
        Sentence(ja="もっと新しい版の控えです", en="this backup was made by a newer version of Kawaraban"),
        place=Place(file),
        remedy=Sentence(ja="Kawaraban を新しくしてください", en="update Kawaraban"),
    )


def _another(root: Path) -> WrongInput:
    return WrongInput(
        Sentence(ja="別の新聞のフォルダーです", en="this is another paper's folder"),
        place=Place(root),
        remedy=Sentence(ja="空のフォルダーに戻してください", en="restore into an empty folder"),
    )


def _occupied(root: Path, there: list[str]) -> WrongInput:
    return WrongInput(
        Sentence(ja=f"もう新聞があります（{'、'.join(there)}）", en=f"a paper is there already ({', '.join(there)})"),
        place=Place(root),
        remedy=Sentence(
            ja="これを控えの時点に戻すなら --force（いまのものは .kawaraban/before/ に移します）",
            en="to put it back to the backup: --force (what is there is moved to .kawaraban/before/)",
        ),
    )


def _running() -> Conflict:
    return Conflict(
        Sentence(ja="ここで publisher が動いています", en="a publisher runs here"),
        remedy=Sentence(ja="kawaraban serve を止めてから戻してください", en="stop `kawaraban serve` first"),
    )


def _unwritable(root: Path, error: OSError) -> WrongInput:
    return WrongInput(
        Sentence(ja=f"戻せません: {error.strerror}", en=f"it can't be put back: {error.strerror}"),
        place=Place(root),
        remedy=Sentence(
            ja="空き容量と権限を確かめて、もう一度 restore --force を",
            en="look at free space and permissions, then `restore --force` again",
        ),
    )
