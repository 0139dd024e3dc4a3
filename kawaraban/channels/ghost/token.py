"""
From an Admin API key to the token of one request (Ghost, Admin API, "Token authentication").

The key is `ID:SECRET`, both hexadecimal. The token is a JWT (RFC 7519): HS256 with the secret's bytes, `kid` the id, `aud`
"/admin/", and at most five minutes between `iat` and `exp`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from typing import Self

from kawaraban.errors import NotAuthorised, Sentence

LIFE = 240  # seconds, of the 300 that Ghost allows
_KEY = re.compile(r"([0-9a-fA-F]+):((?:[0-9a-fA-F]{2})+)")
_CONTENT_KEY = re.compile(r"[0-9a-f]{26}")


@dataclass(frozen=True, slots=True)
class Key:
    """An Admin API key; its secret is never shown."""

    id: str
    secret: bytes = field(repr=False)

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read `ID:SECRET`; NotAuthorised for anything else, which is not repeated in the error."""
        found = _KEY.fullmatch(written.strip())
        if found is None:
            raise _not_a_key(written.strip())
        return cls(found[1], bytes.fromhex(found[2]))

    def token(self, at: float) -> str:
        """Return a token that is good for some minutes from `at` (seconds since 1970)."""
        issued = int(at)
        head = {"alg": "HS256", "kid": self.id, "typ": "JWT"}
        claims = {"iat": issued, "exp": issued + LIFE, "aud": "/admin/"}
        signed = f"{_encoded(_json(head))}.{_encoded(_json(claims))}"
        return f"{signed}.{_encoded(hmac.new(self.secret, signed.encode(), hashlib.sha256).digest())}"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _not_a_key(written: str) -> NotAuthorised:
    what = _CONTENT if _CONTENT_KEY.fullmatch(written) else _NO_KEY
    return NotAuthorised(what, remedy=_TAKE_THE_OTHER)


_CONTENT = Sentence(
    ja="GhostのContent API キーです。Admin API キーが要ります",
    en="this is Ghost's Content API key; the Admin API key is needed",
)
_NO_KEY = Sentence(
    ja="GhostのAdmin API キーの形（id:secret）をしていません",
    en="this has not the form of a Ghost Admin API key (id:secret)",
)
_TAKE_THE_OTHER = Sentence(
    ja="Ghostの Settings → Integrations のカスタム統合にある Admin API key を入れてください",
    en="take the Admin API key of a custom integration (Ghost: Settings → Integrations)",
)
