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

_FIND = 60
_LISTS = frozenset({"ul", "ol"})


@dataclass(frozen=True, slots=True)
class Landmark:
    """
    A block as a person finds it in the editor: by `words` that stand nowhere else, or as the picture of that `number`.

    Without either it can't be found by itself (a rule, a sentence that is there twice).
    """

    block: Block
    words: str = ""
    number: int = 0

    @property
    def is_found(self) -> bool:
        """Whether a person who looks for it arrives at it and nowhere else."""
        return bool(self.words or self.number)


@dataclass(frozen=True, slots=True)
class Change:
    """
    Find `old` (None: nothing goes), put `new` (None: remove it).

    `beside` is the block right before that place (None: the top of the text) or, where that can't be found and
    `leads` is True, the one right behind it. Changes are done in their order; each landmark is one in the text as the
    changes before have left it.
    """

    old: Landmark | None
    new: Block | None
    beside: Landmark | None
    leads: bool = False

    @property
    def by_place(self) -> bool:
        """Whether the place is found by the block beside it, because `old` doesn't say it alone."""
        return self.old is None or not self.old.is_found

    @property
    def can_be_found(self) -> bool:
        """Whether a person can't take another place for this one."""
        return not self.by_place or self.beside is None or self.beside.is_found


@dataclass(frozen=True, slots=True)
class ChangeSheet:
    """What moved between two variants. `whole`: paste the whole body again; too much moved, or places are alike."""

    title: str | None
    changes: tuple[Change, ...]
    added_tags: tuple[str, ...]
    removed_tags: tuple[str, ...]
    new_header: bool
    without_header: bool
    whole: bool

    @property
    def is_empty(self) -> bool:
        """Whether a person has nothing to do."""
        frame = self.title, self.added_tags, self.removed_tags, self.new_header, self.without_header
        return not (any(frame) or self.changes)


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
        without_header=new.header is None and old.header is not None,
        whole=len(changes) > MOST
        or _moved_share(changes, new) > SHARE
        or not all(change.can_be_found for change in changes),
    )


def _changes(old: Outline, new: Outline) -> Iterator[Change]:
    """Yield the changes; `now` is the text as a person has it in front of them between two of them."""
    before, after = [block.key for block in old.blocks], [block.key for block in new.blocks]
    now = list(old.blocks)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        place = new_start
        for found, put in zip_longest(old.blocks[start:end], new.blocks[new_start:new_end]):
            yield from _change(now, place, found, put)
            now[place : place + (found is not None)] = [put] if put is not None else []
            place += put is not None


def _change(now: list[Block], place: int, found: Block | None, put: Block | None) -> Iterator[Change]:
    if found is not None and put is not None and (inside := _inside_list(now, place, put)):
        yield from inside
        return
    old = landmark(now, place) if found is not None else None
    before = landmark(now, place - 1, by_end=True) if place else None
    behind = place + (found is not None)
    if before is not None and not before.is_found and behind < len(now):
        yield Change(old, put, landmark(now, behind), leads=True)
    else:
        yield Change(old, put, before)


def _inside_list(now: list[Block], place: int, put: Block) -> list[Change]:
    """Return the changes of single items where two lists have one shape; none where the list is replaced whole."""
    found, text = now[place], list(now)
    if found.tag not in _LISTS or found.shape != put.shape:
        return []
    changes: list[Change] = []
    items = list(found.items)
    for index, (old, new) in enumerate(zip(found.items, put.items, strict=True)):
        if old.html == new.html:
            continue
        others = [*text[:place], *items[:index], old, *items[index + 1 :], *text[place + 1 :]]
        changes.append(Change(landmark(others, place + index), new, None))
        items[index] = new
    return changes if all(change.old and change.old.is_found for change in changes) else []


def landmark(text: list[Block], place: int, *, by_end: bool = False) -> Landmark:
    """Return how a person finds the block at `place` in a text; `by_end`: something will stand behind it."""
    block = text[place]
    if block.picture is not None:
        return Landmark(block, number=sum(other.picture is not None for other in text[: place + 1]))
    others = "\n".join(other.shown for index, other in enumerate(text) if index != place)
    return Landmark(block, words=_telling(block, others, by_end=by_end))


def _telling(block: Block, others: str, *, by_end: bool) -> str:
    """Return a line of the block, cut where that is enough, which stands once in it and nowhere else; "" for none."""
    lines = block.text.split("\n")
    for line in reversed(lines) if by_end else lines:
        for words in (line[-_FIND:] if by_end else line[:_FIND], line):
            if words.strip() and words not in others and block.text.count(words) == 1:
                return words
    return ""


def _moved_share(changes: tuple[Change, ...], new: Outline) -> float:
    moved = sum(len(change.new.text if change.new else "") for change in changes)
    return moved / (sum(len(block.text) for block in new.blocks) or 1)


def same_picture(change: Change) -> bool:
    """Return whether only the words of a picture changed (its caption, its description)."""
    if change.old is None or change.new is None:
        return False
    old, new = change.old.block.picture, change.new.picture
    return old is not None and new is not None and old.digest == new.digest
