"""The Mastodon channel against what no server on this machine does: limits of rate, slow pictures, odd answers, other software."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.channels.conformance import KEY, sample
from kawaraban.channels.mastodon import Mastodon, comparing
from kawaraban.channels.mastodon.entities import Instance, NodeInfoLinks
from kawaraban.channels.mastodon.note import Note
from kawaraban.channels.mastodon.plain import alike, links, plain, same
from kawaraban.channels.mastodon.servers import Server, learnt, node_info_address, server_of
from kawaraban.channels.mastodon.settings import MastodonSettings
from kawaraban.channels.protocol import Payload
from kawaraban.config.problems import WrongSettings
from kawaraban.delivery import Receipt
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Unavailable, Unsure
from tests.builders import NOW
from tests.kawaraban.channels.mastodon_house import (
    PAGE,
    Clock,
    Told,
    announcement,
    asset,
    mastodon,
    post,
    status,
    told_server,
)

POST, LIST = "POST /api/v1/statuses", "GET /api/v1/accounts/7/statuses"
TEXT = f"霧の渡し場。\n{PAGE}"


@pytest.fixture
def told() -> Iterator[Told]:
    with told_server() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fedi(tmp_path: Path, told: Told, clock: Clock) -> Mastodon:
    return mastodon(tmp_path, told.url, clock=clock)


def receipt(name: str = "1", version: str = "") -> Receipt:
    return Receipt(name, f"https://example.social/@paper/{name}", NOW, version)


def sought(made: Mastodon, text: str = TEXT, **known: Any) -> Payload:
    return replace(made.prepare(announcement(text)), since=NOW, **known)


# --- what is sent -------------------------------------------------------------------------------------------------


def test_a_post_says_its_language_who_sees_it_and_its_key(fedi: Mastodon, told: Told) -> None:
    told.say(POST, 200, status())
    post(fedi, announcement(TEXT))
    [(_, headers, body)] = told.sent("POST")
    assert json.loads(body) == {
        "status": TEXT,
        "media_ids": [],
        "language": "ja",
        "visibility": "public",
        "content_type": "text/plain",
    }
    assert headers["idempotency-key"] == "key-1"
    assert headers["authorization"] == "Bearer rabbit-hole-17"


def test_the_same_try_again_is_the_same_request(fedi: Mastodon, told: Told) -> None:
    told.say(POST, 200, status(media_attachments=[{"id": "55", "description": "橋の下の舟。"}]))
    told.say("POST /api/v2/media", 200, {"id": "55"})
    for _ in range(2):
        post(fedi, announcement(TEXT, pictures=(asset(),)))
    first, second = told.requests[:2], told.requests[2:]
    assert first == second


# --- every answer is what it means --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (400, Refused),
        (401, NotAuthorised),
        (403, NotAuthorised),
        (404, Refused),
        (410, Refused),
        (422, Refused),
        (429, Unavailable),
        (500, Unsure),
        (502, Unsure),
        (503, Unsure),
        (504, Unsure),
        (301, Refused),
    ],
)
def test_each_answer_to_a_post_is_what_it_means(
    fedi: Mastodon, told: Told, code: int, failure: type[Exception]
) -> None:
    told.say(POST, code, {"error": "Validation failed: Text は長すぎます"})
    with pytest.raises(failure) as raised:
        post(fedi, announcement(TEXT))
    assert type(raised.value) is failure


@pytest.mark.parametrize("body", ["", "<html>", "{}", "[]", '{"id": ""}', '{"id": "1", "created_at": "gestern"}'])
def test_a_yes_that_can_t_be_read_may_hide_a_post(fedi: Mastodon, told: Told, body: str) -> None:
    told.say(POST, 200, body)
    with pytest.raises(Unsure):
        post(fedi, announcement(TEXT))


def test_a_refusal_repeats_the_servers_words(fedi: Mastodon, told: Told) -> None:
    told.say(POST, 422, {"error": "バリデーションに失敗しました:\n本文は500文字以内です"})
    with pytest.raises(Refused) as failure:
        post(fedi, announcement(TEXT))
    assert "本文は500文字以内です" in failure.value.what.en
    assert "\n" not in failure.value.what.en


def test_a_limit_of_rate_says_when(tmp_path: Path, told: Told) -> None:
    made = mastodon(tmp_path, told.url)
    until = (datetime.now(UTC) + timedelta(minutes=4)).isoformat().replace("+00:00", "Z")
    told.say(POST, 429, {"error": "Too many requests"}, {"X-RateLimit-Reset": until})
    with pytest.raises(Unavailable) as failure:
        post(made, announcement(TEXT))
    assert failure.value.after is not None
    assert timedelta(minutes=3) < failure.value.after <= timedelta(minutes=4)


@pytest.mark.parametrize(
    ("code", "failure"), [(401, NotAuthorised), (422, NotAuthorised), (404, Refused), (500, Unavailable)]
)
def test_whose_token_it_is_is_asked_before_anything(
    fedi: Mastodon, told: Told, code: int, failure: type[Exception]
) -> None:
    told.says.clear()
    told.say("GET /api/v1/accounts/verify_credentials", code, {"error": "no"})
    with pytest.raises(failure):
        fedi.find(sought(fedi), KEY)


@pytest.mark.parametrize("code", [429, 500, 502, 503, 400, 418])
def test_a_list_that_can_t_be_read_is_no_list_without_the_post(fedi: Mastodon, told: Told, code: int) -> None:
    told.say(LIST, code, {"error": "no"})
    with pytest.raises((Unavailable, Refused)):
        fedi.find(sought(fedi), KEY)


def test_a_list_that_is_none_is_not_believed(fedi: Mastodon, told: Told) -> None:
    told.say(LIST, 200, "<html>maintenance</html>")
    with pytest.raises(Unavailable):
        fedi.find(sought(fedi), KEY)


def test_the_token_is_in_no_error_and_no_log(fedi: Mastodon, told: Told, caplog: pytest.LogCaptureFixture) -> None:
    told.say(POST, 401, {"error": "the token rabbit-hole-17 was revoked"})
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NotAuthorised) as failure:
        post(fedi, announcement(TEXT))
    assert failure.value.remedy is not None
    assert "was revoked" in failure.value.what.en
    assert "rabbit-hole-17" not in f"{caplog.text}{failure.value.said('ja')}{failure.value.said('en')}"


def test_a_missing_token_is_said_and_nothing_is_sent(tmp_path: Path, told: Told) -> None:
    made = mastodon(tmp_path, told.url)
    (tmp_path / "secrets" / "mastodon").unlink()
    with pytest.raises(NotAuthorised):
        post(made, announcement(TEXT))
    assert told.requests == []


# --- pictures -----------------------------------------------------------------------------------------------------


def test_a_picture_that_takes_time_is_waited_for(fedi: Mastodon, told: Told, clock: Clock) -> None:
    told.say("POST /api/v2/media", 202, {"id": "55", "url": None})
    for code in (206, 206, 200):
        told.say("GET /api/v1/media/55", code, {"id": "55"})
    told.say(POST, 200, status(media_attachments=[{"id": "55", "description": "橋の下の舟。"}]))
    made = post(fedi, announcement(TEXT, pictures=(asset(),)))
    assert json.loads(told.sent("POST")[-1][2])["media_ids"] == ["55"]
    assert made.differences == ()
    assert len(clock.pauses) == 3


def test_nobody_waits_for_ever_and_a_later_try_goes_on(fedi: Mastodon, told: Told, clock: Clock) -> None:
    notes: list[str] = []
    told.say("POST /api/v2/media", 202, {"id": "55"})
    told.say("GET /api/v1/media/55", 206, {"id": "55"})
    payload = fedi.prepare(announcement(TEXT, pictures=(asset(),)))
    with pytest.raises(Unavailable) as failure:
        fedi.create(payload, KEY, notes.append)
    assert failure.value.after is not None
    assert clock.now <= 25
    told.says["GET /api/v1/media/55"] = [(200, {}, {"id": "55"})]
    told.say(POST, 200, status(media_attachments=[{"id": "55", "description": "橋の下の舟。"}]))
    fedi.create(replace(payload, saved=notes[-1]), KEY, notes.append)
    assert [path for path, _, _ in told.sent("POST")] == ["/api/v2/media", "/api/v1/statuses"]


def test_a_picture_the_server_has_forgotten_is_uploaded_again(fedi: Mastodon, told: Told) -> None:
    forgotten = fedi.prepare(announcement(TEXT, pictures=(asset(),)))
    notes: list[str] = []
    told.say("POST /api/v2/media", 200, {"id": "55"})
    told.say("POST /api/v2/media", 200, {"id": "56"})
    told.say(POST, 500, "")
    with pytest.raises(Unsure):
        fedi.create(forgotten, KEY, notes.append)
    told.says[POST] = [(200, {}, status(media_attachments=[{"id": "56", "description": "橋の下の舟。"}]))]
    fedi.create(replace(forgotten, saved=notes[-1]), KEY, notes.append)
    assert json.loads(told.sent("POST")[-1][2])["media_ids"] == ["56"]


def test_an_upload_in_doubt_is_no_post_in_doubt(fedi: Mastodon, told: Told) -> None:
    told.say("POST /api/v2/media", 500, "")
    with pytest.raises(Unavailable):
        post(fedi, announcement(TEXT, pictures=(asset(),)))
    assert len(told.sent("POST")) == 1


def test_a_server_without_the_second_interface_for_pictures_has_the_first(fedi: Mastodon, told: Told) -> None:
    told.say("POST /api/v1/media", 200, {"id": 55})
    told.say(POST, 200, status(media_attachments=[{"id": 55, "description": "橋の下の舟。"}]))
    assert post(fedi, announcement(TEXT, pictures=(asset(),))).differences == ()


@pytest.mark.parametrize("code", [413, 422, 400])
def test_a_picture_that_is_refused_is_named(fedi: Mastodon, told: Told, code: int) -> None:
    told.say("POST /api/v2/media", code, {"error": "File is too large"})
    with pytest.raises(Refused) as failure:
        post(fedi, announcement(TEXT, pictures=(asset(),)))
    assert "boat.png" in failure.value.what.ja
    assert not [one for one in told.sent("POST") if one[0] == "/api/v1/statuses"]


def test_a_post_refused_because_its_pictures_are_not_ready_was_not_refused(fedi: Mastodon, told: Told) -> None:
    told.say("POST /api/v2/media", 200, {"id": "55"})
    told.say(POST, 422, {"error": "処理が終わっていないファイルを添付することはできません"})
    told.say("GET /api/v1/media/55", 206, {"id": "55"})
    with pytest.raises(Unavailable):
        post(fedi, announcement(TEXT, pictures=(asset(),)))


def test_a_picture_that_is_missing_refuses_the_post(fedi: Mastodon, told: Told) -> None:
    words = announcement(TEXT, pictures=(asset(),)).model_copy(update={"assets": ()})
    with pytest.raises(Refused):
        post(fedi, words)
    assert told.sent("POST") == []


def test_a_picture_that_a_server_dropped_is_said(fedi: Mastodon, told: Told) -> None:
    told.say("POST /api/v2/media", 200, {"id": "55"})
    told.say(POST, 200, status())
    assert post(fedi, announcement(TEXT, pictures=(asset(),))).differences == (comparing.PICTURES,)


# --- editing ------------------------------------------------------------------------------------------------------


def test_an_edit_names_the_pictures_it_keeps_and_their_new_words(fedi: Mastodon, told: Told) -> None:
    two = (asset(), asset("bridge.png", "木の橋。", "blue"))
    told.say("POST /api/v2/media", 200, {"id": "55"})
    told.say("POST /api/v2/media", 200, {"id": "56"})
    told.say(POST, 200, status())
    made = post(fedi, announcement(TEXT, pictures=two))
    there = [{"id": "55", "description": "舟。"}, {"id": "56", "description": "木の橋。"}]
    told.say("GET /api/v1/statuses/1", 200, status(media_attachments=there))
    told.say("PUT /api/v1/statuses/1", 200, status(media_attachments=there))
    changed = announcement(TEXT, pictures=(replace_alt(two[0], "舟。"), two[1]))
    edited = fedi.update(fedi.prepare(changed), made, KEY, lambda _note: None)
    [(_, _, body)] = told.sent("PUT")
    said = json.loads(body)
    assert said["media_ids"] == ["55", "56"]
    assert said["media_attributes"] == [{"id": "55", "description": "舟。"}, {"id": "56", "description": "木の橋。"}]
    assert edited.differences == ()
    assert edited.version == made.version
    assert len(told.sent("POST")) == 3


def replace_alt(one: Any, alt: str) -> Any:
    return one.model_copy(update={"alt": alt})


def test_a_post_whose_pictures_we_don_t_know_gets_them_anew(fedi: Mastodon, told: Told) -> None:
    """It was adopted, or a person named it."""
    told.say("GET /api/v1/statuses/1", 200, status(media_attachments=[{"id": "9", "description": "橋の下の舟。"}]))
    told.say("POST /api/v2/media", 200, {"id": "55"})
    told.say("PUT /api/v1/statuses/1", 200, status(media_attachments=[{"id": "55", "description": "橋の下の舟。"}]))
    edited = fedi.update(fedi.prepare(announcement(TEXT, pictures=(asset(),))), receipt(), KEY, lambda _note: None)
    assert json.loads(told.sent("PUT")[0][2])["media_ids"] == ["55"]
    assert list(Note.read(edited.version).media.values()) == ["55"]


@pytest.mark.parametrize("code", [404, 405, 501])
def test_a_server_that_can_t_edit_says_so(fedi: Mastodon, told: Told, code: int) -> None:
    told.say("GET /api/v1/statuses/1", 200, status(text=TEXT))
    told.say("PUT /api/v1/statuses/1", code, "")
    with pytest.raises(Refused) as failure:
        fedi.update(fedi.prepare(announcement(TEXT)), receipt(), KEY, lambda _note: None)
    assert failure.value.remedy is not None


# --- taking down --------------------------------------------------------------------------------------------------


def test_a_server_that_can_t_delete_says_so(fedi: Mastodon, told: Told) -> None:
    """As snac did up to 2.75."""
    told.say("GET /api/v1/statuses/1", 200, status())
    with pytest.raises(Refused) as failure:
        fedi.withdraw(receipt())
    assert failure.value.remedy is not None


def test_pictures_are_deleted_with_their_post(fedi: Mastodon, told: Told) -> None:
    told.say("DELETE /api/v1/statuses/1", 200, status())
    fedi.withdraw(receipt())
    assert told.sent("DELETE")[0][0] == "/api/v1/statuses/1?delete_media=true"


@pytest.mark.parametrize(("code", "failure"), [(401, NotAuthorised), (429, Unavailable), (500, Unsure)])
def test_each_answer_to_a_deletion_is_what_it_means(
    fedi: Mastodon, told: Told, code: int, failure: type[Exception]
) -> None:
    told.say("DELETE /api/v1/statuses/1", code, "")
    with pytest.raises(failure):
        fedi.withdraw(receipt())


# --- finding ------------------------------------------------------------------------------------------------------

SHORTENED = (
    '<p>霧の渡し場。<br /><a href="https://example.com/articles/river/" target="_blank"><span class="invisible">https://'
    '</span><span class="ellipsis">example.com/articles</span><span class="invisible">/river/</span></a></p>'
)
PLEROMA = (
    '霧の渡し場。<br/><a href="https://example.com/articles/river/" rel="ugc">https://example.com/articles/river/</a>'
)


@pytest.mark.parametrize("content", [SHORTENED, PLEROMA, f"<p>霧の<em>渡し場</em>。</p><p>{PAGE}</p>"])
def test_a_post_is_known_whatever_a_server_makes_of_it(fedi: Mastodon, told: Told, content: str) -> None:
    told.say(LIST, 200, [status("2", "別の話。"), status("1", content=content)])
    found = fedi.find(sought(fedi), KEY)
    assert found is not None
    assert found.remote_id == "1"


def test_a_post_whose_words_were_changed_is_known_by_where_it_leads(fedi: Mastodon, told: Told) -> None:
    other = '<p>書き換えられた。</p><p><a href="https://example.com/articles/river">…</a></p>'
    told.say(LIST, 200, [status("1", content=other)])
    found = fedi.find(sought(fedi), KEY)
    assert found is not None
    later = replace(sought(fedi), since=NOW + timedelta(hours=1))
    assert fedi.find(later, KEY) is None, "an hour before the intent somebody else may have posted the address"


def test_a_round_up_that_leads_there_too_is_not_ours(fedi: Mastodon, told: Told) -> None:
    both = f'<p>今週の話。<a href="{PAGE}">一</a> <a href="https://example.com/articles/mountain/">二</a></p>'
    told.say(LIST, 200, [status("1", content=both)])
    assert fedi.find(sought(fedi), KEY) is None


@pytest.mark.parametrize(
    "other",
    [
        status("1", f"霧の渡し場。 {PAGE}", in_reply_to_id="0"),
        status("1", f"霧の渡し場。 {PAGE}", reblog={"id": "3"}),
        status("1", f"霧の渡し場。 {PAGE}", account={"id": "8"}),
        status("1", f"霧の渡し場。 {PAGE}", created_at="2024-11-03T00:00:00.000Z"),
    ],
    ids=["an answer", "a boost", "somebody else's", "of the day before yesterday"],
)
def test_what_is_not_ours_is_not_taken_for_ours(fedi: Mastodon, told: Told, other: dict[str, Any]) -> None:
    told.say(LIST, 200, [other])
    assert fedi.find(sought(fedi), KEY) is None


def test_a_post_that_has_another_id_since_it_was_edited_is_still_answered(fedi: Mastodon, told: Told) -> None:
    """snac's ids begin with the second of the last edit; an old one is known when it is asked for."""
    told.say("GET /api/v1/statuses/1-old", 200, status("1-new", "一つめ。"))
    told.say(LIST, 200, [status("2", "二つめ。", in_reply_to_id="1-new"), status("1-new", "一つめ。")])
    second = replace(fedi.prepare(announcement("一つめ。", "二つめ。")), number=2, above=(receipt("1-old"),), since=NOW)
    found = fedi.find(second, KEY)
    assert found is not None
    assert (found.remote_id, found.differences) == ("2", ())
    assert [one.remote_id for one in fedi.answers(receipt("1-old"))] == ["2"]


def test_looking_ends_a_day_before_the_intent(fedi: Mastodon, told: Told) -> None:
    old = [status(str(n), "別の話。", created_at="2024-11-01T00:00:00Z") for n in range(40, 0, -1)]
    told.say(LIST, 200, [status("99", "別の話。")])
    told.say(LIST, 200, old)
    told.say(LIST, 200, [])
    assert fedi.find(sought(fedi), KEY) is None
    assert len([one for one in told.requests if one[1].startswith("/api/v1/accounts/7")]) == 2


def test_a_list_longer_than_anybody_reads_is_not_called_searched(fedi: Mastodon, told: Told) -> None:
    names = iter(range(10_000, 0, -1))

    def page(_body: bytes) -> Any:
        return 200, {}, [status(str(next(names)), "別の話。") for _ in range(40)]

    told.says[LIST] = [page]
    with pytest.raises(Unavailable):
        fedi.find(sought(fedi), KEY)


def test_recalling_looks_back_to_the_first_of_the_articles(fedi: Mastodon, told: Told) -> None:
    """Where the list is too long for that, nobody says that a post is not there."""
    linked = f'<p>川。<a href="{PAGE}">…</a></p>'
    told.say(LIST, 200, [status("3", content=linked), status("2", content=linked, created_at="2024-01-01T00:00:00Z")])
    assert {article: one.remote_id for article, one in fedi.recall([sample()]).items()} == {"5r8w2kqd": "3"}
    assert len(told.requests) == 2
    names = iter(range(10_000, 0, -1))
    told.says[LIST] = [lambda _body: (200, {}, [status(str(next(names)), "別の話。") for _ in range(40)])]
    with pytest.raises(Unavailable):
        fedi.recall([sample()])


def test_a_server_that_does_not_page_is_not_asked_for_ever(fedi: Mastodon, told: Told) -> None:
    told.say(LIST, 200, [status("2", "別の話。"), status("1", "別の話。")])
    assert fedi.find(sought(fedi), KEY) is None
    assert len(told.requests) == 3


# --- reading back -------------------------------------------------------------------------------------------------


def test_without_its_source_a_post_is_compared_by_its_letters(fedi: Mastodon, told: Told) -> None:
    told.say("GET /api/v1/statuses/1", 200, status(content="<p>霧の<em>渡し場</em>。</p>"))
    told.say("GET /api/v1/statuses/1/source", 404, "")
    assert fedi.read(receipt(), announcement("霧の*渡し場*。")).differences == ()
    assert fedi.read(receipt(), announcement("霧の*渡し守*。")).differences == (comparing.TEXT,)


def test_with_its_source_every_sign_counts(fedi: Mastodon, told: Told) -> None:
    told.say("GET /api/v1/statuses/1", 200, status(text=""))
    told.say("GET /api/v1/statuses/1/source", 200, {"text": "霧の渡し場。"})
    assert fedi.read(receipt(), announcement("霧の渡し場。")).differences == ()
    assert fedi.read(receipt(), announcement("霧の渡し場！")).differences == (comparing.TEXT,)


def test_pictures_and_their_words_are_compared(fedi: Mastodon, told: Told) -> None:
    told.say("GET /api/v1/statuses/1", 200, status(media_attachments=[{"id": "5", "description": None}]))
    told.say("GET /api/v1/statuses/1/source", 200, {"text": TEXT})
    assert fedi.read(receipt(), announcement(TEXT, pictures=(asset(),))).differences == (comparing.ALT,)
    assert fedi.read(receipt(), announcement(TEXT)).differences == (comparing.PICTURES,)


@pytest.mark.parametrize("code", [404, 410])
def test_what_is_gone_is_gone(fedi: Mastodon, told: Told, code: int) -> None:
    told.say("GET /api/v1/statuses/1", code, "")
    assert not fedi.read(receipt(), sample()).present


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_what_can_t_be_read_is_not_called_gone(fedi: Mastodon, told: Told, code: int) -> None:
    told.say("GET /api/v1/statuses/1", code, "")
    with pytest.raises(ChannelFailure):
        fedi.read(receipt(), sample())


# --- servers ------------------------------------------------------------------------------------------------------


def instance(version: str = "4.3.0", **configuration: Any) -> Instance:
    return Instance.model_validate({"domain": "example.social", "version": version, "configuration": configuration})


@pytest.mark.parametrize(
    ("version", "server"),
    [
        ("4.5.2", Server("mastodon", "4.5.2")),
        ("4.5.2+glitch", Server("mastodon", "4.5.2+glitch")),
        ("2.7.2 (compatible; Pleroma 2.6.1)", Server("pleroma", "2.6.1")),
        ("2.7.2 (compatible; Akkoma 3.10.4-0-gebfb617)", Server("akkoma", "3.10.4")),
        ("4.0.0 (not true; really snac/2.75)", Server("snac", "2.75")),
    ],
)
def test_a_server_names_its_software_in_its_version(version: str, server: Server) -> None:
    assert server_of(instance(version)) == server


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (Server("mastodon", "4.5.2"), (True, "graphemes", 23, True, True)),
        (Server("mastodon", "3.4.10"), (True, "graphemes", 23, False, True)),
        (Server("kmyblue", "17.2"), (True, "graphemes", 23, True, True)),
        (Server("pleroma", "2.6.1"), (True, "graphemes", 0, True, True)),
        (Server("gotosocial", "0.17.4 git-1234"), (False, "code points", 0, False, True)),
        (Server("gotosocial", "0.19.1"), (False, "code points", 0, True, True)),
        (Server("snac", "2.75"), (False, "code points", 0, True, False)),
        (Server("snac", "2.96"), (False, "code points", 0, True, True)),
        (Server("something", ""), (False, "code points", 0, True, True)),
    ],
)
def test_what_a_software_does_is_learnt(server: Server, expected: tuple[Any, ...]) -> None:
    found = learnt(server, instance(statuses={"characters_reserved_per_url": 23, "max_characters": 500}))
    assert tuple(found[key] for key in ("idempotency_key", "unit", "link", "edits", "deletes")) == expected


def test_what_a_server_says_of_itself_is_learnt() -> None:
    found = learnt(
        Server("mastodon", "4.5.2"),
        instance(
            statuses={"max_characters": 11_000, "max_media_attachments": 8, "characters_reserved_per_url": 23},
            media_attachments={"image_size_limit": 1000, "image_matrix_limit": 2000, "description_limit": 1500},
        ),
    )
    able = Mastodon.able(
        MastodonSettings.model_validate({"server": "https://example.social", "token": {"env": "T"}, **found})
    )
    assert able.text is not None
    assert (able.text.limit, able.text.link) == (11_000, 23)
    assert able.pictures is not None
    assert (able.pictures.count, able.pictures.max_bytes, able.pictures.max_pixels, able.pictures.alt) == (
        8,
        1000,
        2000,
        1500,
    )


def test_a_server_without_pictures_is_sent_none() -> None:
    words = {"server": "https://example.social", "token": {"env": "T"}, "picture_count": 0}
    able = Mastodon.able(MastodonSettings.model_validate(words))
    assert able.pictures is None
    assert able.attaches == ""


def test_a_server_sends_nobody_elsewhere_for_its_software() -> None:
    def told_of(*addresses: str) -> NodeInfoLinks:
        links = [
            {"rel": f"http://nodeinfo.diaspora.software/ns/schema/2.{n}", "href": one}
            for n, one in enumerate(addresses)
        ]
        return NodeInfoLinks.model_validate({"links": links})

    ours = "https://example.social/nodeinfo/2.0", "https://example.social/nodeinfo/2.1"
    assert node_info_address(told_of(*ours), "https://example.social") == ours[1]
    assert node_info_address(told_of("https://other.example/nodeinfo"), "https://example.social") is None
    assert node_info_address(told_of(), "https://example.social") is None


def test_the_probe_of_an_old_server_is_a_probe(fedi: Mastodon, told: Told) -> None:
    told.say("GET /api/v1/instance", 200, {"uri": "example.social", "version": "3.4.1"})
    probe = fedi.probe()
    assert (probe.shown, probe.server) == ("@paper@example.social", "mastodon 3.4.1")
    assert probe.learnt["edits"] is False
    assert "limit" not in probe.learnt
    assert told.sent("POST") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"server": "example.social"},
        {"server": "https://user:password@example.social"},
        {"server": "https://example.social/@paper"},
        {"token": "a-token-in-the-open"},
        {"visibility": "direct"},
        {"limit": 0},
        {"unknown": 1},
    ],
)
def test_settings_that_can_t_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="1 validation error"):
        MastodonSettings.model_validate({"server": "https://example.social", "token": {"env": "T"}, **wrong})


def test_a_server_that_is_no_address_is_explained_in_words(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings) as failure:
        mastodon(tmp_path, "mastodon.example")
    for language in ("ja", "en"):
        assert "https://example.social" in failure.value.said(language)


# --- texts --------------------------------------------------------------------------------------------------------


def test_html_becomes_the_text_that_was_sent() -> None:
    html = (
        '<p>一行目<br />二行目 &amp; &lt;印&gt;</p><p><a href="https://example.com/a?x=1&amp;y=2"><span class="invisible">'
        'https://</span><span class="ellipsis">example.com/a</span></a><br /><a href="https://example.social/tags/%E7%93%A6'
        '%E7%89%88" class="mention hashtag" rel="tag">#<span>瓦版</span></a></p>'
    )
    assert plain(html) == "一行目\n二行目 & <印>\n\nhttps://example.com/a?x=1&y=2\n#瓦版"
    assert links(html) == ("https://example.com/a?x=1&y=2",)


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1), min_size=1))
def test_any_text_is_read_out_of_its_html(lines: list[str]) -> None:
    """As Mastodon makes it: escaped, a line break an element."""
    content = "<p>" + "<br />".join(escape(line) for line in lines) + "</p>"
    assert same(plain(content), "\n".join(lines))


@pytest.mark.parametrize("html", ["", "   ", "<", "</p>", "<!-- -->", "\x00", "plain"])
def test_any_html_is_some_text(html: str) -> None:
    assert isinstance(plain(html), str)


def test_texts_of_signs_only_are_not_all_alike() -> None:
    assert not alike("🎏", "🎐")
    assert alike("🎏", "🎏\n")


def test_a_note_that_is_none_of_ours_is_an_empty_one() -> None:
    for written in ("", "{", "[]", '{"media": 1}', "etag"):
        assert Note.read(written).media == {}
    assert str(Note()) == ""
