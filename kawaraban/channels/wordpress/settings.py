"""The keys of a WordPress channel in `config/channels.yaml`, and what it can do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from kawaraban.capabilities import Capabilities, Pictures
from kawaraban.config import Announcing, Secret
from kawaraban.config.written import Duration, SiteAddress
from kawaraban.errors import Sentence

Name = Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=200)]

REQUESTS = 8
"""How many time-outs one piece of work may last: looking, pictures, categories, the draft, looking again, publishing."""


class WordPressSettings(Announcing):
    """
    `server`: the site's address; `user`: a login there; `password`: an application password of that user (Users → Profile).

    `status: draft` leaves publishing to a person. `category`: the name of one for every article (else the series is the
    category; one that is missing is made); `tags`: the article's tags go along. `pictures`: they are uploaded, and the cover
    becomes the featured image (false: the text shows the site's copies, and the featured image is left to people).
    `closing`: the last line leads to the original. `timeout`: how long one answer is waited for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: SiteAddress
    user: Name
    password: Secret
    status: Literal["publish", "draft"] = "publish"
    category: Name | None = None
    tags: bool = True
    pictures: bool = True
    closing: bool = True
    timeout: Annotated[Duration, Field(gt=timedelta(), le=timedelta(minutes=1))] = timedelta(seconds=30)

    @property
    def base(self) -> str:
        """The site's address without a slash at its end."""
        return self.server.rstrip("/")

    @classmethod
    def asks(cls) -> Mapping[str, Sentence]:
        """Return how a person is asked for each key (protocol.Asks)."""
        return {
            "server": Sentence(ja="サイトのアドレス", en="the site's address"),
            "user": Sentence(ja="ログイン名", en="the login there"),
            "password": Sentence(ja="アプリケーションパスワード", en="an application password"),
            "status": Sentence(ja="publish 公開まで、draft 下書きまで", en="publish, or draft for a person to publish"),
            "category": Sentence(
                ja="いつも入れるカテゴリー（既定は連載）", en="a category for every article (default: its series)"
            ),
            "tags": Sentence(ja="タグも付けるか", en="whether the tags go along"),
            "pictures": Sentence(ja="画像も上げるか", en="whether pictures are uploaded"),
            "closing": Sentence(
                ja="終わりに元の記事へのリンクを置くか", en="whether the last line leads to the original"
            ),
        }


ABLE = Capabilities(
    announces=True,  # its feed, its pings and the mail of its plugins leave with the first publish, and nothing calls them back
    finds="key",
    idempotency="none",
    late=None,  # it is the article itself, which is not the worse for coming later
    longest=REQUESTS * timedelta(seconds=30),
    pictures=Pictures(count=1000),
    attaches="all",
    markup="blocks",
)
"""What it can do where the settings say nothing else."""


def able(settings: WordPressSettings) -> Capabilities:
    """Return what the channel can do with these settings: a draft announces nothing."""
    return replace(
        ABLE,
        announces=settings.status == "publish",
        drafts=settings.status == "publish",
        longest=REQUESTS * settings.timeout,
        pictures=ABLE.pictures if settings.pictures else None,
        attaches="all" if settings.pictures else "",
    )
