"""
The signature of a message, by the Standard Webhooks specification (standardwebhooks.com).

`webhook-signature: v1,BASE64` is the HMAC-SHA256 of `ID.TIMESTAMP.BODY`. A secret that begins with `whsec_` is base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

_PREFIX = "whsec_"


def signed(body: bytes, secret: str | None, *, message: str, at: datetime) -> Mapping[str, str]:
    """Return the headers: `message` is the id, the same for every try of one delivery; unsigned without a secret."""
    stamp = str(int(at.timestamp()))
    headers = {"webhook-id": message, "webhook-timestamp": stamp}
    if secret is None:
        return headers
    digest = hmac.new(_key(secret), f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {**headers, "webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}


def _key(secret: str) -> bytes:
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            return secret.encode()
    return secret.encode()
