"""Judging every pair, in the order in which one waits for another: a channel for a channel, an article for an article."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from kawaraban.delivery import ActionKind, Delivery, State, Word
from kawaraban.plan.case import Case, First, Verdict, word_of
from kawaraban.plan.due import Due, in_window, own_time
from kawaraban.plan.judging import judge
from kawaraban.plan.values import Recorded, Selection, Wanted

Pair = tuple[str, str]
Judged = tuple[Case, Verdict]
_ON_ITS_WAY = (Word.SCHEDULED, Word.SENDING, Word.BY_HAND)


@dataclass
class Judging:
    """
    All articles' channels, by article and channel, and what became of each.

    Articles that are not selected may be among them, because others wait for them.
    """

    asked: Mapping[str, Mapping[str, Wanted]]
    recorded: Recorded
    selection: Selection
    now: datetime
    zone: ZoneInfo
    done: dict[Pair, Judged] = field(default_factory=dict)
    open: set[Pair] = field(default_factory=set)

    @cached_property
    def rows(self) -> Mapping[Pair, Delivery]:
        """The ledger's deliveries, by pair."""
        return {(row.article, row.channel): row for row in self.recorded.deliveries}

    def judged(self) -> list[Judged]:
        """Return every selected pair with its verdict, an article after the one it waits for."""
        found = []
        for article in ordered(self.asked, {id_: _after(channels) for id_, channels in self.asked.items()}):
            pairs = [self._judged((article, channel)) for channel in sorted(self.asked[article])]
            found += [pair for pair in pairs if pair is not None and self._selected(pair[0])]
        return found

    def _selected(self, case: Case) -> bool:
        return self._is_meant(case.intent.article, case.wanted.channel)

    def _is_meant(self, article: str, channel: str) -> bool:
        articles, channels = self.selection.articles, self.selection.channels
        return (articles is None or article in articles) and (channels is None or channel in channels)

    def _judged(self, pair: Pair) -> Judged | None:
        """Return the case and verdict of a pair; None where there is none, or where it waits for itself."""
        article, channel = pair
        if channel not in self.asked.get(article, {}) or pair in self.open:
            return None
        if pair not in self.done:
            self.open.add(pair)
            case = self._case(self.asked[article][channel])
            self.done[pair] = (case, judge(case))
            self.open.remove(pair)
        return self.done[pair]

    def _case(self, wanted: Wanted) -> Case:
        article = wanted.intent.article
        row = self.rows.get((article, wanted.channel))
        first = None if row is not None and row.public else self._first(wanted)
        due = _behind(self._due(wanted, row), first)
        waits = due.waits_for
        return Case(
            wanted=wanted,
            delivery=row or Delivery(article, wanted.channel, State.WAITING),
            known=self.recorded.known.get(article),
            holds=self.recorded.holds,
            selection=self.selection,
            due=due,
            now=self.now,
            zone=self.zone,
            exists=row is not None,
            sending=row is not None and self._leased(row),
            going=waits if waits and self._goes((article, waits)) else None,
            first=first,
            neighbour=self._neighbour(wanted),
        )

    def _neighbour(self, wanted: Wanted) -> str | None:
        """Return the title of another article that is public where this one would be."""
        there = {self.recorded.addresses.get(slug) for slug in wanted.intent.addresses}
        others = sorted(one for one in there if one is not None and one != wanted.intent.article)
        return title_of(self.recorded, others[0]) if others else None

    def _leased(self, row: Delivery) -> bool:
        if row.state is not State.SENDING or row.lease_until is None or row.lease_until <= self.now:
            return False
        return not self.recorded.dead(row.lease_owner or "")

    def _goes(self, pair: Pair) -> bool:
        """Return whether it goes live in this run, by machine."""
        judged = self._judged(pair)
        if judged is None or not self._is_meant(*pair):
            return False
        return judged[1].action is ActionKind.CREATE and not judged[0].by_hand

    # --- when ---

    def _due(self, wanted: Wanted, row: Delivery | None) -> Due:
        if row is not None and row.public:
            return Due(row.due)
        own = own_time(wanted, self._published(wanted), self.zone)
        if own is None:
            return Due(None, known=False)
        first = wanted.after
        if first is None or first == wanted.channel:
            return Due(in_window(own, wanted, self.zone))
        return replace(self._due_after(first, wanted, own), planned=self._planned(wanted, frozenset()))

    def _due_after(self, first: str, wanted: Wanted, own: datetime) -> Due:
        """Return when it is due after another channel: known once that one is live, else an estimate."""
        delay = wanted.release.values.delay or timedelta()
        row = self.rows.get((wanted.intent.article, first))
        if row is not None and row.public and row.first_live is not None:
            return Due(in_window(max(own, row.first_live + delay), wanted, self.zone))
        expected = self._expected((wanted.intent.article, first))
        if expected is None:
            return Due(None, known=False, waits_for=first)
        return Due(in_window(max(own, expected + delay), wanted, self.zone), known=False, waits_for=first)

    def _planned(self, wanted: Wanted, seen: frozenset[str]) -> datetime | None:
        """Return when it was to go out had every channel before it kept its time; None where a person is among them."""
        own = own_time(wanted, self._published(wanted), self.zone)
        if own is None or wanted.channel in seen or (seen and wanted.capabilities.by_hand):
            return None
        first = self.asked[wanted.intent.article].get(wanted.after or "")
        if first is None or first.channel == wanted.channel:
            return in_window(own, wanted, self.zone)
        before = self._planned(first, seen | {wanted.channel})
        delay = wanted.release.values.delay or timedelta()
        return None if before is None else in_window(max(own, before + delay), wanted, self.zone)

    def _published(self, wanted: Wanted) -> datetime | None:
        """Return its nominal instant: frozen once it was live anywhere."""
        known = self.recorded.known.get(wanted.intent.article)
        return (known.published if known else None) or wanted.intent.published

    def _expected(self, pair: Pair) -> datetime | None:
        """Return when it will be live, as far as one can say: never for what a person posts."""
        judged = self._judged(pair)
        if judged is None or judged[0].by_hand:
            return None
        if judged[1].action is ActionKind.CREATE:
            return self.now
        at = judged[0].due.at
        return at if judged[1].action is ActionKind.SKIP and at is not None and at > self.now else None

    # --- after another article ---

    def _first(self, wanted: Wanted) -> First | None:
        """Return the article that must be there before this one; None where it is, or where it does not go there."""
        article, channel = wanted.intent.after_article, wanted.channel
        if article is None:
            return None
        judged = self._judged((article, channel))
        row = self.rows.get((article, channel))
        public = row is not None and row.public
        if judged is None:
            return None if public else First(article, title_of(self.recorded, article), "stopped", Word.BLOCKED)
        case, verdict = judged
        if not case.enabled or (public and verdict.action is not ActionKind.WITHDRAW):
            return None
        return self._not_there(case, verdict)

    def _not_there(self, case: Case, verdict: Verdict) -> First:
        article, title = case.intent.article, case.intent.title
        spoken = Word.WITHDRAWN if verdict.action is ActionKind.WITHDRAW else word_of(case, verdict)
        if self._goes((article, case.wanted.channel)):
            return First(article, title, "going", spoken, case.due.at)
        creates = verdict.action is ActionKind.CREATE  # by hand, or it is no part of this run
        if creates or (spoken in _ON_ITS_WAY and verdict.action is ActionKind.SKIP):
            return First(article, title, "coming", spoken, None if case.by_hand else case.due.at)
        return First(article, title, "stopped", spoken, None)


def _behind(due: Due, first: First | None) -> Due:
    """Return the due time of what follows another article: not before that one's, and not known before it is there."""
    if first is None or first.state == "stopped":
        return due
    at = None if first.due is None or due.at is None else max(first.due, due.at)
    return replace(due, at=at, known=False)


def _after(channels: Mapping[str, Wanted]) -> str | None:
    return next(iter(channels.values())).intent.after_article


def ordered(articles: Iterable[str], after: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the articles, each after the one it waits for; a circle is broken where it is entered."""
    told: set[str] = set()
    for article in articles:
        way = _way(article, after, told)
        told |= set(way)
        yield from reversed(way)


def _way(article: str, after: Mapping[str, str | None], told: Collection[str]) -> list[str]:
    way: list[str] = []
    here: str | None = article
    while here is not None and here in after and here not in told and here not in way:
        way.append(here)
        here = after[here]
    return way


def title_of(recorded: Recorded, article: str) -> str:
    """Return what people call it: its title as last seen, else its id."""
    known = recorded.known.get(article)
    return known.title if known and known.title else article
