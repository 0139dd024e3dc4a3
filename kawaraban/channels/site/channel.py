"""The site channel: one write makes the folder equal to an edition and settles every delivery in it."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Surroundings
from kawaraban.channels.site.folder import PublicFolder, Watch, foreign, link_to_nothing, the_papers_own
from kawaraban.channels.site.manifest import Manifest
from kawaraban.channels.site.turn import alone
from kawaraban.channels.site.writing import Writing
from kawaraban.config.load import own_settings
from kawaraban.delivery import Receipt
from kawaraban.edition import EditionFile
from kawaraban.errors import KawarabanError, Place, Refused, Sentence, Unavailable

_HOUSE = ("content", "config", ".kawaraban")
_OUR_FAULT = frozenset({errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP, errno.EILSEQ})


class SiteSettings(BaseModel):
    """`path`: the folder that is served, below the root; `theme`: a folder of templates and a sheet of the operator's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, StringConstraints(min_length=1)] = "public"
    theme: str | None = None

    @field_validator("path")
    @classmethod
    def _a_folder_of_its_own(cls, value: str) -> str:
        parts = Path(value).parts
        if not parts or ".." in parts or parts[0] in _HOUSE or "\0" in value:
            msg = "a public folder is written like public; it is none of the paper's own"
            raise ValueError(msg)
        return value


class Site:
    """An edition channel on a local folder. Other programs' files in the folder are never touched."""

    kind: ClassVar[str] = "site"
    renderer: ClassVar[str] = "site"
    capabilities: ClassVar[Capabilities] = Capabilities(
        edition=True,
        finds="key",
        idempotency="natural",
        shows=frozenset({"table", "footnote", "math", "code", "definition-list", "dialogue"}),
    )
    Settings: ClassVar[type[BaseModel]] = SiteSettings

    def __init__(self, surroundings: Surroundings, watch: Watch | None = None) -> None:
        self.settings = own_settings(surroundings.settings, SiteSettings)
        self.folder = surroundings.root / self.settings.path
        state = surroundings.root / ".kawaraban"
        self._manifest_path = state / "editions" / f"{surroundings.settings.name}.jsonl"
        self._staging = state / "staging" / surroundings.settings.name
        self._root = surroundings.root
        self._lock = state / "editions" / f"{surroundings.settings.name}.lock"
        self._base_url = surroundings.publication.base_url
        self._clock = surroundings.clock
        self._public = PublicFolder(self.folder, self._staging, watch or (lambda _step: None))

    @property
    def theme(self) -> str | None:
        """The operator's theme folder."""
        return self.settings.theme

    def write(self, files: Iterable[EditionFile], digest: str) -> Receipt:
        """
        Make the folder equal to `files`; return one receipt for all of it.

        Only what changed is made, and equal bytes are not written again. Raises Refused, before anything is written, for
        a path that leads out or a file that is somebody else's; Unavailable when another process is writing it, or the
        disk is full or not writable (what was written so far is consistent, and the next write goes on from there).
        """
        self._refuse_place()
        with alone(self._lock):
            self._write(files, digest)
        return Receipt(remote_id=digest[:16], url=self._base_url, at=self._clock(), version=digest)

    def _write(self, files: Iterable[EditionFile], digest: str) -> None:
        manifest = self._manifest()
        try:
            self._public.clear_staging()
            if not manifest.digest:  # the last write did not come to its end
                self._public.sweep()
            Writing(self._public, manifest).run(files)
            manifest.finish(digest)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        finally:
            manifest.close()
            self._public.clear_staging()

    def _refuse_place(self) -> None:
        """Raise Refused where the folder is a link to nothing, no folder, or (by a link) one of the paper's own."""
        if self.folder.is_symlink() and not self.folder.exists():
            raise link_to_nothing(self.folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise foreign(self.folder)
        here, root = self.folder.resolve(), self._root.resolve()
        if root.is_relative_to(here) or any(here.is_relative_to(root / name) for name in _HOUSE):
            raise the_papers_own(self.folder)

    def holds(self, path: str) -> bool:
        """Return whether that public file is really there."""
        return (self.folder / path).is_file()

    def shows_edition(self, digest: str) -> bool:
        """Return whether the folder is the edition with this digest, and every file of it still as it was written."""
        manifest = self._manifest()
        if manifest.digest != digest:
            return False
        return all(self._public.stamp(path) == written.stamp for path, written in manifest.files.items())

    def odd(self, files: Iterable[EditionFile]) -> dict[str, Literal["gone", "drifted"]]:
        """
        Return the paths of `files` at which something else stands than what was written there last, or nothing.

        A file that still is as it was written is as it should be, though settings or theme may want another one by now; one
        that was never written does not miss.
        """
        written = self._manifest().files
        found: dict[str, Literal["gone", "drifted"]] = {}
        for file in files:
            stands = self._public.stamp(file.path)
            if file.yields or (file.path in written and written[file.path].stamp == stands):
                continue
            if stands is None:
                if file.path in written or not written:
                    found[file.path] = "gone"
            elif not self._public.is_equal(file.path, file.make()):
                found[file.path] = "drifted"
        return found

    def bytes_at(self, path: str) -> bytes | None:
        """Return what really stands there; None where nothing does."""
        try:
            return (self.folder / path).read_bytes()
        except OSError:
            return None

    def _manifest(self) -> Manifest:
        return Manifest(self._manifest_path, self.settings.path)


def _unwritable(folder: Path, error: OSError) -> KawarabanError:
    said = error.strerror or str(error)
    place = Place(Path(error.filename) if isinstance(error.filename, str) else folder)
    if error.errno in _OUR_FAULT:
        return Refused(
            Sentence(ja=f"この名前のファイルは作れません: {said}", en=f"no file can have this name: {said}"),
            place=place,
            remedy=Sentence(ja="名前を短くしてください", en="make the name shorter"),
        )
    return Unavailable(
        Sentence(ja=f"公開フォルダーに書けません: {said}", en=f"the public folder can't be written: {said}"),
        place=place,
        remedy=Sentence(
            ja="空き容量と権限を確かめてください。すでに公開したものはそのままです",
            en="look at free space and permissions; what was public stays as it was",
        ),
    )
