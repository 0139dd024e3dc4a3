"""schema.org data of an article's page: BlogPosting with its citations (https://schema.org/BlogPosting)."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from kawaraban import address
from kawaraban.config import Publication
from kawaraban.variant import Head, SourceNote
from renderers.site.cards import Card
from renderers.site.dates import machine

# what must not stand as it is inside a script element (HTML 4.12.1.3) or in old JavaScript strings
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def blog_posting(card: Card, publication: Publication) -> Markup:
    """Return the page's JSON-LD, safe inside a script element."""
    head, zone = card.head, publication.zone
    data: dict[str, Any] = {  # Any: schema.org values nest freely
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": card.title,
        "inLanguage": head.lang,
        "url": head.url,
        "mainEntityOfPage": head.url,
        "datePublished": machine(card.shown, zone),
        "dateModified": machine(head.updated or card.shown, zone),
        "author": _authors(head, publication),
        "publisher": {"@type": "Organization", "name": publication.name, "url": publication.base_url},
        **_optional(card, publication),
    }
    written = json.dumps(data, ensure_ascii=False, indent=1)
    for sign, escape in _ESCAPES.items():
        written = written.replace(sign, escape)
    return Markup(written)  # noqa: S704 - JSON without any sign that could end the element


def _optional(card: Card, publication: Publication) -> dict[str, Any]:
    head, zone = card.head, publication.zone
    found: dict[str, Any] = {
        "alternativeHeadline": head.short_title,
        "description": head.description,
        "isPartOf": {"@type": "CreativeWorkSeries", "name": head.series} if head.series else None,
        "position": card.number,
        "keywords": list(head.tags),
        "image": address.absolute(publication.base_url, card.asset_path(card.cover)) if card.cover else None,
        "citation": [_citation(source, zone) for source in head.sources],
        "correction": [
            {"@type": "CorrectionComment", "text": entry.text, "datePublished": machine(entry.date, zone)}
            for entry in head.corrections
        ],
    }
    return {name: value for name, value in found.items() if value}


def _authors(head: Head, publication: Publication) -> list[dict[str, str]]:
    names = head.authors or head.speakers
    return [{"@type": "Person", "name": name} for name in names] or [
        {"@type": "Organization", "name": publication.name}
    ]


def _citation(source: SourceNote, zone: ZoneInfo) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "Article",
        "name": source.title,
        "author": {"@type": "Person", "name": source.author} if source.author else None,
        "isPartOf": {"@type": "Periodical", "name": source.publication} if source.publication else None,
        "datePublished": machine(source.date, zone),
        "abstract": source.summary,
        "inLanguage": source.lang,
        "url": source.url,
    }
    return {name: value for name, value in found.items() if value}
