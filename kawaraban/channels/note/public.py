"""
note's public reading interface: GET /api/v3/notes/KEY, without a login.

A note that was deleted answers 200 with a status that says so; a draft or a scheduled note answers without its body;
403, 429, a challenge page or an answer of another shape say nothing about the note at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from kawaraban.channels.http import Answer, CantTell, Session
from kawaraban.errors import Sentence

_ABSENT = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})

Absence = Literal["deleted", "draft", "reserved", "frozen", "missing"]


@dataclass(frozen=True, slots=True)
class LiveNote:
    """A published note. None: the answer doesn't say. `body` is note's stored HTML, `tags` have no `#`."""

    key: str
    title: str
    body: str | None
    user: str | None
    tags: tuple[str, ...] | None
    price: int | None
    has_header: bool | None
    published_at: str


@dataclass(frozen=True, slots=True)
class NotLive:
    """The note is known not to be public, and why."""

    state: Absence


def read_note(session: Session, api: str, key: str) -> LiveNote | NotLive | CantTell:
    """Ask note for a note."""
    answer = session.ask(f"{api.rstrip('/')}/api/v3/notes/{key}", headers={"Accept": "application/json"})
    return answer if isinstance(answer, CantTell) else understood(answer, key)


def understood(answer: Answer, key: str) -> LiveNote | NotLive | CantTell:
    """Return what an answer says about the note `key`."""
    if answer.status in _ABSENT:
        return NotLive("missing")
    if answer.status != HTTPStatus.OK:
        return _cant_tell(f"noteの答えは {answer.status} でした", f"note answered {answer.status}")
    data = _data(answer.body)
    if data is None:
        return _cant_tell(
            "noteの答えが記事の形ではありません（確認の画面かもしれません）",
            "note's answer is no note (a challenge page?)",
        )
    if data.get("key") not in (None, key):
        return _cant_tell("noteが別の記事を答えました", "note answered with another note")
    return _judged(data, key)


def _judged(data: dict[str, object], key: str) -> LiveNote | NotLive | CantTell:
    status = data.get("status")
    if status in ("deleted", "draft", "reserved", "frozen"):
        return NotLive(status)
    title, body = data.get("name"), data.get("body")
    if not isinstance(title, str) or status not in (None, "published"):
        return _cant_tell("noteの答えの形が変わりました", "the form of note's answer has changed")
    user, price, published = data.get("user"), data.get("price"), data.get("publish_at")
    urlname = user.get("urlname") if isinstance(user, dict) else None
    return LiveNote(
        key=key,
        title=title,
        body=body if isinstance(body, str) else None,
        user=urlname if isinstance(urlname, str) and urlname else None,
        tags=_tags(data.get("hashtag_notes")),
        price=price if isinstance(price, int) else None,
        has_header=bool(data["eyecatch"]) if "eyecatch" in data else None,
        published_at=published if isinstance(published, str) else "",
    )


def _data(body: bytes) -> dict[str, object] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    data = answer.get("data") if isinstance(answer, dict) else None
    return data if isinstance(data, dict) else None


def _tags(found: object) -> tuple[str, ...] | None:
    return tuple(_tag_names(found)) if isinstance(found, list) else None


def _tag_names(found: list[object]) -> Iterator[str]:
    for entry in found:
        tag = entry.get("hashtag") if isinstance(entry, dict) else None
        name = tag.get("name") if isinstance(tag, dict) else None
        if isinstance(name, str):
            yield name.lstrip("#＃")


def _cant_tell(ja: str, en: str) -> CantTell:
    return CantTell(Sentence(ja=ja, en=en))
