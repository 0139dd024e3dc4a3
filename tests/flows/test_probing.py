"""Who we are and what a server takes: asked before anything goes there, shown, told in time, and never in the way."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from flows import learnt
from flows.publisher.engine import Clicked, Engine
from flows.publisher.keeping import Keeping
from flows.publisher.loop import Publisher
from flows.publisher.prober import Prober
from flows.stages import alerting
from flows.stages.causes import causes
from flows.stages.expiry import expiring
from flows.stages.probing import due, probe
from flows.stages.publishing import publish
from flows.stages.values import PublishRequest, unwatched
from kawaraban.channels.protocol import Probe
from kawaraban.ledger import Scope
from tests.flows.notices import HOUR, NOON, TOKYO, News, newsroom

DAY = timedelta(days=1)


@pytest.fixture
def news(tmp_path: Path) -> Iterator[News]:
    with newsroom(tmp_path / "paper") as made:
        yield made


# --- what a server tells of itself ------------------------------------------------------------------------------------


def test_a_publish_asks_a_server_that_has_never_said_what_it_takes_and_only_then(news: News) -> None:
    news.board.limit = 77
    assert news.limit() == 400
    news.publish()
    assert news.limit() == 77
    news.board.limit = 99
    news.publish()
    assert news.limit() == 77, "once a day is enough"
    with news.house() as house:
        assert probe(house, "board").news
    assert news.limit() == 99


def test_what_is_written_in_the_settings_goes_before_what_a_server_tells(news: News) -> None:
    news.channels(", limit: 55")
    news.board.limit = 77
    news.publish()
    assert news.limit() == 55


def test_an_open_house_knows_a_new_limit_at_once(news: News) -> None:
    news.board.limit = 77
    with news.house() as house:
        before = house.capabilities(house.channel_settings("board"))
        probe(house, "board")
        after = house.capabilities(house.channel_settings("board"))
    assert (before.text and before.text.limit, after.text and after.text.limit) == (400, 77)


def test_a_publisher_that_has_run_for_long_sees_what_others_were_told(news: News) -> None:
    keeping = Keeping(news.root, lambda: news.now, lambda _house: None)
    keeping.look()
    keeping.look()
    news.board.limit = 77
    with news.house() as another:
        probe(another, "board")
    assert keeping.look(), "there is something to look at again"
    assert keeping.house is not None
    able = keeping.house.capabilities(keeping.house.channel_settings("board"))
    assert able.text is not None
    assert able.text.limit == 77
    keeping.close()


@pytest.mark.parametrize(
    "there",
    [
        "",
        "not json",
        "[]",
        "[" * 20_000,
        '{"entry": 1, "learnt": 2}',
        '{"entry": "?", "learnt": {"limit": 3}}',
    ],
)
def test_a_file_of_what_was_told_that_is_broken_or_of_another_server_is_nothing(news: News, there: str) -> None:
    file = news.root / learnt.FOLDER / "board.json"
    file.parent.mkdir(parents=True)
    file.write_text(there, encoding="utf-8")
    assert news.limit() == 400
    news.board.limit = 77
    news.publish()
    assert news.limit() == 77, "it is asked for again"


def test_what_was_told_can_set_no_secret_no_unknown_key_and_no_value_that_the_kind_refuses(news: News) -> None:
    news.publish()
    file = news.root / learnt.FOLDER / "board.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told["learnt"] = {
        "limit": -1, "burst": 9, "backfill": "?", "no-such-key": 1, "token": "x", "server": "https://evil.example",
    }  # fmt: skip
    file.write_text(json.dumps(told), encoding="utf-8")
    with news.house() as house:
        settings = house.channel_settings("board")
        assert settings.learnt == {"burst": 9}
        assert house.setting("board", "server") == f"{news.board.url}/"


def test_another_server_behind_the_name_is_asked_anew(news: News) -> None:
    news.board.limit = 77
    news.publish()
    news.channels(", backfill: true")
    assert news.limit() == 400


# --- who we are -------------------------------------------------------------------------------------------------------


def test_what_a_server_says_of_us_is_remembered(news: News) -> None:
    news.board.expires = "2024-07-01T00:00:00+09:00"
    news.publish()
    with news.house() as house:
        known = house.ledger.accounts.of("board")
    assert (known.account, known.shown, known.server) == ("b-0001", "@kairan", "回覧板 1.2")
    assert known.expires == datetime(2024, 7, 1, tzinfo=TOKYO)
    assert (known.probed, known.trouble) == (NOON, None)


def test_refused_credentials_hold_the_channel_once_and_nothing_else(news: News) -> None:
    news.write("kawa", "kawa0001")
    news.token("an old one")
    done = news.publish()
    assert [(one.channel, one.outcome) for one in done.results] == [("site", "live")]
    assert len(news.held()) == 1
    assert "an old one" not in news.held()[0]
    news.publish()
    assert len(news.held()) == 1
    with news.house() as house:
        found = causes(alerting.situation(house, now=news.now))
    assert [(one.kind, one.channels) for one in found] == [("credentials", ("board",))]


def test_a_new_token_in_its_file_needs_no_restart(news: News) -> None:
    """One house all the while, as a publisher has it: the token is put right, the channel resumed, and it goes out."""
    news.write("kawa", "kawa0001")
    news.token("an old one")
    with news.house() as house:
        publish(house, PublishRequest(), unwatched, now=news.now)
        assert not news.board.notices
        news.token(news.board.token)
        assert probe(house, "board").trouble is None
        house.ledger.resume(Scope(channel="board"), now=news.now, who="汀")
        publish(house, PublishRequest(), unwatched, now=news.now)
    assert len(news.board.notices) == 1


def test_a_secret_that_only_this_shell_does_not_have_holds_nothing(news: News) -> None:
    """The publisher may well have it."""
    news.write("kawa", "kawa0001")
    news.publish("kawa", channels=("site",))
    (news.root / "secrets" / "board").rename(news.root / "elsewhere")
    with news.house() as house:
        done = probe(house, "board")
        assert done.trouble is not None
        assert "can't be read" in done.trouble.en
        assert house.ledger.accounts.of("board").trouble is None
    [result] = news.publish().results
    assert (result.channel, result.outcome) == ("board", "unavailable")
    assert news.held() == []


def test_another_account_behind_the_settings_holds_the_channel(news: News) -> None:
    news.publish()
    news.board.identity = "b-0002"
    with news.house() as house:
        done = probe(house, "board")
    assert done.stopped
    assert "b-0002" in news.held()[0]
    with news.house() as house:
        house.ledger.resume(Scope(channel="board"), now=news.now, who="汀")
        assert probe(house, "board").trouble is None
    assert news.held() == []


def test_a_server_that_does_not_answer_is_noted_and_stops_nothing(news: News) -> None:
    news.write("kawa", "kawa0001")
    news.publish()
    url, news.board.url = news.board.url, "http://127.0.0.1:1"
    news.channels()
    with news.house() as house:
        done = probe(house, "board")
        assert done.trouble is not None
        assert not done.stopped
        assert house.ledger.accounts.of("board").trouble == done.trouble
        assert house.ledger.accounts.of("board").shown == "@kairan", "what was known stays"
    assert news.held() == []
    news.board.url = url


def test_a_probe_that_breaks_is_noted_without_a_secret(
    news: News, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with news.house() as house:
        made = type(house.channel("board"))

        def broken(_self: object) -> None:
            raise ValueError(news.board.token)

        monkeypatch.setattr(made, "probe", broken)
        with caplog.at_level(logging.ERROR):
            done = probe(house, "board")
    assert done.trouble is not None
    for said in (done.trouble.ja, done.trouble.en, caplog.text):
        assert news.board.token not in said
    assert news.held() == []


def test_a_server_that_echoes_our_secret_as_its_name_gets_it_shown_and_kept_nowhere(
    news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = news.board.token
    with news.house() as house:
        echo = Probe(f"1@{token}", shown=f"@{token}", server=f"board {token}", learnt={"limit": 77})
        monkeypatch.setattr(type(house.channel("board")), "probe", lambda _self: echo)
        done = probe(house, "board")
        known = house.ledger.accounts.of("board")
    assert done.said is not None
    assert token not in f"{done} {known}"
    assert known.account.startswith("1@")
    assert news.limit() == 77


def test_a_channel_that_can_not_be_probed_is_left_alone(news: News) -> None:
    with news.house() as house:
        assert probe(house, "site").trouble is None
        assert due(house, since=NOON, now=NOON) == ("board",)


# --- at the start and daily -------------------------------------------------------------------------------------------


def test_a_publisher_asks_when_it_starts_and_once_a_day(news: News) -> None:
    news.publish()
    prober = Prober(news.root, lambda: news.now)
    news.now += HOUR
    since = news.now
    assert [prober.round(since), prober.round(since)] == [1, 0]
    news.now += DAY - timedelta(minutes=1)
    assert prober.round(since) == 0
    news.now += timedelta(minutes=1)
    assert prober.round(since) == 1


def test_one_that_gave_no_answer_is_asked_again_within_the_hour_and_one_that_is_held_is_not(news: News) -> None:
    with news.house() as house:
        url, news.board.url = news.board.url, "http://127.0.0.1:1"
        news.channels()
    with news.house() as house:
        probe(house, "board")
        assert due(house, since=NOON, now=NOON + HOUR) == ("board",)
    news.board.url = url
    news.channels()
    news.token("an old one")
    with news.house() as house:
        probe(house, "board")
        assert due(house, since=NOON, now=NOON + HOUR) == ()
        assert due(house, since=NOON, now=NOON + DAY) == ("board",)


def test_around_a_release_nobody_is_asked(news: News) -> None:
    assert Prober(news.root, lambda: news.now, busy=lambda: True).round(NOON) == 0


def test_a_publisher_that_meets_refused_credentials_lets_a_person_know(news: News) -> None:
    import threading

    told = threading.Event()
    news.token("an old one")
    Prober(news.root, lambda: news.now, told=told).round(NOON)
    assert told.is_set()


# --- when credentials end ---------------------------------------------------------------------------------------------


def test_what_a_server_says_of_their_end_is_told_14_3_and_1_days_before(news: News) -> None:
    news.board.expires = "2024-07-20T00:00:00+09:00"
    news.publish()
    with news.house() as house:
        [(whose, end)] = expiring(house).items()
        assert whose == ("board", "")
        assert end == datetime(2024, 7, 20, tzinfo=TOKYO)
        news.now = end - timedelta(days=14)
        [cause] = causes(alerting.situation(house, now=news.now))
    assert (cause.kind, cause.channels) == ("credentials", ("board",))
    assert [end - at for at in cause.again] == [3 * DAY, DAY, timedelta()]
    assert "2024-07-20" in cause.what.ja


# --- a publisher that runs --------------------------------------------------------------------------------------------


class Nobody(Engine):
    """A Prefect server that is never there."""

    def start(self, paper: str, zone: str) -> None:
        """Look for nobody."""


def test_a_running_publisher_takes_a_new_token_from_its_file(news: News) -> None:
    """What was due goes out once the file is right and a person has resumed the channel; nothing is started anew."""
    clicks: SimpleQueue[Clicked] = SimpleQueue()
    publisher = Publisher(
        news.root,
        lambda: news.now,
        lambda _said: None,
        Nobody(news.root, clicks.put, lambda _said: None),
        clicks=clicks,
    )

    def turns() -> None:
        for _ in range(4):
            publisher.keeping._looked = 0.0
            publisher._guarded("loop", publisher._by_itself)

    news.now = NOON - HOUR
    turns()
    news.write("kawa", "kawa0001")
    turns()
    news.token("an old one")
    news.now = NOON
    turns()
    assert (news.board.notices, len(news.held())) == ({}, 1)
    house = publisher.keeping.house
    news.token(news.board.token)
    with news.house() as person:
        person.ledger.resume(Scope(channel="board"), now=news.now, who="汀")
    news.now += timedelta(minutes=2)
    turns()
    assert len(news.board.notices) == 1
    assert publisher.keeping.house is house, "it is the very house"
    publisher.keeping.close()
