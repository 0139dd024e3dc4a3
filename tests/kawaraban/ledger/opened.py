"""What the ledger's tests start from: a ledger in a folder of its own, small variants, receipts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kawaraban.delivery import Receipt
from kawaraban.ledger import Expectation, Ledger, address, is_dead, open_ledger
from kawaraban.variant import Head, Variant

T0 = datetime(2024, 11, 5, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=5)


def variant(article: str = "aaaaaaa1", channel: str = "site", text: str = "川の音。", slug: str = "kawa") -> Variant:
    head = Head(article=article, slug=slug, url=f"https://example.com/articles/{slug}/", published=T0 - HOUR)
    return Variant(article=article, channel=channel, title="川の音", body=f"<p>{text}</p>", text=text, head=head)


def receipt(at: datetime = T0, remote: str = "r1", **changes: Any) -> Receipt:
    return Receipt(remote, f"https://example.com/{remote}", at, **changes)


def fresh(folder: Path, dead: Callable[[str], bool] = is_dead) -> Ledger:
    return open_ledger(address(folder / ".kawaraban" / "ledger.sqlite"), now=T0, root=folder, dead=dead)


def expected(ledger: Ledger, text: Variant, due: datetime | None = T0) -> Variant:
    """Keep a variant and expect it on its channel."""
    ledger.keep(text)
    ledger.expect([Expectation(text.article, text.channel, due, text.digest)], now=T0, who="editor")
    return text
