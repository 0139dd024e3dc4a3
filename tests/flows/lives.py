"""A paper with a site, a feed, note and a webhook on real servers of loopback, and a clock that is moved by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flows.compose import House, open_house
from flows.stages import looking
from flows.stages.publishing import publish
from flows.stages.recording import record
from flows.stages.values import Published, PublishRequest, unwatched
from kawaraban.delivery import Delivery
from kawaraban.variant import Variant
from tests.kawaraban.channels.crawl import Crawler
from tests.servers.note import NoteServer, note_server
from tests.servers.posts import PostServer, post_server

SEVEN = datetime.fromisoformat("2024-11-05T07:00:00+09:00")
ID, SLUG, KEY, BASE = "7ra1ny7a", "rain", "n4f0c7b884789", "https://example.com"

_PUBLICATION = "name: 汀通信\nbase_url: https://example.com\ntag_domain: example.com,2024\nnetwork: {{private: true}}\n"
_CHANNELS = """site: {{kind: site, path: public}}
rss: {{kind: feed, site: site, after: site, delay: 10m}}
note: {{kind: note, user: migiwa, after: site, path: packages/note, api: "{note}"}}
hook: {{kind: webhook, url: "{posts}/hook", after: site}}
"""
_ARTICLE = """---
id: {id}
title: {title}
slug: {slug}
status: ready
published: 2024-11-05T07:00:00+09:00
description: 屋根を流れる水の音について、朝のうちに書きとめたこと。
tags: [雨]
{more}---
{body}
"""


@dataclass
class Life:
    """One paper and its servers. `now` is what its clock shows."""

    root: Path
    house: House
    note: NoteServer
    posts: PostServer
    now: datetime = SEVEN
    crawler: Crawler = field(init=False)

    def __post_init__(self) -> None:
        self.crawler = Crawler(self.root / "public", BASE)

    # --- what an editor does ---

    @property
    def file(self) -> Path:
        return self.root / "content" / "articles" / "2024" / SLUG / "index.md"

    def write(self, body: str = "雨の日の本文。", title: str = "雨樋の音を聞く", more: str = "") -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(_ARTICLE.format(id=ID, slug=SLUG, title=title, body=body, more=more), encoding="utf-8")

    def at(self, hours: float = 0, minutes: float = 0) -> datetime:
        """Move the clock to so long after seven."""
        self.now = SEVEN + timedelta(hours=hours, minutes=minutes)
        return self.now

    def publish(self, *names: str, **asked: Any) -> Published:
        """Publish, and see that nothing public links to what is not there."""
        done = publish(self.house, PublishRequest(names=names, **asked), unwatched, now=self.now)
        assert self.crawler.dead() == []
        return done

    def post_to_note(self) -> None:
        """Paste the package as it lies there, and record it."""
        variant = self.kept(self.row("note").handed_over)
        stored = next(one.text for one in variant.flavours if one.media_type == "text/x-note-html")
        self.note.publish(KEY, variant.title, stored, hashtag_notes=self.note.tagged(*variant.head.hashtags))
        record(self.house, ID, "note", f"https://note.com/migiwa/n/{KEY}", unwatched, now=self.now)

    def delete_note(self) -> None:
        """Delete it there, as its author would."""
        self.note.notes.pop(KEY)

    # --- how it stands ---

    def words(self) -> dict[str, str]:
        rows = looking.status(self.house, [ID], now=self.now)
        return {row.channel: row.word.value for row in rows}

    def row(self, channel: str) -> Delivery:
        found = self.house.ledger.delivery(ID, channel)
        assert found is not None
        return found

    def kept(self, digest: str | None) -> Variant:
        found = self.house.ledger.variant(digest or "")
        assert found is not None
        return found

    def public(self, path: str = f"articles/{SLUG}/index.html") -> str:
        file = self.root / "public" / path
        return file.read_text(encoding="utf-8") if file.is_file() else ""

    def entries(self) -> list[str]:
        return [item["content_html"] for item in json.loads(self.public("feed.json") or '{"items": []}')["items"]]


@contextmanager
def life(root: Path, more: str = "") -> Iterator[Life]:
    """Make it, with its article written and nothing published; `more` channels as YAML."""
    with note_server() as note, post_server() as posts:
        (root / "config").mkdir(parents=True)
        (root / "config" / "publication.yaml").write_text(_PUBLICATION.format(), encoding="utf-8")
        channels = _CHANNELS.format(note=note.url, posts=posts.url)
        (root / "config" / "channels.yaml").write_text(channels + more, encoding="utf-8")
        held: list[Life] = []
        with open_house(root, clock=lambda: held[0].now if held else SEVEN, who="editor") as house:
            held.append(Life(root, house, note, posts))
            held[0].write()
            yield held[0]
