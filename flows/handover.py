"""
Hands a publish to the publisher that runs at this root, and streams its progress back. No Prefect.

A socket on loopback, found through `.kawaraban/publisher.json` (mode 600: port, token, pid). Both sides prove that they
know the token before anything is read (multiprocessing.connection's challenge); only then are values exchanged:
an Asking one way, Steps and at last a Published or a Failure the other.
"""

from __future__ import annotations

import json
import os
import queue
import secrets
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.stages.values import Progress, Published, PublishRequest, Step
from kawaraban import errors
from kawaraban.errors import Conflict, KawarabanError, Place, Sentence

STATE = ".kawaraban"  # as flows.compose has it, whose import would cost a third of a quick publish
PATIENCE = 30.0
GREETING = 5.0
"""A publisher greets at once, from a thread of its own, however busy it is: one that does not is stopped or dead."""
BEAT = 1.0

if TYPE_CHECKING:
    Peer = Connection[Any, Any]  # Any: both sides send several kinds of values


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a publisher listens."""

    port: int
    token: str
    pid: int


@dataclass(frozen=True, slots=True)
class Failure:
    """An error of the house on its way to another process."""

    kind: str
    what: Sentence
    place: Place | None
    remedy: Sentence | None

    @classmethod
    def of(cls, error: KawarabanError) -> Failure:
        """Return the error as a value."""
        return cls(type(error).__name__, error.what, error.place, error.remedy)

    def error(self) -> KawarabanError:
        """Return the error again, as the kind it was."""
        known = getattr(errors, self.kind, KawarabanError)
        kind = known if isinstance(known, type) and issubclass(known, KawarabanError) else KawarabanError
        return kind(self.what, place=self.place, remedy=self.remedy)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked, and on whose behalf: the record names the person, not the publisher."""

    request: PublishRequest
    who: str = ""


class GoesOn(KeyboardInterrupt):
    """Whoever asked was stopped (Ctrl-C) while the publisher did it: the publisher does not stop."""


class StillHere:
    """Sent now and then while nothing else is: whoever waits knows that the publisher lives."""


# --- asking -----------------------------------------------------------------------------------------------------------


def whereabouts(root: Path) -> Whereabouts | None:
    """Return where the root's publisher listens, as far as its file says; it may be gone all the same."""
    try:
        said = json.loads(_file(root).read_text(encoding="utf-8"))
        return Whereabouts(int(said["port"]), str(said["token"]), int(said["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def runs(root: Path) -> bool:
    """Return whether somebody listens where the root's publisher said it would: perhaps one that is stopped."""
    found = whereabouts(root)
    if found is None:
        return False
    try:
        with socket.create_connection(("127.0.0.1", found.port), timeout=1.0):
            return True
    except OSError:
        return False


def answers(root: Path, patience: float = GREETING) -> bool:
    """Return whether the root's publisher runs and answers."""
    peer = _greeted(whereabouts(root), patience)
    if peer is not None:
        peer.close()
    return peer is not None


def _greeted(found: Whereabouts | None, patience: float) -> Peer | None:
    """Return the connection once both sides have proved that they know the token; None where nobody does in time."""
    if found is None:
        return None
    try:
        with socket.create_connection(("127.0.0.1", found.port), timeout=patience) as line:
            line.settimeout(None)
            for one in (
                socket.SO_RCVTIMEO,
                socket.SO_SNDTIMEO,
            ):  # the kernel's: whoever is stopped would hold us forever
                line.setsockopt(socket.SOL_SOCKET, one, struct.pack("ll", *divmod(int(patience * 1e6), 1_000_000)))
            peer: Peer = Connection(line.detach())
    except OSError:
        return None
    try:
        answer_challenge(peer, found.token.encode())
        deliver_challenge(peer, found.token.encode())
    except (OSError, EOFError, AuthenticationError):
        peer.close()
        return None
    return peer


def hand_over(
    root: Path,
    request: PublishRequest,
    progress: Progress,
    patience: float = PATIENCE,
    who: str = "",
    *,
    greeting: float = GREETING,
) -> Published | None:
    """
    Let the running publisher do it, on behalf of `who`; None where none runs, or none that answers.

    Raises what the publish raised, and Conflict where the publisher ended or fell silent in the middle: what it did is
    in the ledger, and `status` shows it.
    """
    peer = _greeted(whereabouts(root), greeting)
    if peer is None:
        return None
    with peer:
        try:
            peer.send(Asking(request, who))
            return _answer(peer, progress, patience)
        except (OSError, EOFError) as error:
            raise _silent() from error
        except KeyboardInterrupt as stopped:
            raise GoesOn from stopped


def _answer(peer: Peer, progress: Progress, patience: float) -> Published:
    while peer.poll(patience):
        match peer.recv():
            case Step() as step:
                progress(step)
            case Published() as published:
                return published
            case Failure() as failure:
                raise failure.error()
            case _:
                continue
    raise _silent()


def _silent() -> Conflict:
    return Conflict(
        Sentence(ja="公開の係が途中で答えなくなりました", en="the publisher fell silent in the middle"),
        remedy=Sentence(
            ja="どこまで出たかは kawaraban status で見られます。もう一度公開しても、二度出ることはありません",
            en="`kawaraban status` shows how far it came; publishing again never sends anything twice",
        ),
    )


# --- receiving --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that came in. Whoever asked may have gone; then nobody is told, and the work goes on."""

    request: PublishRequest
    peer: Peer
    lock: threading.Lock
    who: str = ""

    def progress(self, step: Step) -> None:
        """Tell a step."""
        self._say(step)

    def done(self, published: Published) -> None:
        """Tell the end."""
        self._say(published)
        self.close()

    def failed(self, error: KawarabanError) -> None:
        """Tell why it could not be done."""
        self._say(Failure.of(error))
        self.close()

    def close(self) -> None:
        """Hang up."""
        with self.lock, suppress(OSError):
            self.peer.close()

    def beat(self) -> bool:
        """Say that we live; False once the other has gone or the work is done."""
        return self._say(StillHere())

    def _say(self, value: object) -> bool:
        with self.lock:
            try:
                self.peer.send(value)
            except (OSError, ValueError):
                return False
            return True


Visits = queue.Queue[Visit]


@contextmanager
def reception(root: Path, visits: Visits, beat: float = BEAT) -> Iterator[Whereabouts]:
    """Listen while inside; what is asked for is put into `visits`. Who waits hears of us every `beat` seconds."""
    token = secrets.token_hex(32)
    listener = Listener(("127.0.0.1", 0))
    here = Whereabouts(int(listener.address[1]), token, os.getpid())
    _written(root, here)
    open_ = threading.Event()
    open_.set()
    thread = threading.Thread(target=_listening, args=(listener, _Hall(token, visits, beat), open_), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        open_.clear()
        if whereabouts(root) == here:
            _file(root).unlink(missing_ok=True)
        with suppress(OSError, EOFError, AuthenticationError):  # accept() only returns when somebody comes
            Client(("127.0.0.1", here.port)).close()
        listener.close()
        thread.join(BEAT)


@dataclass(frozen=True, slots=True)
class _Hall:
    token: str
    visits: Visits
    beat: float


def _listening(listener: Listener, hall: _Hall, open_: threading.Event) -> None:
    while open_.is_set():
        try:
            peer = listener.accept()
        except (OSError, EOFError):
            continue
        if open_.is_set():
            threading.Thread(target=_received, args=(peer, hall), daemon=True).start()
        else:
            peer.close()


def _received(peer: Peer, hall: _Hall) -> None:
    """Check the token first: nothing a stranger sends is read."""
    try:
        deliver_challenge(peer, hall.token.encode())
        answer_challenge(peer, hall.token.encode())
        asked = peer.recv() if peer.poll(PATIENCE) else None
    except (OSError, EOFError, AuthenticationError):
        asked = None
    if not isinstance(asked, Asking):
        peer.close()
        return
    visit = Visit(asked.request, peer, threading.Lock(), asked.who)
    hall.visits.put(visit)
    pause = threading.Event()
    while visit.beat():
        pause.wait(hall.beat)


def _file(root: Path) -> Path:
    return root / STATE / "publisher.json"


def _written(root: Path, here: Whereabouts) -> None:
    target = _file(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=target.parent)  # nobody else may read it, from its first byte on
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"port": here.port, "token": here.token, "pid": here.pid}, file)
    Path(aside).replace(target)
