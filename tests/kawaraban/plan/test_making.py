from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kawaraban.delivery import ActionKind, State, Word
from kawaraban.errors import Blocked, Sentence, alike
from kawaraban.ledger import Hold, Known, Scope
from kawaraban.plan import Intent, Selection, expectations
from tests.kawaraban.plan.pieces import HOUR, NOW, World, everywhere, intent, named, of, verbs, wanted

ID = "aaaaaaa1"


def live_everywhere(meant: Intent | None = None) -> World:
    """An article that is live on the site, in the feed, and (by a person) on note."""
    world = World()
    asked = everywhere(meant or intent())
    world.publish(asked)
    world.publish(asked)
    package = world.rows[ID, "note"].handed_over
    world.put(
        ID, "note", state=State.LIVE, live_digest=package, handed_over=None, article_digest=f"file-{ID}", first_live=NOW
    )
    return world


def test_a_ready_article_that_is_due_goes_everywhere_in_one_run() -> None:
    plan = World().plan(everywhere(intent()))
    assert verbs(plan) == {"site": "create", "rss": "create", "note": "create"}
    assert [action.after for action in plan.actions] == [None, "site", "site"]
    assert [action.by_hand for action in plan.actions] == [False, False, True]
    assert of(plan, "note").remedy is not None
    assert [action.word for action in plan.actions] == [Word.DUE, Word.SCHEDULED, Word.SCHEDULED]


def test_a_second_run_does_nothing() -> None:
    world = World()
    world.publish(everywhere(intent()))
    second = world.plan(everywhere(intent()))
    assert set(verbs(second).values()) == {"skip"}
    assert second.to_do == ()
    assert of(second, "note").word is Word.BY_HAND


def test_a_future_release_stays_scheduled_with_its_time_also_when_named() -> None:
    asked = everywhere(intent(published=NOW + HOUR), rss={"delay": "10m"})
    for selection in (Selection(), named(ID)):
        plan = World().plan(asked, selection)
        assert set(verbs(plan).values()) == {"skip"}
        assert [(action.due, action.due_known) for action in plan.actions] == [
            (NOW + HOUR, True),
            (NOW + HOUR + timedelta(minutes=10), False),
            (NOW + HOUR, False),
        ]
        assert {action.word for action in plan.actions} == {Word.SCHEDULED}
    assert [row.due for row in expectations(World().plan(asked))] == [NOW + HOUR, None, None]


@pytest.mark.parametrize("status", ["draft", "review", "archived"])
def test_what_is_not_ready_is_skipped_and_blocked_with_the_remedy_when_named(status: Any) -> None:
    asked = everywhere(intent(status=status))
    plan = World().plan(asked)
    assert set(verbs(plan).values()) == {"skip"}
    assert {action.word for action in plan.actions} == {Word.DRAFT}
    assert expectations(plan) == []
    plan = World().plan(asked, named(ID))
    assert set(verbs(plan).values()) == {"blocked"}
    remedy = of(plan, "site").remedy
    assert remedy is not None
    assert "status: ready" in remedy.en


@pytest.mark.parametrize(
    ("changes", "said", "remedy"),
    [
        ({"published": None}, "published", "schedule aaaaaaa1 --at now"),
        ({"doubts": ("slug", "updated")}, "slug, updated", "remove review.must.slug, review.must.updated"),
        ({"blocked": Sentence(ja="悪い", en="bad"), "remedy": Sentence(ja="直す", en="mend")}, "bad", "mend"),
    ],
)
def test_a_ready_article_that_is_wrong_is_blocked_with_the_remedy(changes: Any, said: str, remedy: str) -> None:
    plan = World().plan(everywhere(intent(**changes)))
    for action in plan.actions:
        assert action.action is ActionKind.BLOCKED
        assert action.word is Word.BLOCKED
        assert said in action.reason.en
        assert action.remedy is not None
        assert remedy in action.remedy.en
    assert plan.blocked == plan.actions


def test_a_slug_that_moved_after_publication_is_blocked_until_the_old_one_redirects() -> None:
    world = live_everywhere()
    moved = intent(slug="oto", digest="file-2")
    plan = world.plan(everywhere(moved))
    assert of(plan, "site").action is ActionKind.BLOCKED
    assert f"kawa-{ID}" in (of(plan, "site").remedy or Sentence(ja="", en="")).en
    for alias in (f"kawa-{ID}", f"/articles/kawa-{ID}/"):
        plan = world.plan(everywhere(replace(moved, aliases=(alias,))))
        assert of(plan, "site").action is ActionKind.UPDATE


def test_a_channel_waits_for_the_one_it_comes_after() -> None:
    world = World()
    asked = everywhere(intent(), note={"delay": "3d"})
    plan = world.publish(asked)
    note = of(plan, "note")
    assert (note.action, note.due, note.due_known) == (ActionKind.SKIP, NOW + timedelta(days=3), False)
    plan = world.publish(asked, now=NOW + HOUR)
    assert (of(plan, "note").due, of(plan, "note").due_known) == (NOW + timedelta(days=3), True)
    plan = world.plan(asked, now=NOW + timedelta(days=3))
    assert of(plan, "note").action is ActionKind.CREATE
    assert of(plan, "note").after is None


def test_a_channel_after_one_that_is_not_asked_for_waits() -> None:
    plan = World().plan(everywhere(intent()), Selection(channels=frozenset({"rss"})))
    assert verbs(plan) == {"rss": "skip"}
    assert of(plan, "rss").due is not None


def test_a_channel_after_what_a_person_posts_has_no_time() -> None:
    asked = [*everywhere(intent()), wanted(intent(), "hook", after="note")]
    plan = World().plan(asked)
    assert (of(plan, "hook").action, of(plan, "hook").due) == (ActionKind.SKIP, None)
    assert "note" in of(plan, "hook").reason.en


def test_channels_that_wait_for_each_other_wait() -> None:
    plan = World().plan([wanted(intent(), "rss", after="note"), wanted(intent(), "note", after="rss")])
    assert set(verbs(plan).values()) == {"skip"}


def test_due_is_the_latest_of_everything() -> None:
    meant = intent(embargo=NOW + HOUR)
    assert of(World().plan([wanted(meant, "site")]), "site").due == NOW + HOUR
    assert of(World().plan([wanted(meant, "site", at=NOW + 2 * HOUR)]), "site").due == NOW + 2 * HOUR
    assert of(World().plan([wanted(meant, "site", at=NOW)]), "site").due == NOW + HOUR


def test_an_edit_goes_to_site_and_feed_by_itself_and_to_others_when_named() -> None:
    world = live_everywhere()
    edited = everywhere(intent(digest="file-2"), "川の音が、まだする。")
    plan = world.plan(edited)
    assert verbs(plan) == {"site": "update", "rss": "update", "note": "skip"}
    assert of(plan, "note").word is Word.CHANGED
    assert {action.cause for action in plan.actions} == {"article"}
    assert of(plan, "note").diff[0].after == "川の音が、まだする。"
    plan = world.publish(edited, named(ID))
    assert of(plan, "note").action is ActionKind.UPDATE
    again = world.plan(edited, named(ID))
    assert of(again, "note").action is ActionKind.SKIP
    assert of(again, "note").word is Word.BY_HAND


def test_update_never_and_ask_are_kept() -> None:
    world = live_everywhere()
    edited = everywhere(intent(digest="file-2"), "別の文。", site={"update": "never"}, rss={"update": "ask"})
    assert verbs(world.plan(edited)) == {"site": "skip", "rss": "skip", "note": "skip"}
    assert verbs(world.plan(edited, named(ID))) == {"site": "skip", "rss": "update", "note": "update"}


def test_what_only_the_program_changed_goes_to_site_and_feed_and_elsewhere_by_refresh() -> None:
    world = live_everywhere()
    rendered = everywhere(intent(), "新しい組み方の同じ記事。")
    plan = world.plan(rendered, named(ID))
    assert verbs(plan) == {"site": "update", "rss": "update", "note": "skip"}
    assert {action.cause for action in plan.actions} == {"program"}
    assert verbs(world.plan(rendered, Selection(refresh=True)))["note"] == "update"


def test_once_live_a_draft_holds_its_edits_and_takes_nothing_down() -> None:
    world = live_everywhere()
    edited = everywhere(intent(status="draft", digest="file-2"), "書きかけ。")
    plan = world.plan(edited)
    assert set(verbs(plan).values()) == {"skip"}
    assert {action.word for action in plan.actions} == {Word.CHANGED}
    assert set(verbs(world.plan(edited, named(ID))).values()) == {"blocked"}
    unchanged = everywhere(intent(status="draft"))
    assert set(verbs(world.plan(unchanged, named(ID))).values()) == {"skip"}


def test_archived_still_gets_its_edits() -> None:
    plan = live_everywhere().plan(everywhere(intent(status="archived", digest="file-2"), "終わり。"))
    assert verbs(plan)["site"] == "update"


@pytest.mark.parametrize("ending", [{"withdrawn": date(2024, 11, 5)}, {"withdrawn": NOW}, {"expires": NOW}])
def test_withdrawn_and_expired_come_down_and_stay_down(ending: Any) -> None:
    world = live_everywhere()
    asked = everywhere(intent(digest="file-2", **ending))
    plan = world.publish(asked)
    assert verbs(plan) == {"site": "withdraw", "rss": "withdraw", "note": "withdraw"}
    assert of(plan, "note").word is Word.TO_TAKE_DOWN
    second = world.plan(asked)
    assert second.to_do == ()
    assert [action.word for action in second.actions] == [Word.WITHDRAWN, Word.WITHDRAWN, Word.TO_TAKE_DOWN]


def test_what_ends_later_is_still_live() -> None:
    world = live_everywhere()
    assert world.plan(everywhere(intent(expires=NOW + HOUR))).to_do == ()


def test_what_never_went_out_is_not_sent_after_it_was_withdrawn() -> None:
    plan = World().plan(everywhere(intent(withdrawn=NOW)), named(ID))
    assert set(verbs(plan).values()) == {"skip"}


def test_withdrawn_goes_out_again_only_by_again() -> None:
    world = live_everywhere()
    world.publish(everywhere(intent(withdrawn=NOW)))
    asked = everywhere(intent(digest="file-3"))
    assert of(world.plan(asked, named(ID)), "site").action is ActionKind.SKIP
    assert of(world.plan(asked, Selection(again=True)), "site").action is ActionKind.SKIP
    again = world.plan(asked, named(ID, again=True))
    assert of(again, "site").action is ActionKind.CREATE
    assert of(again, "site").reopen
    still = world.plan(everywhere(intent(withdrawn=NOW)), named(ID, again=True))
    assert of(still, "site").action is ActionKind.BLOCKED


def test_a_pin_holds_an_earlier_text_until_the_file_changes() -> None:
    world = live_everywhere()
    first = world.rows[ID, "site"].live_digest
    edited = everywhere(intent(digest="file-2"), "直した。")
    world.publish(edited)
    world.put(ID, "site", pinned_digest=first, pinned_against="file-2")
    plan = world.publish(edited)
    assert (of(plan, "site").action, of(plan, "site").digest) == (ActionKind.UPDATE, first)
    assert [line.after for line in of(plan, "site").diff] == ["", "川の音がする。"]
    held = of(world.plan(edited), "site")
    assert (held.action, held.word) == (ActionKind.SKIP, Word.LIVE)
    assert of(world.plan(everywhere(intent(digest="file-3"), "また直した。")), "site").action is ActionKind.UPDATE


def test_holds_stop_what_they_cover_and_say_how_to_resume() -> None:
    for scope, command in [
        (Scope(), "resume --all"),
        (Scope(article=ID), f"resume {ID}"),
        (Scope(channel="site"), "resume --channel site"),
    ]:
        world = World(holds=(Hold(scope, NOW, "editor", "地震"),))
        plan = world.plan(everywhere(intent()))
        site = of(plan, "site")
        assert (site.action, site.word) == (ActionKind.SKIP, Word.ON_HOLD)
        assert site.remedy is not None
        assert command in site.remedy.en
        assert of(world.plan(everywhere(intent()), named(ID)), "site").action is ActionKind.BLOCKED
        assert plan.to_do == ()
    plan = World().plan(everywhere(intent(), site={"hold": "確認中"}))
    assert "確認中" in of(plan, "site").reason.ja


def test_a_hold_keeps_nothing_public_that_was_withdrawn() -> None:
    world = live_everywhere()
    world.holds = (Hold(Scope(), NOW, "editor"),)
    assert of(world.plan(everywhere(intent(withdrawn=NOW))), "site").action is ActionKind.WITHDRAW


def test_off_is_off_until_article_and_channel_are_named() -> None:
    assert of(World().plan(everywhere(intent(), note={"enabled": False})), "note").word is Word.OFF
    world = World()
    world.put(ID, "note", off=True)
    world.publish([wanted(intent(), "site")])
    asked = everywhere(intent())
    assert of(world.plan(asked), "note").word is Word.OFF
    assert of(world.plan(asked, named(ID)), "note").action is ActionKind.SKIP
    insisted = world.plan(asked, named(ID, channels=frozenset({"note"})))
    assert of(insisted, "note").action is ActionKind.CREATE
    assert [row.off for row in expectations(insisted)] == [False]


def test_what_was_refused_is_tried_again_when_named_or_when_the_text_is_another() -> None:
    world = World()
    asked = everywhere(intent())
    tried = asked[0].digest
    world.put(ID, "site", state=State.FAILED, tried_digest=tried, failures=1, error=Sentence(ja="だめ", en="bad"))
    left = of(world.plan(asked), "site")
    assert (left.action, left.word) == (ActionKind.SKIP, Word.FAILED)
    assert "bad" in left.reason.en
    again = of(world.plan(asked, named(ID)), "site")
    assert (again.action, again.reopen) == (ActionKind.CREATE, True)
    mended = of(world.plan(everywhere(intent(digest="file-2"), "直した。")), "site")
    assert mended.action is ActionKind.CREATE


def test_the_back_off_is_waited_for_unless_named() -> None:
    world = World()
    asked = everywhere(intent())
    world.put(ID, "site", due=NOW - HOUR, failures=1, next_try=NOW + HOUR)
    waiting = of(world.plan(asked), "site")
    assert (waiting.action, waiting.word) == (ActionKind.SKIP, Word.RETRYING)
    assert of(world.plan(asked, named(ID)), "site").action is ActionKind.CREATE
    assert of(world.plan(asked, now=NOW + HOUR), "site").action is ActionKind.CREATE


def test_what_another_is_sending_is_left_alone_until_its_lease_ends() -> None:
    world = World()
    asked = everywhere(intent())
    world.put(ID, "site", state=State.SENDING, attempts=1, lease_owner="other", lease_until=NOW + HOUR)
    assert of(world.plan(asked, named(ID)), "site").action is ActionKind.SKIP
    lapsed = of(world.plan(asked, now=NOW + HOUR), "site")
    assert (lapsed.action, lapsed.asks_first) == (ActionKind.CREATE, True)


def test_unsure_is_a_persons_where_the_channel_cannot_be_asked() -> None:
    world = World()
    world.put(ID, "hook", state=State.UNSURE, attempts=1)
    world.put(ID, "site", state=State.UNSURE, attempts=1)
    plan = world.plan([wanted(intent(), "hook"), wanted(intent(), "site")])
    hook, site = of(plan, "hook"), of(plan, "site")
    assert (hook.action, hook.word) == (ActionKind.BLOCKED, Word.UNSURE)
    assert hook.remedy is not None
    assert f"settle {ID} hook" in hook.remedy.en
    assert (site.action, site.asks_first) == (ActionKind.CREATE, True)


def test_what_differs_there_is_left_to_a_person() -> None:
    world = live_everywhere()
    world.put(ID, "note", differences=(alike("段落 3"),))
    note = of(world.plan(everywhere(intent())), "note")
    assert (note.action, note.word) == (ActionKind.SKIP, Word.DRIFTED)
    assert note.remedy is not None
    assert "--as-it-is" in note.remedy.en


def test_a_vanished_file_withdraws_nothing() -> None:
    world = live_everywhere()
    world.present = frozenset()
    plan = world.plan([])
    assert set(verbs(plan).values()) == {"skip"}
    assert {action.word for action in plan.actions} == {Word.LIVE}
    assert expectations(plan) == []


def test_many_vanished_files_stop_publishing() -> None:
    world = World(present=frozenset({"zzzzzzz9"}))
    for number in range(6):
        world.put(f"aaaaaaa{number}", "site", state=State.LIVE, live_digest="x")
        world.known[f"aaaaaaa{number}"] = Known(f"aaaaaaa{number}", f"題{number}", "", "", "")
    with pytest.raises(Blocked, match=r"6 live articles are gone.*題0"):
        world.plan([])
    del world.rows["aaaaaaa5", "site"]
    assert len(world.plan([]).actions) == 5


def test_the_hash_moves_with_deeds_and_texts_and_with_nothing_else() -> None:
    base = World().plan(everywhere(intent()))
    assert base.matches(base.short)
    assert not base.matches(base.hash[:4])
    assert World().plan(everywhere(intent()), now=NOW + HOUR).hash == base.hash
    draft = everywhere(intent("bbbbbbb2", status="draft"))
    assert World().plan([*draft, *everywhere(intent())]).hash == base.hash
    assert World().plan([*everywhere(intent("bbbbbbb2")), *everywhere(intent())], named(ID)).hash == base.hash
    assert World().plan(everywhere(intent(), "別の文。")).hash != base.hash
    assert World().plan([wanted(intent(), "site")]).hash != base.hash


def test_a_date_of_the_future_that_was_frozen_long_ago_blocks_nothing() -> None:
    world = live_everywhere()
    plan = world.plan(everywhere(intent(published=None)))
    assert plan.blocked == ()
    late = wanted(intent(published=datetime(2030, 1, 1, tzinfo=UTC)), "hook", after="site")
    assert of(world.plan([late]), "hook").action is ActionKind.CREATE
