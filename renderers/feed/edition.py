"""The edition of the feeds: three forms for the paper and for each series, made only when their key changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from kawaraban import address
from kawaraban.config import ChannelSettings, Publication
from kawaraban.edition import EditionFile, LiveArticle, Stage, edition_key
from renderers.cleaning import clean
from renderers.feed.shelf import Feed, Item, feeds

VERSION = "2"  # raise it when the bytes change for the same items


def edition(publication: Publication, channel: ChannelSettings, live: Sequence[LiveArticle]) -> Iterator[EditionFile]:
    """
    Yield /feed.xml, /atom.xml, /feed.json and the same for each series.

    `live` are the articles that are public on this channel. Raises Blocked where two of them claim one id. Pure.
    """
    del channel
    forms: dict[str, Callable[[Feed], bytes]] = {"rss": _rss, "atom": _atom, "json": json_feed}
    for feed in feeds(publication, live):
        for form, make in forms.items():
            path = address.feed(form, feed.series.slug if feed.series else None)
            key = edition_key(VERSION, form, feed.key)
            yield EditionFile(path.strip("/"), Stage.FEEDS, key, partial(make, feed))


def _rss(feed: Feed) -> bytes:
    from renderers.feed.xml import rss

    return rss(feed)


def _atom(feed: Feed) -> bytes:
    from renderers.feed.xml import atom

    return atom(feed)


def json_feed(feed: Feed) -> bytes:
    """Return the feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    data: dict[str, Any] = {  # Any: JSON
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url("json"),
        "description": feed.description,
        "language": feed.publication.lang,
        "items": [_json_item(feed, item) for item in feed.items],
    }
    if feed.publication.feeds.hubs:
        data["hubs"] = [{"type": "WebSub", "url": str(hub)} for hub in feed.publication.feeds.hubs]
    if feed.series is not None and feed.series.closed:
        data["expired"] = True
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _json_item(feed: Feed, item: Item) -> dict[str, Any]:  # Any: JSON
    head = item.variant.head
    found: dict[str, Any] = {
        "id": item.id,
        "url": head.url,
        "title": item.title,
        "content_html": clean(item.variant.body),
        "summary": item.summary,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "language": head.lang,
    }
    if item.names:
        found["authors"] = [{"name": name} for name in item.names]
    if item.tags:
        found["tags"] = list(item.tags)
    if item.cover is not None:
        found["image"] = address.absolute(feed.publication.base_url, address.article_asset(head.slug, item.cover.name))
    return {key: value for key, value in found.items() if value}
