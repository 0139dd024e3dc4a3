"""The keys of a hand channel in `config/channels.yaml`, and what a channel with them can do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from kawaraban.capabilities import Capabilities
from kawaraban.channels.hand.networks import NETWORKS, Name, Network
from kawaraban.config import Announcing
from kawaraban.counting import Measure, Unit
from kawaraban.errors import Sentence


class HandSettings(Announcing):
    """
    `form`: a post, or a mailing with the whole article; `network`: whose rules a post is counted by.

    `limit` and `unit` say otherwise than the network's own rules (`other` has none); `pictures`: what goes with the first
    post. `closing` (mail): end with a line that leads to the original. `path`: where packages are written, below the root
    (`packages/` and the channel's name where it isn't said).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal["post", "mail"] = "post"
    network: Name = "other"
    limit: Annotated[int, Field(ge=20, le=1_000_000)] | None = None
    unit: Unit | None = None
    pictures: Literal["none", "cover", "all"] = "none"
    closing: bool = True
    path: Annotated[str, StringConstraints(min_length=1)] | None = None

    @model_validator(mode="after")
    def _a_unit_counts_up_to_something(self) -> Self:
        if self.unit is not None and self.limit is None and self.rules.measure is None:
            msg = "write a `limit` as well"
            raise ValueError(msg)
        return self

    @property
    def rules(self) -> Network:
        """The network's own rules."""
        return NETWORKS[self.network]

    @property
    def measure(self) -> Measure | None:
        """How a post is counted: by the network's rule where nothing else is written."""
        own = self.rules.measure
        unit, limit = self.unit or (own.unit if own else "graphemes"), self.limit or (own.limit if own else 0)
        if own is not None and unit == own.unit:
            return Measure(unit, limit, own.max_bytes, own.link, own.local_names)
        return Measure(unit, limit) if limit else None

    @property
    def able(self) -> Capabilities:
        """What a channel with these settings can do: a person does the rest."""
        if self.form == "mail":
            return MAIL
        return Capabilities(
            by_hand=True,
            announces=True,
            edits=False,
            reads=False,
            finds="nothing",
            late=timedelta(hours=3),
            text=self.measure,
            threads=self.rules.threads,
            pictures=None if self.pictures == "none" else self.rules.pictures,
            attaches="" if self.pictures == "none" else self.pictures,
        )

    @classmethod
    def asks(cls) -> Mapping[str, Sentence]:
        """Return how a person is asked for each key (protocol.Asks)."""
        return {
            "form": Sentence(
                ja="post 投稿、mail 記事まるごとのメール", en="a post, or a mailing with the whole article"
            ),
            "network": Sentence(
                ja="数え方のもとになる網（x、threads など）",
                en="the network whose rules it is counted by (x, threads …)",
            ),
            "limit": Sentence(ja="一つの投稿の長さ", en="how long a post may be"),
            "unit": Sentence(ja="その数え方", en="in which unit"),
            "pictures": Sentence(ja="一緒に渡す画像", en="which pictures go along"),
            "closing": Sentence(
                ja="終わりに元の記事へのリンクを置くか（mail）", en="whether the last line leads to the original (mail)"
            ),
            "path": Sentence(ja="貼る一式を置くフォルダー", en="the folder for what is posted by hand"),
        }


MAIL = Capabilities(
    by_hand=True,
    announces=True,
    edits=False,
    withdraws=False,
    reads=False,
    finds="nothing",
    late=timedelta(hours=1),
    shows=frozenset(
        {"heading", "list", "quote", "code", "table", "figure", "dialogue", "key-points", "glossary", "footnote"}
    ),
    markup="mail",
)
"""A mailing: what was sent can't be taken back."""
