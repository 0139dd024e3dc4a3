"""What holds of every plan, whatever the articles say: pure, ordered by itself, and done after it was applied."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kawaraban.delivery import ActionKind
from kawaraban.plan import Intent, Selection, Wanted
from tests.kawaraban.plan.pieces import CHANNELS, HOUR, NOW, World, intent, wanted

IDS = ("aaaaaaa1", "bbbbbbb2", "ccccccc3")
moments = st.sampled_from([NOW - 2 * HOUR, NOW - HOUR, NOW, NOW + HOUR])
releases: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "enabled": st.booleans(),
        "delay": st.sampled_from([timedelta(), HOUR]),
        "update": st.sampled_from(["auto", "ask", "never"]),
        "hold": st.just("待つ"),
        "late": st.sampled_from([timedelta(minutes=30), 3 * HOUR]),
        "window": st.sampled_from(["07:00-21:00", "mon-fri 10:00-10:30"]),
        "at": st.sampled_from(["07:15", "+1d 08:00", NOW]),
    },
)


@st.composite
def articles(draw: st.DrawFn, article: str) -> Intent:
    return intent(
        article,
        status=draw(st.sampled_from(["draft", "review", "ready", "ready", "ready", "archived"])),
        published=draw(st.none() | moments),
        embargo=draw(st.none() | moments),
        expires=draw(st.none() | st.none() | moments),
        withdrawn=draw(st.none() | st.none() | st.none() | moments),
        doubts=draw(st.sampled_from([(), (), (), ("slug",)])),
        digest=draw(st.sampled_from(["file-1", "file-2"])),
        slug=draw(st.sampled_from(["kawa", "kawa", "oto"])),
    )


@st.composite
def libraries(draw: st.DrawFn) -> list[Wanted]:
    return [
        wanted(meant, channel, draw(st.sampled_from(["川の音。", "雨の音。"])), **draw(releases))
        for article in IDS
        for meant in [draw(articles(article))]
        for channel in CHANNELS
    ]


selections = st.builds(
    Selection,
    articles=st.none() | st.frozensets(st.sampled_from(IDS)),
    channels=st.none() | st.frozensets(st.sampled_from([*CHANNELS]), min_size=1),
    refresh=st.booleans(),
    again=st.booleans(),
)


@given(libraries(), libraries(), selections, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_a_plan_is_pure_and_orders_itself(
    before: list[Wanted], after: list[Wanted], selection: Selection, random: Random
) -> None:
    world = World()
    world.publish(before)
    frozen = deepcopy(world.rows)
    plan = world.plan(after, selection)
    shuffled = random.sample(after, len(after))
    world.rows = dict(random.sample(list(world.rows.items()), len(world.rows)))
    assert world.plan(shuffled, selection) == plan
    assert world.rows == frozen


@given(libraries(), libraries(), selections)
@settings(max_examples=150, deadline=None)
def test_after_everything_was_done_nothing_is_left_to_do(
    before: list[Wanted], after: list[Wanted], selection: Selection
) -> None:
    world = World()
    world.publish(before)
    world.publish(after, selection, now=NOW + HOUR)
    world.publish(after, selection, now=NOW + HOUR)  # what was to follow another channel has its time now
    assert world.plan(after, selection, now=NOW + HOUR).to_do == ()


@given(libraries(), libraries(), selections)
@settings(max_examples=150, deadline=None)
def test_every_line_has_a_reason_and_a_blocked_one_a_remedy(
    before: list[Wanted], after: list[Wanted], selection: Selection
) -> None:
    world = World()
    world.publish(before)
    for action in world.plan(after, selection).actions:
        assert action.reason.ja
        assert action.reason.en
        assert action.action is not ActionKind.BLOCKED or action.remedy
        assert action.action is not ActionKind.CREATE or (action.live_digest is None and action.digest is not None)
        assert action.action is not ActionKind.UPDATE or action.live_digest not in (None, action.digest)
        assert selection.articles is None or action.article in selection.articles
        assert selection.channels is None or action.channel in selection.channels


@given(libraries(), selections)
@settings(max_examples=100, deadline=None)
def test_nothing_leaves_before_its_time(asked: list[Wanted], selection: Selection) -> None:
    for action in World().plan(asked, selection).to_do:
        meant = next(one.intent for one in asked if one.intent.article == action.article)
        assert meant.status == "ready"
        assert meant.published is not None
        assert max(meant.published, meant.embargo or meant.published) <= NOW
        assert action.due is not None
        assert action.due <= NOW
