"""The pictures of a whole article elsewhere: uploaded ones, prepared for the channel, or the site's own by their address."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kawaraban import address
from kawaraban.article.blocks import Blocks
from kawaraban.article.model import Article
from kawaraban.capabilities import Pictures
from kawaraban.config import Publication
from kawaraban.variant import Asset
from renderers.pictures import shown_assets

UPLOADED = "asset:"
"""What stands before an asset's name in a `src` until the channel puts the address there."""


def chosen(article: Article, blocks: Blocks, able: Pictures | None) -> Mapping[str, Asset]:
    """
    Return reference → asset, the cover first, for every picture the text has; their words are those beside the first use.

    Where nothing is uploaded (`able` None) they are the site's, which are there already.
    """
    assets = shown_assets(article, blocks)
    return assets if able is None else {name: _prepared(asset, able) for name, asset in assets.items()}


def _prepared(asset: Asset, able: Pictures) -> Asset:
    """Return an asset as the channel takes it: in a format it knows, within its bytes and pixels."""
    kind = asset.recipe.format
    if asset.media_type not in able.media_types or (able.max_bytes is not None and kind in {"PNG", "WEBP"}):
        kind = "JPEG"  # every server takes it, and it alone can be made smaller
    width, height = _within(asset, able.max_pixels)
    changed = {"format": kind, "max_bytes": able.max_bytes, **({"width": width} if width != asset.width else {})}
    recipe = asset.recipe.model_copy(update=changed)
    stem = asset.name.rpartition(".")[0]
    changes = {"recipe": recipe, "media_type": f"image/{kind.lower()}", "width": width, "height": height}
    return asset.model_copy(update={**changes, "name": f"{stem}.{_EXTENSIONS[kind]}"})


_EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "SVG": "svg"}


def _within(asset: Asset, pixels: int | None) -> tuple[int, int]:
    if pixels is None or asset.width * asset.height <= pixels:
        return asset.width, asset.height
    scale = (pixels / (asset.width * asset.height)) ** 0.5
    return max(1, int(asset.width * scale)), max(1, int(asset.height * scale))


def placing(article: Article, publication: Publication, able: Pictures | None) -> Callable[[Asset], str]:
    """Return what gives an asset's `src`: `asset:NAME`, or where the site has it."""

    def address_of(asset: Asset) -> str:
        if able is not None:
            return f"{UPLOADED}{asset.name}"
        return address.absolute(publication.base_url, address.article_asset(article.slug, asset.name))

    return address_of
