"""
From a post's HTML to its text and links, whatever software made it, and when two texts are the same. Pure.

Mastodon hides parts of a link in spans and shortens the rest, Pleroma and snac write it out; all keep the address in `href`.
"""

from __future__ import annotations

import unicodedata

import regex
from lxml import etree, html

_BREAKS = {"br": "\n", "p": "\n\n", "li": "\n", "blockquote": "\n", "h2": "\n", "h3": "\n"}
_NO_ADDRESS = frozenset({"mention", "hashtag", "u-url"})
_NO_LETTER = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_LINK = regex.compile(r"https?://\S+")


def plain(content: str) -> str:
    """Return the text of a post's HTML; a shortened link is written out."""
    tree = _tree(content)
    if tree is None:
        return ""
    for link in tree.iter("a"):
        if _leads_away(link) and (address := link.get("href")):
            for inner in list(link):
                link.remove(inner)
            link.text = address
    for element in tree.iter(*_BREAKS):
        element.tail = _BREAKS[str(element.tag)] + (element.tail or "")
    return "".join(tree.itertext()).strip()


def links(content: str) -> tuple[str, ...]:
    """Return the addresses a post's HTML leads to, without its tags and mentions."""
    tree = _tree(content)
    if tree is None:
        return ()
    return tuple(href for link in tree.iter("a") if _leads_away(link) and (href := link.get("href")))


def links_in(text: str) -> tuple[str, ...]:
    """Return the addresses that stand in a plain text, up to the next white space."""
    return tuple(_LINK.findall(text))


def same(one: str, other: str) -> bool:
    """Whether two texts say the same, white space aside."""
    return _words(one) == _words(other)


def alike(one: str, other: str) -> bool:
    """Whether two texts have the same letters: signs may have become markup, as Markdown's do on some servers."""
    return same(one, other) or _letters(one) == _letters(other) != ""


def _tree(content: str) -> html.HtmlElement | None:
    try:
        return html.fragment_fromstring(content, create_parent="div")
    except (etree.ParserError, ValueError):
        return None


def _leads_away(link: html.HtmlElement) -> bool:
    return not _NO_ADDRESS & set((link.get("class") or "").split())


def _words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", unicodedata.normalize("NFC", text))
