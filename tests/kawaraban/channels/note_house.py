"""A note channel with a paper around it, and variants to post."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from kawaraban.channels.note import Note
from kawaraban.channels.protocol import Surroundings
from kawaraban.config import NetworkSettings
from kawaraban.variant import Asset, Flavour, Head, Recipe, Variant
from tests.builders import NOW, channel, publication

KEY = "n4f0c7b884789"
PUBLIC = f"https://note.com/migiwa/n/{KEY}"


def bytes_of(asset: Asset) -> bytes:
    """A real picture of the asset's size."""
    held = io.BytesIO()
    Image.new("RGB", (asset.width, asset.height), (120, 110, 90)).save(held, asset.recipe.format)
    return held.getvalue()


def note(
    root: Path,
    api: str = "https://note.com",
    clock: Callable[[], datetime] = lambda: NOW,
    sleep: Callable[[float], None] = lambda _: None,
    **own: Any,
) -> Note:
    """The channel of user migiwa; loopback is allowed, it waits a quarter of a second for answers and never sleeps."""
    settings = channel("note", own={"user": "migiwa", "api": api, "timeout": timedelta(seconds=0.25), **own})
    paper = publication(network=NetworkSettings(private=True))
    return Note(Surroundings(root, paper, settings, bytes_of, clock), sleep)


def picture(name: str, *, caption: str = "", alt: str = "", digest: str = "ab") -> Asset:
    """A picture of 640×360."""
    recipe = Recipe(width=1280)
    values = {"file": f"articles/2024/ame/{name}", "source": digest * 32, "recipe": recipe, "media_type": "image/jpeg"}
    return Asset(name=name, width=640, height=360, alt=alt, caption=caption, **values)


def variant(body: str, **changes: Any) -> Variant:
    """A variant whose clipboard HTML is `body`; `stored` is what note keeps of it (the same without pictures)."""
    stored = changes.pop("stored", body)
    header = changes.pop("header", None)
    pictures = changes.pop("pictures", ())
    head = Head(
        article="5r8w2kqd",
        slug="ame-no-kikikata",
        url="https://example.com/articles/ame-no-kikikata/",
        hashtags=changes.pop("tags", ()),
        cover=header.name if header else "",
    )
    values = {
        "article": "5r8w2kqd",
        "channel": "note",
        "title": "雨の聞き方",
        "body": body,
        "text": changes.pop("text", "本文"),
        "head": head,
        "assets": (*((header,) if header else ()), *pictures),
        "flavours": (
            Flavour(media_type="text/markdown", text="本文\n"),
            Flavour(media_type="text/x-note-html", text=stored),
        ),
    }
    return Variant(**{**values, **changes})
