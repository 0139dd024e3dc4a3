"""RSS 2.0 and Atom 1.0 (RFC 4287) by feedgen, with its known defects walked around (docs/channels/feed.md)."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import feedgen.entry
import feedgen.feed
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from kawaraban import address
from renderers.cleaning import clean, line
from renderers.feed.extension import HouseEntry, HouseFeed
from renderers.feed.shelf import Feed, Item

TTL = 60
_TITLE = re.compile(rb"(<item>\s*<title>)(.*?)(</title>)", re.DOTALL)


def _rfc2822(moment: datetime) -> str:
    """Feedgen's own function sets the process's locale, which is not safe beside other threads; the text is the same."""
    return format_datetime(moment)


feedgen.feed.formatRFC2822 = _rfc2822
feedgen.entry.formatRFC2822 = _rfc2822


def rss(feed: Feed) -> bytes:
    """Return the feed as RSS 2.0."""
    made = _generator(feed, "rss")
    made.description(feed.description)
    made.docs("https://www.rssboard.org/rss-specification")
    made.ttl(TTL)
    for item in feed.items:
        entry = _entry(feed, item)
        entry.guid(item.id, permalink=False)
        entry.pubDate(item.published)
        entry.description(_as_html(item.summary), isSummary=True)
        entry.content(clean(item.variant.body), type="html")
        made.add_entry(entry, order="append")
    return _hexadecimal_titles(bytes(made.rss_str(pretty=True)))


def atom(feed: Feed) -> bytes:
    """Return the feed as Atom 1.0."""
    made = _generator(feed, "atom")
    made.subtitle(feed.description)
    made.author({"name": line(feed.publication.name)})
    for item in feed.items:
        entry = _entry(feed, item)
        entry.id(item.id)
        entry.summary(item.summary)
        entry.content(clean(item.variant.body), type="html")
        for name in item.names:
            entry.author({"name": name})
        made.add_entry(entry, order="append")
    return bytes(made.atom_str(pretty=True))


def _generator(feed: Feed, form: str) -> Any:  # noqa: ANN401 - feedgen ships no types
    made = FeedGenerator()
    made.register_extension("house", HouseFeed, HouseEntry)
    made.house.feed = feed
    made.id(feed.id)
    made.title(feed.title)
    made.language(feed.publication.lang)
    made.generator("Kawaraban")
    made.updated(feed.updated)
    made.lastBuildDate(feed.updated)
    made.link(href=feed.url(form), rel="self", type=f"application/{form}+xml")
    made.link(href=feed.page, rel="alternate")
    return made


def _entry(feed: Feed, item: Item) -> Any:  # noqa: ANN401 - feedgen ships no types
    entry = FeedEntry()
    entry.register_extension("house", HouseEntry)
    base = feed.publication.base_url
    entry.house.item = item
    entry.house.tag_urls = tuple((tag, address.absolute(base, address.tag(tag))) for tag in item.tags)
    if item.cover is not None:
        entry.house.cover_url = address.absolute(base, address.article_asset(item.variant.head.slug, item.cover.name))
    entry.title(item.title)
    entry.link(href=item.variant.head.url)
    entry.published(item.published)
    entry.updated(item.updated)
    return entry


def _as_html(text: str) -> str:
    """An RSS description is HTML: text is escaped once more, so that `A & <x>` stays text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _hexadecimal_titles(data: bytes) -> bytes:
    """RSS titles: readers that take them for HTML leave hexadecimal references alone (RSS Advisory Board's profile)."""

    def encode(found: re.Match[bytes]) -> bytes:
        title = found[2].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;").replace(b"&gt;", b"&#x3E;")
        return found[1] + title + found[3]

    return _TITLE.sub(encode, data)
