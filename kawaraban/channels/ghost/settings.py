"""The keys of a Ghost channel in `config/channels.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from kawaraban.config import Announcing, Secret
from kawaraban.config.written import Duration, SiteAddress, shaped
from kawaraban.errors import Sentence

Newsletter = Annotated[str, shaped(r"[a-z0-9-]{1,191}", "weekly-news")]


class GhostSettings(Announcing):
    """
    `server`: the address of Ghost's admin area without `/ghost`; `key`: an Admin API key (`id:secret`) of a custom integration.

    `status: draft` leaves the publishing to a person. `newsletter`: the slug of the newsletter that the first publish is
    mailed to; without it nothing is ever mailed. `series`: the series is the first tag; `excerpt`: the description is the
    excerpt; `closing`: the text ends with a line that leads to the original (renderers.fulltext). `timeout`: how long one answer is waited for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: SiteAddress
    key: Secret
    status: Literal["publish", "draft"] = "publish"
    newsletter: Newsletter | None = None
    series: bool = True
    excerpt: bool = True
    closing: bool = True
    timeout: Annotated[Duration, Field(gt=timedelta(), le=timedelta(minutes=1))] = timedelta(seconds=30)

    @property
    def mails(self) -> bool:
        """Whether a first publish is mailed to subscribers."""
        return self.newsletter is not None and self.status == "publish"

    @classmethod
    def asks(cls) -> Mapping[str, Sentence]:
        """Return how a person is asked for each key (protocol.Asks)."""
        return {
            "server": Sentence(ja="Ghostのアドレス（/ghost は付けない）", en="Ghost's address, without /ghost"),
            "key": Sentence(ja="Admin APIキー（カスタム連携の）", en="the Admin API key of a custom integration"),
            "status": Sentence(ja="publish 公開まで、draft 下書きまで", en="publish, or draft for a person to publish"),
            "newsletter": Sentence(
                ja="初めの公開をメールで送るニュースレター（既定は送らない）",
                en="the newsletter that a first publish is mailed to (default: none)",
            ),
            "series": Sentence(ja="連載を最初のタグにするか", en="whether the series is the first tag"),
            "excerpt": Sentence(ja="説明を抜粋にするか", en="whether the description is the excerpt"),
            "closing": Sentence(
                ja="終わりに元の記事へのリンクを置くか", en="whether the last line leads to the original"
            ),
        }
