"""Files of the content folder: which there are, what tells their states apart, and writing them whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kawaraban.article.finding import Finding
from kawaraban.errors import Place, Sentence, WrongInput

ARTICLE = "index.md"
Stamp = tuple[int, int, int, int]
"""Size, mtime and ctime in ns, inode: what tells one state of a file from another without reading it."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article's file: its path below the content folder, and its state."""

    file: str
    stamp: Stamp


def stamp(path: Path | str) -> Stamp | None:
    """Return the state of a file; None where there is none."""
    try:
        return _stamp(os.stat(path))  # noqa: PTH116 - ten thousand of them: a Path each would cost more than the call
    except (OSError, ValueError):
        return None


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def articles_below(content: Path) -> Iterator[Found | Finding]:
    """Yield every article's file below `content/articles`, and a finding for whatever is there but can't be one."""
    yield from _walk(str(content / "articles"), len(str(content)) + 1, content.resolve())


def _walk(folder: str, cut: int, content: Path) -> Iterator[Found | Finding]:
    inner: list[str] = []
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        yield _unreadable(folder[cut:], f"{error.strerror}")
        return
    for entry in listed:
        if entry.name == ARTICLE:
            yield _article(entry, cut, content)
        elif entry.name.startswith("."):
            continue
        elif entry.is_dir(follow_symlinks=False):
            inner.append(entry.path)
        elif entry.is_symlink() and entry.is_dir():
            yield _link(f"{entry.path[cut:]}/{ARTICLE}", inside=_leads_inside(entry.path, content))
    for path in inner:
        yield from _walk(path, cut, content)


def _article(entry: os.DirEntry[str], cut: int, content: Path) -> Found | Finding:
    file = entry.path[cut:]
    try:
        file.encode()
        if entry.is_symlink() and not _leads_inside(entry.path, content):
            return _link(file, inside=False)
        status = entry.stat()
    except OSError as error:
        return _unreadable(file, f"{error.strerror}")
    except UnicodeEncodeError:
        return _unreadable(file.encode(errors="replace").decode(), "UTF-8")
    if not stat.S_ISREG(status.st_mode):
        return _unreadable(file, "not a file")
    return Found(file, _stamp(status))


def _leads_inside(path: str, content: Path) -> bool:
    return Path(path).resolve().is_relative_to(content)


def _unreadable(file: str, why: str) -> Finding:
    what = Sentence(ja=f"読めません（{why}）", en=f"can't be read ({why})")
    return Finding("unreadable", "error", PurePosixPath(file), None, None, what)


def _link(file: str, *, inside: bool) -> Finding:
    what = (
        Sentence(ja="リンクはたどりません", en="a link is not followed")
        if inside
        else Sentence(ja="content/ の外を指すリンクです", en="this is a link that leads out of content/")
    )
    remedy = Sentence(ja="フォルダーそのものを content/ の中に置いてください", en="put the folder itself into content/")
    return Finding("unreadable", "error", PurePosixPath(file), None, None, what, remedy)


def stay_inside(content: Path, path: PurePosixPath) -> None:
    """Raise WrongInput where a path below `content` leads out of it."""
    # with pathlib this was a fifth of reading an article
    home = os.path.realpath(content)
    inside = os.path.realpath(os.path.join(home, path)).startswith(os.path.join(home, ""))  # noqa: PTH118 - see above
    if ".." in path.parts or not inside:
        raise WrongInput(
            Sentence(ja="content/ の外を指すリンクです", en="this is a link that leads out of content/"),
            place=Place(path),
            remedy=Sentence(
                ja="フォルダーそのものを content/ の中に置いてください", en="put the folder itself into content/"
            ),
        )


def write_atomically(target: Path, data: bytes, *, durable: bool = True) -> None:
    """Write beside the target and rename; a crash or a full disk leaves the old file whole. Raises WrongInput."""
    name: str | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        Path(name).chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644)
        Path(name).replace(target)
    except OSError as error:
        if name is not None:
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)
        raise WrongInput(
            Sentence(ja=f"書き込めません: {error.strerror}", en=f"can't be written: {error.strerror}"),
            place=Place(target),
            remedy=Sentence(ja="空き容量と権限を確かめてください。元のファイルはそのままです",
                            en="look at free space and permissions; the old file is as it was"),
        ) from error  # fmt: skip
