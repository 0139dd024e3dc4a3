"""A picture on the server, named by its bytes (atproto.com/specs/data-model#blob-type)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CIDV1_RAW_SHA256 = bytes((0x01, 0x55, 0x12, 0x20))


@dataclass(frozen=True, slots=True)
class Blob:
    """What a record says of a picture: its CID, its media type, its size in bytes."""

    cid: str
    media_type: str
    size: int

    @property
    def json(self) -> Mapping[str, Any]:  # Any: JSON
        """The blob as it stands in a record."""
        return {"$type": "blob", "ref": {"$link": self.cid}, "mimeType": self.media_type, "size": self.size}


def blob_of(data: bytes, media_type: str) -> Blob:
    """Return what the server will call these bytes: CIDv1, raw, SHA-256, base32 in lower case."""
    raw = _CIDV1_RAW_SHA256 + hashlib.sha256(data).digest()
    return Blob("b" + base64.b32encode(raw).decode().lower().rstrip("="), media_type, len(data))
