"""
The session's file: `.kawaraban/sessions/CHANNEL.json`, readable by its owner only, renamed into place, in no backup.

It holds tokens and, to notice another password, a salted hash of the one that they were had with. And it remembers
logins: the network allows 30 in five minutes and 300 a day for an account.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from kawaraban.errors import Sentence, Unavailable

DAY = timedelta(days=1)
ALLOWANCES = ((timedelta(minutes=5), 10), (DAY, 100))
"""How many logins we allow ourselves within which time: a third of what the network does."""
_LONGEST_SHUT = timedelta(days=7)


class Signed(BaseModel):
    """
    A session: `server` and `login` are the settings it was made with, `salt` and `proof` stand for the password.

    `handle` is the name the server knows, `home` the account's own server.
    """

    model_config = ConfigDict(frozen=True)

    server: str
    login: str
    salt: str
    proof: str
    did: str
    handle: str
    home: str
    access: str = Field(repr=False)
    refresh: str = Field(repr=False)

    def was_had_with(self, server: str, login: str, password: str) -> bool:
        """Return whether these settings and this password are the ones it was made with."""
        same = (self.server, self.login) == (server, login)
        return same and secrets.compare_digest(self.proof, proof_of(password, self.salt))


class Kept(BaseModel):
    """All that the file holds: a session, the logins of the last day, and until when the server wants none."""

    model_config = ConfigDict(frozen=True)

    signed: Signed | None = None
    logins: tuple[AwareDatetime, ...] = ()
    shut_until: AwareDatetime | None = None

    def wait(self, now: datetime) -> timedelta | None:
        """Return how long no login may be tried, or None; a clock that was ahead may have written an end beyond any server's."""
        waits = [self.shut_until - now] if self.shut_until and self.shut_until - now <= _LONGEST_SHUT else []
        for span, allowed in ALLOWANCES:
            recent = [at for at in self.logins if now - span < at <= now]
            if len(recent) >= allowed:
                waits.append(recent[-allowed] + span - now)
        return max((wait for wait in waits if wait > timedelta()), default=None)

    def after_login(self, now: datetime) -> Kept:
        """Return the same with one more login tried."""
        return Kept(signed=self.signed, logins=(*(at for at in self.logins if now - DAY < at <= now), now))


@dataclass(frozen=True, slots=True)
class SessionFile:
    """The file at `path`; `patience` is how long (seconds) another process that renews it is waited for."""

    path: Path
    patience: float

    def read(self) -> Kept:
        """Return what it holds; nothing where there is none, or a damaged one."""
        try:
            return Kept.model_validate_json(self.path.read_bytes())
        except (OSError, ValidationError):
            return Kept()

    def write(self, kept: Kept) -> None:
        """Put it in place whole; Unavailable where it can't be: without it every post would log in anew."""
        aside: str | None = None
        try:
            handle, aside = tempfile.mkstemp(dir=self.path.parent)  # nobody else may read it, from its first byte on
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(kept.model_dump_json())
            Path(aside).replace(self.path)
        except OSError as error:
            if aside is not None:
                with suppress(OSError):
                    Path(aside).unlink()
            raise _unwritable(self.path, error) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one process at a time log in or renew: a refresh token is good for one use."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        try:
            with FileLock(self.path.with_suffix(".lock"), timeout=self.patience, mode=0o600):
                yield
        except Timeout:
            raise Unavailable(_BUSY) from None


def proof_of(password: str, salt: str) -> str:
    """Return a salted hash by which the same password is known again (scrypt)."""
    return hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=1 << 12, r=8, p=1).hex()


def _unwritable(path: Path, error: OSError) -> Unavailable:
    why = error.strerror or type(error).__name__
    return Unavailable(
        Sentence(
            ja=f"ログインの控え {path.name} を書けません（{why}）。何も送っていません",
            en=f"the session {path.name} can't be written ({why}); nothing was sent",
        ),
        remedy=Sentence(
            ja=".kawaraban/ の空きと権限を確かめてください", en="look at the free space and permissions of .kawaraban/"
        ),
    )


_BUSY = Sentence(ja="ほかの処理がログインしているところです", en="another process is logging in; nothing was sent")
