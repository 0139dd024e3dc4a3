"""One article, written once, on five real servers: published, edited, found missing, withdrawn; the status right at every step."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from tests.desk.papers import Paper, paper_at
from tests.servers.ghost import Ghost
from tests.servers.mastodon import Mastodon
from tests.servers.pds import Pds
from tests.servers.snac import Snac
from tests.servers.stored import Stored
from tests.servers.wordpress import WordPress

pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("everywhere")]

ARTICLE = "7ra1ny7a"
SIDES = "北南東西上下前後左右内外"
LONG = "".join(
    f"{side}の樋は{number}日のあいだ雨を受けて、夜にはひくく、朝にはたかく鳴り、晴れるとだまって影を落とした。"
    for number, side in enumerate(SIDES, 1)
)
BODY = f"""{LONG}

｜雨樋《あまどい》の音は、屋根のかたちでちがう。

![雨樋から落ちる水](drop.png)

| 樋 | 音 |
|---|---|
| 銅 | 高い |
| 木 | 低い |

## 音を書きとめる

おわりに、*もう一度*聞く。
"""
PAGE = "https://example.com/articles/rain/"
NETWORKS = ("bluesky", "snac", "mastodon", "wordpress", "ghost")
CHANNELS = ("site", "rss", *NETWORKS)


@dataclass(frozen=True)
class Town:
    """A paper that is connected everywhere, and what each server has of it."""

    paper: Paper
    stored: Mapping[str, Callable[[], list[Stored]]]
    delete: Mapping[str, Callable[[str], None]]

    def count(self) -> dict[str, int]:
        return {name: len(asked()) for name, asked in self.stored.items()}

    def words(self) -> dict[str, str]:
        """How `status` calls each delivery of the article."""
        rows = self.paper("status", "rain", "--json").document["deliveries"]
        return {row["channel"]: row["word"] for row in rows}


@pytest.fixture
def town(
    tmp_path: Path,
    pds_server: Pds,
    snac_server: Snac,
    mastodon_server: Mastodon,
    wordpress_server: WordPress,
    ghost_server: Ghost,
) -> Town:
    """The five servers with nothing on them, and a paper with their addresses and an article."""
    sky, snac, mastodon = pds_server.account(), snac_server.account(), mastodon_server.account()
    wordpress_server.clear()
    ghost_server.clear()
    secrets = {
        "SKY": sky.password,
        "SNAC": snac.token,
        "MASTODON": mastodon.token,
        "WORDPRESS": wordpress_server.password,
        "GHOST": ghost_server.key,
    }
    paper = paper_at(tmp_path / "paper")
    paper.environment.update(secrets)
    paper.replace("config/publication.yaml", "# network: {private: true}", "network: {private: true}")
    channels = paper.root / "config" / "channels.yaml"
    channels.write_text(
        f"""
site: {{kind: site, path: public}}
rss: {{kind: feed, site: site, after: site}}
bluesky: {{kind: bluesky, server: "{pds_server.url}", handle: {sky.handle}, password: {{env: SKY}}, after: site}}
snac: {{kind: mastodon, server: "{snac_server.url}", token: {{env: SNAC}}, after: site}}
mastodon: {{kind: mastodon, server: "{mastodon_server.url}", token: {{env: MASTODON}}, after: site}}
wordpress: {{kind: wordpress, server: "{wordpress_server.url}", user: {wordpress_server.user}, password: {{env: WORDPRESS}}, after: site}}
ghost: {{kind: ghost, server: "{ghost_server.url}", key: {{env: GHOST}}, after: site}}
""",
        encoding="utf-8",
    )
    write(paper)
    stored = {
        "bluesky": sky.stored,
        "snac": snac.stored,
        "mastodon": mastodon.stored,
        "wordpress": wordpress_server.stored,
        "ghost": ghost_server.stored,
    }
    delete = {
        "bluesky": sky.delete,
        "snac": snac.delete,
        "mastodon": mastodon.delete,
        "wordpress": wordpress_server.delete,
        "ghost": ghost_server.delete,
    }
    return Town(paper, stored, delete)


def write(paper: Paper, title: str = "雨樋の音を聞く", more: str = "") -> None:
    """Write the article as it is now, due a minute ago."""
    due = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="seconds")
    path = paper.root / "content" / "articles" / "2024" / "rain" / "index.md"
    if path.exists():
        due = path.read_text(encoding="utf-8").partition("published: ")[2].partition("\n")[0]
    paper.write(
        title=title,
        published=due,
        tags="[雨, 音]",
        cover="{src: drop.png, alt: 雨樋から落ちる水}",
        channels="{bluesky: {text: " + LONG + "}}",
        body=BODY + more,
    )
    picture = io.BytesIO()
    Image.effect_noise((1200, 800), 60).convert("RGB").save(picture, "PNG")
    if not (path.parent / "drop.png").exists():
        (path.parent / "drop.png").write_bytes(picture.getvalue())


def test_one_article_goes_everywhere_is_edited_missed_and_withdrawn(town: Town) -> None:
    """What the newsroom relies on: one command, one post on each, and a status that says what is there."""
    paper = town.paper
    assert len(LONG) > 400

    # out, by one command
    published = paper("publish")
    assert published.code == 0, published.said
    assert town.words() == dict.fromkeys(CHANNELS, "live")
    assert town.count() == {"bluesky": 2, "snac": 1, "mastodon": 1, "wordpress": 1, "ghost": 1}
    assert paper("publish").code == 0
    assert town.count() == {"bluesky": 2, "snac": 1, "mastodon": 1, "wordpress": 1, "ghost": 1}
    first, answer = town.stored["bluesky"]()
    assert answer.reply_to == first.id
    assert first.text.removesuffix("\n#雨 #音") + answer.text == LONG
    assert first.raw["value"]["embed"]["external"]["uri"] == PAGE
    for name in ("snac", "mastodon"):
        (post,) = town.stored[name]()
        assert post.text == f"雨樋の音を聞く\n{PAGE}\n#雨 #音"
        assert post.alts == ("雨樋から落ちる水",)
    for name in ("wordpress", "ghost"):
        (post,) = town.stored[name]()
        assert LONG in post.text
        assert "<ruby>雨樋<r" in post.text
        assert re.search(r"<td[^>]*>銅</td>", post.text)
        assert re.search(r'<img[^>]+src="http://127\.0\.0\.1:\d+/[^"]+"[^>]*alt="雨樋から落ちる水"', post.text)
        assert PAGE in post.text
    assert not [one for one in paper("verify", "--json").document["deliveries"] if one["found"] != "live"]

    # edited: an edit where there are edits, a word where there are none
    write(paper, "雨樋の音を、もう一度聞く", "\n書き足した段落。\n")
    edited = paper("publish", "rain")
    assert edited.code == 1
    assert "what is posted there can't be changed" in edited.said
    assert town.words() == {**dict.fromkeys(CHANNELS, "live"), "bluesky": "changed"}
    assert town.count() == {"bluesky": 2, "snac": 1, "mastodon": 1, "wordpress": 1, "ghost": 1}
    for name in ("snac", "mastodon"):
        assert "もう一度" in town.stored[name]()[0].text
    for name in ("wordpress", "ghost"):
        (post,) = town.stored[name]()
        assert post.title == "雨樋の音を、もう一度聞く"
        assert "書き足した段落。" in post.text
    assert paper("settle", "rain", "bluesky", "--as-it-is").code == 0
    assert town.words() == dict.fromkeys(CHANNELS, "live")

    # deleted there by hand: noticed
    town.delete["mastodon"](town.stored["mastodon"]()[0].id)
    missed = paper("verify")
    assert missed.code == 1
    assert "gone" in missed.out
    assert town.words() == {**dict.fromkeys(CHANNELS, "live"), "mastodon": "drifted"}

    # taken down, everywhere
    down = paper("withdraw", "rain", "--say", "聞きちがえていました")
    assert down.code == 0, down.said
    assert town.count() == dict.fromkeys(NETWORKS, 0)
    assert town.words() == dict.fromkeys(CHANNELS, "withdrawn")
    assert paper("verify").code == 0
    assert paper("publish", "rain").code == 0
    assert town.count() == dict.fromkeys(NETWORKS, 0)
