"""A publish as Prefect shows it, and without it: whatever happens to the server, what is due goes out, once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import publish as flow
from flows.compose import House, open_house
from flows.publish import making
from flows.stages.publishing import publish as plainly
from flows.stages.values import Published, PublishRequest, Step, unwatched
from kawaraban.errors import Conflict, WrongInput
from tests.desk.papers import Paper, paper_at
from tests.flows.prefect_servers import Asked, environment, line_to, running_server

pytestmark = pytest.mark.xdist_group("prefect")  # one server for all of them


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Asked]:
    """One server for this file; its migrated database is kept in pytest's own cache."""
    before = dict(os.environ)
    os.environ.pop("PREFECT_API_URL", None)
    root = tmp_path_factory.mktemp("server")
    with running_server(root, request.config.cache.mkdir("prefect")) as asked:
        yield asked
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    made = paper_at(tmp_path / "paper")
    made.write()
    return made


@pytest.fixture
def house(paper: Paper) -> Iterator[House]:
    with open_house(paper.root, clock=clock, who="editor") as opened:
        yield opened


@pytest.fixture
def under(prefect: Asked, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The server, as the one that is configured."""
    monkeypatch.setenv("PREFECT_API_URL", prefect.url)
    return prefect


def run(house: House, request: PublishRequest | None = None, steps: list[Step] | None = None) -> Published:
    return flow.run(house, request or PublishRequest(), (steps or []).append, now=clock())


def test_a_run_is_on_prefects_page_with_its_name_tags_tasks_table_and_link(under: Asked, house: House) -> None:
    published = run(house)
    assert published.engine == "prefect"
    found = under.newest()
    assert found["name"] == "公開 雨樋の音を聞く → site、rss、note"
    assert set(found["tags"]) == {"article:7ra1ny7a", "channel:site", "channel:rss", "channel:note"}
    assert found["state_type"] == "COMPLETED"
    deadline = time.monotonic() + 20
    expected = {"read, render, plan", "deliver site、rss", "deliver note"}
    while set(under.tasks(found["id"])) != expected and time.monotonic() < deadline:
        time.sleep(0.1)  # the server writes tasks in batches, once a second
    assert under.tasks(found["id"]) == dict.fromkeys(expected, "COMPLETED")
    artifacts = under.artifacts(found["id"])
    rows = [(row["出す先"], row["結果"]) for row in _rows(artifacts["table"])]
    assert rows == [("site", "live"), ("rss", "live"), ("note", "handed over")]
    assert "https://example.com/articles/rain/" in str(artifacts["markdown"])
    assert {event.run for event in house.ledger.events() if event.kind.value == "claimed"} == {found["id"]}


def _rows(data: object) -> list[dict[str, str]]:
    rows = json.loads(data) if isinstance(data, str) else data
    assert isinstance(rows, list)
    return rows


def test_a_second_run_does_nothing_and_says_so(under: Asked, house: House) -> None:
    run(house)
    again = run(house)
    assert (again.results, again.furniture, again.failed) == ((), (), False)
    found = under.newest()
    assert (found["name"], found["state_type"]) == ("公開 新しく出すものなし", "COMPLETED")
    assert _rows(under.artifacts(found["id"])["table"]) == [{"結果": "新しく出すものはありません"}]


def test_a_channel_that_fails_makes_the_run_failed_and_stops_no_other(under: Asked, house: House, paper: Paper) -> None:
    (paper.root / "packages").write_text("in the way", encoding="utf-8")
    published = run(house)
    assert [result.outcome for result in published.results] == ["live", "live", "unavailable"]
    found = under.newest()
    assert (found["state_type"], found["state"]["message"]) == ("FAILED", "2 done, 1 failed")
    assert paper.page().is_file()


def test_what_a_stage_refuses_is_raised_and_is_on_the_page_but_never_a_traceback_on_the_terminal(
    under: Asked, house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(WrongInput, match="is not out yet"):
        run(house, PublishRequest(names=("rain",), kind="update"))
    found = under.newest()
    assert found["state_type"] == "FAILED"
    assert "まだどこにも出ていません" in found["state"]["message"]
    assert capfd.readouterr() == ("", "")


def test_a_request_that_is_wrong_in_itself_makes_no_run(under: Asked, house: House) -> None:
    before = under.newest()["id"] if under._ask("flow_runs", limit=1) else None
    for request in (PublishRequest(("rian",)), PublishRequest((), ("ntoe",))):
        with pytest.raises(WrongInput):
            run(house, request)
    with pytest.raises(Conflict, match="moved"):
        run(house, PublishRequest(plan_hash="0123456789ab"))
    after = under.newest()["id"] if under._ask("flow_runs", limit=1) else None
    assert before == after


def test_prefect_may_call_the_flow_by_its_entry_point(
    under: Asked, house: House, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.close()
    monkeypatch.setenv("KAWARABAN_ROOT", str(paper.root))
    flow.load_prefect(paper.root, under.url)
    with flow.talking_to(under.url):
        state: Any = making.flows().publish(
            names=["rain"], channels=["site"], return_state=True
        )  # Any: Prefect's state
    flow.let_go()
    assert state.is_completed()
    assert paper.page().is_file()
    assert "channel:site" in under.newest()["tags"]


def test_a_server_that_dies_in_the_middle_stops_nothing_and_the_command_ends(prefect: Asked, paper: Paper) -> None:
    with line_to(prefect) as line:
        command = [sys.executable, "-m", "desk.cli.main", "publish"]
        process = subprocess.Popen(
            command, env=environment(paper.root, line.url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        for words in process.stderr:
            if words.startswith("plan "):  # the run is under way, nothing is delivered yet
                line.cut()
                break
        began = time.monotonic()
        out, err = process.communicate(timeout=90)
    assert process.returncode == 0
    assert "2 published, 1 ready to be posted by hand" in out
    assert "Traceback" not in err
    assert time.monotonic() - began < 45
    assert paper.page().is_file()


def test_without_any_server_the_same_stages_run_and_say_so(
    house: House, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    (paper.root / ".kawaraban").mkdir(exist_ok=True)
    (paper.root / ".kawaraban" / "prefect").write_text("in the way", encoding="utf-8")
    steps: list[Step] = []
    published = flow.run(house, PublishRequest(), steps.append, now=clock())
    assert (published.engine, len(published.results)) == ("plain", 3)
    assert any("publishing without Prefect" in step.what.en for step in steps)
    assert paper.page().is_file()


def test_one_publish_at_a_time_and_the_other_is_told_who(house: House, paper: Paper) -> None:
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from flows.compose import open_house; from flows.stages.publishing import one_at_a_time\n"
        "from flows.stages.values import unwatched\n"
        "house = open_house(Path(sys.argv[1]), clock=lambda: datetime.now(UTC))\n"
        "with house, one_at_a_time(house, unwatched):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(paper.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Conflict, match=f"process {holder.pid} on this machine") as refused:
            plainly(house, PublishRequest(), unwatched, now=clock(), patience=timedelta(0))
        assert "もう一度実行" in refused.value.said("ja")
        assert not paper.page().exists()
        holder.communicate()
    assert len(plainly(house, PublishRequest(), unwatched, now=clock()).results) == 3
