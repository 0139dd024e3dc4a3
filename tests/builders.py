"""Values that tests in every room start from. All text here is written for this project."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from kawaraban.article import reader
from kawaraban.article.model import Article, Picture
from kawaraban.config import ChannelSettings, Publication, ReleaseSettings, Series

NOW = datetime(2024, 11, 5, 0, 0, tzinfo=UTC)


def publication(**changes: Any) -> Publication:
    """A small paper at example.com with one series."""
    values: dict[str, Any] = {
        "name": "汀通信",
        "base_url": "https://example.com",
        "description": "川べりの編集室から、週に一度。",
        "tag_domain": "example.com,2024",
        "series": {
            "ame-no-kikikata": Series(slug="ame-no-kikikata", name="雨の聞き方", description="音の話を、ふたりで。")
        },
    }
    return Publication(**{**values, **changes})


def channel(
    name: str, kind: str | None = None, own: Mapping[str, Any] | None = None, **release: Any
) -> ChannelSettings:
    """A configured channel; `kind` defaults to the name (rss is of kind feed)."""
    default = {"rss": "feed"}.get(name, name)
    return ChannelSettings(name=name, kind=kind or default, own=own or {}, release=ReleaseSettings(**release))


MATTER = """id: 5r8w2kqd
title: 傘のしまい方――濡れたものの置き場所
slug: where-wet-things-go
series: 雨の聞き方
status: ready
published: 2024-06-18T07:00:00+09:00
speakers: [汀, Lio]
"""


def article(
    body: str = "雨の日の本文。\n", matter: str = MATTER, pictures: Mapping[str, Picture] | None = None
) -> Article:
    """An article of Markdown text, as the reader makes it."""
    text = f"---\n{matter}---\n{body}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return reader.parse(text, PurePosixPath("articles/2024/where-wet-things-go/index.md"), digest, pictures)
