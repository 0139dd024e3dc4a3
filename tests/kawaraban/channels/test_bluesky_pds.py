"""The bluesky channel against a real PDS: the kit first; then what it stores, sessions, and a bad network, counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from kawaraban.capabilities import Capabilities
from kawaraban.channels.bluesky import Bluesky, comparing
from kawaraban.channels.conformance import ThreadConformance, sample
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused, Unavailable, Unsure
from kawaraban.thread import alone
from tests.kawaraban.channels.bluesky_house import (
    CARD,
    DELETE,
    GET,
    LOGIN,
    PUT,
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
    with_pictures,
)
from tests.servers.pds import Account, Pds

pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("pds")]


@pytest.fixture
def account(pds_server: Pds) -> Account:
    return pds_server.account()


@pytest.fixture
def door(pds_server: Pds) -> Iterator[Front]:
    with front(pds_server.url) as standing:
        yield standing


@pytest.fixture
def login(door: Front, account: Account) -> Login:
    return Login(door.url, account.handle, account.password)


class TestTheKit(ThreadConformance):
    kind = Bluesky

    @pytest.fixture(autouse=True)
    def _server(self, tmp_path: Path, account: Account, door: Front) -> None:
        self.root, self.account, self.door, self.address = tmp_path, account, door, door.url

    def able(self) -> Capabilities:
        return Bluesky.able(self.channel()._settings)

    def channel(self) -> Bluesky:
        return bluesky(self.root, Login(self.address, self.account.handle, self.account.password))

    def stored(self) -> int:
        return len(self.account.stored())

    def answered(self, receipt: Receipt) -> str:
        return next(one.reply_to or "" for one in self.account.stored() if one.id == receipt.remote_id)

    def requests(self) -> Sequence[bytes]:
        return [body for method, body in self.door.bodies if method == PUT]

    @contextmanager
    def losing_the_answer(self) -> Iterator[None]:
        self.door.play(PUT, "lose")
        self.door.play(GET, "lose")  # asking what became of it comes to nothing, too
        yield

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        self.address = "http://127.0.0.1:1"
        yield
        self.address = self.door.url


def value(account: Account, number: int = 0) -> dict[str, Any]:
    record: dict[str, Any] = account.stored()[number].raw["value"]
    return record


# --- what is stored ---


def test_a_post_twice_is_one_post_and_one_receipt(tmp_path: Path, login: Login, account: Account) -> None:
    first, second = (sent(bluesky(tmp_path, login), sample()) for _ in range(2))
    assert (first.remote_id, first.version) == (second.remote_id, second.version)
    assert [one.id for one in account.stored()] == [first.remote_id]
    assert first.url == f"https://bsky.app/profile/{account.handle}/post/{first.remote_id.rpartition('/')[2]}"


def test_posts_of_one_instant_are_posts_of_their_own(tmp_path: Path, login: Login, account: Account) -> None:
    made = bluesky(tmp_path, login)
    assert len({sent(made, sample(), key).remote_id for key in ("a", "b", "c")}) == len(account.stored()) == 3


def test_300_letters_are_taken_and_so_are_3000_bytes(tmp_path: Path, login: Login, account: Account) -> None:
    made = bluesky(tmp_path, login)
    sent(made, posted(said("あ" * 300)), "a")
    sent(made, posted(said("👨‍👩‍👧‍👦" * 120)), "b")
    assert {len(one.text) for one in account.stored()} == {300, 840}


def test_the_card_carries_our_own_picture_under_a_megabyte(tmp_path: Path, login: Login, account: Account) -> None:
    noise = BytesIO()
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(noise, "JPEG", quality=98)
    assert len(noise.getvalue()) > 2_000_000
    made, variant = with_pictures(tmp_path, login, noise.getvalue())
    sent(made, variant)
    external = value(account)["embed"]["external"]
    assert (external["uri"], external["title"]) == ("https://example.com/articles/where-wet-things-go/", variant.title)
    assert "https://" not in value(account)["text"]
    kept = account.blob(external["thumb"]["ref"]["$link"])
    assert len(kept) == external["thumb"]["size"] <= 1_000_000
    assert Image.open(BytesIO(kept)).getexif() == {}


def test_pictures_are_posted_with_their_words_and_their_form(tmp_path: Path, login: Login, account: Account) -> None:
    made, variant = with_pictures(tmp_path, login, jpeg(), pictures="all")
    sent(made, variant)
    images = value(account)["embed"]["images"]
    assert [image["alt"] for image in images] == ["軒先の傘", "ぬれた石"]
    assert all(image["aspectRatio"] == {"width": 60, "height": 40} for image in images)
    assert "https://example.com/articles/where-wet-things-go/" in value(account)["text"]
    assert not made.read(sent(made, variant), variant).differences


def test_what_is_marked_is_what_the_bytes_say(tmp_path: Path, login: Login, account: Account) -> None:
    made, variant = with_pictures(tmp_path, login, jpeg(), pictures="cover")
    sent(made, variant)
    record = value(account)
    raw = record["text"].encode()
    marked = {raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode() for one in record["facets"]}
    assert marked == {"https://example.com/articles/where-wet-things-go/", "#道具"}
    assert (record["langs"], record["createdAt"]) == (["ja"], "2024-11-05T08:30:15.250Z")


def test_the_languages_may_be_set(tmp_path: Path, login: Login, account: Account) -> None:
    sent(bluesky(tmp_path, login, langs=["en", "ja"]), sample())
    assert value(account)["langs"] == ["en", "ja"]


def test_a_picture_without_its_post_is_uploaded_again_with_the_next_try(
    tmp_path: Path, door: Front, login: Login, account: Account
) -> None:
    made, variant = with_pictures(tmp_path, login, jpeg())
    door.play(PUT, Canned(429, "RateLimitExceeded", "Rate Limit Exceeded", {"Retry-After": "1"}))
    with pytest.raises(Unavailable):
        sent(made, variant)
    sent(made, variant)
    assert len(account.stored()) == 1


# --- threads ---

THREAD = posted(said("一つめ #瓦版"), said("二つめ"), said("三つめ"), card=CARD, assets=(asset("c.jpg"),))


def thread(made: Bluesky) -> tuple[Receipt, ...]:
    above: tuple[Receipt, ...] = ()
    for number in (1, 2, 3):
        above = (*above, sent(made, THREAD, f"k{number}", number, above))
    return above


def test_each_post_of_a_thread_answers_the_one_before(tmp_path: Path, login: Login, account: Account) -> None:
    made = bluesky(tmp_path, login, {"c.jpg": jpeg()})
    first, second, third = thread(made)
    replies = {one.id: one.raw["value"].get("reply") for one in account.stored()}
    root, middle = ({"uri": one.remote_id, "cid": one.version} for one in (first, second))
    assert replies == {
        first.remote_id: None,
        second.remote_id: {"root": root, "parent": root},
        third.remote_id: {"root": root, "parent": middle},
    }
    assert thread(made) == (first, second, third), "the same again is no second thread"
    assert len(account.stored()) == 3
    for number, receipt in enumerate((first, second, third), 1):
        above = (first, second, third)[: number - 1]
        found = made.find(payload(made, THREAD, number, above), f"k{number}")
        assert found == receipt
        assert not made.read(receipt, alone(THREAD, number)).differences
    assert [one.receipt.remote_id for one in made.posts()] == [first.remote_id], "answers are no posts of their own"
    made.withdraw(third)
    assert {one.id for one in account.stored()} == {first.remote_id, second.remote_id}


def test_a_post_that_a_person_gave_by_its_address_is_answered_to(
    tmp_path: Path, login: Login, account: Account
) -> None:
    made = bluesky(tmp_path, login, {"c.jpg": jpeg()})
    first = sent(made, THREAD, "k1")
    by_hand = Receipt(first.url or "", first.url, first.at)
    sent(made, THREAD, "k2", 2, (by_hand,))
    reply = next(one.raw["value"]["reply"] for one in account.stored() if one.reply_to)
    assert reply["root"] == reply["parent"] == {"uri": first.remote_id, "cid": first.version}
    made.withdraw(by_hand)
    with pytest.raises(Refused):
        sent(made, THREAD, "k3", 3, (by_hand,))


# --- reading back, withdrawing ---


def test_what_a_hand_deleted_is_gone_and_what_a_hand_changed_differs(
    tmp_path: Path, login: Login, account: Account
) -> None:
    made = bluesky(tmp_path, login, {"c.jpg": jpeg()})
    variant = posted(said("川の音 #瓦版"), card=CARD, assets=(asset("c.jpg"),))
    receipt = sent(made, variant)
    assert not made.read(receipt, variant).differences
    record = value(account)
    other = {**record, "text": "川の音", "facets": [], "embed": {**record["embed"], "external": {
        **record["embed"]["external"], "title": "別の題"}}}  # fmt: skip
    by_hand(account, PUT, receipt, record=other)
    assert made.read(receipt, variant).differences == (comparing.TEXT, comparing.MARKS, comparing.CARD)
    account.delete(receipt.remote_id)
    assert not made.read(receipt, variant).present
    made.withdraw(receipt)


def test_another_post_at_our_place_is_never_overwritten(tmp_path: Path, login: Login, account: Account) -> None:
    made = bluesky(tmp_path, login)
    receipt = sent(made, sample())
    record = {**value(account), "createdAt": "2024-01-01T00:00:00Z", "text": "先にあった投稿"}
    by_hand(account, PUT, receipt, record=record)
    with pytest.raises(Refused, match="another post"):
        sent(made, sample())
    assert [one.text for one in account.stored()] == ["先にあった投稿"]


def test_our_own_post_that_a_hand_has_changed_is_ours_and_told(tmp_path: Path, login: Login, account: Account) -> None:
    made = bluesky(tmp_path, login)
    receipt = sent(made, sample())
    by_hand(account, PUT, receipt, record={**value(account), "text": "直した"})
    again = sent(made, sample())
    assert (again.remote_id, again.differences) == (receipt.remote_id, (comparing.TEXT,))
    assert [one.text for one in account.stored()] == ["直した"]


def test_the_post_of_another_account_is_neither_read_nor_deleted(
    tmp_path: Path, login: Login, pds_server: Pds, account: Account
) -> None:
    receipt = sent(bluesky(tmp_path, login), sample())
    other = pds_server.account()
    made = bluesky(tmp_path, Login(login.server, other.handle, other.password))
    for call in (lambda: made.read(receipt, sample()), lambda: made.withdraw(receipt)):
        with pytest.raises(Refused, match="no post of this account"):
            call()
    assert len(account.stored()) == 1


@pytest.mark.parametrize("fault", ["lose", "drop", Canned(500, "InternalServerError")])
def test_a_deletion_without_an_answer_is_asked_about(
    tmp_path: Path, door: Front, login: Login, account: Account, fault: Fault
) -> None:
    made = bluesky(tmp_path, login)
    receipt = sent(made, sample())
    door.play(DELETE, fault)
    if fault == "lose":
        made.withdraw(receipt)
    else:
        with pytest.raises(Unsure):
            made.withdraw(receipt)
        made.withdraw(receipt)
    assert not account.stored()


def by_hand(account: Account, method: str, receipt: Receipt, **more: Any) -> None:
    """Do it with the account's own password and another program."""
    xrpc = f"{account.server}/xrpc"
    who = {"identifier": account.did, "password": account.main_password}
    token = requests.post(f"{xrpc}/{LOGIN}", json=who, timeout=30).json()["accessJwt"]
    rkey = receipt.remote_id.rpartition("/")[2]
    body = {"repo": account.did, "collection": "app.bsky.feed.post", "rkey": rkey, **more}
    answer = requests.post(f"{xrpc}/{method}", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert answer.ok, answer.text
