"""Every real server starts, stores a post sent by plain HTTP, tells it, and loses it when an editor deletes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests

from tests.servers.pds import POSTS, Pds

pytestmark = pytest.mark.real_server


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
