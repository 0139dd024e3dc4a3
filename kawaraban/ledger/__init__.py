"""
The ledger: what happened, where and when; the only thing that prevents a double post.

    with open_ledger(address(root / ".kawaraban" / "ledger.sqlite"), root=root, now=now) as ledger:
        ledger.keep(variant)
        attempt = ledger.claim(Claim(article, "site", ActionKind.CREATE, variant.digest), owner=owner(), lease=…, now=now)
        receipt = …                                   # only the send is between the two transactions
        ledger.arrived(attempt, receipt, now=now, who="editor")

Importing this package is light: SQLAlchemy is imported by `open_ledger`, alembic only when the schema is behind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kawaraban.ledger.process import is_dead, owner
from kawaraban.ledger.records import (
    Account,
    Answer,
    Claim,
    Ending,
    Event,
    EventKind,
    Expectation,
    Former,
    Hold,
    Identity,
    Known,
    Posted,
    Report,
    Scope,
    Seen,
    Settlement,
    Stood,
    Told,
)

if TYPE_CHECKING:
    from kawaraban.ledger.book import Ledger
    from kawaraban.ledger.reading import Reading

__all__ = [
    "Account",
    "Answer",
    "Claim",
    "Ending",
    "Event",
    "EventKind",
    "Expectation",
    "Former",
    "Hold",
    "Identity",
    "Known",
    "Ledger",
    "Posted",
    "Reading",
    "Report",
    "Scope",
    "Seen",
    "Settlement",
    "Stood",
    "Told",
    "address",
    "is_dead",
    "open_ledger",
    "owner",
]


def address(file: Path) -> str:
    """Return the database URL of a ledger file (percent-encoded); its folder is made when the ledger is opened."""
    return f"sqlite:///{quote(str(file.absolute()))}"


def open_ledger(url: str, *, now: datetime, root: Path | None = None, dead: Callable[[str], bool] = is_dead) -> Ledger:
    """
    Open the ledger at a database URL (`sqlite:///…`), making and migrating it where needed.

    `root` is written into its identity when it is made. `dead` tells whether an owner's process is gone for certain.
    Raises WrongInput naming file and remedy: the file is no ledger, damaged, read-only, on a full disk, or made by a
    newer program; Conflict when another process keeps it locked.
    """
    from kawaraban.ledger.opening import opened

    return opened(url, now=now, root=root, dead=dead)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute may be anything
    """Import the classes that need SQLAlchemy when they are first asked for."""
    if name in {"Ledger", "Reading"}:
        from kawaraban.ledger import book, reading

        return {"Ledger": book.Ledger, "Reading": reading.Reading}[name]
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
