"""Secrets that a person typed, in files only we may read: written, given a place of their own, and moved there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kawaraban.errors import Place, Sentence, WrongInput

SECRETS = Path("secrets")
_PRIVATE = 0o600


@contextmanager
def taking(place: Path) -> Iterator[None]:
    """Say in words that a disk takes nothing."""
    try:
        yield
    except OSError as error:
        raise WrongInput(
            Sentence(ja=f"書き込めません: {error.strerror}", en=f"can't be written: {error.strerror}"),
            place=Place(place),
            remedy=Sentence(
                ja="空き容量と権限を確かめてください。何も書いていません",
                en="look at free space and permissions; nothing was written",
            ),
        ) from error


def write_secret(file: Path, secret: str) -> None:
    """Write a secret into a new file; what lay there before is gone."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(f"{secret}\n")


def free_place(root: Path, name: str, key: str, *, alone: bool) -> Path:
    """Return where a secret is to be kept; another's is never overwritten."""
    stem = name if alone else f"{name}-{key}"
    tries = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(SECRETS / one for one in tries if not (root / SECRETS / one).exists())


def lock_away(file: Path, target: Path) -> None:
    """Move a secret to its place; the folder is nobody else's, and Git leaves it alone."""
    target.parent.mkdir(exist_ok=True, mode=0o700)
    ignored = target.parent / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    file.replace(target)
