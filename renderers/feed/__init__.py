"""
Feeds: an article as an item, and the edition of RSS 2.0, Atom 1.0 and JSON Feed 1.1 for the site and each series.

    item        render: Article → Variant (whole content, absolute addresses)
    edition     the feed files, lazily        shelf       which items a feed shows, its ids and dates
    xml         RSS and Atom by feedgen       extension   what feedgen can't say, as its own extensions
"""

from renderers.feed.edition import edition
from renderers.feed.item import render

__all__ = ["edition", "render"]
