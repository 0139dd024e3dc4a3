"""What stands on Ghost against what was sent, in the words a person reads."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from kawaraban.channels.ghost.content import Content
from kawaraban.channels.ghost.entities import StoredPost, unmarked
from kawaraban.channels.ghost.naming import shows
from kawaraban.errors import Sentence
from kawaraban.variant import Asset

_CARD = re.compile(r"<!--kg-card-(?:begin|end): html-->")
_SOURCE = re.compile(r'(?<=\ssrc=")[^"]*')
_TITLE = Sentence(ja="題", en="the title")
_TEXT = Sentence(ja="本文", en="the text")
_EXCERPT = Sentence(ja="抜粋", en="the excerpt")
_CANONICAL = Sentence(ja="元の記事のURL", en="the address of the original")
_COVER = Sentence(ja="見出し画像", en="the feature image")
_TAGS = Sentence(ja="タグ", en="the tags")


def differences(
    post: StoredPost, content: Content, assets: Iterable[Asset], *, published: bool
) -> tuple[Sentence, ...]:
    """Return where a post differs from what was to stand there; `published`: readers were to see it."""
    return tuple(_differences(post, content, tuple(assets), published=published))


def _differences(
    post: StoredPost, content: Content, assets: tuple[Asset, ...], *, published: bool
) -> Iterator[Sentence]:
    if published and not post.public:
        yield Sentence(ja=f"公開の状態（{post.status}）", en=f"whether it is public (it is: {post.status})")
    if post.title != content.title.strip():
        yield _TITLE
    if _plain(_named(post.html or "", assets), post.url) != _plain(content.html, post.url):
        yield _TEXT
    if (post.custom_excerpt or "") != content.excerpt:
        yield _EXCERPT
    if (post.canonical_url or "") != content.canonical_url:
        yield _CANONICAL
    if not _same_cover(post, content.cover):
        yield _COVER
    if _folded(tag.name for tag in post.tags if not tag.internal) != _folded(content.tags):
        yield _TAGS


def _named(body: str, assets: tuple[Asset, ...]) -> str:
    """Put the pictures' own names back where their addresses stand."""

    def name_of(found: re.Match[str]) -> str:
        url = html.unescape(found[0])
        return next((f"asset:{asset.name}" for asset in assets if shows(url, asset)), found[0])

    return _SOURCE.sub(name_of, body)


def _plain(body: str, page: str) -> str:
    """
    Return HTML so that two ways to write one letter are equal, without the card's own comments and our mark.

    Ghost writes addresses of its own site (that of `page`) in its own way: with its scheme, and a slash behind the host.
    """
    host = re.escape(urlsplit(page).netloc)
    own = re.sub(rf'="(?:https?:)?//{host}(?=[/"?#])/?', '="//own/', body, flags=re.IGNORECASE) if host else body
    return html.unescape(_CARD.sub("", unmarked(own))).strip()


def _same_cover(post: StoredPost, cover: Asset | None) -> bool:
    if cover is None:
        return not post.feature_image
    return shows(post.feature_image or "", cover) and (post.feature_image_alt or "") == cover.alt.strip()


def _folded(names: Iterable[str]) -> list[str]:
    """Tags are equal in any letter case, and Ghost has each once; their order counts: the first is the post's own."""
    return list(dict.fromkeys(name.strip().casefold() for name in names))
