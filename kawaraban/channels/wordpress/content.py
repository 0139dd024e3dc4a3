"""
From a variant to the fields of a post (`wp/v2/posts`). Pure.

Title and excerpt are HTML to WordPress, so that their signs are escaped; a picture's `asset:NAME` becomes the address, and
`"asset":"NAME"` in a block the number, of what was uploaded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from kawaraban.channels.wordpress.entities import Medium
from kawaraban.variant import Asset, Variant

_IN_BLOCK = re.compile(r'"asset":"(?P<name>[^"]+)"')
_IN_IMAGE = re.compile(r'src="asset:(?P<name>[^"]+)"')
Uploaded = Mapping[str, Medium]
"""An asset's name → what it is on the site."""


def fields(variant: Variant, uploaded: Uploaded) -> Mapping[str, Any]:
    """Return title, content and excerpt."""
    return {
        "title": escape(variant.title, quote=False),
        "content": body(variant, uploaded),
        "excerpt": escape(variant.head.description, quote=False),
    }


def body(variant: Variant, uploaded: Uploaded) -> str:
    """Return the content; a picture that is not uploaded keeps its name."""

    def number(found: re.Match[str]) -> str:
        medium = uploaded.get(found["name"])
        return f'"id":{medium.id}' if medium else found[0]

    def address(found: re.Match[str]) -> str:
        medium = uploaded.get(found["name"])
        return f'src="{escape(medium.source_url)}" class="wp-image-{medium.id}"' if medium else found[0]

    return _IN_IMAGE.sub(address, _IN_BLOCK.sub(number, variant.body))


def media_slug(asset: Asset) -> str:
    """
    Return what a picture is called in the library: the same bytes and words have one name, and so are uploaded once.

    WordPress keeps a slug's first 200 bytes; a taken one gets a number, which is then not found again.
    """
    said = f"{asset.digest}\n{asset.alt}\n{asset.caption}\n{asset.credit}"
    stem = asset.name.rpartition(".")[0]
    return f"{stem}-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def media_fields(asset: Asset) -> Mapping[str, str]:
    """Return what is said of a picture when it is uploaded."""
    credit = f"（{asset.credit}）" if asset.credit and asset.caption else asset.credit
    caption = f"{asset.caption}{credit}"
    words = {"slug": media_slug(asset), "title": asset.name.rpartition(".")[0], "alt_text": asset.alt}
    return {**words, **({"caption": escape(caption, quote=False)} if caption else {})}


def date_fields(variant: Variant, now: datetime) -> Mapping[str, str]:
    """
    Return when the post is dated: as the article is, where that has passed; else WordPress takes the moment of publishing.

    A date to come would make WordPress wait for it (`future`): when something goes out is decided here, and only here.
    """
    published = variant.head.published
    if published is None or published > now:
        return {}
    return {"date_gmt": published.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")}
