"""
Each network from nothing, on its real server: added by one command, told who we are, published to, and, by a second paper
that has the same articles and knows nothing, taken over: nothing is posted twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desk.papers import MATTER, Paper, paper_at
from tests.desk.test_channels import PRIVATE

if TYPE_CHECKING:
    from tests.servers.ghost import Ghost
    from tests.servers.mastodon import Mastodon
    from tests.servers.pds import Pds
    from tests.servers.snac import Snac
    from tests.servers.wordpress import WordPress

pytestmark = pytest.mark.real_server
ID = MATTER["id"]


@dataclass(frozen=True)
class Network:
    """A kind with its settings, the name of its secret's key, the secret itself, and what is stored there."""

    kind: str
    values: tuple[str, ...]
    key: str
    secret: str
    stored: Callable[[], int]


def paper(root: Path, network: Network) -> Paper:
    """A paper with an article, its site published."""
    made = paper_at(root)
    publication = made.root / "config" / "publication.yaml"
    publication.write_text(publication.read_text(encoding="utf-8") + PRIVATE, encoding="utf-8")
    made.environment["OUR_SECRET"] = network.secret
    made.write()
    assert made("publish", "rain", "--channel", "site").code == 0
    return made


def add(made: Paper, network: Network) -> str:
    """Add the channel by one command; return what was said."""
    values = [part for value in (*network.values, "after=site") for part in ("--set", value)]
    secret = f"{network.key}=env:OUR_SECRET"
    answer = made("channels", "add", network.kind, "--name", "there", *values, "--secret", secret, "--yes")
    assert answer.code == 0, answer.said
    assert network.secret not in answer.said
    return answer.out


def taken_over(root: Path, network: Network) -> None:
    before = network.stored()
    first = paper(root / "first", network)
    assert "● there: as " in add(first, network)
    assert first("channels", "test", "there").code == 0
    row = first("channels", "--json").document["channels"][-1]
    assert row["account"]
    assert row["trouble"] is None
    assert network.stored() == before, "nothing was posted by that"
    answer = first("publish", "rain", "--channel", "there")
    assert answer.code == 0, answer.said
    assert network.stored() == before + 1

    second = paper(root / "second", network)
    add(second, network)
    [match] = second("adopt", "--channel", "there", "--json").document["matches"]
    assert (match["article"], match["how"], match["certain"], match["taken"]) == (ID, "address", True, True)
    assert match["differences"] == []
    assert second.word(ID, "there") == "live"
    assert second("publish").code == 0
    assert second("publish", "rain", "--channel", "there").code == 0
    assert network.stored() == before + 1, "nothing is there twice"
    assert second("withdraw", "rain", "--channel", "there").code == 0
    assert second.word(ID, "there") == "withdrawn"
    assert first("verify", "rain", "--channel", "there").code == 1, "the other sees that it is gone"


def refused(root: Path, network: Network) -> None:
    made = paper(root / "refused", network)
    add(made, network)
    made.environment["OUR_SECRET"] = f"{network.secret[:-4]}0000"
    answer = made("channels", "test", "there")
    assert answer.code == 1
    assert "kawaraban resume --channel there" in answer.out, "it is held from now on"
    made.environment["OUR_SECRET"] = network.secret
    assert made("channels", "test", "there").code == 0


@pytest.mark.xdist_group("pds")
def test_bluesky(tmp_path: Path, pds_server: Pds) -> None:
    one = pds_server.account()
    values = (f"server={pds_server.url}", f"handle={one.handle}")
    network = Network("bluesky", values, "password", one.password, lambda: len(one.stored()))
    taken_over(tmp_path, network)
    refused(tmp_path, network)


@pytest.mark.xdist_group("snac")
def test_snac(tmp_path: Path, snac_server: Snac) -> None:
    one = snac_server.account()
    network = Network("mastodon", (f"server={snac_server.url}",), "token", one.token, lambda: len(one.stored()))
    taken_over(tmp_path, network)
    refused(tmp_path, network)


@pytest.mark.xdist_group("mastodon")
def test_mastodon(tmp_path: Path, mastodon_server: Mastodon) -> None:
    one = mastodon_server.account()
    network = Network("mastodon", (f"server={mastodon_server.url}",), "token", one.token, lambda: len(one.stored()))
    taken_over(tmp_path, network)
    refused(tmp_path, network)


@pytest.mark.xdist_group("wordpress")
def test_wordpress(tmp_path: Path, wordpress_server: WordPress) -> None:
    wordpress_server.clear()
    values = (f"server={wordpress_server.url}", f"user={wordpress_server.user}")
    stored = lambda: len(wordpress_server.stored())  # noqa: E731 - as the others have it
    network = Network("wordpress", values, "password", wordpress_server.password, stored)
    taken_over(tmp_path, network)
    refused(tmp_path, network)


@pytest.mark.xdist_group("ghost")
def test_ghost(tmp_path: Path, ghost_server: Ghost) -> None:
    ghost_server.clear()
    network = Network(
        "ghost", (f"server={ghost_server.url}",), "key", ghost_server.integration(), lambda: len(ghost_server.stored())
    )
    taken_over(tmp_path, network)
    refused(tmp_path, network)


@pytest.mark.xdist_group("mastodon")
def test_a_thread_is_taken_over_whole(tmp_path: Path, mastodon_server: Mastodon) -> None:
    """By its first post the rest is known: an edit changes it in place, a withdrawal leaves nothing."""
    one = mastodon_server.account()
    network = Network("mastodon", (f"server={mastodon_server.url}",), "token", one.token, lambda: len(one.stored()))
    long = "屋根から落ちる水の音を、朝のあいだ聞いていました。" * 40
    first, second = paper(tmp_path / "first", network), paper(tmp_path / "second", network)
    for made in (first, second):
        add(made, network)
        made.write(channels=f'{{there: {{text: "{long}"}}}}')
    assert first("publish", "rain", "--channel", "there").code == 0
    posts = network.stored()
    assert posts > 1
    [match] = second("adopt", "rain", "--json").document["matches"]
    assert (match["certain"], match["taken"], match["differences"]) == (True, True, [])
    assert second("publish", "rain", "--channel", "there").code == 0
    assert network.stored() == posts
    second.write(channels=f'{{there: {{text: "まず、{long}"}}}}')
    assert second("publish", "rain", "--channel", "there").code == 0
    assert network.stored() == posts
    assert one.stored()[0].text.startswith("まず、")
    assert second("withdraw", "rain", "--channel", "there").code == 0
    assert network.stored() == 0
