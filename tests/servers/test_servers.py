"""Every real server starts, stores a post sent by plain HTTP, tells it, and loses it when an editor deletes it."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
import requests
from PIL import Image

from tests.servers.mastodon import Mastodon
from tests.servers.mastodon_account import Account
from tests.servers.pds import POSTS, Pds
from tests.servers.snac import Snac

pytestmark = pytest.mark.real_server


def _square() -> bytes:
    with BytesIO() as out:
        Image.new("RGB", (40, 40), "red").save(out, "PNG")
        return out.getvalue()


PICTURE = _square()


def group(name: str) -> pytest.MarkDecorator:
    """Tests of one server share a worker, and so the server."""
    return pytest.mark.xdist_group(name)


@group("pds")
def test_a_pds_keeps_a_post_until_it_is_deleted(pds_server: Pds) -> None:
    account = pds_server.account()
    log_in = {"identifier": account.handle, "password": account.password}
    session = requests.post(f"{pds_server.url}/xrpc/com.atproto.server.createSession", json=log_in, timeout=30).json()
    post = {"$type": POSTS, "text": "瓦版、刷り上がりました。", "createdAt": datetime.now(UTC).isoformat()}
    answer = requests.post(
        f"{pds_server.url}/xrpc/com.atproto.repo.createRecord",
        json={"repo": account.did, "collection": POSTS, "record": post},
        headers={"Authorization": f"Bearer {session['accessJwt']}"},
        timeout=30,
    )
    assert answer.status_code == 200
    assert [(one.id, one.text, one.reply_to) for one in account.stored()] == [
        (answer.json()["uri"], post["text"], None)
    ]
    assert pds_server.account().stored() == []
    account.delete(answer.json()["uri"])
    assert account.stored() == []


@group("snac")
def test_snac_keeps_a_post_until_it_is_deleted(snac_server: Snac) -> None:
    _speaks_mastodon(snac_server.account(), snac_server.account())


@group("mastodon")
def test_the_mock_of_mastodon_keeps_a_post_until_it_is_deleted(mastodon_server: Mastodon) -> None:
    _speaks_mastodon(mastodon_server.account(), mastodon_server.account())


def _speaks_mastodon(account: Account, other: Account) -> None:
    headers = {"Authorization": f"Bearer {account.token}"}
    media = requests.post(
        f"{account.server}/api/v2/media",
        files={"file": ("a.png", PICTURE, "image/png")},
        data={"description": "朱の四角"},
        headers=headers,
        timeout=30,
    ).json()
    first = {"status": "瓦版、刷り上がりました。", "media_ids[]": media["id"], "visibility": "private"}
    one = requests.post(f"{account.server}/api/v1/statuses", data=first, headers=headers, timeout=30).json()
    second = {"status": "続きです。", "in_reply_to_id": one["id"]}
    two = requests.post(f"{account.server}/api/v1/statuses", data=second, headers=headers, timeout=30).json()
    assert [(post.id, post.text, post.status, post.reply_to, post.alts) for post in account.stored()] == [
        (one["id"], first["status"], "private", None, ("朱の四角",)),
        (two["id"], second["status"], "public", one["id"], ()),
    ]
    assert other.stored() == []
    account.delete(one["id"])
    assert [post.id for post in account.stored()] == [two["id"]]
    account.clear()
    assert account.stored() == []
