"""The package folder a person posts from: copy page, texts, pictures with their alternative texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kawaraban.channels.hand.mail_page import MailSheet, mail_page
from kawaraban.channels.hand.post_page import PostSheet, post_page
from kawaraban.channels.hand.settings import HandSettings
from kawaraban.channels.packing.elements import Picture
from kawaraban.channels.packing.package import Packing
from kawaraban.variant import Variant


@dataclass(frozen=True, slots=True)
class HandPacking(Packing):
    """What these packages are made with beside that: the channel's own settings."""

    settings: HandSettings


def write_package(packing: HandPacking, variant: Variant, live: Variant | None) -> Path:
    """Write the package of a variant, whole or not at all, and return its folder."""
    files = _mail(packing, variant) if packing.settings.form == "mail" else _post(packing, variant, live)
    return packing.write(variant, tuple(files))


def _post(packing: HandPacking, variant: Variant, live: Variant | None) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a post: path below the folder, bytes."""
    own = packing.surroundings
    pictures = tuple(
        Picture(asset, f"images/{asset.name}", own.bytes_of(asset))
        for name in variant.part(1).pictures
        if (asset := variant.asset(name)) is not None
    )
    parts = variant.parts or (variant.part(1),)
    for number, part in enumerate(parts, 1):
        yield ("post.txt" if len(parts) == 1 else f"post-{number:02d}.txt"), f"{part.text}\n".encode()
    for picture in pictures:
        yield picture.path, picture.content
        yield f"{picture.path}.alt.txt", f"{picture.asset.alt}\n".encode()
    network = packing.settings.rules.called or own.settings.name
    measure = packing.settings.measure
    page = PostSheet(
        own.publication.name, network, variant, parts, measure, pictures, packing.record(variant), live is not None
    )
    yield "index.html", post_page(page).encode()


def _mail(packing: HandPacking, variant: Variant) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a mailing."""
    yield "subject.txt", f"{variant.title}\n".encode()
    yield "body.html", variant.body.encode()
    yield "body.txt", f"{variant.text}\n".encode()
    page = MailSheet(packing.surroundings.publication.name, variant, packing.record(variant, ""))
    yield "index.html", mail_page(page).encode()
