"""
Which of our posts on a channel are which articles: by the address they lead to, and, where that is wanted, by title.

Pure, and below the channels: each may use `recalled` for its `recall`, and `adopt` uses `matches`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from kawaraban import address
from kawaraban.channels.protocol import Post
from kawaraban.delivery import Receipt
from kawaraban.variant import Variant

How = Literal["address", "title"]

_TRACKING = frozenset({"fbclid", "gclid", "dclid", "msclkid", "twclid", "yclid", "igshid", "mc_cid", "mc_eid", "_gl"})
_DEFAULT_PORTS = frozenset({80, 443})
_INDEX = "/index.html"
_WRITTEN = re.compile(r"https?://[^\s<>\"'、。，．）」』】〉》]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """
    The posts that may be one article's, the likeliest first, and by what they were found.

    `shared` are the other articles that claim the first of them, too.
    """

    article: str
    how: How
    posts: tuple[Post, ...]
    shared: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether there is one post only, and nobody else claims it."""
        return len(self.posts) == 1 and not self.shared


def matches(posts: Iterable[Post], variants: Sequence[Variant], *, by_title: bool = False) -> tuple[Match, ...]:
    """
    Return what was found of these articles, in their order; what is missing was not found.

    A title counts only where no address does: neither of the article nor of the post.
    """
    there = list(posts)
    found: dict[str, tuple[How, tuple[Post, ...]]] = {}
    for variant in variants:
        own = addresses(variant)
        if leading := [post for post in there if own & _leads(post)]:
            found[variant.article] = ("address", _ranked(leading, variant, own))
    if by_title:
        settled = {post.receipt.remote_id for _, claimed in found.values() for post in claimed}
        rest = [post for post in there if post.receipt.remote_id not in settled]
        for variant in variants:
            if variant.article not in found and (named := [post for post in rest if _titled(post, variant)]):
                found[variant.article] = ("title", tuple(named))
    return tuple(
        Match(article, how, claimed, _others(article, claimed[0], found)) for article, (how, claimed) in found.items()
    )


def recalled(posts: Iterable[Post], variants: Sequence[Variant]) -> dict[str, Receipt]:
    """
    Return the post of each of these articles that is there, found by address only; no post is given to two articles.

    Of several posts that lead to an article it is the one that says what we would say, then one that leads nowhere else
    among the asked, then the newest (`posts` are given newest first): never a round-up where the article's own post is there.
    """
    taken: dict[str, Receipt] = {}
    names: set[str] = set()
    for match in sorted(matches(posts, variants), key=lambda one: (len(one.posts), one.article)):
        free = next((post.receipt for post in match.posts if post.receipt.remote_id not in names), None)
        if free is not None:
            taken[match.article] = free
            names.add(free.remote_id)
    return taken


def addresses(variant: Variant) -> frozenset[str]:
    """Return the addresses that mean this article, comparable: its page, its canonical address, its earlier pages."""
    head = variant.head
    base = head.url.removesuffix(address.article(head.slug))
    earlier = (address.absolute(base, alias) for alias in head.aliases)
    written = (head.url, head.canonical_url, variant.card.url if variant.card else "", *earlier)
    return frozenset(comparable(one) for one in written if one)


def links_in(text: str) -> tuple[str, ...]:
    """Return the addresses that stand in a plain text, in order: what a post leads to where its server does not say."""
    return tuple(found.rstrip(".,;:!?)") for found in _WRITTEN.findall(text))


def comparable(url: str) -> str:
    """
    Return an address so that two spellings of one page are equal; it is not meant to be opened.

    Scheme, letter case and IDNA of the host, default ports, percent-encoding, NFC, a trailing slash or
    `index.html`, parameters that only count visitors, their order, and the fragment make no difference.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:  # no address at all: equal to itself only
        return url.strip()
    where = host if port is None or port in _DEFAULT_PORTS else f"{host}:{port}"
    path = "/".join(quote(unicodedata.normalize("NFC", unquote(part)), safe="") for part in parts.path.split("/"))
    query = sorted((key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _counts(key))
    tail = f"?{urlencode(query)}" if query else ""
    return f"//{where}{path.removesuffix(_INDEX).rstrip('/')}{tail}"


def folded(title: str) -> str:
    """Return a title so that two ways to write it are equal: NFKC, letter case, white space."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


# --- comparing ---


def _leads(post: Post) -> frozenset[str]:
    return frozenset(comparable(link) for link in post.links)


def _ranked(posts: Sequence[Post], variant: Variant, own: frozenset[str]) -> tuple[Post, ...]:
    """The likeliest first: it says what we would say; it leads to nothing else; it is newer (the order it came in)."""
    said = _words(variant.part(1).text)
    return tuple(sorted(posts, key=lambda post: (_words(post.text) != said, not _leads(post) <= own)))


def _words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _titled(post: Post, variant: Variant) -> bool:
    """Whether the post's title, or the first line of a post that has none, is the article's."""
    written = post.title or post.text.strip().partition("\n")[0]
    names = {folded(name) for name in (variant.title, variant.head.short_title) if name.strip()}
    return folded(written) in names


def _others(article: str, post: Post, found: dict[str, tuple[How, tuple[Post, ...]]]) -> tuple[str, ...]:
    name = post.receipt.remote_id
    return tuple(
        other
        for other, (_, claimed) in found.items()
        if other != article and any(one.receipt.remote_id == name for one in claimed)
    )


def _host(host: str) -> str:
    """Letter case and IDNA make no difference; a host that IDNA can't write stays as it is."""
    try:
        return host.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        return host.rstrip(".").lower()


def _counts(parameter: str) -> bool:
    name = parameter.lower()
    return name.startswith("utm_") or name in _TRACKING
