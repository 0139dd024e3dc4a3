"""From a reference to a secret to its value: read anew each time it is needed, kept nowhere, shown nowhere."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import SecretStr

from kawaraban.config.models import Secret
from kawaraban.errors import NotAuthorised, Sentence

_LARGEST = 65_536


def revealed(secret: Secret, root: Path) -> SecretStr:
    """Return the value behind a reference; a file's path is below `root`, its last line end is cut. NotAuthorised without one."""
    value = os.environ.get(secret.env) if secret.env is not None else _from_file(root / (secret.file or ""))
    if not value:
        raise _missing(secret)
    return SecretStr(value)


def _from_file(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST).decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return None


def _missing(secret: Secret) -> NotAuthorised:
    if secret.env is not None:
        return NotAuthorised(
            Sentence(ja=f"環境変数 {secret.env} がありません", en=f"the environment variable {secret.env} is not set"),
            remedy=Sentence(
                ja=f"{secret.env} に値を入れて、もう一度実行してください", en=f"set {secret.env} and run it again"
            ),
        )
    return NotAuthorised(
        Sentence(ja=f"秘密のファイル {secret.file} が読めません", en=f"the secret's file {secret.file} can't be read"),
        remedy=Sentence(ja="ファイルの場所と権限を確かめてください", en="check where it is and who may read it"),
    )
