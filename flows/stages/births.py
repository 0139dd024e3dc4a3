"""Which articles are born `off` on a channel that announces: those that were out, or imported, before it was connected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from flows.compose import House
from kawaraban.article.model import Article
from kawaraban.config import ChannelSettings, Effective
from kawaraban.importing.provenance import RECORD
from kawaraban.variant import PublicFacts

FRESH = timedelta(hours=3)
"""How long an article counts as new where no post is ever too late: it was written for the channel that comes with it."""


@dataclass
class Births:
    """
    How articles are born on each channel at `now`. A row that exists already is asked instead (plan.Case).

    A channel that was never connected is connected now (`connect` writes it down with the first publish).
    """

    house: House
    now: datetime

    def is_off(self, article: Article, channel: ChannelSettings, facts: PublicFacts, release: Effective) -> bool:
        """Return whether the article does not go there by itself."""
        if channel.name not in self._announcing:
            return False
        since = self._connected.get(channel.name, self.now)
        return self._was_out(article, channel, facts, release, since) or self._is_imported(article)

    def _was_out(
        self, article: Article, channel: ChannelSettings, facts: PublicFacts, release: Effective, since: datetime
    ) -> bool:
        """Whether it was live, or its time had passed by more than the channel's `late` (FRESH without one), before the channel came."""
        limit = release.values.late if release.values.late is not None else self._announcing[channel.name]
        grace = limit if isinstance(limit, timedelta) else FRESH
        published = facts.published or article.matter.published
        live = any(one.since < since for one in facts.live.values())
        return live or (published is not None and published < since - grace)

    def _is_imported(self, article: Article) -> bool:
        return (self.house.library.content / article.path).with_name(RECORD).is_file()

    def backfills(self, channel: ChannelSettings) -> bool:
        """Return whether the channel's settings let the old ones go there, too."""
        return bool(getattr(self.house.own.get(channel.name), "backfill", False))

    @cached_property
    def _announcing(self) -> Mapping[str, timedelta | None]:
        """The channels that announce, with the limit of their kind."""
        able = {channel.name: self.house.capabilities(channel) for channel in self.house.settings.channels}
        return {name: one.late for name, one in able.items() if one.announces}

    @cached_property
    def _connected(self) -> Mapping[str, datetime]:
        return self.house.ledger.connected(self._announcing) if self._announcing else {}

    def connect(self, *, who: str, run: str | None = None) -> None:
        """Write down that the channels which announce are connected from now on, where it is not written yet."""
        if any(name not in self._connected for name in self._announcing):
            self.house.ledger.connect(self._announcing, now=self.now, who=who, run=run)
