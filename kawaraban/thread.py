"""
A thread is one delivery whose text is several posts, each of which answers to the one before it.

The delivery stays one row; each post has a `PartDelivery`, with a key and a receipt of its own: so a thread that was stopped
goes on where it stopped, an edit touches only the posts that it changes, and each post can be read back and taken down.
Everything here is pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kawaraban.delivery import ActionKind, Attempt, Receipt
from kawaraban.errors import Sentence
from kawaraban.variant import Variant


@dataclass(frozen=True, slots=True)
class PartDelivery:
    """
    One post of a thread as the ledger has it; `number` counts from 1.

    `intent` is what is being done with it and was not answered. CREATE: it may be there, and has no receipt yet; UPDATE: it is
    there, with the text of `digest` or an earlier one; WITHDRAW: it may be gone (without a receipt: it may never have been
    there); None: it stands there with its part of the variant `digest`. `key` is that deed's idempotency key, or the last
    one's; `since` is when the intent under it was first written, `saved` the channel's own note under it. `gone`: when it was
    taken down; what is gone is kept so that it can be looked at.
    """

    article: str
    channel: str
    number: int
    key: str
    digest: str
    since: datetime
    intent: ActionKind | None = None
    receipt: Receipt | None = None
    saved: str = ""
    gone: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether the post is there, for all we know."""
        return self.receipt is not None and self.intent is not ActionKind.WITHDRAW and self.gone is None


def part_key(attempt: Attempt, deed: ActionKind, digest: str, number: int) -> str:
    """Return the idempotency key of a deed on one post: the same for every try of the attempt's series."""
    parts = (attempt.key, deed.value, digest, str(number))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def intended(part: PartDelivery, deed: ActionKind, digest: str, key: str, now: datetime) -> PartDelivery:
    """Return it about to get the text of `digest`; under the same key a note and the first instant stay."""
    if part.key == key:
        return replace(part, intent=deed, digest=digest)
    return replace(part, intent=deed, digest=digest, key=key, since=now, saved="")


def standing(part: PartDelivery, receipt: Receipt) -> PartDelivery:
    """Return it as it stands there, as the channel answered."""
    return replace(part, intent=None, receipt=receipt, saved="")


def posts(variant: Variant) -> int:
    """Return how many posts the text is: one, where it was not divided."""
    return max(len(variant.parts), 1)


def alone(variant: Variant, number: int) -> Variant:
    """Return one post of a thread as a variant of its own: what it is compared with when it is read back."""
    if posts(variant) == 1:
        return variant
    part, card = variant.part(number), variant.card if number == 1 else None
    carried = {*part.pictures, card.picture if card else ""}
    assets = tuple(asset for asset in variant.assets if asset.name in carried)
    whole = {name: getattr(variant, name) for name in Variant.model_fields}  # a copy would keep the whole's digest
    return Variant.model_validate(whole | {"text": part.text, "parts": (part,), "card": card, "assets": assets})


def same_post(before: Variant, after: Variant, number: int) -> bool:
    """Return whether readers would see no difference in that post: text, marks, pictures, and the card below the first."""
    return _seen(before, number) == _seen(after, number)


def _seen(variant: Variant, number: int) -> object:
    if number > posts(variant):
        return None
    one = alone(variant, number)
    pictures = tuple((asset.name, asset.digest, asset.alt) for asset in one.assets)
    return one.part(1), one.card, pictures, one.head.lang


def differs(number: int, what: Sentence) -> Sentence:
    """Say in what one post of a thread is not what it should be."""
    return Sentence(ja=f"{number}つめ: {what.ja}", en=f"post {number}: {what.en}")


def missing(number: int) -> Sentence:
    """Say that one post of a thread is not there."""
    return Sentence(ja=f"{number}つめがありません", en=f"post {number} is missing")


def out(parts: Iterable[PartDelivery]) -> int:
    """Return how many of these posts are there, for all we know."""
    return sum(part.stands for part in parts)
