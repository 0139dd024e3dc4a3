"""What stands on WordPress against what was sent, in the words a person reads; and to what it leads. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from lxml import etree, html

from kawaraban.channels.listed import addresses, comparable, links_in
from kawaraban.channels.wordpress.content import Uploaded, body
from kawaraban.channels.wordpress.entities import StoredPost
from kawaraban.errors import Sentence, alike
from kawaraban.variant import Variant

_SHOWN = 24  # letters of a place that is quoted
_STATUSES = {
    "draft": Sentence(ja="下書き", en="a draft"),
    "pending": Sentence(ja="承認待ち", en="pending review"),
    "future": Sentence(ja="予約", en="scheduled"),
    "private": Sentence(ja="非公開", en="private"),
    "trash": Sentence(ja="ゴミ箱", en="in the trash"),
}
_EXCERPT = Sentence(ja="抜粋", en="the excerpt")
_COVER = Sentence(ja="アイキャッチ画像", en="the featured image")


def differences(post: StoredPost, variant: Variant, uploaded: Uploaded, *, public: bool) -> tuple[Sentence, ...]:
    """Return where a post differs from what was to stand there; `public`: readers were to see it."""
    return tuple(_differences(post, variant, uploaded, public=public))


def _differences(post: StoredPost, variant: Variant, uploaded: Uploaded, *, public: bool) -> Iterator[Sentence]:
    if public and not post.public:
        how = _STATUSES.get(post.status, alike(post.status))
        yield Sentence(ja=f"公開されていません（{how.ja}）", en=f"it is not public ({how.en})")
    if post.title.plain != " ".join(variant.title.split()):
        yield Sentence(ja=f"題名：{post.title.plain}", en=f"the title: {post.title.plain}")
    place = _first_difference(post.content.raw, body(variant, uploaded))
    if place is not None:
        yield Sentence(ja=f"本文：{place.ja}", en=f"the text: {place.en}")
    if post.excerpt.plain != " ".join(variant.head.description.split()):
        yield _EXCERPT
    cover = uploaded.get(variant.head.cover)
    if cover is not None and post.featured_media != cover.id:
        yield _COVER


def links(post: StoredPost) -> tuple[str, ...]:
    """Return the addresses a post leads to, in order."""
    root = _parsed(post.content.raw)
    hrefs = (str(element.get("href")) for element in root.iter("a") if element.get("href"))
    return tuple(dict.fromkeys((*hrefs, *links_in(text(post)))))


def text(post: StoredPost) -> str:
    """Return the words of a post, one block a line."""
    return "\n".join(filter(None, (" ".join(part.split()) for part in _words(_parsed(post.content.raw)))))


def leads_to(post: StoredPost, variant: Variant) -> bool:
    """Return whether a post leads to the article's page."""
    own = addresses(variant)
    return any(comparable(link) in own for link in links(post))


def titled(post: StoredPost, variant: Variant) -> bool:
    """Return whether a post has the article's title."""
    return _folded(post.title.plain) == _folded(variant.title)


def taken(post: StoredPost | None, slug: str) -> Sentence:
    """Say that the slug belongs to another post (None: one that we can't see, or a word WordPress keeps for itself)."""
    where_ja = f"別の投稿「{post.title.plain}」（{post.link}）" if post else "見えない投稿か、WordPress自身"
    where_en = (
        f"another post, `{post.title.plain}` ({post.link})" if post else "a post we can't see, or WordPress itself"
    )
    return Sentence(
        ja=f"スラッグ {slug} は{where_ja}が使っています。何も書き換えていません",
        en=f"the slug {slug} is used by {where_en}; nothing was changed",
    )


# --- bodies -----------------------------------------------------------------------------------------------------------


def _first_difference(there: str, sent: str) -> Sentence | None:
    """Return the first place at which two bodies differ to a reader, or None. Block comments are no difference."""
    if there.strip() == sent.strip():
        return None
    live, ours = list(_seen(_parsed(there))), list(_seen(_parsed(sent)))
    if live == ours:
        return None
    place = next((at for at, (one, other) in enumerate(zip(live, ours, strict=False)) if one != other), None)
    place = min(len(live), len(ours)) if place is None else place
    stands, wanted = _quoted(live, place), _quoted(ours, place)
    return Sentence(ja=f"「{stands}」（送ったのは「{wanted}」）", en=f"`{stands}` (sent was `{wanted}`)")


def _quoted(seen: list[str], place: int) -> str:
    said = seen[place] if place < len(seen) else ""
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def _seen(root: html.HtmlElement) -> Iterator[str]:
    """Yield elements with their attributes, and the words between them: kses and the editor write both in their own way."""
    for element in root.iter():
        if isinstance(element.tag, str) and element is not root:
            yield "".join((f"<{element.tag}", *(f' {name}="{value}"' for name, value in sorted(element.items())), ">"))
            yield from filter(None, [_plain(element.text)])
        yield from filter(None, [_plain(element.tail) if element is not root else _plain(root.text)])


def _words(root: html.HtmlElement) -> Iterator[str]:
    part = ""
    for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
        if event == "start":
            part += element.text or ""
            continue
        if event == "comment" or element.tag in _BLOCKS:
            yield part
            part = ""
        part += element.tail or "" if element is not root else ""
    yield part


_BLOCKS = frozenset(
    {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dt", "dd", "figcaption", "pre", "br", "div"}
)


def _plain(words: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", words or "").split())


def _parsed(raw: str) -> html.HtmlElement:
    try:
        return html.fragment_fromstring(raw or " ", create_parent="div")
    except (etree.ParserError, ValueError):  # an XML declaration, or letters that no HTML has: it says nothing
        return html.Element("div")


def _folded(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())
