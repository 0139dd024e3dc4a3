"""A post, or a whole thread, read back: what is there of a delivery, compared with what was sent."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from flows.compose import House
from flows.stages.deed import broken
from flows.stages.reading_back import last_text
from kawaraban.channels.protocol import Channel, LiveCopy
from kawaraban.delivery import Delivery, Receipt
from kawaraban.errors import KawarabanError, Sentence
from kawaraban.thread import PartDelivery, alone, differs, missing
from kawaraban.variant import Variant

_LOG = logging.getLogger(__name__)
NO_ADDRESS = Sentence(ja="どこにあるか記録がありません", en="its address is not recorded")


def copy_of(house: House, row: Delivery) -> LiveCopy | Sentence:
    """
    Return what is there of a delivery, or why nobody can say.

    Of a thread each post is read, those of one that was taken down too: it is `present` while any of its posts is, and the
    differences say which post is missing or another.
    """
    channel = house.channel(row.channel)
    kept = house.ledger.parts.of if row.public else house.ledger.parts.gone
    parts = kept(row.article, row.channel)
    if not isinstance(channel, Channel):
        return NO_ADDRESS
    if parts:
        return _thread(house, channel, row, parts)
    text = last_text(house, row)
    if row.receipt is None or row.url is None or text is None:
        return NO_ADDRESS
    return _read(channel, row, row.receipt, text)


def _thread(house: House, channel: Channel, row: Delivery, parts: Sequence[PartDelivery]) -> LiveCopy | Sentence:
    differences: list[Sentence] = []
    copies: list[LiveCopy] = []
    for part in parts:
        text = house.ledger.variant(part.digest, row.channel)
        if part.receipt is None or text is None:
            return Sentence(
                ja=f"連投の{part.number}つめは、{NO_ADDRESS.ja}",
                en=f"post {part.number} of the thread: {NO_ADDRESS.en}",
            )
        copy = _read(channel, row, part.receipt, alone(text, part.number))
        if isinstance(copy, Sentence):
            return copy
        copies.append(copy)
        differences += _said(part.number, copy)
    there = any(copy.present for copy in copies)
    verified = all(copy.verified for copy in copies)
    return LiveCopy(there, row.url, tuple(differences) if there else (), verified)


def _said(number: int, copy: LiveCopy) -> list[Sentence]:
    if not copy.present:
        return [missing(number)]
    return [differs(number, difference) for difference in copy.differences]


def _read(channel: Channel, row: Delivery, receipt: Receipt, text: Variant) -> LiveCopy | Sentence:
    try:
        return channel.read(receipt, text)
    except KawarabanError as error:
        return error.what
    except Exception as error:  # noqa: BLE001 - one post that breaks the reading must not stop the others
        _LOG.exception("reading back %s on %s", row.article, row.channel)
        return broken(error)
