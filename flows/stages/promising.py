"""The promise: what goes out when, article by article, in the newsroom's time; and whether anybody is there to keep it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.stages.values import StatusRow
from kawaraban.delivery import Word
from kawaraban.errors import Sentence
from kawaraban.plan import Action

_DAYS_JA, _DAYS_EN = "月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_COMING = frozenset({Word.SCHEDULED, Word.DUE})
A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Coming:
    """
    One channel's release to come: `at` None: nobody can say yet (a person must post something first).

    `by_hand`: a person posts it. `in_ledger` False: no publisher has taken the file up yet.
    """

    channel: str
    at: datetime | None
    by_hand: bool = False
    in_ledger: bool = True


@dataclass(frozen=True, slots=True)
class Promise:
    """What an article's scheduled releases are, in the order of their times."""

    article: str
    title: str
    releases: tuple[Coming, ...]

    def said(self, zone: ZoneInfo, now: datetime) -> Sentence:
        """Return `火 07:00 site、07:15 rss`: the day is said when it changes, the date when it is a week or more away."""
        ja, en, day = [], [], None
        for one in self.releases:
            here = one.at.astimezone(zone) if one.at is not None else None
            when_ja, when_en = ("", "") if here is None or here.date() == day else _day(here, now.astimezone(zone))
            day = here.date() if here is not None else day
            ja.append(f"{when_ja}{_clock(here, '未定')} {one.channel}{'（人が出す）' if one.by_hand else ''}")
            en.append(f"{when_en}{_clock(here, 'open')} {one.channel}{' (by hand)' if one.by_hand else ''}")
        return Sentence(ja="、".join(ja), en=", ".join(en))


def _day(here: datetime, today: datetime) -> tuple[str, str]:
    weekday = here.weekday()
    if abs((here.date() - today.date()).days) < A_WEEK:
        return f"{_DAYS_JA[weekday]} ", f"{_DAYS_EN[weekday]} "
    date = f"{here.month}/{here.day}" if here.year == today.year else f"{here.year}/{here.month}/{here.day}"
    return f"{date}（{_DAYS_JA[weekday]}） ", f"{_DAYS_EN[weekday]} {date} "


def _clock(here: datetime | None, unknown: str) -> str:
    if here is None:
        return unknown
    return f"{here:%H:%M:%S}" if here.second else f"{here:%H:%M}"


def promises(rows: Iterable[StatusRow]) -> list[Promise]:
    """Return the promise of each article that has something to come, from the rows of `status`."""
    return _promises((row.article, row.title, _of_row(row)) for row in rows if _is_to_come(row.word, row.live_digest))


def promised(actions: Iterable[Action]) -> list[Promise]:
    """Return the promises of a plan."""
    return _promises(
        (one.article, one.title, Coming(one.channel, one.due, one.by_hand, one.state is not None))
        for one in actions
        if _is_to_come(one.word, one.live_digest)
    )


def _is_to_come(word: Word, live: str | None) -> bool:
    return word in _COMING and live is None


def _of_row(row: StatusRow) -> Coming:
    return Coming(row.channel, row.expected, row.by_hand, row.state is not None)


def _promises(coming: Iterable[tuple[str, str, Coming]]) -> list[Promise]:
    found: dict[tuple[str, str], list[Coming]] = defaultdict(list)
    for article, title, one in coming:
        found[article, title].append(one)
    made = [Promise(article, title, _in_order(releases)) for (article, title), releases in found.items()]
    return sorted(made, key=lambda one: _place(one.releases[0]))


def _in_order(releases: Sequence[Coming]) -> tuple[Coming, ...]:
    return tuple(sorted(releases, key=_place))


def _place(one: Coming) -> tuple[bool, float]:
    return one.at is None, one.at.timestamp() if one.at is not None else 0.0


NOBODY = Sentence(
    ja="公開の係が動いていません。動かすまで、時刻が来ても出ません",
    en="no publisher is running: nothing goes out at its time until one does",
)
START = Sentence(
    ja="kawaraban serve で動かすか、その時刻に kawaraban publish",
    en="start one with `kawaraban serve`, or publish then",
)
SOON = Sentence(ja="公開の係が、五秒のうちに予定に入れます", en="the publisher takes it up within five seconds")
