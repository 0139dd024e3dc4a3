"""
A post as a record of `app.bsky.feed.post`, made of the payload alone: the same at every try. Pure.

Facets count UTF-8 bytes (app.bsky.richtext.facet). The server does not look at them, so they are checked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kawaraban.channels.bluesky.blob import Blob
from kawaraban.channels.bluesky.tid import tid
from kawaraban.channels.protocol import Payload
from kawaraban.counting import Measure, graphemes
from kawaraban.errors import Refused, Sentence
from kawaraban.variant import Asset, Card, Part, Span

POST = "app.bsky.feed.post"
MEASURE = Measure("graphemes", 300, max_bytes=3000)
IMAGES = 4
IMAGE_BYTES = 2_000_000  # app.bsky.embed.images
THUMB_BYTES = 1_000_000  # app.bsky.embed.external
_LONGEST_TAG = 64
_UNDATED = datetime(2024, 1, 1, tzinfo=UTC)

Json = Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Reference:
    """A record as another one points at it (com.atproto.repo.strongRef)."""

    uri: str
    cid: str

    @property
    def json(self) -> Json:
        """The reference as it stands in a record."""
        return {"uri": self.uri, "cid": self.cid}


@dataclass(frozen=True, slots=True)
class Answering:
    """What a later post of a thread answers to: the first one, and the one before it."""

    root: Reference
    parent: Reference


def post(payload: Payload, langs: Sequence[str], blobs: Mapping[str, Blob], answering: Answering | None) -> Json:
    """Return the record; `blobs` by asset name. Refused where the part's marks do not fit its text."""
    facets = [_facet(span) for span in _marks(payload.part)]
    embed = _embed(payload, blobs)
    return {
        "$type": POST,
        "text": payload.part.text,
        "createdAt": stamp(payload),
        "langs": list(langs),
        **({"facets": facets} if facets else {}),
        **({"embed": embed} if embed else {}),
        **({"reply": {"root": answering.root.json, "parent": answering.parent.json}} if answering else {}),
    }


def shown(payload: Payload) -> Json:
    """Return the record as readers would see it, before any picture is uploaded: to compare with, not to send."""
    blobs = {asset.name: Blob("", asset.media_type, 0) for asset in payload.variant.assets}
    return post(payload, (), blobs, None)


def rkey(payload: Payload, key: str) -> str:
    """Return the record key of the post that is sent under this idempotency key."""
    return tid(key, _since(payload))


def stamp(payload: Payload) -> str:
    """Return `createdAt`: when the intent was first written, to the millisecond."""
    return _since(payload).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def card_of(payload: Payload) -> Card | None:
    """Return the card of this post: the first one's, where it carries no pictures (a post has one embed)."""
    return payload.variant.card if payload.number == 1 and not payload.part.pictures else None


def pictures_of(payload: Payload) -> tuple[Asset, ...]:
    """Return what is uploaded for this post; Refused where one is missing, or has no alt text (a card has no place for it)."""
    card = card_of(payload)
    names = payload.part.pictures or ((card.picture,) if card and card.picture else ())
    found = [payload.variant.asset(name) for name in names]
    pictures = tuple(asset for asset in found if asset is not None)
    if len(pictures) != len(names) or len(pictures) > IMAGES:
        raise Refused(_PICTURES)
    if payload.part.pictures and any(not asset.alt.strip() for asset in pictures):
        raise Refused(_NO_ALT, remedy=_GIVE_ALT)
    return pictures


def must_fit(part: Part) -> None:
    """Raise Refused for a text that the network would refuse: too long in letters or in bytes."""
    if MEASURE.fits(part.text):
        return
    length, size = MEASURE.count(part.text), len(part.text.encode())
    raise Refused(
        Sentence(
            ja=f"Blueskyには長すぎます（{length}／300字、{size:,}／3,000バイト）",
            en=f"too long for Bluesky ({length} of 300 letters, {size:,} of 3,000 bytes)",
        ),
        remedy=Sentence(ja="text を短くしてください", en="shorten the article's `text` for this channel"),
    )


# --- facets ---


def _marks(part: Part) -> Iterator[Span]:
    """Yield the spans in order, each proven to be whole letters that say what they mark."""
    raw, reached = part.text.encode(), 0
    for span in sorted(part.spans, key=lambda one: one.start):
        if not (reached <= span.start < span.end <= len(raw)) or not _says(raw[span.start : span.end], span):
            raise Refused(_CROOKED)
        reached = span.end
        if span.kind == "link" or len(graphemes(span.target)) <= _LONGEST_TAG:
            yield span


def _says(raw: bytes, span: Span) -> bool:
    try:
        written = raw.decode()
    except UnicodeDecodeError:
        return False
    return written == (span.target if span.kind == "link" else f"#{span.target}")


def _facet(span: Span) -> Json:
    kind = {"link": "uri", "tag": "tag"}[span.kind]
    feature = {"$type": f"app.bsky.richtext.facet#{span.kind}", kind: span.target}
    return {"index": {"byteStart": span.start, "byteEnd": span.end}, "features": [feature]}


# --- card and pictures ---


def _embed(payload: Payload, blobs: Mapping[str, Blob]) -> Json | None:
    if payload.part.pictures:
        images = [_image(asset, blobs[asset.name]) for asset in pictures_of(payload)]
        return {"$type": "app.bsky.embed.images", "images": images}
    card = card_of(payload)
    if card is None:
        return None
    external: dict[str, Any] = {"uri": card.url, "title": card.title, "description": card.description}  # Any: JSON
    if card.picture:
        external["thumb"] = blobs[card.picture].json
    return {"$type": "app.bsky.embed.external", "external": external}


def _image(asset: Asset, blob: Blob) -> Json:
    ratio = {"width": asset.width, "height": asset.height}
    return {"image": blob.json, "alt": asset.alt, "aspectRatio": ratio}


def _since(payload: Payload) -> datetime:
    """Without a written intent (nothing but tests send so) it is the article's own date: the same at every try."""
    return payload.since or payload.variant.head.published or _UNDATED


_CROOKED = Sentence(
    ja="リンクやタグの位置が文と合わないので、送りませんでした",
    en="the marks of links and tags do not fit the text: nothing was sent",
)
_PICTURES = Sentence(ja="画像がそろわないので、送りませんでした", en="the pictures are not complete: nothing was sent")
_NO_ALT = Sentence(
    ja="代替テキストのない画像があるので、送りませんでした", en="a picture has no alternative text: nothing was sent"
)
_GIVE_ALT = Sentence(ja="画像に代替テキストを書いてください", en="write an alternative text for the picture")
