"""The face of the ledger that writes: every call is one transaction. What can be asked of it is in `reading`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Self

from kawaraban.delivery import Attempt, Receipt
from kawaraban.errors import Sentence
from kawaraban.ledger import accounts, connecting, deciding, fuse, memory, queries, sending, writing
from kawaraban.ledger.accounts import Accounts
from kawaraban.ledger.alerts import Alerts
from kawaraban.ledger.parts import Parts
from kawaraban.ledger.reading import Reading
from kawaraban.ledger.records import (
    Answer,
    Claim,
    Ending,
    Expectation,
    Hold,
    Posted,
    Scope,
    Seen,
)
from kawaraban.ledger.sending import Lease
from kawaraban.ledger.writing import Note
from kawaraban.variant import Variant


class Ledger(Reading):
    """
    The ledger, open for writing: every call below is one committed transaction, or none of it happened.

    Every move of a delivery is a compare-and-set along `kawaraban.delivery.STEPS`; anything else raises Conflict.
    `who` is an editor, "schedule" or "recovery". Use it in a `with`, or call `close`.
    """

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give back the database's file."""
        self._engine.dispose()

    @property
    def accounts(self) -> Accounts:
        """As whom the channels know us."""
        return Accounts(self._read, self._write)

    @property
    def alerts(self) -> Alerts:
        """What was told to whom, and what parts of the house report of themselves."""
        return Alerts(self._read, self._write)

    @property
    def parts(self) -> Parts:
        """The posts of threads, each with its own key and receipt."""
        return Parts(self._read, self._write, self.home.reached)

    # --- before sending ---

    def keep(self, *variants: Variant) -> tuple[str, ...]:
        """Store variants (compressed, by digest; those already there are left alone) and return their digests."""
        with self._write() as connection:
            memory.keep(connection, variants)
        return tuple(variant.digest for variant in variants)

    def saw(self, articles: Iterable[Seen]) -> None:
        """Remember the articles as they are in the library now, so that a vanished file still has a name."""
        with self._write() as connection:
            memory.saw(connection, articles)

    def expect(self, rows: Iterable[Expectation], *, now: datetime, who: str, run: str | None = None) -> int:
        """Make or change the deliveries that a plan expects; return how many changed. Equal rows write nothing."""
        with self._write() as connection:
            return sending.expect(connection, list(rows), Note(now, who, run))

    def claim(
        self, claim: Claim, *, owner: str, lease: timedelta, now: datetime, run: str | None = None, who: str = ""
    ) -> Attempt:
        """Take one delivery for sending; see `claim_all`."""
        return self.claim_all([claim], owner=owner, lease=lease, now=now, run=run, who=who)[0]

    def claim_all(
        self,
        claims: Sequence[Claim],
        *,
        owner: str,
        lease: timedelta,
        now: datetime,
        run: str | None = None,
        who: str = "",
    ) -> list[Attempt]:
        """
        Write the intents, all or none: each delivery goes to `sending`, leased to `owner`, with an attempt and its key.

        What another holds raises Conflict; a lease that has lapsed, or whose owner is dead, is taken over (its attempt
        ends as `lapsed`). Failed and withdrawn deliveries need `Claim.reopen`. Read `Attempt.doubts` before sending.
        Conflict, too, where the ledger is not at home (`home`), and where the fuse blows (`fuse`): then the channel is held.
        `who` wanted it; "" where only the process is known.
        """
        note = Note(now, who or owner, run)
        with self._write() as connection:
            self.home.refuse_in(connection)
            blown = fuse.blown(connection, claims, note)
            tries = [] if blown else sending.claim(connection, claims, Lease(owner, now + lease, self._dead), note)
            reached = queries.sequence(connection)
        self.home.reached(reached)
        if blown is not None:
            raise fuse.stopped(blown)
        return tries

    def doubt(self, claims: Sequence[Claim], why: Sentence, *, now: datetime, who: str) -> None:
        """
        Record that these may have been sent by a ledger that is lost: unsure, and a person's question.

        The only intent that a ledger writes which was not let go on yet; nothing is sent on it. Whoever held a lease in
        it is as good as dead.
        """
        note = Note(now, who)
        with self._write() as connection:
            tries = sending.claim(connection, claims, Lease(who, now, lambda _owner: True), note)
            sending.conclude(connection, [(one, Answer("unsure", error=why)) for one in tries], note)

    def save(self, attempt: Attempt, saved: str) -> None:
        """Commit a channel's own note under the attempt's key (protocol.Save); `Delivery.saved` has it until success."""
        with self._write() as connection:
            sending.save(connection, attempt, saved)

    # --- after the answer ---

    def conclude(self, answers: Iterable[tuple[Attempt, Answer]], *, now: datetime, who: str) -> None:
        """
        Record outcomes in one transaction: state, attempt, event, and at the first live the frozen `published`.

        An attempt that no longer holds its delivery (its lease lapsed and another took over) moves nothing: the answer
        is kept as an event, the others are recorded, and Conflict is raised at the end.
        """
        with self._write() as connection:
            late = sending.conclude(connection, list(answers), Note(now, who))
            reached = queries.sequence(connection)
        self.home.reached(reached)
        if late:
            raise writing.too_late(late)

    def arrived(self, attempt: Attempt, receipt: Receipt, *, now: datetime, who: str) -> None:
        """Record that it is live."""
        self.conclude([(attempt, Answer("live", receipt=receipt))], now=now, who=who)

    def refused(self, attempt: Attempt, error: Sentence, *, now: datetime, who: str) -> None:
        """Record that the channel said no."""
        self.conclude([(attempt, Answer("refused", error=error))], now=now, who=who)

    def unavailable(
        self, attempt: Attempt, error: Sentence, *, next_try: datetime | None, now: datetime, who: str
    ) -> None:
        """Record that nothing was sent, and when to try again."""
        self.conclude([(attempt, Answer("unavailable", error=error, next_try=next_try))], now=now, who=who)

    def unsure(self, attempt: Attempt, error: Sentence, *, now: datetime, who: str) -> None:
        """Record that it may have arrived."""
        self.conclude([(attempt, Answer("unsure", error=error))], now=now, who=who)

    def withdrawn(self, attempt: Attempt, *, now: datetime, who: str) -> None:
        """Record that it is taken down."""
        self.conclude([(attempt, Answer("withdrawn"))], now=now, who=who)

    # --- what people do ---

    def handed_over(
        self, article: str, channel: str, digest: str, *, now: datetime, who: str, run: str | None = None
    ) -> None:
        """
        Record that the package with this digest lies ready for a person (delivery.TAKE_DOWN: the post must go).

        The delivery must exist (`expect`) and be waiting or live; the variant must be kept.
        """
        with self._write() as connection:
            deciding.handed_over(connection, (article, channel), digest, Note(now, who, run))

    def record(self, posted: Posted, *, now: datetime, who: str) -> None:
        """Record "a person posted it here": live with the text of `posted.digest`, and the differences as read back."""
        with self._write() as connection:
            deciding.record(connection, posted, Note(now, who))

    def settle(self, ending: Ending, *, now: datetime, who: str) -> None:
        """End what the machine can't: see Settlement. Conflict where the delivery's state has nothing to end so."""
        with self._write() as connection:
            deciding.settle(connection, ending, Note(now, who))

    def pin(  # noqa: PLR0913 - one delivery, what is held there, against what, and the event's three
        self, article: str, channel: str, digest: str, *, against: str, now: datetime, who: str, why: str = ""
    ) -> None:
        """
        Hold an earlier text in place (rollback) until the article's file differs from `against`.

        With delivery.TAKE_DOWN as `digest` it is held down (withdrawn from this channel only), whatever the file says.
        """
        with self._write() as connection:
            deciding.pin(connection, (article, channel), (digest, against), Note(now, who), why)

    def unpin(self, article: str, channel: str, *, now: datetime, who: str) -> None:
        """End a pin."""
        with self._write() as connection:
            deciding.pin(connection, (article, channel), None, Note(now, who))

    def reopen(self, article: str, channel: str, *, now: datetime, who: str) -> bool:
        """Let what was withdrawn there go out again (`publish --again`); False where nothing is to be reopened."""
        with self._write() as connection:
            return deciding.reopen(connection, (article, channel), Note(now, who))

    def read_back(
        self, article: str, channel: str, differences: tuple[Sentence, ...], *, now: datetime, who: str
    ) -> bool:
        """Record how what is live there differs from what was sent (`verify`); False where that was known."""
        with self._write() as connection:
            return deciding.read_back(connection, (article, channel), differences, Note(now, who))

    def hold(self, scope: Scope, *, now: datetime, who: str, why: str = "") -> Hold:
        """Stop what `scope` covers; holding it twice keeps the first."""
        with self._write() as connection:
            return deciding.hold(connection, Hold(scope, now, who, why))

    def connect(self, channels: Collection[str], *, now: datetime, who: str, run: str | None = None) -> None:
        """Record that these channels are connected, once."""
        with self._write() as connection:
            connecting.connect(connection, channels, Note(now, who, run))

    def resume(self, scope: Scope, *, now: datetime, who: str) -> bool:
        """End the hold of exactly that scope; False where there was none."""
        with self._write() as connection:
            if scope == Scope():
                self.home.accept_in(connection, Note(now, who))
            accounts.accept_in(connection, scope)
            ended = deciding.resume(connection, scope, Note(now, who))
        if scope == Scope():
            self.home.remark()
        return ended

    @contextmanager
    def lock(self, name: str, *, owner: str, now: datetime, lease: timedelta) -> Iterator[None]:
        """
        Hold a lock for a `with`: one publish at a time.

        Conflict names the holder; a lapsed lease or a dead holder gives way.
        """
        with self._write() as connection:
            deciding.lock(connection, name, Lease(owner, now + lease, self._dead), now)
        try:
            yield
        finally:
            with self._write() as connection:
                deciding.unlock(connection, name, owner)
