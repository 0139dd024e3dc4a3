"""`after_article`: on each channel the other article goes first; and what goes out at one instant goes in its order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kawaraban.delivery import ActionKind, State, Word
from kawaraban.ledger import Hold, Scope
from kawaraban.plan import Action, Plan, Wanted, expectations
from tests.kawaraban.plan.pieces import HOUR, NOW, World, everywhere, intent, named, of, wanted

FIRST, SECOND = "zzzzzzz9", "aaaaaaa1"  # the ids are against the order


def both(channel: str = "site", first: dict[str, Any] | None = None, **second: Any) -> list[Wanted]:
    return [
        wanted(intent(FIRST, **(first or {})), channel),
        wanted(intent(SECOND, after_article=FIRST, **second), channel),
    ]


def second(plan: Plan, channel: str = "site") -> Action:
    return of(plan, channel, SECOND)


def test_the_second_goes_out_behind_the_first_in_one_run() -> None:
    plan = World().plan(both("hook"))
    assert [action.article for action in plan.to_do] == [FIRST, SECOND]
    assert second(plan, "hook").after_article == FIRST
    assert of(plan, "hook", FIRST).after_article is None


def test_each_channel_waits_for_the_same_channel_of_the_first() -> None:
    world = World()
    asked = [*everywhere(intent(FIRST)), *everywhere(intent(SECOND, after_article=FIRST))]
    world.publish(asked)
    world.publish(asked)
    plan = world.plan(asked)
    assert {row.channel for (article, _), row in world.rows.items() if article == SECOND and row.public} == {
        "site",
        "rss",
    }
    note = second(plan, "note")
    assert (note.action, note.due, note.due_known) == (ActionKind.SKIP, None, False)  # nobody knows when a person posts
    assert f"川の音 {FIRST}" in note.reason.ja
    package = world.rows[FIRST, "note"].handed_over
    world.put(FIRST, "note", state=State.LIVE, live_digest=package, first_live=NOW, handed_over=None)
    assert second(world.plan(asked), "note").action is ActionKind.CREATE


def test_the_second_is_expected_when_the_first_is() -> None:
    plan = World().plan(both(first={"published": NOW + 2 * HOUR}, published=NOW + HOUR))
    waits = second(plan)
    assert (waits.action, waits.word) == (ActionKind.SKIP, Word.SCHEDULED)
    assert (waits.due, waits.due_known) == (NOW + 2 * HOUR, False)
    row = next(row for row in expectations(plan) if row.article == SECOND)
    assert row.due is None  # unknown until the first is there


@pytest.mark.parametrize(
    ("first", "word"),
    [
        ({"status": "draft"}, Word.DRAFT),
        ({"withdrawn": NOW - HOUR}, Word.WITHDRAWN),
        ({"expires": NOW - HOUR}, Word.WITHDRAWN),
        ({"doubts": ("slug",)}, Word.BLOCKED),
        ({"published": None}, Word.BLOCKED),
    ],
)
def test_what_stops_the_first_blocks_the_second_by_its_name(first: dict[str, Any], word: Word) -> None:
    stopped = second(World().plan(both(first=first)))
    assert (stopped.action, stopped.word) == (ActionKind.BLOCKED, Word.BLOCKED)
    assert f"川の音 {FIRST}" in stopped.reason.ja
    assert word.value in stopped.reason.en
    assert stopped.remedy is not None
    assert f"kawaraban status {FIRST}" in stopped.remedy.en


def test_a_held_first_blocks_the_second_and_lets_it_go_when_resumed() -> None:
    world = World(holds=(Hold(Scope(article=FIRST), NOW, "editor", "確認中"),))
    assert second(world.plan(both())).action is ActionKind.BLOCKED
    world.holds = ()
    assert second(world.plan(both())).action is ActionKind.CREATE


def test_a_late_first_blocks_the_second() -> None:
    world = World()
    asked = [
        wanted(intent(FIRST, published=NOW - 5 * HOUR), "hook", late=HOUR),
        wanted(intent(SECOND, after_article=FIRST), "hook", late=HOUR),
    ]
    world.put(FIRST, "hook", made=NOW - 6 * HOUR)
    world.put(SECOND, "hook", made=NOW - HOUR / 2)
    stopped = second(world.plan(asked), "hook")
    assert stopped.action is ActionKind.BLOCKED
    assert "遅れ" in stopped.reason.ja


def test_a_first_that_was_refused_or_may_have_arrived_blocks_the_second() -> None:
    for state in (State.FAILED, State.UNSURE):
        world = World()
        asked = both("hook")
        world.put(FIRST, "hook", state=state, attempts=1, failures=1, tried_digest=asked[0].digest)
        assert second(world.plan(asked), "hook").action is ActionKind.BLOCKED


def test_a_first_that_was_taken_down_after_it_was_live_blocks_what_has_not_gone_yet() -> None:
    world = World()
    world.publish([wanted(intent(FIRST), "site")])
    stopped = second(world.plan(both(first={"withdrawn": NOW})))
    assert (stopped.action, "withdrawn" in stopped.reason.en) == (ActionKind.BLOCKED, True)


def test_what_is_live_stays_whatever_becomes_of_the_first() -> None:
    world = World()
    world.publish(both())
    assert second(world.plan(both(first={"withdrawn": NOW}))).action is ActionKind.SKIP


def test_where_the_first_does_not_go_there_is_nothing_to_wait_for() -> None:
    asked = [wanted(intent(FIRST), "hook", enabled=False), wanted(intent(SECOND, after_article=FIRST), "hook")]
    assert second(World().plan(asked), "hook").action is ActionKind.CREATE


def test_the_second_named_alone_does_not_overtake() -> None:
    plan = World().plan(both(), named(SECOND))
    assert [(action.article, action.action) for action in plan.actions] == [(SECOND, ActionKind.SKIP)]
    assert second(World().plan(both(), named(FIRST, SECOND))).action is ActionKind.CREATE


def test_a_circle_and_a_missing_first_go_nowhere() -> None:
    circle = [
        wanted(intent(FIRST, after_article=SECOND), "site"),
        wanted(intent(SECOND, after_article=FIRST), "site"),
    ]
    assert World().plan(circle).to_do == ()
    assert World().plan([wanted(intent(SECOND, after_article=FIRST), "site")]).to_do == ()


def test_a_chain_of_a_thousand_articles_is_planned() -> None:
    ids = [f"{number:08d}" for number in range(1000)]
    asked = [wanted(intent(one, after_article=first), "site") for one, first in zip(ids, [None, *ids], strict=False)]
    plan = World().plan(asked[::-1])
    assert [action.article for action in plan.to_do] == ids


def test_what_goes_out_at_one_instant_goes_by_published_and_then_id() -> None:
    late = intent("aaaaaaa1", published=NOW)
    early = [intent(name, published=NOW - HOUR) for name in ("ccccccc3", "bbbbbbb2")]
    asked = [wanted(meant, channel, at=NOW) for meant in (late, *early) for channel in ("site", "hook")]
    plan = World().plan(asked)
    assert [action.article for action in plan.to_do if action.channel == "hook"] == ["bbbbbbb2", "ccccccc3", "aaaaaaa1"]
    assert {action.due for action in plan.to_do} == {NOW}


def test_a_delay_of_the_second_channel_counts_on() -> None:
    world = World()
    asked = [*everywhere(intent(FIRST)), *everywhere(intent(SECOND, after_article=FIRST), rss={"delay": "10m"})]
    world.publish(asked)
    assert second(world.plan(asked), "rss").due == NOW + timedelta(minutes=10)
