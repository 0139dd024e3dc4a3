"""
The names of uploaded pictures.

Ghost can neither list nor delete pictures. So an uploaded file's name carries the digest of its bytes: it is recognised in
the post that shows it, also where Ghost had to append a number.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from kawaraban.channels.ghost.entities import StoredPost
from kawaraban.variant import Asset

_SOURCE = re.compile(r'\ssrc="([^"]*)"')
_DIGITS = 12  # of an asset's digest: two pictures of one name differ in them


def stem_of(asset: Asset) -> str:
    """Return what an uploaded file's name begins with: the asset's own name, and the digest of its bytes."""
    return f"{PurePosixPath(asset.name).stem}-{asset.digest[:_DIGITS]}"


def standing(post: StoredPost, assets: Iterable[Asset]) -> Mapping[str, str]:
    """Return asset name → address, for every picture of ours that a post shows."""
    shown = [post.feature_image or "", *(html.unescape(url) for url in _SOURCE.findall(post.html or ""))]
    named = {asset.name: _first(shown, asset) for asset in assets}
    return {name: url for name, url in named.items() if url}


def _first(urls: Iterable[str], asset: Asset) -> str:
    return next((url for url in urls if shows(url, asset)), "")


def shows(url: str, asset: Asset) -> bool:
    """Return whether an address is that of an upload of this asset."""
    return PurePosixPath(unquote(urlsplit(url).path)).name.startswith(stem_of(asset))
