"""
Record keys (atproto.com/specs/tid): 13 letters of a sortable base32, 53 bits of microseconds and 10 bits of a clock's id.

The server refuses any other key for a post.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LENGTH = 13
_CLOCKS = 1 << 10


def tid(key: str, since: datetime) -> str:
    """
    Return the record key of a delivery's idempotency `key` whose intent was written at `since`. Pure.

    Second and minute are the intent's; microsecond and clock come from the key, so that two posts of one instant differ.
    """
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    micros, clock = digest // _CLOCKS % 1_000_000, digest % _CLOCKS
    seconds = (since - _EPOCH) // timedelta(seconds=1)
    number = ((seconds * 1_000_000 + micros) << 10) | clock
    return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
