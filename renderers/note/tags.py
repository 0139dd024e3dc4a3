"""note's hashtags: at most ten, thirty characters each, letters, digits, `_`, 〇, 〜 and ー (note's help, 2026-10)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import regex

from renderers.note.losses import Losses

COUNT = 10
LENGTH = 30
_FORBIDDEN = regex.compile(r"[^\p{L}\p{M}\p{N}_〇〜ー]")


def hashtags(names: Iterable[str], losses: Losses, line: int | None) -> tuple[str, ...]:
    """Return the tags that note takes, without `#`, each once; what it doesn't take is a loss."""
    tags = list(dict.fromkeys(_spelt(names, losses, line)))
    for tag in tags[COUNT:]:
        losses.note("tag-count", line, named=tag, gone=tag)
    return tuple(tags[:COUNT])


def _spelt(names: Iterable[str], losses: Losses, line: int | None) -> Iterator[str]:
    for name in names:
        written = unicodedata.normalize("NFC", name).strip().lstrip("#＃")
        tag = _FORBIDDEN.sub("", written)
        if tag != written:
            losses.note("tag", line, named=f"{written}→{tag}", gone="".join(_FORBIDDEN.findall(written)))
        if len(tag) > LENGTH:
            losses.note("tag-length", line, named=tag, gone=tag)
        elif tag:
            yield tag
