"""Reading back: what is said of each delivery, what the ledger keeps of it, and which command puts it right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.stages import looking
from flows.stages.ending import withdraw
from flows.stages.reading_back import entries
from flows.stages.recording import settle
from flows.stages.verifying import STILL_PUBLIC, Found, verify
from kawaraban.delivery import Word
from kawaraban.errors import Sentence, WrongInput
from kawaraban.ledger import EventKind, Settlement
from kawaraban.plan import reasons
from tests.flows.lives import ID, KEY, Life, life


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Life]:
    """An hour after seven: live on site, feed, webhook and note."""
    with life(tmp_path / "paper") as made:
        made.at()
        made.publish()
        made.at(hours=1)
        made.publish()
        made.post_to_note()
        made.at(hours=2)
        yield made


def found(one: Life, *channels: str, names: tuple[str, ...] = (ID,)) -> dict[str | None, Found]:
    """What is said of each channel's delivery, an hour after it was asked last (note keeps its pace)."""
    one.now = one.at(hours=one.now.hour - 6)
    return {each.channel: each for each in verify(one.house, names, channels, now=one.now) if each.article}


def said(one: Life, *channels: str) -> dict[str | None, str]:
    return {channel: each.found for channel, each in found(one, *channels).items()}


def test_what_is_there_as_it_was_sent_is_live_and_nothing_is_recorded(one: Life) -> None:
    before = one.house.ledger.events()
    assert said(one) == {"site": "live", "rss": "live", "note": "live", "hook": "unknown"}
    assert one.house.ledger.events() == before
    assert all(each.remedy is None for each in found(one).values())


def test_a_page_edited_by_hand_is_drifted_and_nothing_is_mended_silently(one: Life) -> None:
    page = one.root / "public" / "articles" / "rain" / "index.html"
    page.write_text("scribbled", encoding="utf-8")
    site = found(one)["site"]
    path = "articles/rain/index.html"
    said = Sentence(ja=f"{path} が書き換えられています", en=f"{path} was changed")
    assert (site.found, site.differences) == ("drifted", (said,))
    assert site.remedy is not None
    assert site.remedy.en == f"kawaraban publish {ID} --channel site"
    assert one.words()["site"] == Word.DRIFTED
    assert page.read_text(encoding="utf-8") == "scribbled"


@pytest.mark.parametrize(
    "asked", [{"names": (ID,), "refresh": True}, {"names": ()}, {"names": (ID,), "channels": ("rss",)}]
)
def test_any_publish_of_the_site_mends_it_and_the_word_is_live_again(one: Life, asked: dict[str, object]) -> None:
    page = one.root / "public" / "articles" / "rain" / "index.html"
    whole = page.read_bytes()
    page.unlink()
    assert said(one, "site") == {"site": "gone"}
    assert one.words()["site"] == Word.DRIFTED
    names = asked.pop("names")
    one.publish(*names, **asked)  # type: ignore[misc] # names are texts
    assert page.read_bytes() == whole
    assert one.words()["site"] == Word.LIVE
    assert said(one, "site") == {"site": "live"}


def test_an_entry_missing_in_one_feed_is_gone_from_it_and_the_page_is_not_to_blame(one: Life) -> None:
    path = one.root / "public" / "feed.json"
    feed = json.loads(path.read_bytes())
    feed["items"] = []
    path.write_text(json.dumps(feed), encoding="utf-8")
    assert said(one, "site", "rss") == {"site": "live", "rss": "gone"}
    assert found(one)["rss"].differences == (
        Sentence(ja="feed.json に入っていません", en="it is missing from feed.json"),
    )
    one.publish()
    assert (len(one.entries()), said(one, "rss")) == (1, {"rss": "live"})


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_an_entry_with_other_words_is_drifted(one: Life, name: str) -> None:
    path = one.root / "public" / name
    text = path.read_text(encoding="utf-8")
    assert "雨の日の本文" in text
    path.write_text(text.replace("雨の日の本文", "晴れの日の本文"), encoding="utf-8")
    rss = found(one)["rss"]
    said = Sentence(ja=f"{name} の項目が書き換えられています", en=f"its entry in {name} was changed")
    assert (rss.found, rss.differences) == ("drifted", (said,))


def test_a_list_somebody_changed_belongs_to_no_article(one: Life) -> None:
    (one.root / "public" / "index.html").write_text("scribbled", encoding="utf-8")
    (rest,) = [each for each in verify(one.house, (), ("site",), now=one.now) if each.article is None]
    assert (rest.channel, rest.found, [one.en for one in rest.differences]) == (
        "site",
        "drifted",
        ["index.html was changed"],
    )
    assert one.words()["site"] == Word.LIVE
    assert [each.found for each in verify(one.house, (ID,), ("site",), now=one.now)] == ["live"]


def test_a_theme_that_waits_to_be_published_is_no_drift(one: Life) -> None:
    settings = one.root / "config" / "publication.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("汀通信", "岸通信"), encoding="utf-8")
    from flows.compose import open_house

    with open_house(one.root, clock=lambda: one.now) as house:
        assert [each.found for each in verify(house, (), ("site", "rss"), now=one.now)] == ["live", "live"]


def test_a_note_changed_there_is_drifted_until_a_person_lets_it_stay(one: Life) -> None:
    one.note.notes[KEY]["body"] = "<p>雨の日の本文を、そこで直した。</p>"
    note = found(one)["note"]
    assert note.found == "drifted"
    assert note.differences
    assert note.remedy is not None
    assert f"kawaraban settle {ID} note --as-it-is" in note.remedy.en
    assert (one.words()["note"], one.row("note").differences) == (Word.DRIFTED, note.differences)
    read = [each for each in one.house.ledger.events(ID, "note") if each.kind is EventKind.READ_BACK]
    found(one)
    assert read == [each for each in one.house.ledger.events(ID, "note") if each.kind is EventKind.READ_BACK]
    settle(one.house, ID, "note", Settlement.AS_IT_IS, None, now=one.now)
    kept = found(one)["note"]
    assert (kept.found, bool(kept.differences), one.words()["note"]) == ("live", True, Word.LIVE)


def test_a_post_changed_there_is_put_back_by_name_and_refresh(tmp_path: Path) -> None:
    with life(tmp_path / "paper", "stage: {kind: rehearsal, path: stage, after: site, announces: false}\n") as made:
        made.at()
        made.publish()
        made.at(hours=1)
        made.publish()
        (post,) = (made.root / "stage").glob("*.json")
        sent = post.read_text(encoding="utf-8")
        post.write_text(sent.replace("雨樋", "縁側"), encoding="utf-8")
        stage = found(made)["stage"]
        assert (stage.found, made.words()["stage"]) == ("drifted", Word.DRIFTED)
        assert stage.remedy is not None
        assert f"kawaraban publish {ID} --channel stage --refresh" in stage.remedy.en
        made.publish(ID, channels=("stage",))
        assert post.read_text(encoding="utf-8") != sent
        made.publish(ID, channels=("stage",), refresh=True)
        assert (post.read_text(encoding="utf-8"), made.words()["stage"]) == (sent, Word.LIVE)
        down = withdraw(made.house, ID, ("stage",), "", now=made.now)
        assert [(fate.outcome, fate.verified, post.exists()) for fate in down.fates] == [("gone", True, False)]


def test_a_note_that_was_put_right_there_is_live_again(one: Life) -> None:
    body = one.note.notes[KEY]["body"]
    one.note.notes[KEY]["body"] = "<p>別の文。</p>"
    assert said(one, "note") == {"note": "drifted"}
    one.note.notes[KEY]["body"] = body
    assert said(one, "note") == {"note": "live"}
    assert one.words()["note"] == Word.LIVE


def test_a_note_deleted_there_is_gone_and_may_stay_away_or_come_again(one: Life) -> None:
    one.delete_note()
    note = found(one)["note"]
    assert note.found == "gone"
    assert note.remedy is not None
    assert f"kawaraban withdraw {ID} --channel note" in note.remedy.en
    (row,) = [each for each in looking.status(one.house, [ID], now=one.now) if each.channel == "note"]
    assert (row.word, row.reason, row.remedy) == (Word.DRIFTED, reasons.NOT_THERE, note.remedy), "as verify says it"
    one.at(hours=4)
    down = withdraw(one.house, ID, ("note",), "", now=one.now)
    assert [(fate.channel, fate.outcome) for fate in down.fates] == [("note", "gone")]
    assert one.words()["note"] == Word.WITHDRAWN
    one.publish(ID, again=True, channels=("note",))
    assert one.words()["note"] == Word.BY_HAND


def test_where_note_cannot_be_reached_nothing_is_claimed(one: Life) -> None:
    one.note.answer(KEY, 500)
    note = found(one)["note"]
    assert (note.found, one.words()["note"]) == ("unknown", Word.LIVE)
    assert note.error is not None


def test_what_was_withdrawn_and_is_public_all_the_same_is_told(one: Life) -> None:
    body = one.note.notes[KEY]
    one.delete_note()
    withdraw(one.house, ID, (), "", now=one.now)
    assert said(one) == {"hook": "unknown"}
    one.note.notes[KEY] = body
    page = one.root / "public" / "articles" / "rain" / "index.html"
    page.write_text("a copy somebody kept", encoding="utf-8")
    told = found(one)
    assert {channel: each.found for channel, each in told.items()} == {
        "site": "drifted", "note": "drifted", "hook": "unknown",
    }  # fmt: skip
    assert told["site"].differences == told["note"].differences == (STILL_PUBLIC,)
    assert one.words()["site"] == Word.WITHDRAWN


def test_unknown_names_are_refused(one: Life) -> None:
    with pytest.raises(WrongInput):
        verify(one.house, ("snow",), now=one.now)
    with pytest.raises(WrongInput):
        verify(one.house, (), ("fax",), now=one.now)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"<rss>", b"[]", b'{"items": [1]}', b'<!DOCTYPE a [<!ENTITY b "c">]><rss>&b;</rss>']
)
def test_a_feed_that_cannot_be_read_has_no_entries(data: bytes) -> None:
    assert entries("feed.json", data) == {}
    assert entries("feed.xml", data) == {}
