"""One writer at a time: two processes that wrote one folder at once could each undo what the other's pages link to."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kawaraban.errors import Place, Sentence, Unavailable


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """
    Hold the folder that `lock` stands for, for a `with`; raise Unavailable where another process holds it.

    The ledger already lets one publish run at a time; this holds also where two ledgers share a root. The system gives
    the lock back when a process dies. The file itself stays: removing it would let two hold it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _taken(lock) from error
        yield


def _taken(lock: Path) -> Unavailable:
    return Unavailable(
        Sentence(ja="別のプロセスがこのサイトを書いています", en="another process is writing this site at the moment"),
        place=Place(lock),
        remedy=Sentence(ja="終わってからもう一度公開してください", en="publish again when it has finished"),
    )
