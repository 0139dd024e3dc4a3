"""What a channel can do, as data: lint, plan and stages read it, so that nobody writes `if channel == "note"`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from kawaraban.counting import Measure
from kawaraban.errors import Sentence


@dataclass(frozen=True, slots=True)
class Pictures:
    """
    The pictures a post may carry: how many, of which media types, how large, and how long an alt text may be.

    `max_bytes` and `max_pixels` (width × height) of one picture, `alt` in code points; None: no limit is known.
    """

    count: int
    media_types: frozenset[str] = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
    max_bytes: int | None = None
    max_pixels: int | None = None
    alt: int | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """
    The abilities of a channel's kind.

    `edition`: the channel is a folder written whole (site, feed); its deliveries settle together with one receipt.
    `announces`: a post reaches people at once (social, webhook, mail): imported and old articles are born `off` there.
    `by_hand`: a person posts; the machine prepares the package. `edits`, `withdraws`, `reads`: it can change a post,
    take one down, read back what is live. `finds`: how a post of ours is found again. `idempotency`: what protects a
    repeated request. `unavailable_is_honest`: a 503 with Retry-After means that nothing was taken. `late`: how late a first
    post may still go out by itself, where the settings say nothing (None: however late). `longest`: how long one request
    may take at most, with its time-outs; `lag`: how long a new post may stay out of the list (`finds="list"`).
    `text`: how long a post may be (None: as long as one likes); `threads`: a longer one becomes a post and answers to it
    (only where a post can be asked for, or a person posts: `finds` is not "nothing"); `pictures`: what a post may carry (None: nothing is
    uploaded); `attaches`: which pictures an announcement carries ("card": the link's box shows the cover, and the link itself
    is not in the text; "cover"; "all": cover and figures); `markup`: in which form a whole article is taken ("": none is).
    `drafts`: a post is a draft first, which nobody sees and which can be taken away (`Discards`).
    `sets_off`: what a first post sets off that nobody can call back, for the plan to say (a mailing).
    """

    edition: bool = False
    announces: bool = False
    by_hand: bool = False
    edits: bool = True
    withdraws: bool = True
    reads: bool = True
    finds: Literal["key", "list", "nothing"] = "key"
    idempotency: Literal["natural", "header", "none"] = "none"
    unavailable_is_honest: bool = False
    late: timedelta | None = None
    longest: timedelta = timedelta(minutes=2)
    lag: timedelta = timedelta()
    shows: frozenset[str] = frozenset()
    text: Measure | None = None
    threads: bool = False
    pictures: Pictures | None = None
    attaches: Literal["", "card", "cover", "all"] = ""
    markup: Literal["", "blocks", "html", "mail"] = ""
    drafts: bool = False
    sets_off: Sentence | None = None
