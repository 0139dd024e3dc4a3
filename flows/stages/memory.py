"""
Which variant an article gave the last time, so that an unchanged one is not rendered again.

What a renderer read is covered: the article's bytes and pictures, the settings, the renderers' own files, and of the
outside exactly those facts that it looked at (note going live touches only articles that speak of note). A file under
`.kawaraban/cache/`; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flows.compose import STATE, House
from kawaraban.article.model import Article
from kawaraban.config import ChannelSettings
from kawaraban.errors import KawarabanError
from kawaraban.library import write_atomically
from kawaraban.variant import LiveElsewhere, PublicFacts

Looked = dict[str, str]
"""Channel name → what a renderer saw of it ("" where it was not live)."""

EVERYTHING = "*"
"""Stands for all channels, where a renderer went through them."""


class Watched(Mapping[str, LiveElsewhere]):
    """The facts as a renderer gets them: it remembers which were looked at."""

    def __init__(self, live: Mapping[str, LiveElsewhere]) -> None:
        self._live = live
        self.looked: Looked = {}

    def __getitem__(self, name: str) -> LiveElsewhere:
        """Return where it is live on that channel."""
        self.looked[name] = _seen(self._live, name)
        return self._live[name]

    def __iter__(self) -> Iterator[str]:
        """Go through all channels."""
        self.looked[EVERYTHING] = _seen(self._live, EVERYTHING)
        return iter(self._live)

    def __len__(self) -> int:
        """Count them."""
        self.looked[EVERYTHING] = _seen(self._live, EVERYTHING)
        return len(self._live)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What one (article, channel) gave: the key of what was read, the facts looked at, the variant's digest."""

    key: str
    looked: Looked
    digest: str


class Memory:
    """(article, channel) → what it gave the last time."""

    def __init__(self, house: House) -> None:
        self._path = house.root / STATE / "cache" / "variants.json"
        self._settings = _digest(house.settings.model_dump_json())
        self._entries = self._load()
        self._changed = False

    def _load(self) -> dict[str, Remembered]:
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(name): Remembered(*entry) for name, entry in raw.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def key(self, article: Article, facts: PublicFacts) -> str:
        """Return the key over all that any renderer reads of the article, the settings and the program."""
        pictures = sorted((name, picture.digest) for name, picture in article.pictures.items())
        published = facts.published or article.matter.published
        instant = published.timestamp() if published else None
        return _digest(json.dumps([article.digest, str(article.path), pictures, instant, self._settings, program()]))

    def digest(self, article: Article, channel: ChannelSettings, key: str, facts: PublicFacts) -> str | None:
        """Return the digest of the variant that it would give, or None where nobody knows."""
        kept = self._entries.get(_name(article, channel))
        if kept is None or kept.key != key:
            return None
        same = all(_seen(facts.live, name) == seen for name, seen in kept.looked.items())
        return kept.digest if same else None

    def keep(self, article: Article, channel: ChannelSettings, entry: Remembered) -> None:
        """Remember what it gave."""
        name = _name(article, channel)
        self._changed = self._changed or self._entries.get(name) != entry
        self._entries[name] = entry

    def save(self) -> None:
        """Write it back; a memory that can't be written only costs time."""
        if not self._changed:
            return
        raw = {name: (entry.key, entry.looked, entry.digest) for name, entry in self._entries.items()}
        try:
            write_atomically(self._path, json.dumps(raw).encode(), durable=False)
        except KawarabanError:
            return


def _name(article: Article, channel: ChannelSettings) -> str:
    return f"{article.id}/{channel.name}"


def _seen(live: Mapping[str, LiveElsewhere], name: str) -> str:
    if name == EVERYTHING:
        return json.dumps({one: _seen(live, one) for one in sorted(live)})
    fact = live.get(name)
    return "" if fact is None else f"{fact.url or ''} {fact.since.timestamp()}"


@cache
def program() -> str:
    """Return the digest of the renderers' own files: another version may render differently."""
    import renderers

    folder = Path(renderers.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            status = path.stat()
            digest.update(f"{path.relative_to(folder)}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
