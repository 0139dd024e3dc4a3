"""What a first post sets off for good is said in the plan, before anything leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.papers import Paper, paper_at

CHANNEL = """
ghost:
  kind: ghost
  server: https://ghost.example.com
  key: {env: GHOST_KEY}
  backfill: true
"""


def paper(folder: Path, more: str) -> Paper:
    made = paper_at(folder / "paper")
    with (made.root / "config" / "channels.yaml").open("a", encoding="utf-8") as file:
        file.write(CHANNEL + more)
    made.write()
    return made


@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "「weekly」の読者すべてにメールで送ります。取り消せません"), ("en", "can't be called back")],
)
def test_the_plan_says_that_a_newsletter_is_mailed(tmp_path: Path, language: str, words: str) -> None:
    out = paper(tmp_path, "  newsletter: weekly\n")("plan", "rain", language=language).out
    assert out.count(words) == 1


def test_the_plan_says_nothing_of_mail_where_none_is_sent(tmp_path: Path) -> None:
    assert "mail" not in paper(tmp_path, "")("plan", "rain").out
    assert "mail" not in paper(tmp_path / "draft", "  newsletter: weekly\n  status: draft\n")("plan", "rain").out
