"""Articles that wait for each other, through the stages: whole chains in one write, and in the edition built elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from flows.compose import House, open_house
from flows.stages.building import build
from flows.stages.looking import status
from flows.stages.publishing import Publishing, publish
from flows.stages.values import PublishRequest, unwatched
from kawaraban.delivery import Word
from kawaraban.ledger import Scope
from kawaraban.picture import AssetStore
from tests.builders import NOW
from tests.desk.papers import Paper, paper_at

IDS = [f"7part{number:03d}" for number in range(12)]


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    made = paper_at(tmp_path / "paper")
    for number, one in enumerate(IDS):
        after = {"after_article": IDS[number - 1]} if number else {}
        made.write(f"part-{number}", id=one, title=f"川下り {number}", **after)
    return made


@pytest.fixture
def house(paper: Paper) -> Iterator[House]:
    with open_house(paper.root, clock=lambda: NOW, who="editor") as opened:
        yield opened


def words(house: House, channel: str) -> dict[str, Word]:
    return {row.article: row.word for row in status(house, (), now=NOW) if row.channel == channel}


def test_a_whole_chain_is_out_after_one_write(house: House) -> None:
    publish(house, PublishRequest(), unwatched, now=NOW)
    assert words(house, "site") == words(house, "rss") == dict.fromkeys(IDS, Word.LIVE)


def test_a_link_that_cannot_be_written_keeps_back_what_follows_and_nothing_before(
    house: House, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = paper.write("part-5", "![屋根](屋根.png)\n", id=IDS[5], title="川下り 5", after_article=IDS[4])
    Image.new("RGB", (40, 40)).save(path.with_name("屋根.png"))

    def unreadable(*_given: object) -> bytes:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(AssetStore, "bytes_of", unreadable)
        publish(house, PublishRequest(channels=("site",)), unwatched, now=NOW)
    found = words(house, "site")
    assert [found[one] for one in IDS[:5]] == [Word.LIVE] * 5
    assert Word.LIVE not in [found[one] for one in IDS[5:]]
    publish(house, PublishRequest(), unwatched, now=NOW)
    assert words(house, "site") == dict.fromkeys(IDS, Word.LIVE)


def test_naming_the_last_alone_says_which_is_before_it(house: House) -> None:
    published = publish(house, PublishRequest((IDS[-1],)), unwatched, now=NOW)
    assert published.results == ()
    assert "川下り 10" in published.plan.actions[0].reason.ja


def test_a_hold_set_between_plan_and_write_keeps_the_edition_back(house: House, paper: Paper) -> None:
    work = Publishing(house, PublishRequest(channels=("site",)), unwatched, NOW)
    work.prepare()
    house.ledger.hold(Scope(article=IDS[3]), now=NOW, who="editor")
    work.complete()
    found = words(house, "site")
    assert [found[one] for one in IDS[:3]] == [Word.LIVE] * 3
    assert (found[IDS[3]], found[IDS[4]]) == (Word.ON_HOLD, Word.BLOCKED)
    assert not paper.page("part-3").exists()


def test_the_edition_elsewhere_has_the_whole_chain(house: House, paper: Paper) -> None:
    made = build(house, paper.root / "preview", now=NOW)
    assert (made.articles, made.left_out) == (12, ())
