"""
How a delivery's row changes: pure functions from one Delivery to the next, each along `kawaraban.delivery.STEPS`.

What is live (`live_digest`) and what is being tried (`state`) are two things: an update that fails leaves what
subscribers see, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kawaraban.delivery import TAKE_DOWN, ActionKind, Attempt, Delivery, Receipt, State, Word, spoken, step
from kawaraban.errors import Conflict, Sentence
from kawaraban.ledger.records import Answer, Claim, Ending, Expectation, Posted, Settlement


def expected(delivery: Delivery, row: Expectation) -> Delivery:
    """Return the delivery with what a plan expects of it; its state never moves by that."""
    return replace(delivery, due=row.due, desired_digest=row.desired_digest, off=row.off)


def reopened(delivery: Delivery) -> Delivery:
    """Return what was failed or withdrawn ready to be claimed again."""
    if delivery.state not in (State.FAILED, State.WITHDRAWN):
        return delivery
    return replace(delivery, state=step(delivery.state, _rest(delivery)))


def claimed(delivery: Delivery, claim: Claim, *, owner: str, until: datetime) -> Delivery:
    """Return it leased for one try. Whether an earlier lease has ended is the caller's question."""
    fits = {ActionKind.CREATE: not delivery.public, ActionKind.UPDATE: delivery.public, ActionKind.WITHDRAW: True}
    if not fits.get(claim.action, False):
        raise Conflict(
            Sentence(
                ja=f"{delivery.channel} の状態が計画のあとで変わりました",
                en=f"{delivery.channel} has moved since the plan was made: no {claim.action} now",
            ),
            remedy=Sentence(ja="もう一度計画を立ててください", en="make the plan again"),
        )
    return replace(
        delivery,
        state=step(delivery.state, State.SENDING),
        attempts=delivery.attempts + 1,
        failures=delivery.failures + (delivery.state is State.SENDING),
        tried_digest=claim.digest,
        lease_owner=owner,
        lease_until=until,
    )


def answered(delivery: Delivery, attempt: Attempt, answer: Answer) -> Delivery:
    """Return the delivery after an attempt's answer."""
    match answer.outcome:
        case "live":
            return _live(delivery, attempt, answer)
        case "withdrawn":
            return _withdrawn(delivery)
        case "refused":
            return _ended(delivery, State.FAILED, answer)
        case "unavailable":
            doubted = _doubted(delivery) and not answer.sure
            return _ended(delivery, State.UNSURE if doubted else _rest(delivery), answer)
        case "unsure":
            return _ended(delivery, State.UNSURE, answer)


def recorded(delivery: Delivery, posted: Posted) -> Delivery:
    """Return it live, because a person posted it, or it was found there; it is no longer off."""
    if delivery.state is State.SENDING:
        raise Conflict(
            Sentence(ja="いま機械が送っているところです", en="it is being sent at this moment"),
            remedy=Sentence(ja="終わってから記録してください", en="record it when that has ended"),
        )
    return _shown(replace(delivery, off=False), posted.receipt, posted.digest, posted.article_digest)


def settled(delivery: Delivery, ending: Ending, tries: Sequence[Attempt], now: datetime) -> Delivery:
    """Return it as a person ended it; `tries` are its attempts."""
    match ending.settlement:
        case Settlement.ARRIVED if delivery.handed_over == TAKE_DOWN:
            return _withdrawn(delivery)
        case Settlement.ARRIVED:
            _only(delivery, State.UNSURE, State.FAILED)
            return _arrived_after_all(delivery, ending, _in_doubt(delivery, tries), now)
        case Settlement.NOT_ARRIVED:
            _only(delivery, State.UNSURE, State.FAILED)
            return replace(
                delivery,
                state=step(delivery.state, _rest(delivery)),
                cleared=delivery.attempts,
                error=None,
                next_try=None,
            )
        case Settlement.AS_IT_IS:
            return _as_it_is(_only(delivery, State.LIVE, State.UNSURE, State.FAILED), ending)
        case Settlement.TAKEN_DOWN:
            return _withdrawn(_only(delivery, State.LIVE, State.UNSURE, State.FAILED, State.WAITING))


def pinned(delivery: Delivery, digest: str | None, against: str | None) -> Delivery:
    """Return it with a pin, or (None) without."""
    return replace(delivery, pinned_digest=digest, pinned_against=against)


def brought_back(delivery: Delivery) -> Delivery:
    """Return it without what keeps it down: the state, the pin, and the request to a person."""
    if delivery.pinned_digest == TAKE_DOWN:
        delivery = replace(delivery, pinned_digest=None, pinned_against=None)
    if delivery.handed_over == TAKE_DOWN:
        delivery = replace(delivery, handed_over=None)
    return reopened(delivery) if delivery.state is State.WITHDRAWN else delivery


def _rest(delivery: Delivery) -> State:
    """Where it stands when nothing is being tried: what subscribers see decides."""
    return State.LIVE if delivery.public else State.WAITING


def _quiet(delivery: Delivery) -> Delivery:
    """Return it with nothing in the air and nothing wrong, beyond doubt up to its latest try."""
    return replace(
        delivery,
        failures=0,
        error=None,
        next_try=None,
        saved=None,
        saved_key=None,
        halfway=False,
        handed_over=None,
        lease_owner=None,
        lease_until=None,
        cleared=delivery.attempts,
    )


def _doubted(delivery: Delivery) -> bool:
    """Whether something may have arrived by an earlier try than the one in the air."""
    return delivery.cleared < delivery.attempts - 1


def _ended(delivery: Delivery, state: State, answer: Answer) -> Delivery:
    """Return it after a try without success; beyond doubt when this one, and all before it, surely left nothing."""
    sure = answer.outcome != "unsure" and (answer.sure or not _doubted(delivery))
    return replace(
        delivery,
        state=step(delivery.state, state),
        failures=delivery.failures + 1,
        error=answer.error,
        next_try=answer.next_try,
        lease_owner=None,
        lease_until=None,
        cleared=delivery.attempts if sure else delivery.cleared,
    )


def _live(delivery: Delivery, attempt: Attempt, answer: Answer) -> Delivery:
    if answer.digest is not None:
        return _shown(delivery, _given(answer.receipt), answer.digest, answer.article_digest)
    return _shown(delivery, _given(answer.receipt), attempt.digest, attempt.article_digest)


def _shown(delivery: Delivery, receipt: Receipt, digest: str, article_digest: str | None) -> Delivery:
    stays = digest == delivery.pinned_digest
    return replace(
        _quiet(delivery),
        state=step(delivery.state, State.LIVE),
        live_digest=digest,
        article_digest=article_digest,
        remote_id=receipt.remote_id,
        url=receipt.url,
        first_live=delivery.first_live or receipt.at,
        last_live=receipt.at,
        version=receipt.version,
        verified=receipt.verified,
        differences=receipt.differences,
        pinned_digest=delivery.pinned_digest if stays else None,
        pinned_against=delivery.pinned_against if stays else None,
    )


def _withdrawn(delivery: Delivery) -> Delivery:
    return replace(
        _quiet(delivery),
        state=step(delivery.state, State.WITHDRAWN),
        live_digest=None,
        differences=(),
        pinned_digest=None,
        pinned_against=None,
    )


def _in_doubt(delivery: Delivery, tries: Sequence[Attempt]) -> Attempt | None:
    """Return the latest try that may have arrived: later ones may have found that nobody could be asked, and sent nothing."""
    open_ones = [one for one in tries if one.number > delivery.cleared and one.outcome in ("", "lapsed", "unsure")]
    last = [*tries[-1:], *open_ones]
    return last[-1] if last else None


def _arrived_after_all(delivery: Delivery, ending: Ending, last: Attempt | None, now: datetime) -> Delivery:
    if last is None or last.action is ActionKind.WITHDRAW:
        return _withdrawn(delivery)
    receipt = ending.receipt or replace(
        delivery.receipt or Receipt("", None, now, verified=False), at=now, differences=()
    )
    return _shown(delivery, receipt, last.digest, last.article_digest)


def _as_it_is(delivery: Delivery, ending: Ending) -> Delivery:
    if not delivery.public:
        raise _nothing_to_end(delivery)
    return replace(
        _quiet(delivery),
        state=step(delivery.state, State.LIVE),
        differences=(),
        pinned_digest=delivery.live_digest,
        pinned_against=ending.against,
    )


def _given(receipt: Receipt | None) -> Receipt:
    if receipt is None:
        msg = "an answer that says live carries its receipt"
        raise ValueError(msg)
    return receipt


def _only(delivery: Delivery, *states: State) -> Delivery:
    if delivery.state not in states:
        raise _nothing_to_end(delivery)
    return delivery


def _nothing_to_end(delivery: Delivery) -> Conflict:
    waits = delivery.state is State.WAITING  # the one state that is no word
    now_ja = "待ち" if waits else spoken(Word(delivery.state.value), "ja")
    return Conflict(
        Sentence(
            ja=f"{delivery.channel} は「{now_ja}」なので、こうは決められません",
            en=f"{delivery.channel} is {delivery.state}: there is nothing to settle that way",
        ),
        remedy=Sentence(ja="status で今の状態を見てください", en="see `status` for how it stands now"),
    )
