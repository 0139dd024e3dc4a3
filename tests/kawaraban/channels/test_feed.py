"""Feeds have no folder of their own: the site's one write carries them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kawaraban.channels.feed import Feed
from kawaraban.channels.protocol import EditionChannel, Surroundings
from kawaraban.config import ChannelSettings
from kawaraban.errors import Refused, WrongInput
from tests.builders import NOW, channel, publication


def feed(settings: ChannelSettings) -> Feed:
    return Feed(Surroundings(Path(), publication(), settings, lambda _asset: b"", lambda: NOW))


def test_it_is_an_edition_channel_of_the_site_it_names() -> None:
    made = feed(channel("rss", own={"site": "journal"}))
    assert isinstance(made, EditionChannel)
    assert made.site == "journal"
    assert feed(channel("rss")).site == "site"


def test_it_is_never_written_alone() -> None:
    with pytest.raises(Refused, match="site"):
        feed(channel("rss")).write([], "digest")
    assert not feed(channel("rss")).holds("feed.xml")
    assert not feed(channel("rss")).shows_edition("digest")


def test_an_unknown_key_is_wrong() -> None:
    with pytest.raises(WrongInput, match="site"):
        feed(channel("rss", own={"sight": "site"}))
