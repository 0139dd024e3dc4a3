"""A paper with a site and rehearsal boards of three kinds, whose posts lie outside it: what is out there can be counted."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.compose import House, open_house
from flows.stages.arriving import Reconciled, reconcile
from flows.stages.publishing import publish
from flows.stages.values import Published, PublishRequest, unwatched
from kawaraban.delivery import Delivery
from kawaraban.ledger import Scope

NOON = datetime(2024, 11, 5, 3, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
IDS = {"kawa": "kawa0001", "ame": "ame00002", "yuki": "yvk00003", "kiri": "kr000004", "kaze": "kaze0005"}

_PUBLICATION = "name: 川辺の新聞\nbase_url: https://example.com\ntag_domain: example.com,2024\n"
_CHANNELS = """site: {{kind: site, path: public}}
rss: {{kind: feed, site: site, after: site}}
named: {{kind: rehearsal, path: {out}/named, idempotency: natural, update: auto{more}}}
listed: {{kind: rehearsal, path: {out}/listed, idempotency: find, update: auto{more}}}
mute: {{kind: rehearsal, path: {out}/mute, idempotency: none, update: auto{more}}}
"""
BOARDS = ("named", "listed", "mute")


@dataclass
class Paper:
    """A root, the folder of its boards, and the clock."""

    root: Path
    out: Path
    now: datetime = NOON

    @property
    def ledger(self) -> Path:
        return self.root / ".kawaraban" / "ledger.sqlite"

    def write(self, slug: str, published: datetime = NOON, more: str = "") -> str:
        """Write an article; return its id."""
        folder = self.root / "content" / "articles" / "2024" / slug
        folder.mkdir(parents=True, exist_ok=True)
        head = f"id: {IDS[slug]}\ntitle: 話 {slug}\nslug: {slug}\nstatus: ready\npublished: {published.isoformat()}\n"
        (folder / "index.md").write_text(f"---\n{head}---\n{slug}の話です。{more}\n", encoding="utf-8")
        return IDS[slug]

    def house(self) -> House:
        return open_house(self.root, clock=lambda: self.now, who="editor")

    def publish(self, *names: str, **request: object) -> Published:
        with self.house() as house:
            wanted = PublishRequest(names=names, **request)  # type: ignore[arg-type] # a request's own fields
            return publish(house, wanted, unwatched, now=self.now)

    def reconcile(self, *, anew: bool = False) -> Reconciled:
        with self.house() as house:
            house.ledger.home.arrive(now=self.now, who="editor")
            return reconcile(house, anew=anew)

    def resume(self, scope: Scope | None = None) -> bool:
        with self.house() as house:
            return house.ledger.resume(scope or Scope(), now=self.now, who="editor")

    def row(self, article: str, channel: str) -> Delivery:
        with self.house() as house:
            found = house.ledger.delivery(article, channel)
        assert found is not None
        return found

    def posts(self, channel: str) -> list[str]:
        """The articles posted there, each post once."""
        found = [json.loads(path.read_text(encoding="utf-8")) for path in (self.out / channel).glob("*.json")]
        return sorted(post["article"] for post in found)

    def keep_ledger(self) -> Path:
        """Copy the ledger as it is now, as a careless backup would."""
        kept = self.out / "yesterday.sqlite"
        with closing(sqlite3.connect(self.ledger)) as old, closing(sqlite3.connect(kept)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
        return kept


def paper(folder: Path, more: str = "") -> Paper:
    """An empty paper; `more` are further settings of the boards, as `, burst: 2`."""
    root, out = folder / "paper", folder / "out"
    for place in (root / "config", root / "content" / "articles", out):
        place.mkdir(parents=True)
    (root / "config" / "publication.yaml").write_text(_PUBLICATION, encoding="utf-8")
    channels = _CHANNELS.format(out=out, more=more)
    (root / "config" / "channels.yaml").write_text(channels, encoding="utf-8")
    return Paper(root, out)


def put_back(paper: Paper, kept: Path, how: str) -> None:
    """Put a copy of the ledger in its place: its bytes into the same file, or as another file."""
    for suffix in ("-wal", "-shm"):
        paper.ledger.with_name(f"{paper.ledger.name}{suffix}").unlink(missing_ok=True)
    if how == "bytes":
        with paper.ledger.open("wb") as file:  # the very same file, as `cp` leaves it
            file.write(kept.read_bytes())
    else:
        shutil.copy(kept, kept.with_suffix(".copy"))
        kept.with_suffix(".copy").replace(paper.ledger)
