"""A root with many articles and one rehearsal channel of a given kind, on a server that counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2024, 11, 5, 0, 0, tzinfo=UTC)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

_PUBLICATION = """name: 試し刷り
base_url: https://example.com
tag_domain: example.com,2024
network: {private: true}
"""
_ARTICLE = """---
id: {id}
title: 試し刷り {number}{more}
slug: proof-{number}
status: ready
published: 2024-06-11T07:00:00+09:00
description: 何本もの記事を出して、途中で止めてみるための文章です。
---
{number}番目の試し刷りです。{more}
"""


def identity(number: int) -> str:
    """The id of an article by its number."""
    return "t" + "".join(_ALPHABET[(number // 32**place) % 32] for place in reversed(range(7)))


def set_up(root: Path, *, articles: int, kind: str, server: str, timeout: str = "5s", site: bool = False) -> list[str]:
    """Write settings and articles; return the articles' ids."""
    (root / "config").mkdir(parents=True)
    (root / "config" / "publication.yaml").write_text(_PUBLICATION, encoding="utf-8")
    stage = (
        f"stage:\n  kind: rehearsal\n  server: {server}\n  idempotency: {kind}\n  update: auto\n  timeout: {timeout}\n"
    )
    channels = ("site: {kind: site, path: public}\nrss: {kind: feed, site: site}\n" if site else "") + stage
    (root / "config" / "channels.yaml").write_text(channels, encoding="utf-8")
    return [write(root, number) for number in range(articles)]


def write(root: Path, number: int, more: str = "") -> str:
    """Write (or edit) one article; return its id."""
    folder = root / "content" / "articles" / "2024" / f"proof-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    text = _ARTICLE.format(id=identity(number), number=number, more=more)
    (folder / "index.md").write_text(text, encoding="utf-8")
    return identity(number)
