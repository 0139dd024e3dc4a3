"""A house with one channel whose posts answer to each other, on a server in memory that fails at a chosen request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from flows.stages.delivery import Sending
from flows.stages.planning import Planned
from flows.stages.surveying import Survey
from flows.stages.values import Result
from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import LiveCopy, Payload, Save
from kawaraban.config import Settings
from kawaraban.delivery import ActionKind, Delivery, Receipt, Word
from kawaraban.errors import Refused, Sentence, alike
from kawaraban.ledger import Expectation
from kawaraban.library import Library, Reading
from kawaraban.picture import AssetStore
from kawaraban.plan import Action, Plan, Selection, reasons
from kawaraban.thread import PartDelivery
from kawaraban.variant import Part, Variant
from tests import builders
from tests.flows.posts import HOOK, ID, NOW, Own, PostingHouse, text


class Killed(BaseException):
    """The process ends here: nothing after it runs."""


@dataclass(frozen=True)
class Stored:
    """A post as the server has it: what it says, under which key it came, and to which it answers ("": none)."""

    text: str
    key: str
    answers_to: str = ""


@dataclass
class Server:
    """
    The posts by their ids, in order; every request is written down.

    `before` and `after` say what happens at the request of that number (from 1) instead of, or beside, its being taken.
    """

    posts: dict[str, Stored] = field(default_factory=dict)
    made: int = 0
    requests: list[str] = field(default_factory=list)
    payloads: list[Payload] = field(default_factory=list)
    before: dict[int, BaseException] = field(default_factory=dict)
    after: dict[int, BaseException] = field(default_factory=dict)
    indexed: bool = True

    @property
    def texts(self) -> list[str]:
        return [post.text for post in self.posts.values()]

    @property
    def chain(self) -> list[str]:
        """The texts from the first on, each found as the answer to the one before: raises where that breaks."""
        said, at = [], ""
        while found := [(name, post) for name, post in self.posts.items() if post.answers_to == at]:
            assert len(found) == 1, "two posts answer to one"
            at, post = found[0]
            said.append(post.text)
        assert len(said) == len(self.posts), "a post answers to what is not there"
        return said

    @contextmanager
    def taking(self, what: str) -> Iterator[None]:
        self.requests.append(what)
        number = len([one for one in self.requests if not one.startswith("find")])
        if number in self.before and not what.startswith("find"):
            raise self.before.pop(number)
        yield
        if number in self.after and not what.startswith("find"):
            raise self.after.pop(number)

    def at(self, number: int) -> int:
        """The number of the request that comes as the n-th from now."""
        return len([one for one in self.requests if not one.startswith("find")]) + number


class Threads:
    """A channel with threads that can be asked by key."""

    kind: ClassVar[str] = HOOK
    renderer: ClassVar[str] = "social"
    capabilities: ClassVar[Capabilities] = Capabilities(announces=True, finds="key", threads=True)
    Settings: ClassVar[type[BaseModel]] = Own

    def __init__(self, server: Server) -> None:
        self.server = server

    def prepare(self, variant: Variant) -> Payload:
        return Payload(variant)

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        self.server.payloads.append(replace(payload, saved=""))
        save(f"note {payload.number}")
        with self.server.taking(f"create {payload.number}"):
            self.server.made += 1
            name = f"p{self.server.made}"
            above = payload.above[-1].remote_id if payload.above else ""
            assert above in ("", *self.server.posts), "it answers to what is not there"
            self.server.posts[name] = Stored(payload.part.text, key, above)
        return self._receipt(name)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        del key, save
        name = receipt.remote_id
        with self.server.taking(f"update {payload.number}"):
            if name not in self.server.posts:
                raise Refused(Sentence(ja="ありません", en="gone"))
            self.server.posts[name] = replace(self.server.posts[name], text=payload.part.text)
        return self._receipt(name)

    def find(self, payload: Payload, key: str) -> Receipt | None:
        with self.server.taking(f"find {payload.number}"):
            found = [(name, post) for name, post in self.server.posts.items() if post.key == key]
        if not found or not self.server.indexed:
            return None
        name, post = found[0]
        assert post.text == payload.part.text, "asked with another text than the one sent under that key"
        assert post.answers_to == (payload.above[-1].remote_id if payload.above else "")
        return self._receipt(name)

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        found = self.server.posts.get(receipt.remote_id)
        if found is None:
            return LiveCopy(present=False, url=receipt.url)
        return LiveCopy(
            present=True, url=receipt.url, differences=() if found.text == against.part(1).text else (alike("text"),)
        )

    def withdraw(self, receipt: Receipt) -> None:
        with self.server.taking(f"withdraw {receipt.remote_id}"):
            self.server.posts.pop(receipt.remote_id, None)

    def _receipt(self, name: str) -> Receipt:
        return Receipt(name, f"https://example.net/{name}", NOW)


class ListedThreads(Threads):
    """It lists our posts, and a new one appears in the list only after a while."""

    capabilities: ClassVar[Capabilities] = replace(Threads.capabilities, finds="list", lag=timedelta(seconds=7))


class LastingThreads(Threads):
    """What is posted there can't be taken down."""

    capabilities: ClassVar[Capabilities] = replace(Threads.capabilities, withdraws=False)


class AnsweringThreads(Threads):
    """It finds the rest of a thread by its first post."""

    def answers(self, receipt: Receipt) -> list[Receipt]:
        found, at = [], receipt.remote_id
        while below := [name for name, post in self.server.posts.items() if post.answers_to == at]:
            at = below[0]
            found.append(self._receipt(at))
        return found


def thread(*said: str) -> Variant:
    """Return a text of so many posts."""
    whole = text("\n\n".join(said))
    return whole.model_copy(update={"parts": tuple(Part(text=one) for one in said)})


def said(variant: Variant) -> list[str]:
    """Return the posts of a text."""
    return [part.text for part in variant.parts] or [variant.text]


@dataclass
class Desk:
    """An editor's hands: wants a text there, sends it, sees how it stands."""

    house: PostingHouse
    server: Server
    now: datetime = NOW
    paused: list[float] = field(default_factory=list)

    def send(self, variant: Variant, action: ActionKind | None = None, *, reopen: bool = False) -> Result:
        ledger = self.house.ledger
        ledger.keep(variant)
        ledger.expect([Expectation(ID, HOOK, NOW, variant.digest)], now=self.now, who="editor")
        kind = action or (ActionKind.UPDATE if self.row.public else ActionKind.CREATE)
        digest = self.row.live_digest if kind is ActionKind.WITHDRAW else variant.digest
        asked = Action(
            ID, "川の音", HOOK, kind, reasons.NEW, Word.DUE, f"file of {variant.text}",
            digest=digest, live_digest=self.row.live_digest, reopen=reopen,
        )  # fmt: skip
        planned = Planned(Plan("", (asked,)), Survey(Reading((), ()), (), None), Selection(), self.house)
        return Sending(self.house, asked, planned, self.now, pause=self.paused.append).send()

    def killed(self, variant: Variant, action: ActionKind | None = None) -> None:
        """Send it, and let the process end on the way; then its lease lapses."""
        try:
            self.send(variant, action)
        except Killed:
            self.now += timedelta(hours=2)
        else:
            msg = "it was to be killed on the way"
            raise AssertionError(msg)

    @property
    def row(self) -> Delivery:
        found = self.house.ledger.delivery(ID, HOOK)
        assert found is not None
        return found

    @property
    def parts(self) -> tuple[PartDelivery, ...]:
        return self.house.ledger.parts.of(ID, HOOK)


@contextmanager
def desk(root: Path, make: type[Threads] = Threads) -> Iterator[Desk]:
    """An open house at `root` with an empty ledger and an empty server."""
    server = Server()
    house = PostingHouse(
        root=root,
        settings=Settings(publication=builders.publication(), channels=(builders.channel(HOOK),)),
        library=Library(root / "content", root / "cache"),
        assets=AssetStore(root / "assets", root / "content"),
        clock=lambda: at.now,
        who="editor",
        hook=make(server),
    )
    at = Desk(house, server)
    with house:
        yield at
