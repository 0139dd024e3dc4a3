"""A house with one channel that posts by machine to a server in memory: what the stage of delivery is tested with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, SecretStr

from flows.compose import House
from flows.stages.delivery import Sending
from flows.stages.planning import Planned
from flows.stages.surveying import Survey
from flows.stages.values import Result
from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Channel, LiveCopy, Payload, Save
from kawaraban.config import ChannelSettings, Secret, Settings
from kawaraban.delivery import ActionKind, Delivery, Receipt, Word
from kawaraban.ledger import Expectation
from kawaraban.library import Library, Reading
from kawaraban.picture import AssetStore
from kawaraban.plan import Action, Plan, Selection, reasons
from kawaraban.variant import Head, Variant
from tests import builders

NOW = builders.NOW
ID, HOOK = "aaaaaaa1", "hook"


class Own(BaseModel):
    """What a channel's own settings may hold: a secret itself (as a channel resolved it), and a reference to one."""

    password: SecretStr = SecretStr("")
    token: Secret | None = None


@dataclass
class Server:
    """What is really posted (key → text), and how it answers next: `before` and `after` it takes a request."""

    posts: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    before: Exception | None = None
    after: Exception | None = None
    blind: Exception | None = None
    indexed: bool = True

    def take(self, what: str, change: Callable[[], None]) -> None:
        self.requests.append(what)
        if self.before:
            raise self.before
        change()
        if self.after:
            raise self.after


class Hook:
    """A channel that can be asked by key; each instance may have other capabilities."""

    kind: ClassVar[str] = HOOK
    renderer: ClassVar[str] = "site"
    capabilities: ClassVar[Capabilities] = Capabilities(announces=True, finds="key")
    Settings: ClassVar[type[BaseModel]] = Own

    def __init__(self, server: Server) -> None:
        self.server = server

    def prepare(self, variant: Variant) -> Payload:
        return Payload(variant)

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        save("a note between two requests")
        self.server.take("create", lambda: self.server.posts.update({key: payload.variant.text}))
        return self._receipt(key)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        del key, save
        self.server.take("update", lambda: self.server.posts.update({receipt.remote_id: payload.variant.text}))
        return self._receipt(receipt.remote_id)

    def find(self, payload: Payload, key: str) -> Receipt | None:
        self.server.requests.append("find")
        if self.server.blind:
            raise self.server.blind
        if self.server.posts.get(key, payload.variant.text) != payload.variant.text:
            msg = "asked with another text than the one sent under that key"
            raise AssertionError(msg)
        return self._receipt(key) if key in self.server.posts else None

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        del against
        return LiveCopy(receipt.remote_id in self.server.posts, receipt.url)

    def withdraw(self, receipt: Receipt) -> None:
        if receipt.remote_id in self.server.posts:
            self.server.take("withdraw", lambda: self.server.posts.__delitem__(receipt.remote_id))

    def _receipt(self, key: str) -> Receipt:
        return Receipt(key, f"https://example.net/{key}", NOW)


class ListHook(Hook):
    """It lists our posts, and a new one appears in the list only after a while."""

    capabilities: ClassVar[Capabilities] = Capabilities(announces=True, finds="list", lag=timedelta(seconds=7))

    def find(self, payload: Payload, key: str) -> Receipt | None:
        found = super().find(payload, key)
        return found if self.server.indexed else None


class SilentHook(Hook):
    """It can't be asked."""

    capabilities: ClassVar[Capabilities] = Capabilities(announces=True, finds="nothing")


@dataclass(frozen=True)
class PostingHouse(House):
    """A house whose one channel is given."""

    hook: Channel = field(kw_only=True)
    settings_of_hook: Own = field(default_factory=Own, kw_only=True)

    @cached_property
    def own(self) -> Mapping[str, BaseModel]:
        return {HOOK: self.settings_of_hook}

    def channel(self, name: str) -> Channel:
        del name
        return self.hook

    def capabilities(self, settings: ChannelSettings) -> Capabilities:
        del settings
        return self.hook.capabilities


def text(said: str) -> Variant:
    head = Head(article=ID, slug="kawa", url="https://example.com/articles/kawa/", published=NOW)
    return Variant(article=ID, channel=HOOK, title="川の音", body=f"<p>{said}</p>", text=said, head=head)


@dataclass
class Desk:
    """An editor's hands: wants a text there, sends it, sees how it stands."""

    house: PostingHouse
    server: Server
    now: datetime = NOW
    pause: Callable[[float], None] = lambda _seconds: None

    def send(self, variant: Variant, action: ActionKind | None = None, *, reopen: bool = False) -> Result:
        ledger = self.house.ledger
        ledger.keep(variant)
        ledger.expect([Expectation(ID, HOOK, NOW, variant.digest)], now=self.now, who="editor")
        kind = action or (ActionKind.UPDATE if self.row.public else ActionKind.CREATE)
        asked = Action(
            ID, "川の音", HOOK, kind, reasons.NEW, Word.DUE, f"file of {variant.text}",
            digest=variant.digest, live_digest=self.row.live_digest, reopen=reopen,
        )  # fmt: skip
        planned = Planned(Plan("", (asked,)), Survey(Reading((), ()), (), None), Selection(), self.house)
        return Sending(self.house, asked, planned, self.now, pause=self.pause).send()

    def lapse(self) -> None:
        """Time passes beyond every lease."""
        self.now += timedelta(hours=1)

    @property
    def row(self) -> Delivery:
        found = self.house.ledger.delivery(ID, HOOK)
        assert found is not None
        return found


@contextmanager
def desk(root: Path, make: type[Hook] = Hook, own: Own | None = None) -> Iterator[Desk]:
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
        settings_of_hook=own or Own(),
    )
    at = Desk(house, server)
    with house:
        yield at
