"""Asking a channel what earlier tries left behind, before anything is sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Channel, Payload
from kawaraban.delivery import Receipt
from kawaraban.errors import ChannelFailure, NotAuthorised, Sentence


class Unasked(Exception):
    """An earlier try may have arrived, and nobody could be asked about it. Nothing was sent this time."""

    def __init__(self, what: Sentence, after: timedelta | None = None) -> None:
        super().__init__(what.en)
        self.what = what
        self.after = after


@dataclass(frozen=True, slots=True)
class Inquiry:
    """
    Who is asked, and how.

    `pause` waits the seconds that a list may lag; `close` holds a channel that refuses our credentials; `broken` says, and
    writes into the log, that the program itself failed.
    """

    channel: Channel
    able: Capabilities
    pause: Callable[[float], None]
    close: Callable[[NotAuthorised], None]
    broken: Callable[[Exception], Sentence]

    def found(self, payload: Payload, key: str) -> Receipt | None:
        """Return what a try under this key left, None where it left nothing; Unasked where nobody can tell."""
        if self.able.finds == "nothing":
            raise Unasked(CANNOT_ASK)
        receipt = self._asked(payload, key)
        if receipt is None and self.able.finds == "list":  # a list may lag behind what was just posted
            self.pause(self.able.lag.total_seconds())
            receipt = self._asked(payload, key)
        return receipt

    def found_after_refusal(self, payload: Payload, key: str) -> Receipt | None:
        """Ask once where the channel can be asked: a refusal has created posts before."""
        if self.able.finds == "nothing":
            return None
        try:
            return self.channel.find(payload, key)
        except ChannelFailure:
            return None

    def _asked(self, payload: Payload, key: str) -> Receipt | None:
        try:
            return self.channel.find(payload, key)
        except NotAuthorised as error:
            self.close(error)
            raise Unasked(error.advised) from error
        except ChannelFailure as error:
            raise Unasked(error.advised, after=getattr(error, "after", None)) from error
        except Exception as error:
            raise Unasked(self.broken(error)) from error


CANNOT_ASK = Sentence(
    ja="前の送信が届いたか確かめられません", en="an earlier try may have arrived, and the channel can't be asked"
)
