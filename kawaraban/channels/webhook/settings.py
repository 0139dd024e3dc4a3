"""The keys of a webhook channel in `config/channels.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from kawaraban.config import Announcing, Secret
from kawaraban.config.written import Duration
from kawaraban.errors import Sentence

Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#@]+[^\s#]*$")]


class WebhookSettings(Announcing):
    """
    `url`: where the message goes; a reference where the address itself is the secret (Slack, Discord).

    `secret` signs the message; `shape` is json, slack or discord; `timeout`: how long an answer is waited for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Address | Secret
    secret: Secret | None = None
    shape: Literal["json", "slack", "discord"] = "json"
    timeout: Annotated[Duration, Field(gt=timedelta(), le=timedelta(minutes=2))] = timedelta(seconds=20)

    @classmethod
    def asks(cls) -> Mapping[str, Sentence]:
        """Return how a person is asked for each key (protocol.Asks)."""
        return {
            "url": Sentence(
                ja="送り先のアドレス（それ自体が秘密なら env:変数名 か file:ファイル名）",
                en="where it goes (env:NAME or file:PATH where the address itself is secret)",
            ),
            "secret": Sentence(ja="署名の秘密", en="the secret that signs each message"),
            "shape": Sentence(ja="知らせの形", en="the message's shape"),
        }
