"""An article's life on a real Ghost, by the stages: published, edited, deleted by hand, withdrawn; a kill in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.compose import House, open_house
from flows.stages.ending import withdraw
from flows.stages.publishing import publish
from flows.stages.values import Published, PublishRequest, unwatched
from flows.stages.verifying import verify
from kawaraban.channels.ghost.publishing import Publishing
from kawaraban.errors import Sentence, Unavailable
from tests.papers import write
from tests.servers.ghost import Ghost as Server

pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("ghost")]

ID = "5r8w2kqd"
PUBLISHED = datetime.now(UTC).isoformat(timespec="seconds")
PAPER = "name: 川辺の新聞\nbase_url: https://example.com\nnetwork: {private: true}\n"


@pytest.fixture
def root(tmp_path: Path, ghost_server: Server) -> Path:
    ghost_server.clear()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "publication.yaml").write_text(PAPER, encoding="utf-8")
    channels = f"""site: {{kind: site, path: public}}
ghost: {{kind: ghost, server: '{ghost_server.url}', key: {{file: key}}, after: site, update: auto}}
"""
    (tmp_path / "config" / "channels.yaml").write_text(channels, encoding="utf-8")
    (tmp_path / "key").write_text(ghost_server.key, encoding="utf-8")
    rain(tmp_path, "｜雨《あめ》の音。\n")
    return tmp_path


def rain(root: Path, body: str) -> None:
    """Write the article, due now: an older one is born off where it would be announced."""
    write(root, "rain", body, id=ID, published=PUBLISHED)


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def house(root: Path, later: timedelta = timedelta()) -> Iterator[House]:
    with open_house(root, clock=lambda: now() + later, who="editor") as opened:
        yield opened


def published(root: Path, later: timedelta = timedelta(), *names: str) -> Published:
    with house(root, later) as opened:
        return publish(opened, PublishRequest(names=names), unwatched, now=now() + later)


def outcomes(done: Published) -> dict[str, str]:
    return {result.channel: result.outcome for result in done.results}


def test_published_edited_deleted_by_hand_and_withdrawn(root: Path, ghost_server: Server) -> None:
    assert outcomes(published(root)) == {"site": "live", "ghost": "live"}
    (post,) = ghost_server.stored()
    assert "<ruby>雨" in post.text
    assert published(root).results == ()

    rain(root, "｜雨《あめ》の音が、やんだ。\n")
    assert outcomes(published(root)) == {"site": "live", "ghost": "live"}
    (edited,) = ghost_server.stored()
    assert edited.id == post.id
    assert "音が、やんだ。" in edited.text

    with house(root) as opened:
        assert [found.found for found in verify(opened, channels=("ghost",), now=now())] == ["live"]
    ghost_server.delete(post.id)
    with house(root) as opened:
        assert [found.found for found in verify(opened, channels=("ghost",), now=now())] == ["gone"]
    assert outcomes(published(root)) == {}
    assert ghost_server.stored() == []

    with house(root) as opened:
        down = withdraw(opened, ID, (), "", now=now())
    assert {fate.channel: fate.outcome for fate in down.fates} == {"site": "gone", "ghost": "gone"}


def test_a_process_that_dies_between_draft_and_publishing_leaves_nothing_twice(
    root: Path, ghost_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Publishing, "_put", dies)
        with pytest.raises(SystemExit):
            published(root)
    assert [post.status for post in ghost_server.stored()] == ["draft"]
    later = timedelta(hours=2)  # the lease of the dead has lapsed
    assert outcomes(published(root, later, ID))["ghost"] == "live"
    assert [post.status for post in ghost_server.stored()] == ["published"]


@pytest.mark.parametrize(
    "failure", [SystemExit(), Unavailable(Sentence(ja="忙しい", en="busy"))], ids=["killed", "busy"]
)
def test_a_draft_that_was_never_shown_goes_when_the_article_is_withdrawn(
    root: Path, ghost_server: Server, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def stops(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(Publishing, "_put", stops)
        with suppress(SystemExit):
            published(root)
    assert [post.status for post in ghost_server.stored()] == ["draft"]
    later = timedelta(hours=2)
    with house(root, later) as opened:
        down = withdraw(opened, ID, (), "", now=now() + later)
    assert {fate.channel: fate.outcome for fate in down.fates} == {"site": "gone", "ghost": "not there"}
    assert ghost_server.stored() == []
