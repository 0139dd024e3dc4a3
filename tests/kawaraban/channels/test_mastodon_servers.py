"""The Mastodon channel against two real servers: one that keeps keys, one that ignores them and much else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from kawaraban.capabilities import Capabilities
from kawaraban.channels.conformance import ANOTHER_KEY, KEY, ThreadConformance, sample
from kawaraban.channels.mastodon import Mastodon
from kawaraban.channels.mastodon.comparing import PICTURES
from kawaraban.channels.mastodon.settings import MastodonSettings
from kawaraban.channels.protocol import Payload
from kawaraban.delivery import Receipt
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Unavailable, Unsure
from tests.kawaraban.channels.mastodon_house import (
    PAGE,
    TOKEN,
    announcement,
    asset,
    mastodon,
    post,
    thread,
)
from tests.servers.mastodon_account import Account
from tests.servers.proxy import FIVE, TROUBLES, Proxy, Trouble, aimed, hostile_proxy

pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("fediverse")]


@pytest.fixture(params=["snac", "mastodon"])
def account(request: pytest.FixtureRequest) -> Account:
    """A fresh account on each of the servers."""
    fresh: Account = request.getfixturevalue(f"{request.param}_server").account()
    return fresh


@pytest.fixture
def fedi(tmp_path: Path, account: Account) -> Mastodon:
    return mastodon(tmp_path, account.server, account.token)


class _Kit(ThreadConformance):
    kind = Mastodon
    server: str
    own: dict[str, Any]

    @pytest.fixture(autouse=True)
    def _account(self, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
        server = request.getfixturevalue(self.server)
        self.root, self.account = tmp_path, server.account()
        with hostile_proxy(server.port) as self.proxy:
            self.address = self.proxy.url
            yield

    def able(self) -> Capabilities:
        words = {"server": "https://example.social", "token": {"env": "TOKEN"}, **self.own}
        return Mastodon.able(MastodonSettings.model_validate(words))

    def channel(self) -> Mastodon:
        return mastodon(self.root, self.address, self.account.token, **self.own)

    def stored(self) -> int:
        return len(self.account.stored())

    def answered(self, receipt: Receipt) -> str:
        # by its address: snac gives a post another id when it is edited
        return next(one.reply_to or "" for one in self.account.stored() if one.url == receipt.url)

    @contextmanager
    def losing_the_answer(self) -> Iterator[None]:
        self.proxy.troubles.append("reset after")
        yield

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        self.address = "http://127.0.0.1:1"
        yield
        self.address = self.proxy.url


class TestSnac(_Kit):
    server, own = "snac_server", {"limit": 100_000, "link": 0}


class TestMastodon(_Kit):
    server, own = "mastodon_server", {"idempotency_key": True}


# --- what is posted -----------------------------------------------------------------------------------------------


def test_what_is_posted_is_what_was_shown(fedi: Mastodon, account: Account) -> None:
    text = f"霧のなかの渡し場――<あす> & 舟\n\n{PAGE}\n#瓦版 #川"
    receipt = post(fedi, announcement(text))
    [stored] = account.stored()
    assert (stored.text, stored.status, stored.reply_to) == (text, "public", None)
    assert (receipt.remote_id, receipt.url, receipt.differences) == (stored.id, stored.url, ())


def test_an_unlisted_post_is_found_again(tmp_path: Path, account: Account) -> None:
    quiet = mastodon(tmp_path, account.server, account.token, visibility="unlisted")
    receipt = post(quiet, announcement(f"渡し場\n{PAGE}"))
    assert account.stored()[0].status == "unlisted"
    found = quiet.find(quiet.prepare(announcement(f"渡し場\n{PAGE}")), ANOTHER_KEY)
    assert found is not None
    assert found.remote_id == receipt.remote_id


def test_pictures_go_with_their_alt_texts(fedi: Mastodon, account: Account) -> None:
    two = (asset(), asset("bridge.png", "木の橋。", "blue"))
    wanted = announcement(f"舟と橋\n{PAGE}", pictures=two)
    receipt = post(fedi, wanted)
    assert account.stored()[0].alts == ("橋の下の舟。", "木の橋。")
    copy = fedi.read(receipt, wanted)
    assert copy.present
    assert copy.differences == ()


def test_a_picture_that_was_uploaded_is_not_uploaded_again(tmp_path: Path, account: Account) -> None:
    notes: list[str] = []
    with hostile_proxy(int(account.server.rpartition(":")[2])) as proxy:
        made = mastodon(tmp_path, proxy.url, account.token)
        payload = made.prepare(announcement(f"舟\n{PAGE}", pictures=(asset(),)))
        proxy.troubles.append(aimed("429", path="/api/v1/statuses"))
        with pytest.raises(Unavailable):
            made.create(payload, KEY, notes.append)
        made.create(replace(payload, saved=notes[-1]), KEY, notes.append)
        assert [path for method, path in proxy.passed if method == "POST"] == ["/api/v2/media", "/api/v1/statuses"]
    assert len(notes) == 1
    assert account.stored()[0].alts == ("橋の下の舟。",)


def test_a_thread_is_answers_each_found_by_its_words_and_what_it_answers(fedi: Mastodon, account: Account) -> None:
    words = announcement(f"渡し場の話、一つめ。\n{PAGE}", "二つめ。", "三つめ。")
    receipts = thread(fedi, words)
    stored = account.stored()
    assert [one.reply_to for one in stored] == [None, stored[0].id, stored[1].id]
    for number, receipt in enumerate(receipts, 1):
        above = tuple(receipts[: number - 1])
        found = fedi.find(replace(fedi.prepare(words), number=number, above=above), KEY)
        assert found is not None
        assert found.remote_id == receipt.remote_id


def test_an_answer_to_a_post_that_is_gone_is_not_posted_alone(fedi: Mastodon, account: Account) -> None:
    words = announcement(f"一つめ。\n{PAGE}", "二つめ。")
    first = post(fedi, words)
    account.delete(first.remote_id)
    with pytest.raises(Refused):
        post(fedi, words, 2, above=(first,))
    assert account.stored() == []


def test_the_same_words_of_another_thread_are_not_taken_for_ours(fedi: Mastodon) -> None:
    mine = announcement(f"川の話。\n{PAGE}", "つづく。")
    other = announcement("山の話。\nhttps://example.com/articles/mountain/", "つづく。", article="9h2t5v8b")
    thread(fedi, other, key="other")
    first = post(fedi, mine)
    assert fedi.find(replace(fedi.prepare(mine), number=2, above=(first,)), KEY) is None


def test_the_same_words_of_an_earlier_time_are_not_taken_for_ours(fedi: Mastodon) -> None:
    words = fedi.prepare(announcement(f"渡し場\n{PAGE}"))
    fedi.create(words, KEY, lambda _note: None)
    soon, later = datetime.now(UTC), datetime.now(UTC) + timedelta(days=3)
    assert fedi.find(replace(words, since=soon), KEY) is not None
    assert fedi.find(replace(words, since=later), KEY) is None


# --- changing and taking down -------------------------------------------------------------------------------------


def test_an_edit_keeps_the_post_and_its_pictures(fedi: Mastodon, account: Account) -> None:
    before = announcement(f"舟\n{PAGE}", pictures=(asset(),))
    after = announcement(f"舟、を直す\n{PAGE}", pictures=(asset(),))
    receipt = post(fedi, before)
    edited = fedi.update(fedi.prepare(after), receipt, ANOTHER_KEY, lambda _note: None)
    [stored] = account.stored()
    assert (stored.url, stored.text, stored.alts) == (receipt.url, after.text, ("橋の下の舟。",))
    assert (edited.remote_id, edited.url, edited.differences) == (stored.id, stored.url, ())
    assert not fedi.read(edited, after).differences


def test_an_edit_in_a_thread_touches_that_post_only(fedi: Mastodon, account: Account) -> None:
    words = announcement(f"一つめ。\n{PAGE}", "二つめ。")
    receipts = thread(fedi, words)
    changed = announcement(f"一つめ。\n{PAGE}", "二つめを直す。")
    payload = replace(fedi.prepare(changed), number=2, above=(receipts[0],))
    fedi.update(payload, receipts[1], ANOTHER_KEY, lambda _note: None)
    stored = account.stored()
    assert [one.text for one in stored] == [f"一つめ。\n{PAGE}", "二つめを直す。"]
    assert stored[1].reply_to == stored[0].id


def test_what_a_server_does_not_change_is_said(fedi: Mastodon) -> None:
    """Neither of these two changes pictures by an edit; Mastodon itself does."""
    receipt = post(fedi, announcement(f"舟\n{PAGE}", pictures=(asset(),)))
    more = announcement(f"舟\n{PAGE}", pictures=(asset(), asset("bridge.png", "木の橋。", "blue")))
    edited = fedi.update(fedi.prepare(more), receipt, ANOTHER_KEY, lambda _note: None)
    assert edited.differences == (PICTURES,)
    assert fedi.read(edited, more).differences == (PICTURES,)


def test_a_post_deleted_by_hand_is_gone(fedi: Mastodon, account: Account) -> None:
    words = announcement(f"舟\n{PAGE}")
    receipt = post(fedi, words)
    account.delete(receipt.remote_id)
    assert not fedi.read(receipt, words).present
    with pytest.raises(Refused):
        fedi.update(fedi.prepare(words), receipt, ANOTHER_KEY, lambda _note: None)
    fedi.withdraw(receipt)
    assert account.stored() == []


def test_a_post_can_be_named_by_its_address(fedi: Mastodon, account: Account) -> None:
    """So a person names it who settles a doubt."""
    words = announcement(f"舟\n{PAGE}")
    receipt = post(fedi, words)
    named = replace(receipt, remote_id=receipt.url or "")
    assert fedi.read(named, words).present
    fedi.withdraw(named)
    assert account.stored() == []


# --- who we are, and what is there --------------------------------------------------------------------------------


def test_a_wrong_token_is_said_whatever_is_asked(tmp_path: Path, account: Account) -> None:
    made = mastodon(tmp_path, account.server, "wrong")
    payload = made.prepare(sample())
    for call in (
        lambda: made.create(payload, KEY, lambda _note: None),
        lambda: made.find(payload, KEY),
        made.probe,
        made.account,
    ):
        with pytest.raises(NotAuthorised) as failure:
            call()
        assert failure.value.remedy is not None
        assert "wrong" not in f"{failure.value.said('ja')}{failure.value.said('en')}"


def test_a_new_token_in_the_file_holds_at_once(tmp_path: Path, account: Account) -> None:
    made = mastodon(tmp_path, account.server, "wrong")
    (tmp_path / TOKEN).write_text(account.token, encoding="utf-8")
    post(made, announcement(f"舟\n{PAGE}"))
    assert len(account.stored()) == 1


def test_the_probe_says_who_we_are_and_what_the_server_takes(
    tmp_path: Path, snac_server: Any, mastodon_server: Any
) -> None:
    limits = {}
    for server, software in ((snac_server, "snac"), (mastodon_server, "mastodon")):
        account = server.account()
        (tmp_path / software).mkdir()
        probe = mastodon(tmp_path / software, server.url, account.token).probe()
        host = server.url.partition("//")[2]
        assert (probe.account, probe.shown) == (f"{account.id}@{host}", f"@{account.username}@{host}")
        assert probe.server.startswith(f"{software} ")
        settings = {"server": server.url, "token": {"env": "TOKEN"}, **probe.learnt}
        able = Mastodon.able(MastodonSettings.model_validate(settings))
        assert able.text is not None
        limits[software] = (
            able.text.unit,
            able.text.limit,
            able.text.link,
            able.idempotency,
            able.edits,
            able.withdraws,
        )
    assert limits == {
        "snac": ("code points", 100_000, None, "none", True, True),
        "mastodon": ("graphemes", 500, 23, "header", True, True),
    }


def test_our_posts_are_listed_without_answers(fedi: Mastodon) -> None:
    receipts = thread(fedi, announcement(f"一つめ。\n{PAGE}", "二つめ。", "三つめ。"))
    [listed] = fedi.posts()
    assert listed.links == (PAGE,)
    assert listed.text.startswith("一つめ。")
    assert set(fedi.recall([sample(), sample(article="9h2t5v8b")])) == {"5r8w2kqd"}
    assert [one.remote_id for one in fedi.answers(listed.receipt)] == [one.remote_id for one in receipts[1:]]


def test_one_sign_too_many_is_refused_in_the_servers_words(tmp_path: Path, mastodon_server: Any) -> None:
    account = mastodon_server.account()
    made = mastodon(tmp_path, mastodon_server.url, account.token)
    post(made, announcement("あ" * 500))
    with pytest.raises(Refused, match="500") as failure:
        post(made, announcement("い" * 501), key="another")
    assert "maximum is 500" in failure.value.what.ja
    assert len(account.stored()) == 1


# --- a hostile network --------------------------------------------------------------------------------------------

POST, UPLOAD = "/api/v1/statuses", "/api/v2/media"
ALL = tuple(dict.fromkeys((*TROUBLES, *FIVE, "stored late")))


@pytest.mark.parametrize(("step", "trouble"), [*product([POST], ALL), *product([UPLOAD], FIVE)])
def test_after_every_trouble_there_is_one_post(tmp_path: Path, account: Account, step: str, trouble: Trouble) -> None:
    until = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    port = int(account.server.rpartition(":")[2])
    with hostile_proxy(port, hint={"X-RateLimit-Reset": until}, lateness=2.5, lag_reads=1) as proxy:
        made = mastodon(tmp_path, proxy.url, account.token, timeout="1s")
        proxy.troubles.append(aimed(trouble, path=step))
        words = announcement(f"霧の渡し場。\n{PAGE}", pictures=(asset(),))
        receipt = _delivered(made, replace(made.prepare(words), since=datetime.now(UTC)), proxy)
        assert proxy.played == [trouble]
    assert [(one.url, one.alts) for one in account.stored()] == [(receipt.url, ("橋の下の舟。",))]


def _delivered(made: Mastodon, payload: Payload, proxy: Proxy) -> Receipt:
    """What the stage does until it has a receipt: in doubt it asks twice; what was said not to have left must not be there."""
    notes = [""]
    try:
        return made.create(payload, KEY, notes.append)
    except Unsure:
        found = made.find(payload, KEY) or _asked_later(made, payload, proxy)
        return found or made.create(replace(payload, saved=notes[-1]), KEY, notes.append)
    except ChannelFailure as failure:
        redirected = "307" in failure.what.en
        assert isinstance(failure, Unavailable) or redirected, "only a redirect needs a person"  # noqa: PT017 - it goes on
        assert made.find(payload, KEY) is None
        return made.create(replace(payload, saved=notes[-1]), KEY, notes.append)


def _asked_later(made: Mastodon, payload: Payload, proxy: Proxy) -> Receipt | None:
    """Ask again when a request that was on its way has come in: the stage waits longer than that."""
    ends = time.monotonic() + 3
    while proxy.played == ["stored late"] and ("POST", POST) not in proxy.passed and time.monotonic() < ends:
        time.sleep(0.05)
    return made.find(payload, KEY)
