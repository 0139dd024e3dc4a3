"""Alerts: once per cause and place, again before a release, never twice, never with a secret, never in the way."""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.compose import House, open_house
from flows.publisher.watchman import Watchman
from flows.stages import alerting
from flows.stages.causes import causes
from flows.stages.publishing import publish
from flows.stages.situation import Cause, Situation
from flows.stages.telling import telling
from flows.stages.values import PublishRequest, StatusRow
from kawaraban.config import AlertSettings, Secret
from kawaraban.delivery import Delivery, State, Word
from kawaraban.errors import Conflict, Sentence
from kawaraban.ledger import Hold, Scope, Settlement, Told, owner
from kawaraban.ledger.records import RECOVERY
from kawaraban.plan import reasons
from tests.papers import paper, write
from tests.servers.posts import PostServer, post_server

TOKYO = ZoneInfo("Asia/Tokyo")
SEVEN = datetime(2024, 6, 18, 7, 0, tzinfo=TOKYO)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SAID = Sentence(ja="断られました", en="refused")


# --- which causes there are -------------------------------------------------------------------------------------------


def row(word: Word, channel: str = "hook", article: str = "ra1n0001", **changes: object) -> StatusRow:
    values: dict[str, object] = {
        "article": article, "title": "雨樋の音", "slug": "rain", "channel": channel, "state": State.WAITING, "word": word,
        "due": SEVEN, "url": None, "place": None, "remote_id": None, "attempts": 0, "error": None, "reason": SAID,
        "remedy": None, "digest": None, "live_digest": None, "since": None, "verified": True, "differences": (),
    }  # fmt: skip
    return StatusRow(**{**values, **changes})  # type: ignore[arg-type] # a test's shorthand


def found(*rows: StatusRow, now: datetime = SEVEN, holds: tuple[Hold, ...] = (), **known: object) -> list[Cause]:
    deliveries = {
        (one.article, one.channel): Delivery(one.article, one.channel, one.state or State.WAITING, **known)  # type: ignore[arg-type] # a test's shorthand
        for one in rows
    }
    return causes(Situation(now=now, rows=rows, deliveries=deliveries, holds=holds))


def test_what_goes_well_or_waits_for_its_time_is_no_cause() -> None:
    quiet = (Word.DRAFT, Word.SCHEDULED, Word.ON_HOLD, Word.LIVE, Word.CHANGED, Word.WITHDRAWN, Word.OFF, Word.SENDING)
    assert found(*(row(word, channel=f"c{number}") for number, word in enumerate(quiet))) == []


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        (Word.FAILED, "failed"),
        (Word.OVERDUE, "overdue"),
        (Word.BY_HAND, "by-hand"),
        (Word.TO_TAKE_DOWN, "by-hand"),
        (Word.DRIFTED, "drifted"),
    ],
)
def test_each_word_that_is_a_persons_turn_is_a_cause_with_article_channel_and_command(word: Word, kind: str) -> None:
    [cause] = found(row(word))
    assert (cause.kind, cause.article, cause.channels) == (kind, "ra1n0001", ("hook",))
    assert cause.remedy is not None
    assert "kawaraban " in cause.remedy.en


def test_unsure_is_told_at_once_where_nobody_can_be_asked_and_else_when_asking_does_not_help() -> None:
    assert found(row(Word.UNSURE, state=State.UNSURE), failures=1) == []
    assert [one.kind for one in found(row(Word.UNSURE, state=State.UNSURE), failures=3)] == ["unsure"]
    [cause] = found(row(Word.UNSURE, state=State.UNSURE, reason=reasons.UNSURE), failures=1)
    assert cause.remedy is not None
    assert "settle ra1n0001 hook --arrived" in cause.remedy.en


def test_a_first_back_off_may_pass_before_a_release_is_overdue() -> None:
    late = row(Word.RETRYING)
    assert found(late, now=SEVEN + 4 * MINUTE) == []
    assert [one.kind for one in found(late, now=SEVEN + 6 * MINUTE)] == ["overdue"]


def test_an_old_article_that_has_only_just_come_here_is_not_overdue() -> None:
    old = row(Word.DUE, due=SEVEN - timedelta(days=900))
    assert found(old, made=SEVEN - MINUTE) == []
    assert causes(Situation(now=SEVEN, rows=[replace(old, state=None)])) == []
    assert [one.kind for one in found(old, made=SEVEN - HOUR)] == ["overdue"]


def test_an_update_of_an_old_article_is_overdue_by_its_tries_and_not_by_its_age() -> None:
    update = row(Word.RETRYING, state=State.LIVE, due=SEVEN - timedelta(days=900))
    assert found(update, failures=1) == []
    assert [one.kind for one in found(update, failures=3)] == ["overdue"]


def test_a_blocked_article_is_one_cause_whatever_the_number_of_its_channels() -> None:
    rows = (row(Word.BLOCKED, channel="site"), row(Word.BLOCKED, channel="hook", due=SEVEN + HOUR))
    [cause] = found(*rows, now=SEVEN - HOUR)
    assert (cause.channels, cause.due) == (("site", "hook"), SEVEN)


def test_what_is_blocked_and_was_never_scheduled_is_no_cause() -> None:
    assert found(row(Word.BLOCKED, due=None)) == []
    assert found(row(Word.BLOCKED, state=None), now=SEVEN + HOUR) == []


def test_a_vanished_file_is_one_cause() -> None:
    gone = [row(Word.LIVE, channel=name, state=State.LIVE, reason=reasons.GONE) for name in ("site", "rss")]
    [cause] = found(*gone)
    assert (cause.kind, cause.channels) == ("vanished", ("site", "rss"))


def test_fifty_refusals_of_our_credentials_are_one_cause() -> None:
    hold = Hold(Scope(channel="hook"), SEVEN, RECOVERY, f"{SAID.ja} / {SAID.en}")
    rows = [row(Word.FAILED, article=f"a{number:07d}", state=State.FAILED, error=SAID) for number in range(50)]
    [cause] = found(*rows, row(Word.SCHEDULED, channel="site"), holds=(hold,))
    assert (cause.kind, cause.channels, cause.due) == ("credentials", ("hook",), SEVEN)
    assert cause.remedy is not None
    assert cause.remedy.en == "kawaraban resume --channel hook"


def test_what_the_machine_stopped_by_itself_is_a_cause_and_what_a_person_holds_is_none() -> None:
    by_machine = Hold(Scope(channel="hook"), SEVEN, RECOVERY, "一時間に4件")
    everything = Hold(Scope(), SEVEN, RECOVERY, "控えから戻された台帳")
    by_person = Hold(Scope(channel="note"), SEVEN, "汀", "相談中")
    assert [one.kind for one in found(holds=(by_machine, everything, by_person))] == ["stopped", "restored"]


def test_a_secret_that_ends_soon_is_told_14_3_and_1_days_before_and_on_the_day() -> None:
    end = datetime(2024, 7, 1, tzinfo=TOKYO)
    told: list[Told] = []
    when: list[int] = []
    for days in range(-20, 3):
        now = end + timedelta(days=days)
        for cause in causes(Situation(now=now, expiring={("hook", "env:HOOK_SECRET"): end})):
            assert (cause.kind, cause.channels) == ("credentials", ("hook",))
            told = after(told, cause, now)
            when += [days] if told[0].last == now else []
    assert when == [-14, -3, -1, 0]


def test_what_stops_everything_at_night_is_told_where_a_release_is_near() -> None:
    three = datetime(2024, 6, 18, 3, 0, tzinfo=TOKYO)
    hold = Hold(Scope(), three, RECOVERY, "戻された台帳 / put back")
    far, near = row(Word.ON_HOLD, due=SEVEN), row(Word.ON_HOLD, channel="b", due=three + 30 * MINUTE)
    assert telling(NIGHT, found(far, holds=(hold,), now=three), [], now=three, zone=TOKYO).silent
    [cause] = telling(NIGHT, found(far, near, holds=(hold,), now=three), [], now=three, zone=TOKYO).new
    assert cause.what == Sentence(ja="戻された台帳", en="put back")
    assert cause.remedy is not None
    assert "kawaraban reconcile" in cause.remedy.en


def test_a_clock_behind_the_ledger_is_a_cause() -> None:
    behind = Situation(now=SEVEN, last_event=SEVEN + HOUR)
    assert [one.kind for one in causes(behind)] == ["clock"]
    assert causes(replace(behind, last_event=SEVEN + timedelta(seconds=5))) == []


# --- when they are told -----------------------------------------------------------------------------------------------

CHAT = AlertSettings(to=Secret(env="CHAT"))
NIGHT = AlertSettings(to=Secret(env="CHAT"), quiet="23:00-06:00")


def after(told: list[Told], cause: Cause, now: datetime, place: AlertSettings = CHAT) -> list[Told]:
    """What was told, after this minute."""
    one = telling(place, [cause], told, now=now, zone=TOKYO)
    said = [Told(each.key, place.place, SAID, now, now) for each in one.causes]
    return [each for each in told if each.cause not in {new.cause for new in said}] + said


def test_a_blocked_release_is_told_at_once_and_12_hours_and_1_hour_before_and_when_it_is_missed() -> None:
    told: list[Told] = []
    when: list[timedelta] = []
    for minutes in range(-30 * 60, 120):
        now = SEVEN + minutes * MINUTE
        [cause] = found(row(Word.BLOCKED), now=now)
        told = after(told, cause, now)
        if told[0].last == now:
            when.append(now - SEVEN)
    assert when == [-30 * HOUR, -12 * HOUR, -HOUR, timedelta()]


def test_a_release_that_is_moved_is_told_by_its_new_time() -> None:
    [cause] = found(row(Word.BLOCKED), now=SEVEN - 13 * HOUR)
    told = after([], cause, SEVEN - 13 * HOUR)
    [moved] = found(row(Word.BLOCKED, due=SEVEN + 24 * HOUR), now=SEVEN - 11 * HOUR)
    assert after(told, moved, SEVEN - 11 * HOUR) == told
    assert after(told, moved, SEVEN + 12 * HOUR) != told


def test_at_night_only_a_release_of_that_very_hour_is_told() -> None:
    two = datetime(2024, 6, 18, 2, 0, tzinfo=TOKYO)
    old, now_due = row(Word.FAILED, channel="old", due=SEVEN - 24 * HOUR), row(Word.FAILED, channel="new", due=two)
    by_hand = row(Word.BY_HAND, channel="note", due=two)
    night = telling(NIGHT, found(old, now_due, by_hand), [], now=two + MINUTE, zone=TOKYO)
    assert [one.channels for one in night.new] == [("new",)]
    six = telling(NIGHT, found(old, now_due, by_hand), [], now=two + 4 * HOUR, zone=TOKYO)
    assert len(six.new) == 3


def test_quiet_hours_with_weekdays_belong_to_the_day_on_which_they_begin() -> None:
    place = AlertSettings(to=Secret(env="CHAT"), quiet="fri 23:00-06:00")
    friday = datetime(2024, 6, 21, 23, 30, tzinfo=TOKYO)
    [cause] = found(row(Word.DRIFTED))
    heard = {
        now: not telling(place, [cause], [], now=now, zone=TOKYO).silent
        for now in (friday - HOUR, friday, friday + 6 * HOUR, friday + 7 * HOUR, friday + 24 * HOUR)
    }
    assert list(heard.values()) == [True, False, False, True, True]


def test_what_is_mended_is_told_briefly_where_it_had_been_told_and_not_at_night() -> None:
    [cause] = found(row(Word.FAILED))
    told = after([], cause, SEVEN)
    day, night = (telling(NIGHT, [], told, now=SEVEN + hours * HOUR, zone=TOKYO) for hours in (1, 17))
    assert [one.cause for one in day.mended] == list(day.over) == [cause.key]
    assert (night.mended, night.over) == ((), ())
    assert telling(NIGHT, [], [], now=SEVEN, zone=TOKYO).silent


def test_what_a_person_did_ends_without_a_word() -> None:
    [cause] = found(row(Word.BY_HAND))
    ended = telling(CHAT, [], after([], cause, SEVEN), now=SEVEN + HOUR, zone=TOKYO)
    assert (ended.silent, ended.over) == (True, (cause.key,))


def test_another_text_that_is_refused_again_is_told_again_and_nothing_is_called_mended() -> None:
    [first] = found(row(Word.FAILED), tried_digest="a" * 64)
    [second] = found(row(Word.FAILED), tried_digest="b" * 64)
    told = after([], first, SEVEN)
    assert telling(CHAT, [first], told, now=SEVEN + HOUR, zone=TOKYO).silent
    again = telling(CHAT, [second], told, now=SEVEN + HOUR, zone=TOKYO)
    assert (again.new, again.mended, again.over) == ((second,), (), (first.key,))


def test_a_place_hears_only_what_it_wants() -> None:
    place = AlertSettings(to=Secret(env="CHAT"), kinds=("unsure",))
    both = found(row(Word.FAILED), row(Word.UNSURE, channel="b", reason=reasons.UNSURE))
    assert [one.kind for one in telling(place, both, [], now=SEVEN, zone=TOKYO).new] == ["unsure"]


# --- the whole way ----------------------------------------------------------------------------------------------------

TOKEN = "hunter2-hunter2"  # noqa: S105 - what must never be shown


@dataclass
class Newsroom:
    """A paper whose webhook and whose alerts go to a server on loopback."""

    root: Path
    board: PostServer

    def at(self, now: datetime) -> House:
        return open_house(self.root, clock=lambda: now, who="汀")

    def publish(self, now: datetime) -> None:
        with self.at(now) as house:
            publish(house, PublishRequest(), lambda _step: None, now=now)

    def tell(self, now: datetime) -> list[str]:
        """Tell, and return the alerts that arrived by that, each as title and text."""
        self.board.requests.clear()
        with self.at(now) as house:
            alerting.tell(house, now=now)
        return self.alerts

    @property
    def alerts(self) -> list[str]:
        bodies = [json.loads(body) for _, path, _, body in self.board.requests if path.startswith("/alerts")]
        return [f"{one['title']}\n{one['message']}" for one in bodies]


@contextmanager
def newsroom(root: Path) -> Iterator[Newsroom]:
    with post_server() as board:
        paper(root, samples=False)
        port = board.url.rpartition(":")[2]
        settings = root / "config" / "publication.yaml"
        alerts = "alerts:\n  - to: {env: ALERTS_CHAT}\ndesk_url: https://desk.example.com\nnetwork: {private: true}\n"
        settings.write_text(settings.read_text(encoding="utf-8") + alerts, encoding="utf-8")
        (root / "config" / "channels.yaml").write_text(
            "site: {kind: site, path: public}\n"
            f"hook: {{kind: webhook, url: '{board.url}/hook', secret: {{env: HOOK_SECRET}}, after: site}}\n",
            encoding="utf-8",
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ALERTS_CHAT", f"json://127.0.0.1:{port}/alerts/{TOKEN}")
            patch.setenv("HOOK_SECRET", "a secret of the hook")
            yield Newsroom(root, board)


@pytest.fixture
def news(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path / "paper") as made:
        yield made


def refused(news: Newsroom) -> None:
    """An article whose post to the hook was refused at seven."""
    write(news.root, "rain", id="ra1n0001", title="雨樋の音を聞く")
    news.publish(SEVEN - HOUR)  # the channel is connected before the article's time
    news.board.faults.append("refuse")
    news.publish(SEVEN)


def test_a_failure_is_told_once_with_article_channel_try_command_and_desk(news: Newsroom) -> None:
    refused(news)
    [said] = news.tell(SEVEN + MINUTE)
    assert said.startswith("【汀通信】失敗｜雨樋の音を聞く｜hook")
    for part in ("予定 2024-06-18 07:00", "1回目の試み 2024-06-18 07:00", "422", "https://desk.example.com"):
        assert part in said
    assert "→ kawaraban publish ra1n0001 --channel hook" in said
    assert TOKEN not in said
    assert news.tell(SEVEN + 2 * MINUTE) == []


def test_what_is_mended_is_told_once_and_the_same_failure_is_told_anew_later(news: Newsroom) -> None:
    refused(news)
    news.tell(SEVEN + MINUTE)
    with news.at(SEVEN + 2 * MINUTE) as house:
        publish(house, PublishRequest(names=("rain",)), lambda _step: None, now=SEVEN + 2 * MINUTE)
    [said] = news.tell(SEVEN + 3 * MINUTE)
    assert said.startswith("【汀通信】直りました: 失敗｜雨樋の音を聞く｜hook")
    assert news.tell(SEVEN + 4 * MINUTE) == []


def test_an_english_paper_is_told_in_english(news: Newsroom) -> None:
    settings = news.root / "config" / "publication.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("lang: ja", "lang: en"), encoding="utf-8")
    refused(news)
    [said] = news.tell(SEVEN + MINUTE)
    assert "failed | 雨樋の音を聞く | hook" in said
    assert "due 2024-06-18 07:00, try 1 at 2024-06-18 07:00" in said


def test_a_half_saved_scheduled_article_is_told_within_a_minute_with_file_and_line(news: Newsroom) -> None:
    path = write(news.root, "rain", id="ra1n0001", title="雨樋の音を聞く")
    evening = SEVEN - 13 * HOUR
    news.publish(evening)
    assert news.tell(evening) == []
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: whole.index("published")] + "published: 2024-06-1", encoding="utf-8")
    [said] = news.tell(evening + MINUTE)
    assert "止まり｜雨樋の音を聞く｜site" in said
    assert "articles/2024/rain/index.md" in said
    assert "あと13時間" in said
    assert news.tell(evening + 2 * MINUTE) == []
    assert "あと12時間" in news.tell(SEVEN - 12 * HOUR)[0]
    assert "あと1時間" in news.tell(SEVEN - HOUR)[0]
    path.write_text(whole, encoding="utf-8")
    assert "直りました: 止まり" in news.tell(SEVEN - HOUR + MINUTE)[0]


def test_a_channel_without_its_secret_is_told_before_anything_fails(
    news: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK_SECRET")
    [said] = news.tell(SEVEN)
    assert "認証｜hook" in said
    assert "HOOK_SECRET" in said


def test_a_secrets_last_day_comes_from_the_settings(news: Newsroom) -> None:
    channels = news.root / "config" / "channels.yaml"
    text = channels.read_text(encoding="utf-8").replace("HOOK_SECRET}", "HOOK_SECRET, expires: 2024-06-20}")
    channels.write_text(text, encoding="utf-8")
    [said] = news.tell(SEVEN)
    assert "認証｜hook" in said
    assert "env:HOOK_SECRET がもうすぐ切れます（2024-06-20）" in said


def test_what_a_part_of_the_house_reports_is_told_until_it_is_mended(news: Newsroom) -> None:
    what = Sentence(ja="控えを書けません", en="the backup can't be written")
    with news.at(SEVEN) as house:
        alerting.report(house, "backup", "backup", what, now=SEVEN)
    [said] = news.tell(SEVEN)
    assert said.startswith("【汀通信】控え")
    assert "控えを書けません" in said
    with news.at(SEVEN) as house:
        alerting.mended(house, "backup")
    assert "直りました: 控え" in news.tell(SEVEN + HOUR)[0]


def test_what_happens_together_is_one_message_of_ten_and_a_count(news: Newsroom) -> None:
    for number in range(12):
        write(news.root, f"rain-{number}", "::: dialogue\n", id=f"ra1n00{number:02d}", title=f"雨の話{number}")
    [said] = news.tell(SEVEN - 24 * HOUR)
    assert said.startswith("【汀通信】12件: 止まり12")
    assert said.count("→ ") == 10
    assert "ほか2件は kawaraban status で" in said


def test_an_alert_that_was_not_taken_is_sent_the_next_time_and_the_publish_knows_nothing_of_it(
    news: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    refused(news)
    news.board.faults.extend(["unavailable", "drop"])
    with caplog.at_level(logging.DEBUG):
        news.tell(SEVEN + MINUTE)
        news.tell(SEVEN + 2 * MINUTE)
    assert "alerts to env:ALERTS_CHAT" in caplog.text
    assert TOKEN not in caplog.text
    assert len(news.tell(SEVEN + 3 * MINUTE)) == 1
    assert news.tell(SEVEN + 4 * MINUTE) == []


@pytest.mark.parametrize("address", [f"nonsense://{TOKEN}", f"tgram://{TOKEN}/1", f"json://127.0.0.1:1/{TOKEN}", ""])
def test_an_address_that_cannot_be_used_stops_nothing_and_is_never_logged(
    news: Newsroom, address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refused(news)
    monkeypatch.setenv("ALERTS_CHAT", address)
    with caplog.at_level(logging.DEBUG):
        assert news.tell(SEVEN + MINUTE) == []
    assert "alerts to env:ALERTS_CHAT" in caplog.text
    assert TOKEN not in caplog.text
    assert "hunter2" not in caplog.text


def test_while_another_process_tells_this_one_does_not(news: Newsroom) -> None:
    refused(news)
    with news.at(SEVEN) as house:
        with house.ledger.lock("alerts", owner=owner(), now=SEVEN, lease=HOUR):
            assert news.tell(SEVEN + MINUTE) == []
        assert len(news.tell(SEVEN + MINUTE)) == 1


def test_processes_that_tell_at_once_tell_one_thing_once(news: Newsroom) -> None:
    refused(news)
    news.board.requests.clear()
    together = threading.Barrier(4)

    def work() -> None:
        with news.at(SEVEN + MINUTE) as house:
            together.wait()
            alerting.tell(house, now=SEVEN + MINUTE)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(news.alerts) == 1


def test_without_a_place_nothing_is_looked_at(news: Newsroom) -> None:
    settings = news.root / "config" / "publication.yaml"
    text = settings.read_text(encoding="utf-8").replace("alerts:\n  - to: {env: ALERTS_CHAT}\n", "")
    settings.write_text(text, encoding="utf-8")
    with news.at(SEVEN) as house:
        assert alerting.tell(house, now=SEVEN) == 0
        assert "ledger" not in house.__dict__


def test_a_tree_that_lost_its_articles_is_told_and_nothing_told_before_is_called_mended(news: Newsroom) -> None:
    refused(news)
    for number in range(6):
        write(news.root, f"more-{number}", id=f"m0re00{number:02d}")
    news.publish(SEVEN + MINUTE)
    news.tell(SEVEN + MINUTE)
    os.rename(news.root / "content" / "articles", news.root / "gone")  # noqa: PTH104 - the point
    (news.root / "content" / "articles").mkdir()
    [said] = news.tell(SEVEN + 2 * MINUTE)
    assert said.startswith("【汀通信】停止")
    assert "直りました" not in said


def test_settling_ends_an_unsure_alert(news: Newsroom) -> None:
    write(news.root, "rain", id="ra1n0001", title="雨樋の音を聞く")
    news.publish(SEVEN - HOUR)
    news.board.faults.append("lose")
    news.publish(SEVEN)
    [said] = news.tell(SEVEN + MINUTE)
    assert "要確認｜雨樋の音を聞く｜hook" in said
    assert "kawaraban settle ra1n0001 hook --arrived" in said
    from flows.stages.recording import settle

    with news.at(SEVEN + 2 * MINUTE) as house:
        settle(house, "rain", "hook", Settlement.ARRIVED, None, now=SEVEN + 2 * MINUTE)
    assert "直りました: 要確認" in news.tell(SEVEN + 3 * MINUTE)[0]


def test_settings_that_break_are_told_by_the_last_good_ones_and_mended_also_after_a_restart(news: Newsroom) -> None:
    settings = news.root / "config" / "publication.yaml"
    good = settings.read_text(encoding="utf-8")
    before = Watchman(news.root, lambda: SEVEN)
    assert before.round() == 0
    settings.write_text(good + "nmae: x\n", encoding="utf-8")
    assert (before.round(), before.round()) == (1, 0)
    settings.write_text(good, encoding="utf-8")
    assert Watchman(news.root, lambda: SEVEN).round() == 1
    first, second = news.alerts
    assert "nmae" in first
    assert "config/publication.yaml:" in first, "whoever reads it on a telephone knows which file"
    assert second.startswith("【汀通信】直りました: 停止")


def test_a_ledger_that_was_copied_elsewhere_is_told_with_the_way_to_go_on(news: Newsroom) -> None:
    refused(news)
    news.tell(SEVEN + MINUTE)
    copy = Newsroom(news.root.parent / "copy", news.board)
    shutil.copytree(news.root, copy.root)
    with pytest.raises(Conflict):
        copy.publish(SEVEN + HOUR)
    [said] = copy.tell(SEVEN + HOUR)
    assert "台帳が戻された" in said
    assert "kawaraban reconcile" in said
    assert copy.tell(SEVEN + 2 * HOUR) == []


def test_a_fuse_that_blew_is_told_once_with_the_command_that_closes_it(news: Newsroom) -> None:
    news.publish(SEVEN - HOUR)
    for number in range(5):
        write(news.root, f"rain-{number}", id=f"ra1n00{number:02d}", title=f"雨の話{number}")
    news.publish(SEVEN)
    [said] = news.tell(SEVEN + MINUTE)
    assert said.startswith("【汀通信】停止｜hook")
    assert "→ kawaraban resume --channel hook" in said
    assert news.tell(SEVEN + HOUR) == []


def test_credentials_that_are_refused_are_one_alert_and_resuming_mends_it(news: Newsroom) -> None:
    news.publish(SEVEN - HOUR)
    for number in range(3):
        write(news.root, f"rain-{number}", id=f"ra1n00{number:02d}", title=f"雨の話{number}")
    news.board.faults.append("unauthorised")
    news.publish(SEVEN)
    [said] = news.tell(SEVEN + MINUTE)
    assert said.startswith("【汀通信】認証｜hook")
    assert "→ kawaraban resume --channel hook" in said
    with news.at(SEVEN + 2 * MINUTE) as house:
        house.ledger.resume(Scope(channel="hook"), now=SEVEN + 2 * MINUTE, who="汀")
    with news.at(SEVEN + 3 * MINUTE) as house:
        publish(house, PublishRequest(names=("rain-0", "rain-1", "rain-2")), lambda _step: None, now=SEVEN + 3 * MINUTE)
    assert "直りました: 認証｜hook" in news.tell(SEVEN + 4 * MINUTE)[0]
