"""`record` on a whole paper: a post by hand is read back, believed once, and turns the site's notice into its link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from flows.compose import open_house
from flows.stages.recording import Recorded, record
from kawaraban.channels.note.comparison import stored_html
from kawaraban.delivery import State
from kawaraban.errors import Refused
from kawaraban.variant import Variant
from tests.builders import NOW
from tests.papers import paper, published, write
from tests.servers.note import NoteServer, note_server

NOTICE = "本文。川べりの道を歩く。\n\n::: {.notice about=note channels=site}\n後日、noteにも載せます。\n:::\n"
RAIN, SNOW = "n1a2b3c4d5e6f", "n6f5e4d3c2b1a"


@pytest.fixture
def server() -> Iterator[NoteServer]:
    with note_server() as running:
        yield running


@pytest.fixture
def root(tmp_path: Path, server: NoteServer) -> Path:
    """Two articles, published on the site and prepared for note; note is the imitation."""
    api = {"  path: packages/note\n": f"  path: packages/note\n  api: {server.url}\n"}
    made = paper(tmp_path / "paper", samples=False, settings=api)
    publication = made / "config" / "publication.yaml"
    text = publication.read_text(encoding="utf-8")
    publication.write_text(text.replace("# network: {private: true}", "network: {private: true}"), encoding="utf-8")
    write(made, "rain", NOTICE, id="1ra1n000")
    write(made, "snow", "雪の日の話。庭はまだ白い。\n", id="2sn0w000")
    published(made, NOW, channels=("site", "rss", "note"))
    return made


def recorded(root: Path, name: str, address: str) -> Recorded:
    with open_house(root, clock=lambda: NOW, who="editor") as house:
        return record(house, name, "note", address, lambda _step: None, now=NOW)


def handed(root: Path, slug: str) -> Variant:
    """What a person was given to paste."""
    with open_house(root, clock=lambda: NOW, who="editor") as house:
        article = house.library.find(slug)
        row = house.ledger.delivery(article.id, "note")
        assert row is not None
        found = house.ledger.variant(row.handed_over or row.live_digest or "", "note")
    assert found is not None
    return found


def post(root: Path, server: NoteServer, slug: str, key: str) -> str:
    """Paste the package as it is and press 投稿する; return the editor's address."""
    variant = handed(root, slug)
    server.publish(key, variant.title, stored_html(variant), user={"urlname": "example"})
    return f"https://editor.note.com/notes/{key}/edit/"


def state(root: Path, slug: str) -> tuple[State, str | None]:
    with open_house(root, clock=lambda: NOW, who="editor") as house:
        row = house.ledger.delivery(house.library.find(slug).id, "note")
    assert row is not None
    return row.state, row.remote_id


def page(root: Path, slug: str) -> str:
    return (root / "public" / "articles" / slug / "index.html").read_text(encoding="utf-8")


def words(root: Path, slug: str) -> str:
    """What a reader of the site sees."""
    return "".join(word for text in html.fromstring(page(root, slug)).itertext() for word in str(text).split())


def test_the_editors_address_is_enough_and_the_sites_notice_becomes_the_link(root: Path, server: NoteServer) -> None:
    assert "後日、noteにも載せます。" in words(root, "rain")
    receipt = recorded(root, "rain", post(root, server, "rain", RAIN)).receipt
    assert (receipt.url, receipt.verified, receipt.differences) == (f"https://note.com/example/n/{RAIN}", True, ())
    assert state(root, "rain") == (State.LIVE, RAIN)
    assert "後日、noteにも載せます。" not in words(root, "rain")
    assert f"https://note.com/example/n/{RAIN}" in page(root, "rain")


def test_recording_it_again_changes_nothing(root: Path, server: NoteServer) -> None:
    address = post(root, server, "rain", RAIN)
    assert recorded(root, "rain", address).receipt == recorded(root, "rain", address).receipt


def test_the_key_of_another_article_is_refused_also_where_note_can_not_be_asked(root: Path, server: NoteServer) -> None:
    recorded(root, "rain", post(root, server, "rain", RAIN))
    server.answer(RAIN, 403)
    with pytest.raises(Refused, match="another article") as raised:
        recorded(root, "snow", f"https://note.com/example/n/{RAIN}")
    assert raised.value.remedy is not None
    assert state(root, "snow") == (State.WAITING, None)


def test_a_second_note_of_one_article_is_refused_while_the_first_is_there(root: Path, server: NoteServer) -> None:
    recorded(root, "rain", post(root, server, "rain", RAIN))
    again = post(root, server, "rain", SNOW)
    for odd in (None, 500):
        if odd is not None:
            server.answer(RAIN, odd)
        with pytest.raises(Refused, match="out already"):
            recorded(root, "rain", again)
    assert state(root, "rain") == (State.LIVE, RAIN)


def test_a_note_that_was_taken_down_and_posted_anew_is_recorded(root: Path, server: NoteServer) -> None:
    recorded(root, "rain", post(root, server, "rain", RAIN))
    again = post(root, server, "rain", SNOW)
    server.notes[RAIN]["status"] = "deleted"
    recorded(root, "rain", again)
    assert state(root, "rain") == (State.LIVE, SNOW)
    assert f"https://note.com/example/n/{SNOW}" in page(root, "rain")


def test_a_refusal_leaves_everything_as_it_was(root: Path, server: NoteServer) -> None:
    address = post(root, server, "rain", RAIN)
    server.notes[RAIN]["status"] = "draft"
    before = page(root, "rain")
    with pytest.raises(Refused, match="draft"):
        recorded(root, "rain", address)
    assert state(root, "rain") == (State.WAITING, None)
    assert page(root, "rain") == before


def test_an_edit_becomes_a_sheet_and_its_record_makes_it_live_again(root: Path, server: NoteServer) -> None:
    recorded(root, "rain", post(root, server, "rain", RAIN))
    write(root, "rain", NOTICE.replace("歩く", "走る") + "\n" + "変わらない文。" * 20 + "\n", id="1ra1n000")
    published(root, NOW, "rain", channels=("note",))
    sheet = (root / "packages" / "note" / "rain" / "index.html").read_text(encoding="utf-8")
    assert "noteを直す" in sheet
    receipt = recorded(root, "rain", f"https://note.com/example/n/{RAIN}").receipt
    assert receipt.differences  # the person has not changed it yet
    address = post(root, server, "rain", RAIN)
    assert recorded(root, "rain", address).receipt.differences == ()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kawaraban.channels.note.pace.APART", timedelta())  # the imitation needs no rest
