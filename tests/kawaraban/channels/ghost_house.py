"""A ghost channel for tests, and what to send by it: an article with everything that is easily lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from kawaraban import registry
from kawaraban.article.model import Picture
from kawaraban.channels.conformance import KEY
from kawaraban.channels.ghost import Ghost
from kawaraban.channels.protocol import Payload, Surroundings
from kawaraban.config import NetworkSettings
from kawaraban.delivery import Receipt
from kawaraban.variant import Asset, PublicFacts, Variant
from tests.builders import article, channel, publication


def now() -> datetime:
    """The real time: a token is good for some minutes only."""
    return datetime.now(UTC)


def picture_bytes(asset: Asset) -> bytes:
    """A small picture of the asset's own colour."""
    with BytesIO() as out:
        colour = (int(asset.digest[:2], 16), int(asset.digest[2:4], 16), 90)
        Image.new("RGB", (48, 32), colour).save(out, asset.recipe.format)
        return out.getvalue()


def ghost(
    root: Path,
    server: str,
    key: str,
    *,
    clock: Callable[[], datetime] = now,
    bytes_of: Callable[[Asset], bytes] = picture_bytes,
    **own: Any,
) -> Ghost:
    """The channel, its key in a file below `root`."""
    (root / "ghost-key").write_text(f"{key}\n", encoding="utf-8")
    paper = publication(network=NetworkSettings(private=True))
    settings = channel("ghost", own={"server": server, "key": {"file": "ghost-key"}, **own})
    return Ghost(Surroundings(root, paper, settings, bytes_of, clock))


BODY = """｜傘《かさ》を**畳む**前に、しずくを切る。`__GHOST_URL__` と {{title}} は字のまま。

汀: <script>alert(1)</script> は文字です。

| 場所 | 乾くまで |
|---|---:|
| 玄関 | 3時間 |

![傘立ての図](stand.png)

```
if 雨 < 3 && "傘":
    干す()
```

## キーワード解説
::: glossary
用語 & "引用"

: <!--kg-card-end: html--> も字のまま。
:::
"""

MATTER = """id: 5r8w2kqd
title: 傘のしまい方――<濡れたもの> & "置き場所"
slug: where-wet-things-go
series: 雨の聞き方
status: ready
published: 2024-06-18T07:00:00+09:00
speakers: [汀, Lio]
description: 濡れた傘をどこに置くか。
tags: [傘, 玄関]
cover: {src: door.jpg, alt: 玄関に立てかけた傘, caption: 雨の朝}
"""

PICTURES: Mapping[str, Picture] = {
    "door.jpg": Picture("articles/2024/where-wet-things-go/door.jpg", "ab" * 32, 48, 32, "image/jpeg"),
    "stand.png": Picture("articles/2024/where-wet-things-go/stand.png", "cd" * 32, 48, 32, "image/png"),
}


def rendered(body: str = BODY, matter: str = MATTER, **own: Any) -> Variant:
    """The article as Ghost gets it."""
    made = channel("ghost", own={"server": "https://ghost.example.com", "key": {"env": "NONE"}, **own})
    return registry.renderer(made)(article(body, matter, PICTURES), publication(), made, PublicFacts())


@dataclass
class Tries:
    """What the ledger would do: it keeps a channel's note between tries, and hands it to the next one under the same key."""

    made: Ghost
    saved: str = ""
    notes: list[str] = field(default_factory=list)
    since: datetime | None = None

    def keep(self, note: str) -> None:
        self.saved = note
        self.notes.append(note)

    def create(self, variant: Variant, key: str = KEY) -> Receipt:
        return self.made.create(self._payload(variant), key, self.keep)

    def update(self, variant: Variant, receipt: Receipt, key: str = "2" * 32) -> Receipt:
        return self.made.update(self._payload(variant), receipt, key, self.keep)

    def find(self, variant: Variant, key: str = KEY) -> Receipt | None:
        return self.made.find(self._payload(variant), key)

    def _payload(self, variant: Variant) -> Payload:
        prepared = self.made.prepare(variant)
        return Payload(variant, prepared.body, prepared.media_type, since=self.since, saved=self.saved)
