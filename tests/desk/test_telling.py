"""record and settle: what people tell the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.desk.papers import Paper
from tests.servers.note import NoteServer, note_server

KEY = "n0123456789ab"
URL = f"https://note.com/example/n/{KEY}"
NOTICE = "\n::: {.notice about=note channels=site}\n近いうちにnoteでも読めます。\n:::\n"


@pytest.fixture
def note() -> Iterator[NoteServer]:
    with note_server() as server:
        yield server


@pytest.fixture
def handed(paper: Paper, note: NoteServer) -> Paper:
    """A paper whose article is live on the site and ready to be posted on note."""
    with (paper.root / "config" / "publication.yaml").open("a", encoding="utf-8") as file:
        file.write("\nnetwork:\n  private: true\n")
    paper.replace("config/channels.yaml", "  path: packages/note\n", f"  path: packages/note\n  api: {note.url}\n")
    paper.write(body=f"雨の日の本文。\n{NOTICE}")
    assert paper("publish").code == 0
    return paper


def post(paper: Paper, note: NoteServer) -> None:
    """Do what the editor does: paste the package."""
    folder = paper.root / "packages" / "note" / "rain"
    title = (folder / "title.txt").read_text(encoding="utf-8").strip()
    body = (folder / "body.html").read_text(encoding="utf-8")
    tags = (folder / "tags.txt").read_text(encoding="utf-8").split()
    tagged = note.tagged(*(tag.lstrip("#") for tag in tags))
    note.publish(KEY, title, body, user={"urlname": "example"}, hashtag_notes=tagged)


def shown(paper: Paper) -> str:
    """What a reader of the article's page reads."""
    return re.sub(r"<[^>]+>", "", paper.page().read_text(encoding="utf-8"))


def test_a_recorded_note_is_live_and_the_sites_notice_becomes_the_link(handed: Paper, note: NoteServer) -> None:
    assert "近いうちにnoteでも読めます" in shown(handed)
    post(handed, note)
    answer = handed("record", "rain", "note", URL)
    assert answer.code == 0, answer.said
    assert "difference" not in answer.out
    assert f"recorded as live on note {URL}" in answer.out
    assert "近いうちにnoteでも読めます" not in shown(handed)
    assert f'href="{URL}"' in handed.page().read_text(encoding="utf-8")
    assert handed.word("rain", "note") == "live"


def test_record_for_programs_is_the_status(handed: Paper, note: NoteServer) -> None:
    post(handed, note)
    answer = handed("record", "rain", "note", URL, "--json")
    row = next(row for row in answer.document["deliveries"] if row["channel"] == "note")
    assert (row["state"], row["remote_id"], row["url"]) == ("live", KEY, URL)
    assert "recorded as live" in answer.err


def test_another_users_page_and_a_draft_are_refused_and_nothing_is_recorded(handed: Paper) -> None:
    foreign = handed("record", "rain", "note", f"https://note.com/stranger/n/{KEY}", language="ja")
    missing = handed("record", "rain", "note", URL)
    assert (foreign.code, missing.code) == (1, 1)
    assert "→" in foreign.err
    assert handed.word("rain", "note") == "by hand"


def test_a_record_without_an_address_says_what_is_missing_and_the_address_can_follow(
    handed: Paper, note: NoteServer
) -> None:
    bare = handed("record", "rain", "note", language="ja")
    assert bare.code == 0
    assert "アドレスのないまま note に公開済みと記しました" in bare.out
    assert "→ 分かったら kawaraban record rain note URL" in bare.out
    assert "https://" not in bare.out
    post(handed, note)
    assert "read back and verified" in handed("record", "rain", "note", URL).out


def test_an_address_of_another_place_is_refused(handed: Paper) -> None:
    answer = handed("record", "rain", "note", "https://example.com/x")
    assert answer.code == 1
    assert "→" in answer.err


def test_what_is_published_by_machine_can_not_be_recorded(handed: Paper) -> None:
    answer = handed("record", "rain", "site", "https://example.com/articles/rain/")
    assert answer.code == 2
    assert "kawaraban publish" in answer.err


def test_settling_where_there_is_nothing_to_settle_is_refused(handed: Paper) -> None:
    answer = handed("settle", "rain", "site", "--not-arrived", language="ja")
    assert answer.code == 2
    assert handed.word("rain", "site") == "live"


def test_an_editor_says_that_a_note_arrived(handed: Paper, note: NoteServer) -> None:
    post(handed, note)
    handed("record", "rain", "note", URL)
    answer = handed("settle", "rain", "note", "--as-it-is", "--json")
    assert answer.code in (0, 2)
    if answer.code == 0:
        assert set(answer.document) == {"deliveries"}
