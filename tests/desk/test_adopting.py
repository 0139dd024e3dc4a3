"""adopt: what it says, asks, writes down and answers to programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desk.papers import MATTER, Paper, paper_at
from tests.desk.test_channels import PRIVATE, Terminal
from tests.kinds import noticeboard

if TYPE_CHECKING:
    from examples.noticeboard.board import Board

ID, TITLE = MATTER["id"], MATTER["title"]
AT = datetime(2024, 6, 18, tzinfo=UTC)
PAGE = "https://example.com/articles/rain/"


@pytest.fixture
def board() -> Iterator[Board]:
    with noticeboard() as one:
        yield one


@pytest.fixture
def paper(tmp_path: Path, board: Board) -> Paper:
    made = paper_at(tmp_path / "paper")
    publication = made.root / "config" / "publication.yaml"
    publication.write_text(publication.read_text(encoding="utf-8") + PRIVATE, encoding="utf-8")
    channels = made.root / "config" / "channels.yaml"
    entry = f"\nboard: {{kind: noticeboard, server: '{board.url}', token: {{env: BOARD_TOKEN}}, after: site}}\n"
    channels.write_text(channels.read_text(encoding="utf-8") + entry, encoding="utf-8")
    made.environment["BOARD_TOKEN"] = board.token
    made.write()
    return made


def test_it_says_what_it_found_and_how_and_writes_it_down(paper: Paper, board: Board) -> None:
    board.notices["r1"] = (f"{TITLE}\n{PAGE}\n#雨", AT)
    seen = paper("adopt", "--dry-run")
    assert seen.code == 0
    assert f"◈ {TITLE}｜board｜{board.url}/notices/r1 (by its address)" in seen.out
    assert paper.word(ID, "board") != "live"
    answer = paper("adopt", language="ja")
    assert answer.code == 0
    assert f"● {TITLE}｜board｜{board.url}/notices/r1（アドレス）、公開済みと記しました" in answer.out
    assert "kawaraban record 記事 note URL" in answer.out
    assert paper.word(ID, "board") == "live"
    assert paper("adopt").out.startswith("nothing was found")


def test_a_difference_is_said_with_both_ways_out(paper: Paper, board: Board) -> None:
    board.notices["r1"] = (f"まえの紙 {PAGE}", AT)
    answer = paper("adopt", "rain")
    assert answer.code == 0
    assert "difference: the text" in answer.out
    assert f"kawaraban settle {ID} board --as-it-is" in answer.out
    assert f"kawaraban publish {ID} --channel board --refresh" in answer.out
    assert paper.word(ID, "board") == "drifted"
    assert paper("settle", ID, "board", "--as-it-is").code == 0
    assert paper.word(ID, "board") == "live"


def test_what_may_differ_is_left_as_it_is_at_once(paper: Paper, board: Board) -> None:
    board.notices["r1"] = (f"まえの紙 {PAGE}", AT)
    answer = paper("adopt", "--as-it-is")
    assert "difference" not in answer.out
    assert paper.word(ID, "board") == "live"


def test_a_title_is_asked_about_where_somebody_is_there(
    paper: Paper, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.notices["r1"] = (f"{TITLE}\nまえの紙", AT)
    answer = paper("adopt")
    assert "--by-title takes it by its title" in answer.out
    assert paper.word(ID, "board") != "live"
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    answer = paper("adopt")
    assert "take over 1 post found by title only, too? [y/N]" in answer.err
    assert paper.word(ID, "board") != "live"
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert paper("adopt", "--as-it-is").code == 0
    assert paper.word(ID, "board") == "live"


def test_by_title_is_consent_enough(paper: Paper, board: Board) -> None:
    board.notices["r1"] = (f"{TITLE}\nまえの紙", AT)
    assert paper("adopt", "--by-title", "--as-it-is").code == 0
    assert paper.word(ID, "board") == "live"


def test_two_posts_are_listed_and_one_can_be_chosen(paper: Paper, board: Board) -> None:
    board.notices |= {"r1": (f"一枚め {PAGE}", AT), "r2": (f"二枚め {PAGE}", AT)}
    answer = paper("adopt", "rain")
    assert answer.code == 1
    assert f"perhaps: {board.url}/notices/r1" in answer.out
    choose = f"kawaraban adopt {ID} --channel board --post URL"
    assert choose in answer.out
    answer = paper("adopt", ID, "--channel", "board", "--post", f"{board.url}/notices/r2", "--as-it-is")
    assert answer.code == 0
    assert paper.word(ID, "board") == "live"


def test_for_programs_it_is_one_document(paper: Paper, board: Board) -> None:
    board.notices["r1"] = (f"まえの紙 {PAGE}", AT)
    document = paper("adopt", "--json").document
    assert set(document) == {"matches", "lost", "silent", "by_hand"}
    assert document["by_hand"] == ["note"]
    assert document["matches"] == [
        {
            "article": ID, "channel": "board", "how": "address", "certain": True, "taken": True,
            "url": f"{board.url}/notices/r1", "remote_id": "r1",
            "posts": [{"url": f"{board.url}/notices/r1", "remote_id": "r1"}],
            "shared": [], "differences": ["the text"], "error": None,
        }
    ]  # fmt: skip


def test_a_silent_channel_and_an_article_that_is_nowhere_are_said_with_exit_code_1(paper: Paper, board: Board) -> None:
    answer = paper("adopt", "rain")
    assert answer.code == 1
    assert f"{TITLE}: it was not found" in answer.out
    paper.environment["BOARD_TOKEN"] = "an old one"  # noqa: S105 - of a board that holds nothing
    answer = paper("adopt")
    assert answer.code == 1
    assert "board: the board refuses our token" in answer.out
    assert board.notices == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--channel", "note"), "kawaraban record ARTICLE note URL"),
        (("--channel", "site"), "site can't be asked what is there"),
        (("--channel", "bord"), "there is no channel `bord`"),
        (("nowhere",), "nowhere"),
        (("--post", "https://example.com/1"), "--post is for one article on one channel"),
    ],
)
def test_wrong_use_is_said_with_the_way_out(paper: Paper, words: tuple[str, ...], said: str) -> None:
    answer = paper("adopt", *words)
    assert answer.code == 2
    assert said in answer.err
