"""Watching the paper's files. A file counts once two looks in a row saw it the same: nobody is still writing it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

from kawaraban.library.files import Stamp, stamp

QUIET_SECONDS = 2.0
"""At the first look, what has not been touched for so long counts at once."""

Stamps = Mapping[str, Stamp]


class Watch:
    """The files below some folders, by path. `look` is called every second or two."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(folders)
        self._seen: Stamps = {}
        self._settled: dict[str, Stamp] = {}

    def begin(self, now: float) -> None:
        """Look for the first time; `now` in seconds since 1970, by the clock that stamps files."""
        self._seen = dict(_walk(self.folders))
        quiet = (now - QUIET_SECONDS) * 1e9
        self._settled = {path: found for path, found in self._seen.items() if found[2] < quiet}

    def look(self) -> frozenset[str]:
        """Return the files that have changed, come or gone since they last counted, and are now seen the same twice."""
        found = dict(_walk(self.folders))
        still = {path for path, one in found.items() if self._seen.get(path) == one}
        changed = {path for path in still if self._settled.get(path) != found[path]}
        gone = {path for path in self._settled if path not in found and path not in self._seen}
        self._seen = found
        self._settled.update({path: found[path] for path in changed})
        for path in gone:
            del self._settled[path]
        return frozenset(changed | gone)

    def is_settled(self, file: Path) -> bool:
        """Return whether nothing in the file's folder differs, at this moment, from what last counted."""
        folder = f"{file.parent}{os.sep}"
        now = dict(_walk([file.parent]))
        return now == {path: one for path, one in self._settled.items() if path.startswith(folder)}

    def settled_below(self, content: Path, path: PurePath) -> bool:
        """Return the same for a path below the content folder."""
        return self.is_settled(content / path)


def _walk(folders: Iterable[Path]) -> Iterator[tuple[str, Stamp]]:
    """Yield every file below the folders, with its state; what is hidden is an editor's own."""
    for folder in folders:
        for where, names, files in os.walk(folder):
            names[:] = [name for name in names if not name.startswith(".")]
            for name in files:
                if name.startswith(".") or name.endswith("~"):
                    continue
                path = f"{where}{os.sep}{name}"
                state = stamp(path)
                if state is not None:
                    yield path, state
