"""
In which order files come and go, so that at every instant everything public links only to what is there.

An empty folder gets the whole edition in one rename. Otherwise: assets; then every new page bare (without links), so that
all addresses exist before anything links to them; then new feeds; then everything in full, pages, lists, feeds. What goes,
goes last: tombstones stand ready beside its pages, its pages lose their links, then tombstones of what has come back,
feeds, lists, pages and assets are taken away. A process that dies at any point leaves a folder that holds this, and the
next write goes on from there.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Sequence

from kawaraban.channels.site.folder import PublicFolder, foreign, make_folders, two_of
from kawaraban.channels.site.manifest import Manifest, Written
from kawaraban.edition import EditionFile, Stage

BARE, STUB = "bare", "stub"
_CANNOT_RENAME = frozenset(
    {errno.EXDEV, errno.EBUSY, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EPERM, errno.EACCES}
)
_STUB = (
    '<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="robots" content="noindex">'
    '<title>410</title><p>このページはなくなりました。</p><p lang="en">This page is gone.</p></html>\n'
).encode()


class Writing:
    """One write of an edition."""

    def __init__(self, folder: PublicFolder, manifest: Manifest) -> None:
        self._folder = folder
        self._manifest = manifest

    def run(self, files: Iterable[EditionFile]) -> None:
        """Make the folder equal to `files`. Raises Refused before anything is written, OSError at any point."""
        edition = sorted(files, key=lambda file: (file.stage, file.path != "index.html", file.path))
        edition = [file for file in edition if not (file.yields and self._is_theirs(file))]
        needed = [file for file in edition if not self._is_current(file)]
        if twice := _twice(edition):
            raise two_of(twice)
        self._refuse(needed)
        if not (edition and self._folder.is_new() and self._whole(edition)):
            self._come(needed)
        self._go({file.path for file in edition})

    # --- before anything is written ---

    def _refuse(self, needed: Sequence[EditionFile]) -> None:
        for file in needed:
            self._folder.refuse_unsafe(file.path)
            ours = file.path in self._manifest.files
            if not ours and self._folder.stamp(file.path) and not self._folder.is_equal(file.path, file.make()):
                raise foreign(self._folder.top / file.path)

    def _is_theirs(self, file: EditionFile) -> bool:
        """Return whether somebody put a file of their own there, before us or in the place of ours."""
        stands, written = self._folder.stamp(file.path), self._manifest.files.get(file.path)
        if stands is None or (written is not None and written.stamp == stands):
            return False
        if not self._folder.is_safe(file.path) or self._folder.is_equal(file.path, file.make()):
            return False
        if written is not None:
            self._manifest.forget(file.path)
        return True

    def _is_current(self, file: EditionFile) -> bool:
        written = self._manifest.files.get(file.path)
        return written is not None and written.key == file.key and self._folder.stamp(file.path) == written.stamp

    # --- coming ---

    def _whole(self, edition: Sequence[EditionFile]) -> bool:
        """Make everything out of sight and rename the folder into place; False where the system can't."""
        top, aside = self._folder.top, self._folder.aside()
        for file in edition:
            stamp = aside.write(file.path, file.make())
            self._folder.watch(f"note {file.path}")
            self._manifest.note(file.path, Written(file.key, *stamp, stage=int(file.stage)))
        self._folder.watch("place the whole folder")
        make_folders(top.parent)
        try:
            aside.top.rename(top)
        except OSError as error:
            if error.errno not in _CANNOT_RENAME:
                raise
            return False
        return True

    def _come(self, needed: Sequence[EditionFile]) -> None:
        apart = (Stage.ASSETS, Stage.TOMBSTONES)
        new = [file for file in needed if file.stage not in apart and self._folder.stamp(file.path) is None]
        bare = [file for file in new if file.bare is not None] if len(new) > 1 else []
        for file in (one for one in needed if one.stage is Stage.ASSETS):
            self._put(file, file.make, file.key)
        for file in sorted(bare, key=lambda file: file.path != "index.html"):
            self._put(file, file.bare or file.make, BARE)
        first = [file for file in new if file.bare is None]
        rest = [file for file in needed if file.stage is not Stage.ASSETS and file not in first]
        for file in (*first, *rest):
            self._put(file, file.make, file.key)

    def _put(self, file: EditionFile, make: Callable[[], bytes], key: str) -> None:
        folder, data = self._folder, make()
        stands = folder.stamp(file.path)
        if stands is not None and folder.is_equal(file.path, data):
            self._manifest.note(file.path, Written(key, *stands, stage=int(file.stage)))
            return
        staged = folder.stage(data)
        folder.watch(f"note {file.path}")
        self._manifest.note(file.path, Written(key, *staged.stamp, stage=int(file.stage)))
        folder.place(staged, file.path)

    # --- going ---

    def _go(self, wanted: set[str]) -> None:
        gone = {path: written for path, written in self._manifest.files.items() if path not in wanted}
        linking = [path for path, written in gone.items() if written.stage != Stage.ASSETS]
        for path in linking if len(linking) > 1 else []:
            if path.endswith(".html") and gone[path].key != STUB and self._folder.stamp(path) is not None:
                self._stub(path, gone[path].stage)
        for path in sorted(gone, key=lambda path: (-gone[path].stage, path)):
            self._folder.remove(path)
            self._folder.watch(f"forget {path}")
            self._manifest.forget(path)

    def _stub(self, path: str, stage: int) -> None:
        """A page that goes loses its links first: what it links to may go before it."""
        if self._folder.is_safe(path):
            file = EditionFile(path, Stage(stage), STUB, lambda: _STUB)
            self._put(file, file.make, file.key)


def _twice(edition: Sequence[EditionFile]) -> str | None:
    seen: set[str] = set()
    for file in edition:
        if file.path in seen:
            return file.path
        seen.add(file.path)
    return None
