"""A paper with a site and a notice board (the kind of `examples/`, with its real server), and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.compose import House, open_house
from flows.stages.publishing import publish
from flows.stages.values import Published, PublishRequest, unwatched
from kawaraban.delivery import Delivery
from kawaraban.ledger import Scope
from tests.kinds import noticeboard

if TYPE_CHECKING:
    from examples.noticeboard.board import Board

TOKYO = ZoneInfo("Asia/Tokyo")
NOON = datetime(2024, 6, 18, 12, 0, tzinfo=TOKYO)
HOUR = timedelta(hours=1)
PUBLICATION = "name: 汀通信\nbase_url: https://example.com\nfirst_year: 2024\nnetwork: {private: true}\n"
ARTICLE = """---
id: {id}
title: {title}
slug: {slug}
status: {status}
published: {published}
---
本文です。
"""


@dataclass
class News:
    """A paper with a site and a notice board; `now` is what its clock shows."""

    root: Path
    board: Board
    now: datetime = NOON

    def house(self) -> House:
        return open_house(self.root, clock=lambda: self.now, who="汀")

    def write(self, slug: str, article: str, **changes: str) -> None:
        folder = self.root / "content" / "articles" / "2024" / slug
        folder.mkdir(parents=True, exist_ok=True)
        values = {"published": "2024-06-18T12:00:00+09:00", "status": "ready", "title": f"話 {slug}", **changes}
        (folder / "index.md").write_text(ARTICLE.format(id=article, slug=slug, **values), encoding="utf-8")

    def token(self, said: str) -> None:
        (self.root / "secrets").mkdir(exist_ok=True)
        (self.root / "secrets" / "board").write_text(f"{said}\n", encoding="utf-8")

    def channels(self, more: str = "") -> None:
        text = (
            "site: {kind: site, path: public}\n"
            f"board: {{kind: noticeboard, server: '{self.board.url}', token: {{file: secrets/board}}, after: site{more}}}\n"
        )
        (self.root / "config" / "channels.yaml").write_text(text, encoding="utf-8")

    def publish(self, *names: str, **request: object) -> Published:
        with self.house() as house:
            wanted = PublishRequest(names=names, **request)  # type: ignore[arg-type] # a request's own fields
            return publish(house, wanted, unwatched, now=self.now)

    def row(self, article: str, channel: str = "board") -> Delivery | None:
        with self.house() as house:
            return house.ledger.delivery(article, channel)

    def limit(self) -> int:
        with self.house() as house:
            able = house.capabilities(house.channel_settings("board"))
        assert able.text is not None
        return able.text.limit

    def held(self) -> list[str]:
        with self.house() as house:
            return [hold.why for hold in house.ledger.holds() if hold.scope == Scope(channel="board")]


@contextmanager
def newsroom(root: Path) -> Iterator[News]:
    """Make it, its token where the settings say."""
    (root / "config").mkdir(parents=True)
    (root / "content" / "articles").mkdir(parents=True)
    (root / "config" / "publication.yaml").write_text(PUBLICATION, encoding="utf-8")
    with noticeboard() as board:
        made = News(root, board)
        made.channels()
        made.token(board.token)
        yield made
