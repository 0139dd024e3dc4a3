"""Taking down and putting back: in which order, what stays, what is refused, and what goes on after a failure."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

import kawaraban.channels.site.channel
from flows.stages import looking
from flows.stages.building import build
from flows.stages.ending import withdraw
from flows.stages.planning import Question, plan
from flows.stages.publishing import Publishing
from flows.stages.rolling_back import roll_back, select
from flows.stages.values import Published, PublishRequest, unwatched
from kawaraban.channels.site.folder import PublicFolder
from kawaraban.delivery import ActionKind, State
from kawaraban.errors import Blocked, Conflict, Sentence, WrongInput
from tests.flows.lives import ID, SEVEN, Life, life


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Life]:
    """An hour after seven: live on site, feed and webhook, with a package for note."""
    with life(tmp_path / "paper") as made:
        made.at()
        made.publish()
        made.at(hours=1)
        made.publish()
        yield made


def outcomes(one: Life, *channels: str, reason: str = "") -> dict[str, str]:
    down = withdraw(one.house, ID, channels, reason, now=one.now)
    assert one.crawler.dead() == []
    return {fate.channel: fate.outcome for fate in down.fates}


def picture(one: Life, name: str, colour: str) -> None:
    Image.new("RGB", (64, 48), colour).save(one.file.parent / name)


# --- withdrawing ---


def test_an_article_expires_by_itself_and_its_address_says_so(tmp_path: Path) -> None:
    with life(tmp_path / "paper") as made:
        made.write(more="expires: 2024-11-05T12:00:00+09:00\n")
        made.at()
        made.publish()
        made.at(hours=4)
        made.publish()
        assert made.words() == {"site": "live", "rss": "live", "note": "by hand", "hook": "live"}
        made.at(hours=5)
        done = made.publish()
        assert {result.channel: result.outcome for result in done.results} == dict.fromkeys(
            ("note", "site", "rss"), "withdrawn"
        )
        assert not (made.root / "packages" / "note" / "rain").exists()
        assert made.words() == {"site": "withdrawn", "rss": "withdrawn", "note": "withdrawn", "hook": "live"}
        assert "公開は<time" in made.public("articles/rain/410.html")
        assert (made.entries(), made.publish().results) == ([], ())


def test_what_other_channels_have_goes_before_the_page_they_link_to(one: Life) -> None:
    one.post_to_note()
    one.write(more="withdrawn: {at: 2024-11-05T08:00:00+09:00}\n")
    work = Publishing(one.house, PublishRequest(), unwatched, one.now)
    work.prepare()
    assert [(part.name, part.takes_down) for part in work.parts()] == [("take down from note", True), ("site", False)]


def test_no_link_is_dead_at_any_step_of_a_withdrawal_or_of_a_return(one: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state before every step is the one that a kill -9 there would leave."""
    steps: list[str] = []

    def crawl(step: str) -> None:
        steps.append(step)
        assert one.crawler.dead() == [], step
        gone = not one.public()
        assert not gone or one.public("articles/rain/410.html") or one.row("site").first_live is None, step

    class Watched(PublicFolder):
        def __init__(self, top: Path, staging: Path, _watch: object) -> None:
            super().__init__(top, staging, crawl)

    one.write(more="aliases: [/old/rain/]\n")
    one.publish()
    monkeypatch.setattr(kawaraban.channels.site.channel, "PublicFolder", Watched)
    outcomes(one)
    assert "place articles/rain/410.html" in steps
    assert (
        steps.index("place feed.xml")
        < steps.index("place articles/rain/410.html")
        < steps.index("remove articles/rain/index.html")
    )
    assert one.public("old/rain/410.html")
    steps.clear()
    one.publish(ID, again=True)
    assert steps.index("place articles/rain/index.html") < steps.index("remove articles/rain/410.html")
    assert "articles/rain" in one.public("old/rain/index.html")


def test_pictures_go_with_their_article(one: Life) -> None:
    picture(one, "roof.png", "navy")
    one.write(body="![屋根の上の雨](roof.png)")
    one.publish()
    assert len(list((one.root / "public" / "articles" / "rain").glob("*.png"))) == 1
    outcomes(one)
    assert [path.name for path in (one.root / "public" / "articles" / "rain").iterdir()] == ["410.html"]


def test_a_package_that_lies_ready_for_a_person_goes_too(one: Life) -> None:
    package = one.root / "packages" / "note" / "rain"
    assert (package / "index.html").is_file()
    outcomes(one)
    assert not package.exists()
    one.publish(ID, again=True)
    one.publish()
    assert ((package / "index.html").is_file(), one.words()["note"]) == (True, "by hand")


def test_the_tombstone_outlives_the_file_and_is_the_same_in_a_build(one: Life, tmp_path: Path) -> None:
    outcomes(one, reason="事実に誤りがありました")
    stone = one.public("articles/rain/410.html")
    build(one.house, tmp_path / "out", now=one.now)
    assert (tmp_path / "out" / "articles" / "rain" / "410.html").read_text(encoding="utf-8") == stone
    shutil.rmtree(one.file.parent)
    one.at(hours=3)
    one.publish()
    assert one.public("articles/rain/410.html") == stone


def test_a_withdrawal_that_fails_is_said_and_goes_on_with_the_next_publish(one: Life) -> None:
    public = one.root / "public"
    away = public.rename(one.root / "away")
    public.write_text("in the way", encoding="utf-8")
    assert outcomes(one)["site"] == "failed"
    assert one.words()["site"] == "retrying"
    public.unlink()
    away.rename(public)
    one.at(hours=2)
    one.publish()
    assert (one.words()["site"], one.public()) == ("withdrawn", "")


def test_where_another_publish_is_at_it_the_intent_stands_and_the_list_says_why(one: Life) -> None:
    def busy(*_: object) -> Published:
        raise Conflict(Sentence(ja="いま別の publish が動いています", en="another publish is running"))

    down = withdraw(one.house, ID, (), "", now=one.now, publish=busy)
    site = next(fate for fate in down.fates if fate.channel == "site")
    assert (site.outcome, site.what and site.what.en) == ("failed", "another publish is running")
    assert "withdrawn" in one.file.read_text(encoding="utf-8")
    one.publish()
    assert one.public() == ""


def test_what_was_sent_for_good_does_not_fail_every_publish_from_then_on(one: Life) -> None:
    outcomes(one)
    assert not one.publish().failed
    assert not one.publish(ID).failed
    assert (one.row("hook").state, len(one.posts.created)) == (State.LIVE, 1)


def test_a_message_nobody_can_ask_about_is_a_persons_also_when_the_article_goes(tmp_path: Path) -> None:
    with life(tmp_path / "paper") as made:
        made.posts.faults.append("lose")
        made.at()
        made.publish()
        assert made.words()["hook"] == "unsure"
        made.at(hours=1)
        down = withdraw(made.house, ID, (), "", now=made.now)
        assert down.failed
        assert {fate.channel: fate.outcome for fate in down.fates}["hook"] == "failed"
        assert made.words()["hook"] == "unsure"


def test_a_withdrawal_from_one_channel_survives_a_death_before_it_was_done(one: Life) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        withdraw(one.house, ID, ("rss",), "", now=one.now, publish=dies)  # type: ignore[arg-type] # it never returns
    assert len(one.entries()) == 1
    one.publish()
    assert (one.words()["rss"], one.entries()) == ("withdrawn", [])


# --- rolling back ---


def test_a_rollback_brings_the_pictures_of_that_day(one: Life) -> None:
    picture(one, "roof.png", "navy")
    one.write(body="![屋根の上の雨](roof.png)")
    one.publish()
    day, before = one.now, one.public()
    one.at(hours=2)
    picture(one, "roof.png", "maroon")
    one.publish()
    assert one.public() != before
    roll_back(one.house, select(one.house, ID, day), now=one.at(hours=3))
    assert one.public() == before
    assert one.crawler.dead() == []
    shown = looking.show(one.house, ID, "site", at=day)
    assert shown.variant.digest == one.row("site").live_digest


def test_a_picture_that_cannot_be_had_any_more_refuses_before_anything_moves(one: Life) -> None:
    picture(one, "roof.png", "navy")
    one.write(body="![屋根の上の雨](roof.png)")
    one.publish()
    day = one.now
    one.at(hours=2)
    picture(one, "roof.png", "maroon")
    one.publish()
    live = one.row("site").live_digest
    for kept in (one.root / ".kawaraban" / "assets").rglob("*"):
        if kept.is_file():
            kept.unlink()
    with pytest.raises(Blocked, match="picture") as caught:
        select(one.house, ID, day)
    assert caught.value.remedy is not None
    assert (one.row("site").live_digest, one.row("site").pinned_digest) == (live, None)


def test_neither_draft_nor_fault_of_the_file_stops_an_earlier_text(one: Life) -> None:
    day = one.now
    one.at(hours=2)
    one.write(body="まちがい。")
    one.publish()
    one.file.write_text(
        one.file.read_text(encoding="utf-8").replace("status: ready", "status: draft"), encoding="utf-8"
    )
    back = roll_back(one.house, select(one.house, ID, day), now=one.now)
    assert not back.failed
    assert "まちがい" not in one.public()


def test_only_some_channels_may_go_back(one: Life) -> None:
    day = one.now
    one.at(hours=2)
    one.write(body="直した本文。")
    one.publish()
    roll_back(one.house, select(one.house, ID, day, ["rss"]), now=one.now)
    assert "直した" in one.public()
    assert all("直した" not in entry for entry in one.entries())


def test_a_text_under_another_address_is_not_put_back(one: Life) -> None:
    day = one.now
    one.at(hours=2)
    text = one.file.read_text(encoding="utf-8").replace("slug: rain", "slug: rain-on-the-roof\naliases: [rain]")
    one.file.write_text(text, encoding="utf-8")
    one.publish()
    with pytest.raises(Blocked, match="slug"):
        select(one.house, ID, day)


def test_what_is_withdrawn_or_was_not_there_then_is_refused_by_name(one: Life) -> None:
    with pytest.raises(WrongInput, match="not live on rss then"):
        select(one.house, ID, SEVEN + timedelta(minutes=1), ["rss"])
    with pytest.raises(WrongInput, match="can't be changed"):
        select(one.house, ID, one.now, ["hook"])
    outcomes(one)
    with pytest.raises(WrongInput, match="not live on site"):
        select(one.house, ID, SEVEN)


def test_a_digest_must_mean_one_text_that_was_live(one: Life) -> None:
    never = one.row("note").handed_over or ""  # rendered, kept and packed, but nobody has posted it
    assert one.kept(never).digest == never
    with pytest.raises(WrongInput, match="was ever live"):
        select(one.house, ID, never)
    one.at(hours=2)
    one.write(body="直した本文。")
    one.publish()
    with pytest.raises(WrongInput, match="more than one"):
        select(one.house, ID, "")


def test_the_plan_says_that_it_goes_back(one: Life) -> None:
    day = one.now
    one.at(hours=2)
    one.write(body="直した本文。")
    one.publish()
    chosen = select(one.house, ID, day).choices[0]
    assert [(line.before, line.after) for line in chosen.diff] == [("直した本文。", "雨の日の本文。")]
    article = one.house.library.find(ID)
    one.house.ledger.pin(ID, "site", chosen.variant.digest, against=article.digest, now=one.now, who="editor")
    action = next(each for each in plan(one.house, Question(), now=one.now).plan.actions if each.channel == "site")
    assert (action.action, action.reason.en) == (ActionKind.UPDATE, "goes back to an earlier text")
