"""
Alerts: what needs a person is told, once per cause and place. Called every minute by the publisher, and after a publish.

Nothing here ever stops or undoes what it is called from: what goes wrong is logged without a secret, and tried again
the next time. Two processes never tell the same: a lock of the ledger says whose turn it is.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from flows import apprising
from flows.apprising import Letter, Tone
from flows.compose import House
from flows.stages import accounts
from flows.stages.causes import causes, undecided
from flows.stages.expiry import expiring
from flows.stages.looking import status
from flows.stages.secrecy import secrets_of, traced
from flows.stages.situation import Situation
from flows.stages.telling import Telling, is_pressing, telling
from flows.stages.values import StatusRow
from flows.stages.wording import Words, causes_of
from kawaraban.config import AlertSettings
from kawaraban.config.secret import revealed
from kawaraban.delivery import Attempt
from kawaraban.errors import Conflict, KawarabanError, NotAuthorised, Sentence
from kawaraban.ledger import Report, owner

LEASE = timedelta(minutes=2)
_LOG = logging.getLogger(__name__)


def tell(house: House, *, now: datetime) -> int:
    """
    Tell what must be told at `now`; return how many messages were sent. Never raises, tells nothing twice.

    It may take some seconds where a place does not answer: not to be called where a release waits for it.
    """
    if not house.publication.alerts:
        return 0
    try:
        with house.ledger.lock("alerts", owner=owner(), now=now, lease=LEASE):
            return _told(house, now)
    except Conflict as error:
        _LOG.info("alerts: %s", error.what.en)  # another tells
    except Exception as error:  # noqa: BLE001 - nothing after a publish may make it fail
        _LOG.error("alerts\n%s", traced(error, secrets_of(tuple(house.own.values()), house.root)))
    return 0


def report(
    house: House, name: str, kind: str, what: Sentence, *, remedy: Sentence | None = None, now: datetime
) -> None:
    """Say that a part of the house is in trouble (`backup`: the last one failed) until `mended`; told like any cause."""
    house.ledger.alerts.report(Report(name, kind, what, now, remedy))


def mended(house: House, name: str) -> None:
    """Say that it is well again."""
    house.ledger.alerts.mended(name)


def situation(house: House, *, now: datetime) -> Situation:
    """Return how the house stands: what there is to tell is read from it."""
    ledger = house.ledger
    rows: Sequence[StatusRow] = ()
    broken: KawarabanError | None = None
    try:
        rows = status(house, (), now=now)
    except KawarabanError as error:
        broken = error
    return Situation(
        now=now,
        rows=rows,
        deliveries={(one.article, one.channel): one for one in ledger.deliveries()},
        holds=ledger.holds(),
        reports=ledger.alerts.reports(),
        lacking=lacking(house),
        expiring=expiring(house),
        accounts=ledger.accounts.all(),
        last_event=ledger.latest(),
        broken=broken,
    )


def lacking(house: House) -> dict[str, KawarabanError]:
    """Return the channels whose settings name a secret that is not there, each with the first such."""
    found = {channel: accounts.lacking(house, channel) for channel in house.own}
    return {channel: error for channel, error in found.items() if error is not None}


def test(house: House) -> dict[str, Sentence | None]:
    """Send every place a test; return place → why it could not be sent, or None."""
    words = Words(house.publication, house.clock())
    title = f"【{house.publication.name}】" + _TEST.said(words.language)
    reached: dict[str, Sentence | None] = {}
    for place in house.publication.alerts:
        reached[place.place] = _post(house, place, title, _TEST_BODY.said(words.language), "info")
    return reached


def unusable(house: House, place: AlertSettings) -> KawarabanError | Sentence | None:
    """Return why nothing can be told at a place (its secret is not there, or is no address), or None."""
    try:
        return apprising.understood(revealed(place.to, house.root))
    except NotAuthorised as error:
        return error


def _told(house: House, now: datetime) -> int:
    stands = situation(house, now=now)
    found = causes(stands)
    sent = 0
    for place in house.publication.alerts:
        before = house.ledger.alerts.told()  # anew for each: two entries may share one address
        one = telling(
            place, found, before, now=now, zone=house.publication.zone, undecided=lambda key: undecided(stands, key)
        )
        sent += _tell(house, one, now)
    return sent


def _tell(house: House, one: Telling, now: datetime) -> bool:
    """Send what one place is told, and remember it once it was taken; what was not is tried the next time."""
    alerts = house.ledger.alerts
    if not one.silent:
        words = Words(house.publication, now, _tries(house, one))
        error = _post(house, one.place, words.title(one), words.body(one), _tone(one, now))
        if error is not None:
            _LOG.warning("alerts to %s: %s", one.place.place, error.en)
            return False
        alerts.tell(one.place.place, [(cause.key, words.headline(cause)) for cause in one.causes], now=now)
    if one.over:
        alerts.end(one.place.place, one.over, now=now)
    return not one.silent


def _post(house: House, place: AlertSettings, title: str, body: str, tone: Tone) -> Sentence | None:
    try:
        to = revealed(place.to, house.root)
    except NotAuthorised as error:
        return error.what
    return apprising.send([Letter(to, title, body, tone)])[0]


def _tone(one: Telling, now: datetime) -> Tone:
    if not one.causes:
        return "success"
    return "failure" if any(is_pressing(cause, now) or cause.kind == "failed" for cause in one.causes) else "warning"


def _tries(house: House, one: Telling) -> dict[tuple[str, str], Attempt]:
    found = {pair: house.ledger.attempts(*pair) for pair in causes_of([one])}
    return {pair: tries[-1] for pair, tries in found.items() if tries}


_TEST = Sentence(ja="ためしの知らせ", en="a test alert")
_TEST_BODY = Sentence(
    ja="kawaraban doctor --alert から送りました。ここに知らせが届きます。",
    en="Sent by `kawaraban doctor --alert`: alerts arrive here.",
)
