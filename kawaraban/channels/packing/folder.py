"""
Replaces a folder whole: at every instant, also after a crash, the old or the new one stands there.

Linux can exchange two folders in one step (renameat2). Elsewhere the old one steps aside first; a crash exactly in
between is mended by the next replacement, which puts it back.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class _Exchange(Protocol):
    def __call__(self, one: Path, other: Path) -> bool: ...


def replace_folder(target: Path, files: Iterable[tuple[str, bytes]], staging: Path) -> None:
    """
    Make `target` hold exactly these files (relative path, bytes); one that does already is not touched.

    They are written below `staging` first (same file system; emptied before and after). An error on the way leaves
    `target` as it was.
    """
    wanted = dict(files)
    fresh, aside = staging / "new", staging / "old"
    _put_back(aside, target)
    if not holds(target, wanted):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for path, content in wanted.items():
            _write(fresh / path, content)
        target.parent.mkdir(parents=True, exist_ok=True)
        _swap(fresh, target, aside, exchanged)
    shutil.rmtree(staging, ignore_errors=True)


def holds(target: Path, wanted: Mapping[str, bytes]) -> bool:
    """Return whether the folder holds exactly these files; what a file manager hides there does not count."""
    if target.is_symlink() or not target.is_dir():
        return False
    there = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if not path.is_dir()}
    shown = {name for name in there if not any(part.startswith(".") for part in name.split("/"))}
    return shown == set(wanted) and all(there[name].read_bytes() == content for name, content in wanted.items())


def _swap(fresh: Path, target: Path, aside: Path, exchange: _Exchange) -> None:
    if not target.exists():
        fresh.rename(target)
    elif not exchange(fresh, target):
        target.rename(aside)
        fresh.rename(target)


def _put_back(aside: Path, target: Path) -> None:
    """Undo a replacement that died between its two renames."""
    if aside.exists() and not target.exists():
        aside.rename(target)
    shutil.rmtree(aside, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # a power cut after the exchange must not leave empty files


def exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system can't."""
    call = _renameat2()
    if call is None:
        return False
    return call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0


def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    try:
        call: Callable[[int, bytes, int, bytes, int], int] = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return None
    return call
