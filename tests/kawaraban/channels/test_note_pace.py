"""How often note is asked: never twice within 1.5 seconds, and not at all while it says 429."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kawaraban.channels.note import Note
from kawaraban.channels.note.pace import APART
from kawaraban.delivery import Receipt
from tests.builders import NOW
from tests.kawaraban.channels.note_house import KEY, PUBLIC, note, variant
from tests.servers.note import NoteServer, note_server


class Hours:
    """A clock that only moves when somebody waits."""

    def __init__(self) -> None:
        self.now = NOW
        self.waited: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def server() -> Iterator[NoteServer]:
    with note_server() as running:
        yield running


@pytest.fixture
def hours() -> Hours:
    return Hours()


def asked(root: Path, server: NoteServer, hours: Hours) -> bool:
    """One command of its own (a new channel) reads a note back; whether it could be verified."""
    channel: Note = note(root, server.url, hours, hours.sleep)
    return channel.read(Receipt(KEY, PUBLIC, NOW), variant("<p>本文</p>")).verified


def test_two_questions_are_one_and_a_half_seconds_apart_also_in_two_commands(
    tmp_path: Path, server: NoteServer, hours: Hours
) -> None:
    server.publish(KEY, "雨の聞き方", "<p>本文</p>")
    assert asked(tmp_path, server, hours)
    hours.now += timedelta(seconds=0.5)
    assert asked(tmp_path, server, hours)
    assert hours.waited == [1.0]
    hours.now += APART
    assert asked(tmp_path, server, hours)
    assert hours.waited == [1.0]


def test_after_a_429_nothing_is_asked_until_the_time_it_names(tmp_path: Path, server: NoteServer, hours: Hours) -> None:
    server.answer(KEY, 429, "{}", {"Retry-After": "90"})
    assert not asked(tmp_path, server, hours)
    server.odd.clear()
    server.publish(KEY, "雨の聞き方", "<p>本文</p>")
    hours.now += timedelta(seconds=89)
    assert not asked(tmp_path, server, hours)
    assert len(server.asked) == 1
    hours.now += timedelta(seconds=2)
    assert asked(tmp_path, server, hours)
    assert hours.waited == []


def test_a_429_without_a_time_stops_for_a_minute_and_none_for_more_than_an_hour(
    tmp_path: Path, server: NoteServer, hours: Hours
) -> None:
    server.answer(KEY, 429)
    asked(tmp_path, server, hours)
    hours.now += timedelta(seconds=59)
    asked(tmp_path, server, hours)
    assert len(server.asked) == 1
    server.answer(KEY, 429, "", {"Retry-After": "999999"})
    hours.now += timedelta(seconds=1)
    asked(tmp_path, server, hours)
    hours.now += timedelta(hours=1)
    asked(tmp_path, server, hours)
    assert len(server.asked) == 3


def test_a_clock_that_was_set_back_never_makes_anyone_wait_longer(
    tmp_path: Path, server: NoteServer, hours: Hours
) -> None:
    asked(tmp_path, server, hours)
    hours.now -= timedelta(days=1)
    asked(tmp_path, server, hours)
    assert hours.waited == [APART.total_seconds()]


@pytest.mark.parametrize("kept", ["", "null", "[]", '{"asked": 3, "until": "soon"}'])
def test_a_broken_cache_is_no_cache(tmp_path: Path, server: NoteServer, hours: Hours, kept: str) -> None:
    server.publish(KEY, "雨の聞き方", "<p>本文</p>")
    file = tmp_path / ".kawaraban" / "cache" / "note-pace.json"
    file.parent.mkdir(parents=True)
    file.write_text(kept, encoding="utf-8")
    assert asked(tmp_path, server, hours)
    assert hours.waited == []
