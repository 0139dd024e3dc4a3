from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.config import Window
from kawaraban.plan.due import next_open, wall_time

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")
MONDAY_7 = datetime(2024, 11, 4, 7, 0, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("07:15", datetime(2024, 11, 4, 7, 15, tzinfo=TOKYO)),
        ("7:15", datetime(2024, 11, 4, 7, 15, tzinfo=TOKYO)),
        ("+3d 08:00", datetime(2024, 11, 7, 8, 0, tzinfo=TOKYO)),
    ],
)
def test_a_wall_time_counts_from_the_newsrooms_day_of_publication(written: str, instant: datetime) -> None:
    assert wall_time(written, MONDAY_7.astimezone(UTC), TOKYO) == instant


def test_a_time_that_summer_time_skips_is_the_instant_after_the_gap() -> None:
    published = datetime(2024, 3, 10, 0, 30, tzinfo=NEW_YORK)
    assert wall_time("02:30", published, NEW_YORK) == datetime(2024, 3, 10, 7, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first() -> None:
    published = datetime(2024, 11, 3, 0, 30, tzinfo=NEW_YORK)
    assert wall_time("01:30", published, NEW_YORK) == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "wished", "due"),
    [
        ("07:00-21:00", MONDAY_7, MONDAY_7),
        ("07:00-21:00", MONDAY_7.replace(hour=6), MONDAY_7),
        ("07:00-21:00", MONDAY_7.replace(hour=21), MONDAY_7 + timedelta(days=1)),
        ("mon-fri 07:00-21:00", MONDAY_7 - timedelta(days=2), MONDAY_7),
        ("22:00-02:00", MONDAY_7.replace(hour=1), MONDAY_7.replace(hour=1)),
        ("22:00-02:00", MONDAY_7.replace(hour=2), MONDAY_7.replace(hour=22)),
        ("sun 22:00-02:00", MONDAY_7.replace(hour=1), MONDAY_7.replace(hour=1)),
        ("sun 22:00-02:00", MONDAY_7, MONDAY_7.replace(hour=22) + timedelta(days=6)),
    ],
)
def test_a_window_is_waited_for(window: str, wished: datetime, due: datetime) -> None:
    assert next_open(wished, Window.parse(window), TOKYO) == due


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.times(),
    st.times(),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.sampled_from([TOKYO, NEW_YORK]),
)
def test_the_next_opening_is_never_early_and_is_itself_open(
    wished: datetime, opens: time, closes: time, days: frozenset[int], zone: ZoneInfo
) -> None:
    if opens == closes:
        return
    window = Window.model_construct(opens=opens, closes=closes, days=days)
    due = next_open(wished, window, zone)
    assert wished <= due <= wished + timedelta(days=8)
    assert next_open(due, window, zone) == due


@pytest.mark.parametrize(
    ("zone", "window", "wished", "due"),
    [
        # in the night of 10 March the newsroom's clock jumps from 02:00 to 03:00, on 3 November it shows 01:00 to 02:00 twice
        (NEW_YORK, "02:30-05:00", "2024-03-10T06:00:00+00:00", "2024-03-10T07:30:00+00:00"),
        (NEW_YORK, "02:00-02:30", "2024-03-10T06:30:00+00:00", "2024-03-10T07:00:00+00:00"),
        (NEW_YORK, "02:00-02:30", "2024-03-10T07:30:00+00:00", "2024-03-11T06:00:00+00:00"),
        (NEW_YORK, "01:30-03:00", "2024-11-03T04:00:00+00:00", "2024-11-03T05:30:00+00:00"),
        (NEW_YORK, "01:00-01:30", "2024-11-03T05:45:00+00:00", "2024-11-04T06:00:00+00:00"),
        (NEW_YORK, "sun 01:30-03:00", "2024-11-03T06:15:00+00:00", "2024-11-03T06:15:00+00:00"),
        (TOKYO, "02:30-05:00", "2024-03-09T16:00:00+00:00", "2024-03-09T17:30:00+00:00"),
    ],
)
def test_a_window_over_a_change_of_summer_time(zone: ZoneInfo, window: str, wished: str, due: str) -> None:
    assert next_open(datetime.fromisoformat(wished), Window.parse(window), zone) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("published", "written", "instant"),
    [
        ("2024-03-09T07:00:00-05:00", "+1d 02:30", "2024-03-10T07:30:00+00:00"),  # skipped: the instant after the gap
        ("2024-03-09T07:00:00-05:00", "+1d 08:00", "2024-03-10T12:00:00+00:00"),  # the wall time, not 25 hours later
        ("2024-11-02T07:00:00-04:00", "+1d 01:30", "2024-11-03T05:30:00+00:00"),  # twice: the first
        ("2024-11-02T07:00:00-04:00", "+1d 08:00", "2024-11-03T13:00:00+00:00"),
        (
            "2024-11-02T23:30:00+00:00",
            "08:00",
            "2024-11-02T12:00:00+00:00",
        ),  # the day is the newsroom's, not the file's
    ],
)
def test_a_relative_time_keeps_its_wall_time_over_a_change_of_summer_time(
    published: str, written: str, instant: str
) -> None:
    assert wall_time(written, datetime.fromisoformat(published), NEW_YORK) == datetime.fromisoformat(instant)
