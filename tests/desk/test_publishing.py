"""plan and publish: what would happen, what happened, and what is refused."""

from __future__ import annotations

import pytest

from tests.desk.papers import Paper

ACTION_KEYS = {"article", "channel", "action", "reason", "cause", "due", "by_hand", "losses", "diff"}
ROW_KEYS = {
    "article", "channel", "state", "word", "due", "url", "remote_id", "attempts", "error", "digest", "live_digest",
}  # fmt: skip


ID = "7ra1ny7a"


def test_plan_for_programs_has_exactly_its_keys(paper: Paper) -> None:
    paper.write(body="| 表 | 値 |\n|---|---|\n| 一 | 二 |\n")
    document = paper("plan", "--json").document
    assert set(document) == {"hash", "actions"}
    assert [set(action) for action in document["actions"]] == [ACTION_KEYS] * 3
    assert [action["channel"] for action in document["actions"]] == ["site", "rss", "note"]
    note = document["actions"][2]
    assert (note["action"], note["cause"], note["by_hand"]) == ("create", "article", True)
    assert set(note["losses"][0]) == {"code", "what", "line"}


def test_a_difference_has_its_part_and_both_texts(paper: Paper) -> None:
    paper.write()
    paper("publish")
    paper.replace("content/articles/2024/rain/index.md", "雨の日の本文", "雨の夜の本文")
    action = paper("plan", "rain", "--json").document["actions"][0]
    assert (action["action"], set(action["diff"][0])) == ("update", {"part", "before", "after"})
    assert (action["diff"][0]["before"], action["diff"][0]["after"]) == ("雨の日の本文。", "雨の夜の本文。")


def test_a_difference_can_be_read_without_colours(paper: Paper) -> None:
    paper.write()
    paper("publish")
    paper.replace("content/articles/2024/rain/index.md", "雨の日の本文", "雨の夜の本文")
    assert "[-日の-]{+夜の+}本文" in paper("plan", "rain").out


def test_a_theme_that_can_not_be_used_is_named_with_its_line_and_nothing_is_said_to_be_renewed(paper: Paper) -> None:
    paper.write()
    assert paper("publish").code == 0
    (paper.root / "theme").mkdir()
    (paper.root / "theme" / "article.html").write_text(
        '{% extends "own/article.html" %}\n{{ oops( }}\n', encoding="utf-8"
    )
    paper.replace("config/channels.yaml", "  path: public\n", "  path: public\n  theme: theme\n")
    answer = paper("publish")
    assert answer.code == 1
    assert "the theme's article.html:2 can't be used" in answer.out
    assert "renewed" not in answer.out
    assert "nothing could be published" in answer.out


def test_publish_names_a_live_article_whose_file_vanished_once(paper: Paper) -> None:
    written = paper.write()
    paper("publish")
    written.rename(written.with_name("elsewhere.txt"))
    answer = paper("publish")
    assert answer.code == 0
    assert answer.out.count("the article's file is gone; what is live stays") == 1
    assert "→" in answer.out
    assert paper.page().is_file()


def test_planning_changes_nothing_and_the_hash_does_not_move_with_the_clock(paper: Paper) -> None:
    paper.write()
    hashes = {paper("plan", "--json").document["hash"] for _ in range(2)}
    assert len(hashes) == 1
    assert not (paper.root / "public").exists()


def test_plan_at_a_later_instant_has_what_is_due_then(paper: Paper) -> None:
    paper.write(published="2040-01-01T07:00:00+09:00")
    assert paper("plan", "--json").document["actions"][0]["action"] == "skip"
    later = paper("plan", "--at", "2040-01-02T00:00:00+09:00", "--json").document
    assert later["actions"][0]["action"] == "create"


@pytest.mark.parametrize("text", ["tomorrow", "2024-06-30", "2024-06-30T07:00:00"])
def test_an_instant_without_its_offset_is_refused_with_an_example(paper: Paper, text: str) -> None:
    answer = paper("plan", "--at", text, language="ja")
    assert answer.code == 2
    assert "時差" in answer.err


def test_a_publish_does_what_is_due_and_a_second_one_does_nothing_and_says_so(paper: Paper) -> None:
    paper.write()
    first, second = paper("publish"), paper("publish")
    assert (first.code, second.code) == (0, 0)
    assert "2 published, 1 ready to be posted by hand (without Prefect)" in first.out
    assert "packages/note/rain/index.html" in first.out
    assert second.out.splitlines() == ["nothing to do (without Prefect)"]
    assert "publishing without Prefect" in second.err


def test_a_named_article_with_nothing_to_do_says_why_in_few_lines(paper: Paper) -> None:
    paper.write()
    paper("publish")
    paper("withdraw", "rain", "--channel", "rss")
    assert paper("publish", "rain").out.splitlines() == [
        "nothing to do (without Prefect)",
        "● 雨樋の音を聞く｜site｜live, and nothing changed",
        "⊘ 雨樋の音を聞く｜rss｜withdrawn",
        f"  → kawaraban publish {ID} --channel rss --again",
        "▣ 雨樋の音を聞く｜note｜the package is ready and waits for a person",
        f"  → when it is posted: kawaraban record {ID} note URL",
    ]
    paper("withdraw", "rain")
    assert paper("publish", "rain").out.splitlines() == [
        "nothing to do (without Prefect)",
        "⊘ 雨樋の音を聞く｜site, rss, note｜the article is withdrawn",
        f"  → kawaraban publish {ID} --again",
    ]
    assert "⊘ 雨樋の音を聞く｜site、rss、note｜記事が取り下げられました" in paper("publish", "rain", language="ja").out
    assert paper("publish").out.splitlines() == ["nothing to do (without Prefect)"]


def test_a_publish_speaks_japanese(paper: Paper) -> None:
    paper.write()
    answer = paper("publish", language="ja")
    assert "2件を公開しました、1件は人が出すのを待っています（Prefectなし）" in answer.out
    assert "記事を読んでいます" in answer.err


def test_publish_for_programs_is_one_document_and_the_rest_goes_to_stderr(paper: Paper) -> None:
    paper.write()
    answer = paper("publish", "--json")
    assert set(answer.document) == {"plan", "engine", "deliveries"}
    assert answer.document["engine"] == "plain"
    assert all(set(row) == ROW_KEYS for row in answer.document["deliveries"])
    assert "2 published" in answer.err


def test_a_later_release_stays_and_its_time_is_printed(paper: Paper) -> None:
    paper.write(published="2040-01-01T07:00:00+09:00")
    answer = paper("publish")
    assert answer.code == 0
    assert "2040/1/1 07:00" in answer.out
    assert paper.word("rain", "site") == "scheduled"


def test_a_draft_is_skipped_in_an_ordinary_run_and_blocked_with_the_remedy_when_named(paper: Paper) -> None:
    paper.write(status="draft")
    assert paper("publish").code == 0
    named = paper("publish", "rain")
    assert named.code == 1
    assert "status" in named.out
    assert not paper.page().exists()


def test_ready_without_a_time_is_blocked_with_the_remedy(paper: Paper) -> None:
    paper.write(published="")
    named = paper("publish", "rain")
    assert named.code == 1
    assert "--at now" in named.out


def test_one_channel_only(paper: Paper) -> None:
    paper.write()
    paper("publish", "rain", "--channel", "site")
    assert paper.word("rain", "site") == "live"
    assert paper.word("rain", "note") != "by hand"


@pytest.mark.parametrize(
    "words", [("publish", "--channel", "ntoe"), ("show", "rain", "ntoe"), ("log", "--channel", "ntoe")]
)
def test_an_unknown_channel_is_refused_with_the_one_that_was_meant(paper: Paper, words: tuple[str, ...]) -> None:
    paper.write()
    answer = paper(*words)
    assert answer.code == 2
    assert "config/channels.yaml" in answer.err
    assert "did you mean `note`?" in answer.err


@pytest.mark.parametrize(
    "words", [("publish", "rian"), ("plan", "rian"), ("status", "rian"), ("check", "rian"), ("show", "rian", "site")]
)
def test_an_unknown_article_is_refused_with_the_one_that_was_meant(paper: Paper, words: tuple[str, ...]) -> None:
    paper.write()
    answer = paper(*words)
    assert answer.code == 2
    assert "near: rain" in answer.err


def test_a_plan_that_moved_is_refused_and_nothing_is_published(paper: Paper) -> None:
    paper.write()
    agreed = paper("plan", "rain", "--json").document["hash"]
    paper.replace("content/articles/2024/rain/index.md", "雨の日の本文", "雨の夜の本文")
    answer = paper("publish", "rain", "--plan", agreed[:12])
    assert answer.code == 2
    assert "the plan has moved" in answer.err
    assert not (paper.root / "public").exists()


def test_the_plan_that_was_seen_is_published_whole_or_in_part(paper: Paper) -> None:
    paper.write()
    agreed = paper("plan", "rain", "--json").document["hash"]
    assert paper("publish", "rain", "--plan", agreed[:12], "--channel", "site").code == 0
    assert paper.page().is_file()
    rest = paper("plan", "rain", "--json").document["hash"]
    assert paper("publish", "rain", "--plan", rest).code == 0


def test_a_correction_needs_its_words_and_stands_where_readers_see_it(paper: Paper) -> None:
    paper.write()
    paper("publish")
    assert paper("publish", "rain", "--as", "correction").code == 2
    assert paper("publish", "rain", "--as", "correction", "--say", "朝を夜に改めました").code == 0
    assert "朝を夜に改めました" in paper.page().read_text(encoding="utf-8")
    assert "corrections:" in (paper.root / "content/articles/2024/rain/index.md").read_text(encoding="utf-8")
    assert "朝を夜に改めました" in (paper.root / "public/corrections/index.html").read_text(encoding="utf-8")


def test_words_of_a_correction_without_one_are_refused(paper: Paper) -> None:
    paper.write()
    answer = paper("publish", "rain", "--say", "直しました")
    assert answer.code == 2
    assert "--as correction" in answer.err


def test_an_update_moves_the_date_and_a_typo_does_not(paper: Paper) -> None:
    file = "content/articles/2024/rain/index.md"
    paper.write()
    paper("publish")
    paper.replace(file, "雨の日", "雨の朝")
    paper("publish", "rain", "--as", "typo")
    assert "updated:" not in (paper.root / file).read_text(encoding="utf-8")
    paper.replace(file, "雨の朝", "雨の夜")
    paper("publish", "rain", "--as", "update")
    assert "updated:" in (paper.root / file).read_text(encoding="utf-8")


def test_an_edit_of_what_is_not_out_has_no_class(paper: Paper) -> None:
    paper.write()
    answer = paper("publish", "rain", "--as", "update", language="ja")
    assert answer.code == 2
    assert "--as を付けずに" in answer.err


def test_what_was_withdrawn_comes_back_only_with_again(paper: Paper) -> None:
    file = "content/articles/2024/rain/index.md"
    paper.write()
    paper("publish")
    paper.replace(
        file, "status: ready", "status: ready\nwithdrawn: {at: 2024-07-01T00:00:00+09:00, reason: 調べ直すため}"
    )
    taken = paper("publish", language="ja")
    assert "3件を取り下げました" in taken.out
    assert not paper.page().exists()
    paper.replace(file, "withdrawn: {at: 2024-07-01T00:00:00+09:00, reason: 調べ直すため}\n", "")
    paper("publish", "rain")
    assert not paper.page().exists()
    assert paper("publish", "rain", "--again").code == 0
    assert paper.page().is_file()


def test_what_only_the_program_or_settings_changed_reaches_note_with_refresh(paper: Paper) -> None:
    paper.write()
    paper("publish")
    paper.replace("config/publication.yaml", "https://example.com", "https://news.example.com")
    plain = {row["channel"]: row["action"] for row in paper("plan", "--json").document["actions"]}
    assert plain["site"] == "update"
    assert paper("publish", "rain", "--refresh").code == 0
    assert "https://news.example.com" in (paper.root / "packages/note/rain/body.html").read_text(encoding="utf-8")


def test_a_file_that_gives_no_article_is_named_everywhere(paper: Paper) -> None:
    paper.write()
    paper.write("broken", id="7br0ken7", titel="x")
    for command in ("plan", "status", "publish"):
        answer = paper(command)
        assert answer.code == 0
        assert "articles/2024/broken/index.md:" in answer.out, command
    assert paper.page().is_file()


def test_titles_are_never_read_as_markup_of_the_terminal(paper: Paper) -> None:
    paper.write(title='"[bold]太字[/] :smile: [/x]"')
    for words in (("plan",), ("publish",), ("status",), ("log",), ("show", "rain", "site")):
        assert "[bold]太字[/] :smile: [/x]" in paper(*words).out, words


def test_set_up_is_said_to_be_done_already(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.server.is_prepared", lambda _root: True)
    answer = paper("set-up", language="ja")
    assert (answer.code, answer.out) == (0, "Prefectのデータベースは用意できています\n")


def test_set_up_that_cannot_be_done_says_why(paper: Paper) -> None:
    (paper.root / ".kawaraban").mkdir()
    (paper.root / ".kawaraban" / "prefect").write_text("in the way", encoding="utf-8")
    answer = paper("set-up")
    assert answer.code == 1
    assert "can't be started" in answer.out
