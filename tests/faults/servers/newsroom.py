"""A newsroom before a real server: it writes, edits and withdraws, and publishes in children that may die."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.compose import House, open_house
from flows.stages.publishing import publish
from flows.stages.values import PublishRequest, unwatched
from kawaraban import registry
from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Channel, EditionChannel, Surroundings
from kawaraban.config import ChannelSettings
from kawaraban.delivery import Delivery, State
from tests.faults.paper import NOW
from tests.faults.points import KillingHouse
from tests.faults.senders import ROUND, ended, in_a_child
from tests.faults.servers.paper import ORDINALS, Writing, set_up
from tests.faults.servers.stands import Stand
from tests.faults.servers.steps import Deed
from tests.servers.proxy import Proxy, hostile_proxy

CHANNEL = "stage"
_LAG = timedelta(seconds=0.2)
_ENOUGH = 12
_GOES = 0.5


class _Elsewhere(House):
    """A house whose lists lag less long than in earnest, and where Ghost is told the true time: it takes no other's token."""

    def capabilities(self, settings: ChannelSettings) -> Capabilities:
        able = super().capabilities(settings)
        return replace(able, lag=min(able.lag, _LAG))

    def channel(self, name: str) -> Channel | EditionChannel:
        settings = self.channel_settings(name)
        if settings.kind != "ghost":
            return super().channel(name)
        return registry.build(Surroundings(self.root, self.publication, settings, self.assets.bytes_of, _true_time))


def _true_time() -> datetime:
    return datetime.now(UTC)


class _CampaignHouse(KillingHouse, _Elsewhere):
    """Both: it dies at its point."""


@dataclass
class Newsroom:
    """One root, the network before one server, and all that was written. `now` is what its clock shows."""

    root: Path
    stand: Stand
    proxy: Proxy
    dice: random.Random
    articles: dict[int, Writing] = field(default_factory=dict)
    rounds: int = 0
    again: int = 0
    """How often a person had to try again what was refused."""

    @property
    def now(self) -> datetime:
        return NOW + ROUND * self.rounds

    @contextmanager
    def house(self, point: str = "", nth: int = 1) -> Iterator[House]:
        opened = open_house(self.root, clock=lambda: self.now, who="campaign")
        known = {one.name: getattr(opened, one.name) for one in fields(opened)}
        with _CampaignHouse(**known, point=point, nth=nth) as made:
            yield made

    # --- what editors do ---

    def begin(self, deed: Deed, number: int, posts: int = 0) -> None:
        """Give machines so many deeds to do; new articles where there is nothing to edit or to withdraw."""
        found = [] if deed == "create" else self._standing(number)
        for writing in found:
            self._put(replace(writing, withdrawn=True) if deed == "withdraw" else writing.edited(self._posts()))
        for _ in range(number - len(found)):
            self._put(Writing(len(self.articles), posts=self._posts(posts)))

    def overtake(self) -> None:
        """Change one's mind about something that was stopped half-way: edit it, or let it go."""
        rows = {row.article: row for row in self.rows()}
        halfway = [one for one in self.articles.values() if not one.withdrawn and not _done(one, rows.get(one.id))]
        if not halfway:
            return
        writing = self.dice.choice(halfway)
        goes = not self.stand.edits or self.dice.random() < _GOES
        self._put(replace(writing, withdrawn=True) if goes else writing.edited(self._posts()))

    def _put(self, writing: Writing) -> None:
        self.articles[writing.number] = writing
        writing.write(self.root)

    def _posts(self, wanted: int = 0) -> int:
        """How many posts a text is: as the dice say, where there are threads."""
        if not self.stand.threads:
            return 1
        return wanted or self.dice.choice((1, 2, 3, 3, 4))

    def _standing(self, number: int) -> list[Writing]:
        live = {row.article for row in self.rows() if row.state is State.LIVE and not row.doubtful}
        found = [one for one in self.articles.values() if not one.withdrawn and one.id in live]
        return self.dice.sample(found, min(number, len(found)))

    # --- what machines do ---

    def open(self) -> None:
        """Publish the first article in this process, so that children are born with all that is loaded for it."""
        self.begin("create", 1, len(ORDINALS))
        self._publish()
        self.rounds += 1

    def publish(self, *, point: str = "", nth: int = 1, victim: bool = False) -> bool:
        """Let a child publish all that is due; return whether it died. `victim`: it is whom the network may kill."""
        self.proxy.hint = self.stand.hint(self.now)

        pid = in_a_child(lambda: self._publish(point=point, nth=nth))
        self.proxy.victim = pid if victim else 0
        code = ended(pid)
        self.proxy.victim = 0
        self.rounds += 1
        assert code in (0, -signal.SIGKILL), f"a publisher ended with {code}"
        return code != 0

    def settle_down(self) -> None:
        """Publish until nothing is left to do; what was refused a person tries again."""
        for _ in range(_ENOUGH):
            self.publish()
            self._try_again()
            if not self.left():
                return

    def _try_again(self) -> None:
        gone = {one.id for one in self.articles.values() if one.withdrawn}
        rows = [row for row in self.rows() if row.state is State.FAILED]
        refused = tuple(row.article for row in rows if row.public or row.article not in gone)
        self.again += len(refused)

        if refused:
            assert ended(in_a_child(lambda: self._publish(refused))) == 0
            self.rounds += 1

    def _publish(self, names: tuple[str, ...] = (), *, point: str = "", nth: int = 1) -> None:
        with self.house(point, nth) as house:
            publish(house, PublishRequest(names), unwatched, now=self.now)

    # --- how it stands ---

    def rows(self) -> list[Delivery]:
        with self.house() as house:
            return [row for row in house.ledger.deliveries() if row.channel == CHANNEL]

    def left(self) -> int:
        """How many articles are not as they should be, as the ledger has it."""
        rows = {row.article: row for row in self.rows()}
        return sum(not _done(one, rows.get(one.id)) for one in self.articles.values())


def _done(writing: Writing, row: Delivery | None) -> bool:
    if row is None:
        return writing.withdrawn  # it was to go before anything of it went out
    if writing.withdrawn:
        return not (row.public or row.doubtful or row.saved)
    return row.state is State.LIVE and row.live_digest == row.desired_digest and not row.doubtful


@contextmanager
def newsroom(root: Path, stand: Stand, dice: random.Random) -> Iterator[Newsroom]:
    """Set it up before a server, with the hostile network in between."""
    more = {"lateness": 1.3 * stand.timeout, "lag_reads": stand.lag, "within": stand.within}
    with hostile_proxy(stand.port, refusal=stand.refusal.encode(), **more) as proxy:
        set_up(root, stand.settings.replace("{server}", proxy.url), stand.secret)
        news = Newsroom(root, stand, proxy, dice)
        news.open()
        yield news
