"""Rules of the plan that look beyond one article's file: lateness, addresses of others, what is born off, zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kawaraban.config import ReleaseSettings, resolve
from kawaraban.delivery import ActionKind, State, Word
from kawaraban.ledger import Known
from kawaraban.plan import Plan, Recorded, Selection, Wanted, expectations, make_plan, reasons
from tests.kawaraban.plan.pieces import HOOK, HOUR, NOW, World, everywhere, intent, named, of, verbs, wanted

ID = "aaaaaaa1"


def against(asked: list[Wanted], recorded: Recorded, selection: Selection | None = None, now: datetime = NOW) -> Plan:
    return make_plan(asked, recorded, selection or Selection(), now=now, zone=ZoneInfo("Asia/Tokyo"))


# --- lateness ---


def test_what_is_too_late_waits_for_a_person_and_goes_out_when_named() -> None:
    asked = [wanted(intent(), "hook", late=timedelta(hours=1))]
    world = World()
    world.put(ID, "hook", due=NOW - 3 * HOUR, made=NOW - 3 * HOUR)
    assert of(world.plan(asked), "hook").action is ActionKind.CREATE  # published an hour ago: just in time
    late = of(world.plan(asked, now=NOW + HOUR), "hook")
    assert (late.action, late.word) == (ActionKind.SKIP, Word.OVERDUE)
    assert late.remedy is not None
    assert f"publish {ID} --channel hook" in late.remedy.en
    assert of(world.plan(asked, named(ID), now=NOW + HOUR), "hook").action is ActionKind.CREATE


def test_lateness_counts_from_the_rows_making_and_what_has_none_is_not_late() -> None:
    asked = [wanted(intent(published=NOW - 1000 * HOUR), "hook", late=timedelta(hours=1))]
    assert of(World().plan(asked), "hook").action is ActionKind.CREATE
    world = World()
    world.put(ID, "hook", made=NOW - HOUR / 2)
    assert of(world.plan(asked), "hook").action is ActionKind.CREATE


def test_what_may_have_arrived_is_asked_about_however_late_it_is() -> None:
    asked = [wanted(intent(), "site", late=timedelta(minutes=1))]
    world = World()
    world.put(ID, "site", state=State.UNSURE, attempts=1, made=NOW - 9 * HOUR)
    assert of(world.plan(asked), "site").asks_first


# --- addresses ---


def test_a_thread_that_is_half_out_goes_on_however_late_it_is_and_is_taken_down_with_its_article() -> None:
    late = wanted(intent(), "hook", late={"limit": "1h"})
    world = World()
    world.put(
        "aaaaaaa1", "hook", halfway=True, attempts=1, cleared=1, failures=1, due=NOW - 3 * HOUR, made=NOW - 3 * HOUR
    )
    going = of(world.plan([late]), "hook")
    assert (going.action, going.word, going.reason) == (ActionKind.CREATE, Word.RETRYING, reasons.GOES_ON)
    down = of(world.plan([wanted(intent(withdrawn=NOW), "hook")]), "hook")
    assert down.action is ActionKind.WITHDRAW
    off = of(world.plan([wanted(intent(withdrawn=NOW), "hook", enabled=False)]), "hook")
    assert off.action is ActionKind.WITHDRAW


def test_an_edit_that_is_half_done_is_finished_though_the_text_is_again_what_is_live() -> None:
    world = World()
    asked = [wanted(intent(), "hook")]
    world.publish(asked)
    world.put("aaaaaaa1", "hook", halfway=True)
    assert of(world.plan(asked), "hook").action is ActionKind.UPDATE


def test_a_slug_under_which_another_article_is_public_is_blocked_by_its_name() -> None:
    asked = [wanted(intent(slug="kawa"), "site")]
    other = Known("bbbbbbb2", "橋の話", "articles/2024/hashi/index.md", "kawa", "file-b")
    recorded = Recorded(known={"bbbbbbb2": other}, addresses={"kawa": "bbbbbbb2"})
    site = of(against(asked, recorded), "site")
    assert (site.action, site.word) == (ActionKind.BLOCKED, Word.BLOCKED)
    assert "橋の話" in site.reason.ja
    assert site.remedy is not None
    assert of(against(asked, replace(recorded, addresses={"kawa": ID})), "site").action is ActionKind.CREATE


def test_a_redirect_from_anothers_public_page_is_blocked_too() -> None:
    asked = [wanted(intent(slug="oto", aliases=("/articles/kawa/",)), "site")]
    assert of(against(asked, Recorded(addresses={"kawa": "bbbbbbb2"})), "site").action is ActionKind.BLOCKED


# --- born off ---


def test_what_is_born_off_is_remembered_so_and_goes_out_only_by_name_and_channel() -> None:
    asked = [replace(wanted(intent(), "hook"), born_off=True)]
    world = World()
    plan = world.publish(asked)
    assert (of(plan, "hook").action, of(plan, "hook").word) == (ActionKind.SKIP, Word.OFF)
    assert [row.off for row in expectations(plan)] == [True]
    later = [wanted(intent(digest="file-2"), "hook")]  # the ledger knows it from now on, whatever is said of its birth
    assert of(world.plan(later), "hook").word is Word.OFF
    assert of(world.plan(later, named(ID)), "hook").action is ActionKind.SKIP
    insisted = world.plan(later, named(ID, channels=frozenset({"hook"})))
    assert of(insisted, "hook").action is ActionKind.CREATE
    assert [row.off for row in expectations(insisted)] == [False]


def test_a_row_that_exists_is_not_born_again() -> None:
    world = World()
    world.put(ID, "hook", due=NOW - HOUR)
    assert of(world.plan([replace(wanted(intent(), "hook"), born_off=True)]), "hook").action is ActionKind.CREATE


# --- times ---


@pytest.mark.parametrize("status", ["ready", "archived"])
def test_published_is_frozen_at_the_first_live_whatever_the_file_says_later(status: str) -> None:
    world = World()
    world.publish([wanted(intent(), "site")])
    frozen = world.known[ID].published
    moved = intent(digest="file-2", published=NOW + 100 * HOUR, status=status)
    asked = [wanted(moved, "site", "直した。"), wanted(moved, "rss", delay=timedelta(minutes=10))]
    plan = world.publish(asked, now=NOW + HOUR)
    assert of(plan, "site").action is ActionKind.UPDATE
    if status == "ready":  # the entry still counts from the instant that readers know
        assert verbs(plan)["rss"] == "create"
    assert world.known[ID].published == frozen


def test_what_waits_for_another_channel_has_an_estimate_in_the_plan_and_nothing_in_the_ledger() -> None:
    asked = everywhere(intent(), rss={"delay": timedelta(minutes=10)})
    world = World()
    plan = world.publish(asked)
    assert (of(plan, "rss").due, of(plan, "rss").due_known) == (NOW + timedelta(minutes=10), False)
    assert world.rows[ID, "rss"].due is None
    after = world.plan(asked, now=NOW + timedelta(minutes=1))
    assert (of(after, "rss").due, of(after, "rss").due_known) == (NOW + timedelta(minutes=10), True)


def test_a_window_is_read_on_the_newsrooms_clock_after_everything_else() -> None:
    meant = intent(published=datetime(2024, 11, 5, 13, 0, tzinfo=UTC))  # 22:00 in Tokyo
    site = of(World().plan([wanted(meant, "site", window="07:00-21:00")]), "site")
    assert site.due == datetime(2024, 11, 5, 22, 0, tzinfo=UTC)
    assert "2024-11-06 07:00" in site.reason.en


def test_the_same_instant_written_in_another_zone_is_the_same_plan() -> None:
    here = intent(published=datetime.fromisoformat("2024-11-05T09:00:00+09:00"))
    there = intent(published=datetime.fromisoformat("2024-11-04T19:00:00-05:00"))
    assert World().plan(everywhere(here)) == World().plan(everywhere(there))


def test_an_embargo_holds_every_channel() -> None:
    asked = everywhere(intent(embargo=NOW + HOUR), note={"at": NOW - HOUR})
    plan = World().plan(asked, named(ID))
    assert set(verbs(plan).values()) == {"skip"}
    assert {action.due for action in plan.actions} == {NOW + HOUR}


# --- vanished ---


def test_a_vanished_article_is_told_with_a_remedy_and_left_as_it_is() -> None:
    world = World()
    world.publish(everywhere(intent()))
    world.present = frozenset()
    gone = of(world.plan([]), "site")
    assert (gone.action, gone.word, gone.digest) == (ActionKind.SKIP, Word.LIVE, gone.live_digest)
    assert gone.remedy is not None
    assert "file is gone" in gone.reason.en


# --- lateness by kind, and behind another channel ---

MAIL = replace(HOOK, late=timedelta(hours=1))


def announced(hours: float = 1, **release: Any) -> list[Wanted]:
    """An article that was due so long ago, for the site and for a channel that announces and follows it."""
    meant = intent(published=NOW - timedelta(hours=hours))
    return [
        wanted(meant, "site"),
        replace(wanted(meant, "hook", **{"after": "site", **release}), capabilities=MAIL),
    ]


def woken(asked: list[Wanted]) -> World:
    """The ledger of a machine that took the article up long before, and slept since."""
    world = World()
    for one in asked:
        world.put(ID, one.channel, made=NOW - 100 * HOUR)
    return world


def test_after_an_outage_what_announces_is_as_late_as_it_was_to_be_there_not_as_its_page_came() -> None:
    for hours, word in ((0.5, Word.LIVE), (2, Word.OVERDUE)):
        asked = announced(hours)
        world = woken(asked)
        world.publish(asked)
        world.publish(asked)
        assert of(world.plan(asked), "site").word is Word.LIVE  # never too late for the site
        assert of(world.plan(asked), "hook").word is word


def test_an_overdue_channel_says_since_when_and_goes_out_when_named() -> None:
    asked = announced(2)
    world = woken(asked)
    world.publish(asked)
    late = of(world.plan(asked), "hook")
    assert (late.action, late.word) == (ActionKind.SKIP, Word.OVERDUE)
    assert "too late since 2024-11-05 08:00" in late.reason.en
    assert of(world.plan(asked, named(ID)), "hook").action is ActionKind.CREATE


@pytest.mark.parametrize(("said", "word"), [("3h", Word.LIVE), ("never", Word.LIVE), ({"limit": "90m"}, Word.OVERDUE)])
def test_what_the_settings_say_goes_before_the_kinds_own_limit(said: Any, word: Word) -> None:
    asked = announced(2, late=said)
    world = woken(asked)
    world.publish(asked)
    world.publish(asked)
    assert of(world.plan(asked), "hook").word is word


def test_a_delay_is_no_lateness() -> None:
    asked = announced(0.5, delay="3h")
    world = woken(asked)
    world.publish(asked)
    assert of(world.plan(asked, now=NOW + 3 * HOUR), "hook").action is ActionKind.CREATE


def test_behind_what_a_person_posts_lateness_counts_from_when_that_was_done() -> None:
    meant = intent(published=NOW - 50 * HOUR)
    asked = [
        wanted(meant, "site"),
        wanted(meant, "note"),
        replace(wanted(meant, "hook", after="note"), capabilities=MAIL),
    ]
    world = woken(asked)
    world.publish(asked)
    world.put(ID, "note", state=State.LIVE, live_digest=asked[1].digest, first_live=NOW, handed_over=None)
    assert of(world.plan(asked), "hook").action is ActionKind.CREATE


def test_backfill_lets_the_old_ones_go_and_none_of_them_is_late() -> None:
    asked = [replace(wanted(intent(), "hook"), born_off=True, backfill=True, capabilities=MAIL)]
    assert of(World().plan(asked), "hook").action is ActionKind.CREATE
    world = World()
    world.put(ID, "hook", off=True, made=NOW - 100 * HOUR)  # born off before the setting came
    assert of(world.plan(asked), "hook").action is ActionKind.CREATE


# --- where a time comes from ---


def test_every_value_that_decides_a_time_names_its_source() -> None:
    meant = intent(embargo=NOW, expires=NOW + HOUR)
    release = resolve(
        ReleaseSettings(window="07:00-21:00", delay="90m"), ReleaseSettings(delay="2h"), ReleaseSettings(at="+3d 08:00")
    )
    one = replace(wanted(meant, "hook"), release=release, site="site", capabilities=MAIL)
    said = {(each.key, each.value, each.source) for each in of(World().plan([one]), "hook").origins}
    assert said == {
        ("published", "2024-11-05 08:00", "article"),
        ("embargo", "2024-11-05 09:00", "article"),
        ("expires", "2024-11-05 10:00", "article"),
        ("at", "+3d 08:00", "article"),
        ("delay", "2h", "series"),
        ("window", "07:00-21:00", "channel"),
        ("after", "site", "link"),
        ("late", "1h", "kind"),
    }


def test_moving_published_moves_everything_that_counts_from_it() -> None:
    def dues(published: datetime) -> dict[str, datetime | None]:
        asked = everywhere(intent(published=published), rss={"delay": "15m"}, note={"at": "+3d 08:00"})
        asked.append(wanted(intent(published=published), "hook", at="12:30"))
        return {action.channel: action.due for action in World().plan(asked).actions}

    before, after = dues(NOW + HOUR), dues(NOW + 25 * HOUR)
    assert {name: (due or NOW) + timedelta(days=1) for name, due in before.items()} == after
