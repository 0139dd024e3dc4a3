"""
The public folder, one file at a time: staged elsewhere, then renamed into place, so that each file is old or new, whole.

Nothing here follows a link out of the folder. Folders that are made may be entered, files may be read by everyone
(755 and 644), whatever the umask: a web server of another user serves them.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kawaraban.errors import Place, Refused, Sentence

Watch = Callable[[str], None]
"""Called before each thing that can be seen from outside, with its name; tests stop the process there."""

Stamp = tuple[int, int]
"""Size and mtime in ns."""

_BESIDE = ".kawaraban-new"


@dataclass(frozen=True, slots=True)
class Staged:
    """A file ready to be put into place."""

    path: Path
    stamp: Stamp


class PublicFolder:
    """`top` is what is served; `staging` lies outside of it, on the same file system if that can be had."""

    def __init__(self, top: Path, staging: Path, watch: Watch) -> None:
        self.top = top
        self._staging = staging
        self.watch = watch
        self._safe: set[Path] = set()

    def stamp(self, path: str) -> Stamp | None:
        """Return size and mtime of what stands there; None where nothing does."""
        try:
            status = (self.top / path).stat()
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns

    def is_equal(self, path: str, data: bytes) -> bool:
        """Return whether exactly these bytes stand there."""
        target = self.top / path
        try:
            return target.stat().st_size == len(data) and target.read_bytes() == data
        except OSError:
            return False

    def is_new(self) -> bool:
        """Return whether nothing at all stands in the folder yet (or the folder itself is not there)."""
        if not self.top.exists():
            return not self.top.is_symlink()
        return _is_empty(self.top)

    def aside(self) -> PublicFolder:
        """Return an empty folder out of sight, to become this one as a whole."""
        self.clear_staging()
        return PublicFolder(self._staging / "whole", self._staging, self.watch)

    # --- what is refused ---

    def refuse_unsafe(self, path: str) -> None:
        """Raise Refused for a path that leads out of the folder, by its name or by a link, or through a file."""
        parts = PurePosixPath(path).parts
        if path.startswith("/") or ".." in parts or not parts or "\0" in path or path != "/".join(parts):
            raise leads_out(path)
        target = self.top / path
        for parent in reversed(target.relative_to(self.top).parents):
            here = self.top / parent
            if here == self.top or here in self._safe:
                continue
            if here.is_symlink():
                raise link_in_the_way(here)
            if here.exists() and not here.is_dir():
                raise foreign(here)
            self._safe.add(here)
        if target.is_symlink():
            raise link_in_the_way(target)
        if target.is_dir():
            raise foreign(target)

    def is_safe(self, path: str) -> bool:
        """Return whether nothing would be refused."""
        try:
            self.refuse_unsafe(path)
        except Refused:
            return False
        return True

    # --- putting and taking ---

    def stage(self, data: bytes) -> Staged:
        """Write the bytes where nobody sees them."""
        self._staging.mkdir(parents=True, exist_ok=True)
        path = self._staging / "file"
        return Staged(path, _written(path, data))

    def write(self, path: str, data: bytes) -> Stamp:
        """Write a file directly: only into a folder that nobody sees yet."""
        make_folders((self.top / path).parent)
        return _written(self.top / path, data)

    def place(self, staged: Staged, path: str) -> None:
        """Put a staged file into place, in one step."""
        target = self.top / path
        self.watch(f"place {path}")
        make_folders(target.parent)
        try:
            staged.path.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._across(staged, target)

    def _across(self, staged: Staged, target: Path) -> None:
        """Another file system can't be renamed into: copy beside the target, under a name no server shows, then rename."""
        beside = target.with_name(f".{target.name[:200]}{_BESIDE}")
        shutil.copyfile(staged.path, beside)
        beside.chmod(0o644)
        os.utime(beside, ns=(staged.stamp[1], staged.stamp[1]))
        self.watch(f"copied {target.name}")
        beside.replace(target)

    def sweep(self) -> None:
        """Remove what a copy that was cut short left beside its target."""
        for left in self.top.rglob(f".*{_BESIDE}"):
            left.unlink(missing_ok=True)

    def remove(self, path: str) -> None:
        """Take a file away, and the folders it leaves empty. What a link now leads to elsewhere is left alone."""
        self.watch(f"remove {path}")
        if not self.is_safe(path):
            return
        target = self.top / path
        target.unlink(missing_ok=True)
        for folder in target.parents:
            if folder == self.top or not _is_empty(folder):
                return
            self._safe.discard(folder)
            folder.rmdir()

    def clear_staging(self) -> None:
        """Remove what is staged."""
        shutil.rmtree(self._staging, ignore_errors=True)


def _written(path: Path, data: bytes) -> Stamp:
    with path.open("wb") as file:
        file.write(data)
        os.fchmod(file.fileno(), 0o644)
        file.flush()
        status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def make_folders(folder: Path) -> None:
    """Make a folder and those above it, each open to readers."""
    missing = [folder, *folder.parents]
    missing = missing[: next((number for number, one in enumerate(missing) if one.is_dir()), len(missing))]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        one.chmod(0o755)


def _is_empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return False


def leads_out(path: str) -> Refused:
    """Say that a path is none within the folder."""
    return Refused(
        Sentence(ja=f"公開フォルダーの外を指しています: {path}", en=f"leads out of the public folder: {path}")
    )


def two_of(path: str) -> Refused:
    """Say that an edition has two files with one path."""
    return Refused(Sentence(ja=f"同じ場所に二つのファイルができます: {path}", en=f"two files with one path: {path}"))


def link_in_the_way(link: Path) -> Refused:
    """Say that a symbolic link could carry a file out of the folder."""
    return Refused(
        Sentence(
            ja=f"公開フォルダーの中にリンクがあります: {link}",
            en=f"a symbolic link stands in the public folder: {link}",
        ),
        place=Place(link),
        remedy=Sentence(ja="リンクを取り除いてください", en="remove the link"),
    )


def foreign(target: Path) -> Refused:
    """Say that something stands in the way that we did not make."""
    return Refused(
        Sentence(
            ja=f"このプログラムが作っていないファイルがあります: {target}",
            en=f"a file that is not ours is in the way: {target}",
        ),
        place=Place(target),
        remedy=Sentence(
            ja="残したいなら別の場所へ移し、要らないなら消してください",
            en="move it elsewhere if you want to keep it, or delete it",
        ),
    )


def link_to_nothing(link: Path) -> Refused:
    """Say that the folder is a link whose target is not there (a disk that is not mounted, say)."""
    return Refused(
        Sentence(
            ja=f"公開フォルダーのリンク先がありません: {link}", en=f"the public folder is a link to nothing: {link}"
        ),
        place=Place(link),
        remedy=Sentence(
            ja="リンク先のフォルダーを用意するか、リンクを取り除いてください",
            en="make the folder it leads to, or remove the link",
        ),
    )


def the_papers_own(folder: Path) -> Refused:
    """Say that the public folder would show, or overwrite, what is the paper's own."""
    return Refused(
        Sentence(
            ja=f"記事や設定のフォルダーは公開できません: {folder}",
            en=f"this folder holds the paper itself and can't be made public: {folder}",
        ),
        place=Place(folder),
        remedy=Sentence(
            ja="config/channels.yaml の path に、それだけのためのフォルダーを書いてください",
            en="name a folder of its own as `path` in config/channels.yaml",
        ),
    )
