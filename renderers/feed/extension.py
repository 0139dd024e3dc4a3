"""
What feedgen 1.0 can't say, or says wrongly, as extensions of its own kind.

Hub links, dc:creator, media, via, categories with their domain, `atom:updated` in RSS, fh:complete (RFC 5005).

feedgen calls `extend_*` while it builds the tree; the values are set beforehand by renderers.feed.xml.
"""

from __future__ import annotations

from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from renderers.cleaning import line
from renderers.feed.shelf import Feed, Item
from renderers.links import absolute

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
HISTORY = "http://purl.org/syndication/history/1.0"

Element = Any  # lxml's elements are untyped in feedgen's hooks


class HouseFeed(BaseExtension):  # type: ignore[misc] # feedgen ships no types
    """The feed's own additions."""

    def __init__(self) -> None:
        self.feed: Feed | None = None

    def extend_ns(self) -> dict[str, str]:
        """Name the namespaces that are used."""
        return {"dc": DC, "media": MEDIA, "fh": HISTORY}

    def extend_rss(self, root: Element) -> Element:
        """Add hubs and fh:complete to the channel."""
        channel = root[0]
        if self.feed is not None:
            for hub in self.feed.publication.feeds.hubs:
                etree.SubElement(channel, f"{{{ATOM}}}link", rel="hub", href=str(hub))
            if self.feed.complete:
                etree.SubElement(channel, f"{{{HISTORY}}}complete")
        _first_items_last(channel)
        return root

    def extend_atom(self, root: Element) -> Element:
        """
        Add hubs and fh:complete to the feed.

        feedgen writes Atom's namespace as an attribute of the root and leaves its elements without one: ours must too,
        or they come out as `ns0:link`, which plain parsers don't know.
        """
        if self.feed is not None:
            place = len(root) - len(root.findall("entry"))
            for hub in self.feed.publication.feeds.hubs:
                root.insert(place, etree.Element("link", rel="hub", href=str(hub)))
            if self.feed.complete:
                root.insert(place, etree.Element(f"{{{HISTORY}}}complete"))
        return root


def _first_items_last(channel: Element) -> None:
    """RSS readers expect the channel's own elements before its items."""
    items = channel.findall("item")
    for item in items:
        channel.remove(item)
    for item in items:
        channel.append(item)


class HouseEntry(BaseEntryExtension):  # type: ignore[misc] # feedgen ships no types
    """An item's additions."""

    def __init__(self) -> None:
        self.item: Item | None = None
        self.cover_url = ""
        self.tag_urls: tuple[tuple[str, str], ...] = ()

    def extend_rss(self, entry: Element) -> Element:
        """Add creator, categories, cover and the date of a change."""
        item = self.item
        if item is None:
            return entry
        if item.byline:
            etree.SubElement(entry, f"{{{DC}}}creator").text = item.byline
        for name, url in self.tag_urls:
            etree.SubElement(entry, "category", domain=url).text = name
        if item.changed:
            etree.SubElement(entry, f"{{{ATOM}}}updated").text = item.updated.isoformat()
        self._media(entry)
        return entry

    def extend_atom(self, entry: Element) -> Element:
        """Add via links of the cited articles, categories, and the cover."""
        item = self.item
        if item is None:
            return entry
        for source in item.variant.head.sources:
            url = absolute(item.variant.head.url, source.url) if source.url else ""
            if url:
                etree.SubElement(entry, "link", rel="via", href=url, title=line(source.title))
        for name, url in self.tag_urls:
            etree.SubElement(entry, "category", term=name, label=name, scheme=url)
        self._media(entry)
        return entry

    def _media(self, entry: Element) -> None:
        cover = self.item.cover if self.item else None
        if cover is None:
            return
        content = etree.SubElement(
            entry, f"{{{MEDIA}}}content", url=self.cover_url, type=cover.media_type, medium="image",
            width=str(cover.width), height=str(cover.height),
        )  # fmt: skip
        if alt := line(cover.alt):
            etree.SubElement(content, f"{{{MEDIA}}}description", type="plain").text = alt
        etree.SubElement(content, f"{{{MEDIA}}}thumbnail", url=self.cover_url)
