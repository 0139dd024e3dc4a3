"""A root with many articles and one rehearsal channel of a given kind, on a server that counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2024, 11, 5, 0, 0, tzinfo=UTC)
LIMIT = 110
"""Letters of a post where texts are threads: the first holds the link, too; no two paragraphs fit into one."""
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
{own}---
{number}番目の試し刷りです。{more}
"""


def identity(number: int) -> str:
    """The id of an article by its number."""
    return "t" + "".join(_ALPHABET[(number // 32**place) % 32] for place in reversed(range(7)))


def set_up(  # noqa: PLR0913 - what a campaign varies
    root: Path,
    *,
    articles: int,
    kind: str,
    server: str,
    timeout: str = "5s",
    site: bool = False,
    posts: int = 0,
) -> list[str]:
    """Write settings and articles; return the articles' ids. With `posts` their texts are threads of so many."""
    (root / "config").mkdir(parents=True)
    (root / "config" / "publication.yaml").write_text(_PUBLICATION, encoding="utf-8")
    stage = (
        f"stage:\n  kind: rehearsal\n  server: {server}\n  idempotency: {kind}\n  update: auto\n  timeout: {timeout}\n"
    )
    if posts:
        stage += f"  limit: {LIMIT}\n"
    channels = ("site: {kind: site, path: public}\nrss: {kind: feed, site: site}\n" if site else "") + stage
    (root / "config" / "channels.yaml").write_text(channels, encoding="utf-8")
    return [write(root, number, posts=posts) for number in range(articles)]


def write(root: Path, number: int, more: str = "", posts: int = 0) -> str:
    """Write (or edit) one article; return its id. With `posts` its text is a thread of so many (one: a single post)."""
    folder = root / "content" / "articles" / "2024" / f"proof-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    text = _ARTICLE.format(id=identity(number), number=number, more=more, own=_own(number, more, posts))
    (folder / "index.md").write_text(text, encoding="utf-8")
    return identity(number)


def _own(number: int, more: str, posts: int) -> str:
    if not posts:
        return ""
    said = (f"      {number}番目の、{part}つめの投稿です。{_LONG}{more}\n\n" for part in range(1, posts + 1))
    return f"channels:\n  stage:\n    text: |\n{''.join(said)}"


_LONG = "朝の川のように、とぎれずに、ひとつまたひとつとつづいていき、おしまいまで順番どおりに読めるはずです。"
