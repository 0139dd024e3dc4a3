"""The few words that a whole article elsewhere needs and its text does not have, in the article's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """Labels (`on` that of a day); `colon` stands after them, `japanese` says how a day is written."""

    japanese: bool
    colon: str
    source: str
    publication: str
    on: str
    author: str
    summary: str
    correction: str
    cover: str
    original: str

    def day(self, moment: date | datetime, zone: ZoneInfo) -> str:
        """Return a day as people write it; an instant's day is the newsroom's."""
        day = moment.astimezone(zone) if isinstance(moment, datetime) else moment
        if self.japanese:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def dated(self, label: str, day: str) -> str:
        """Return a label with a day beside it."""
        return f"{label}（{day}）" if self.japanese else f"{label} ({day})"


_JAPANESE = Wording(
    japanese=True,
    colon="：",
    source="題材",
    publication="掲載",
    on="日付",
    author="筆者",
    summary="概要",
    correction="訂正",
    cover="見出し画像",
    original="初出",
)
_ENGLISH = Wording(
    japanese=False,
    colon=": ",
    source="Source",
    publication="Published in",
    on="Date",
    author="Author",
    summary="Summary",
    correction="Correction",
    cover="Cover picture",
    original="First published in",
)


def wording(lang: str) -> Wording:
    """Return the words for an article in `lang` (BCP 47): Japanese, else English."""
    return _JAPANESE if lang.partition("-")[0].lower() == "ja" else _ENGLISH
