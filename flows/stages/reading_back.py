"""A site and its feeds, read back: which files differ from what was written, and which articles that concerns."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal
from urllib.parse import unquote

from lxml import etree

from flows.compose import House
from flows.stages.edition import EditionGroup, Live, files_of, recorded_live
from flows.stages.tombstones import Tombstones
from kawaraban import address
from kawaraban.article.model import Article
from kawaraban.channels.protocol import EditionChannel, ReadBack
from kawaraban.delivery import Delivery
from kawaraban.edition import EditionFile
from kawaraban.errors import Sentence
from kawaraban.variant import Variant
from renderers.feed.shelf import item_of

How = Literal["live", "drifted", "gone"]
Odd = Mapping[str, Literal["gone", "drifted"]]
"""Path → how the file differs from what was written there last."""

Entries = Mapping[str, bytes]
"""A feed's entries by their ids, each as bytes that are equal where the entry is."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_FEEDS = frozenset(address.FEED_FILES.values())


@dataclass(frozen=True)
class EditionReading:
    """One site with its feeds, as the ledger says it is and as it is."""

    house: House
    group: EditionGroup
    articles: Collection[Article]
    now: datetime

    def odd(self) -> Odd | None:
        """Return what differs; None where the channel can't be read back."""
        return self._channel.odd(self._files.values()) if isinstance(self._channel, ReadBack) else None

    def delivery(self, row: Delivery, odd: Odd) -> tuple[How, tuple[Sentence, ...]]:
        """Return how one delivery stands, and in what it differs."""
        there = self._live[row.channel].get(row.article)
        if there is None:
            return "live", ()
        if row.channel != self.group.site.name:
            return self._entry(item_of(there, self.house.publication).id, odd)
        own = {path: odd[path] for path in _own(there.variant) if path in odd}
        said = tuple(_said(path, how) for path, how in own.items())
        lost = own.get(_page(there.variant)) == "gone"
        return ("live" if not own else "gone" if lost else "drifted"), said

    def left(self, row: Delivery) -> str | None:
        """Return the page of what was withdrawn, if one of somebody else's stands there all the same."""
        kept = last_text(self.house, row)
        if kept is None or row.channel != self.group.site.name:
            return None
        path = _page(kept)
        return path if path not in self._files and self._channel.holds(path) else None

    def rest(self, odd: Odd) -> dict[str, Sentence]:
        """Return, in words, what differs and is no article's own: lists, and feeds in which no entry is at fault."""
        pages = {path for one in self._live[self.group.site.name].values() for path in _own(one.variant)}
        return {path: _said(path, odd[path]) for path in odd if path not in pages and not self._at_fault(path)}

    # --- feeds ---

    def _entry(self, name: str, odd: Odd) -> tuple[How, tuple[Sentence, ...]]:
        said, missing = [], False
        for path in filter(_is_feed, odd):
            wanted, stands = self._feed(path)
            if name not in wanted or stands.get(name) == wanted[name]:  # what has left the feed long since is no fault
                continue
            missing |= name not in stands
            said.append(_entry_changed(path) if name in stands else _entry_missing(path))
        return ("live" if not said else "gone" if missing else "drifted"), tuple(said)

    def _at_fault(self, path: str) -> bool:
        """Whether an entry of that feed is missing or another."""
        if not _is_feed(path):
            return False
        wanted, stands = self._feed(path)
        return any(stands.get(name) != said for name, said in wanted.items())

    def _feed(self, path: str) -> tuple[Entries, Entries]:
        """Return a feed's entries as they should be, and as they are (none where it can't be read)."""
        if path not in self._read:
            stands = self._channel.bytes_at(path) if isinstance(self._channel, ReadBack) else None
            self._read[path] = entries(path, self._files[path].make()), entries(path, stands or b"")
        return self._read[path]

    # --- what there is ---

    @cached_property
    def _channel(self) -> EditionChannel:
        channel = self.house.channel(self.group.site.name)
        if not isinstance(channel, EditionChannel):
            msg = f"{self.group.site.kind} says it is an edition channel, and is none"
            raise TypeError(msg)
        return channel

    @cached_property
    def _live(self) -> Live:
        return recorded_live(self.house, self.group)

    @cached_property
    def _files(self) -> Mapping[str, EditionFile]:
        site = self.group.site.name
        stones = Tombstones(self.house, site, self.articles, self.now).all(self._live[site], ())
        return {file.path: file for file in files_of(self.house, self.group, self._live, stones)}

    @cached_property
    def _read(self) -> dict[str, tuple[Entries, Entries]]:
        return {}


def last_text(house: House, row: Delivery) -> Variant | None:
    """Return the text that is live there, or was the last to be."""
    digest = row.live_digest
    if digest is None:
        there = [one.digest for one in house.ledger.stood(row.article) if one.channel == row.channel]
        digest = there[-1] if there else None
    return house.ledger.variant(digest, row.channel) if digest is not None else None


def _said(path: str, how: Literal["gone", "drifted"]) -> Sentence:
    if how == "gone":
        return Sentence(ja=f"{path} がありません", en=f"{path} is missing")
    return Sentence(ja=f"{path} が書き換えられています", en=f"{path} was changed")


def _entry_changed(path: str) -> Sentence:
    return Sentence(ja=f"{path} の項目が書き換えられています", en=f"its entry in {path} was changed")


def _entry_missing(path: str) -> Sentence:
    return Sentence(ja=f"{path} に入っていません", en=f"it is missing from {path}")


def _page(variant: Variant) -> str:
    return f"{unquote(address.article(variant.head.slug)).lstrip('/')}index.html"


def _own(variant: Variant) -> Iterator[str]:
    """Yield the files of an article: its page, and its pictures."""
    yield _page(variant)
    yield from (unquote(address.article_asset(variant.head.slug, one.name)).lstrip("/") for one in variant.assets)


def _is_feed(path: str) -> bool:
    return path.rpartition("/")[2] in _FEEDS


def entries(path: str, data: bytes) -> Entries:
    """Return the entries of a feed file; none where it can't be read as its name says."""
    try:
        return _json_entries(data) if path.endswith(".json") else _xml_entries(data)
    except (ValueError, TypeError, AttributeError, etree.XMLSyntaxError):
        return {}


def _json_entries(data: bytes) -> Entries:
    return {str(one["id"]): json.dumps(one, sort_keys=True).encode() for one in json.loads(data).get("items", ())}


def _xml_entries(data: bytes) -> Entries:
    tree = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    found = [(one.findtext("guid"), one) for one in tree.iter("item")]
    found += [(one.findtext(f"{_ATOM}id"), one) for one in tree.iter(f"{_ATOM}entry")]
    return {str(name): etree.tostring(one, method="c14n") for name, one in found}
