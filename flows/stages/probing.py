"""
Probing: a channel's server is asked who we are and what it takes, before anything has to go there. Nothing is posted.

The publisher does it when it starts and once a day, a publish for a channel whose server has never said what it takes, and
a person by `kawaraban channels test`. Refused credentials, and another account, hold the channel as sending does; whatever
else goes wrong is noted and stops nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows import learnt
from flows.compose import House
from flows.stages.accounts import another_account, close
from flows.stages.deed import broken
from flows.stages.secrecy import secrets_of, traced, veiled
from kawaraban.channels.protocol import Probe, Probes
from kawaraban.config import ChannelSettings
from kawaraban.errors import ChannelFailure, NotAuthorised, Sentence
from kawaraban.ledger import Hold

EVERY = timedelta(days=1)
AGAIN = timedelta(hours=1)
"""A channel that gave no answer is probed again so long after."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Probed:
    """
    What came of probing one channel: what its server said, and what is wrong (None: nothing) with the remedy.

    `stopped`: the channel is held for it. `news`: the server said something that was not known.
    """

    channel: str
    said: Probe | None = None
    trouble: Sentence | None = None
    remedy: Sentence | None = None
    stopped: bool = False
    news: bool = False


def probes(house: House, channel: ChannelSettings) -> bool:
    """Return whether a channel can be probed."""
    return isinstance(house.channel(channel.name), Probes)


def probe(house: House, channel: str) -> Probed:
    """
    Probe one channel and write down what came of it; what it told is laid under the house's settings at once.

    Raises WrongInput for a channel that is not configured, or whose settings are wrong.
    """
    made = house.channel(channel)
    if not isinstance(made, Probes):
        return Probed(channel)
    try:
        said = made.probe()
    except NotAuthorised as error:
        return _noted(house, Probed(channel, None, close(house, channel, error.what), error.remedy, stopped=True))
    except ChannelFailure as error:
        return _noted(house, Probed(channel, None, error.what, error.remedy))
    except Exception as error:  # noqa: BLE001 - a probe that breaks is noted like any other trouble
        _LOG.error("probing %s\n%s", channel, traced(error, secrets_of(house.own.get(channel), house.root)))
        return _noted(house, Probed(channel, None, broken(error)))
    return _answered(house, channel, said)


def probe_the_untold(house: House) -> tuple[Probed, ...]:
    """Probe the channels whose servers have never said what they take: how long a post may be decides what is made of it."""
    now, done = house.clock(), []
    for channel in _untold(house):
        if not house.probes.lasts(channel.name, now):
            done.append(probe(house, channel.name))
            if done[-1].trouble is not None:
                house.probes.heard_nothing(channel.name, now)
    return tuple(done)


def due(house: House, *, since: datetime, now: datetime) -> tuple[str, ...]:
    """
    Return the channels to be probed at `now` by a publisher that runs `since` then: once at its start, then daily.

    One that gave no answer is asked again sooner, but not one that is held: wrong credentials, too often, lock people out.
    """
    known, holds = house.ledger.accounts.all(), house.ledger.holds()
    found = []
    for channel in _askable(house):
        one = known.get(channel.name)
        last = one.probed if one is not None else None
        soon = one is not None and one.trouble is not None and not _is_held(holds, channel)
        if last is None or last < since or last + (AGAIN if soon else EVERY) <= now:
            found.append(channel.name)
    return tuple(found)


def _untold(house: House) -> Iterator[ChannelSettings]:
    """What is stopped anyway is not asked."""
    unprobed = [one for one in _askable(house) if not learnt.is_told(house.root, one)]
    holds = house.ledger.holds() if unprobed else []
    return (channel for channel in unprobed if not _is_held(holds, channel))


def _is_held(holds: Iterable[Hold], channel: ChannelSettings) -> bool:
    return any(hold.scope.article is None and hold.scope.covers("", channel.name) for hold in holds)


def _askable(house: House) -> Iterator[ChannelSettings]:
    return (one for one in house.settings.channels if one.release.enabled is not False and probes(house, one))


def _answered(house: House, channel: str, said: Probe) -> Probed:
    now = house.clock()
    news = learnt.keep(house.root, house.channel_settings(channel), said.learnt)
    if news:
        house.relearn()
    for silences in (house.silences, house.probes):
        silences.answered(channel)
    strange = another_account(house, channel, said.account)
    if strange is not None:
        return _noted(house, Probed(channel, said, strange, stopped=True, news=news))
    house.ledger.accounts.answered(channel, shown=said.shown, server=said.server, expires=said.expires, now=now)
    return Probed(channel, said, news=news)


def _noted(house: House, done: Probed) -> Probed:
    """Write down what is wrong, without a secret."""
    if done.trouble is None:
        return done
    what = veiled(done.trouble, secrets_of(house.own.get(done.channel), house.root))
    house.ledger.accounts.troubled(done.channel, what, now=house.clock())
    return Probed(done.channel, done.said, what, done.remedy, stopped=done.stopped, news=done.news)
