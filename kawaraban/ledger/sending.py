"""The protocol around a send: expect, claim, and what was answered. Each function is the body of one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from kawaraban.delivery import ActionKind, Attempt, Delivery, State
from kawaraban.errors import Conflict, Sentence
from kawaraban.ledger import memory, moves, parts, queries, writing
from kawaraban.ledger.records import RECOVERY, Answer, Claim, Event, EventKind, Expectation
from kawaraban.ledger.writing import Note

Answered = tuple[Attempt, Answer]


@dataclass(frozen=True, slots=True)
class Lease:
    """Who takes it, until when, and how one knows that another's process is gone."""

    owner: str
    until: datetime
    dead: Callable[[str], bool]

    def may_take(self, holder: str | None, until: datetime | None, now: datetime) -> bool:
        """Return whether another's lease has ended."""
        return holder is None or until is None or until <= now or self.dead(holder)


# --- expect ---


def expect(connection: Connection, rows: Sequence[Expectation], note: Note) -> int:
    """Make or change deliveries; return how many changed."""
    there = writing.find(connection, [(row.article, row.channel) for row in rows])
    made, moved, events = [], [], []
    for row in rows:
        before = there.get((row.article, row.channel))
        start = before or Delivery(row.article, row.channel, State.WAITING, made=note.at)
        after = moves.expected(start, row)
        if before is None:
            made.append(after)
            events.append(note.event(EventKind.EXPECTED, None, after))
        elif after != before:
            moved.append((before, after))
            events += [note.event(kind, before, after) for kind in _changes(before, after)]
    writing.make(connection, made)
    writing.move(connection, moved)
    writing.tell(connection, events)
    return len(made) + len(moved)


def _changes(before: Delivery, after: Delivery) -> list[EventKind]:
    changed = before.due is not None and before.due != after.due  # a time that is known at last was not changed
    kinds = [EventKind.RESCHEDULED] if changed else []
    if before.desired_digest != after.desired_digest:
        kinds.append(EventKind.WANTED)
    if before.off != after.off:
        kinds.append(EventKind.OFF if after.off else EventKind.ON)
    return kinds


# --- claim ---


def claim(connection: Connection, claims: Sequence[Claim], lease: Lease, note: Note) -> list[Attempt]:
    """Write the intents of all claims, or none."""
    sent = [each for each in claims if each.action is not ActionKind.WITHDRAW]
    memory.must_be_kept(connection, [(each.digest, each.channel) for each in sent])
    there = writing.find(connection, [(each.article, each.channel) for each in claims])
    rows = [_free(there, each, lease, note.at) for each in claims]
    series = queries.open_series(connection, rows)
    ledger = queries.identity(connection).ledger
    steps, tries, lapsed, events = [], [], [], []
    for each, before in zip(claims, rows, strict=True):
        earlier = series.get((each.article, each.channel), [])
        ready = moves.reopened(before) if each.reopen else before
        after = moves.claimed(ready, each, owner=lease.owner, until=lease.until)
        steps.append((before, after))
        tries.append(_intent(each, after, earlier, note, ledger))
        lapsed += [replace(one, ended=note.at, outcome="lapsed") for one in earlier if not one.outcome]
        events += _claim_events(note, before, ready, after)
    writing.end(connection, lapsed)
    writing.move(connection, steps)
    writing.begin(connection, tries)
    writing.tell(connection, events)
    return tries


def _free(there: Mapping[tuple[str, str], Delivery], asked: Claim, lease: Lease, now: datetime) -> Delivery:
    """Return the delivery if it may be claimed now."""
    delivery = there.get((asked.article, asked.channel))
    if delivery is None:
        msg = f"expect {asked.article} on {asked.channel} before claiming it"
        raise LookupError(msg)
    if delivery.state is State.SENDING and not lease.may_take(delivery.lease_owner, delivery.lease_until, now):
        raise Conflict(
            Sentence(
                ja=f"{asked.channel} へは、ほかのところがいま送っています（{delivery.lease_owner}）",
                en=f"another is sending it to {asked.channel} at this moment ({delivery.lease_owner})",
            ),
            remedy=Sentence(ja="終わるのを待ってください", en="wait for that to end"),
        )
    return delivery


def _intent(asked: Claim, after: Delivery, earlier: Sequence[Attempt], note: Note, ledger: str) -> Attempt:
    """Return the attempt, with its series' key and the keys of tries in doubt."""
    return Attempt(
        article=asked.article,
        channel=asked.channel,
        number=after.attempts,
        key=_key(ledger, asked, after, earlier),
        action=asked.action,
        digest=asked.digest,
        started=note.at,
        owner=after.lease_owner or note.who,
        run=note.run,
        article_digest=asked.article_digest,
        doubts=_doubts(after, earlier),
    )


def _key(ledger: str, asked: Claim, after: Delivery, earlier: Sequence[Attempt]) -> str:
    """
    Return the idempotency key: that of the open series of the same deed, else a new one.

    A refusal ends a series (a server that remembers keys would repeat its no); success ended it before.
    """
    for one in reversed(earlier):
        if one.outcome == "refused":
            break
        if (one.action, one.digest) == (asked.action, asked.digest):
            return one.key
    parts = (ledger, asked.article, asked.channel, asked.action.value, asked.digest, str(after.attempts))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _doubts(after: Delivery, earlier: Sequence[Attempt]) -> tuple[str, ...]:
    """Return the keys under which something may have arrived: tries without an answer that nobody has cleared."""
    unanswered = (one.key for one in earlier if one.number > after.cleared and one.outcome in ("", "lapsed", "unsure"))
    return tuple(dict.fromkeys(unanswered))


def _claim_events(note: Note, before: Delivery, ready: Delivery, after: Delivery) -> list[Event]:
    events = [] if ready.state is before.state else [note.event(EventKind.REOPENED, before, ready)]
    if before.state is State.SENDING:
        events.append(replace(note, who=RECOVERY).event(EventKind.LAPSED, before, before, why=before.lease_owner or ""))
    return [*events, note.event(EventKind.CLAIMED, ready, after)]


def save(connection: Connection, attempt: Attempt, saved: str) -> None:
    """Keep a channel's note between two requests; Conflict when the attempt no longer holds the delivery."""
    writing.hold(connection, attempt, saved=saved, saved_key=attempt.key)


# --- the answer ---


def conclude(connection: Connection, answers: Sequence[Answered], note: Note) -> list[Attempt]:
    """Record answers; return the attempts whose answer came too late to move anything."""
    there = writing.find(connection, [(attempt.article, attempt.channel) for attempt, _ in answers])
    steps, ended, events, late = [], [], [], []
    for attempt, answer in answers:
        before = there[attempt.article, attempt.channel]
        if before.state is State.SENDING and before.attempts == attempt.number:
            after = moves.answered(before, attempt, answer)
            ended.append(replace(attempt, ended=note.at, outcome=answer.outcome, error=answer.error))
            events.append(_run(note, attempt).event(EventKind(answer.outcome), before, after, why=_why(answer)))
            steps.append((before, after))
        elif proven := _proven(before, attempt, answer):
            events.append(_run(note, attempt).event(EventKind.LATE_ANSWER, before, proven, why=answer.outcome))
            steps.append((before, proven))
        else:
            late.append(attempt)
            events.append(_run(note, attempt).event(EventKind.LATE_ANSWER, before, before, why=_why(answer)))
    writing.end(connection, ended)
    writing.move(connection, steps)
    writing.tell(connection, events)
    memory.freeze(connection, [after for _, after in steps])
    gone = [(after.article, after.channel) for _, after in steps if after.state is State.WITHDRAWN]
    parts.ended(connection, gone, note.at)
    return late


def _run(note: Note, attempt: Attempt) -> Note:
    return replace(note, run=attempt.run)


def _why(answer: Answer) -> Sentence | str:
    if answer.error is not None:
        return answer.error
    return (answer.receipt.url or answer.receipt.remote_id) if answer.receipt else answer.why or answer.outcome


def _proven(before: Delivery, attempt: Attempt, answer: Answer) -> Delivery | None:
    """Return it live where a late receipt proves that a first post arrived while nobody is sending it again."""
    if answer.outcome != "live" or before.public or before.state not in (State.WAITING, State.UNSURE, State.FAILED):
        return None
    return moves.answered(before, attempt, answer)
