"""The change sheet: what a person does to a note that is out already, so that it becomes the new variant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from kawaraban.channels.note.outline import Block, Outline, outline
from kawaraban.variant import Variant

MOST = 12
"""With more changes than that, pasting the whole body again is quicker and safer."""

SHARE = 0.5
"""The same when more than this share of the text is new."""


@dataclass(frozen=True, slots=True)
class Change:
    """Find `old` (None: right after `after`), put `new` (None: remove it)."""

    old: Block | None
    new: Block | None
    after: Block | None


@dataclass(frozen=True, slots=True)
class ChangeSheet:
    """What moved between two variants. `whole`: too much moved, paste the whole body again."""

    title: str | None
    changes: tuple[Change, ...]
    added_tags: tuple[str, ...]
    removed_tags: tuple[str, ...]
    new_header: bool
    whole: bool

    @property
    def is_empty(self) -> bool:
        """Whether a person has nothing to do."""
        return not (self.title or self.changes or self.added_tags or self.removed_tags or self.new_header)


def change_sheet(variant: Variant, live: Variant) -> ChangeSheet:
    """Return what turns `live` into `variant`."""
    new, old = outline(variant), outline(live)
    changes = tuple(_changes(old, new))
    return ChangeSheet(
        title=variant.title if variant.title != live.title else None,
        changes=changes,
        added_tags=tuple(tag for tag in variant.head.hashtags if tag not in live.head.hashtags),
        removed_tags=tuple(tag for tag in live.head.hashtags if tag not in variant.head.hashtags),
        new_header=new.header is not None and (old.header is None or old.header.digest != new.header.digest),
        whole=len(changes) > MOST or _moved_share(changes, new) > SHARE,
    )


def _changes(old: Outline, new: Outline) -> Iterator[Change]:
    before, after = [block.key for block in old.blocks], [block.key for block in new.blocks]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        last = new.blocks[new_start - 1] if new_start else None
        for found, put in zip_longest(old.blocks[start:end], new.blocks[new_start:new_end]):
            yield Change(found, put, last)
            last = put or last


def _moved_share(changes: tuple[Change, ...], new: Outline) -> float:
    moved = sum(len(change.new.text if change.new else "") for change in changes)
    return moved / (sum(len(block.text) for block in new.blocks) or 1)
