"""The machine that the house stands on: room on its disks, folders that can be written, Prefect's database."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from flows import server
from flows.compose import STATE, House
from kawaraban.errors import Sentence

FULL = 200 * 1024 * 1024
"""Less free space than this, and a site may not be written to its end."""

SCARCE = 1024 * 1024 * 1024

Said = tuple[bool, Sentence, Sentence | None]
"""Whether it is well, what is said, and what a person can do."""


def say(ja: str, en: str) -> Sentence:
    """Return a sentence."""
    return Sentence(ja=ja, en=en)


def folders(house: House) -> list[Path]:
    """Return the folders that channels write into, and the house's own."""
    paths = [house.setting(channel.name, "path") for channel in house.settings.channels]
    return [house.root / STATE, *(house.root / path for path in paths if path)]


def _nearest(folder: Path) -> Path:
    """Return it, or what will hold it."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def disk(folders: list[Path]) -> Said:
    """Look for room where these folders lie."""
    free = {folder: shutil.disk_usage(_nearest(folder)).free for folder in folders}
    least = min(free, key=lambda folder: free[folder])
    size = f"{free[least] / 1e9:.1f} GB"
    said = say(f"空きは {size}（{least}）", f"{size} free ({least})")
    remedy = say("空きを作ってください", "make room")
    return free[least] >= FULL, said, remedy if free[least] < SCARCE else None


def writable(house: House) -> Said:
    """Try to write where channels and the house write; nothing stays behind."""
    for folder in folders(house):
        place = _nearest(folder)
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            said = say(f"{place} に書けません（{error.strerror}）", f"{place} can't be written ({error.strerror})")
            return (
                False,
                said,
                say("フォルダーの持ち主と権限を確かめてください", "check who owns it and its permissions"),
            )
    return True, say("公開フォルダーに書けます", "the public folders can be written"), None


def prefect(root: Path) -> Said:
    """See whether Prefect's database lies ready."""
    if server.is_prepared(root):
        return True, say("データベースは用意できています", "the database is ready"), None
    return (
        True,
        say("データベースはまだありません。初めての公開が用意します", "no database yet: the first publish prepares it"),
        say("前もって用意するなら kawaraban set-up", "to prepare it beforehand: kawaraban set-up"),
    )
