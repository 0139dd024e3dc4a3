"""Whatever a server answers, a channel fails in one of the house's ways, ends, and hands on nothing that harms who reads it."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawaraban.channels.conformance import KEY, sample
from kawaraban.channels.http import Answer, Session
from kawaraban.channels.protocol import LiveCopy, Payload, Post
from kawaraban.delivery import Receipt
from kawaraban.errors import ChannelFailure, Unavailable
from tests.builders import NOW
from tests.kawaraban.channels import bluesky_house, ghost_house, mastodon_house, wordpress_house
from tests.kawaraban.channels.lying import Liar

PAGE = "https://example.com/articles/river/"
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
RKEY = "3l3qo2vutsw2a"
COLLECTION = "app.bsky.feed.post"

LOGIN = {"accessJwt": "a.b.c", "refreshJwt": "d.e.f", "did": DID, "handle": "paper.example.com"}
RECORD = {
    "text": "川の音",
    "createdAt": "2024-11-05T08:30:15.250Z",
    "facets": [
        {"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": PAGE}]}
    ],
    "embed": {"external": {"uri": PAGE, "title": "川の音", "description": "", "thumb": {"$type": "blob"}}},
    "reply": {"root": {"uri": "at://x", "cid": "y"}, "parent": {"uri": "at://x", "cid": "y"}},
}
STORED = {"uri": f"at://{DID}/{COLLECTION}/{RKEY}", "cid": "bafyrei", "value": RECORD}
BLUESKY = (
    LOGIN,
    {**LOGIN, "didDoc": {"service": [{"type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example"}]}},
    STORED,
    {"records": [STORED, STORED], "cursor": "next"},
    {"error": "InvalidSwap", "message": "Record was at bafy"},
    {"error": "RecordNotFound", "message": ""},
    {"error": "ExpiredToken", "message": "Token has expired"},
    {"did": "did:web:pds.example", "version": "0.5"},
)
STATUS = mastodon_house.status(
    "7", f'川の音 <a href="{PAGE}">{PAGE}</a>', media_attachments=[{"id": "3", "description": "x"}]
)
MASTODON = (
    STATUS,
    [STATUS, STATUS],
    {"id": "1", "username": "paper", "acct": "paper"},
    {"statuses": [STATUS]},
    {"text": "川の音"},
    {"error": "The access token is invalid", "error_description": "it is"},
    {
        "links": [
            {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://liar.example/nodeinfo/2.0"}
        ]
    },
    {"software": {"name": "mastodon", "version": "4.3.1"}},
    {
        "domain": "liar.example",
        "version": "4.3.1",
        "configuration": {
            "statuses": {"max_characters": 500, "characters_reserved_per_url": 23, "max_media_attachments": 4},
            "media_attachments": {"image_size_limit": 1, "image_matrix_limit": 1, "description_limit": 1},
        },
    },
)
GHOST_POST = {
    "id": "ab" * 12,
    "slug": "river",
    "title": "川の音",
    "status": "published",
    "url": "https://liar.example/river/",
    "html": f"<!--kawaraban 5r8w2kqd {KEY}-->\n<p>x</p>",
    "plaintext": "x",
    "canonical_url": PAGE,
    "tags": [{"name": "#internal"}, {"name": "傘"}],
    "created_at": "2024-11-05T00:00:00.000Z",
    "updated_at": "2024-11-05T00:00:00.000Z",
}
GHOST = (
    {"posts": [GHOST_POST], "meta": {"pagination": {"next": 2}}},
    {"posts": [{**GHOST_POST, "status": "draft"}]},
    {"images": [{"url": "https://liar.example/content/images/door.jpg"}]},
    {"site": {"title": "汀", "url": "https://liar.example/", "site_uuid": "u"}},
    {"config": {"version": "6.65"}},
    {"users": [{"roles": [{"name": "Owner"}]}]},
    {"tags": [{"name": "傘"}]},
    {"newsletters": [{"slug": "news", "status": "active"}]},
    {"errors": [{"message": "no", "context": "x", "type": "NotFoundError", "code": "INVALID_JWT"}]},
    {"errors": [{"message": "no", "context": "x", "type": "UpdateCollisionError", "code": "UPDATE_COLLISION"}]},
)
WP_POST = {
    "id": 7,
    "status": "publish",
    "slug": "bridges",
    "link": "https://liar.example/bridges/",
    "title": {"raw": "川の音"},
    "content": {"raw": f'<p>x <a href="{PAGE}">y</a></p><img src="x">'},
    "excerpt": {"raw": "x"},
    "author": 1,
    "modified_gmt": "2024-11-05T00:00:00",
}
WORDPRESS = (
    WP_POST,
    [WP_POST, {**WP_POST, "id": 8, "status": "draft"}],
    [{"id": 3, "slug": "x", "source_url": "https://liar.example/x.jpg", "name": "傘"}],
    {"id": 1, "name": "editor", "username": "editor", "roles": ["editor"], "capabilities": {"edit_posts": True}},
    {"code": "term_exists", "message": "there", "data": {"status": 400, "term_id": 4}},
    {"code": "rest_post_invalid_id", "message": "no", "data": {"status": 404}},
)


def _bluesky(root: Path) -> tuple[Any, Any, Receipt]:
    login = bluesky_house.Login("https://liar.example", "paper.example.com", "abcd-efgh")
    made = bluesky_house.bluesky(root, login, {"c.jpg": bluesky_house.jpeg()})
    text = bluesky_house.posted(
        bluesky_house.said(f"川の音 {PAGE}"), card=bluesky_house.CARD, assets=(bluesky_house.asset("c.jpg"),)
    )
    return made, text, Receipt(f"at://{DID}/{COLLECTION}/{RKEY}", "https://bsky.app/x", NOW, "bafy")


def _mastodon(root: Path) -> tuple[Any, Any, Receipt]:
    made = mastodon_house.mastodon(root, "https://liar.example", "a-token")
    text = mastodon_house.announcement(f"川の音 {PAGE}", pictures=(mastodon_house.asset(),))
    return made, text, Receipt("7", "https://liar.example/@paper/7", NOW)


def _ghost(root: Path) -> tuple[Any, Any, Receipt]:
    made = ghost_house.ghost(root, "https://liar.example", f"{'ab' * 12}:{'5f' * 32}", newsletter="news")
    return made, ghost_house.rendered(), Receipt("ab" * 12, "https://liar.example/river/", NOW)


def _wordpress(root: Path) -> tuple[Any, Any, Receipt]:
    (root / "wp-password").write_text("abcd efgh")
    made = wordpress_house.channel_of(root, "https://liar.example", password={"file": "wp-password"})
    return made, wordpress_house.bridges(), Receipt("7", "https://liar.example/bridges/", NOW)


KINDS: dict[str, tuple[Callable[[Path], tuple[Any, Any, Receipt]], Sequence[Any], dict[str, Any]]] = {
    "bluesky": (_bluesky, BLUESKY, {"createSession": LOGIN}),
    "mastodon": (_mastodon, MASTODON, {}),
    "ghost": (_ghost, GHOST, {}),
    "wordpress": (_wordpress, WORDPRESS, {}),
}


def _forget(note: str) -> None:
    assert note.encode()


def _payload(made: Any, text: Any) -> Payload:
    prepared = made.prepare(text)
    return Payload(text, prepared.body, prepared.media_type, since=datetime(2024, 11, 5, 8, 30, 15, 250_000, UTC))


WORK: dict[str, Callable[[Any, Any, Receipt], object]] = {
    "create": lambda made, text, _: made.create(_payload(made, text), KEY, _forget),
    "update": lambda made, text, there: made.update(_payload(made, text), there, KEY, _forget),
    "find": lambda made, text, _: made.find(_payload(made, text), KEY),
    "read": lambda made, text, there: made.read(there, text),
    "withdraw": lambda made, _, there: made.withdraw(there),
    "account": lambda made, *_: made.account(),
    "probe": lambda made, *_: made.probe(),
    "posts": lambda made, *_: list(made.posts()),
    "recall": lambda made, text, _: dict(made.recall([text, sample()])),
    "answers": lambda made, _, there: made.answers(there) if hasattr(made, "answers") else (),
    "discard": lambda made, text, _: made.discard(text) if hasattr(made, "discard") else None,
}


def _words(value: object) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (*_words(key), *_words(inner))
    elif isinstance(value, list | tuple | frozenset):
        for inner in value:
            yield from _words(inner)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _words(astuple(value))


def _harmless(said: str) -> bool:
    """It can be stored and printed: no half of a letter, no order to a terminal."""
    return all(unicodedata.category(letter) not in {"Cc", "Cs"} or letter in "\n\t" for letter in said)


def _addresses(value: object) -> Iterator[str | None]:
    """Yield where people would be led: the addresses of receipts and copies."""
    if isinstance(value, Receipt | LiveCopy):
        yield value.url
    elif isinstance(value, Post):
        yield value.receipt.url
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _addresses(inner)


def _outcome(worked: Callable[[], object]) -> tuple[object, tuple[str, ...]]:
    """Return what came of it, or the words of its failure; any other exception is none of a channel's."""
    try:
        return worked(), ()
    except ChannelFailure as failure:
        return None, tuple(_words((failure.what, failure.remedy)))


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_whatever_a_server_answers(kind: str, work: str, seed: int) -> None:
    """A failure of the house's kinds, in words that harm nobody, or a value whose addresses are pages."""
    build, shapes, first = KINDS[kind]
    liar = Liar(Random(seed), shapes, dict(first))
    with tempfile.TemporaryDirectory() as folder, patch.object(Session, "_exchanged", liar.exchanged):
        made, text, receipt = build(Path(folder))
        found, words = _outcome(lambda: WORK[work](made, text, receipt))
    assert all(map(_harmless, words))
    assert all(url is None or url.startswith(("https://", "http://")) for url in _addresses(found))


def test_a_list_without_an_end_is_not_read_for_ever(tmp_path: Path) -> None:
    """Each page says that there are many more, and has the same post again."""
    build, _, _ = KINDS["wordpress"]
    many = Answer(200, {"x-wp-totalpages": "999999"}, json.dumps([WP_POST]).encode(), "https://liar.example")
    with patch.object(Session, "_exchanged", lambda *_, **__: many):
        made, text, _ = build(tmp_path)
        with pytest.raises(Unavailable):
            made.recall([text])
