"""
The rules: what becomes of one (article, channel), and why. DESIGN section 7, "What `publish` takes".

Each rule looks at a Case and gives a Verdict, or None where it has nothing to say; the first that speaks decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kawaraban.delivery import TAKE_DOWN, ActionKind, Delivery, State, is_gone
from kawaraban.errors import Sentence, joined
from kawaraban.plan import reasons, remedies
from kawaraban.plan.case import Case, Verdict, cause_of, late_after
from kawaraban.plan.values import Cause


def judge(case: Case) -> Verdict:
    """Return what becomes of it."""
    for rule in RULES:
        verdict = rule(case)
        if verdict is not None:
            return verdict
    msg = "the last rule always speaks"
    raise AssertionError(msg)


def _skip(reason: Sentence, remedy: Sentence | None = None, cause: Cause | None = None) -> Verdict:
    return Verdict(ActionKind.SKIP, reason, remedy, cause)


def _stop(case: Case, reason: Sentence, remedy: Sentence | None = None) -> Verdict:
    """Left alone in an ordinary run; blocked where somebody named it."""
    return Verdict(ActionKind.BLOCKED if case.named else ActionKind.SKIP, reason, remedy)


def _block(reason: Sentence, remedy: Sentence | None = None) -> Verdict:
    return Verdict(ActionKind.BLOCKED, reason, remedy)


# --- the rules, in their order ---


def _off(case: Case) -> Verdict | None:
    """What is `off` goes nowhere; what is there although it is off may still have to be taken down."""
    ends = case.ending is not None and (case.delivery.public or case.delivery.halfway)
    return None if case.enabled or ends else _skip(reasons.BEFORE if case.wanted.enabled else reasons.OFF)


def _in_the_air(case: Case) -> Verdict | None:
    return _skip(reasons.IN_THE_AIR) if case.sending else None


def _nobody_knows(case: Case) -> Verdict | None:
    """A lost answer where nothing can be asked and nothing protects a second try: a person decides."""
    able = case.wanted.capabilities
    if case.delivery.state is State.UNSURE and able.finds == "nothing" and able.idempotency == "none":
        return _block(reasons.UNSURE, reasons.settle(case.intent.article, case.wanted.channel))
    return None


def _ends(case: Case) -> Verdict | None:
    """Taking down goes over every hold: a stop must never keep something public."""
    if case.ending is None:
        return None
    article, channel = case.intent.article, case.wanted.channel
    if case.delivery.handed_over == TAKE_DOWN:
        return _skip(reasons.WAITS_FOR_REMOVAL, reasons.removed(article, channel))
    if case.delivery.public and not case.wanted.capabilities.withdraws:
        return _skip(reasons.FOR_GOOD)
    if (stuck := _taken_down_before(case)) is not None:
        return stuck
    if case.by_hand and case.delivery.handed_over is not None and not case.delivery.public:
        return Verdict(ActionKind.WITHDRAW, case.ending, cause="article")  # a package that must not be posted any more
    if case.delivery.public or case.delivery.doubtful or _left_a_draft(case):
        remedy = reasons.removed(article, channel) if case.by_hand else None
        return Verdict(ActionKind.WITHDRAW, case.ending, remedy, cause="article")
    if case.delivery.state is State.WITHDRAWN and case.selection.again and case.named:
        return _block(case.ending, reasons.drop_withdrawn(article))
    again = reasons.publish(article, channel, "--again")
    return _skip(case.ending, reasons.drop_withdrawn(article) if case.ending == reasons.EXPIRED else again)


def _left_a_draft(case: Case) -> bool:
    """Whether a try may have left there what nobody sees yet: its note is kept until it is through."""
    return case.wanted.capabilities.drafts and bool(case.delivery.saved)


def _taken_down_before(case: Case) -> Verdict | None:
    """A removal that was refused waits for somebody who names it; one that failed for its next try."""
    delivery = case.delivery
    if case.named or not delivery.failures or delivery.tried_digest != delivery.live_digest:
        return None
    if delivery.state is State.FAILED:
        return _skip(reasons.failed(delivery.error), reasons.withdraw(case.intent.article, case.wanted.channel))
    if delivery.next_try is not None and delivery.next_try > case.now:
        return _skip(reasons.next_try(delivery.next_try, case.zone))
    return None


def _withdrawn(case: Case) -> Verdict | None:
    if case.delivery.state is not State.WITHDRAWN or (case.selection.again and case.named):
        return None
    return _skip(reasons.WITHDRAWN, reasons.publish(case.intent.article, case.wanted.channel, "--again"))


def _not_there(case: Case) -> Verdict | None:
    """What is gone out there can't be changed, and is not posted again unasked. An edition is whole with every publish."""
    delivery, able = case.delivery, case.wanted.capabilities
    if not (delivery.public and is_gone(delivery.differences)) or delivery.doubtful or able.edition:
        return None
    remedy = remedies.for_gone(case.intent.article, case.wanted.channel)
    return _stop(case, reasons.NOT_THERE, remedy) if case.changed else _skip(reasons.NOT_THERE, remedy)


def _unchanged(case: Case) -> Verdict | None:
    if not case.delivery.public or case.changed or case.delivery.doubtful:
        return None
    if case.delivery.differences:
        return _drifted(case)
    if case.target is None:
        return None
    return _skip(reasons.PINNED if case.pin_holds else reasons.UNCHANGED)


def _drifted(case: Case) -> Verdict:
    """What somebody changed out there stays until a person decides; an edition is whole again with every publish."""
    article, channel, able = case.intent.article, case.wanted.channel, case.wanted.capabilities
    said = _differs(case.delivery)
    if able.edition:
        return _skip(said, reasons.publish(article, channel))
    if case.selection.refresh and case.named and able.edits and not case.by_hand:
        return Verdict(ActionKind.UPDATE, reasons.PUT_BACK, cause="program")
    return _skip(said, remedies.for_drifted(article, channel, able))


def _differs(delivery: Delivery) -> Sentence:
    if is_gone(delivery.differences):
        return reasons.NOT_THERE
    said = joined(delivery.differences)
    return Sentence(ja=f"公開されているものが違います: {said.ja}", en=f"what is live there differs: {said.en}")


def _goes_back(case: Case) -> bool:
    """Whether an earlier text is put back: it went out once, so that the file's present state can't stop it."""
    return case.pin_holds and case.delivery.public


def _not_ready(case: Case) -> Verdict | None:
    status = case.intent.status
    if _goes_back(case):
        return None
    if status == "ready" or (status == "archived" and case.delivery.public):
        return None
    if case.delivery.public:
        return _stop(case, reasons.EDITED_AS_DRAFT, reasons.set_ready(case.intent.article))
    said = {"draft": reasons.DRAFT, "review": reasons.REVIEW, "archived": reasons.ARCHIVED}
    return _stop(case, said[status], reasons.set_ready(case.intent.article))


def _wrong(case: Case) -> Verdict | None:
    """What blocks a ready article, named or not."""
    intent = case.intent
    if _goes_back(case):
        return None
    if intent.doubts:
        return _block(reasons.doubts(intent.doubts), reasons.answer(intent.doubts))
    if intent.blocked is not None:
        return _block(intent.blocked, intent.remedy)
    if intent.published is None and (case.known is None or case.known.published is None):
        return _block(reasons.NO_TIME, reasons.schedule(intent.article))
    if (old := _moved_from(case)) is not None:
        return _block(reasons.moved(old, intent.slug), reasons.keep_alias(old))
    if case.neighbour is not None:
        return _block(reasons.taken(intent.slug, case.neighbour), reasons.CHANGE_SLUG)
    return _block(reasons.NOT_RENDERED, reasons.check(intent.article)) if case.target is None else None


def _moved_from(case: Case) -> str | None:
    """Return the slug under which it is public, if that address would be lost."""
    old = case.known.live_slug if case.known else None
    return None if old is None or old in case.intent.addresses else old


def _held(case: Case) -> Verdict | None:
    if case.hold is None:
        return None
    why, remedy = case.hold
    return _stop(case, reasons.on_hold(why), remedy)


def _refused_before(case: Case) -> Verdict | None:
    """What was refused waits for another text, or for somebody who names it."""
    delivery = case.delivery
    if delivery.state is State.FAILED and not case.named and delivery.tried_digest == case.target:
        return _skip(reasons.failed(delivery.error), reasons.publish(case.intent.article, case.wanted.channel))
    if delivery.next_try is not None and delivery.next_try > case.now and not case.named:
        return _skip(reasons.next_try(delivery.next_try, case.zone))
    return None


def _with_a_person(case: Case) -> Verdict | None:
    if case.by_hand and case.delivery.handed_over is not None and case.delivery.handed_over == case.target:
        return _skip(reasons.HANDED_OVER, reasons.record(case.intent.article, case.wanted.channel))
    return None


def _update(case: Case) -> Verdict | None:
    if not case.delivery.public:
        return None
    article, channel = case.intent.article, case.wanted.channel
    cause = cause_of(case)
    policy = case.wanted.release.values.update or ("auto" if case.wanted.capabilities.edition else "ask")
    if case.pin_holds or case.delivery.doubtful:
        return Verdict(ActionKind.UPDATE, _why_update(case, cause), cause=cause)
    if policy == "never":
        return _skip(reasons.NEVER_UPDATED, reasons.settle_as_it_is(article, channel), cause)
    if not case.wanted.capabilities.edits:
        remedy = remedies.for_fixed(article, channel, case.wanted.capabilities)
        return replace(_stop(case, reasons.CANNOT_EDIT, remedy), cause=cause)
    if cause == "program" and not case.wanted.capabilities.edition and not case.selection.refresh:
        return _skip(reasons.PROGRAM_ONLY, reasons.publish(article, channel, "--refresh"), cause)
    if cause == "article" and policy == "ask" and not case.named:
        return _skip(reasons.ASKED_ONLY, reasons.publish(article, channel), cause)
    return Verdict(ActionKind.UPDATE, _why_update(case, cause), cause=cause)


def _why_update(case: Case, cause: Cause) -> Sentence:
    if case.delivery.doubtful:
        return reasons.GOES_ON if case.delivery.halfway else reasons.ASK_FIRST
    if case.pin_holds:
        return reasons.ROLLED_BACK
    if case.delivery.failures:
        return reasons.TRY_AGAIN
    return reasons.PROGRAM if cause == "program" else reasons.CHANGED


def _later(case: Case) -> Verdict | None:
    if case.due.is_past(case.now) and (case.due.waits_for is None or case.going is not None):
        return None
    if case.due.at is not None and (case.due.at > case.now or case.due.waits_for is None):
        return _skip(reasons.scheduled(case.due.at, case.zone, known=case.due.known))
    return _skip(reasons.waits_for(case.due.waits_for or ""))


def _second(case: Case) -> Verdict | None:
    """`after_article`: the other goes first. What stops that one blocks this one, by its name."""
    first = case.first
    if first is None or first.state == "going":
        return None
    if first.state == "stopped":
        return _block(reasons.first_stopped(first.title, first.word), reasons.look_at(first.article))
    return _skip(reasons.waits_for_article(first.title, case.wanted.channel))


def _too_late(case: Case) -> Verdict | None:
    """What could not go out in time waits for a person; what may have arrived is asked about whatever the hour."""
    until = late_after(case)
    if until is None or until >= case.now or case.named or case.delivery.doubtful:
        return None
    return _skip(reasons.overdue(until, case.zone), reasons.publish(case.intent.article, case.wanted.channel))


def _create(case: Case) -> Verdict | None:
    remedy = reasons.record(case.intent.article, case.wanted.channel) if case.by_hand else None
    first = case.first.article if case.first is not None else None
    return Verdict(ActionKind.CREATE, _why_create(case), remedy, "article", after=case.going, after_article=first)


def _why_create(case: Case) -> Sentence:
    if case.delivery.state is State.WITHDRAWN:
        return reasons.AGAIN
    if case.delivery.doubtful:
        return reasons.GOES_ON if case.delivery.halfway else reasons.ASK_FIRST
    return reasons.TRY_AGAIN if case.delivery.failures else reasons.NEW


RULES: tuple[Callable[[Case], Verdict | None], ...] = (
    _off,
    _in_the_air,
    _nobody_knows,
    _ends,
    _withdrawn,
    _not_there,
    _unchanged,
    _not_ready,
    _wrong,
    _held,
    _refused_before,
    _with_a_person,
    _update,
    _second,
    _later,
    _too_late,
    _create,
)
