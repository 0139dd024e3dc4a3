"""
From a variant to the fields of a post. Pure; Refused where Ghost would not take them.

The body is one HTML card (Lexical node `html`): Ghost keeps it as it is, while HTML that it converts loses ruby, comments
and the space in code. A wrapper around it would take the theme's spacing between paragraphs away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kawaraban import address
from kawaraban.channels.ghost.entities import Mark
from kawaraban.channels.ghost.settings import GhostSettings
from kawaraban.errors import Refused, Sentence
from kawaraban.variant import Asset, Variant

# Ghost 6: core/server/data/schema; letters are code points
TITLE = 255
EXCERPT = 300
ALT = 191
_BORDER = re.compile(r".*[。！？.!?]", re.DOTALL)
_UPLOADED = "asset:"
_OWN_ADDRESS = "__GHOST_URL__"  # Ghost puts the site's address where this stands


@dataclass(frozen=True, slots=True)
class Content:
    """What a post says. `html` has `asset:NAME` where a picture's address goes; `cover` is an asset, or None."""

    article: str
    title: str
    slug: str
    html: str
    excerpt: str
    canonical_url: str
    tags: tuple[str, ...]
    cover: Asset | None
    published: datetime | None

    def body(self, pictures: Mapping[str, str], mark: Mark | None = None) -> str:
        """Return the HTML of the card: the pictures' addresses by their assets' names, and our mark."""
        html = self.html
        for name, url in pictures.items():
            html = html.replace(f'"{_UPLOADED}{name}"', f'"{url}"')
        return f"{mark.written if mark else ''}{html}"

    def fields(self, pictures: Mapping[str, str], mark: Mark | None = None) -> dict[str, Any]:  # Any: JSON
        """Return what a request says of the post, whatever its status."""
        cover = pictures.get(self.cover.name) if self.cover else None
        return {
            "title": self.title,
            "lexical": _card(self.body(pictures, mark)),
            "custom_excerpt": self.excerpt or None,
            "canonical_url": self.canonical_url,
            "feature_image": cover,
            "feature_image_alt": self.cover.alt.strip() if self.cover and cover else None,
        }

    def published_at(self, now: datetime) -> str:
        """Return the date of the post: the article's own, and never one to come."""
        moment = min(self.published, now) if self.published else now
        return moment.isoformat(timespec="milliseconds")


def content_of(variant: Variant, settings: GhostSettings) -> Content:
    """Return what is posted of a variant; Refused where a length is over Ghost's."""
    head = variant.head
    cover = variant.asset(head.cover) if head.cover else None
    _must_fit(variant.title, TITLE, _TITLE, _SHORTER_TITLE)
    _must_fit(cover.alt if cover else "", ALT, _ALT, _SHORTER_ALT)
    series = (head.series,) if settings.series and head.series else ()
    return Content(
        article=variant.article,
        title=variant.title,
        slug=head.slug,  # ASCII: Ghost would romanise Japanese as if it were Chinese
        html=variant.body.replace(_OWN_ADDRESS, "__GHOST&#95;URL__"),
        excerpt=within(head.description, EXCERPT) if settings.excerpt else "",
        canonical_url=canonical_of(variant),
        tags=tuple(dict.fromkeys(_tags((*series, *head.tags)))),
        cover=cover,
        published=head.published,
    )


def _tags(names: Iterable[str]) -> Iterator[str]:
    """Yield the names without what would make them internal in Ghost: `#` at their head."""
    return (name for name in (written.strip().lstrip("#＃").strip() for written in names) if name)


def canonical_of(variant: Variant) -> str:
    """Return the address of the original, in ASCII: Ghost refuses another."""
    return address.encoded(variant.head.canonical_url or variant.head.url)


def within(text: str, limit: int) -> str:
    """Return a text that fits, cut behind a sentence where one ends in it, else at the limit."""
    if len(text) <= limit:
        return text
    sentence = _BORDER.match(text[:limit])
    return sentence[0] if sentence else f"{text[: limit - 1]}…"


def _card(html: str) -> str:
    """Return a document with one HTML card (Lexical, as Ghost's editor saves it)."""
    card = {"type": "html", "version": 1, "html": html}
    root = {"children": [card], "direction": None, "format": "", "indent": 0, "type": "root", "version": 1}
    return json.dumps({"root": root}, ensure_ascii=False, separators=(",", ":"))


def _must_fit(words: str, limit: int, what: Sentence, remedy: Sentence) -> None:
    if len(words) > limit:
        said = {"length": len(words), "limit": limit}
        raise Refused(Sentence(ja=what.ja.format(**said), en=what.en.format(**said)), remedy=remedy)


_TITLE = Sentence(
    ja="題がGhostには長すぎます（{length}／{limit}字）", en="the title is too long for Ghost ({length} of {limit})"
)
_SHORTER_TITLE = Sentence(
    ja="記事の channels に、このチャンネルだけの短い title を書いてください",
    en="write a shorter `title` for this channel into the article's `channels`",
)
_ALT = Sentence(
    ja="見出し画像の説明（alt）がGhostには長すぎます（{length}／{limit}字）",
    en="the cover's description (alt) is too long for Ghost ({length} of {limit})",
)
_SHORTER_ALT = Sentence(ja="cover の alt を短くしてください", en="shorten the cover's `alt`")
