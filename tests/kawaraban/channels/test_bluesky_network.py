"""Bluesky's sessions over a real PDS, who we are there, and a bad network before it: stored posts are counted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import requests

from kawaraban.channels.bluesky import Bluesky
from kawaraban.channels.bluesky.blob import blob_of
from kawaraban.channels.bluesky.session import Kept
from kawaraban.channels.conformance import sample
from kawaraban.delivery import Receipt
from kawaraban.errors import NotAuthorised, Refused, Unavailable, Unsure
from tests.builders import NOW
from tests.kawaraban.channels.bluesky_house import (
    CARD,
    GET,
    LOGIN,
    PUT,
    REFRESH,
    UPLOAD,
    Canned,
    Fault,
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
from tests.servers.pds import Account, Pds
from tests.servers.proxy import FIVE, TROUBLES, Trouble, aimed, hostile_proxy

pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("pds")]

JWT_SECRET = b"a secret of the tests on loopback"
ADMIN = ("admin", "of the tests on loopback")


@dataclass(frozen=True)
class Here:
    """A fresh account, the front door before its server, and a folder."""

    root: Path
    account: Account
    door: Front

    def channel(self, server: str = "", **own: Any) -> Bluesky:
        login = Login(server or self.door.url, self.account.handle, self.account.password)
        return bluesky(self.root, login, {"c.jpg": jpeg()}, **own)

    def kept(self) -> Kept:
        return Kept.model_validate_json(session_file(self.root).read_bytes())

    def change(self, **session: str) -> None:
        """Change the kept session, as time does."""
        kept = self.kept()
        assert kept.signed is not None
        changed = kept.model_copy(update={"signed": kept.signed.model_copy(update=session)})
        session_file(self.root).write_text(changed.model_dump_json(), encoding="utf-8")

    def asked(self) -> tuple[int, int]:
        """How many logins and renewals the server saw."""
        return self.door.asked[LOGIN], self.door.asked[REFRESH]


@pytest.fixture
def here(tmp_path: Path, pds_server: Pds) -> Iterator[Here]:
    with front(pds_server.url) as door:
        yield Here(tmp_path, pds_server.account(), door)


def expired(account: Account) -> str:
    """An access token as the server would have made it three hours ago."""
    now = int(time.time())
    claims = {
        "scope": "com.atproto.appPass", "sub": account.did, "aud": "did:web:localhost", "iat": now - 18000, "exp": now - 10800,
    }  # fmt: skip
    parts = ({"typ": "at+jwt", "alg": "HS256"}, claims)
    said = ".".join(_url64(json.dumps(part).encode()) for part in parts)
    return f"{said}.{_url64(hmac.new(JWT_SECRET, said.encode(), hashlib.sha256).digest())}"


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


# --- sessions ---


def test_one_login_serves_every_process(here: Here) -> None:
    receipt = sent(here.channel(), sample(), "a")
    sent(here.channel(), sample(), "b")
    here.channel().read(receipt, sample())
    here.channel().withdraw(receipt)
    assert here.asked() == (1, 0)


def test_a_token_of_three_hours_ago_is_renewed_and_the_post_goes_out(here: Here) -> None:
    sent(here.channel(), sample(), "a")
    here.change(access=expired(here.account))
    sent(here.channel(), sample(), "b")
    assert here.asked() == (1, 1)
    sent(here.channel(), sample(), "c")
    assert here.asked() == (1, 1), "the renewed one is kept"
    assert len(here.account.stored()) == 3


def test_where_renewing_is_no_use_either_one_login_helps(here: Here) -> None:
    sent(here.channel(), sample(), "a")
    here.change(access=expired(here.account), refresh=expired(here.account))
    sent(here.channel(), sample(), "b")
    assert here.asked() == (2, 1)
    assert len(here.account.stored()) == 2


def test_a_session_that_another_process_renewed_is_taken_up(here: Here) -> None:
    made = here.channel()
    sent(made, sample(), "a")
    fresh = here.kept().signed
    assert fresh is not None
    here.change(access=expired(here.account))
    with made._repository() as mine:  # this one has read the old token
        here.change(access=fresh.access)
        mine.put("3la6suywagobq", {"$type": "app.bsky.feed.post", "text": "川", "createdAt": "2024-11-05T00:00:00Z"})
    assert here.asked() == (1, 0)


def test_a_damaged_session_is_made_anew(here: Here) -> None:
    sent(here.channel(), sample(), "a")
    session_file(here.root).write_text("{", encoding="utf-8")
    sent(here.channel(), sample(), "b")
    assert here.asked() == (2, 0)


def test_a_new_password_in_the_file_is_used_at_once(here: Here) -> None:
    made = here.channel()
    sent(made, sample(), "a")
    (here.root / "secrets" / "bluesky").write_text(here.account.main_password, encoding="utf-8")
    sent(made, sample(), "b")
    assert here.asked() == (2, 0)
    assert len(here.account.stored()) == 2


def test_a_wrong_password_is_said_with_the_remedy_and_posts_nothing(here: Here) -> None:
    made = here.channel()
    (here.root / "secrets" / "bluesky").write_text("abcd-efgh-ijkl-mnop\n", encoding="utf-8")
    with pytest.raises(NotAuthorised) as refusal:
        sent(made, sample())
    assert refusal.value.remedy is not None
    assert "abcd-efgh" not in refusal.value.said("ja") + refusal.value.said("en")
    assert here.asked() == (1, 0)
    assert not here.account.stored()


def test_an_account_that_was_taken_down_holds_the_channel_and_is_not_tried_again(here: Here) -> None:
    made = here.channel()
    sent(made, sample(), "a")
    subject = {"$type": "com.atproto.admin.defs#repoRef", "did": here.account.did}
    answer = requests.post(
        f"{here.account.server}/xrpc/com.atproto.admin.updateSubjectStatus",
        json={"subject": subject, "takedown": {"applied": True}}, auth=ADMIN, timeout=30,
    )  # fmt: skip
    assert answer.ok, answer.text
    with pytest.raises(NotAuthorised):
        sent(made, sample(), "b")
    assert here.asked()[0] <= 2


# --- who we are ---


def test_it_says_who_it_is_and_what_the_server_is(here: Here) -> None:
    probe = here.channel().probe()
    assert (probe.account, probe.shown) == (here.account.did, f"@{here.account.handle}")
    assert probe.server.startswith("PDS 0.")
    assert here.channel().account() == here.account.did
    assert not here.account.stored()


def test_another_account_behind_the_same_settings_is_somebody_else(here: Here, pds_server: Pds) -> None:
    other = pds_server.account()
    first = here.channel().account()
    second = bluesky(here.root, Login(here.door.url, other.handle, other.password)).account()
    assert (first, second) == (here.account.did, other.did)


def test_our_posts_are_listed_over_pages_newest_first(here: Here) -> None:
    made = here.channel()
    receipt = sent(made, sample(), "a")
    signed = here.kept().signed
    assert signed is not None
    many = [
        {"$type": "com.atproto.repo.applyWrites#create", "collection": "app.bsky.feed.post",
         "value": {"$type": "app.bsky.feed.post", "text": f"{number}", "createdAt": "2024-11-06T00:00:00Z"}}
        for number in range(120)
    ]  # fmt: skip
    answer = requests.post(
        f"{here.account.server}/xrpc/com.atproto.repo.applyWrites", json={"repo": here.account.did, "writes": many},
        headers={"Authorization": f"Bearer {signed.access}"}, timeout=60,
    )  # fmt: skip
    assert answer.ok, answer.text
    listed = list(made.posts())
    assert len(listed) == 121
    assert listed[-1].receipt.remote_id == receipt.remote_id
    assert listed[-1].links == ("https://example.com/articles/river/",)
    assert made.recall([sample("別の文")])["5r8w2kqd"].remote_id == receipt.remote_id


def test_the_server_names_a_picture_as_we_do(here: Here) -> None:
    with here.channel()._repository() as mine:
        assert mine.upload(jpeg(), "image/jpeg") == blob_of(jpeg(), "image/jpeg")


# --- a bad network ---


ANNOUNCED = posted(said("川の音 #瓦版"), card=CARD, assets=(asset("c.jpg"),))


def standing(at: datetime) -> Callable[[], datetime]:
    return lambda: at


def delivered(here: Here, made: Bluesky) -> Receipt:
    """What a stage does until it has a receipt: ask for what was sent, and send only what is not there."""
    asked = payload(made, ANNOUNCED)
    for tries in range(4):
        made._surroundings = replace(made._surroundings, clock=standing(NOW + tries * timedelta(minutes=10)))
        try:
            found = made.find(asked, "k")
            return found or sent(made, ANNOUNCED, "k")
        except (Unavailable, Unsure):
            assert len(here.account.stored()) <= 1
        except Refused as refusal:
            assert "307" in refusal.what.en, "nothing but a redirect needs a person"  # noqa: PT017 - the loop goes on
    msg = "it never arrived"
    raise AssertionError(msg)


HINT = {"RateLimit-Limit": "5000", "RateLimit-Remaining": "0", "RateLimit-Reset": "1730764830", "Retry-After": "30"}


ALL = tuple(dict.fromkeys((*TROUBLES, *FIVE, "stored late")))


@pytest.mark.parametrize(("step", "trouble"), [*product([PUT], ALL), *product([LOGIN, UPLOAD], FIVE)])
def test_after_every_trouble_there_is_one_post(here: Here, pds_server: Pds, step: str, trouble: Trouble) -> None:
    with hostile_proxy(pds_server.port, hint=HINT, lateness=2.5) as proxy:
        made = here.channel(server=proxy.url, timeout="1s")
        proxy.troubles.append(aimed(trouble, path=step))
        receipt = delivered(here, made)
        assert proxy.played == [trouble]
    assert [one.id for one in here.account.stored()] == [receipt.remote_id]


@pytest.mark.parametrize(
    "faults",
    [
        ["lose"],
        ["drop", "lose"],
        [Canned(500, "InternalServerError"), "lose"],
        [Canned(429, "RateLimitExceeded", "", {"Retry-After": "1"}), "drop"],
    ],
)
def test_troubles_in_a_row_make_one_post(here: Here, faults: list[Fault]) -> None:
    here.door.play(PUT, *faults)
    receipt = delivered(here, here.channel())
    assert [one.id for one in here.account.stored()] == [receipt.remote_id]


def test_a_post_that_its_server_does_not_show_yet_is_not_posted_twice(here: Here) -> None:
    here.door.play(PUT, "lose")
    here.door.play(GET, *[Canned(400, "RecordNotFound", "Could not locate record")] * 3)
    receipt = delivered(here, here.channel())
    assert [one.id for one in here.account.stored()] == [receipt.remote_id]


def test_a_lost_renewal_is_tried_again_and_nothing_is_posted_meanwhile(here: Here) -> None:
    made = here.channel()
    made.account()
    here.change(access=expired(here.account))
    here.door.play(REFRESH, "lose")
    with pytest.raises(Unavailable):
        sent(made, sample())
    assert not here.account.stored()
    sent(made, sample())
    assert len(here.account.stored()) == 1
    assert here.asked()[0] == 1, "a refresh token is good for a while after its answer was lost"


def test_a_refusal_of_the_picture_leaves_no_post(here: Here) -> None:
    here.door.play(UPLOAD, Canned(400, "InvalidRequest", "blob too big"))
    with pytest.raises(Refused):
        sent(here.channel(), ANNOUNCED)
    assert not here.account.stored()
