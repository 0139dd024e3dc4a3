"""What people tell the ledger, and what the plan makes of it afterwards: as it is, arrived, taken down, vanished."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.compose import House, open_house
from flows.stages.planning import Question, plan
from flows.stages.publishing import publish
from flows.stages.recording import settle
from flows.stages.values import PublishRequest, unwatched
from kawaraban.delivery import TAKE_DOWN, ActionKind, Delivery, Receipt, State, Word
from kawaraban.errors import Blocked, Conflict, WrongInput, alike
from kawaraban.ledger import Posted, Settlement
from kawaraban.plan import Action
from tests.builders import NOW
from tests.desk.papers import Paper, paper_at

ID = "7ra1ny7a"


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    made = paper_at(tmp_path / "paper")
    made.write()
    return made


@pytest.fixture
def house(paper: Paper) -> Iterator[House]:
    """Live on site and feed, and posted by a person to note with a difference."""
    with open_house(paper.root, clock=lambda: NOW, who="editor") as opened:
        publish(opened, PublishRequest(), unwatched, now=NOW)
        package = row(opened).handed_over or ""
        receipt = Receipt(
            "n12345678abc", "https://note.com/example/n/n12345678abc", NOW, differences=(alike("段落 1"),)
        )
        article = opened.library.find(ID)
        opened.ledger.record(Posted(ID, "note", receipt, package, article.digest), now=NOW, who="editor")
        yield opened


def row(house: House, channel: str = "note") -> Delivery:
    found = house.ledger.delivery(ID, channel)
    assert found is not None
    return found


def planned(house: House, *names: str, channel: str = "note") -> Action:
    actions = plan(house, Question(names), now=NOW).plan.actions
    return next(one for one in actions if (one.article, one.channel) == (ID, channel))


def test_what_drifted_may_stay_as_it_is_until_the_article_changes(house: House, paper: Paper) -> None:
    assert planned(house).word is Word.DRIFTED
    settle(house, ID, "note", Settlement.AS_IT_IS, None, now=NOW)
    kept = planned(house, ID)
    assert (kept.action, kept.word) == (ActionKind.SKIP, Word.LIVE)
    paper.write(body="雨の日の本文を直した。\n")
    assert planned(house).word is Word.CHANGED
    assert planned(house, ID).action is ActionKind.UPDATE


def test_a_change_that_will_not_be_made_may_stay_as_it_is(house: House, paper: Paper) -> None:
    settle(house, ID, "note", Settlement.AS_IT_IS, None, now=NOW)
    paper.write(body="雨の日の本文を直した。\n")
    settle(house, ID, "note", Settlement.AS_IT_IS, None, now=NOW)
    assert planned(house, ID).word is Word.LIVE
    paper.write(body="もう一度直した。\n")
    assert planned(house, ID).action is ActionKind.UPDATE


def test_a_post_that_must_go_waits_for_a_person_and_is_withdrawn_when_it_is_gone(house: House, paper: Paper) -> None:
    paper.write(withdrawn="{at: 2024-11-04T09:00:00+09:00, reason: 事実に誤り}")
    published = publish(house, PublishRequest(), unwatched, now=NOW)
    assert {one.channel: one.outcome for one in published.results} == {
        "site": "withdrawn",
        "rss": "withdrawn",
        "note": "handed over",
    }
    assert row(house).handed_over == TAKE_DOWN
    assert planned(house).word is Word.TO_TAKE_DOWN
    assert not paper.page().exists()
    settle(house, ID, "note", Settlement.ARRIVED, None, now=NOW)
    assert (row(house).state, planned(house).word) == (State.WITHDRAWN, Word.WITHDRAWN)
    paper.write()
    assert planned(house).action is ActionKind.SKIP, "what was withdrawn stays so until --again"
    assert publish(house, PublishRequest(), unwatched, now=NOW).plan.to_do == ()


def test_nothing_is_settled_where_nothing_is_open(house: House) -> None:
    with pytest.raises(Conflict) as caught:
        settle(house, ID, "site", Settlement.NOT_ARRIVED, None, now=NOW)
    assert caught.value.remedy is not None
    with pytest.raises(WrongInput, match="no channel"):
        settle(house, ID, "nowhere", Settlement.ARRIVED, None, now=NOW)


def test_an_article_whose_file_has_gone_stays_public_and_is_told(house: House, paper: Paper) -> None:
    page = paper.page().read_bytes()
    for file in (paper.root / "content" / "articles").rglob("index.md"):
        file.unlink()
    published = publish(house, PublishRequest(), unwatched, now=NOW)
    assert published.results == ()
    assert {one.word for one in published.plan.actions} == {Word.LIVE}
    assert all(one.remedy and "gone" in one.reason.en for one in published.plan.actions)
    paper.page().unlink()
    publish(house, PublishRequest(), unwatched, now=NOW)
    assert paper.page().read_bytes() == page, "made again from the texts that the ledger keeps"


def test_a_content_folder_that_lost_many_live_articles_stops_publishing(house: House, paper: Paper) -> None:
    files = [paper.write(f"rain-{number}", id=f"7ra1ny{number}a") for number in range(5)]
    publish(house, PublishRequest(), unwatched, now=NOW)
    for file in [*files, paper.root / "content/articles/2024/rain/index.md"]:
        file.unlink()
    with pytest.raises(Blocked, match="6 live articles are gone") as caught:
        publish(house, PublishRequest(), unwatched, now=NOW)
    assert caught.value.remedy is not None
    assert paper.page().is_file()
