"""Every real server starts, stores a post sent by plain HTTP, tells it, and loses it when an editor deletes it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
import requests
from PIL import Image

from tests.servers.ghost import Ghost
from tests.servers.mastodon import Mastodon
from tests.servers.mastodon_account import Account
from tests.servers.pds import POSTS, Pds
from tests.servers.proxy import aimed, hostile_proxy
from tests.servers.snac import Snac
from tests.servers.wordpress import WordPress

pytestmark = pytest.mark.real_server


def _square() -> bytes:
    with BytesIO() as out:
        Image.new("RGB", (40, 40), "red").save(out, "PNG")
        return out.getvalue()


PICTURE = _square()
Reach = Callable[[Pds | Snac | Mastodon | WordPress | Ghost], str]


@pytest.fixture(params=["straight", "by the hostile proxy"])
def reach(request: pytest.FixtureRequest) -> Iterator[Reach]:
    """The address to send to: the server's own, or that of a proxy in front of it which has no troubles to play."""
    with ExitStack() as stack:

        def address(server: Pds | Snac | Mastodon | WordPress | Ghost) -> str:
            if request.param == "straight":
                return server.url
            return stack.enter_context(hostile_proxy(server.port)).url

        yield address


def group(name: str) -> pytest.MarkDecorator:
    """Tests of one server share a worker, and so the server."""
    return pytest.mark.xdist_group(name)


@group("pds")
def test_a_pds_keeps_a_post_until_it_is_deleted(pds_server: Pds, reach: Reach) -> None:
    account, api = pds_server.account(), f"{reach(pds_server)}/xrpc"
    log_in = {"identifier": account.handle, "password": account.password}
    session = requests.post(f"{api}/com.atproto.server.createSession", json=log_in, timeout=30).json()
    headers = {"Authorization": f"Bearer {session['accessJwt']}"}
    upload = requests.post(
        f"{api}/com.atproto.repo.uploadBlob",
        data=iter([PICTURE[:100], PICTURE[100:]]),  # sent in chunks
        headers={**headers, "Content-Type": "image/png"},
        timeout=30,
    ).json()
    images = [{"alt": "朱の四角", "image": upload["blob"]}]
    post = {
        "$type": POSTS,
        "text": "瓦版、刷り上がりました。",
        "createdAt": datetime.now(UTC).isoformat(),
        "embed": {"$type": "app.bsky.embed.images", "images": images},
    }
    answer = requests.post(
        f"{api}/com.atproto.repo.createRecord",
        json={"repo": account.did, "collection": POSTS, "record": post},
        headers=headers,
        timeout=30,
    )
    assert answer.status_code == 200
    assert [(one.id, one.text, one.reply_to, one.alts) for one in account.stored()] == [
        (answer.json()["uri"], post["text"], None, ("朱の四角",))
    ]
    assert account.blob(upload["blob"]["ref"]["$link"]) == PICTURE
    assert pds_server.account().stored() == []
    account.delete(answer.json()["uri"])
    assert account.stored() == []


@group("snac")
def test_snac_keeps_a_post_until_it_is_deleted(snac_server: Snac, reach: Reach) -> None:
    _speaks_mastodon(replace(snac_server.account(), server=reach(snac_server)), snac_server.account())


@group("mastodon")
def test_the_mock_of_mastodon_keeps_a_post_until_it_is_deleted(mastodon_server: Mastodon, reach: Reach) -> None:
    _speaks_mastodon(replace(mastodon_server.account(), server=reach(mastodon_server)), mastodon_server.account())


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


@group("wordpress")
def test_wordpress_keeps_a_post_until_it_is_in_the_trash(wordpress_server: WordPress, reach: Reach) -> None:
    wordpress_server.clear()
    api, who = f"{reach(wordpress_server)}/wp-json/wp/v2", (wordpress_server.user, wordpress_server.password)
    disposition = {"Content-Type": "image/png", "Content-Disposition": "attachment; filename=square.png"}
    media = requests.post(f"{api}/media", data=PICTURE, headers=disposition, auth=who, timeout=30).json()
    post = {"title": "屋根の雨", "slug": "rain", "content": f'<p>本文<img src="{media["source_url"]}" alt="屋根"></p>'}
    draft = requests.post(f"{api}/posts", json=post, auth=who, timeout=30).json()
    again = requests.post(f"{api}/posts", json={**post, "status": "publish"}, auth=who, timeout=30).json()
    assert [
        (one.id, one.title, one.text, one.status, one.alts, one.raw["slug"]) for one in wordpress_server.stored()
    ] == [
        (str(draft["id"]), post["title"], post["content"], "draft", ("屋根",), "rain"),
        (str(again["id"]), post["title"], post["content"], "publish", ("屋根",), "rain-2"),
    ]
    assert [one.url for one in wordpress_server.media()] == [media["source_url"]]
    wordpress_server.delete(str(draft["id"]))
    assert [one.id for one in wordpress_server.stored()] == [str(again["id"])]
    assert [one.id for one in wordpress_server.stored("trash")] == [str(draft["id"])]
    wordpress_server.clear()
    assert wordpress_server.stored() == wordpress_server.stored("trash") == wordpress_server.media() == []


@group("ghost")
def test_ghost_keeps_a_post_until_it_is_deleted(ghost_server: Ghost, reach: Reach) -> None:
    ghost_server.clear()
    api = f"{reach(ghost_server)}/ghost/api/admin"
    headers = {"Authorization": f"Ghost {_token(ghost_server.key)}"}
    upload = {"file": ("square.png", PICTURE, "image/png")}
    image = requests.post(f"{api}/images/upload/", files=upload, headers=headers, timeout=60).json()["images"][0]["url"]
    post = {"title": "屋根の雨", "slug": "rain", "html": f'<p>本文</p><img src="{image}" alt="屋根">'}
    draft, again = (
        requests.post(f"{api}/posts/?source=html", json={"posts": [{**post, **more}]}, headers=headers, timeout=60)
        for more in ({}, {"status": "published", "feature_image": image, "feature_image_alt": "雨"})
    )
    first, second = (answer.json()["posts"][0]["id"] for answer in (draft, again))
    assert [(one.id, one.title, one.status, one.alts, one.raw["slug"]) for one in ghost_server.stored()] == [
        (first, post["title"], "draft", ("屋根",), "rain"),
        (second, post["title"], "published", ("雨", "屋根"), "rain-2"),
    ]
    assert all("<p>本文</p>" in one.text and one.raw["email"] is None for one in ghost_server.stored())
    ghost_server.delete(first)
    assert [one.id for one in ghost_server.stored()] == [second]
    ghost_server.clear()
    assert ghost_server.stored() == []


@group("ghost")
def test_a_list_of_a_real_server_lags_behind(ghost_server: Ghost) -> None:
    ghost_server.clear()
    headers = {"Authorization": f"Ghost {_token(ghost_server.key)}"}
    with hostile_proxy(ghost_server.port, lag_reads=1) as proxy:
        posts = f"{proxy.url}/ghost/api/admin/posts/"
        proxy.troubles.append(aimed("unseen", "POST", "/posts/"))
        made = requests.post(posts, json={"posts": [{"title": "屋根の雨"}]}, headers=headers, timeout=60).json()
        name = made["posts"][0]["id"]
        found = [
            [one["id"] for one in requests.get(address, headers=headers, timeout=60).json()["posts"]]
            for address in (posts, f"{posts}{name}/", posts)
        ]
    assert found == [[], [name], [name]]


def _token(key: str) -> str:
    """A JSON web token of Ghost's kind: HS256, the key's id in its head, good for five minutes."""
    name, _, secret = key.partition(":")
    now = int(datetime.now(UTC).timestamp())
    head = {"alg": "HS256", "typ": "JWT", "kid": name}
    said = {"iat": now, "exp": now + 300, "aud": "/admin/"}
    body = b".".join(_base64(json.dumps(part).encode()) for part in (head, said))
    return b".".join((body, _base64(hmac.digest(bytes.fromhex(secret), body, hashlib.sha256)))).decode()


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
