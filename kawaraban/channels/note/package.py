"""The package folder a person posts from: copy page, texts, pictures, checklist, and a change sheet where one is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kawaraban.channels.note.changes import ChangeSheet, change_sheet
from kawaraban.channels.note.outline import Outline, outline
from kawaraban.channels.note.page import Sheet, copy_page
from kawaraban.channels.note.steps import Step, change_steps, checklist, steps
from kawaraban.channels.packing.elements import Picture
from kawaraban.channels.packing.package import Packing
from kawaraban.variant import Asset, Variant

MARKDOWN = "text/markdown"


@dataclass(frozen=True, slots=True)
class NotePacking(Packing):
    """What note's packages are made with beside that: whether 目次 is wanted."""

    contents: bool


def write_package(packing: NotePacking, variant: Variant, live: Variant | None) -> Path:
    """Write the package of a variant, whole or not at all, and return its folder."""
    return packing.write(variant, tuple(package_files(packing, variant, live)))


def package_files(packing: NotePacking, variant: Variant, live: Variant | None) -> Iterator[tuple[str, bytes]]:
    """Yield the package's files: path below the folder, bytes."""
    shape = outline(variant)
    changes = change_sheet(variant, live) if live is not None else None
    listed = _steps(packing, variant, shape, changes)
    pictures = [Picture(asset, _place(asset, shape), packing.surroundings.bytes_of(asset)) for asset in _assets(shape)]
    yield "title.txt", f"{variant.title}\n".encode()
    yield "body.html", variant.body.encode()
    yield "body.md", markdown_of(variant).encode()
    yield "tags.txt", f"{' '.join(f'#{tag}' for tag in variant.head.hashtags)}\n".encode()
    yield "checklist.md", checklist(variant.title, listed).encode()
    for picture in pictures:
        yield picture.path, picture.content
    page = Sheet(
        paper=packing.surroundings.publication.name,
        variant=variant,
        markdown=markdown_of(variant),
        shape=shape,
        pictures=tuple(pictures),
        steps=listed,
        changes=changes,
        record=packing.record(variant),
    )
    yield "index.html", copy_page(page).encode()


def markdown_of(variant: Variant) -> str:
    """Return the Markdown flavour; plain text where a variant has none."""
    return next((flavour.text for flavour in variant.flavours if flavour.media_type == MARKDOWN), variant.text)


def _steps(packing: NotePacking, variant: Variant, shape: Outline, changes: ChangeSheet | None) -> tuple[Step, ...]:
    record = packing.record(variant)
    if changes is not None and not changes.whole:
        return change_steps(record)
    return steps(variant, shape, contents=packing.contents, record=record, again=changes is not None)


def _assets(shape: Outline) -> tuple[Asset, ...]:
    return (*((shape.header,) if shape.header else ()), *shape.pictures)


def _place(asset: Asset, shape: Outline) -> str:
    return asset.name if asset is shape.header else f"images/{asset.name}"
