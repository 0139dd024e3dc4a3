"""show and plan of an announcement: what is sent, byte for byte, with its count, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.papers import Paper, paper_at

CHANNEL = """
bluesky:
  kind: bluesky
  handle: news.example.com
  password: {env: BLUESKY_PASSWORD}
  backfill: true
"""
SENTENCE = "濡れた傘を畳んで玄関の隅に立てかけておくと、翌朝には乾いているはずだった。"


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    made = paper_at(tmp_path / "paper")
    with (made.root / "config" / "channels.yaml").open("a", encoding="utf-8") as file:
        file.write(CHANNEL)
    made.write()
    return made


def test_show_prints_a_post_its_count_and_its_card(paper: Paper) -> None:
    assert paper("show", "rain", "bluesky").out.splitlines() == [
        "雨樋の音を聞く",
        "part 1 of 1 · 10 of 300 · 26 of 3000 bytes",
        "雨樋の音を聞く",
        "#雨",
        "［card］ 雨樋の音を聞く",
        "  屋根を流れる水の音について、朝のうちに書きとめたこと。",
        "  https://example.com/articles/rain/",
        "－ the article's text is not carried: the post's words and its link stand for it.",
    ]


def test_a_thread_is_shown_post_by_post_and_no_line_is_wrapped(paper: Paper) -> None:
    text = SENTENCE * 20
    paper.write(channels=f"{{bluesky: {{text: {text}}}}}")
    lines = paper("show", "rain", "bluesky", language="ja").out.splitlines()
    assert [line for line in lines if line.startswith("投稿")] == [
        "投稿 1／3 · 299／300 · 893／3000バイト",
        "投稿 2／3 · 296／300 · 888／3000バイト",
        "投稿 3／3 · 148／300 · 444／3000バイト",
    ]
    assert "".join(line for line in lines if line.startswith("濡れた")) == text


def test_show_for_programs_gives_the_posts_and_the_card(paper: Paper) -> None:
    document = paper("show", "rain", "bluesky", "--json").document
    (part,) = document["parts"]
    assert (part["text"], part["count"], part["limit"], part["bytes"]) == ("雨樋の音を聞く\n#雨", 10, 300, 26)
    assert part["spans"] == [{"kind": "tag", "start": 22, "end": 26, "target": "雨"}]
    assert document["card"]["url"] == "https://example.com/articles/rain/"
    assert paper("show", "rain", "site", "--json").document["parts"] == []


def test_the_plan_says_how_long_it_is_and_how_many_posts(paper: Paper) -> None:
    assert "10 of 300" in paper("plan").out
    paper.write(channels=f"{{bluesky: {{text: {SENTENCE * 20}}}}}")
    assert "thread of 3 (299, 296, 148 of 300)" in paper("plan").out
    assert "3件の連投（299・296・148／300）" in paper("plan", language="ja").out


def test_a_text_that_can_not_go_out_blocks_its_channel_with_place_and_remedy(paper: Paper) -> None:
    paper.write(channels=f"{{bluesky: {{text: 見よ https://example.com/{'a' * 300}}}}}")
    out = paper("plan").out
    assert "articles/2024/rain/index.md:" in out
    assert "can't be divided and is too long for one post: 320 of 300" in out
    assert "→ write a `channels.bluesky.text` that fits" in out


def test_check_warns_of_words_that_are_more_than_one_post(paper: Paper) -> None:
    paper.write(channels=f"{{bluesky: {{text: {SENTENCE * 9}}}}}")
    (found,) = [one for one in paper("check", "--json").document["findings"] if one["code"] == "post-long"]
    assert (found["severity"], found["line"]) == ("warning", 9)
    assert found["message"] == "`text` of bluesky does not fit into one post and becomes a thread: 333 of 300"


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("詳しくは https://example.com/aを見てください", True),
        ("詳しくは https://example.com/a を見てください", False),
        ("詳しくは https://example.com/a、続き", False),
        ("詳しくは https://example.com/記事", False),
    ],
)
def test_check_warns_of_an_address_that_japanese_follows_at_once(paper: Paper, text: str, *, warned: bool) -> None:
    paper.write(channels=f"{{bluesky: {{text: {text}}}}}")
    found = [one["message"] for one in paper("check", "--json").document["findings"] if one["code"] == "post-link"]
    link = "https://example.com/a"
    said = f"in `text` of bluesky what follows the address without a space, `を見てく`, becomes part of it: {link}"
    assert found == ([said] if warned else [])
