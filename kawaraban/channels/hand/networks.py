"""
Networks that a person posts to: how each counts, which pictures it takes, and where its posts stand.

Sources: docs.x.com "Counting characters" and its media guide; Meta's Threads API (posts: 500, emoji as UTF-8 bytes; what
else counts so is not said, so that bytes are counted); Bluesky's lexicons app.bsky.feed.post and embed.images; Mastodon's
`StatusLengthValidator`; misskey `/api/meta`; LINE Messaging API "Character counting". Pictures are what their own forms take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kawaraban.capabilities import Pictures
from kawaraban.counting import Measure

Name = Literal["x", "threads", "bluesky", "mastodon", "misskey", "line", "other"]

_MEGABYTE = 1_000_000
_STILL = frozenset({"image/jpeg", "image/png"})


@dataclass(frozen=True, slots=True)
class Network:
    """
    `called`: its name among people; `measure` (None: nothing is counted), `threads`: a post can be answered by its writer.

    `hosts` are where its posts stand (empty: anywhere); what follows `?` in their addresses says only whence a reader came.
    """

    called: str
    pictures: Pictures
    measure: Measure | None = None
    threads: bool = True
    hosts: tuple[str, ...] = ()


NETWORKS: Mapping[Name, Network] = {
    "x": Network(
        "X",
        Pictures(4, _STILL, 5 * _MEGABYTE, alt=1000),
        Measure("weighted", 280, link=23),
        hosts=("x.com", "twitter.com"),
    ),
    "threads": Network(
        "Threads",
        Pictures(10, _STILL, 8 * _MEGABYTE, alt=1000),
        Measure("bytes", 500),
        hosts=("threads.net", "threads.com"),
    ),
    "bluesky": Network(
        "Bluesky",
        Pictures(4, _STILL, _MEGABYTE, alt=2000),
        Measure("graphemes", 300, max_bytes=3000),
        hosts=("bsky.app",),
    ),
    "mastodon": Network(
        "Mastodon",
        Pictures(4, _STILL, 8 * _MEGABYTE, 16_777_216, alt=1500),
        Measure("graphemes", 500, link=23, local_names=True),
    ),
    "misskey": Network("Misskey", Pictures(16, _STILL, 10 * _MEGABYTE, alt=512), Measure("code points", 3000)),
    "line": Network("LINE", Pictures(4, _STILL, 10 * _MEGABYTE), Measure("utf16", 5000), threads=False),
    "other": Network("", Pictures(4, _STILL, 5 * _MEGABYTE)),
}
