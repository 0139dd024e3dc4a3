"""A root with one channel, whose articles carry a picture of their own; a text can be several posts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.faults.paper import identity

SECRET = "secret"  # noqa: S105 - the name of a file
ORDINALS = ("一つめ", "二つめ", "三つめ", "四つめ")
LIMIT = 300
"""Letters of a post: no two paragraphs fit into one."""

_PUBLICATION = """name: 試し刷り
base_url: https://example.com
tag_domain: example.com,2024
network: {private: true}
"""
_ARTICLE = """---
id: {id}
title: {mark} {edition}の試し刷り
slug: proof-{number}
status: ready
published: 2024-06-11T07:00:00+09:00
description: 何本もの記事を出して、途中で止めてみるための文章です。
cover: {{src: cover.png, alt: 試し刷りの表紙}}
tags: [札{number}]
{more}---
{mark}です。{edition}を刷りました。

![刷り上がりの図](figure.png)
"""
_LONG = "朝の川のように、とぎれずに、ひとつまたひとつとつづいていき、おしまいまで順番どおりに読めるはずです。" * 3


@dataclass(frozen=True)
class Writing:
    """One article as its editor has it: its number, which edition, as how many posts, whether it is to go."""

    number: int
    edition: int = 1
    posts: int = 1
    withdrawn: bool = False

    @property
    def id(self) -> str:
        return identity(self.number)

    @property
    def mark(self) -> str:
        """What stands in every post of the article, and in no other's."""
        return f"記事{self.number:04d}"

    @property
    def words(self) -> str:
        """What only this edition says."""
        return f"第{self.edition:03d}版"

    def edited(self, posts: int = 0) -> Writing:
        return replace(self, edition=self.edition + 1, posts=posts or self.posts)

    def write(self, root: Path) -> None:
        folder = root / "content" / "articles" / "2024" / f"proof-{self.number}"
        if not folder.exists():
            folder.mkdir(parents=True)
            for file, size in (("cover.png", 64), ("figure.png", 48)):
                (folder / file).write_bytes(_picture(self.number, size))
        gone = "withdrawn: {at: 2024-06-12, reason: 試し刷りなので}\n" if self.withdrawn else ""
        more = f"channels:\n  stage:\n    text: |\n{self._text()}{gone}"
        text = _ARTICLE.format(id=self.id, number=self.number, mark=self.mark, edition=self.words, more=more)
        (folder / "index.md").write_text(text, encoding="utf-8")

    def _text(self) -> str:
        paragraphs = (f"{self.mark}、{self.words}の{ORDINALS[part]}です。{_LONG}" for part in range(self.posts))
        return "".join(f"      {paragraph}\n\n" for paragraph in paragraphs)


def set_up(root: Path, settings: str, secret: str) -> None:
    """Write the settings of the one channel `stage`, whose secret lies in a file."""
    (root / "config").mkdir(parents=True)
    (root / "config" / "publication.yaml").write_text(_PUBLICATION, encoding="utf-8")
    common = f"{settings}, update: auto, backfill: true, burst: 1000"
    (root / "config" / "channels.yaml").write_text(f"stage: {{{common}}}\n", encoding="utf-8")
    (root / SECRET).write_text(secret, encoding="utf-8")


def _picture(number: int, size: int) -> bytes:
    colour = (number * 37 % 256, number * 91 % 256, number // 256)
    with BytesIO() as out:
        Image.new("RGB", (size, 40), colour).save(out, "PNG")
        return out.getvalue()
