"""
The message in each shape.

json: our own object, described in docs/channels/webhook.md. slack: an incoming webhook's `text` in mrkdwn. discord: a
webhook's `content` (at most 2,000 UTF-16 units) without mentions. In every shape the words are the variant's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from kawaraban.errors import Refused, Sentence
from kawaraban.variant import Variant

DISCORD_UNITS = 2000
SLACK_LETTERS = 40_000


def message(variant: Variant, shape: str) -> bytes:
    """Return the body to send; Refused where the shape has no room for the words. Pure, keys in a fixed order."""
    return json.dumps(_SHAPES[shape](variant), ensure_ascii=False, separators=(",", ":")).encode()


def _json(variant: Variant) -> Mapping[str, Any]:  # Any: JSON
    head = variant.head
    cover = variant.asset(head.cover)
    return {
        "type": "article.published",
        "id": head.article,
        "title": variant.title,
        "url": head.canonical_url or head.url,
        "text": variant.text,
        "description": head.description,
        "lang": head.lang,
        "series": head.series or None,
        "tags": list(head.tags),
        "authors": list(head.authors),
        "published": head.published.isoformat() if head.published else None,
        "updated": head.updated.isoformat() if head.updated else None,
        "image": {"url": f"{head.url}{cover.name}", "alt": cover.alt} if cover else None,
    }


def _slack(variant: Variant) -> Mapping[str, Any]:
    words = variant.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    _must_fit(len(words), SLACK_LETTERS, "Slack")
    return {"text": words, "unfurl_links": True}


def _discord(variant: Variant) -> Mapping[str, Any]:
    _must_fit(len(variant.text.encode("utf-16-le")) // 2, DISCORD_UNITS, "Discord")
    return {"content": variant.text, "allowed_mentions": {"parse": []}}


_SHAPES: Mapping[str, Callable[[Variant], Mapping[str, Any]]] = {"json": _json, "slack": _slack, "discord": _discord}


def _must_fit(length: int, limit: int, name: str) -> None:
    if length > limit:
        raise Refused(
            Sentence(ja=f"{name}には長すぎます（{length}／{limit}）", en=f"too long for {name} ({length} of {limit})"),
            remedy=Sentence(ja="text を短くしてください", en="shorten the article's `text` for this channel"),
        )
