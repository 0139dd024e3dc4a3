"""Writing what an import made: a new folder whole or not at all, nothing through a link that leads out of `content/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from kawaraban.errors import Conflict, Place, Sentence
from kawaraban.importing.merging import Clash
from kawaraban.library import write_atomically


def create(content: Path, folder: PurePosixPath, files: Mapping[str, bytes]) -> None:
    """Make a folder whole or not at all: written beside it under a hidden name, then renamed."""
    if (content / folder).exists():  # the record without its article: only that was lost
        for name, data in files.items():
            write_atomically(content / folder / name, data)
        return
    hidden = content / folder.parent / f".{folder.name}.import"
    for name, data in files.items():
        write_atomically(hidden / name, data)
    try:
        hidden.rename(content / folder)
    except OSError as error:
        raise Conflict(
            Sentence(ja=f"フォルダーを作れません: {error.strerror}", en=f"the folder can't be made: {error.strerror}"),
            place=Place(folder),
            remedy=Sentence(ja="もう一度取り込んでください", en="import it again"),
        ) from error


def told(clashes: Sequence[Clash], file: str) -> str:
    """Both texts of every clash, for a person to choose from."""
    parts = ["# 両方が変わった所 / both changed\n"]
    for clash in clashes:
        parts += [
            f"\n## {file}:{clash.line}\n",
            "\n### 原稿 / the article\n\n",
            clash.ours,
            "\n### 元の頁 / the page\n\n",
            clash.theirs,
        ]
    return "".join(parts)


def equals(path: Path, data: bytes) -> bool:
    """Return whether a file is there and has exactly these bytes."""
    try:
        return path.read_bytes() == data
    except OSError:
        return False
