"""
What keeps an article down, and how that ends: `withdrawn` in its file is for everywhere, a pin in the ledger for one channel.

Both are written before anything is taken down, so that whatever dies in between, the next publish goes on with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flows.compose import House
from flows.stages.values import PublishRequest
from kawaraban.article.frontmatter import with_value, without
from kawaraban.article.model import Article
from kawaraban.delivery import TAKE_DOWN, State
from kawaraban.ledger import Ending, Expectation, Settlement
from kawaraban.plan.case import instant


def mark_withdrawn(house: House, article: Article, reason: str, *, now: datetime) -> bool:
    """
    Write `withdrawn: {at, reason}` into the article's file, no other byte changed; False where it says so already.

    Another reason than the one that stands there replaces it; a withdrawal set for later becomes one of now.
    """
    there = article.matter.withdrawn
    here = now.astimezone(house.publication.zone).replace(microsecond=0)
    past = there is not None and instant(there.at, house.publication.zone) <= now
    if there is not None and past and reason in ("", there.reason):
        return False
    said = reason or (there.reason if there else "")
    value: dict[str, object] = {"at": there.at if there is not None and past else here}
    house.library.save(
        article.path,
        with_value(article.source, "withdrawn", value | ({"reason": said} if said else {})),
        article.digest,
    )
    return True


def keep_down(house: House, article: Article, channel: str, reason: str, *, now: datetime) -> None:
    """Pin one delivery down: what is (or may be) out there goes with the next publish, what is not stays in the house."""
    ledger = house.ledger
    row = ledger.delivery(article.id, channel)
    if row is None:
        ledger.expect([Expectation(article.id, channel, None, None)], now=now, who=house.who)
        row = ledger.delivery(article.id, channel)
    if row is None or row.state is State.WITHDRAWN:
        return
    if row.public or row.doubtful:
        if row.pinned_digest != TAKE_DOWN:
            ledger.pin(article.id, channel, TAKE_DOWN, against="", now=now, who=house.who, why=reason)
        return
    ledger.settle(Ending(article.id, channel, Settlement.TAKEN_DOWN, why=reason), now=now, who=house.who)


def bring_back(house: House, request: PublishRequest, articles: Sequence[Article], *, now: datetime) -> bool:
    """
    End the withdrawal of the named articles (`publish --again`); return whether anything moved.

    The file no longer says `withdrawn`; with `--channel` the other channels are kept down as they were. `expires` is
    left alone: until when an article may stand is the editor's to say.
    """
    if not (request.again and request.names):
        return False
    moved = False
    for article in articles:
        everywhere = [channel.name for channel in house.settings.channels]
        if article.matter.withdrawn is not None:
            for name in everywhere:
                if request.channels and name not in request.channels:
                    keep_down(house, article, name, article.matter.withdrawn.reason, now=now)
            house.library.save(article.path, without(article.source, "withdrawn"), article.digest)
            moved = True
        for name in request.channels or everywhere:
            moved |= house.ledger.reopen(article.id, name, now=now, who=house.who)
    return moved
