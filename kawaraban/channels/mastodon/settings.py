"""The keys of a Mastodon channel in `config/channels.yaml`, and what a server can do with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from kawaraban.capabilities import Capabilities, Pictures
from kawaraban.config import Announcing, Secret
from kawaraban.config.written import Duration, ServerAddress
from kawaraban.counting import Measure
from kawaraban.errors import Sentence

Count = Annotated[int, Field(ge=1, le=1_000_000_000)]

_LIMIT, _LINK, _PICTURES, _ALT = 500, 23, 4, 1500
"""What Mastodon itself has where a server says nothing (`app/validators/status_length_validator.rb`, `MediaAttachment`)."""

_PICTURE_BYTES, _PICTURE_PIXELS = 8_000_000, 16_777_216
"""Below what any Mastodon since 2.x took; newer ones say more."""

_REQUESTS = 10
"""How many time-outs one post may last: the post above, the pictures and waiting for them, the post itself."""


class MastodonSettings(Announcing):
    """
    `server`: the address of the web interface; `token`: an access token (scopes read and write).

    `visibility`: public, or unlisted (in no public timeline; some servers would not list what only followers see, so that it
    could not be found again). `pictures`: the cover, all, or none. `timeout`: how long an answer is waited for. The rest is
    learnt from the server; what is written here holds instead: `limit` (in `unit`), what a `link` counts as (0: its own length),
    how many pictures (`picture_count`) of how many bytes and pixels, how long an alt text may be (`alt_limit`), and whether the
    server remembers keys (`idempotency_key`), edits and deletes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: ServerAddress
    token: Secret
    visibility: Literal["public", "unlisted"] = "public"
    pictures: Literal["cover", "all", "none"] = "cover"
    timeout: Annotated[Duration, Field(gt=timedelta(), le=timedelta(minutes=1))] = timedelta(seconds=20)
    limit: Count | None = None
    unit: Literal["graphemes", "code points"] | None = None
    link: Annotated[int, Field(ge=0, le=1000)] | None = None
    picture_count: Annotated[int, Field(ge=0, le=100)] | None = None
    picture_bytes: Count | None = None
    picture_pixels: Count | None = None
    alt_limit: Count | None = None
    idempotency_key: bool | None = None
    edits: bool | None = None
    deletes: bool | None = None

    @classmethod
    def asks(cls) -> Mapping[str, Sentence]:
        """Return how a person is asked for each key (protocol.Asks)."""
        return ASKS


ASKS: Mapping[str, Sentence] = {
    "server": Sentence(ja="アカウントのあるサーバー（https://…）", en="the server where the account is (https://…)"),
    "token": Sentence(ja="アクセストークン（read と write）", en="the access token (scopes read and write)"),
    "visibility": Sentence(ja="だれに見せるか", en="who sees the posts"),
    "pictures": Sentence(ja="付ける画像", en="which pictures go along"),
    "limit": Sentence(ja="投稿の長さ（空ならサーバーに尋ねる）", en="how long a post may be (empty: the server says)"),
    "unit": Sentence(ja="長さの数え方（空なら同上）", en="in what it is counted (empty: as above)"),
    "link": Sentence(ja="リンク一つの長さ（空なら同上）", en="what a link counts as (empty: as above)"),
    "picture_count": Sentence(ja="画像の数（空なら同上）", en="pictures of one post (empty: as above)"),
    "picture_bytes": Sentence(ja="画像一枚のバイト数（空なら同上）", en="bytes of one picture (empty: as above)"),
    "picture_pixels": Sentence(ja="画像一枚の画素数（空なら同上）", en="pixels of one picture (empty: as above)"),
    "alt_limit": Sentence(ja="代替テキストの長さ（空なら同上）", en="length of an alternative text (empty: as above)"),
    "idempotency_key": Sentence(
        ja="鍵を覚えるサーバーか（空なら同上）", en="whether it remembers keys (empty: as above)"
    ),
    "edits": Sentence(ja="書き換えられるか（空なら同上）", en="whether posts can be edited (empty: as above)"),
    "deletes": Sentence(ja="消せるか（空なら同上）", en="whether posts can be deleted (empty: as above)"),
}
"""How a person is asked for each key."""

ABLE = Capabilities(
    announces=True,
    finds="list",
    idempotency="none",
    late=timedelta(hours=3),
    lag=timedelta(seconds=5),  # lists may come from a replica
    threads=True,
    text=Measure("graphemes", _LIMIT, link=_LINK),
    pictures=Pictures(_PICTURES, max_bytes=_PICTURE_BYTES, max_pixels=_PICTURE_PIXELS, alt=_ALT),
    attaches="cover",
)
"""What is believed of a server that has said nothing yet."""


def able(settings: MastodonSettings) -> Capabilities:
    """Return what the channel can do with these settings, learnt ones among them."""
    link = _LINK if settings.link is None else settings.link or None
    count = _PICTURES if settings.picture_count is None else settings.picture_count
    pictures = Pictures(
        count,
        max_bytes=settings.picture_bytes or _PICTURE_BYTES,
        max_pixels=settings.picture_pixels or _PICTURE_PIXELS,
        alt=settings.alt_limit or _ALT,
    )
    return Capabilities(
        announces=True,
        edits=settings.edits is not False,
        withdraws=settings.deletes is not False,
        finds="list",
        idempotency="header" if settings.idempotency_key else "none",
        late=ABLE.late,
        longest=_REQUESTS * settings.timeout,
        lag=ABLE.lag,
        text=Measure(settings.unit or "graphemes", settings.limit or _LIMIT, link=link),
        threads=True,
        pictures=pictures if count else None,
        attaches="" if settings.pictures == "none" or not count else settings.pictures,
    )
