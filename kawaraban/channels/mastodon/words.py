"""What is sent: the body of a new post and of an edit, made of nothing but the payload and the ids of its pictures. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from kawaraban.channels.mastodon.comparing import pictures_of
from kawaraban.channels.mastodon.note import Note
from kawaraban.channels.protocol import Payload


class AltText(BaseModel):
    """A picture of a post that is edited, and its alt text."""

    model_config = ConfigDict(frozen=True)

    id: str
    description: str


class Words(BaseModel):
    """
    The body of POST and PUT `/api/v1/statuses`.

    `content_type` keeps Pleroma, Akkoma and GoToSocial from reading Markdown; others pass it over.
    """

    model_config = ConfigDict(frozen=True)

    status: str
    media_ids: tuple[str, ...] = ()
    media_attributes: tuple[AltText, ...] | None = None
    language: str | None = None
    visibility: str | None = None
    in_reply_to_id: str | None = None
    content_type: Literal["text/plain"] = "text/plain"


def posted(payload: Payload, note: Note, *, visibility: str, answers: str | None) -> Words:
    """Return a new post; `answers` is the id of the post that it answers."""
    return Words(
        status=payload.part.text,
        media_ids=_ids(payload, note),
        language=_language(payload.variant.head.lang),
        visibility=visibility,
        in_reply_to_id=answers,
    )


def edited(payload: Payload, note: Note) -> Words:
    """Return an edit: it says all pictures and their alt texts again, since Mastodon removes what it leaves out."""
    ids = _ids(payload, note)
    assets = pictures_of(payload.variant, payload.part)
    alt = tuple(AltText(id=name, description=one.alt) for name, one in zip(ids, assets, strict=True))
    language = _language(payload.variant.head.lang)
    return Words(status=payload.part.text, media_ids=ids, media_attributes=alt or None, language=language)


def _ids(payload: Payload, note: Note) -> tuple[str, ...]:
    return tuple(name for one in pictures_of(payload.variant, payload.part) if (name := note.of(one)))


def _language(tag: str) -> str | None:
    """Return the ISO 639 code: servers take no region."""
    return tag.partition("-")[0].lower() or None
