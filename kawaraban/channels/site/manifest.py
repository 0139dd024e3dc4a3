"""
What an edition channel remembers of the files it wrote: path → key and stamp. Lies under `.kawaraban/`, never in the site.

JSON lines: the folder they lie in, then a line a file, written *before* the file is put into place (so a file of ours is
known as ours whatever happens next), and at the end the digest of the edition that the folder was made equal to.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO


@dataclass(frozen=True, slots=True)
class Written:
    """A file of ours: the key it was made from, the size and mtime (ns) it got, and its stage."""

    key: str
    size: int
    mtime: int
    stage: int

    @property
    def stamp(self) -> tuple[int, int]:
        """Size and mtime, as the folder tells them."""
        return self.size, self.mtime


class Manifest:
    """The files of one folder. A manifest of another folder is as good as none: its files stay, and are not ours."""

    def __init__(self, path: Path, folder: str) -> None:
        self._path = path
        self._folder = folder
        self._file: BinaryIO | None = None
        self.files: dict[str, Written] = {}
        self.digest = ""
        self._load()

    def _load(self) -> None:
        """A torn line (a crash while appending) is dropped; the file it spoke of was not put into place yet."""
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return
        records = [record for line in lines if (record := _record(line)) is not None]
        if not records or records[0].get("folder") != self._folder:
            return
        for record in records[1:]:
            self._take(record)

    def _take(self, record: dict[str, Any]) -> None:
        self.digest = str(record.get("digest", ""))  # anything after it means that it no longer holds
        if record.get("gone"):
            self.files.pop(str(record["path"]), None)
        elif "path" in record:
            self.files[str(record["path"])] = Written(
                str(record["key"]), int(record["size"]), int(record["mtime"]), int(record["stage"])
            )

    def note(self, path: str, written: Written) -> None:
        """Append what is about to stand there."""
        self.files[path] = written
        self._append({"path": path, **asdict(written)})

    def forget(self, path: str) -> None:
        """Append that a file of ours is gone."""
        self.files.pop(path, None)
        self._append({"path": path, "gone": True})

    def _append(self, record: dict[str, Any]) -> None:
        self.digest = ""
        if self._file is None:
            self._file = self._opened()
        self._file.write(_line(record))

    def _opened(self) -> BinaryIO:
        """Open for appending; whatever is there (a torn line, another folder's manifest) is rewritten whole first."""
        self._rewrite()
        return self._path.open("ab", buffering=0)

    def finish(self, digest: str) -> None:
        """Rewrite it whole: the folder now is the edition with this digest."""
        self.close()
        self.digest = digest
        self._rewrite()

    def close(self) -> None:
        """Give back the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _rewrite(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lines = [_line({"folder": self._folder})]
        lines += [_line({"path": path, **asdict(written)}) for path, written in sorted(self.files.items())]
        if self.digest:
            lines.append(_line({"digest": self.digest}))
        beside = self._path.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _record(line: bytes) -> dict[str, Any] | None:
    """Return a line's record; None where it is torn or no record of ours."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(record, dict) and (
        "folder" in record
        or "digest" in record
        or ("path" in record and (record.get("gone") is True or {"key", "size", "mtime", "stage"} <= set(record)))
    )
    return record if whole else None
