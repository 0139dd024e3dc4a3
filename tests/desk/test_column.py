"""The real column from page to status: import, doubts, plan, publish, post, record. Skips where its author's page is not here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kawaraban.article.blocks import Dialogue, Glossary, KeyPoints, Notice, Paragraph
from kawaraban.library import Library
from tests.desk.papers import Paper
from tests.servers.note import NoteServer, note_server

SEEDS = sorted((Path(__file__).parents[3] / "shared" / "seeds").glob("*.txt"))
pytestmark = pytest.mark.skipif(not SEEDS, reason="the column is its author's, and not here")
KEY = "n0123456789ab"
URL = f"https://note.com/example/n/{KEY}"
SETTLED = ("updated=2025-06-30", "published=2025-06-30T07:00:00+09:00", "slug=the-column", "note=no")


@pytest.fixture
def note() -> Iterator[NoteServer]:
    with note_server() as server:
        yield server


@pytest.fixture
def imported(paper: Paper, note: NoteServer) -> Paper:
    with (paper.root / "config" / "publication.yaml").open("a", encoding="utf-8") as file:
        file.write("\nnetwork:\n  private: true\n")
    paper.replace("config/channels.yaml", "  path: packages/note\n", f"  path: packages/note\n  api: {note.url}\n")
    return paper


def accept(*answers: str) -> list[str]:
    return ["import", str(SEEDS[0]), *(word for answer in answers for word in ("--accept", answer))]


def words(path: Path) -> str:
    return re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8"))


def post(paper: Paper, note: NoteServer) -> None:
    """Do what the editor does: paste the package."""
    folder = paper.root / "packages" / "note" / "the-column"
    title, body, tags = (
        (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else ""
        for name in ("title.txt", "body.html", "tags.txt")
    )
    tagged = note.tagged(*(tag.lstrip("#") for tag in tags.split()))
    note.publish(KEY, title.strip(), body, user={"urlname": "example"}, hashtag_notes=tagged, eyecatch=None)


def test_the_column_is_imported_whole_with_its_doubts(imported: Paper) -> None:
    page = imported(*accept(), "--json").document["articles"][0]
    assert page["proof"] == {"lines": 93, "conserved": 93}
    assert set(page["doubts"]["must"]) == {"updated", "published", "slug", "note"}
    article = Library(imported.root / "content").find(page["id"])
    kinds = [type(block) for block in article.blocks]
    assert kinds[:2] == [Paragraph, Paragraph]
    turns = [turn for block in article.blocks if isinstance(block, Dialogue) for turn in block.turns]
    assert len(turns) == 37
    assert sorted(sum(turn.speaker == name for turn in turns) for name in {turn.speaker for turn in turns}) == [18, 19]
    points = [point for block in article.blocks if isinstance(block, KeyPoints) for point in block.points]
    assert [len(point.details) for point in points] == [1] * 14
    assert sum(len(block.terms) for block in article.blocks if isinstance(block, Glossary)) == 15
    assert (kinds.count(Notice), len(article.matter.sources)) == (1, 1)


def test_the_column_goes_from_page_to_status(imported: Paper, note: NoteServer) -> None:
    paper = imported
    paper(*accept())
    assert paper("publish", "--json").document["deliveries"][0]["word"] == "draft"
    assert paper(*accept(*SETTLED), "--json").document["articles"][0]["doubts"]["must"] == {}
    again = paper(*accept())
    assert "nothing changed" in again.out
    assert paper(*accept("status=ready")).code == 0
    plan = paper("plan", "the-column", "--json").document
    assert [(one["channel"], one["action"], one["by_hand"]) for one in plan["actions"]] == [
        ("site", "create", False), ("rss", "create", False), ("note", "create", True),
    ]  # fmt: skip
    published = paper("publish", "the-column", "--plan", plan["hash"][:12])
    assert published.code == 0, published.said
    assert paper("publish").out == "nothing to do (without Prefect)\n"

    public, package = paper.root / "public", paper.root / "packages" / "note" / "the-column"
    notice = paper("show", "the-column", "site", "--json").document["text"].splitlines()[-1]
    soon = [notice] if "note" in notice else []
    assert soon, "the site's last line is the notice"
    assert notice in words(paper.page("the-column"))
    for elsewhere in (*public.glob("*feed*.*"), public / "atom.xml", *package.iterdir()):
        if elsewhere.is_file():
            assert notice not in elsewhere.read_text(encoding="utf-8"), elsewhere.name

    post(paper, note)
    recorded = paper("record", "the-column", "note", URL)
    assert recorded.code == 0, recorded.said
    assert "read back and verified" in recorded.out
    assert notice not in words(paper.page("the-column"))
    assert f'href="{URL}"' in paper.page("the-column").read_text(encoding="utf-8")
    for elsewhere in (public / "feed.xml", public / "atom.xml", public / "feed.json"):
        assert KEY not in elsewhere.read_text(encoding="utf-8")
    rows = {row["channel"]: row for row in paper("status", "the-column", "--json").document["deliveries"]}
    assert {name: row["state"] for name, row in rows.items()} == dict.fromkeys(("site", "rss", "note"), "live")
    assert (rows["note"]["remote_id"], rows["note"]["url"]) == (KEY, URL)
    assert paper("publish").out == "nothing to do (without Prefect)\n"


def test_an_editor_who_knows_the_note_already_has_it_recorded_at_once(imported: Paper, note: NoteServer) -> None:
    note.challenge(KEY)
    answer = imported(*accept(*SETTLED[:3], f"note={URL}", "status=ready"))
    assert answer.code == 0, answer.said
    assert f"recorded as live on note {URL}" in answer.out
    imported("publish")
    assert imported.word("the-column", "note") == "live"
    assert not (imported.root / "packages" / "note" / "the-column").exists()
    assert f'href="{URL}"' in imported.page("the-column").read_text(encoding="utf-8")
