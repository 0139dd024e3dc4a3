"""A thread found on a channel, post by post, of which the ledger knows nothing, or less than there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Answers, Channel
from kawaraban.delivery import ActionKind, Receipt
from kawaraban.errors import Sentence
from kawaraban.thread import PartDelivery, alone, differs, missing, posts
from kawaraban.variant import Variant

REST_UNKNOWN = Sentence(ja="連投の残りは確かめられません", en="whether the rest of the thread is there can't be told")


def all_of(channel: Channel, able: Capabilities, first: Receipt) -> tuple[Receipt, ...]:
    """Return the posts of a thread by its first one: that one alone where the channel has no threads or can't tell."""
    if not able.threads or not isinstance(channel, Answers):
        return (first,)
    return (first, *channel.answers(first))


def unknown(channel: Channel, text: Variant, known: Sequence[Receipt]) -> tuple[Receipt, ...]:
    """
    Return the posts of this text that stand below the known ones already, and were sent by a later ledger than this one.

    Only what says what is wanted in its very place is ours: anything else may be what a person answered there.
    """
    if not isinstance(channel, Answers) or posts(text) <= len(known):
        return ()
    there = (known[0], *channel.answers(known[0]))
    if [one.remote_id for one in there[: len(known)]] != [one.remote_id for one in known]:
        return ()
    below = enumerate(there[len(known) : posts(text)], len(known) + 1)
    return tuple(receipt for _, receipt in takewhile(lambda post: _says(channel, post[1], alone(text, post[0])), below))


def _says(channel: Channel, receipt: Receipt, wanted: Variant) -> bool:
    there = channel.read(receipt, wanted)
    return there.present and there.verified and not there.differences


def differences(channel: Channel, able: Capabilities, text: Variant, there: Sequence[Receipt]) -> tuple[Sentence, ...]:
    """Return how what stands there differs from the text, post by post; fails as a channel fails."""
    if posts(text) == len(there) == 1:
        return channel.read(there[0], text).differences if able.reads else ()
    said = [missing(number) for number in range(len(there) + 1, posts(text) + 1)]
    if said and not isinstance(channel, Answers):
        said = [REST_UNKNOWN]
    said += [_spare(number) for number in range(posts(text) + 1, len(there) + 1)]
    if able.reads:
        for number, receipt in enumerate(there[: posts(text)], 1):
            said += [differs(number, one) for one in channel.read(receipt, alone(text, number)).differences]
    return tuple(said)


def _spare(number: int) -> Sentence:
    return Sentence(ja=f"{number}つめが余分です", en=f"post {number} is one too many")


def rows(text: Variant, there: Sequence[Receipt], now: datetime) -> tuple[PartDelivery, ...]:
    """Return the rows of a thread that was found; what each post says is left in doubt, so that an edit sends all of it."""
    if posts(text) == len(there) == 1:
        return ()
    return tuple(
        PartDelivery(text.article, text.channel, number, "", text.digest, now, ActionKind.UPDATE, receipt)
        for number, receipt in enumerate(there, 1)
    )
