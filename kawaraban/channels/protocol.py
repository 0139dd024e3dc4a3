"""The protocol a channel keeps (DESIGN section 5). It receives the finished Variant, never the article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal, Protocol, runtime_checkable

from pydantic import BaseModel

from kawaraban.capabilities import Capabilities
from kawaraban.config import ChannelSettings, Publication
from kawaraban.delivery import Receipt
from kawaraban.edition import EditionFile
from kawaraban.errors import Sentence
from kawaraban.variant import Asset, Part, Variant


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What a channel is built with: the publication, its own settings, the root, and how a picture's bytes are had.

    `bytes_of` returns the prepared bytes of an asset; `clock` is used for receipts only.
    """

    root: Path
    publication: Publication
    settings: ChannelSettings
    bytes_of: Callable[[Asset], bytes]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Payload:
    """
    What would be sent, ready and previewable: a variant plus anything the channel made of it beforehand.

    Whoever sends adds what the ledger knows: `number`, which post of a thread this is (from 1), `above`, the receipts of
    the posts before it, the first one first; `since`, when the intent under this key was first written (None: nowhere;
    the same at every try, so that what is made of it is the same); `saved`, the channel's own note from an earlier try under
    this key ("": none).
    """

    variant: Variant
    body: bytes = b""
    media_type: str = ""
    number: int = 1
    above: tuple[Receipt, ...] = ()
    since: datetime | None = None
    saved: str = ""

    @property
    def part(self) -> Part:
        """The post that this is about."""
        return self.variant.part(self.number)


@dataclass(frozen=True, slots=True)
class LiveCopy:
    """What is really live, as read back. `differences` compares it with `against`, in words; empty means equal."""

    present: bool
    url: str | None
    differences: tuple[Sentence, ...] = ()
    verified: bool = True


Save = Callable[[str], None]
"""Commits a channel's own note about a delivery between two requests (an id between draft and publish)."""


@runtime_checkable
class Channel(Protocol):
    """
    A destination of one kind. Failures are Refused, NotAuthorised, Unavailable or Unsure, and nothing else.

    `update` never creates. `find` returns what an earlier try with this key left behind, or None; it has asked the
    channel itself. A draft that no reader sees is nothing yet: `create` finds it again and goes on from it. `find` lists
    our own posts rather than searching, and goes back further than the channel's slowest publish (`attempt` until the post
    shows) plus the longest back-off: a day at least. Where `capabilities.finds` is "list", it is asked twice,
    `capabilities.lag` apart, before anything is sent again. `withdraw` may be called twice without harm.

    A thread is one delivery: each post has its own key, and each of these calls is about one of them (`Payload.number`);
    `read` is given that post as a variant of its own (`kawaraban.thread.alone`).
    """

    kind: ClassVar[str]
    renderer: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    Settings: ClassVar[type[BaseModel]]

    def prepare(self, variant: Variant) -> Payload:
        """Return what would be sent. Pure."""

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Send it for the first time under the idempotency key."""

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Change what `receipt` names."""

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """Look for what an earlier try with this key created."""

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Read back what is really live and compare it with `against`."""

    def withdraw(self, receipt: Receipt) -> None:
        """Take it down."""


@runtime_checkable
class Recalls(Protocol):
    """What a channel may have beside `Channel`: it finds posts of articles without knowing the keys they were sent under."""

    def recall(self, variants: Sequence[Variant]) -> Mapping[str, Receipt]:
        """
        Return what stands there of these articles (by id), found by canonical URL or by natural key.

        A ledger that was put back has lost the rest. What is not among it is not there.
        """


@runtime_checkable
class Answers(Protocol):
    """What a channel with threads may have beside `Recalls`: it finds the rest of a thread by its first post."""

    def answers(self, receipt: Receipt) -> Sequence[Receipt]:
        """Return our own posts below that one, each answering to the one before, in order; fails as a channel fails."""


@runtime_checkable
class Personal(Protocol):
    """What a channel may have beside `Channel`: it can tell as whom it posts."""

    def account(self) -> str:
        """Return the account's own lasting name as the server says it, "" where it can't; fails as a channel fails."""


@dataclass(frozen=True, slots=True)
class Probe:
    """
    What a server says when it is asked with our credentials, nothing being posted.

    `account` is the account's lasting name (as `Personal.account`), `shown` how people know it (`@paper@example.social`),
    `server` its software and version; `learnt` are values for the channel's own settings where the settings file says
    nothing (`limit: 5000`); `expires` is the instant at which the credentials end, where the server tells.
    """

    account: str
    shown: str = ""
    server: str = ""
    learnt: Mapping[str, str | int | bool] = field(default_factory=dict)
    expires: datetime | None = None


@runtime_checkable
class Probes(Protocol):
    """What a channel may have beside `Channel`: its credentials can be tried without posting anything."""

    def probe(self) -> Probe:
        """Ask the server who we are and what it takes; fails as a channel fails (NotAuthorised: the credentials)."""


@runtime_checkable
class Asks(Protocol):
    """What a kind's Settings may have: how a person is asked for them (`kawaraban channels add`)."""

    @classmethod
    def asks(cls) -> Mapping[str, Sentence]:
        """Return what each key means, in a few words; a key without words is asked for by its description, or its name."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post of ours that stands on a channel: what it says, and the addresses it leads to (canonical URL included)."""

    receipt: Receipt
    title: str
    text: str = ""
    links: tuple[str, ...] = ()


@runtime_checkable
class Lists(Protocol):
    """What a channel may have beside `Channel`: it lists our own posts, whoever sent them."""

    def posts(self) -> Iterable[Post]:
        """Return our posts, newest first, the answers of a thread left out; fails as a channel fails."""


@runtime_checkable
class EditionChannel(Protocol):
    """A folder that is written whole: `capabilities.edition` is True and one receipt settles all deliveries in it."""

    kind: ClassVar[str]
    renderer: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    Settings: ClassVar[type[BaseModel]]

    def write(self, files: Iterable[EditionFile], digest: str) -> Receipt:
        """Make the folder equal to `files`, stage by stage, atomically per file; our files no longer in it go last."""

    def holds(self, path: str) -> bool:
        """Return whether that public file is really there."""

    def shows_edition(self, digest: str) -> bool:
        """Return whether the folder is the edition with this digest, each file as it was written."""


@runtime_checkable
class ReadBack(Protocol):
    """What an edition channel has beside `EditionChannel` where its files can be compared with what they should be."""

    def odd(self, files: Iterable[EditionFile]) -> Mapping[str, Literal["gone", "drifted"]]:
        """Return the paths at which something else stands than what was written there last, or nothing."""

    def bytes_at(self, path: str) -> bytes | None:
        """Return what really stands there; None where nothing does."""


@runtime_checkable
class Discards(Protocol):
    """What a channel has where something that nobody sees, and nobody is to see any more, can be taken away."""

    def discard(self, variant: Variant) -> None:
        """Remove the package of that article, or the draft that a stopped `create` of it left, if one lies there."""


@runtime_checkable
class RecordedByHand(Protocol):
    """
    What a channel has beside `Channel` when a person posts: the package, and reading a person's URL.

    It may also have `discard` (see Discards).
    """

    def package(self, variant: Variant, live: Variant | None) -> Path:
        """Write the package folder (with a change sheet where `live` is given) and return it."""

    def recognise(self, address: str, variant: Variant) -> Receipt:
        """Turn the address a person gives into a receipt, read back where possible; Refused when it is wrong."""
