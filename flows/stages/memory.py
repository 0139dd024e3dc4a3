"""
What an article gave the last time, so that an unchanged one is neither rendered nor checked again.

Of a variant: its digest and losses. Of a check: that nothing blocked. What they read is covered: the article's bytes and
pictures, the settings, what the channels can do, the program's own files, and of the outside exactly those facts that a renderer looked at (note
going live touches only articles that speak of note). A file under `.kawaraban/cache/`; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flows.compose import STATE, House
from kawaraban.article.model import Article
from kawaraban.config import ChannelSettings
from kawaraban.errors import KawarabanError
from kawaraban.library import write_atomically
from kawaraban.variant import LiveElsewhere, Loss, PublicFacts

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
    """What one (article, channel) gave: the key of what was read, the facts looked at, the variant's digest and losses."""

    key: str
    looked: Looked
    digest: str
    losses: tuple[Loss, ...] = ()


class Memory:
    """(article, channel) → what it gave the last time; article → the key under which nothing blocked it."""

    def __init__(self, house: House) -> None:
        self._path = house.root / STATE / "cache" / "variants.json"
        able = {channel.name: asdict(house.capabilities(channel)) for channel in house.settings.channels}
        self._settings = _digest(house.settings.model_dump_json() + json.dumps(able, sort_keys=True, default=_plain))
        self._entries: dict[str, _Values] = {}
        self._clean: dict[str, str] = {}
        self._changed = False
        self._load()

    def _load(self) -> None:
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
            self._entries, self._clean = dict(raw["variants"]), dict(raw["clean"])
        except (OSError, ValueError, LookupError, TypeError):
            return

    def key(self, article: Article, facts: PublicFacts) -> str:
        """Return the key over all that renderers and check read of the article, the settings and the program."""
        pictures = sorted((name, picture.digest) for name, picture in article.pictures.items())
        published = facts.published or article.matter.published
        instant = published.timestamp() if published else None
        return _digest(json.dumps([article.digest, str(article.path), pictures, instant, self._settings, program()]))

    def of(self, article: Article, channel: ChannelSettings, key: str, facts: PublicFacts) -> Remembered | None:
        """Return what it would give, or None where nobody knows."""
        kept = _entry(self._entries.get(_name(article, channel)), key)
        if kept is None:
            return None
        same = all(_seen(facts.live, name) == seen for name, seen in kept.looked.items())
        return kept if same else None

    def is_clean(self, article: Article, key: str) -> bool:
        """Return whether its own check found nothing that blocks."""
        return self._clean.get(article.id) == key

    def keep(self, article: Article, channel: ChannelSettings, entry: Remembered) -> None:
        """Remember what it gave."""
        name, values = _name(article, channel), _values(entry)
        self._changed = self._changed or self._entries.get(name) != values
        self._entries[name] = values

    def keep_clean(self, article: Article, key: str) -> None:
        """Remember that nothing in it blocks."""
        self._changed = True
        self._clean[article.id] = key

    def save(self) -> None:
        """Write it back; a memory that can't be written only costs time."""
        if not self._changed:
            return
        raw = {"variants": self._entries, "clean": self._clean}
        try:
            write_atomically(self._path, json.dumps(raw).encode(), durable=False)
        except KawarabanError:
            return

    def forget(self) -> None:
        """Begin anew: what was remembered has turned out to be wrong."""
        self._path.unlink(missing_ok=True)


def _plain(value: object) -> object:
    """Return a set or a span of time among a channel's capabilities as JSON has it, the same in every process."""
    return sorted(value) if isinstance(value, frozenset) else str(value)


_Values = list[Any]
"""A Remembered as it lies in the file, read when it is asked for."""


def _entry(values: _Values | None, key: str) -> Remembered | None:
    """Return the entry if it is of that key and can be read."""
    try:
        found, looked, digest, losses = values or ("", {}, "", ())
        if found != key:
            return None
        return Remembered(key, dict(looked), str(digest), tuple(Loss(**loss) for loss in losses))
    except (ValueError, TypeError):
        return None


def _values(entry: Remembered) -> _Values:
    return [entry.key, entry.looked, entry.digest, [loss.model_dump() for loss in entry.losses]]


def _name(article: Article, channel: ChannelSettings) -> str:
    return f"{article.id}/{channel.name}"


def _seen(live: Mapping[str, LiveElsewhere], name: str) -> str:
    if name == EVERYTHING:
        return json.dumps({one: _seen(live, one) for one in sorted(live)})
    fact = live.get(name)
    return "" if fact is None else f"{fact.url or ''} {fact.since.timestamp()}"


@cache
def program() -> str:
    """Return the digest of the files that read, check and render: another version may do it differently."""
    import renderers
    from kawaraban import article, counting

    digest = hashlib.sha256()
    for module in (renderers, article, counting):
        _add(Path(str(module.__file__)).parent, digest)
    return digest.hexdigest()


def _add(folder: Path, digest: hashlib._Hash) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            status = path.stat()
            digest.update(f"{path.relative_to(folder)}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
