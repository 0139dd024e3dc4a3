"""When our credentials end: as the settings say of a secret, and as a channel's server said of us."""

from __future__ import annotations

from datetime import datetime, time

from flows.compose import House
from flows.stages.secrecy import references


def expiring(house: House) -> dict[tuple[str, str], datetime]:
    """
    Return of whom (a channel, "alerts") which secret ends when: at the newsroom's midnight of the day that is written.

    Under the name "" stands what the channel's server said of our credentials.
    """
    own = [(channel, reference) for channel, values in house.own.items() for reference in references(values)]
    own += [("alerts", place.to) for place in house.publication.alerts]
    zone = house.publication.zone
    told = house.ledger.accounts.all() if house.has_ledger else {}
    said = {(name, ""): one.expires.astimezone(zone) for name, one in told.items() if name in house.own and one.expires}
    return {
        (whose, reference.name): datetime.combine(reference.expires, time(), zone)
        for whose, reference in own
        if reference.expires is not None
    } | said


def ends(house: House, channel: str) -> datetime | None:
    """Return when a channel's credentials end, by the earliest that is known; None: nobody said so."""
    return min((end for (whose, _), end in expiring(house).items() if whose == channel), default=None)
