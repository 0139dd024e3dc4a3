"""What was public on a site and was taken down: the ledger knows the text and the day, the file the reason while it is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flows.compose import House
from kawaraban.article.model import Article
from kawaraban.delivery import TAKE_DOWN
from kawaraban.edition import Gone
from kawaraban.ledger.records import EventKind
from kawaraban.plan import Action
from kawaraban.variant import Variant

EXPIRED = "expired"
"""What the ledger's event says where nobody gave a reason, because the article's time was over."""


@dataclass(frozen=True)
class Tombstones:
    """The graves of one site channel. `articles` are those of the library: a file that is gone says nothing any more."""

    house: House
    channel: str
    articles: Collection[Article]
    now: datetime

    def all(self, live: Collection[str], going: Iterable[Action]) -> list[Gone]:
        """Return what is gone, with what goes in this write (`going`), without what stands there (again)."""
        found = {one.article: (one.variant, one.at, one.why) for one in self.house.ledger.former(self.channel)}
        for action in going:
            kept = self.house.ledger.variant(action.live_digest, self.channel) if action.live_digest else None
            if kept is not None:
                found[action.article] = (kept, self.now, self.reason(action.article))
        there = {article: one for article, one in found.items() if article not in live}
        return [self._grave(article, *one) for article, one in there.items()]

    def reason(self, article: str) -> str:
        """Return what the ledger should remember as the reason of a withdrawal of this moment."""
        file = self._file(article)
        if file is not None and file.matter.withdrawn is not None:
            return file.matter.withdrawn.reason
        if file is not None and _is_over(file, self.now):
            return EXPIRED
        events = self.house.ledger.events(article, self.channel, limit=50)
        said = [one.why.en for one in events if one.kind is EventKind.PINNED]
        return said[-1] if said and said[-1] != TAKE_DOWN else ""

    def _file(self, article: str) -> Article | None:
        return self._files.get(article)

    @cached_property
    def _files(self) -> Mapping[str, Article]:
        return {one.id: one for one in self.articles}

    def _grave(self, article: str, variant: Variant, at: datetime, why: str) -> Gone:
        """The file's own words go before the ledger's: a reason that is put right there is right on the page, too."""
        file = self._file(article)
        if file is not None and file.matter.withdrawn is not None:
            return Gone(variant, file.matter.withdrawn.at, file.matter.withdrawn.reason)
        if file is not None and file.matter.expires is not None and _is_over(file, self.now):
            return Gone(variant, file.matter.expires, expired=True)
        return Gone(variant, at, "" if why == EXPIRED else why, expired=why == EXPIRED)


def _is_over(article: Article, now: datetime) -> bool:
    return article.matter.expires is not None and article.matter.expires <= now
