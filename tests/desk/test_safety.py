"""backup, restore and reconcile on the command line, in both languages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.desk.papers import Paper


def test_a_paper_goes_into_a_file_and_comes_back_held(paper: Paper, tmp_path: Path) -> None:
    paper.write()
    file, new = tmp_path / "paper.tar.gz", Paper(tmp_path / "new")
    done = paper("backup", str(file), "--json")
    assert done.code == 0
    assert done.document["file"] == str(file)
    assert done.document["left_out"] == []
    back = new("restore", str(file), "--json")
    assert back.code == 0
    assert (back.document["ledger"], back.document["before"]) == (done.document["ledger"], None)
    assert "kawaraban resume --all" in back.err
    assert new("publish").code == 2
    words = {row["word"] for row in new("status", "rain", "--json").document["deliveries"]}
    assert words == {"on hold"}
    assert new("resume", "--all").code == 0
    assert new("publish", "--channel", "site").code == 0


def test_what_restore_refuses_it_says_with_the_remedy_in_both_languages(paper: Paper, tmp_path: Path) -> None:
    paper.write()
    file = tmp_path / "paper.tar.gz"
    paper("backup", str(file))
    for language, remedy in (("en", "--force (what is there is moved"), ("ja", "戻すなら --force")):
        refused = paper("restore", str(file), language=language)
        assert refused.code == 2
        assert remedy in refused.err
    file.write_bytes(file.read_bytes()[:500])
    broken = paper("restore", str(file), "--force", language="ja")
    assert broken.code == 2
    assert "何も変えていません" in broken.err
    elsewhere = Paper(tmp_path / "new", environment={"KAWARABAN_LEDGER": "sqlite:////srv/ledger.sqlite"})
    refused = elsewhere("restore", str(file))
    assert (refused.code, "unset it" in refused.err) == (2, True)
    gone = paper("restore", str(tmp_path / "nothing.tar.gz"))
    assert gone.code == 2
    assert "nothing.tar.gz" in gone.err


def test_reconcile_says_what_is_left_to_do(paper: Paper) -> None:
    paper.write()
    assert paper("publish", "--channel", "site").code == 0
    at_home = paper("reconcile", "--json")
    assert at_home.code == 0
    assert at_home.document == {"found": [], "unsure": [], "silent": [], "held": False}
    with closing(sqlite3.connect(paper.root / ".kawaraban" / "ledger.sqlite")) as ledger:
        ledger.execute("UPDATE places SET root = '/srv/elsewhere'")
        ledger.commit()
    moved = paper("publish", language="ja")
    assert moved.code == 2
    assert "/srv/elsewhere" in moved.err
    again = paper("reconcile")
    assert "resume --all" in again.out
    assert paper("resume", "--all").code == 0
    assert paper("publish", "--channel", "site").code == 0
