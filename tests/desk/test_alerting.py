"""Without a publisher that runs, `publish` itself tells what needs a person, after it has said what it did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk.papers import Paper
from tests.servers.posts import PostServer, post_server


@pytest.fixture
def board() -> Iterator[PostServer]:
    with post_server() as made:
        yield made


@pytest.fixture
def watched(paper: Paper, board: PostServer) -> Paper:
    settings = paper.root / "config" / "publication.yaml"
    text = settings.read_text(encoding="utf-8") + "alerts:\n  - to: {env: ALERTS_CHAT}\n    for: [blocked, by-hand]\n"
    settings.write_text(text, encoding="utf-8")
    paper.environment["ALERTS_CHAT"] = f"json://127.0.0.1:{board.url.rpartition(':')[2]}/alerts"
    return paper


def test_a_publish_tells_that_a_persons_turn_has_come_once(watched: Paper, board: PostServer) -> None:
    watched.write()
    assert watched("publish").code == 0
    [(_, _, _, body)] = board.requests
    assert "record 7ra1ny7a note URL" in body.decode("unicode_escape")
    assert watched("publish").code == 0
    assert len(board.requests) == 1


def test_a_publish_that_is_refused_tells_it_too(watched: Paper, board: PostServer) -> None:
    watched.write(published="2099-06-18T07:00:00+09:00")
    watched("publish")
    watched.write(body="::: dialogue\n", published="2099-06-18T07:00:00+09:00")
    assert watched("publish", "rain").code == 1
    assert len(board.requests) == 1


def test_where_nobody_answers_the_publish_is_as_good(watched: Paper) -> None:
    watched.environment["ALERTS_CHAT"] = "json://127.0.0.1:1/hunter2"
    watched.write()
    answer = watched("publish")
    assert answer.code == 0
    assert "hunter2" not in answer.said
    journal = watched.root / ".kawaraban" / "log" / "kawaraban.log"
    assert "alerts to env:ALERTS_CHAT" in journal.read_text(encoding="utf-8")
    assert "hunter2" not in journal.read_text(encoding="utf-8")
