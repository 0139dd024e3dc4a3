"""Planning costs what changed: what is known is neither rendered nor checked again, and never trusted blindly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.compose import STATE, House, open_house
from flows.stages.planning import Question, plan
from flows.stages.publishing import publish
from flows.stages.values import PublishRequest, unwatched
from kawaraban import registry
from kawaraban.article.check import check
from kawaraban.delivery import ActionKind, Word
from kawaraban.errors import Conflict
from tests.builders import NOW
from tests.desk.papers import Paper, paper_at


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    made = paper_at(tmp_path / "paper")
    made.write()
    return made


@pytest.fixture
def house(paper: Paper) -> Iterator[House]:
    with open_house(paper.root, clock=lambda: NOW, who="editor") as opened:
        yield opened


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is rendered and checked, in order."""
    done: list[str] = []
    renderer = registry.renderer

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*given: Any, **named: Any) -> Any:
            done.append(name)
            return real(*given, **named)

        return noting

    monkeypatch.setattr(registry, "renderer", lambda channel: noted(channel.name, renderer(channel)))
    monkeypatch.setattr("flows.stages.surveying.check", noted("check", check))
    return done


def test_what_is_planned_again_is_not_rendered_or_checked_again(house: House, work: list[str]) -> None:
    first = plan(house, Question(), now=NOW).plan
    assert sorted(work) == ["check", "note", "rss", "site"]
    work.clear()
    assert plan(house, Question(), now=NOW).plan == first
    assert work == []


def test_what_goes_out_after_a_plan_is_what_the_plan_showed(house: House) -> None:
    shown = {one.channel: (one.digest, one.losses) for one in plan(house, Question(), now=NOW).plan.actions}
    published = publish(house, PublishRequest(), unwatched, now=NOW)
    assert {one.channel: (one.digest, one.losses) for one in published.plan.actions} == shown
    assert {row.channel: row.live_digest or row.handed_over for row in house.ledger.deliveries()} == {
        channel: digest for channel, (digest, _) in shown.items()
    }


def test_an_edit_renders_that_article_alone_and_shows_its_phrases(house: House, paper: Paper, work: list[str]) -> None:
    publish(house, PublishRequest(), unwatched, now=NOW)
    paper.write(title="雨樋の音を、聞く")
    plan(house, Question(), now=NOW)
    work.clear()
    site = next(one for one in plan(house, Question(), now=NOW).plan.actions if one.channel == "site")
    assert (site.action, site.word, site.cause) == (ActionKind.UPDATE, Word.CHANGED, "article")
    assert [line.part for line in site.diff][:1] == ["title"]
    assert "check" not in work


def test_a_memory_that_lies_is_found_out_before_anything_goes_out(house: House) -> None:
    plan(house, Question(), now=NOW)
    memory = house.root / STATE / "cache" / "variants.json"
    raw = json.loads(memory.read_text(encoding="utf-8"))
    for values in raw["variants"].values():
        values[2] = "0" * 64
    memory.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(Conflict, match="another text"):
        publish(house, PublishRequest(), unwatched, now=NOW)
    assert house.ledger.deliveries() == []
    assert not publish(house, PublishRequest(), unwatched, now=NOW).failed


@pytest.mark.parametrize("written", ["", "{", "[]", '{"variants": [], "clean": {}}', '{"variants": {"a/site": 1}}'])
def test_a_memory_that_cannot_be_read_costs_only_time(house: House, written: str) -> None:
    memory = house.root / STATE / "cache" / "variants.json"
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(written, encoding="utf-8")
    assert len(plan(house, Question(), now=NOW).plan.to_do) == 3


def test_one_article_is_asked_about_without_the_others(house: House) -> None:
    publish(house, PublishRequest(), unwatched, now=NOW)
    known = house.ledger.all_known()
    assert house.ledger.all_known([]) == {}
    assert house.ledger.all_facts(list(known)) == house.ledger.all_facts()
    assert dict(house.ledger.standing(["rain", "nowhere"])) == {"rain": next(iter(known))}


def test_an_article_that_takes_the_address_of_a_public_one_whose_file_has_gone_is_blocked(
    house: House, paper: Paper
) -> None:
    publish(house, PublishRequest(), unwatched, now=NOW)
    for file in (paper.root / "content" / "articles").rglob("index.md"):
        file.write_text(file.read_text(encoding="utf-8").replace("id: 7ra1ny7a", "id: 8ra1ny8a"), encoding="utf-8")
    actions = plan(house, Question(), now=NOW).plan.actions
    site = next(one for one in actions if (one.article, one.channel) == ("8ra1ny8a", "site"))
    assert site.action is ActionKind.BLOCKED
    assert "雨樋の音" in site.reason.ja
