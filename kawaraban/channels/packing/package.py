"""Where an article's package lies, and how a person records what was posted from it."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kawaraban.channels.packing.folder import replace_folder
from kawaraban.channels.protocol import Surroundings
from kawaraban.variant import Variant

STAGING = Path(".kawaraban") / "staging" / "packages"
_FOLDER = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class Packing:
    """What packages are made with; `path` is the channel's folder below the root."""

    surroundings: Surroundings
    path: str

    def folder(self, variant: Variant) -> Path:
        """Return where a variant's package lies: under its slug, or its id where a slug would be no folder's name."""
        slug = variant.head.slug
        return self.surroundings.root / self.path / (slug if _FOLDER.fullmatch(slug) else variant.article)

    def write(self, variant: Variant, files: Iterable[tuple[str, bytes]]) -> Path:
        """Write the package (relative path, bytes), whole or not at all, and return its folder."""
        folder = self.folder(variant)
        replace_folder(folder, files, self._staging(variant))
        return folder

    def discard(self, variant: Variant) -> None:
        """Remove the package, if one lies there: what is withdrawn is not to be posted."""
        folder = self.folder(variant)
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)

    def record(self, variant: Variant, address: str = "URL") -> str:
        """Return the command that records what was posted."""
        names = f"{shlex.quote(variant.head.slug)} {shlex.quote(variant.channel)}"
        return f"kawaraban record {names} {address}".rstrip()

    def _staging(self, variant: Variant) -> Path:
        """Return where it is made: below the root's `.kawaraban`, or beside it where that is another file system."""
        parent = self.folder(variant).parent
        parent.mkdir(parents=True, exist_ok=True)
        ours = self.surroundings.root / STAGING
        ours.mkdir(parents=True, exist_ok=True)
        holder = ours if ours.stat().st_dev == parent.stat().st_dev else parent / ".staging"
        return holder / f"{self.surroundings.settings.name}-{variant.article}"
