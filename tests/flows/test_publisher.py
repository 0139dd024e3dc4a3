"""The publisher's loop, turn by turn, without Prefect and with a clock that is moved: what goes out, when, and what is said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from flows.compose import House, open_house
from flows.handover import Visit
from flows.publisher.engine import Clicked, Engine
from flows.publisher.loop import Publisher
from flows.publisher.watch import Watch
from flows.publisher.watchman import Watchman
from flows.stages.releasing import next_due, release
from flows.stages.values import Published, PublishRequest, Step, unwatched
from kawaraban.delivery import Delivery
from kawaraban.errors import KawarabanError, Sentence
from kawaraban.ledger import Scope
from tests.desk.papers import Paper, paper_at

DUE = datetime(2024, 6, 18, 7, 0, tzinfo=UTC)


class Absent(Engine):
    """A Prefect server that is never there."""

    def start(self, paper: str, zone: str) -> None:
        """Look for nobody."""


@dataclass
class Desk:
    """A publisher that is turned by hand, and a clock."""

    paper: Paper
    now: datetime = DUE - timedelta(hours=1)
    said: list[str] = field(default_factory=list)
    publisher: Publisher = field(init=False)

    def __post_init__(self) -> None:
        clicks: SimpleQueue[Clicked] = SimpleQueue()
        engine = Absent(self.paper.root, clicks.put, self.say)
        self.publisher = Publisher(self.paper.root, lambda: self.now, self.say, engine, clicks=clicks)

    def say(self, sentence: Sentence) -> None:
        self.said.append(sentence.en)

    def turns(self, number: int = 4) -> None:
        """Let it turn, looking at the files each time as if a second had passed."""
        for _ in range(number):
            self.publisher.keeping._looked = 0.0
            self.publisher._guarded("loop", self.publisher._by_itself)

    def rows(self) -> dict[str, Delivery]:
        with open_house(self.paper.root, clock=lambda: self.now) as house:
            return {row.channel: row for row in house.ledger.deliveries()}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(paper_at(tmp_path / "paper"))
    yield made
    made.publisher.keeping.close()


def test_an_article_that_is_saved_has_its_row_and_goes_out_at_its_time(desk: Desk) -> None:
    desk.turns(1)
    desk.paper.write(published=DUE.isoformat())
    desk.turns()
    assert desk.rows()["site"].due == DUE
    assert desk.publisher.next == DUE
    assert not desk.paper.page().exists()
    desk.now = DUE
    desk.turns()
    assert desk.paper.page().exists()
    assert any("→ site｜live" in line for line in desk.said)


def test_twenty_due_while_nobody_was_there_go_out_once_at_the_next_start(desk: Desk) -> None:
    for number in range(20):
        desk.paper.write(f"rain-{number}", id=f"7ra1ny{number:02}", published=DUE.isoformat())
    desk.now = DUE + timedelta(minutes=40)
    desk.turns()
    with open_house(desk.paper.root, clock=lambda: desk.now) as house:
        live = [
            event.article for event in house.ledger.events() if event.kind.value == "live" and event.channel == "site"
        ]
    assert sorted(map(str, live)) == [f"7ra1ny{number:02}" for number in range(20)]


def test_a_release_that_is_moved_never_goes_out_at_its_old_time(desk: Desk) -> None:
    desk.turns(1)
    desk.paper.write(published=DUE.isoformat())
    desk.turns()
    desk.paper.write(published=(DUE + timedelta(hours=2)).isoformat())
    desk.turns()
    desk.now = DUE + timedelta(minutes=1)
    desk.turns()
    assert not desk.paper.page().exists()
    desk.now = DUE + timedelta(hours=2)
    desk.turns()
    assert desk.paper.page().exists()


def test_a_hold_that_somebody_else_wrote_stops_it_and_its_end_lets_it_go(desk: Desk) -> None:
    desk.turns(1)
    desk.paper.write(published=DUE.isoformat())
    desk.turns()
    with open_house(desk.paper.root, clock=lambda: desk.now, who="editor") as house:
        house.ledger.hold(Scope(), now=desk.now, who="editor")
        desk.now = DUE
        desk.turns()
        assert not desk.paper.page().exists()
        house.ledger.resume(Scope(), now=desk.now, who="editor")
    desk.turns()
    assert desk.paper.page().exists()


def test_an_article_that_is_being_saved_waits_until_somebody_has_finished(desk: Desk) -> None:
    desk.turns(1)
    path = desk.paper.write(published=DUE.isoformat())
    desk.turns()
    desk.now = DUE
    path.write_text(path.read_text(encoding="utf-8") + "書きかけ", encoding="utf-8")
    desk.publisher._pass(desk.publisher.keeping.fresh(), desk.publisher.next)  # the instant comes before the next look
    assert not desk.paper.page().exists()
    desk.turns()
    assert "書きかけ" in desk.paper.page().read_text(encoding="utf-8")


def test_with_broken_settings_nothing_goes_out_it_is_said_once_and_mended_ones_are_read(desk: Desk) -> None:
    desk.turns(1)
    desk.paper.write(published=DUE.isoformat())
    desk.turns()
    desk.paper.replace("config/channels.yaml", "kind: site", "kind: sight")
    desk.turns()
    desk.now = DUE
    desk.turns()
    assert not desk.paper.page().exists()
    assert len([line for line in desk.said if "sight" in line]) == 1
    desk.paper.replace("config/channels.yaml", "kind: sight", "kind: site")
    desk.turns()
    assert desk.paper.page().exists()


def test_an_edit_of_a_live_article_and_a_new_name_of_the_paper_go_out_by_themselves(desk: Desk) -> None:
    desk.now = DUE
    path = desk.paper.write(published=DUE.isoformat())
    desk.turns(6)
    path.write_text(path.read_text(encoding="utf-8").replace("雨の日の", "晴れた日の"), encoding="utf-8")
    desk.turns(6)
    assert "晴れた日の" in desk.paper.page().read_text(encoding="utf-8")
    desk.paper.replace("config/publication.yaml", "name: ", "name: 新しい")
    desk.turns(6)
    assert "新しい" in (desk.paper.root / "public" / "index.html").read_text(encoding="utf-8")


def test_what_can_not_go_out_is_not_tried_a_hundred_times(desk: Desk) -> None:
    (desk.paper.root / "public").write_text("in the way", encoding="utf-8")
    desk.now = DUE
    desk.paper.write(published=DUE.isoformat())
    desk.turns(12)
    assert desk.rows()["site"].attempts <= 2
    assert desk.publisher.next <= desk.now + timedelta(minutes=1)


class Desktop(Visit):
    """Whoever asked, without a line between."""

    def __init__(self, request: PublishRequest, who: str = "") -> None:
        object.__setattr__(self, "request", request)
        object.__setattr__(self, "who", who)
        object.__setattr__(self, "answer", None)
        object.__setattr__(self, "steps", [])

    def progress(self, step: Step) -> None:
        self.__dict__["steps"].append(step)

    def done(self, published: Published) -> None:
        self.__dict__["answer"] = published

    def failed(self, error: KawarabanError) -> None:
        self.__dict__["answer"] = error


def test_what_is_handed_over_goes_out_by_the_settings_of_the_moment_and_says_how_all_stands(desk: Desk) -> None:
    desk.turns(1)
    desk.now = DUE
    desk.paper.write(published=DUE.isoformat())
    desk.paper.replace("config/channels.yaml", "path: public", "path: public2")
    visit: Any = Desktop(PublishRequest(("rain",)), "hatsune")
    desk.publisher._receive(visit)
    assert isinstance(visit.answer, Published)
    assert visit.answer.engine == "plain"
    assert "publishing without Prefect" in [step.what.en for step in visit.steps]
    assert visit.answer.afterwards is not None
    assert {(row.channel, row.word.value) for row in visit.answer.afterwards.rows} == {
        ("site", "live"),
        ("rss", "live"),
        ("note", "by hand"),
    }
    assert (desk.paper.root / "public2" / "index.html").is_file()
    wrong: Any = Desktop(PublishRequest(("nothing",)))
    desk.publisher._receive(wrong)
    assert "there is no article" in str(wrong.answer)


def test_a_publisher_that_is_to_end_begins_nothing_more(desk: Desk) -> None:
    desk.turns(1)
    desk.now = DUE
    desk.paper.write(published=DUE.isoformat())
    desk.publisher.stop.set()
    desk.turns()
    assert not desk.paper.page().exists()
    visit: Any = Desktop(PublishRequest(("rain",)))
    desk.publisher._receive(visit)
    assert "being stopped" in str(visit.answer)


def test_a_release_is_one_publish_on_behalf_of_the_schedule_and_the_ledger_says_when_the_next_is(
    tmp_path: Path,
) -> None:
    paper = paper_at(tmp_path)
    paper.write(published=DUE.isoformat())
    paper.write("later", id="7ra1ny8a", published=(DUE + timedelta(hours=1)).isoformat())
    with open_house(paper.root, clock=lambda: DUE, who="editor") as house:
        assert len(release(house, unwatched, now=DUE).results) == 3
        assert next_due(house, DUE) == DUE + timedelta(hours=1)
        assert {event.who for event in house.ledger.events() if event.kind.value == "live"} == {"schedule"}
        assert release(house, unwatched, now=DUE).results == ()


def test_the_watchman_tells_of_broken_settings_by_the_last_ones_that_could_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def tell(house: House, *, now: datetime) -> int:
        del now
        told.append(" ".join(report.what.en for report in house.ledger.alerts.reports()))
        return 1

    monkeypatch.setattr("flows.stages.alerting.tell", tell)
    paper = paper_at(tmp_path)
    paper.replace("config/publication.yaml", "name: ", "alerts: [{to: {env: NOBODY}}]\nname: ")
    watchman = Watchman(paper.root, lambda: DUE)
    watchman.round()
    paper.replace("config/channels.yaml", "kind: site", "kind: sight")
    watchman.round()
    paper.replace("config/channels.yaml", "kind: sight", "kind: site")
    watchman.round()
    assert ["sight" in one for one in told] == [False, True, False]


# --- files ---


def test_a_file_counts_once_two_looks_saw_it_the_same(tmp_path: Path) -> None:
    watch = Watch([tmp_path])
    watch.begin(0.0)
    file = tmp_path / "a.md"
    file.write_text("half", encoding="utf-8")
    assert watch.look() == frozenset()
    assert not watch.is_settled(file)
    file.write_text("half and more", encoding="utf-8")
    assert watch.look() == frozenset()
    assert watch.look() == {str(file)}
    assert watch.is_settled(file)
    assert watch.look() == frozenset()
    file.unlink()
    assert not watch.is_settled(file)
    watch.look()
    assert watch.look() == {str(file)}


def test_at_the_first_look_what_lay_still_counts_and_what_was_just_touched_does_not(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("whole", encoding="utf-8")
    touched = file.stat().st_ctime
    for later, counts in ((10.0, True), (0.5, False)):
        watch = Watch([tmp_path])
        watch.begin(touched + later)
        assert watch.is_settled(file) is counts


def test_what_editors_leave_beside_a_file_does_not_count(tmp_path: Path) -> None:
    watch = Watch([tmp_path])
    watch.begin(0.0)
    for name in (".a.md.swp", "a.md~"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_text("", encoding="utf-8")
    watch.look()
    assert watch.look() == frozenset()


def test_the_loop_ends_when_it_is_asked_to(desk: Desk) -> None:
    thread = threading.Thread(target=desk.publisher.run)
    thread.start()
    desk.publisher.stop.set()
    thread.join(5)
    assert not thread.is_alive()
