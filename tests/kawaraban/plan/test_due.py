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
