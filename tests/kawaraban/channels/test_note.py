"""What `record` believes: a note that a person posted is read back, and only clear cases are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kawaraban.channels.note import Note
from kawaraban.channels.note.location import located
from kawaraban.channels.protocol import Channel, RecordedByHand
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused, Unavailable, WrongInput
from kawaraban.variant import Variant
from tests.builders import NOW
from tests.kawaraban.channels.note_house import KEY, PUBLIC, note, picture, variant
from tests.servers.note import NoteServer, note_server

PARAGRAPHS = (
    "駅の忘れ物台帳をめくると、雨の翌日にだけ頁が増えている。",
    "持ち主のもとへ戻る傘は四本に一本で、残りの三本の行き先はだれも知らない。",
    "台帳を数えた人は、思ったより静かな数だと書き残した。",
)
BODY = "<h2>台帳</h2>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
TEXT = "\n".join(("台帳", *PARAGRAPHS))


@pytest.fixture
def server() -> Iterator[NoteServer]:
    with note_server() as running:
        yield running


@pytest.fixture
def channel(tmp_path: Path, server: NoteServer) -> Note:
    return note(tmp_path, server.url)


def posted(**changes: Any) -> Variant:
    return variant(BODY, text=TEXT, **changes)


def with_ids(html: str) -> str:
    return html.replace("<p>", '<p name="8f2" id="8f2">').replace("<h2>", '<h2 name="8f1" id="8f1">')


def test_it_keeps_the_protocol_of_a_channel_that_a_person_posts_to(channel: Note) -> None:
    assert isinstance(channel, Channel)
    assert isinstance(channel, RecordedByHand)
    assert channel.capabilities.by_hand


# --- addresses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "user"),
    [
        (PUBLIC, "migiwa"),
        (f"  {PUBLIC}?magazine_key=m1#comments ", "migiwa"),
        (f"note.com/migiwa/n/{KEY}/", "migiwa"),
        (f"http://www.note.com/migiwa/n/{KEY.upper()}", "migiwa"),
        (f"https://editor.note.com/notes/{KEY}/edit/", None),
        (f"https://editor.note.com/notes/{KEY}/publish/", None),
        (f"https://note.com/notes/{KEY}", None),
        (f"https://note.com/preview/{KEY}?prev_access_key={'a' * 32}", None),
        (KEY, None),
    ],
)
def test_the_key_is_found_in_every_address_of_a_note(address: str, user: str | None) -> None:
    place = located(address)
    assert (place.key, place.user) == (KEY, user)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://note.com/migiwa",
        "https://note.com/migiwa/m/m1234567",
        f"https://note.com.example.com/migiwa/n/{KEY}",
        f"https://example.com/migiwa/n/{KEY}",
        f"javascript://note.com/migiwa/n/{KEY}",
        "https://note.com/notes/new",
        "https://[note.com/x",
    ],
)
def test_other_addresses_are_refused_with_a_remedy(channel: Note, address: str) -> None:
    with pytest.raises(Refused) as raised:
        channel.recognise(address, posted())
    assert raised.value.remedy is not None


# --- what is live -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [PUBLIC, f"https://editor.note.com/notes/{KEY}/edit/"])
def test_a_note_that_is_what_was_prepared_is_live(channel: Note, server: NoteServer, address: str) -> None:
    server.publish(KEY, "雨の聞き方", with_ids(BODY), hashtag_notes=server.tagged("雨"))
    receipt = channel.recognise(address, posted(tags=("雨",)))
    assert receipt == Receipt(KEY, PUBLIC, NOW, "2024-11-05T09:00:00.000+09:00", verified=True, differences=())
    assert server.asked == [f"/api/v3/notes/{KEY}"]


def test_the_users_name_may_be_written_in_any_case(tmp_path: Path, server: NoteServer) -> None:
    server.publish(KEY, "雨の聞き方", BODY)
    assert note(tmp_path, server.url, user="Migiwa").recognise(PUBLIC, posted()).verified


def test_the_page_of_another_user_is_refused(channel: Note, server: NoteServer) -> None:
    server.publish(KEY, "雨の聞き方", BODY, user={"urlname": "someone"})
    with pytest.raises(Refused, match="someone"):
        channel.recognise(KEY, posted())


def test_another_article_is_refused(channel: Note, server: NoteServer) -> None:
    server.publish(KEY, "夏の市場を歩く", "<p>朝の八百屋には、まだ土のついた大根が並んでいた。</p>" * 3)
    with pytest.raises(Refused, match="another article"):
        channel.recognise(PUBLIC, posted())


def test_a_note_with_a_new_title_is_the_same_article_and_drifted(channel: Note, server: NoteServer) -> None:
    server.publish(KEY, "傘は年に何本なくなるのか", BODY)
    receipt = channel.recognise(PUBLIC, posted())
    (said,) = receipt.differences
    assert said.ja == "題名が違います：「傘は年に何本なくなるのか」（原稿は「雨の聞き方」）"
    assert said.en == "the title differs: `傘は年に何本なくなるのか` (ours is `雨の聞き方`)"


def test_a_note_pasted_by_half_is_live_and_says_what_is_missing(channel: Note, server: NoteServer) -> None:
    server.publish(KEY, "無題", "<p>駅の忘れ物台帳をめくると、雨の翌日にだけ頁が増えている。</p>")
    differences = [one.ja for one in channel.recognise(PUBLIC, posted()).differences]
    assert "大見出しがありません：「台帳」" in differences
    assert sum(line.startswith("段落がありません") for line in differences) == 2


@pytest.mark.parametrize(
    ("status", "todo"),
    [("deleted", "paste it as a new note"), ("draft", "投稿する"), ("reserved", "when note has published it"),
     ("frozen", "what note has written")],
)  # fmt: skip
def test_a_note_that_is_not_public_is_refused_with_what_to_do(
    channel: Note, server: NoteServer, status: str, todo: str
) -> None:
    server.publish(KEY, "雨の聞き方", BODY, status=status, body=None, name=None)
    with pytest.raises(Refused, match=todo):
        channel.recognise(PUBLIC, posted())
    copy = channel.read(Receipt(KEY, PUBLIC, NOW), posted())
    assert (copy.present, copy.verified) == (False, True)


def test_a_key_that_note_does_not_know_is_refused(channel: Note) -> None:
    with pytest.raises(Refused, match="no such note"):
        channel.recognise(PUBLIC, posted())


def test_a_live_image_anchor_is_refused_and_named(channel: Note, server: NoteServer) -> None:
    server.publish(KEY, "雨の聞き方", BODY + "<p>【画像1：01-a.jpg】</p>")
    with pytest.raises(Refused, match=r"【画像1：01-a\.jpg】"):
        channel.recognise(PUBLIC, posted(pictures=(picture("01-a.jpg"),)))
    copy = channel.read(Receipt(KEY, PUBLIC, NOW), posted())
    assert copy.differences[0].ja == "画像の目印が公開されています：【画像1：01-a.jpg】"


def test_an_anchor_that_the_article_speaks_of_is_its_own_text(channel: Note, server: NoteServer) -> None:
    own = BODY + "<p>目印は【画像1：見本】と書きます。</p>"
    server.publish(KEY, "雨の聞き方", own)
    assert channel.recognise(PUBLIC, variant(own, text=TEXT + "\n目印は【画像1：見本】と書きます。")).differences == ()


# --- what can't be told -----------------------------------------------------------------------------------------


ODD: dict[str, Callable[[NoteServer], None]] = {
    "403": lambda server: server.answer(KEY, 403, '{"message": "Access denied"}'),
    "401": lambda server: server.answer(KEY, 401, '{"error": {"code": "auth", "message": "not_login"}}'),
    "429": lambda server: server.answer(KEY, 429, "{}", {"Retry-After": "60"}),
    "500": lambda server: server.answer(KEY, 500, "oops"),
    "502": lambda server: server.answer(KEY, 502, "oops"),
    "503": lambda server: server.answer(KEY, 503, "oops"),
    "a challenge": lambda server: server.challenge(KEY),
    "a challenge with 403": lambda server: server.challenge(KEY, 403),
    "silence": lambda server: server.hang(KEY),
    "half an answer": lambda server: server.cut(KEY),
    "a flood": lambda server: server.flood(KEY, 20),
    "a redirect elsewhere": lambda server: server.answer(KEY, 302, "", {"Location": "https://example.com/login"}),
    "no note": lambda server: server.answer(KEY, 200, "null"),
    "brackets": lambda server: server.answer(KEY, 200, "[" * 100_000),
    "moved fields": lambda server: server.publish(KEY, "", "", name=None, title="雨の聞き方", status=None),
    "a new status": lambda server: server.publish(KEY, "雨の聞き方", BODY, status="archived_by_note"),
    "another key": lambda server: server.publish(KEY, "雨の聞き方", BODY, key="n0000000000"),
}


@pytest.mark.parametrize("what", ODD)
def test_where_note_does_not_say_the_note_is_live_and_not_verified(
    channel: Note, server: NoteServer, what: str
) -> None:
    ODD[what](server)
    receipt = channel.recognise(PUBLIC, posted())
    assert receipt == Receipt(KEY, PUBLIC, NOW, verified=False)
    copy = channel.read(receipt, posted())
    assert (copy.present, copy.verified, copy.differences) == (True, False, ())


@pytest.mark.parametrize("field", ["hashtag_notes", "user", "price", "eyecatch", "publish_at", "key", "type", "slug"])
def test_a_field_that_moved_away_is_no_difference(channel: Note, server: NoteServer, field: str) -> None:
    server.publish(KEY, "雨の聞き方", with_ids(BODY), hashtag_notes=server.tagged("雨"))
    del server.notes[KEY][field]
    receipt = channel.recognise(PUBLIC, posted(tags=("雨",), header=picture("header.jpg")))
    assert (receipt.url, receipt.verified, receipt.differences) == (PUBLIC, True, ())


def test_a_body_that_moved_away_leaves_the_note_live_and_not_verified(channel: Note, server: NoteServer) -> None:
    server.publish(KEY, "雨の聞き方", BODY)
    server.notes[KEY]["content"] = server.notes[KEY].pop("body")
    receipt = channel.recognise(PUBLIC, posted())
    assert (receipt.verified, receipt.differences) == (False, ())


def test_a_slow_answer_that_comes_in_time_is_an_answer(channel: Note, server: NoteServer) -> None:
    server.publish(KEY, "雨の聞き方", BODY)
    server.dribble(KEY)
    assert channel.recognise(PUBLIC, posted()).verified


def test_without_a_network_the_note_is_live_and_not_verified(tmp_path: Path) -> None:
    with note_server() as gone:
        api = gone.url
    receipt = note(tmp_path, api).recognise(f"https://editor.note.com/notes/{KEY}/edit/", posted())
    assert (receipt.url, receipt.verified) == (PUBLIC, False)


def test_without_a_network_another_users_address_is_still_refused(tmp_path: Path) -> None:
    with note_server() as gone:
        api = gone.url
    with pytest.raises(Refused):
        note(tmp_path, api).recognise(f"https://note.com/someone/n/{KEY}", posted())


def test_a_note_whose_text_is_closed_is_live_and_not_verified(channel: Note, server: NoteServer) -> None:
    server.publish(KEY, "雨の聞き方", "", body=None, price=300)
    receipt = channel.recognise(PUBLIC, posted())
    assert (receipt.verified, [one.en for one in receipt.differences]) == (False, ["it costs money (300 yen)"])


# --- a person's -------------------------------------------------------------------------------------------------


def test_nothing_is_ever_sent_to_note_by_itself(channel: Note, server: NoteServer) -> None:
    payload = channel.prepare(posted())
    with pytest.raises(Refused):
        channel.create(payload, "key", lambda _: None)
    with pytest.raises(Refused):
        channel.update(payload, Receipt(KEY, PUBLIC, NOW), "key", lambda _: None)
    assert channel.find(payload, "key") is None
    assert server.asked == []


def test_a_withdrawal_is_a_persons_and_done_when_the_note_is_gone(channel: Note, server: NoteServer) -> None:
    receipt = Receipt(KEY, PUBLIC, NOW)
    server.publish(KEY, "雨の聞き方", BODY)
    with pytest.raises(Refused) as raised:
        channel.withdraw(receipt)
    assert raised.value.remedy is not None
    server.notes[KEY]["status"] = "deleted"
    channel.withdraw(receipt)
    channel.withdraw(receipt)
    server.answer(KEY, 500)
    with pytest.raises(Unavailable):
        channel.withdraw(receipt)


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="usr"):
        note(tmp_path, usr="migiwa")
    with pytest.raises(WrongInput):
        note(tmp_path, user="汀")
