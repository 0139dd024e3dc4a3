"""A network without a channel here, from the plan to the take-down, as an editor goes through it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk.papers import Paper, paper_at

CHANNELS = """
x:
  kind: hand
  network: x
  after: site
letter:
  kind: hand
  form: mail
  after: site
"""
POST = "https://x.com/migiwa/status/1234567890"


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    made = paper_at(tmp_path / "paper")
    with (made.root / "config" / "channels.yaml").open("a", encoding="utf-8") as file:
        file.write(CHANNELS)
    made.write("well", id="7we11111", title="井戸の話")
    made("publish")  # connected from here on: what was out before stays at home
    made.write(published=(datetime.now(UTC) - timedelta(minutes=5)).isoformat())
    return made


def test_what_was_out_before_is_not_announced(paper: Paper) -> None:
    assert (paper.word("well", "x"), paper.word("well", "letter")) == ("off", "off")


def test_a_post_is_packed_recorded_and_taken_down_by_a_person(paper: Paper) -> None:
    assert "create by hand" in paper("plan", "rain").out
    paper("publish")
    assert (paper.word("rain", "x"), paper.word("rain", "letter")) == ("by hand", "by hand")
    package = paper.root / "packages" / "x" / "rain"
    assert "packages/x/rain/index.html" in paper("status", "rain").out
    assert (package / "post.txt").read_text(
        encoding="utf-8"
    ) == "雨樋の音を聞く\nhttps://example.com/articles/rain/\n#雨\n"
    assert paper("record", "rain", "x", "https://example.com/articles/rain/").code == 1
    assert paper("record", "rain", "x", f"{POST}?s=20").code == 0
    assert paper("record", "rain", "letter").code == 0
    assert (paper.word("rain", "x"), paper.word("rain", "letter")) == ("live", "live")
    paper("withdraw", "rain", "--say", "誤り")
    assert (paper.word("rain", "x"), paper.word("rain", "letter")) == ("to take down", "live")
    paper("settle", "rain", "x", "--arrived")
    assert paper.word("rain", "x") == "withdrawn"


def test_an_edit_is_a_persons_to_decide(paper: Paper) -> None:
    paper("publish")
    paper("record", "rain", "x", POST)
    paper.write(title="雨樋の音を、聞く", published=(datetime.now(UTC) - timedelta(minutes=5)).isoformat())
    assert paper.word("rain", "x") == "changed"
    assert "--as-it-is" in paper("plan", "rain").out
    paper("settle", "rain", "x", "--as-it-is")
    assert paper.word("rain", "x") == "live"
