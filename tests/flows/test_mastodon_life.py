"""A thread's life on real servers of the fediverse, by the stages: stopped half-way, gone on with, edited, missed, withdrawn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from flows.compose import House, open_house
from flows.stages.ending import withdraw
from flows.stages.publishing import publish
from flows.stages.values import Published, PublishRequest, unwatched
from flows.stages.verifying import verify
from kawaraban.errors import Sentence
from tests.papers import write
from tests.servers.mastodon_account import Account
from tests.servers.proxy import Proxy, Trouble, aimed, hostile_proxy

pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("fediverse")]

ID = "5r8w2kqd"
PAGE = "https://example.com/articles/rain/"
PUBLISHED = datetime.now(UTC).isoformat(timespec="seconds")
PAPER = "name: 川辺の新聞\nbase_url: https://example.com\nnetwork: {private: true}\n"
WORDS = (
    "雨樋を伝う水は、朝と夕とで音がちがう。朝は屋根が冷えていて、水がゆっくり集まる。"
    "夕には瓦が温まり、集まりかけた水がはじけて、細かい音になる。"
    "書きとめてみると、その差は半音ほどだった。"
)


@pytest.fixture(params=["snac", "mastodon"])
def account(request: pytest.FixtureRequest) -> Account:
    fresh: Account = request.getfixturevalue(f"{request.param}_server").account()
    return fresh


@pytest.fixture
def proxy(account: Account) -> Iterator[Proxy]:
    with hostile_proxy(int(account.server.rpartition(":")[2]), lag_reads=1) as before:  # a list is asked twice
        yield before


@pytest.fixture
def root(tmp_path: Path, account: Account, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)  # what a list may lag
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "publication.yaml").write_text(PAPER, encoding="utf-8")
    channels = f"""site: {{kind: site, path: public}}
fedi: {{kind: mastodon, server: '{proxy.url}', token: {{file: token}}, limit: 60, timeout: 5s, after: site, update: auto}}
"""
    (tmp_path / "config" / "channels.yaml").write_text(channels, encoding="utf-8")
    (tmp_path / "token").write_text(account.token, encoding="utf-8")
    rain(tmp_path, WORDS)
    return tmp_path


def rain(root: Path, words: str) -> None:
    """Write the article with these words for the channel, due now: an older one is born off where it would be announced."""
    picture = root / "content" / "articles" / "2024" / "rain" / "drop.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    with BytesIO() as out:
        Image.new("RGB", (320, 200), "navy").save(out, "PNG")
        picture.write_bytes(out.getvalue())
    write(
        root,
        "rain",
        id=ID,
        published=PUBLISHED,
        cover="{src: drop.png, alt: 雨樋の口から落ちる水}",
        channels="{fedi: {text: " + words + "}}",
    )


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def house(root: Path, later: timedelta = timedelta()) -> Iterator[House]:
    with open_house(root, clock=lambda: now() + later, who="editor") as opened:
        yield opened


def published(root: Path, later: timedelta = timedelta(), *names: str) -> dict[str, str]:
    with house(root, later) as opened:
        done: Published = publish(opened, PublishRequest(names=names), unwatched, now=now() + later)
    return {result.channel: result.outcome for result in done.results}


def found(root: Path) -> list[tuple[str, tuple[Sentence, ...]]]:
    with house(root) as opened:
        return [(one.found, one.differences) for one in verify(opened, channels=("fedi",), now=now())]


def whole(account: Account, words: str) -> list[Any]:
    """The account's posts, which are one thread that says these words, once, with link and picture at its head."""
    posts = account.stored()
    assert [one.reply_to for one in posts] == [None, *(one.id for one in posts[:-1])]
    assert posts[0].text.endswith(f"\n{PAGE}")
    said = "".join(one.text for one in posts).replace(PAGE, "")
    assert "".join(said.split()) == words
    assert [one.alts for one in posts] == [("雨樋の口から落ちる水",), *[()] * (len(posts) - 1)]
    return posts


def test_a_thread_is_published_edited_missed_and_withdrawn(root: Path, account: Account) -> None:
    assert published(root) == {"site": "live", "fedi": "live"}
    posts = whole(account, WORDS)
    assert len(posts) == 3
    assert found(root) == [("live", ())]
    assert published(root) == {}

    changed = WORDS.replace("半音ほど", "半音に足りない")
    rain(root, changed)
    assert published(root)["fedi"] == "live"
    assert [one.url for one in whole(account, changed)] == [one.url for one in posts]
    assert found(root) == [("live", ())]

    account.delete(account.stored()[-1].id)
    [(word, differences)] = found(root)
    assert word == "drifted"
    assert differences

    with house(root) as opened:
        withdraw(opened, ID, ("fedi",), "", now=now())
    assert account.stored() == []


@pytest.mark.parametrize("trouble", ["drop", "429", "lag"])
def test_a_thread_that_was_stopped_goes_on_where_it_stopped(
    root: Path, account: Account, proxy: Proxy, trouble: Trouble
) -> None:
    """At the second of its posts: what is out is not sent again, and nothing is missing."""
    second = iter([False, True])
    at = aimed(trouble, path="/api/v1/statuses").at
    proxy.troubles.append(type(aimed(trouble))(trouble, lambda request: at(request) and next(second, True)))
    assert published(root)["fedi"] != "live"
    for hours in (1, 2, 3):
        if published(root, timedelta(hours=hours), ID).get("fedi") == "live":
            break
    assert proxy.played == [trouble]
    assert len(whole(account, WORDS)) == 3
    assert found(root) == [("live", ())]
