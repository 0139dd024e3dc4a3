"""A ledger that was put back, cloned or moved, a wrong clock, another account, a burst: nothing goes out, and it is said."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from flows.stages.arriving import reconcile
from flows.stages.looking import status
from kawaraban.channels.rehearsal.channel import Rehearsal
from kawaraban.delivery import State, Word
from kawaraban.errors import Conflict, Sentence, Unavailable
from kawaraban.ledger import Ending, Scope, Settlement
from tests.flows.boards import BOARDS, HOUR, MINUTE, NOON, Paper, paper, put_back


@pytest.fixture
def news(tmp_path: Path) -> Paper:
    return paper(tmp_path)


def everywhere(news: Paper) -> dict[str, list[str]]:
    return {name: news.posts(name) for name in BOARDS}


def everywhere_only(article: str) -> dict[str, list[str]]:
    return {name: [article] for name in BOARDS}


# --- yesterday's ledger ---


@pytest.mark.parametrize("how", ["bytes", "file"])
def test_yesterdays_ledger_posts_nothing_twice_and_says_what_happened(news: Paper, how: str) -> None:
    kawa = news.write("kawa")
    news.publish()
    kept = news.keep_ledger()
    news.now += HOUR
    ame = news.write("ame", news.now)
    news.publish()
    out = everywhere(news)
    assert out == dict.fromkeys(BOARDS, sorted([kawa, ame]))
    page = (news.root / "public" / "articles" / "ame" / "index.html").read_bytes()

    put_back(news, kept, how)
    news.now += MINUTE
    for names in ((), ("ame",)):
        with pytest.raises(Conflict) as caught:
            news.publish(*names)
        assert "resume --all" in str(caught.value)
    assert everywhere(news) == out
    assert (news.root / "public" / "articles" / "ame" / "index.html").read_bytes() == page, "no page is taken down"
    assert [news.row(ame, name).state for name in BOARDS] == [State.LIVE, State.LIVE, State.UNSURE]

    assert news.resume()
    news.publish()
    assert everywhere(news) == out
    assert news.row(ame, "site").public
    with news.house() as house:
        house.ledger.settle(Ending(ame, "mute", Settlement.ARRIVED), now=news.now, who="editor")
    news.publish()
    assert everywhere(news) == out


def test_what_a_person_says_did_not_arrive_goes_out(news: Paper) -> None:
    news.publish()
    kept = news.keep_ledger()
    news.now += MINUTE
    news.publish()
    ame = news.write("ame", news.now)
    put_back(news, kept, "file")
    with pytest.raises(Conflict):
        news.publish()
    assert news.row(ame, "mute").state is State.UNSURE
    news.resume()
    with news.house() as house:
        house.ledger.settle(Ending(ame, "mute", Settlement.NOT_ARRIVED), now=news.now, who="editor")
    news.publish()
    assert everywhere(news) == everywhere_only(ame)


def test_nobody_is_asked_about_what_has_its_time_only_later(tmp_path: Path) -> None:
    """Also not where it follows the site, whose time nobody knows for certain: a whole calendar would be a question."""
    news = paper(tmp_path, ", after: site")
    news.publish()
    kept = news.keep_ledger()
    news.now += MINUTE
    news.publish()
    ame = news.write("ame", news.now + HOUR)
    put_back(news, kept, "file")
    with pytest.raises(Conflict):
        news.publish()
    with news.house() as house:
        assert [row.word for row in status(house, ("ame",), now=news.now)] == [Word.ON_HOLD] * 5
    news.resume()
    news.now += HOUR
    news.publish()
    assert everywhere(news) == everywhere_only(ame)


def test_a_resume_before_anybody_published_still_asks_first(news: Paper) -> None:
    news.publish()
    kept = news.keep_ledger()
    ame = news.write("ame")
    news.publish()
    put_back(news, kept, "file")
    assert news.resume()
    news.publish()
    assert everywhere(news) == everywhere_only(ame)
    assert news.row(ame, "mute").state is State.UNSURE


def test_status_says_that_everything_is_held_and_why(news: Paper) -> None:
    news.write("kawa")
    news.publish()
    kept = news.keep_ledger()
    news.write("ame", NOON + MINUTE)
    news.now += HOUR
    news.publish()
    put_back(news, kept, "bytes")
    with news.house() as house:
        rows = [row for row in status(house, ("ame",), now=news.now) if row.channel in BOARDS]
        holds = house.ledger.holds()
    assert {row.word for row in rows} == {Word.ON_HOLD}
    assert "older than it was" in holds[0].why


def test_why_all_is_held_is_said_in_one_language_at_a_time(news: Paper) -> None:
    news.write("ame", news.now)
    with news.house() as house:
        house.ledger.hold(Scope(), now=news.now, who="recovery", why="古い台帳です / an old ledger")
        house.ledger.hold(Scope(channel="mute"), now=news.now, who="editor", why="会議 / 確認")
        rows = {row.channel: row.reason for row in status(house, (), now=news.now)}
        assert (rows["site"].ja, rows["site"].en) == ("保留中です（古い台帳です）", "on hold (an old ledger)")
        house.ledger.resume(Scope(), now=news.now, who="editor")
        [mute] = [row.reason for row in status(house, (), now=news.now) if row.channel == "mute"]
        assert mute.en == "on hold (会議 / 確認)"


def test_no_feed_loses_an_item_while_the_delay_of_a_restored_ledger_would_run_anew(news: Paper) -> None:
    channels = news.root / "config" / "channels.yaml"
    text = channels.read_text(encoding="utf-8")
    channels.write_text(text.replace("after: site}", "after: site, delay: 10m}"), encoding="utf-8")
    news.write("kawa")
    news.publish()
    kept = news.keep_ledger()
    ame = news.write("ame")
    news.publish()
    news.now += HOUR
    news.publish()
    feed = news.root / "public" / "feed.xml"
    assert "/ame/" in feed.read_text(encoding="utf-8")
    put_back(news, kept, "file")
    with pytest.raises(Conflict):
        news.publish()
    assert news.row(ame, "site").first_live == NOON
    news.resume()
    news.publish()
    assert "/ame/" in feed.read_text(encoding="utf-8")
    assert news.row(ame, "rss").public


# --- copies and moves ---


def test_a_cloned_paper_posts_nothing_while_the_first_goes_on(news: Paper) -> None:
    news.write("kawa")
    news.publish()
    clone = Paper(news.root.parent / "clone", news.out, news.now)
    shutil.copytree(news.root, clone.root)
    ame = news.write("ame")
    clone.write("ame")
    with pytest.raises(Conflict):
        clone.publish("ame")
    news.publish()
    assert all(ame in posts for posts in everywhere(news).values())
    before = everywhere(news)
    clone.reconcile(anew=True)
    clone.resume()
    clone.publish()
    assert everywhere(news) == before


def test_a_renamed_folder_is_one_command_away_from_going_on(news: Paper) -> None:
    kawa = news.write("kawa", NOON + HOUR)
    news.publish()
    news.root = news.root.rename(news.root.with_name("moved"))
    news.now += HOUR
    with pytest.raises(Conflict) as caught:
        news.publish()
    assert "if you moved it, resume" in str(caught.value)
    news.resume()
    news.publish()
    assert everywhere(news) == everywhere_only(kawa)


def test_a_second_paper_with_the_same_boards_sees_what_the_first_posted(news: Paper) -> None:
    kawa = news.write("kawa")
    news.publish()
    shutil.rmtree(news.root / ".kawaraban")
    news.publish(channels=("site", "named", "listed"))
    assert (news.posts("named"), news.posts("listed")) == ([kawa], [kawa])
    assert news.row(kawa, "listed").public


def test_another_machine_is_noticed(news: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    news.write("kawa")
    news.publish()
    monkeypatch.setattr("kawaraban.ledger.home.machine", lambda: "another")
    with pytest.raises(Conflict, match="another machine"):
        news.publish()


def test_reading_changes_nothing_in_a_ledger_that_is_not_at_home(news: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    news.write("kawa")
    news.publish()
    monkeypatch.setattr("kawaraban.ledger.home.machine", lambda: "another")
    with news.house() as house:
        assert house.ledger.home.strange() is not None
        status(house, (), now=news.now)
    monkeypatch.undo()
    news.write("ame")
    assert not news.publish().failed


def test_a_channel_that_gives_no_answer_gets_nothing_until_it_does(news: Paper) -> None:
    news.publish()
    kept = news.keep_ledger()
    news.publish()
    ame = news.write("ame")
    news.publish()
    put_back(news, kept, "file")
    channels = news.root / "config" / "channels.yaml"
    whole = channels.read_text(encoding="utf-8")
    gone = whole.replace(f"path: {news.out}/listed", "server: http://127.0.0.1:9")
    publication = news.root / "config" / "publication.yaml"
    publication.write_text(publication.read_text(encoding="utf-8") + "network: {private: true}\n", encoding="utf-8")
    channels.write_text(gone, encoding="utf-8")
    assert news.reconcile().silent == ("listed",)
    news.resume()
    results = {one.channel: one.outcome for one in news.publish().results}
    assert results["listed"] == "unavailable"
    channels.write_text(whole, encoding="utf-8")
    news.publish()
    assert everywhere(news) == everywhere_only(ame)


def test_a_silent_channel_is_asked_less_and_less_often_by_a_house_that_stays_open(news: Paper) -> None:
    """Others' releases must not wait for its time-out every time."""
    news.write("kawa")
    publication = news.root / "config" / "publication.yaml"
    publication.write_text(publication.read_text(encoding="utf-8") + "network: {private: true}\n", encoding="utf-8")
    channels = news.root / "config" / "channels.yaml"
    whole = channels.read_text(encoding="utf-8")
    channels.write_text(whole.replace(f"path: {news.out}/listed", "server: http://127.0.0.1:9"), encoding="utf-8")
    with news.house() as house:
        asked: list[str | None] = []
        for passed in (0, 30, 61, 300, 400):
            news.now = NOON + timedelta(seconds=passed)
            assert reconcile(house, lambda step: asked.append(step.channel)).silent == ("listed",)
    assert asked.count("listed") == 3  # at once, after a minute, and five minutes after that


# --- the clock ---


def test_a_clock_behind_the_ledger_releases_nothing_by_schedule_or_by_name(news: Paper) -> None:
    news.write("kawa")
    news.publish()
    news.write("ame")
    news.now = NOON - MINUTE
    for names in ((), ("ame",)):
        with pytest.raises(Conflict) as caught:
            news.publish(*names)
        assert "clock is behind" in str(caught.value)
        assert caught.value.remedy is not None
    assert len(news.posts("named")) == 1
    news.now = NOON - MINUTE / 20  # two machines need not agree to the second
    assert not news.publish().failed


def test_a_clock_that_was_far_ahead_is_forgotten_when_a_person_says_so(news: Paper) -> None:
    news.now = NOON + 9000 * HOUR
    news.write("ame")
    news.publish()
    news.now = NOON
    news.write("kawa")
    with pytest.raises(Conflict):
        news.publish()
    with news.house() as house:
        house.ledger.hold(Scope(), now=news.now, who="editor")
    news.resume()
    assert not news.publish().failed


# --- the fuse ---


@pytest.mark.parametrize("names", [(), ("kawa", "ame", "yuki", "kiri", "kaze")])
def test_more_posts_than_the_burst_stop_the_channel_and_ask(tmp_path: Path, names: tuple[str, ...]) -> None:
    news = paper(tmp_path, ", announces: true, burst: 2")
    news.publish()
    ids = [news.write(slug, news.now) for slug in ("kawa", "ame", "yuki", "kiri", "kaze")]
    news.publish(*names)
    assert {name: len(posts) for name, posts in everywhere(news).items()} == dict.fromkeys(BOARDS, 2)
    assert all(news.row(one, "site").public for one in ids), "the fuse is the channel's own"
    with news.house() as house:
        held = {hold.scope.channel: hold.why for hold in house.ledger.holds()}
        rows = [row for row in status(house, (), now=news.now) if row.channel == "named"]
    assert "more than 2 new posts" in held["named"]
    assert [row.word for row in rows].count(Word.ON_HOLD) == 3
    news.now += MINUTE
    news.resume(Scope(channel="named"))
    news.publish()
    assert {name: len(posts) for name, posts in everywhere(news).items()} == {"named": 5, "listed": 2, "mute": 2}


def test_what_went_out_before_a_person_said_go_on_is_counted_no_more(tmp_path: Path) -> None:
    news = paper(tmp_path, ", announces: true, burst: 2")
    news.publish()
    for slug in ("kawa", "ame", "yuki"):
        news.write(slug, news.now)
    news.publish()
    assert len(news.posts("named")) == 2
    news.now += MINUTE
    news.resume(Scope(channel="named"))
    news.now += MINUTE
    for slug in ("kiri", "kaze"):
        news.write(slug, news.now)
    news.publish("kiri", "kaze")
    assert len(news.posts("named")) == 4, "as many more as the fuse lets through"


def test_the_fuse_counts_an_hour_and_no_edits(tmp_path: Path) -> None:
    news = paper(tmp_path, ", announces: true, burst: 2")
    news.publish()
    for slug in ("kawa", "ame"):
        news.write(slug, news.now)
    news.publish()
    news.now += MINUTE
    for slug in ("kawa", "ame"):
        news.write(slug, NOON, more="直しました。")
    news.publish()
    news.now += HOUR
    news.write("yuki", news.now)
    assert not news.publish().failed
    with news.house() as house:
        assert house.ledger.holds() == []
    assert len(news.posts("named")) == 3


def test_a_channel_that_does_not_announce_has_no_fuse(news: Paper) -> None:
    for slug in ("kawa", "ame", "yuki", "kiri", "kaze"):
        news.write(slug)
    news.publish()
    assert {len(posts) for posts in everywhere(news).values()} == {5}


# --- the account ---


def test_a_server_that_can_not_be_asked_who_we_are_is_tried_again_later_and_status_says_so(
    news: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.write("ame")
    news.publish()
    kawa = news.write("kawa")

    def nobody(_channel: Rehearsal) -> str:
        raise Unavailable(Sentence(ja="つながりません", en="no connection"))

    with monkeypatch.context() as down:
        down.setattr(Rehearsal, "account", nobody)
        assert news.publish("kawa").failed
    with news.house() as house:
        row = next(one for one in status(house, (kawa,), now=news.now) if one.channel == "named")
        (tried,) = house.ledger.attempts(kawa, "named")
    assert row.word is Word.RETRYING
    assert (tried.outcome, tried.error) == ("unavailable", Sentence(ja="つながりません", en="no connection"))
    assert kawa not in news.posts("named")
    news.now += HOUR
    assert not news.publish().failed
    assert kawa in news.posts("named")


def test_another_account_behind_the_same_settings_is_held_until_a_person_takes_it(news: Paper) -> None:
    kawa = news.write("kawa")
    news.publish()
    board = news.out / "named" / ".board"
    known = board.read_text(encoding="ascii")
    board.write_text("somebody-else", encoding="ascii")
    ame = news.write("ame")
    news.publish()
    assert news.posts("named") == [kawa]
    assert news.posts("listed") == sorted([kawa, ame])
    with news.house() as house:
        why = next(hold.why for hold in house.ledger.holds() if hold.scope == Scope(channel="named"))
    assert known in why
    assert "another account" in why
    news.resume(Scope(channel="named"))
    news.publish()
    assert news.posts("named") == sorted([kawa, ame])
