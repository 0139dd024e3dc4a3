"""
As whom each channel knows us, what its server said of that, and whether it was asked what it has.

The last counts since the ledger came to where it is. A channel's credentials belong to one ledger: another account behind the same settings is remembered beside the known one
until a person resumes the channel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from kawaraban.errors import Sentence
from kawaraban.ledger import tables as t
from kawaraban.ledger.records import Account, Scope

Opens = Callable[[], AbstractContextManager[Connection]]
_Value = str | int | datetime | Sentence | None


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of an open ledger; every call is one transaction."""

    _read: Opens
    _write: Opens

    def of(self, channel: str) -> Account:
        """Return what is known of a channel."""
        with self._read() as connection:
            return _found(connection, channel)

    def all(self) -> Mapping[str, Account]:
        """Return what is known of every channel that was ever used, by its name."""
        with self._read() as connection:
            rows = connection.execute(select(t.accounts)).mappings().all()
        return {one.channel: one for one in (Account(**row) for row in rows)}

    def asked(self, channel: str, number: int) -> None:
        """Remember that it was asked at that place."""
        with self._write() as connection:
            _keep(connection, channel, asked=number)

    def known_as(self, channel: str, account: str) -> None:
        """Remember as whom it knows us."""
        with self._write() as connection:
            _keep(connection, channel, account=account)

    def stranger(self, channel: str, account: str) -> None:
        """Remember that another account was found there."""
        with self._write() as connection:
            _keep(connection, channel, other=account)

    def answered(self, channel: str, *, shown: str, server: str, expires: datetime | None, now: datetime) -> None:
        """Remember what its server said of us at a probe: all is well."""
        with self._write() as connection:
            _keep(connection, channel, shown=shown, server=server, expires=expires, probed=now, trouble=None)

    def troubled(self, channel: str, trouble: Sentence, *, now: datetime) -> None:
        """Remember that a probe came to nothing, and why; what earlier ones said stays."""
        with self._write() as connection:
            _keep(connection, channel, probed=now, trouble=trouble)


def accept_in(connection: Connection, scope: Scope) -> None:
    """
    Take the account that a channel was stopped for: whoever resumes the channel has seen it.

    What was wrong is forgotten with when it was found: the server is asked anew.
    """
    if scope.channel is None or scope.article is not None:
        return
    known = _found(connection, scope.channel)
    if known.other:
        _keep(connection, scope.channel, account=known.other, other="")
    if known.trouble is not None:
        _keep(connection, scope.channel, probed=None, trouble=None)


def _found(connection: Connection, channel: str) -> Account:
    row = connection.execute(select(t.accounts).where(t.accounts.c.channel == channel)).mappings().first()
    return Account(channel) if row is None else Account(**row)


def _keep(connection: Connection, channel: str, **values: _Value) -> None:
    changed = update(t.accounts).where(t.accounts.c.channel == channel).values(**values)
    if not connection.execute(changed).rowcount:
        row: dict[str, _Value] = {"account": "", "other": "", "asked": 0, **values}
        connection.execute(insert(t.accounts).values(channel=channel, **row))
