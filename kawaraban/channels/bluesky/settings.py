"""The keys of a bluesky channel in `config/channels.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from kawaraban.config import Announcing, Secret
from kawaraban.config.written import Duration, LanguageTag, ServerAddress, shaped
from kawaraban.errors import Sentence

Timeout = Annotated[Duration, Field(gt=timedelta(), le=timedelta(seconds=30))]


def _name_only(written: object) -> object:
    """Take `@news.example` as well: it is how the network shows a handle."""
    return written.strip().removeprefix("@") if isinstance(written, str) else written


Handle = Annotated[
    str,
    BeforeValidator(_name_only),
    shaped(r"did:[a-z]+:[A-Za-z0-9._:%-]+|([A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{0,62}", "news.example"),
]


class BlueskySettings(Announcing):
    """
    `server`: where one logs in; `handle` (or DID) and `password`, an app password, are the account's.

    `langs`: the languages of the posts, at most 3 (None: the article's own). `pictures`: what a post carries, the link as a
    card with the cover, the cover itself, or all pictures. `timeout`: how long one answer is waited for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: ServerAddress = "https://bsky.social"
    handle: Handle
    password: Secret
    langs: Annotated[tuple[LanguageTag, ...], Field(min_length=1, max_length=3)] | None = None
    pictures: Literal["card", "cover", "all"] = "card"
    timeout: Timeout = timedelta(seconds=20)

    @classmethod
    def asks(cls) -> Mapping[str, Sentence]:
        """Return how a person is asked for each key (protocol.Asks)."""
        return {
            "server": Sentence(ja="ログインするサーバー", en="the server where one logs in"),
            "handle": Sentence(
                ja="アカウント（news.example.com など。@ はいりません）",
                en="the account, like news.example.com (without @)",
            ),
            "password": Sentence(
                ja="アプリパスワード（Blueskyの設定 → プライバシーとセキュリティ → アプリパスワード）",
                en="an app password (Bluesky: Settings, Privacy and security, App passwords)",
            ),
            "langs": Sentence(
                ja="投稿の言葉（既定は記事の言葉）", en="languages of the posts (default: the article's)"
            ),
            "pictures": Sentence(
                ja="載せるもの: card リンクのカード、cover 表紙、all 図も",
                en="what a post carries: card, cover, or all figures",
            ),
        }
