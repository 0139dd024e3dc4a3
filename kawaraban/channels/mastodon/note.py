"""What the channel remembers of a post's pictures: between two requests, and in its receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from kawaraban.variant import Asset


class Note(BaseModel):
    """What we remember of a post's pictures between two requests and in its receipt: fingerprint → id on the server."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    media: Mapping[str, str] = {}

    @classmethod
    def read(cls, written: str) -> Note:
        """Return a note as it was written; an empty one where it is none of ours."""
        try:
            return cls.model_validate_json(written)
        except ValidationError:
            return cls()

    def __str__(self) -> str:
        """Return it as it is kept; "" where there is nothing to keep."""
        return self.model_dump_json() if self.media else ""

    def of(self, asset: Asset) -> str | None:
        """Return the id of a picture with these bytes."""
        return self.media.get(fingerprint(asset))

    def only(self, assets: Sequence[Asset]) -> Note:
        """Return what it says of these pictures."""
        wanted = {fingerprint(asset) for asset in assets}
        return Note(media={key: name for key, name in self.media.items() if key in wanted})


def fingerprint(asset: Asset) -> str:
    """Return what a picture is known by: its name and its bytes (a picture may stand twice)."""
    return hashlib.sha256(f"{asset.name}\n{asset.digest}".encode()).hexdigest()[:16]
