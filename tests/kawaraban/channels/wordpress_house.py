"""A WordPress channel as tests connect it, and articles with pictures to send there."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from kawaraban.channels.conformance import KEY
from kawaraban.channels.protocol import Payload, Surroundings
from kawaraban.channels.wordpress import WordPress
from kawaraban.config import NetworkSettings
from kawaraban.delivery import Receipt
from kawaraban.variant import Asset, Variant
from tests.builders import NOW, channel, publication
from tests.renderers.fulltext.places import elsewhere, sample

PASSWORD = {"env": "WORDPRESS_PASSWORD"}


def square(asset: Asset) -> bytes:
    """A picture of its own for each asset."""
    with BytesIO() as out:
        Image.new("RGB", (40, 40), f"#{asset.source[:6]}").save(out, asset.recipe.format)
        return out.getvalue()


def channel_of(root: Path, server: str, *, now: datetime = NOW, private: bool = True, **own: Any) -> WordPress:
    """The channel, as the editor unless `own` names another user."""
    paper = publication(network=NetworkSettings(private=private))
    settings = channel("wp", kind="wordpress", own={"server": server, "user": "editor", "password": PASSWORD, **own})
    return WordPress(Surroundings(root, paper, settings, square, lambda: now))


def bridges(**changes: Any) -> Variant:
    """A whole article with every block, a cover, a figure and tags."""
    return elsewhere(sample(), "blocks").model_copy(update=changes)


def sent(made: WordPress, variant: Variant, *, saved: str = "", notes: list[str] | None = None) -> Receipt:
    """Create it as the stage does."""
    kept = notes if notes is not None else []
    return made.create(Payload(variant, saved=saved), KEY, kept.append)
