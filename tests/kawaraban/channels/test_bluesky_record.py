"""A post as a record: its key, its marks in bytes, its card; a record read back; the settings; how long no login is tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.channels.bluesky import Bluesky, BlueskySettings, record
from kawaraban.channels.bluesky.blob import blob_of
from kawaraban.channels.bluesky.comparing import links, seen
from kawaraban.channels.bluesky.session import Kept
from kawaraban.channels.bluesky.tid import tid
from kawaraban.channels.conformance import sample
from kawaraban.channels.protocol import Payload
from kawaraban.errors import Refused
from kawaraban.variant import Part, Span
from tests.kawaraban.channels.bluesky_house import (
    CARD,
    SINCE,
    asset,
    posted,
    said,
)

LAST_TID = "j" + "z" * 12


def written(variant: Any, number: int = 1) -> Any:
    blobs = {one.name: blob_of(b"", one.media_type) for one in variant.assets}
    return record.post(Payload(variant, number=number, since=SINCE), ("ja",), blobs, None)


# --- the record key ---


def test_a_key_is_a_tid_the_same_each_time_and_another_for_another_post() -> None:
    keys = {tid(f"key {number}", SINCE) for number in range(1000)}
    assert len(keys) == 1000
    assert tid("key 1", SINCE) == tid("key 1", SINCE)
    assert all(len(key) == 13 and set(key) <= set("234567abcdefghijklmnopqrstuvwxyz") for key in keys)


@given(st.text(), st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_keys_are_in_the_order_of_time(key: str, at: datetime) -> None:
    assert tid(key, at) < tid(key, at + timedelta(seconds=1)) <= LAST_TID


# --- the record ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新刊📚 https://example.com/a #瓦版", [(11, 32), (33, 40)]),
        ("瓦版🗞️第1号\nhttps://example.com/a\n#瓦版 #江戸", [(21, 42), (43, 50), (51, 58)]),
        ("👨‍👩‍👧‍👦 #家族", [(26, 33)]),
    ],
)
def test_marks_are_counted_in_bytes(text: str, expected: list[tuple[int, int]]) -> None:
    facets = written(posted(said(text)))["facets"]
    assert [(one["index"]["byteStart"], one["index"]["byteEnd"]) for one in facets] == expected


def test_a_facet_names_the_address_or_the_tag_without_its_sign() -> None:
    link, tag = (one["features"][0] for one in written(posted(said("川 https://example.com/a #瓦版")))["facets"])
    assert link == {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.com/a"}
    assert tag == {"$type": "app.bsky.richtext.facet#tag", "tag": "瓦版"}


@pytest.mark.parametrize(
    "span",
    [
        Span(kind="tag", start=1, end=7, target="瓦版"),  # begins inside a letter
        Span(kind="tag", start=0, end=400, target="瓦版"),  # ends beyond the text
        Span(kind="tag", start=7, end=7, target="瓦版"),  # marks nothing
        Span(kind="tag", start=0, end=7, target="江戸"),  # says something else
        Span(kind="link", start=0, end=7, target="https://example.com/"),
    ],
)
def test_marks_that_do_not_fit_the_text_are_refused(span: Span) -> None:
    with pytest.raises(Refused):
        written(posted(Part(text="#瓦版", spans=(span,))))


def test_a_tag_too_long_for_the_network_stays_text() -> None:
    assert "facets" not in written(posted(said("#" + "瓦" * 65)))
    assert written(posted(said("#" + "瓦" * 64)))["facets"]


def test_the_first_post_has_the_card_and_the_others_have_not() -> None:
    thread = posted(said("一つ"), said("二つ"), card=CARD, assets=(asset("c.jpg"),))
    external = written(thread)["embed"]["external"]
    assert (external["uri"], external["title"], external["description"]) == (CARD.url, CARD.title, CARD.description)
    assert external["thumb"]["$type"] == "blob"
    assert "embed" not in written(thread, 2)


def test_it_was_made_when_its_intent_was_written_to_the_millisecond() -> None:
    assert written(sample())["createdAt"] == "2024-11-05T08:30:15.250Z"
    japan = replace(Payload(sample()), since=SINCE.astimezone(datetime.fromisoformat("2024-11-05T00:00+09:00").tzinfo))
    assert record.stamp(japan) == "2024-11-05T08:30:15.250Z"


# --- reading ---


def test_a_posts_links_are_its_cards_its_marked_ones_and_those_in_its_text() -> None:
    value = {
        "text": "川 https://example.com/c",
        "facets": [{"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"uri": "https://example.com/b"}, {"tag": "x"}]}],
        "embed": {"external": {"uri": "https://example.com/a", "title": "t", "description": ""}},
    }  # fmt: skip
    assert links(value) == ("https://example.com/a", "https://example.com/b", "https://example.com/c")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["text", "facets", "index", "features", "embed", "media", "images", "external", "uri", "alt", "byteStart"]),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["text", "facets", "embed", "reply", "createdAt"]), json_values))
def test_no_record_is_too_odd_to_be_read(value: dict[str, Any]) -> None:
    assert not seen(value).differences(seen(value))
    links(value)


# --- settings ---


@pytest.mark.parametrize("handle", ["@news.example.com", " news.example.com", "did:plc:abcdefghijklmnopqrstuvwx"])
def test_a_handle_may_be_written_as_people_write_it(handle: str) -> None:
    own = BlueskySettings.model_validate({"handle": handle, "password": {"env": "X"}})
    assert own.handle == handle.strip().removeprefix("@")


@pytest.mark.parametrize(
    "wrong",
    [{"handle": "news"}, {"langs": ["ja"] * 4}, {"langs": []}, {"pictures": "none"}, {"timeout": "31s"},
     {"server": "bsky.social"}, {"password": "abcd-efgh"}],
)  # fmt: skip
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    good = {"handle": "news.example.com", "password": {"env": "X"}}
    BlueskySettings.model_validate(good)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        BlueskySettings.model_validate({**good, **wrong})


def test_what_it_can_do_follows_its_settings() -> None:
    def able(**own: Any) -> Any:
        values = {"handle": "news.example.com", "password": {"env": "X"}, **own}
        return Bluesky.able(BlueskySettings.model_validate(values))

    assert (able().attaches, able().pictures.count, able().pictures.max_bytes) == ("card", 1, 1_000_000)
    every = able(pictures="all")
    assert (every.attaches, every.pictures.count, every.pictures.max_bytes) == ("all", 4, 2_000_000)
    assert able(timeout="30s").longest <= timedelta(minutes=10)


def test_a_clock_that_was_a_year_ahead_shuts_nobody_out_for_a_year() -> None:
    now = datetime(2024, 11, 5, tzinfo=UTC)
    ahead = now + timedelta(days=365)
    kept = Kept(logins=(ahead,) * 10, shut_until=ahead + timedelta(minutes=4))
    assert kept.wait(ahead) == timedelta(minutes=5)
    assert kept.wait(now) is None
    assert kept.after_login(now).logins == (now,)
