"""A post's pictures: each is uploaded once a delivery, and one that the post shows already is not uploaded again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from kawaraban.channels.ghost.api import Api
from kawaraban.channels.ghost.naming import stem_of
from kawaraban.channels.http.multipart import Upload
from kawaraban.errors import KawarabanError, NotAuthorised, Refused, Sentence, Unavailable, Unsure
from kawaraban.variant import Asset


@dataclass(frozen=True, slots=True)
class Uploading:
    """Brings the pictures to Ghost. `bytes_of` has an asset's bytes, `uploaded` is told after each what stands where."""

    api: Api
    bytes_of: Callable[[Asset], bytes]
    uploaded: Callable[[Mapping[str, str]], None]

    def all(self, assets: Iterable[Asset], there: Mapping[str, str]) -> Mapping[str, str]:
        """Return asset name → address; what is `there` is not uploaded again. Nothing is posted by this, whatever fails."""
        addresses = dict(there)
        for asset in assets:
            if asset.name not in addresses:
                addresses[asset.name] = self._one(asset)
                self.uploaded(addresses)
        return addresses

    def _one(self, asset: Asset) -> str:
        name = f"{stem_of(asset)}{PurePosixPath(asset.name).suffix}"
        try:
            return self.api.upload(Upload("file", name, self._bytes(asset), asset.media_type))
        except NotAuthorised:
            raise
        except Refused as error:
            raise Refused(_with_name(asset, error.what), place=error.place, remedy=error.remedy) from error
        except Unsure as error:  # the picture may be there; no post is
            raise Unavailable(_with_name(asset, error.what)) from error

    def _bytes(self, asset: Asset) -> bytes:
        try:
            return self.bytes_of(asset)
        except KawarabanError as error:  # nothing is posted without what it promised
            raise Refused(error.what, place=error.place, remedy=error.remedy) from error


def _with_name(asset: Asset, what: Sentence) -> Sentence:
    return Sentence(
        ja=f"画像「{asset.name}」を送れませんでした。記事はまだ送っていません：{what.ja}",
        en=f"the picture {asset.name} could not be uploaded, and no post was sent: {what.en}",
    )
