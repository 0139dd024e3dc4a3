"""schedule, hold and resume, and the promise: an editor's hand on the clock."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.cli.words import moment
from flows.handover import reception
from flows.stages.promising import Coming, Promise
from kawaraban.library import Library
from tests.builders import publication
from tests.desk.papers import Paper

ID = "7ra1ny7a"
SOON = (datetime.now(UTC) + timedelta(days=2)).replace(hour=3, minute=0, second=0, microsecond=0)
ZONE = publication().zone
WHEN = SOON.astimezone(ZONE).isoformat()
LATER = (SOON + timedelta(days=1)).astimezone(ZONE).isoformat()


@contextmanager
def a_publisher(paper: Paper) -> Iterator[None]:
    """Somebody answers where the publisher's file says so."""
    (paper.root / ".kawaraban").mkdir(exist_ok=True)
    with reception(paper.root, queue.Queue()):
        yield


# --- schedule ---


def test_a_draft_is_scheduled_and_no_other_byte_of_its_file_changes(paper: Paper) -> None:
    path = paper.write(status="draft", published="2020-01-01T07:00:00+09:00  # 仮の時刻")
    before = path.read_bytes().decode()
    answer = paper("schedule", "rain", "--at", WHEN)
    assert answer.code == 0
    expected = before.replace("status: draft", "status: ready").replace("2020-01-01T07:00:00+09:00", WHEN)
    assert path.read_bytes().decode() == expected
    assert "status: draft → ready" in answer.out
    assert "published: 2020-01-01T07:00:00+09:00 → " + WHEN in answer.out
    assert paper.word("rain", "site") == "scheduled"


def test_the_promise_is_printed_and_whether_anybody_keeps_it(paper: Paper) -> None:
    paper.write(status="draft", published="")
    paper.replace("config/channels.yaml", "delay: 0m ", "delay: 15m ")
    here = SOON.astimezone(ZONE)
    promise = f"{'月火水木金土日'[here.weekday()]} {here:%H:%M} site、{here:%H:%M} note（人が出す）、12:15 rss"
    alone = paper("schedule", "rain", "--at", WHEN, language="ja")
    assert promise in alone.out
    assert "kawaraban serve" in alone.out
    with a_publisher(paper):
        for words in (("publish",), ("status",), ("schedule", "rain", "--at", WHEN)):
            kept = paper(*words, language="ja") if words != ("publish",) else None
            if kept is not None:
                assert promise in kept.out
                assert "kawaraban serve" not in kept.out
    assert promise in paper("publish", language="ja").out


def test_at_now_is_at_once(paper: Paper) -> None:
    paper.write(status="review", published="")
    answer = paper("schedule", "rain", "--at", "now", "--json")
    assert answer.code == 0
    assert set(answer.document) == {"article", "moved", "left", "publisher", "deliveries"}
    assert [one["key"] for one in answer.document["moved"]] == ["status", "published"]
    assert answer.document["publisher"] is False
    assert paper.word("rain", "site") == "due"
    assert paper("publish").code == 0
    assert paper.page().is_file()


def test_moving_moves_published_embargo_and_every_absolute_time_together(paper: Paper) -> None:
    channels = f"{{note: {{at: {(SOON + timedelta(hours=5)).astimezone(ZONE).isoformat()}}}, rss: {{at: 13:30}}}}"
    path = paper.write(published=WHEN, embargo=WHEN, channels=channels)
    answer = paper("schedule", "rain", "--move", LATER, "--json")
    assert answer.code == 0
    matter = Library(paper.root / "content").find("rain").matter
    day = timedelta(days=1)
    assert (matter.published, matter.embargo) == (SOON + day, SOON + day)
    assert matter.channels["note"].at == SOON + day + timedelta(hours=5)
    assert matter.channels["rss"].at == "13:30"  # counted from the day of published
    due = {row["channel"]: row["due"] for row in answer.document["deliveries"]}
    assert due["site"] == LATER
    assert [one["key"] for one in answer.document["moved"]] == ["published", "embargo", "channels.note.at"]
    assert "13:30" in path.read_text(encoding="utf-8")


def test_cancelling_takes_it_back_into_review_and_the_ledger_forgets_the_time(paper: Paper) -> None:
    paper.write(published=WHEN)
    paper("publish")
    answer = paper("schedule", "rain", "--cancel")
    assert answer.code == 0
    matter = Library(paper.root / "content").find("rain").matter
    assert (matter.status, matter.published) == ("review", None)
    rows = paper("status", "rain", "--json").document["deliveries"]
    assert {(row["word"], row["due"]) for row in rows} == {("draft", None)}


def test_what_is_out_already_is_neither_scheduled_nor_cancelled(paper: Paper) -> None:
    path = paper.write()
    paper("publish")
    before = path.read_bytes()
    for words in (("--at", WHEN), ("--cancel",)):
        answer = paper("schedule", "rain", *words)
        assert answer.code == 2
        assert "site, rss" in answer.err
        assert "→" in answer.err
    assert path.read_bytes() == before


def test_moving_names_what_has_left_and_moves_the_rest(paper: Paper) -> None:
    paper.write(channels=f"{{note: {{at: {WHEN}}}}}")
    paper("publish")
    answer = paper("schedule", "rain", "--move", "2024-06-19T07:00:00+09:00", "--json")
    assert answer.document["left"] == ["site", "rss"]
    matter = Library(paper.root / "content").find("rain").matter
    assert matter.channels["note"].at == SOON + timedelta(days=1)
    assert "has left already" in paper("schedule", "rain", "--move", "2024-06-20T07:00:00+09:00").out


def test_nothing_can_be_moved_where_no_time_is(paper: Paper) -> None:
    paper.write(published="")
    answer = paper("schedule", "rain", "--move", WHEN)
    assert answer.code == 2
    assert f"kawaraban schedule {ID} --at" in answer.err


def test_a_time_that_would_break_the_embargo_is_refused_and_nothing_is_written(paper: Paper) -> None:
    path = paper.write(status="draft", published="", embargo=LATER)
    before = path.read_bytes()
    answer = paper("schedule", "rain", "--at", WHEN)
    assert answer.code == 2
    assert "embargo" in answer.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("written", ["2026-12-01T07:00:00", "2026-12-01", "tomorrow", "07:00", ""])
def test_a_time_without_its_offset_is_refused(paper: Paper, written: str) -> None:
    path = paper.write(status="draft")
    before = path.read_bytes()
    answer = paper("schedule", "rain", "--at", written)
    assert answer.code == 2
    assert path.read_bytes() == before


def test_exactly_one_of_the_three_is_asked_for(paper: Paper) -> None:
    paper.write()
    assert paper("schedule", "rain").code == 2
    assert paper("schedule", "rain", "--at", WHEN, "--cancel").code == 2


def test_a_blocked_article_is_scheduled_and_said_to_be_blocked(paper: Paper) -> None:
    paper.write(status="draft", published="", body="![](屋根.png)\n")
    answer = paper("schedule", "rain", "--at", WHEN)
    assert answer.code == 1
    assert "index.md:" in answer.out


def test_a_file_that_changed_meanwhile_is_left_alone(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    path = paper.write(status="draft")
    real = Library.save

    def meanwhile(self: Library, *given: object) -> str:
        path.write_text(path.read_text(encoding="utf-8") + "もう一行。\n", encoding="utf-8")
        return real(self, *given)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(Library, "save", meanwhile)
    answer = paper("schedule", "rain", "--at", WHEN)
    assert answer.code == 2
    assert "status: draft" in path.read_text(encoding="utf-8")
    assert "もう一行。" in path.read_text(encoding="utf-8")


# --- hold and resume ---


def test_a_hold_says_what_it_caught_and_resuming_says_what_would_go_out(paper: Paper) -> None:
    paper.write()
    paper.write("kasa", id="7kasa777", title="傘の話", published=WHEN)
    held = paper("hold", "--all", "--why", "地震", "--json").document
    assert held["hold"]["why"] == "地震"
    assert {(one["article"], one["channel"]) for one in held["at_once"]} == {(ID, "site"), (ID, "rss"), (ID, "note")}
    assert {one["article"] for one in held["later"]} == {"7kasa777"}
    assert paper("publish").code == 0
    assert not paper.page().exists()
    assert paper.word("rain", "site") == "on hold"
    answer = paper("resume", "--all")
    assert answer.out.index("goes out at once") < answer.out.index("resumed: --all")
    assert "傘の話" in answer.out
    paper("publish")
    assert paper.page().exists()


@pytest.mark.parametrize("words", [("rain",), ("--channel", "site"), ("rain", "--channel", "site")])
def test_an_article_a_channel_or_one_of_the_two_is_held_and_resumed_as_it_was(
    paper: Paper, words: tuple[str, ...]
) -> None:
    paper.write()
    assert paper("hold", *words).code == 0
    assert paper.word("rain", "site") == "on hold"
    assert "held already" in paper("hold", *words).out
    wrong = paper("resume", "--all")
    assert wrong.code == 2
    assert "kawaraban resume " in wrong.err
    assert paper("resume", *words).code == 0
    assert paper.word("rain", "site") == "due"


def test_a_hold_works_while_the_settings_and_the_article_are_broken(paper: Paper) -> None:
    path = paper.write(published=WHEN)
    paper("publish")
    (paper.root / "config" / "channels.yaml").write_text("site: [\n", encoding="utf-8")
    path.write_text("---\nid: 7ra1ny7a\n", encoding="utf-8")
    for name in ("rain", ID, str(path)):
        answer = paper("hold", name, language="ja")
        assert answer.code == 0
        assert "channels.yaml" in answer.out  # why it is the ledger's word alone
    answer = paper("resume", ID, "--json")
    assert answer.code == 0
    assert {one["channel"] for one in answer.document["later"]} == {"site", "rss", "note"}
    assert paper("hold", "--channel", "nowhere").code == 2
    assert paper("hold", "--channel", "rss").code == 0


def test_what_the_ledger_does_not_know_yet_is_found_by_its_file(paper: Paper) -> None:
    paper.write()
    assert paper("hold", "rain").code == 0
    assert paper.word("rain", "site") == "on hold"
    assert paper("hold", "nothing-like-that").code == 2


@pytest.mark.parametrize("words", [(), ("rain", "--all"), ("--all", "--channel", "site")])
def test_holding_needs_to_know_what(paper: Paper, words: tuple[str, ...]) -> None:
    paper.write()
    answer = paper("hold", *words)
    assert answer.code == 2
    assert "--all" in answer.err


def test_a_hold_where_no_paper_is_makes_nothing(tmp_path: Path) -> None:
    assert Paper(tmp_path / "elsewhere")("hold", "--all").code == 2
    assert not (tmp_path / "elsewhere").exists()


# --- the promise ---


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2024-07-01T12:00:00+09:00", "火 07:00 site、07:15 rss、水 08:00 bluesky、未定 hook"),
        ("2024-06-20T12:00:00+09:00", "7/2（火） 07:00 site、07:15 rss、7/3（水） 08:00 bluesky、未定 hook"),
        ("2023-06-20T12:00:00+09:00", "2024/7/2（火） 07:00 site、07:15 rss、2024/7/3（水） 08:00 bluesky、未定 hook"),
    ],
)
def test_a_promise_names_the_weekday_and_the_date_where_it_is_far(now: str, said: str) -> None:
    at = datetime.fromisoformat("2024-07-02T07:00:00+09:00")
    releases = (
        Coming("site", at),
        Coming("rss", at + timedelta(minutes=15)),
        Coming("bluesky", at + timedelta(hours=25)),
        Coming("hook", None),
    )
    assert Promise(ID, "雨樋", releases).said(ZONE, datetime.fromisoformat(now)).ja == said


def test_the_plan_says_where_each_time_comes_from(paper: Paper) -> None:
    paper.write(published=WHEN, series="雨の聞き方", channels="{note: {at: 07:15}}")
    paper.replace("content/series/ame-no-kikikata.yaml", "name:", "channels: {rss: {delay: 2h}}\nname:")
    out = paper("plan", "rain").out
    assert f"published {moment(SOON, ZONE, SOON - timedelta(days=1000))[:0]}" in out
    assert "delay 2h (series)" in out
    assert "at 07:15 (article)" in out
    assert "after site (channel)" in out
    assert set(paper("plan", "rain", "--json").document["actions"][0]) == {
        "article", "channel", "action", "reason", "cause", "due", "by_hand", "losses", "diff",
    }  # fmt: skip
