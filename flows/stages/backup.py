"""
A backup: the ledger, the settings and the articles of one moment in one file, consistent while everything runs.

A gzipped tar: `config/`, `content/`, `.kawaraban/ledger.sqlite` (a copy by SQLite itself), the prepared pictures and
the editions' manifests, and at last `backup.json` with every file's SHA-256. Caches, Prefect's database, what channels
wrote and secrets stay out. It gets its name only after it was read back and proven.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from flows.compose import STATE, House
from flows.stages.secrecy import references
from kawaraban.errors import KawarabanError, Place, Sentence, WrongInput
from kawaraban.ledger import address
from kawaraban.ledger.copying import Copied, copy, file_of
from kawaraban.ledger.records import Report

FORMAT = 1
INVENTORY = "backup.json"
LEDGER = f"{STATE}/ledger.sqlite"
FOLDERS = ("config", "content", f"{STATE}/assets", f"{STATE}/editions")
"""What is kept beside the ledger, below the root."""

_SECRET_NAMES = (".env", "*.pem", "*.key")
_REPORT = "backup"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds, and what was left out of it (path below the root, and why)."""

    file: Path
    files: int
    bytes: int
    ledger: Copied
    left_out: tuple[tuple[str, Sentence], ...]


@dataclass
class _Writing:
    """A backup being written: the digests of what is in it."""

    tar: tarfile.TarFile
    digests: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[str, Sentence]] = field(default_factory=list)

    def add(self, name: str, data: bytes, mtime: float) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime, entry.mode = len(data), int(mtime), 0o600
        self.tar.addfile(entry, io.BytesIO(data))
        self.digests[name] = hashlib.sha256(data).hexdigest()


def backup(house: House, target: Path | None, *, now: datetime) -> BackedUp:
    """
    Write a backup to `target` (default: `backups/kawaraban-DATE-TIME.tar.gz` below the root) and prove it.

    Raises WrongInput (and reports it for the alerts) where the ledger is on a server, is damaged, or nothing can be written.
    """
    local = now.astimezone(house.publication.zone)
    file = target or house.root / "backups" / f"kawaraban-{local:%Y%m%d-%H%M%S}.tar.gz"
    ledger = file_of(house.ledger_url or address(house.root / STATE / "ledger.sqlite"))
    _ = house.ledger  # made, or brought up to date, first
    try:
        done = _written(house, ledger, file, local)
    except KawarabanError as error:
        with suppress(KawarabanError):
            house.ledger.alerts.report(Report(_REPORT, "backup", error.what, now, error.remedy))
        raise
    if any(report.name == _REPORT for report in house.ledger.alerts.reports()):
        house.ledger.alerts.mended(_REPORT)
    return done


def _written(house: House, ledger: Path, file: Path, now: datetime) -> BackedUp:
    from flows.stages.restore import verified

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as aside:
            copied = copy(ledger, Path(aside) / "ledger.sqlite")
            made = Path(aside) / "backup.tar.gz"
            with tarfile.open(made, "w:gz", compresslevel=6) as tar:
                writing = _Writing(tar)
                _fill(writing, house, Path(aside) / "ledger.sqlite")
                _inventory(writing, copied, now)
            verified(made, Path(aside) / "proof")
            with made.open("rb+") as done:
                os.fsync(done.fileno())
            made.chmod(0o600)
            made.replace(file)
    except OSError as error:
        raise _unwritable(file, error) from error
    return BackedUp(file, len(writing.digests), file.stat().st_size, copied, tuple(writing.left_out))


def _fill(writing: _Writing, house: House, ledger: Path) -> None:
    """Add the ledger first: what the articles say after it was copied is brought into line by the next publish."""
    writing.add(LEDGER, ledger.read_bytes(), ledger.stat().st_mtime)
    secret = _secret_files(house)
    for folder in FOLDERS:
        for path in _files(house.root / folder):
            name = path.relative_to(house.root).as_posix()
            if path.is_symlink():
                writing.left_out.append((name, _LINK))
            elif path.resolve() in secret or any(PurePosixPath(name).match(one) for one in _SECRET_NAMES):
                writing.left_out.append((name, _SECRET))
            else:
                with suppress(FileNotFoundError):  # taken away this moment
                    writing.add(name, path.read_bytes(), path.stat().st_mtime)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below, sorted; what an editor or Git keeps for itself is left alone."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one != ".git")
        for name in sorted(names):
            if not name.endswith((".tmp", ".lock", "~")):
                yield Path(place) / name


def _secret_files(house: House) -> frozenset[Path]:
    """Return the files that settings name as secrets."""
    named = [one for own in (house.publication, *house.own.values()) for one in references(own)]
    return frozenset((house.root / one.file).resolve() for one in named if one.file)


def _inventory(writing: _Writing, copied: Copied, now: datetime) -> None:
    said = {
        "format": FORMAT,
        "program": version("kawaraban"),
        "revision": copied.revision,
        "ledger": copied.ledger,
        "sequence": copied.sequence,
        "made": now.isoformat(),
        "left_out": [name for name, _ in writing.left_out],
        "files": dict(writing.digests),
    }
    writing.add(INVENTORY, json.dumps(said, ensure_ascii=False, indent=1).encode(), now.timestamp())


def _unwritable(file: Path, error: OSError) -> WrongInput:
    return WrongInput(
        Sentence(ja=f"控えを書けません: {error.strerror}", en=f"the backup can't be written: {error.strerror}"),
        place=Place(file),
        remedy=Sentence(
            ja="空き容量と権限を確かめてください。前の控えはそのままです",
            en="look at free space and permissions; earlier backups are as they were",
        ),
    )


_SECRET = Sentence(ja="秘密なので入れません", en="a secret: not in the backup")
_LINK = Sentence(ja="リンクなので入れません", en="a link: not in the backup")
