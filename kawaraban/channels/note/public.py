"""
note's public reading interface: GET /api/v3/notes/KEY, without a login.

A note that was deleted answers 200 with a status that says so; a draft or a scheduled note answers without its body;
403, 429, a challenge page or an answer of another shape say nothing about the note at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal

from kawaraban.channels.http import Answer, CantTell, Session
from kawaraban.channels.http.hints import retry_after
from kawaraban.channels.note.pace import STOP
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


def read_note(session: Session, api: str, key: str, now: datetime) -> LiveNote | NotLive | CantTell:
    """Ask note for a note; after a 429 the answer's `after` says how long to leave note alone."""
    answer = session.ask(f"{api.rstrip('/')}/api/v3/notes/{key}", headers={"Accept": "application/json"})
    if isinstance(answer, CantTell):
        return answer
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return asked_to_wait(retry_after(answer.headers, answer.body, now) or STOP)
    return understood(answer, key)


def asked_to_wait(left: timedelta) -> CantTell:
    """Return what is known while note wants to be left alone: nothing."""
    seconds = max(1, round(left.total_seconds()))
    return CantTell(
        Sentence(
            ja=f"noteが待つように言っています（あと{seconds}秒）",
            en=f"note asks us to wait ({seconds} s left)",
        ),
        left,
    )


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
