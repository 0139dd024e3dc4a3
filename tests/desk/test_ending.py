"""withdraw, rollback and verify as an editor types them: what is said, the documents, the exit codes, the files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from flows.compose import House, open_house
from flows.handover import runs
from flows.stages.publishing import publish
from flows.stages.values import Progress, Published, PublishRequest
from kawaraban.delivery import Receipt
from kawaraban.ledger import Posted
from tests.builders import NOW
from tests.desk.papers import Paper, paper_at

ID = "7ra1ny7a"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Live on site and feed, a package for note; published without Prefect."""
    monkeypatch.setattr("flows.publish.run", _plainly)
    made = paper_at(tmp_path / "paper")
    made.write()
    assert made("publish").code == 0
    assert not runs(made.root)
    return made


def _plainly(house: House, request: PublishRequest, progress: Progress, *, now: datetime) -> Published:
    """Stand in for flows.publish.run: no Prefect."""
    return publish(house, request, progress, now=now)


def record_note(paper: Paper) -> None:
    """A person posted it, and the address could not be asked about."""
    with open_house(paper.root, clock=lambda: NOW, who="editor") as house:
        row = house.ledger.delivery(ID, "note")
        assert row is not None
        receipt = Receipt("n12345678abc", None, NOW, verified=False)
        article = house.library.find(ID)
        posted = Posted(ID, "note", receipt, row.handed_over or "", article.digest)
        house.ledger.record(posted, now=NOW, who="editor")


# --- withdraw ---


def test_a_withdrawal_says_what_became_of_each_channel_and_writes_only_its_line(paper: Paper) -> None:
    file = paper.root / "content" / "articles" / "2024" / "rain" / "index.md"
    before = file.read_bytes()
    record_note(paper)
    said = paper("withdraw", "rain", "--say", "事実の確認をやり直します", "--json")
    assert said.code == 0
    found = {one["channel"]: one["outcome"] for one in said.document["channels"]}
    assert found == {"site": "gone", "rss": "gone", "note": "by hand"}
    assert said.document["channels"][2]["then"] == f"when it is removed: kawaraban settle {ID} note --arrived"
    lines = file.read_bytes().splitlines(keepends=True)
    added = [line for line in lines if line not in before.splitlines(keepends=True)]
    assert b"".join(line for line in lines if line not in added) == before
    assert b"withdrawn" in b"".join(added)
    assert paper.word("rain", "note") == "to take down"
    assert not paper.page().exists()


def test_withdrawing_twice_takes_nothing_down_twice_and_changes_no_byte(paper: Paper) -> None:
    file = paper.root / "content" / "articles" / "2024" / "rain" / "index.md"
    paper("withdraw", "rain", "--say", "確認中")
    once = file.read_bytes()
    again = paper("withdraw", "rain", "--json")
    assert (again.code, file.read_bytes()) == (0, once)
    assert [one["outcome"] for one in again.document["channels"]] == ["gone", "gone", "not there"]


def test_the_reason_can_be_put_right_and_readers_see_the_new_one(paper: Paper) -> None:
    paper("withdraw", "rain", "--say", "確認中です")
    paper("withdraw", "rain", "--say", "事実に誤りがありました")
    stone = paper.page().with_name("410.html").read_text(encoding="utf-8")
    assert "誤りがありました" in stone
    assert "確認中です" not in stone


def test_what_never_went_out_stays_in_the_house(paper: Paper) -> None:
    paper.write("snow", id="7ra1ny7b", published="2099-06-18T07:00:00+09:00")
    paper("publish")
    said = paper("withdraw", "snow", "--json")
    assert {one["outcome"] for one in said.document["channels"]} == {"not there"}
    assert {paper.word("snow", one) for one in ("site", "rss", "note")} == {"withdrawn"}
    assert not paper.page("snow").parent.exists()


def test_from_one_channel_only_the_file_stays_and_the_rest_too(paper: Paper) -> None:
    file = paper.root / "content" / "articles" / "2024" / "rain" / "index.md"
    before = file.read_bytes()
    said = paper("withdraw", "rain", "--channel", "rss", "--json")
    assert [(one["channel"], one["outcome"]) for one in said.document["channels"]] == [("rss", "gone")]
    assert (file.read_bytes(), paper.page().exists()) == (before, True)
    assert '"items": []' in (paper.root / "public" / "feed.json").read_text(encoding="utf-8")
    paper.write(body="直した本文。\n")
    paper("publish")
    assert (paper.word("rain", "site"), paper.word("rain", "rss")) == ("live", "withdrawn")
    assert paper("publish", "rain", "--again", "--channel", "rss").code == 0
    assert paper.word("rain", "rss") == "live"


def test_again_ends_a_withdrawal_in_the_file_and_leaves_no_tombstone(paper: Paper) -> None:
    file = paper.root / "content" / "articles" / "2024" / "rain" / "index.md"
    before = file.read_bytes()
    paper("withdraw", "rain")
    assert paper("publish", "rain", "--again").code == 0
    assert file.read_bytes() == before
    assert paper.page().is_file()
    assert not paper.page().with_name("410.html").exists()


def test_again_on_one_channel_keeps_the_others_down(paper: Paper) -> None:
    record_note(paper)
    paper("withdraw", "rain")
    assert paper("publish", "rain", "--again", "--channel", "site").code == 0
    paper("publish")
    assert [paper.word("rain", one) for one in ("site", "rss", "note")] == ["live", "withdrawn", "to take down"]


@pytest.mark.parametrize("words", [("withdraw", "snow"), ("withdraw", "rain", "--channel", "fax"), ("withdraw",)])
def test_wrong_use_is_said_and_touches_nothing(paper: Paper, words: tuple[str, ...]) -> None:
    assert paper(*words).code == 2
    assert paper.page().is_file()


# --- rollback ---


def test_a_rollback_says_what_goes_out_and_holds_until_the_file_changes(paper: Paper) -> None:
    first = paper("status", "rain", "--json").document["deliveries"][0]["live_digest"]
    page = paper.page().read_bytes()
    paper.write(body="直しすぎた本文。\n")
    paper("publish")
    said = paper("rollback", "rain", "--to", first[:8], language="ja")
    assert said.code == 0
    assert "出ていました" in said.out
    assert "直しすぎた" in said.out
    assert paper.page().read_bytes() == page
    shown = paper("status", "rain", "--json").document["deliveries"][0]
    assert (shown["word"], shown["live_digest"]) == ("live", first)
    paper("publish")
    assert paper.page().read_bytes() == page
    paper.write(body="落ち着いて直した本文。\n")
    paper("publish")
    assert "落ち着いて直した" in paper.page().read_text(encoding="utf-8").replace("<wbr>", "")


def test_a_rollback_has_a_document_for_programs(paper: Paper) -> None:
    first = paper("status", "rain", "--json").document["deliveries"][0]["live_digest"]
    paper.write(body="直した本文。\n")
    paper("publish")
    document = paper("rollback", "rain", "--to", first, "--json").document
    assert [(one["channel"], one["outcome"]) for one in document["channels"]] == [("site", "live"), ("rss", "live")]
    assert document["channels"][0]["digest"] == first
    assert document["channels"][0]["diff"] == [{"part": "text", "before": "直した本文。", "after": "雨の日の本文。"}]
    assert [one["channel"] for one in document["left"]] == ["note"]


def test_a_rollback_under_a_hold_says_so_and_goes_out_when_that_ends(paper: Paper) -> None:
    page = paper.page().read_bytes()
    first = paper("status", "rain", "--json").document["deliveries"][0]["live_digest"]
    paper.write(body="直した本文。\n")
    paper("publish")
    paper("hold", "--all", "--why", "社内で確認中")
    said = paper("rollback", "rain", "--to", first)
    assert said.code == 1
    assert "社内で確認中" in said.out
    assert "already" not in said.out
    paper("resume", "--all")
    paper("publish")
    assert paper.page().read_bytes() == page


@pytest.mark.parametrize("to", ["2001-01-01T00:00:00+09:00", "deadbeef", "yesterday"])
def test_what_was_never_live_is_refused_with_a_remedy(paper: Paper, to: str) -> None:
    page = paper.page().read_bytes()
    said = paper("rollback", "rain", "--to", to)
    assert said.code == 2
    assert "→" in said.err
    assert paper.page().read_bytes() == page


# --- verify ---


def test_verify_finds_a_page_somebody_changed_and_publishing_mends_it(paper: Paper) -> None:
    assert paper("verify").code == 0
    paper.page().write_text("scribbled", encoding="utf-8")
    said = paper("verify", "rain", "--json")
    assert said.code == 1
    site = next(one for one in said.document["deliveries"] if one["channel"] == "site")
    assert (site["found"], site["remedy"]) == ("drifted", f"kawaraban publish {ID} --channel site")
    assert paper.word("rain", "site") == "drifted"
    assert paper("publish", "rain", "--channel", "site").code == 0
    assert (paper("verify").code, paper.word("rain", "site")) == (0, "live")


@pytest.mark.parametrize(
    ("language", "differs"),
    [
        ("ja", "articles/rain/index.html が書き換えられています"),
        ("en", "articles/rain/index.html was changed"),
    ],
)
def test_what_differs_is_said_in_the_readers_language(paper: Paper, language: str, differs: str) -> None:
    paper.page().write_text("scribbled", encoding="utf-8")
    document = paper("verify", "rain", "--json", language=language).document
    site = next(one for one in document["deliveries"] if one["channel"] == "site")
    assert site["differences"] == [differs]
    assert f"\n    {differs}\n" in paper("verify", "rain", language=language).out
    assert f"\n    {differs}\n" in paper("status", "rain", language=language).out
    told = paper("log", "rain", "--json", language=language).document["events"]
    assert [one["why"] for one in told if one["kind"] == "read back"] == [differs]
    assert differs in paper("log", "rain", language=language).out


def test_status_says_that_a_page_is_gone_as_verify_does(paper: Paper) -> None:
    paper.page().unlink()
    assert "gone｜雨樋の音を聞く｜site" in paper("verify", "rain").out
    said = paper("status", "rain").out
    assert f"｜site｜what was published there is gone → kawaraban publish {ID} --channel site" in said
    assert "\n    articles/rain/index.html is missing\n" in said
    assert "not this article's text" not in said
    assert "｜site｜出したものが、そこにありません" in paper("status", "rain", language="ja").out
