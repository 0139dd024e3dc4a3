"""Feeds to look at: articles with everything in them, titles that are nasty, and the three forms of one edition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from kawaraban.article.model import Picture
from kawaraban.config import Publication
from kawaraban.edition import LiveArticle
from kawaraban.variant import PublicFacts
from renderers.feed import edition, render
from tests.builders import article, channel, publication

SINCE = datetime(2024, 7, 1, tzinfo=UTC)
NASTY = '記号 & <b>太字</b> ]]> "引用" 🤝🏽 AT&amp;T'
PICTURE = Picture("articles/2024/x/map.png", "ab" * 32, 1600, 900, "image/png")

BODY = """前書きは｜庇《ひさし》の下で**「強調」**から。

二段落目です。

::: dialogue
汀: 雨の音は[点]{.bouten}のよう[^1]。

Lio: [ここ](/articles/another/)と[あちら](#節)を読みました。

続けて言います。
:::

## 節

![地図](map.png "雨の地図")

| 屋根 | 音 |
|------|----|
| 瓦 | 低い |

```python
print("雨 < 晴 & 曇 ]]>")
```

$$
a < b
$$

https://example.com/embed

## キーワード解説

::: glossary
｜庇《ひさし》
: 小さな屋根
:::

::: {.notice about=note channels=site}
本稿は後日、noteでも公開します。
:::

[^1]: 註の本文。
"""


def matter(number: int, title: str = "屋根の雨", day: str = "2024-06-18", extra: str = "") -> str:
    return (
        f"id: 5r8w2kq{number}\ntitle: {title!r}\nslug: rain-{number}\nseries: 雨の聞き方\nstatus: ready\n"
        f"published: {day}T07:00:00+09:00\nspeakers: [汀, Lio]\ntags: [音, 'A & B/C']\n"
        "description: 屋根の材料で変わる雨の音を聞き分けます。\n"
        "sources:\n  - {title: The Roof, publication: Review, date: 2024-05-01, url: 'https://example.com/roof'}\n"
        f"cover: {{src: map.png, alt: 地図}}\n{extra}"
    )


def live(number: int, body: str = BODY, paper: Publication | None = None, **parts: Any) -> LiveArticle:
    made = article(body, matter(number, **parts), {"map.png": PICTURE})
    return LiveArticle(render(made, paper or publication(), channel("rss"), PublicFacts()), SINCE)


def written(items: Sequence[LiveArticle], paper: Publication | None = None) -> dict[str, bytes]:
    """Every feed file by its path."""
    return {file.path: file.make() for file in edition(paper or publication(), channel("rss"), items)}


def usual() -> list[LiveArticle]:
    return [
        live(1, title=NASTY, day="2024-06-25"),
        live(2, day="2024-06-18", extra="updated: 2024-06-20\n"),
        live(3, day="2024-06-11"),
    ]
