"""`kawaraban serve` as it runs: on time, visible in Prefect, alive again after whatever dies, and gone when asked to go."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.compose import House, open_house
from kawaraban.delivery import Delivery
from tests.desk.papers import paper_at
from tests.flows.prefect_servers import environment as with_server
from tests.flows.serving import KAWARABAN, Served, clock, environment, serving, until

pytestmark = pytest.mark.xdist_group("prefect")  # as the other tests that run Prefect's server

PUNCTUAL = 1.5
"""Seconds: a busy machine is no failure; the measurement itself is bench/releases.py."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("serve"), request.config.cache.mkdir("prefect")) as running:
        yield running


def test_what_is_scheduled_goes_out_on_time_and_its_run_is_on_prefects_page(served: Served) -> None:
    served.well()
    due = served.scheduled("aa1")
    until(lambda: any(row.due == due for row in _rows(served, "aa1")), 5)  # status is true within five seconds
    assert 0 <= served.lateness("aa1", due) < PUNCTUAL
    found = served.run_of("aa1")
    assert (found["name"], found["state_type"]) == ("公開 雨の話 aa1 → site、rss、note", "COMPLETED")
    assert {"channel:site", "channel:rss", "channel:note"} <= set(found["tags"])
    assert found["deployment_id"] == served.deployments()["flows.release.release"]["id"]
    artifacts = until(lambda: {"table", "markdown"} <= set(served.prefect.artifacts(found["id"])))
    assert artifacts
    with served.house() as house:
        events = house.ledger.events("7ra1naa1", "site")
    assert {(event.who, event.run) for event in events if event.kind.value == "live"} == {("schedule", found["id"])}


def _rows(served: Served, name: str) -> list[Delivery]:
    with served.house() as house:
        return list(house.ledger.deliveries([f"7ra1n{name}"]))


def test_runs_that_a_click_or_a_schedule_of_prefect_made_are_executed(served: Served) -> None:
    served.well()
    deployments = served.deployments()
    click = served.post(f"deployments/{deployments['flows.publish.publish']['id']}/create_flow_run", {"parameters": {}})
    verify = deployments["flows.verify.verify"]
    assert [one["schedule"]["cron"] for one in verify["schedules"]] == ["30 3 * * *"]

    def of_the_schedule() -> list[str]:
        runs = served.prefect._ask("flow_runs", flow_runs={"deployment_id": {"any_": [verify["id"]]}})
        return [str(run["id"]) for run in runs if run["auto_scheduled"] and run["state_type"] == "SCHEDULED"]

    night = until(of_the_schedule)[0]  # Prefect's scheduler made it; now the night comes
    now = {"type": "SCHEDULED", "state_details": {"scheduled_time": clock().isoformat()}}
    served.post(f"flow_runs/{night}/set_state", {"state": now, "force": True})
    until(lambda: served.prefect.run(night)["run_count"] == 1)
    until(lambda: served.prefect.run(click["id"])["state_type"] == "COMPLETED")


def test_publish_is_handed_over_with_its_output_and_on_behalf_of_who_asked(served: Served) -> None:
    served.lateness("bb1", served.scheduled("bb1", 0.0))
    until(lambda: served.times_live("bb1") == 1)
    command = [KAWARABAN, "publish", "bb1", "--as", "correction", "--say", "日付を改めました"]
    ran = subprocess.run(command, env=environment(served.root), capture_output=True, text=True, check=False)
    assert (ran.returncode, "2 published, 1 ready to be posted by hand" in ran.stdout) == (0, True), ran.stdout
    assert "site     ● live" in ran.stdout
    assert "to do" in ran.stderr
    assert "Prefect's database" not in ran.stderr
    with served.house() as house:
        live = [event.who for event in house.ledger.events("7ra1nbb1", "site") if event.kind.value == "live"]
    assert live == ["schedule", "hatsune"]
    wrong = subprocess.run(
        [KAWARABAN, "publish", "bb2"], env=environment(served.root), capture_output=True, text=True, check=False
    )
    assert (wrong.returncode, "there is no article `bb2`" in wrong.stderr) == (2, True)


def test_a_publisher_that_is_killed_is_started_again_and_sends_nothing_twice(served: Served) -> None:
    first = served.scheduled("cc1")
    served.lateness("cc1", first)
    killed = served.publisher()
    second = served.scheduled("cc2", 0.0)
    os.kill(killed, signal.SIGKILL)
    until(lambda: served.publisher() != killed)
    served.lateness("cc2", second)
    until(lambda: served.times_live("cc2") == 1)
    assert (served.times_live("cc1"), served.times_live("cc2")) == (1, 1)
    assert "the publisher has ended (SIGKILL)" in served.said()


def test_with_prefects_server_stopped_and_dead_releases_are_on_time_and_say_so(served: Served) -> None:
    served.well()
    stopped = served.server()
    os.kill(stopped, signal.SIGSTOP)
    due = served.scheduled("dd1")
    late = served.lateness("dd1", due)
    os.kill(stopped, signal.SIGKILL)
    assert late < PUNCTUAL
    again = served.scheduled("dd2")
    assert served.lateness("dd2", again) < PUNCTUAL
    assert "publishing without Prefect" in served.said()
    until(lambda: served.server() != stopped)
    assert "Prefect's server has ended (SIGKILL)" in served.said()


def test_a_second_serve_is_refused_and_names_the_first(served: Served) -> None:
    ran = subprocess.run(
        [KAWARABAN, "serve"], env=environment(served.root), capture_output=True, text=True, check=False, timeout=30
    )
    assert ran.returncode == 2
    assert f"kill {served.process.pid}" in ran.stderr


def test_the_preview_says_that_all_is_well(served: Served) -> None:
    port = served.said().split("http://127.0.0.1:")[1].split("/")[0]
    until(lambda: b'"publisher":true' in urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=20).read())


HASTY = """
from flows.publisher import __main__ as program
program.GRACE_SECONDS = 0.5
program._leave(program.main())
"""


def test_a_publisher_asked_to_end_in_the_middle_of_a_request_leaves_no_run_running(
    served: Served, tmp_path: Path
) -> None:
    served.well()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the request, and never answers
        paper = paper_at(tmp_path / "paper")
        stage = f"stage: {{kind: rehearsal, server: 'http://127.0.0.1:{silent.getsockname()[1]}', idempotency: none}}\n"
        (paper.root / "config" / "channels.yaml").write_text(stage, encoding="utf-8")
        settings = paper.root / "config" / "publication.yaml"
        settings.write_text(settings.read_text(encoding="utf-8") + "\nnetwork: {private: true}\n", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-c", HASTY],
            env=with_server(paper.root, served.prefect.url),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        words = process.stdout.readline
        until(lambda: "Prefect answers" in words())
        paper.write()
        silent.settimeout(30)
        asked, _ = silent.accept()
        with asked:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
    runs = served.prefect._ask("flow_runs", flow_runs={"tags": {"all_": ["article:7ra1ny7a"]}})
    # crashed by our own word, or failed by Prefect's where it stumbled over our end: it does not run on
    assert [run["state_type"] for run in runs] in (["CRASHED"], ["FAILED"])
    with open_house_at(paper.root) as house:
        assert [row.state.value for row in house.ledger.deliveries()] == ["sending"]  # whoever comes next asks first


def open_house_at(root: Path) -> House:
    return open_house(root, clock=clock)
