"""status, show, log, channels: how things stand, for people and for programs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from desk.cli.looking import EVENTS
from kawaraban.ledger.records import EventKind
from tests.desk.papers import Paper
from tests.servers.note import note_server

ROW_KEYS = {
    "article", "channel", "state", "word", "due", "url", "remote_id", "attempts", "error", "digest", "live_digest",
}  # fmt: skip
KEY = "n0123456789ab"


@pytest.fixture
def published(paper: Paper) -> Paper:
    paper.write()
    assert paper("publish").code == 0
    return paper


def test_status_for_programs_has_exactly_its_keys(published: Paper) -> None:
    document = published("status", "--json").document
    assert set(document) == {"deliveries"}
    assert [set(row) for row in document["deliveries"]] == [ROW_KEYS] * 3
    site, rss, note = document["deliveries"]
    assert (site["state"], site["word"], site["attempts"], site["error"]) == ("live", "live", 1, None)
    assert site["url"] == "https://example.com/articles/rain/"
    assert site["digest"] == site["live_digest"]
    assert (rss["word"], note["state"], note["word"]) == ("live", "waiting", "by hand")
    assert rss["due"] is not None  # it followed the site in the same run


def test_a_thread_that_is_half_out_says_how_far_it_came_and_what_stopped_it(paper: Paper) -> None:
    board = "stage: {kind: rehearsal, limit: 60, faults: [ok, down]}\n"
    with (paper.root / "config" / "channels.yaml").open("a", encoding="utf-8") as file:
        file.write(board)
    paper.write(channels=f"{{stage: {{text: {'雨の音がする。' * 15}}}}}")
    assert paper("publish").code == 1
    rows = {row["channel"]: row for row in paper("status", "--json").document["deliveries"]}
    assert (rows["stage"]["word"], set(rows["stage"])) == ("retrying", ROW_KEYS)
    assert rows["stage"]["error"].startswith("1 of 3 posts of the thread is out: ")
    assert "↻ retrying 1/3" in paper("status").out
    assert "連投3つのうち1つが出ています。" in paper("status", language="ja").out
    events = paper("log", "rain", "--json").document["events"]
    assert next(event["why"] for event in events if event["kind"] == "part") == "1: create …"


def test_status_is_the_same_for_id_path_and_slug(published: Paper) -> None:
    names = ("7ra1ny7a", "content/articles/2024/rain", "rain")
    assert len({published("status", name, "--json").out for name in names}) == 1


def test_the_status_table_links_to_files_and_says_what_to_do(published: Paper) -> None:
    english, japanese = published("status"), published("status", language="ja")
    assert "public/articles/rain/index.html" in english.out
    assert "packages/note/rain/index.html" in english.out
    assert "kawaraban record 7ra1ny7a note URL" in english.out
    assert "● 公開済" in japanese.out
    assert "▣ 手動待ち" in japanese.out


def test_lines_that_go_to_a_file_are_whole_and_have_no_blanks_at_their_ends(published: Paper) -> None:
    published.write("long", id="7ra1ny7b", title="長い題名" * 30)
    for words in (("status",), ("log",), ("channels",)):
        lines = published(*words).out.splitlines()
        assert lines == [line.rstrip() for line in lines]
    assert "長い題名" * 30 in published("status").out


@pytest.mark.parametrize("words", [("status",), ("plan",)])
def test_an_empty_paper_says_how_to_begin(paper: Paper, words: tuple[str, ...]) -> None:
    assert "kawaraban new" in paper(*words).out
    assert "記事がありません" in paper(*words, language="ja").out
    assert paper(*words).code == 0


def test_empty_documents_have_their_keys_too(paper: Paper) -> None:
    assert paper("status", "--json").document == {"deliveries": []}
    assert paper("log", "--json").document == {"events": []}
    assert paper("plan", "--json").document["actions"] == []
    assert paper("log").out == "nothing has happened yet\n"


def test_a_paper_without_channels_says_where_to_write_one(paper: Paper) -> None:
    (paper.root / "config" / "channels.yaml").write_text("{}\n", encoding="utf-8")
    assert "config/channels.yaml" in paper("channels").out
    assert paper("channels", "--json").document == {"channels": []}


def test_a_note_that_could_not_be_read_back_is_live_and_not_verified(published: Paper) -> None:
    with note_server() as note:
        _to(published, note.url)
        note.challenge(KEY)
        answer = published("record", "rain", "note", f"https://note.com/example/n/{KEY}")
    assert answer.code == 0
    assert "recorded, but not verified" in answer.out
    english, japanese = published("status"), published("status", language="ja")
    assert "● live (not verified)" in english.out
    assert "could not be read back" in english.out
    assert "● 公開済（未確認）" in japanese.out
    assert published.word("rain", "note") == "live"


def test_a_paper_without_channels_is_not_said_to_have_no_articles(paper: Paper) -> None:
    paper.write()
    (paper.root / "config" / "channels.yaml").write_text("", encoding="utf-8")
    for command in ("status", "plan", "channels"):
        answer = paper(command, language="ja")
        assert answer.code == 0
        assert "出す先がありません。config/channels.yaml に書いてください" in answer.out
        assert "記事がありません" not in answer.out


def test_what_differs_on_note_is_drifted_with_its_differences(published: Paper) -> None:
    with note_server() as note:
        _to(published, note.url)
        body = (published.root / "packages/note/rain/body.html").read_text(encoding="utf-8")
        note.publish(KEY, "雨樋の音を聞く", body.replace("雨の日の本文", "雪の日の本文"), user={"urlname": "example"})
        answer = published("record", "rain", "note", f"https://note.com/example/n/{KEY}")
    assert "difference:" in answer.out
    out = published("status").out
    assert "∞ drifted" in out
    assert "雪の日の本文" in out
    assert "--as-it-is" in out
    published("settle", "rain", "note", "--as-it-is")
    assert published.word("rain", "note") == "live"


def _to(paper: Paper, address: str) -> None:
    """Read note back from the imitation."""
    with (paper.root / "config" / "publication.yaml").open("a", encoding="utf-8") as file:
        file.write("\nnetwork:\n  private: true\n")
    paper.replace("config/channels.yaml", "  path: packages/note\n", f"  path: packages/note\n  api: {address}\n")


def test_show_for_programs_has_exactly_its_keys(published: Paper) -> None:
    document = published("show", "rain", "note", "--json").document
    assert set(document) == {
        "article",
        "channel",
        "title",
        "body",
        "text",
        "assets",
        "losses",
        "digest",
        "parts",
        "card",
    }
    assert (document["title"], document["channel"]) == ("雨樋の音を聞く", "note")
    assert "<" not in document["text"]
    assert "<p>雨の日の本文。" in document["body"]


def test_show_prints_what_would_go_out_also_of_a_draft(paper: Paper) -> None:
    paper.write(status="draft", body="一行目。\n\n二行目。\n")
    answer = paper("show", "rain", "site")
    assert answer.out.splitlines()[:3] == ["雨樋の音を聞く", "一行目。", "二行目。"]


def test_show_at_an_instant_is_what_subscribers_saw_then(published: Paper) -> None:
    before = datetime.now(UTC).isoformat()
    published.replace("content/articles/2024/rain/index.md", "雨の日", "雨の夜")
    published("publish")
    now = datetime.now(UTC).isoformat()
    assert "雨の日の本文。" in published("show", "rain", "site", "--at", before).out
    assert "雨の夜の本文。" in published("show", "rain", "site", "--at", now).out
    too_early = published("show", "rain", "site", "--at", "2024-01-01T00:00:00+09:00", language="ja")
    assert too_early.code == 2
    assert "出ていませんでした" in too_early.err


def test_log_is_the_history_oldest_first(published: Paper) -> None:
    document = published("log", "rain", "--channel", "site", "--json").document
    events = document["events"]
    assert [event["kind"] for event in events] == ["expected", "claimed", "live"]
    assert [event["sequence"] for event in events] == sorted(event["sequence"] for event in events)
    assert set(events[0]) == {
        "sequence", "at", "kind", "who", "why", "article", "channel", "before", "after", "run", "digest",
    }  # fmt: skip
    assert events[-1]["who"] == "editor"
    assert published("log", "rain", "--channel", "site", "--limit", "1", "--json").document["events"] == events[-1:]


def test_log_for_people_speaks_their_language(published: Paper) -> None:
    assert "live (sending → live)" in published("log").out
    assert "公開した" in published("log", language="ja").out
    assert "雨樋の音を聞く" in published("log").out


def test_every_kind_of_event_has_its_japanese() -> None:
    assert set(EVENTS) == set(EventKind)


def test_channels_are_counted(published: Paper) -> None:
    site, rss, note = published("channels", "--json").document["channels"]
    assert (site["name"], site["kind"], site["where"], site["live"]) == ("site", "site", "public", 1)
    assert (rss["live"], note["live"], note["waiting"]) == (1, 0, 1)
    assert "出す先" in published("channels", language="ja").out
