"""What the plan makes of an end: taken down over every stop, once, with back-off; what can't go is left; pins go back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kawaraban.capabilities import Capabilities
from kawaraban.delivery import NOT_FOUND, TAKE_DOWN, ActionKind, State, Word
from kawaraban.errors import Sentence, alike
from kawaraban.ledger import Hold, Scope
from kawaraban.plan import Selection, Wanted
from tests.kawaraban.plan.pieces import HOUR, NOW, World, everywhere, intent, named, of, verbs, wanted

ID = "aaaaaaa1"
BLUE = Capabilities(finds="list")
SENT = Capabilities(announces=True, edits=False, withdraws=False, reads=False, finds="nothing")
DOWN = intent(withdrawn=NOW - HOUR)


def posted(able: Capabilities = BLUE) -> tuple[World, list[Wanted]]:
    """One article, live on the site and on a channel of machines."""
    world = World()
    asked = [wanted(intent(), "site"), replace(wanted(intent(), "blue"), capabilities=able)]
    world.publish(asked)
    return world, [replace(one, intent=DOWN) for one in asked]


def test_what_was_sent_for_good_is_left_and_said_to_be_so() -> None:
    world, gone = posted(SENT)
    plan = world.plan(gone)
    assert verbs(plan) == {"site": "withdraw", "blue": "skip"}
    assert (of(plan, "blue").word, of(plan, "blue").reason.en) == (
        Word.LIVE,
        "the article is withdrawn, but what was sent there can't be taken back",
    )


def test_an_end_goes_over_holds_drafts_and_a_channel_that_was_switched_off() -> None:
    world, gone = posted()
    world.holds = (Hold(Scope(), NOW, "editor"),)
    draft = [replace(one, intent=replace(DOWN, status="draft", blocked=Sentence(ja="だめ", en="no"))) for one in gone]
    assert verbs(world.plan(draft)) == {"site": "withdraw", "blue": "withdraw"}
    off = [replace(one, release=wanted(DOWN, one.channel, enabled=False).release) for one in gone]
    assert verbs(world.plan(off)) == {"site": "withdraw", "blue": "withdraw"}


def test_from_one_channel_only_it_goes_there_and_stays_elsewhere() -> None:
    world, _ = posted()
    world.put(ID, "blue", pinned_digest=TAKE_DOWN, pinned_against="")
    asked = [wanted(intent(), "site"), replace(wanted(intent(), "blue"), capabilities=BLUE)]
    assert verbs(world.plan(asked)) == {"site": "skip", "blue": "withdraw"}
    edited = [replace(one, intent=intent(digest="another file")) for one in asked]
    assert verbs(world.plan(edited))["blue"] == "withdraw", "an edit does not end it"


@pytest.mark.parametrize("asked_for", [None, named(ID)])
def test_a_removal_that_failed_keeps_its_back_off_unless_somebody_names_it(asked_for: Selection | None) -> None:
    world, gone = posted()
    live = world.rows[ID, "blue"].live_digest
    world.put(ID, "blue", failures=1, tried_digest=live, next_try=NOW + timedelta(minutes=5))
    action = of(world.plan(gone, asked_for), "blue")
    assert action.word is Word.RETRYING
    assert action.action is (ActionKind.SKIP if asked_for is None else ActionKind.WITHDRAW)
    assert of(world.plan(gone, now=NOW + HOUR), "blue").action is ActionKind.WITHDRAW


def test_a_removal_that_was_refused_waits_for_somebody_who_names_it() -> None:
    world, gone = posted()
    live = world.rows[ID, "blue"].live_digest
    world.put(ID, "blue", state=State.FAILED, failures=1, tried_digest=live)
    action = of(world.plan(gone), "blue")
    assert (action.action, action.word) == (ActionKind.SKIP, Word.FAILED)
    assert action.remedy is not None
    assert action.remedy.en == f"kawaraban withdraw {ID} --channel blue"
    again = of(world.plan(gone, named(ID)), "blue")
    assert (again.action, again.reopen) == (ActionKind.WITHDRAW, True)


def test_an_edit_that_failed_does_not_delay_the_removal() -> None:
    world, gone = posted()
    world.put(ID, "blue", failures=3, tried_digest="another text", next_try=NOW + HOUR)
    assert of(world.plan(gone), "blue").action is ActionKind.WITHDRAW


def test_an_earlier_text_goes_back_whatever_state_the_file_is_in() -> None:
    world, _ = posted()
    draft = intent(status="draft", blocked=Sentence(ja="だめ", en="no"), doubts=("updated",))
    world.put(ID, "site", pinned_digest="earlier", pinned_against=draft.digest)
    action = of(world.plan([wanted(draft, "site", "直した。")]), "site")
    assert (action.action, action.digest) == (ActionKind.UPDATE, "earlier")
    edited = replace(draft, digest="another file")
    assert of(world.plan([wanted(edited, "site", "直した。")]), "site").action is ActionKind.SKIP


def test_what_drifted_is_put_back_only_by_name_and_refresh_and_never_by_hand() -> None:
    world, _ = posted()
    asked = [replace(wanted(intent(), "blue"), capabilities=BLUE)]
    world.put(ID, "blue", differences=(alike("本文"),))
    assert of(world.plan(asked), "blue").word is Word.DRIFTED
    assert of(world.plan(asked, named(ID)), "blue").action is ActionKind.SKIP
    assert of(world.plan(asked, Selection(refresh=True)), "blue").action is ActionKind.SKIP
    back = of(world.plan(asked, named(ID, refresh=True)), "blue")
    assert (back.action, back.digest) == (ActionKind.UPDATE, world.rows[ID, "blue"].live_digest)
    notes = World()
    notes.publish(everywhere(intent()))
    live = notes.rows[ID, "note"].handed_over
    notes.put(ID, "note", state=State.LIVE, live_digest=live, handed_over=None, differences=(alike("段落 1"),))
    assert of(notes.plan(everywhere(intent()), named(ID, refresh=True)), "note").action is ActionKind.SKIP


def test_what_somebody_removed_there_waits_for_a_person_and_is_never_changed() -> None:
    world, _ = posted()
    asked = [replace(wanted(intent(), "blue"), capabilities=BLUE)]
    edited = [replace(wanted(intent(digest="another file"), "blue", "直した。"), capabilities=BLUE)]
    world.put(ID, "blue", differences=(NOT_FOUND,))
    for action in (
        of(world.plan(asked), "blue"),
        of(world.plan(asked, named(ID, refresh=True)), "blue"),
        of(world.plan(edited), "blue"),
        of(world.plan(edited, named(ID)), "blue"),
    ):
        assert action.action in (ActionKind.SKIP, ActionKind.BLOCKED)
        assert (action.word, action.reason.en) == (Word.DRIFTED, "what was published there is gone")
        assert action.remedy is not None
        assert f"kawaraban withdraw {ID} --channel blue" in action.remedy.en
        assert f"kawaraban publish {ID} --channel blue --again" in action.remedy.en
    assert of(world.plan(edited, named(ID)), "blue").action is ActionKind.BLOCKED


def test_a_row_from_before_there_were_two_languages_is_gone_too() -> None:
    world, _ = posted()
    world.put(ID, "blue", differences=(alike(NOT_FOUND.ja),))
    asked = [replace(wanted(intent(), "blue"), capabilities=BLUE)]
    assert of(world.plan(asked), "blue").reason.en == "what was published there is gone"


WAYS = (f"settle {ID} blue --as-it-is", f"withdraw {ID} --channel blue", f"publish {ID} --channel blue --again")


@pytest.mark.parametrize(("able", "ways"), [(replace(BLUE, edits=False), WAYS), (SENT, WAYS[:1])])
def test_what_cannot_be_changed_may_stay_or_where_it_can_be_taken_down_be_posted_anew(
    able: Capabilities, ways: tuple[str, ...]
) -> None:
    world, _ = posted(able)
    edited = [replace(wanted(intent(digest="another file"), "blue", "直した。"), capabilities=able)]
    action = of(world.plan(edited, named(ID)), "blue")
    assert (action.action, action.reason.en) == (ActionKind.BLOCKED, "what is posted there can't be changed")
    assert action.remedy is not None
    for said in (action.remedy.ja, action.remedy.en):
        assert [way for way in WAYS if f"kawaraban {way}" in said] == list(ways)
