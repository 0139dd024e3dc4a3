"""The record: every change of state has its time, who wanted it, why, and the run; nobody rewrites it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import IntegrityError, connect

import pytest

from flows.compose import House, open_house
from flows.stages.ending import withdraw
from flows.stages.publishing import Publishing
from flows.stages.releasing import release
from flows.stages.values import PublishRequest, unwatched
from flows.stages.verifying import verify
from kawaraban.delivery import ActionKind, State
from kawaraban.errors import alike
from kawaraban.ledger import Claim, Event, EventKind, owner
from kawaraban.ledger.records import RECOVERY
from tests.papers import paper, write
from tests.servers.posts import PostServer, post_server

SEVEN = datetime(2024, 6, 17, 22, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def board() -> Iterator[PostServer]:
    with post_server() as made:
        yield made


@pytest.fixture
def root(tmp_path: Path, board: PostServer) -> Path:
    made = paper(tmp_path / "paper", samples=False)
    (made / "config" / "channels.yaml").write_text(
        f"site: {{kind: site, path: public}}\nhook: {{kind: webhook, url: '{board.url}/hook', after: site}}\n",
        encoding="utf-8",
    )
    settings = made / "config" / "publication.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "network: {private: true}\n", encoding="utf-8")
    with opened(made, SEVEN - MINUTE) as house:
        publish(house, SEVEN - MINUTE)  # the channels are connected before the article's time
    write(made, "rain", id="ra1n0001")
    return made


def opened(root: Path, now: datetime, who: str = "汀") -> House:
    return open_house(root, clock=lambda: now, who=who)


def publish(house: House, now: datetime, *names: str, run: str | None = None, again: bool = False) -> None:
    Publishing(house, PublishRequest(names=names, again=again), unwatched, now, run).complete()


def events(house: House, *kinds: EventKind) -> list[Event]:
    return [one for one in house.ledger.events() if one.article and (not kinds or one.kind in kinds)]


def test_what_a_person_publishes_bears_the_persons_name_and_the_run(root: Path) -> None:
    with opened(root, SEVEN) as house:
        publish(house, SEVEN, run="run-1")
        found = events(house)
    assert {one.who for one in found} == {"汀"}
    assert {one.run for one in found} == {"run-1"}
    assert {one.at for one in found} == {SEVEN}
    live = [one for one in found if one.kind is EventKind.LIVE]
    assert all(one.why.ja for one in live), "where it is now"


def test_what_goes_out_by_its_time_bears_the_schedules_name(root: Path) -> None:
    with opened(root, SEVEN) as house:
        release(house, unwatched, now=SEVEN)
        assert {one.who for one in events(house)} == {"schedule"}


def test_a_lease_that_lapsed_is_taken_over_by_recovery_and_names_the_process_that_had_it(root: Path) -> None:
    with opened(root, SEVEN) as house:
        publish(house, SEVEN)
    with opened(root, SEVEN + MINUTE) as house:
        row = house.ledger.delivery("ra1n0001", "hook")
        assert row is not None
        assert row.live_digest is not None
        claim = Claim("ra1n0001", "hook", ActionKind.UPDATE, row.live_digest)
        for minute in (1, 3):
            now = SEVEN + minute * MINUTE
            house.ledger.claim(claim, owner=owner(), lease=MINUTE, now=now, who="汀")
        lapsed, claimed = events(house, EventKind.LAPSED)[-1], events(house, EventKind.CLAIMED)[-1]
    assert (lapsed.who, lapsed.why, lapsed.at) == (RECOVERY, alike(owner()), SEVEN + 3 * MINUTE)
    assert claimed.who == "汀"


def test_a_channel_that_refuses_our_credentials_is_held_by_recovery(root: Path, board: PostServer) -> None:
    board.faults.append("unauthorised")
    with opened(root, SEVEN) as house:
        publish(house, SEVEN)
        [held] = [one for one in house.ledger.events() if one.kind is EventKind.HELD]
    assert (held.who, held.channel) == (RECOVERY, "hook")
    assert held.why.ja != held.why.en


def test_every_change_of_state_is_an_event_and_replaying_them_gives_the_states(root: Path, board: PostServer) -> None:
    board.faults.extend(["busy", "lose"])
    for minute in range(0, 30, 3):
        with opened(root, SEVEN + minute * MINUTE) as house:
            release(house, unwatched, now=SEVEN + minute * MINUTE)
    with opened(root, SEVEN + 30 * MINUTE) as house:
        states: dict[tuple[str | None, str | None], State | None] = {}
        for one in events(house):
            assert one.before == states.get((one.article, one.channel)) or one.kind is EventKind.EXPECTED
            states[one.article, one.channel] = one.after
        rows = {(row.article, row.channel): row.state for row in house.ledger.deliveries()}
        numbers = [one.sequence for one in house.ledger.events()]
    assert states == rows
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM events",
        "UPDATE events SET who = 'nobody'",
        "DELETE FROM attempts",
        "UPDATE attempts SET digest = 'x'",
    ],
)
def test_the_database_itself_refuses_to_rewrite_what_happened(root: Path, deed: str) -> None:
    with opened(root, SEVEN) as house:
        publish(house, SEVEN)
        before = house.ledger.events()
    with closing(connect(root / ".kawaraban" / "ledger.sqlite")) as ledger, pytest.raises(IntegrityError):
        ledger.execute(deed)
    with opened(root, SEVEN) as house:
        assert house.ledger.events() == before


def test_the_log_never_runs_back_however_long_a_run_takes(root: Path) -> None:
    """A run has its instant, and takes its time: what follows from it is not told as if it had come before."""
    ticks = iter(range(100_000))
    with open_house(root, clock=lambda: SEVEN + timedelta(seconds=next(ticks)), who="汀") as house:
        publish(house, house.clock())
        write(root, "rain", "直した本文。", id="ra1n0001")
        publish(house, house.clock(), "rain")
        (root / "public" / "articles" / "rain" / "index.html").write_text("scribbled", encoding="utf-8")
        verify(house, now=house.clock())
        publish(house, house.clock())
        withdraw(house, "rain", (), now=house.clock())
        found = house.ledger.events()
    told = [one.at for one in found]
    assert {one.kind for one in found} >= {EventKind.READ_BACK, EventKind.WITHDRAWN}
    assert told == sorted(told)


def test_a_time_that_is_known_at_last_has_not_been_changed(root: Path) -> None:
    settings = root / "config" / "channels.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "note: {kind: note, user: migiwa, after: site}\n", encoding="utf-8"
    )
    for minute in range(2):
        with opened(root, SEVEN + minute * MINUTE) as house:
            publish(house, SEVEN + minute * MINUTE)
    with opened(root, SEVEN + 2 * MINUTE) as house:
        row = house.ledger.delivery("ra1n0001", "note")
        told = [one.kind for one in events(house) if one.channel == "note"]
    assert row is not None
    assert (row.state, row.due) == (State.WAITING, SEVEN)
    assert told == [EventKind.EXPECTED, EventKind.HANDED_OVER]
