"""
Probing: a channel's server is asked who we are and what it takes, before anything has to go there. Nothing is posted.

The publisher does it when it starts and once a day, a publish for a channel whose server has never said what it takes, and
a person by `kawaraban channels test`. Refused credentials, and another account, hold the channel as sending does; whatever
else goes wrong is noted and stops nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows import learnt
from flows.compose import House
from flows.stages.accounts import another_account, close, lacking
from flows.stages.deed import broken
from flows.stages.expiry import ends
from flows.stages.secrecy import redacted, secrets_of, traced, veiled
from flows.stages.values import Progress, Step, unwatched
from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Probe, Probes
from kawaraban.config import ChannelSettings
from kawaraban.errors import ChannelFailure, NotAuthorised, Sentence, advised
from kawaraban.ledger import Hold

EVERY = timedelta(days=1)
AGAIN = timedelta(hours=1)
"""A channel that gave no answer is probed again so long after."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Probed:
    """
    What came of probing one channel: what its server said, and what is wrong (None: nothing) with the remedy.

    `stopped`: the channel is held for it; `here`: it is a matter of this process only, which lacks a secret. `news`: the
    server said something that was not known.
    """

    channel: str
    said: Probe | None = None
    trouble: Sentence | None = None
    remedy: Sentence | None = None
    stopped: bool = False
    here: bool = False
    news: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """A channel that a person wants to know about: what came of asking it, what it can do, when it ends, why it is held."""

    channel: str
    probed: Probed
    able: Capabilities
    ends: datetime | None = None
    held: Sentence | None = None

    @property
    def fine(self) -> bool:
        """Whether it can be used as far as that can be told without posting."""
        return self.probed.trouble is None


def try_out(house: House, channel: str) -> Tried:
    """Ask a channel now, and write down what came of it; one that can't be asked is looked at for the secrets it names."""
    done = probe(house, channel)
    if done.said is None and done.trouble is None:
        done = without_secrets(house, channel) or done
    return seen(house, done)


def seen(house: House, done: Probed) -> Tried:
    """Return a channel that was asked, as it stands now."""
    channel = done.channel
    settings = house.channel_settings(channel)
    holds = [one for one in house.ledger.holds() if one.scope.article is None and one.scope.covers("", channel)]
    held = holds[0].reason if holds else None
    return Tried(channel, done, house.capabilities(settings), ends(house, channel), held)


def without_secrets(house: House, channel: str) -> Probed | None:
    """Return the trouble of a channel whose settings name a secret that is not there, or None."""
    error = lacking(house, channel)
    return None if error is None else Probed(channel, None, error.what, error.remedy, here=True)


def probes(house: House, channel: ChannelSettings) -> bool:
    """Return whether a channel can be probed."""
    return isinstance(house.channel(channel.name), Probes)


def asked(house: House, channel: str) -> Probed:
    """
    Ask one channel's server, and write nothing down.

    Raises WrongInput for a channel that is not configured, or whose settings are wrong.
    """
    made = house.channel(channel)
    if not isinstance(made, Probes):
        return Probed(channel)
    if (without := without_secrets(house, channel)) is not None:
        return without
    try:
        return Probed(channel, _harmless(house, channel, made.probe()))
    except NotAuthorised as error:
        return Probed(channel, None, _veiled(house, channel, error.what), error.remedy, stopped=True)
    except ChannelFailure as error:
        return Probed(channel, None, _veiled(house, channel, error.what), error.remedy)
    except Exception as error:  # noqa: BLE001 - a probe that breaks is trouble like any other
        _LOG.error("probing %s\n%s", channel, traced(error, secrets_of(house.own.get(channel), house.root)))
        return Probed(channel, None, _veiled(house, channel, broken(error)))


def probe(house: House, channel: str) -> Probed:
    """Ask one channel's server, and write down what came of it; what it told is laid under the house's settings at once."""
    return remembered(house, asked(house, channel))


def remembered(house: House, done: Probed) -> Probed:
    """Write down what came of asking a channel: what its server told, why it is held, what is wrong."""
    if done.said is not None:
        return _answered(house, done, done.said)
    if done.here:
        return done
    if done.trouble is not None and done.stopped:
        close(house, done.channel, advised(done.trouble, done.remedy))
    return _noted(house, done)


def probe_the_untold(house: House, progress: Progress = unwatched) -> tuple[Probed, ...]:
    """Probe the channels whose servers have never said what they take: how long a post may be decides what is made of it."""
    now, done = house.clock(), []
    for channel in _untold(house):
        if not house.probes.lasts(channel.name, now):
            progress(Step("read", _asking(channel.name), channel.name))
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


def _answered(house: House, done: Probed, said: Probe) -> Probed:
    channel, now = done.channel, house.clock()
    news = learnt.keep(house.root, house.channel_settings(channel), said.learnt)
    if news:
        house.relearn()
    for silences in (house.silences, house.probes):
        silences.answered(channel)
    strange = another_account(house, channel, said.account)
    if strange is not None:
        return _noted(house, replace(done, trouble=strange, stopped=True, news=news))
    house.ledger.accounts.answered(channel, shown=said.shown, server=said.server, expires=said.expires, now=now)
    return replace(done, news=news)


def _noted(house: House, done: Probed) -> Probed:
    if done.trouble is not None:
        house.ledger.accounts.troubled(done.channel, done.trouble, now=house.clock())
    return done


def _harmless(house: House, channel: str, said: Probe) -> Probe:
    """Return what a server said of itself without the secrets that it may echo: it is shown, and kept."""
    secrets = secrets_of(house.own.get(channel), house.root)
    account, shown, server = (redacted(one, secrets) for one in (said.account, said.shown, said.server))
    told = {key: redacted(one, secrets) if isinstance(one, str) else one for key, one in said.learnt.items()}
    return replace(said, account=account, shown=shown, server=server, learnt=told)


def _veiled(house: House, channel: str, what: Sentence) -> Sentence:
    return veiled(what, secrets_of(house.own.get(channel), house.root))


def _asking(channel: str) -> Sentence:
    return Sentence(ja=f"{channel} に、何ができるかたずねています", en=f"asking {channel} what it takes")
