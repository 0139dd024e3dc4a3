"""A reader crawls the site while publishers are killed in the middle of writing it: no link is ever dead."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from tests.faults import paper
from tests.faults.senders import ROUND, counting_server, ended, in_a_child, publishing

_LINK = re.compile(r'(?:href|src)="([^"#]+)|<loc>([^<]+)</loc>|<link>([^<]+)</link>')
_BASE = "https://example.com"


@dataclass
class Crawler:
    """What a reader found: pages read, and links that led nowhere (each looked at twice: a page may be newer than its link)."""

    folder: Path
    read: int = 0
    dead: list[str] = field(default_factory=list)

    def crawl(self) -> None:
        """Follow every link from home, feed and sitemap once."""
        waiting, seen = ["/", "/feed.xml", "/sitemap.xml"], set()
        if not (self.folder / "index.html").is_file():
            return
        while waiting:
            address = waiting.pop()
            if address in seen:
                continue
            seen.add(address)
            text = self._text(address)
            if text is None:
                self.dead.append(address)
                continue
            self.read += 1
            found = (urljoin(f"{_BASE}{address}", next(filter(None, match))) for match in _LINK.findall(text))
            waiting += [urlsplit(url).path for url in found if url.startswith(f"{_BASE}/") or url == _BASE]

    def _text(self, address: str) -> str | None:
        path = self.folder / unquote(address).lstrip("/")
        try:
            return (path / "index.html" if address.endswith("/") else path).read_bytes().decode("utf-8", "replace")
        except OSError:
            return None


def crawled(root: Path, *, kills: int, articles: int, dice: random.Random) -> Crawler:
    """Edit and add articles, publish, kill at random, crawl all the while; then publish to the end and crawl once more."""
    crawler = Crawler(root / "public")
    over = threading.Event()

    def reading() -> None:
        while not over.is_set():
            crawler.crawl()

    with counting_server("natural") as server:
        paper.set_up(root, articles=3, kind="natural", server=server.url, site=True)
        ended(in_a_child(publishing(root, paper.NOW)))
        reader = threading.Thread(target=reading, daemon=True)
        reader.start()
        for number in range(kills):
            paper.write(root, 3 + number % max(articles - 3, 1), f"第{number}版。")
            now = paper.NOW + ROUND * (number + 1)
            pid = in_a_child(publishing(root, now))
            time.sleep(dice.random() * 0.5)  # the blow falls anywhere in the run
            os.kill(pid, signal.SIGKILL)
            ended(pid)
        ended(in_a_child(publishing(root, paper.NOW + ROUND * (kills + 1))))
        over.set()
        reader.join(30)
    crawler.crawl()
    return crawler
