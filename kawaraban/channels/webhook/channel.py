"""The webhook channel: one signed request, and nothing that could be asked afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from pydantic import BaseModel

from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import LiveCopy, Payload, Save, Surroundings
from kawaraban.channels.webhook.settings import WebhookSettings
from kawaraban.channels.webhook.shapes import message
from kawaraban.channels.webhook.signature import signed
from kawaraban.config import Secret
from kawaraban.config.load import own_settings
from kawaraban.config.secret import revealed
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused, Sentence
from kawaraban.variant import Variant


class Webhook:
    """
    JSON to any address. A message can't be changed, looked up or taken back.

    Each try of one delivery carries the same `webhook-id` and `Idempotency-Key`, so that a receiver that looks at them
    can drop a repeat; nobody here relies on it.
    """

    kind: ClassVar[str] = "webhook"
    renderer: ClassVar[str] = "social"
    capabilities: ClassVar[Capabilities] = Capabilities(
        announces=True,
        edits=False,
        withdraws=False,
        reads=False,
        finds="nothing",
        idempotency="none",
        late=timedelta(hours=1),
    )
    Settings: ClassVar[type[BaseModel]] = WebhookSettings

    @classmethod
    def able(cls, own: BaseModel) -> Capabilities:
        """Return what it can do: how long one message may take is a setting."""
        return replace(cls.capabilities, longest=2 * WebhookSettings.model_validate(own.model_dump()).timeout)

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = own_settings(surroundings.settings, WebhookSettings)

    def prepare(self, variant: Variant) -> Payload:
        """Return the message, byte for byte as it is sent."""
        return Payload(variant, message(variant, self._settings.shape), "application/json")

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Send the message. Discord says its id when it is asked to wait; others say nothing to come back to."""
        del save
        from kawaraban.channels.http import Limits, Session, judged

        url, secret = self._address(), self._secret()
        now = self._surroundings.clock()
        seconds = self._settings.timeout.total_seconds()
        headers = {
            "content-type": payload.media_type,
            "idempotency-key": key,
            **signed(payload.body, secret, message=key, at=now),
        }
        private = self._surroundings.publication.network.private
        limits = Limits(connect=min(10.0, seconds), read=seconds, whole=2 * seconds)
        with Session(private=private, limits=limits, secrets=self._hidden(url, secret)) as session:
            answer = session.send("POST", url, headers=headers, body=payload.body)
        judged(answer, now=now, honest_503=False)
        return Receipt(_identity(answer.body) or key, None, self._surroundings.clock(), verified=False)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Refuse: what was sent was sent."""
        del payload, receipt, key, save
        raise _sent_for_good()

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """Return None: there is nobody to ask."""
        del payload, key
        return None

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Return what is believed: it can't be read back."""
        del against
        return LiveCopy(present=True, url=receipt.url, verified=False)

    def withdraw(self, receipt: Receipt) -> None:
        """Refuse: what was sent was sent."""
        del receipt
        raise _sent_for_good()

    # --- addresses and secrets ------------------------------------------------------------------------------------

    def _address(self) -> str:
        written = self._settings.url
        url = revealed(written, self._surroundings.root).get_secret_value() if isinstance(written, Secret) else written
        return f"{url}{'&' if '?' in url else '?'}wait=true" if self._settings.shape == "discord" else url

    def _secret(self) -> str | None:
        written = self._settings.secret
        return revealed(written, self._surroundings.root).get_secret_value() if written else None

    def _hidden(self, url: str, secret: str | None) -> tuple[str, ...]:
        """Where the address is itself the secret, all of it but the host is hidden."""
        below = url.partition("://")[2].partition("/")[2].partition("?")[0]
        own = (below, *below.split("/")) if isinstance(self._settings.url, Secret) else ()
        return (*own, secret) if secret else own


def _identity(body: bytes) -> str | None:
    """Return the message's id where the answer is an object that names one."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    named = said.get("id") if isinstance(said, dict) else None
    return str(named)[:200] if isinstance(named, str | int) and named else None


def _sent_for_good() -> Refused:
    return Refused(
        Sentence(
            ja="送った知らせは、書き換えも取り消しもできません",
            en="a message that was sent can't be changed or taken back",
        ),
        remedy=Sentence(ja="受け取った側で直してください", en="put it right where it was received"),
    )
