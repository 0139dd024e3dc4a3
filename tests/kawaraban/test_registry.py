"""Channels and renderers by name: what is announced is found, what is not is said with what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kawaraban import registry
from kawaraban.channels.protocol import Channel, EditionChannel, Surroundings
from kawaraban.errors import WrongInput
from tests.builders import NOW, channel, publication


def surroundings(name: str, kind: str, **own: object) -> Surroundings:
    return Surroundings(Path(), publication(), channel(name, kind, own=own), lambda _asset: b"", lambda: NOW)


def test_the_three_kinds_are_announced() -> None:
    assert {"site", "feed", "note"} <= set(registry.kinds())


@pytest.mark.parametrize(
    ("kind", "own"), [("site", {"path": "public"}), ("feed", {"site": "site"}), ("note", {"user": "example"})]
)
def test_a_kind_is_built_with_its_own_settings(kind: str, own: dict[str, object]) -> None:
    made = registry.build(surroundings("any-name", kind, **own))
    assert made.kind == kind
    assert isinstance(made, EditionChannel | Channel)


def test_an_unknown_kind_is_said_with_place_and_the_near_one() -> None:
    with pytest.raises(WrongInput) as caught:
        registry.kind(channel("home", "sitte"))
    assert "`sitte`" in caught.value.what.en
    assert str(caught.value.place) == "config/channels.yaml"
    assert caught.value.remedy is not None
    assert caught.value.remedy.en == "did you mean `site`?"


def test_an_unknown_kind_with_no_near_one_is_said_with_all_there_are() -> None:
    with pytest.raises(WrongInput) as caught:
        registry.kind(channel("home", "gopher"))
    assert caught.value.remedy is not None
    assert ", ".join(registry.kinds()) in caught.value.remedy.en


def test_a_wrong_key_of_a_kind_is_said_before_the_channel_is_used() -> None:
    with pytest.raises(WrongInput, match="user"):
        registry.settings(channel("note", own={"usr": "example"}))


def test_what_a_kind_can_do_is_known_without_building_it() -> None:
    assert registry.kind(channel("note")).capabilities.by_hand
    assert registry.kind(channel("rss")).capabilities.edition


def test_a_kind_names_its_renderer() -> None:
    assert callable(registry.renderer(channel("note")))


def test_asking_for_kinds_imports_neither_prefect_nor_the_database_nor_http() -> None:
    program = (
        "import sys\n"
        "from kawaraban import registry\n"
        "from kawaraban.config import ChannelSettings\n"
        "for kind in registry.kinds():\n"
        "    registry.kind(ChannelSettings(name=kind, kind=kind)).capabilities\n"
        "heavy = {'prefect', 'sqlalchemy', 'requests'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_wrong_handle_is_told_by_an_example_not_by_a_pattern() -> None:
    with pytest.raises(WrongInput) as refused:
        registry.settings(channel("bluesky", own={"handle": "瓦版", "password": {"env": "SKY"}}))
    assert "news.example のように書いてください" in refused.value.said("ja")
    assert "write it like news.example" in refused.value.said("en")
