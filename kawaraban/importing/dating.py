"""Dates as scraped pages write them: full, or month and day only; never guessed without a doubt (R3)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_DATE = re.compile(
    r"(?:(?P<era>令和|平成|昭和)\s*)?(?:(?P<year>元|\d{1,4})\s*[年/.-]\s*)?(?P<month>\d{1,2})\s*[月/.-]\s*(?P<day>\d{1,2})\s*日?"
)
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_WINDOW = 8  # years within which every month and day comes round, 29 February included


@dataclass(frozen=True, slots=True)
class DateForm:
    """How a date was written, so that another date can be written the same way."""

    written: str

    def of(self, day: date) -> str:
        """Return `day` in this form; a form without a year says none."""
        found = _DATE.fullmatch(self.written)
        if found is None:
            return self.written
        year = day.year - (_ERAS[found["era"]] if found["era"] else 0)
        text = self.written
        for name, number in (("day", day.day), ("month", day.month), ("year", year)):
            if found[name]:
                text = text[: found.start(name)] + _digits(found[name], number) + text[found.end(name) :]
        return text


def _digits(like: str, number: int) -> str:
    if like == "元":
        return "元" if number == 1 else str(number)
    text = str(number).zfill(len(like) if like[0] in "0０" else 1)
    return text.translate(_FULL_WIDTH) if like[0] in "０１２３４５６７８９" else text


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date, how it was written, and whether its year was inferred."""

    day: date
    form: DateForm
    inferred: bool


def read_date(written: str, not_before: date | None, crawled: date) -> ReadDate | None:
    """
    Return the date of a text, or None where it is none.

    A missing year is that of the first such day on or after the latest cited article, else of the last such day before
    the page was fetched; always marked as inferred.
    """
    found = _DATE.fullmatch(written)
    if found is None:
        return None
    month, day = int(found["month"]), int(found["day"])
    if found["year"] is None:
        near = None if found["era"] else _near(month, day, not_before, crawled)
        return ReadDate(near, DateForm(written), inferred=True) if near else None
    year = 1 if found["year"] == "元" else int(found["year"])
    if (found["year"] == "元" or len(found["year"]) < 4) and not found["era"]:  # noqa: PLR2004 - `24/5/1` may be anything
        return None
    full = _day(year + (_ERAS[found["era"]] if found["era"] else 0), month, day)
    return ReadDate(full, DateForm(written), inferred=False) if full else None


def _near(month: int, day: int, not_before: date | None, crawled: date) -> date | None:
    if not_before is not None:
        years = range(not_before.year, not_before.year + _WINDOW + 1)
        return next((at for year in years if (at := _day(year, month, day)) and at >= not_before), None)
    years = range(crawled.year, crawled.year - _WINDOW - 1, -1)
    return next((at for year in years if (at := _day(year, month, day)) and at <= crawled), None)


def _day(year: int, month: int, day: int) -> date | None:
    if not (date.min.year <= year <= date.max.year and 1 <= month <= 12):  # noqa: PLR2004 - months
        return None
    return date(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


@dataclass(frozen=True, slots=True)
class Dated:
    """`The Paper, 2024年6月16日`: the name, what stands between, and the date."""

    name: str
    between: str
    read: ReadDate


_TRAILING = re.compile(rf"^(?P<name>.*?\S)(?P<between>\s*[,、，]\s*|\s+)(?P<date>{_DATE.pattern})$")


def split_publication(written: str, crawled: date) -> Dated | None:
    """Split a full date off the end of a publication's name; None where there is none (a year is never inferred here)."""
    found = _TRAILING.match(written)
    read = read_date(found["date"], None, crawled) if found else None
    if found is None or read is None or read.inferred:
        return None
    return Dated(found["name"], found["between"], read)
