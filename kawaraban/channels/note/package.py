"""The package folder a person posts from: copy page, texts, pictures, checklist, and a change sheet where one is due."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kawaraban.channels.note.changes import ChangeSheet, change_sheet
from kawaraban.channels.note.folder import replace_folder
from kawaraban.channels.note.outline import Outline, outline
from kawaraban.channels.note.page import CopyPage, Picture, copy_page
from kawaraban.channels.note.steps import Step, change_steps, checklist, steps
from kawaraban.channels.protocol import Surroundings
from kawaraban.variant import Asset, Variant

MARKDOWN = "text/markdown"
STAGING = Path(".kawaraban") / "staging" / "note"
_FOLDER = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class Packing:
    """What packages are made with: `path` of the channel below the root, and whether 目次 is wanted."""

    surroundings: Surroundings
    path: str
    contents: bool

    def folder(self, variant: Variant) -> Path:
        """Return where a variant's package lies: under its slug, or its id where a slug would be no folder's name."""
        slug = variant.head.slug
        return self.surroundings.root / self.path / (slug if _FOLDER.fullmatch(slug) else variant.article)

    def staging(self, variant: Variant) -> Path:
        """Return where it is made: below the root's `.kawaraban`, or beside it where that is another file system."""
        parent = self.folder(variant).parent
        parent.mkdir(parents=True, exist_ok=True)
        ours = self.surroundings.root / STAGING
        ours.mkdir(parents=True, exist_ok=True)
        holder = ours if ours.stat().st_dev == parent.stat().st_dev else parent / ".staging"
        return holder / f"{self.surroundings.settings.name}-{variant.article}"

    def record(self, variant: Variant) -> str:
        """Return the command that records the posted note."""
        return f"kawaraban record {shlex.quote(variant.head.slug)} {shlex.quote(variant.channel)} URL"


def write_package(packing: Packing, variant: Variant, live: Variant | None) -> Path:
    """Write the package of a variant, whole or not at all, and return its folder."""
    folder = packing.folder(variant)
    replace_folder(folder, tuple(package_files(packing, variant, live)), packing.staging(variant))
    return folder


def package_files(packing: Packing, variant: Variant, live: Variant | None) -> Iterator[tuple[str, bytes]]:
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
    page = CopyPage(
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


def _steps(packing: Packing, variant: Variant, shape: Outline, changes: ChangeSheet | None) -> tuple[Step, ...]:
    record = packing.record(variant)
    if changes is not None and not changes.whole:
        return change_steps(record)
    return steps(variant, shape, contents=packing.contents, record=record, again=changes is not None)


def _assets(shape: Outline) -> tuple[Asset, ...]:
    return (*((shape.header,) if shape.header else ()), *shape.pictures)


def _place(asset: Asset, shape: Outline) -> str:
    return asset.name if asset is shape.header else f"images/{asset.name}"
