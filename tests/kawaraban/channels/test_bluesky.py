"""The bluesky channel before a server that says what it is told: what is refused before anything leaves, and every answer."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kawaraban.channels.bluesky import Bluesky, account, comparing, record
from kawaraban.channels.conformance import sample
from kawaraban.errors import KawarabanError, NotAuthorised, Refused, Sentence, Unavailable, Unsure, WrongInput
from tests.kawaraban.channels.bluesky_house import (
    CARD,
    GET,
    LOGIN,
    PUT,
    REFRESH,
    UPLOAD,
    Canned,
    Front,
    Login,
    asset,
    bluesky,
    front,
    jpeg,
    payload,
    posted,
    said,
    sent,
    session_file,
)

DID = "did:plc:abcdefghijklmnopqrstuvwx"
TOKENS = {"accessJwt": "access-one", "refreshJwt": "refresh-one", "did": DID, "handle": "news.example.com"}


def answer(**said: Any) -> Canned:
    return Canned(200, body=json.dumps(said).encode())


PUT_IT = answer(uri=f"at://{DID}/app.bsky.feed.post/x", cid="bafyone")


@pytest.fixture
def door() -> Iterator[Front]:
    """A server that lets us in, and does no more than it is told."""
    with front() as standing:
        standing.play(LOGIN, answer(**TOKENS))
        yield standing


def channel(root: Path, door: Front, **own: Any) -> Bluesky:
    return bluesky(root, Login(door.url, "news.example.com", "abcd-efgh-ijkl-mnop"), **own)


# --- refused before anything leaves ---


@pytest.mark.parametrize("text", ["あ" * 301, "👨‍👩‍👧‍👦" * 121])
def test_what_is_too_long_in_letters_or_in_bytes_is_not_sent(tmp_path: Path, door: Front, text: str) -> None:
    with pytest.raises(Refused) as failure:
        sent(channel(tmp_path, door), posted(said(text)))
    assert failure.value.remedy is not None
    assert not door.asked


def test_pictures_without_words_or_without_a_file_refuse_the_post(tmp_path: Path, door: Front) -> None:
    made = channel(tmp_path, door, files={"a.jpg": jpeg()})
    for variant in (
        posted(said("川", pictures=("a.jpg",)), assets=(asset("a.jpg", alt=" "),)),
        posted(said("川", pictures=("a.jpg", "b.jpg")), assets=(asset("a.jpg"),)),
        posted(said("川", pictures=("a.jpg",) * 5), assets=(asset("a.jpg"),)),
    ):
        with pytest.raises(Refused):
            sent(made, variant)
    assert not door.asked


def test_a_picture_that_is_gone_or_too_large_refuses_the_post(tmp_path: Path, door: Front) -> None:
    variant = posted(said("川"), card=CARD, assets=(asset("c.jpg"),))

    def gone(_asset: object) -> bytes:
        raise WrongInput(Sentence(ja="画像がありません", en="there is no picture"))

    made = channel(tmp_path, door)
    made._surroundings = replace(made._surroundings, bytes_of=gone)
    with pytest.raises(Refused, match="there is no picture"):
        sent(made, variant)
    with pytest.raises(Refused, match="too large"):
        sent(channel(tmp_path, door, files={"c.jpg": b"x" * 1_000_001}), variant)
    assert not door.asked


def test_a_password_goes_over_tls_or_stays_inside_an_allowed_network(tmp_path: Path, door: Front) -> None:
    with pytest.raises(Refused, match="not encrypted"):
        sent(channel(tmp_path, door, private=False), sample())
    with pytest.raises(Refused):
        account._must_be_safe("http://pds.example.com", private=False)
    account._must_be_safe("https://pds.example.com", private=False)
    assert not door.asked


# --- every answer is what it means ---

ANSWERS = [
    (Canned(400, "InvalidRequest", "grapheme too big (maximum 300)"), Refused),
    (Canned(400, "BlobNotFound", "Could not find blob"), Refused),
    (Canned(413, "PayloadTooLarge", "request entity too large"), Refused),
    (Canned(401, "AccountTakedown", "Account has been taken down"), NotAuthorised),
    (Canned(401, "AccountDeactivated", "Account is deactivated"), NotAuthorised),
    (Canned(403, "AccountNotFound", "Account not found"), NotAuthorised),
    (Canned(403, "Forbidden", "no"), NotAuthorised),
    (Canned(429, "RateLimitExceeded", "Rate Limit Exceeded", {"Retry-After": "30"}), Unavailable),
    (Canned(500, "InternalServerError", "Internal Server Error"), Unsure),
    (Canned(502, "UpstreamFailure", "Upstream Failure"), Unsure),
    (Canned(503, "NotEnoughResources", "later", {"Retry-After": "5"}), Unsure),
    (Canned(504, "UpstreamTimeout", "Upstream timed out"), Unsure),
    (Canned(200, body=b"<html>"), Unsure),
    (Canned(200, body=b"{}"), Unsure),
    ("lose", Unsure),
]


def test_a_server_of_another_kind_names_the_setting(tmp_path: Path, door: Front) -> None:
    door.play(PUT, Canned(404, body=b"<!doctype html>"))
    with pytest.raises(Refused) as raised:
        sent(channel(tmp_path, door), sample())
    assert raised.value.remedy is not None
    assert "`server`" in raised.value.remedy.en


@pytest.mark.parametrize(("said_by_server", "failure"), ANSWERS)
def test_each_answer_is_what_it_means(tmp_path: Path, door: Front, said_by_server: Any, failure: type) -> None:
    door.play(PUT, "drop" if said_by_server == "lose" else said_by_server)
    door.play(GET, Canned(400, "RecordNotFound", "Could not locate record"))
    with pytest.raises(KawarabanError) as raised:
        sent(channel(tmp_path, door), sample())
    assert type(raised.value) is failure
    assert door.asked[PUT] == 1
    assert door.asked[GET] == (failure is Unsure), "after any doubt the server is asked, once"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"RateLimit-Reset": str(int(datetime(2024, 11, 5, 0, 5, tzinfo=UTC).timestamp()))}, 300),
    ],
)
def test_it_waits_as_long_as_the_server_says(tmp_path: Path, door: Front, headers: Any, seconds: int) -> None:
    door.play(PUT, Canned(429, "RateLimitExceeded", "Rate Limit Exceeded", headers))
    with pytest.raises(Unavailable) as busy:
        sent(channel(tmp_path, door), sample())
    assert busy.value.after == timedelta(seconds=seconds)


@pytest.mark.parametrize("fault", [Canned(500, "InternalServerError"), Canned(504), "drop", Canned(200, body=b"{}")])
def test_while_a_picture_is_uploaded_nothing_is_public_so_nothing_is_in_doubt(
    tmp_path: Path, door: Front, fault: Any
) -> None:
    door.play(UPLOAD, fault)
    variant = posted(said("川"), card=CARD, assets=(asset("c.jpg"),))
    with pytest.raises(Unavailable):
        sent(channel(tmp_path, door, files={"c.jpg": jpeg()}), variant)
    assert not door.asked[PUT]


@pytest.mark.parametrize("fault", [Canned(500), Canned(504), "drop", Canned(200, body=b"<html>"), answer(accessJwt="")])
def test_a_login_whose_answer_is_lost_posted_nothing(tmp_path: Path, fault: Any) -> None:
    with front() as door:
        door.play(LOGIN, fault)
        with pytest.raises(Unavailable):
            sent(channel(tmp_path, door), sample())
        assert not door.asked[PUT]


@pytest.mark.parametrize("error", ["ExpiredToken", "InvalidToken", "AuthenticationRequired", "AuthMissing"])
def test_a_token_that_is_used_up_is_renewed_once_without_a_login(tmp_path: Path, door: Front, error: str) -> None:
    door.play(PUT, Canned(400 if "Token" in error else 401, error, "no"), PUT_IT)
    door.play(REFRESH, answer(**{**TOKENS, "accessJwt": "access-two", "refreshJwt": "refresh-two"}))
    assert sent(channel(tmp_path, door), sample()).version == "bafyone"
    assert (door.asked[LOGIN], door.asked[REFRESH], door.asked[PUT]) == (1, 1, 2)


def test_a_token_that_stays_unwelcome_holds_the_channel(tmp_path: Path, door: Front) -> None:
    door.play(PUT, *[Canned(401, "AuthenticationRequired", "no")] * 2)
    door.play(REFRESH, answer(**{**TOKENS, "accessJwt": "access-two"}))
    with pytest.raises(NotAuthorised):
        sent(channel(tmp_path, door), sample())
    assert door.asked[PUT] == 2


def test_an_account_that_is_shut_is_not_logged_in_again_and_again(tmp_path: Path, door: Front) -> None:
    door.play(PUT, Canned(400, "ExpiredToken", "no"))
    door.play(REFRESH, Canned(401, "AccountTakedown", "Account has been taken down"))
    with pytest.raises(NotAuthorised, match="AccountTakedown"):
        sent(channel(tmp_path, door), sample())
    assert door.asked[LOGIN] == 1


def test_logins_keep_well_below_what_the_network_allows(tmp_path: Path) -> None:
    with front() as door:
        door.play(LOGIN, *[Canned(401, "AuthenticationRequired", "Invalid identifier or password")] * 20)
        for _ in range(10):
            with pytest.raises(NotAuthorised):
                sent(channel(tmp_path, door), sample())
        with pytest.raises(Unavailable) as waiting:
            sent(channel(tmp_path, door), sample())
        assert waiting.value.after == timedelta(minutes=5)
        assert door.asked[LOGIN] == 10


def test_when_the_server_wants_no_login_none_is_tried_until_then(tmp_path: Path) -> None:
    with front() as door:
        door.play(LOGIN, Canned(429, "RateLimitExceeded", "Rate Limit Exceeded", {"Retry-After": "240"}))
        for _ in range(2):
            with pytest.raises(Unavailable) as waiting:
                sent(channel(tmp_path, door), sample())
            assert waiting.value.after == timedelta(seconds=240)
        assert door.asked[LOGIN] == 1


def test_a_session_that_cant_be_kept_posts_nothing(tmp_path: Path, door: Front) -> None:
    (tmp_path / ".kawaraban").mkdir()
    (tmp_path / ".kawaraban" / "sessions").write_text("in the way")
    with pytest.raises(Unavailable, match="can't be written"):
        sent(channel(tmp_path, door), sample())
    assert not door.asked


# --- where the account lives ---


def test_everything_but_the_login_is_asked_of_the_accounts_own_server(tmp_path: Path) -> None:
    with front() as entryway, front() as home:
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": f"{home.url}/"}
        entryway.play(LOGIN, answer(**TOKENS, didDoc={"id": DID, "service": [service]}))
        entryway.play("com.atproto.server.describeServer", answer(did="did:web:entryway.example.com"))
        home.play(PUT, PUT_IT)
        sent(channel(tmp_path, entryway), sample())
        assert (home.asked[PUT], entryway.asked[PUT], home.asked[LOGIN]) == (1, 0, 0)


def test_a_server_that_is_the_accounts_own_under_another_address_stays(tmp_path: Path, door: Front) -> None:
    door.faults.clear()
    service = {"type": "AtprotoPersonalDataServer", "serviceEndpoint": "http://pds.example.com"}
    door.play(LOGIN, answer(**TOKENS, didDoc={"service": [service]}))
    door.play("com.atproto.server.describeServer", answer(did="did:web:pds.example.com"))
    door.play(PUT, PUT_IT)
    sent(channel(tmp_path, door), sample())
    assert door.asked[PUT] == 1


# --- secrets ---


def test_neither_password_nor_token_is_in_an_error_a_log_or_the_sessions_file(
    tmp_path: Path, door: Front, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    door.play(PUT, Canned(400, "InvalidRequest", "no: access-one, abcd-efgh-ijkl-mnop"), "drop")
    for failure in (Refused, Unsure):
        with pytest.raises(failure) as raised:
            sent(channel(tmp_path, door), sample())
        shown = f"{raised.value.said('ja')}{raised.value.said('en')}{raised.value!r}{caplog.text}"
        assert "abcd-efgh" not in shown
        assert "access-one" not in shown
    kept = session_file(tmp_path)
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    text = kept.read_text()
    assert "abcd-efgh" not in text
    assert hashlib.sha256(b"abcd-efgh-ijkl-mnop").hexdigest() not in text


# --- finding ---


def test_a_place_that_is_taken_by_nobody_knows_what_is_tried_again(tmp_path: Path, door: Front) -> None:
    door.play(PUT, Canned(400, "InvalidSwap", "Record was at bafytwo"))
    door.play(GET, "drop")
    with pytest.raises(Unavailable):
        sent(channel(tmp_path, door), sample())


def test_posts_are_found_by_the_same_payload_only_where_ours_stands(tmp_path: Path, door: Front) -> None:
    made = channel(tmp_path, door)
    asked = payload(made, sample())
    ours = {**record.post(asked, ("ja",), {}, None), "text": "直された文"}
    uri = f"at://{DID}/app.bsky.feed.post/3x"
    door.play(
        GET,
        Canned(400, "RecordNotFound", "Could not locate record"),
        answer(uri=uri, cid="bafyone", value={**ours, "createdAt": "2024-01-01T00:00:00.000Z"}),
        answer(uri=uri, cid="bafyone", value=ours),
    )
    assert made.find(asked, "k") is None
    assert made.find(asked, "k") is None, "another's post at our key is none of ours"
    found = made.find(asked, "k")
    assert found is not None
    assert found.differences == (comparing.TEXT,), "ours, and edited by hand since"
