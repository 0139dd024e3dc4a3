"""What is stored on the server, counted against what the ledger says is live: every post once, and threads in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kawaraban.variant import Variant
from tests.faults.paper import NOW
from tests.faults.senders import house_at

if TYPE_CHECKING:
    from tests.faults.campaign import Count


def count_posts(root: Path, posts: Sequence[dict[str, str]], count: Count, channel: str = "stage") -> None:
    """Compare the posts of each article with the text that should be there, and write down what is too much or too little."""
    with house_at(root, NOW) as house:
        articles = [article.id for article in house.library.read_all().articles]
        rows = {row.article: row for row in house.ledger.deliveries() if row.channel == channel}
        texts = {key: house.ledger.variant(row.live_digest or "", channel) for key, row in rows.items()}
    for article in articles:
        own = [post for post in posts if post["article"] == article]
        _count_one(own, texts.get(article), count)


def _count_one(own: Sequence[dict[str, str]], text: Variant | None, count: Count) -> None:
    wanted = [part.text for part in text.parts] or [text.text] if text is not None else [""]
    count.duplicates += max(len(own) - len(wanted), 0)
    count.lost += max(len(wanted) - len(own), 0)
    chain: list[dict[str, str]] = []
    while below := [post for post in own if post.get("answers_to", "") == (chain[-1]["id"] if chain else "")]:
        chain.append(below[0])
    if text is not None and text.parts and [post["text"] for post in chain] != wanted:
        count.disordered += 1
