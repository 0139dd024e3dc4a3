"""
The one composition root: settings, library, ledger and registry put together into a House.

No Prefect. The ledger is opened when it is first needed, so that `check` and `import` never load a database. Command,
flows and tests differ only in what they pass here.
"""

from __future__ import annotations

import copy
import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel

from flows import learnt
from kawaraban import registry
from kawaraban.article.model import Article
from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Channel, EditionChannel, Surroundings
from kawaraban.config import ChannelSettings, Effective, Publication, ReleaseSettings, Settings, resolve
from kawaraban.config.load import CHANNELS, load
from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.library import Library
from kawaraban.picture import AssetStore
from kawaraban.variant import PublicFacts, Variant

if TYPE_CHECKING:
    from kawaraban.ledger import Ledger

STATE = ".kawaraban"
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1))
"""How long a channel is left alone after the first, second, … try in a row that came to nothing."""


def back_off(times: int) -> timedelta:
    """Return the pause after a try before which `times` others came to nothing."""
    return BACK_OFF[min(times, len(BACK_OFF) - 1)]


@dataclass
class Silences:
    """Channels that gave no answer when they were asked what they have: how often, and until when they are left alone."""

    until: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def lasts(self, channel: str, now: datetime) -> bool:
        """Return whether it is too early to ask again."""
        return channel in self.until and now < self.until[channel][1]

    def heard_nothing(self, channel: str, now: datetime) -> None:
        """Leave it alone for a while, each time for longer."""
        times = self.until.get(channel, (0, now))[0]
        self.until[channel] = (times + 1, now + back_off(times))

    def answered(self, channel: str) -> None:
        """Ask it whenever there is something to ask: it speaks again."""
        self.until.pop(channel, None)


@dataclass(frozen=True)
class House:
    """
    Everything a stage needs. `clock` gives the instant of a receipt; `who` stands in the record for what a person did.

    `ledger_url` is a database URL; None: SQLite under `.kawaraban/`. `silences` and `probes` (of those that were probed) are
    what a long-lived house remembers.
    """

    root: Path
    settings: Settings
    library: Library
    assets: AssetStore
    clock: Callable[[], datetime]
    who: str
    ledger_url: str | None = None
    silences: Silences = field(default_factory=Silences, compare=False)
    probes: Silences = field(default_factory=Silences, compare=False)

    @property
    def publication(self) -> Publication:
        """The paper."""
        return self.settings.publication

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, opened (and made, and migrated) at the first use."""
        from kawaraban.ledger import address, open_ledger

        url = self.ledger_url or address(self.root / STATE / "ledger.sqlite")
        return open_ledger(url, now=self.clock(), root=self.root)

    @property
    def has_ledger(self) -> bool:
        """Whether there is one already: whoever only looks makes none."""
        return self.ledger_url is not None or (self.root / STATE / "ledger.sqlite").is_file()

    def told_at(self, now: datetime) -> datetime:
        """Return when something is told that comes of a run of `now`: a run takes its time, and the log never runs back."""
        return max(now, self.clock())

    def acting(self, who: str) -> House:
        """Return the same house, with the same open ledger, on behalf of `who`. Only this one is closed."""
        _ = self.ledger
        other = copy.copy(self)
        object.__setattr__(other, "who", who)  # frozen, and made this moment
        return other

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give back the ledger's file, if it was opened."""
        if "ledger" in self.__dict__:
            self.ledger.close()
            del self.__dict__["ledger"]

    # --- channels ------------------------------------------------------------------------------------------------

    def relearn(self) -> None:
        """Lay under the settings what servers have told since: an open house sees new limits at once."""
        for made in ("own", "sites"):
            self.__dict__.pop(made, None)
        object.__setattr__(self, "settings", learnt.laid_under(self.settings, self.root))  # frozen but for this

    def channel_settings(self, name: str) -> ChannelSettings:
        """Return a configured channel's settings; raise WrongInput naming those there are."""
        found = self.settings.channel(name)
        if found is None:
            raise _no_channel(name, [channel.name for channel in self.settings.channels])
        return found

    def capabilities(self, settings: ChannelSettings) -> Capabilities:
        """Return what the channel can do."""
        return registry.capabilities(settings)

    def channel(self, name: str) -> Channel | EditionChannel:
        """Return the channel, ready to be used."""
        settings = self.channel_settings(name)
        surroundings = Surroundings(self.root, self.publication, settings, self.assets.bytes_of, self.clock)
        return registry.build(surroundings)

    def release(self, article: Article, channel: ChannelSettings) -> Effective:
        """Return the release values of one (article, channel): channel < series < article."""
        series = self.publication.series_named(article.matter.series) if article.matter.series else None
        of_series: ReleaseSettings | None = series.channels.get(channel.name) if series else None
        return resolve(channel.release, of_series, article.matter.channels.get(channel.name))

    def render(self, article: Article, channel: ChannelSettings, facts: PublicFacts) -> Variant:
        """Return the article as that channel would get it."""
        return registry.renderer(channel)(article, self.publication, channel, facts)

    @cached_property
    def own(self) -> Mapping[str, BaseModel]:
        """Each channel's own settings, by its name; raises WrongInput with file, line, key and remedy."""
        return {channel.name: registry.settings(channel) for channel in self.settings.channels}

    def setting(self, channel: str, key: str) -> str | None:
        """Return one of a channel's own settings as text, its kind's default included; None where the kind has none."""
        value = getattr(self.own[channel], key, None)
        return None if value is None else str(value)

    @cached_property
    def sites(self) -> Mapping[str, tuple[ChannelSettings, ...]]:
        """Each site channel's name with the feed channels that are written with it."""
        editions = [channel for channel in self.settings.channels if self.capabilities(channel).edition]
        belongs = {channel.name: self.setting(channel.name, "site") for channel in editions}
        sites = [channel.name for channel in editions if belongs[channel.name] is None]
        for channel in editions:
            if belongs[channel.name] not in (None, *sites):
                raise _no_site(channel, str(belongs[channel.name]), sites)
        return {site: tuple(one for one in editions if belongs[one.name] == site) for site in sites}

    def site_of(self, channel: ChannelSettings) -> str | None:
        """Return the site whose page a channel's text links to: its own `site`, else the first site; None for a site."""
        if channel.name in self.sites:
            return None
        own = self.setting(channel.name, "site")
        return own if own in self.sites else next(iter(self.sites), None)


def _no_channel(name: str, names: Sequence[str]) -> WrongInput:
    near = difflib.get_close_matches(name.lower(), names, 1, 0.5)
    listed = Sentence(ja=f"設定にあるのは: {'、'.join(names)}", en=f"configured: {', '.join(names)}")
    meant = (
        Sentence(ja=f"「{near[0]}」のことですか。{listed.ja}", en=f"did you mean `{near[0]}`? {listed.en}")
        if near
        else listed
    )
    return WrongInput(
        Sentence(ja=f"「{name}」というチャンネルはありません", en=f"there is no channel `{name}`"),
        place=Place(CHANNELS),
        remedy=meant if names else Sentence(ja="チャンネルを書いてください", en="write a channel there"),
    )


def _no_site(channel: ChannelSettings, named: str, sites: Sequence[str]) -> WrongInput:
    line, column = channel.places.get(f"{channel.name}.site", (channel.line, None))
    return WrongInput(
        Sentence(
            ja=f"{channel.name}: site の「{named}」はサイトではありません", en=f"{channel.name}: `{named}` is no site"
        ),
        place=Place(CHANNELS, line, column),
        remedy=Sentence(ja=f"site に書けるのは: {'、'.join(sites)}", en=f"`site` can be: {', '.join(sites)}")
        if sites
        else Sentence(ja="kind: site のチャンネルを足してください", en="add a channel of kind `site`"),
    )


def editor() -> str:
    """Return who stands in the record for what a person does here: KAWARABAN_USER, then the user's name."""
    return os.environ.get("KAWARABAN_USER") or os.environ.get("USER") or "editor"


def open_house(root: Path, *, clock: Callable[[], datetime], who: str | None = None) -> House:
    """
    Put the house at `root` together; raise WrongInput where settings are missing or wrong.

    `who` defaults to KAWARABAN_USER, then the user's name. KAWARABAN_LEDGER may name another database.
    """
    root = root.resolve()
    settings = learnt.laid_under(load(root), root)
    content = root / "content"
    state = root / STATE
    house = House(
        root=root,
        settings=settings,
        library=Library(content, state / "cache"),
        assets=AssetStore(state / "assets", content),
        clock=clock,
        who=who or editor(),
        ledger_url=os.environ.get("KAWARABAN_LEDGER") or None,
    )
    _ = house.own, house.sites  # wrong settings are said now, whatever is asked of the house
    return house
