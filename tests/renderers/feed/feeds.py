"""Feeds to look at: articles with everything in them, titles that are nasty, and the three forms of one edition."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lxml import etree, html

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


EVERYTHING = """雨の｜拍《はく》を数える[^1]。*傾いた字*と`kawara < tin`、$a+b$。

::: dialogue
汀: [ぽつり]{.bouten}、と鳴りました。

Lio: それは~~一つ~~二つです。

- 瓦
- 草
  1. 茅
  2. 藁
:::

## 図と表

![樋の絵](map.png "縦の樋")

表: 屋根くらべ

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

> 静かな屋根。
> —— 古い手帳

## ポイント整理

::: key-points
- 音は知らせ
  - 遠い音ほど早い
:::

## キーワード解説

::: glossary
｜庇《ひさし》
: 小さな屋根
:::

::: {.only channels="note"}
noteだけの段落。
:::

::: {.notice about=note channels=site}
本稿は後日、noteでも公開します。
:::

[^1]: 註の本文。
    二行目。
"""
WHOLE = """sources:
  - {title: The Roof & the Rain, publication: Review, date: 2024-05-01, author: A. Tin, url: 'https://example.com/roof?a=1&b=2', summary: 屋根の記録}
  - {title: 手もとの覚え書き, publication: 私家版}
cover: {src: map.png, alt: 樋の絵}
updated: 2024-06-20
corrections:
  - {date: 2024-06-20, text: 二つを三つに改めた}
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


def odd(item: LiveArticle, head: Mapping[str, Any] | None = None, **values: Any) -> LiveArticle:
    """The same item with other values, as a foreign renderer or an old ledger might hold them."""
    changed = item.variant.model_copy(update={**values, "head": item.variant.head.model_copy(update=dict(head or {}))})
    return replace(item, variant=changed)


def everything() -> list[LiveArticle]:
    """One article with every kind of block, two sources, a cover and a correction; and a short one before it."""
    head = matter(1, title=NASTY).partition("sources:")[0] + WHOLE
    full = article(EVERYTHING, head, {"map.png": PICTURE})
    short = article("短い話。\n", matter(2, title="短い話", day="2024-06-11").partition("sources:")[0])
    return [LiveArticle(render(one, publication(), channel("rss"), PublicFacts()), SINCE) for one in (full, short)]


def written(items: Sequence[LiveArticle], paper: Publication | None = None) -> dict[str, bytes]:
    """Every feed file by its path."""
    return {file.path: file.make() for file in edition(paper or publication(), channel("rss"), items)}


def usual() -> list[LiveArticle]:
    return [
        live(1, title=NASTY, day="2024-06-25"),
        live(2, day="2024-06-18", extra="updated: 2024-06-20\n"),
        live(3, day="2024-06-11"),
    ]


FORMS = ("feed.xml", "atom.xml", "feed.json")
ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"


def tree(files: Mapping[str, bytes], path: str = "feed.xml") -> Any:
    """A feed in XML, parsed."""
    return etree.fromstring(files[path])


def items(files: Mapping[str, bytes], path: str = "feed.json") -> list[dict[str, Any]]:
    """The items of a JSON feed."""
    found: list[dict[str, Any]] = json.loads(files[path])["items"]
    return found


def page(content: str) -> Any:
    """HTML, parsed as a browser would."""
    return html.fromstring(content)


def pages(files: Mapping[str, bytes]) -> list[Any]:
    """Each item's content, parsed as a browser would."""
    return [page(item["content_html"]) for item in items(files)]


def contents(files: Mapping[str, bytes], path: str) -> list[str]:
    """Each item's HTML in one form."""
    if path.endswith(".json"):
        return [item["content_html"] for item in items(files, path)]
    name = f"{ATOM}content" if "atom" in path else f"{CONTENT}encoded"
    return [element.text for element in tree(files, path).iter(name)]
