"""
One thread on one channel, post by post: what stands there becomes what should, and whatever stops it, the next try goes on.

Each post's intent is committed before its request leaves, and its receipt after the answer. A post whose answer never came is
asked for under its own key; a thread is taken down from its end, so that no answer stands without what it answers to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from flows.compose import House
from flows.stages.asking import Inquiry
from flows.stages.rejoining import rows, unknown
from kawaraban.channels.protocol import Answers, Channel, Payload, Save
from kawaraban.delivery import ActionKind, Attempt, Receipt
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable, counted
from kawaraban.thread import PartDelivery, alone, intended, out, part_key, posts, same_post, standing
from kawaraban.variant import Variant


class Thread:
    """What one attempt does with a delivery's posts. Fails as a channel fails, and with Unasked."""

    def __init__(self, house: House, channel: Channel, attempt: Attempt, inquiry: Inquiry, lease: timedelta) -> None:
        """Read the posts as they are; `lease` is the time that each of them has."""
        self._house = house
        self._channel = channel
        self._attempt = attempt
        self._inquiry = inquiry
        self._lease = lease
        self._rows = {row.number: row for row in house.ledger.parts.of(attempt.article, attempt.channel)}
        self._wanted = 0

    @property
    def begun(self) -> bool:
        """Whether some of its posts are there, or may be."""
        return bool(self._rows)

    @property
    def going(self) -> bool:
        """Whether somebody began to take it down."""
        return any(row.intent is ActionKind.WITHDRAW for row in self._rows.values())

    @property
    def known(self) -> bool:
        """Whether each of its posts is known to be there: nothing is in doubt."""
        return all(row.receipt is not None for row in self._rows.values())

    def progress(self) -> Sentence | None:
        """Say how far it came, where it is a thread and some of it is there."""
        there, wanted = out(self._rows.values()), self._wanted
        if not there:
            return None
        if not wanted:
            return Sentence(
                ja=f"連投の{there}つがまだ出ています", en=f"{counted(there, 'post')} of the thread still out"
            )
        if max(wanted, there) == 1:
            return None
        return Sentence(
            ja=f"連投{wanted}つのうち{there}つが出ています",
            en=f"{there} of {wanted} posts of the thread {'is' if there == 1 else 'are'} out",
        )

    def text(self) -> Variant:
        """Return the text whose posts they are: the last one's, where an edit was stopped half-way."""
        return self._kept(self._rows[max(self._rows)])

    # --- what is wanted of it ---

    def taken_over(self, receipt: Receipt, live: Variant, *, doubted: bool, cut: bool) -> None:
        """
        Begin with a delivery of whose posts no rows are known: it was one post until now.

        `doubted`: nobody knows which of its texts stands there. A thread may have been found, or settled, by its first post
        alone: unless it was `cut` down to it, the channel is asked for the rest; Refused where it can't tell.
        """
        if posts(live) > 1 and not cut:
            if not isinstance(self._channel, Answers):
                raise Refused(_REST_UNKNOWN, remedy=_LOOK_THERE)
            self._put(*rows(live, (receipt, *self._channel.answers(receipt)), self._house.clock()))
            return
        intent = ActionKind.UPDATE if doubted else None
        article, channel = self._attempt.article, self._attempt.channel
        self._put(PartDelivery(article, channel, 1, self._attempt.key, live.digest, receipt.at, intent, receipt))

    def shown(self, text: Variant, *, anew: bool = False) -> Receipt:
        """
        Make what stands there this text, and return the first post's receipt; `anew`: whatever somebody did to it there.

        Posts that readers would find unchanged are left alone; more are added as answers, fewer are taken down from the end.
        """
        self._wanted = posts(text)
        if anew:
            self._cut_before_what_is_missing()
        if self._house.ledger.home.standing().number > 1:
            self._recognised(text)
        surplus = [number for number in self._rows if number > self._wanted]
        if surplus and not self._inquiry.able.withdraws:
            raise Refused(_CANNOT_SHORTEN)
        receipts: tuple[Receipt, ...] = ()
        for number in range(1, self._wanted + 1):
            receipts += (self._post(text, number, receipts, anew=anew),)
        for number in sorted(surplus, reverse=True):
            self._take_down(self._rows[number])
        if self._wanted == 1:
            self._forget(1)
        return receipts[0]

    def _recognised(self, text: Variant) -> None:
        """A ledger that was put back may know a shorter thread than is there: what it was lengthened by is not sent again."""
        known = [row.receipt for row in self._rows.values() if row.receipt is not None]
        if not known or len(known) < len(self._rows):
            return
        article, channel, now = self._attempt.article, self._attempt.channel, self._house.clock()
        for number, receipt in enumerate(unknown(self._channel, text, known), len(known) + 1):
            self._put(PartDelivery(article, channel, number, self._attempt.key, text.digest, now, None, receipt))

    def _cut_before_what_is_missing(self) -> None:
        """A post that somebody removed takes with it what answers to it, so that both can be posted anew."""
        missing = next((row.number for row in self._rows.values() if row.number > 1 and not self._is_there(row)), None)
        for number in sorted(self._rows, reverse=True):
            if missing is not None and number >= missing:
                self._take_down(self._rows[number])

    def _is_there(self, row: PartDelivery) -> bool:
        return row.receipt is None or self._channel.read(row.receipt, alone(self._kept(row), row.number)).present

    def taken_down(self) -> None:
        """Take every post down, the last one first."""
        self._wanted = 0
        for number in sorted(self._rows, reverse=True):
            self._take_down(self._rows[number])

    def dissolved(self) -> None:
        """Take everything down so that it can begin anew; that this was decided is written first, for whoever goes on."""
        self._put(*(replace(row, intent=ActionKind.WITHDRAW) for row in self._rows.values()))
        self.taken_down()

    # --- one post ---

    def _post(self, text: Variant, number: int, above: tuple[Receipt, ...], *, anew: bool) -> Receipt:
        row = self._rows.get(number)
        if row is not None and row.intent is ActionKind.WITHDRAW and (number > 1 or row.receipt is None):
            self._take_down(row)
            row = None
        if row is not None and row.receipt is None:
            row = self._asked(row)
        if row is None or row.receipt is None:
            return self._created(text, number, above, row)
        if anew or row.intent is not None or not self._is_same(row, text):
            return self._changed(text, row, row.receipt, above)
        if row.digest != text.digest:
            self._put(replace(row, digest=text.digest))
        return row.receipt

    def _asked(self, row: PartDelivery) -> PartDelivery:
        """Return the post as the channel says it is; without a receipt where it is not there."""
        receipt = self._inquiry.found(self._payload(self._kept(row), row), row.key)
        return row if receipt is None else self._put(standing(row, receipt))

    def _created(self, text: Variant, number: int, above: tuple[Receipt, ...], earlier: PartDelivery | None) -> Receipt:
        """Send it; a try that surely left nothing is forgotten, unless an earlier one under its key may have."""
        key = part_key(self._attempt, ActionKind.CREATE, text.digest, number)
        fresh = earlier is None or earlier.digest != text.digest
        if earlier is None or fresh:
            earlier = PartDelivery(
                self._attempt.article, self._attempt.channel, number, key, text.digest, self._house.clock()
            )
        row = self._put(replace(earlier, intent=ActionKind.CREATE))
        payload = self._payload(text, row, above)
        try:
            receipt = self._channel.create(payload, row.key, self._saving(row))
        except (Unavailable, NotAuthorised):
            self._forget_if(row, surely=fresh)
            raise
        except Refused:
            saved = replace(payload, saved=self._rows[number].saved)
            found = self._inquiry.found_after_refusal(saved, row.key)
            if found is None:
                self._forget_if(row, surely=fresh)
                raise
            receipt = found
        return self._stands(row, receipt)

    def _changed(self, text: Variant, before: PartDelivery, there: Receipt, above: tuple[Receipt, ...]) -> Receipt:
        """Send the new text to the post that is there; where it surely was not taken, the row is as it was."""
        key = part_key(self._attempt, ActionKind.UPDATE, text.digest, before.number)
        row = self._put(intended(before, ActionKind.UPDATE, text.digest, key, self._house.clock()))
        try:
            receipt = self._channel.update(self._payload(text, row, above), there, row.key, self._saving(row))
        except (Unavailable, Refused):
            if before.intent is None:
                self._put(before)
            raise
        return self._stands(row, receipt)

    def _take_down(self, row: PartDelivery) -> None:
        """Take one post down; one that may be there, without a receipt, is asked for first."""
        row = self._put(replace(row, intent=ActionKind.WITHDRAW))
        receipt = row.receipt or self._inquiry.found(self._payload(self._kept(row), row), row.key)
        if receipt is None:
            self._forget(row.number)
            return
        self._channel.withdraw(receipt)
        self._put(replace(row, intent=None, receipt=receipt, saved="", gone=self._house.clock()))

    # --- pieces ---

    def _payload(self, text: Variant, row: PartDelivery, above: tuple[Receipt, ...] | None = None) -> Payload:
        """Return what is sent, or asked about: the same for the same post, whichever try it is."""
        receipts = tuple(self._above(row.number)) if above is None else above
        made = self._channel.prepare(text)
        return replace(made, number=row.number, above=receipts, since=row.since, saved=row.saved)

    def _above(self, number: int) -> Iterator[Receipt]:
        for row in self._rows.values():
            if row.number < number and row.receipt is not None:
                yield row.receipt

    def _is_same(self, row: PartDelivery, text: Variant) -> bool:
        return row.digest == text.digest or same_post(self._kept(row), text, row.number)

    def _kept(self, row: PartDelivery) -> Variant:
        kept = self._house.ledger.variant(row.digest, row.channel)
        if kept is None:  # what is sent is kept before
            msg = f"the text {row.digest} of a post on {row.channel} is not in the ledger"
            raise LookupError(msg)
        return kept

    def _stands(self, row: PartDelivery, receipt: Receipt) -> Receipt:
        self._put(standing(row, receipt))
        return receipt

    def _saving(self, row: PartDelivery) -> Save:
        def save(note: str) -> None:
            self._house.ledger.parts.save(self._attempt, row.number, note)
            self._rows[row.number] = replace(row, saved=note)

        return save

    def _put(self, *rows: PartDelivery) -> PartDelivery:
        now = self._house.clock()
        self._house.ledger.parts.put(self._attempt, rows, now=now, who=self._house.who, until=now + self._lease)
        for row in rows:
            if row.gone is None:
                self._rows[row.number] = row
            else:
                self._rows.pop(row.number, None)
        self._rows = dict(sorted(self._rows.items()))
        return rows[-1]

    def _forget_if(self, row: PartDelivery, *, surely: bool) -> None:
        if surely:
            self._forget(row.number)

    def _forget(self, number: int) -> None:
        self._house.ledger.parts.drop(self._attempt, number)
        self._rows.pop(number, None)


_REST_UNKNOWN = Sentence(
    ja="連投の最初の投稿しか分かりません。残りがどこにあるか、ここには問い合わせられません",
    en="only the first post of the thread is known, and the channel can't be asked for the rest",
)
_LOOK_THERE = Sentence(
    ja="そこで見て消し、取り下げたあとで出し直してください（kawaraban settle … --arrived、publish --again）",
    en="remove it there, then end its withdrawal (`kawaraban settle … --arrived`) and post it anew (`publish --again`)",
)
_CANNOT_SHORTEN = Sentence(
    ja="連投を短くするには投稿を消しますが、ここでは消せません",
    en="a shorter thread means taking posts down, and what is posted there can't be taken down",
)
