"""`kawaraban doctor`: what is not well is said with its remedy, and exit 1; nothing is changed, no secret is shown."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from flows import handover
from flows.compose import open_house
from flows.handover import reception
from flows.stages.examining import Check, examine
from kawaraban.ledger import Scope, owner
from tests.desk.papers import Answer, Paper
from tests.servers.posts import PostServer, post_server

TOKEN = "hunter2-hunter2"  # noqa: S105 - what must never be shown
NOW = datetime(2024, 11, 5, tzinfo=UTC)


@pytest.fixture
def board() -> Iterator[PostServer]:
    with post_server() as made:
        yield made


@pytest.fixture
def well(paper: Paper, board: PostServer) -> Paper:
    """A paper where all is well."""
    paper.replace("config/publication.yaml", "base_url: https://example.com", "base_url: https://mizugiwa.jp")
    settings = paper.root / "config" / "publication.yaml"
    alerts = "alerts:\n  - to: {env: ALERTS_CHAT}\n"
    settings.write_text(settings.read_text(encoding="utf-8") + alerts, encoding="utf-8")
    paper.environment["ALERTS_CHAT"] = f"json://127.0.0.1:{board.url.rpartition(':')[2]}/alerts/{TOKEN}"
    return paper


def checks(answer: Answer) -> dict[str, dict[str, Any]]:
    assert TOKEN not in answer.said
    return {one["name"]: one for one in answer.document["checks"]}


def failed(paper: Paper, *words: str) -> dict[str, dict[str, Any]]:
    """The checks that fail; the exit code says whether any does."""
    answer = paper("doctor", "--json", *words)
    found = {name: one for name, one in checks(answer).items() if not one["ok"]}
    assert answer.code == (1 if found else 0)
    return found


def test_a_paper_where_all_is_well(well: Paper) -> None:
    answer = well("doctor")
    assert answer.code == 0, answer.said
    assert answer.out.endswith("all is well\n")
    assert well("doctor", language="ja").out.endswith("整っています\n")


def test_nothing_is_made_by_looking(well: Paper) -> None:
    well("doctor")
    state = well.root / ".kawaraban"
    made = {path.relative_to(state).parts[0] for path in state.rglob("*")} if state.exists() else set()
    assert made <= {"cache"}
    assert not (well.root / "public").exists()


def test_every_check_has_exactly_the_keys_that_programs_read(well: Paper) -> None:
    found = checks(well("doctor", "--json"))
    assert all(set(one) == {"name", "ok", "said", "remedy"} for one in found.values())
    assert list(found) == [
        "settings", "address", "secrets", "content", "ledger", "clock", "locks", "disk", "folders", "prefect",
        "publisher", "alerts",
    ]  # fmt: skip


def test_it_fails_while_no_alert_goes_anywhere(paper: Paper) -> None:
    found = failed(paper)
    assert list(found) == ["alerts"]
    assert "alerts" in found["alerts"]["remedy"]


@pytest.mark.parametrize(
    ("address", "said"), [("", "ALERTS_CHAT"), (f"nonsense://{TOKEN}", "Apprise"), (TOKEN, "Apprise")]
)
def test_it_fails_where_an_alert_could_not_be_sent(well: Paper, address: str, said: str) -> None:
    well.environment["ALERTS_CHAT"] = address
    assert said in failed(well)["alerts"]["said"]


def test_a_test_alert_is_sent_when_asked_for_and_its_failure_is_one(well: Paper, board: PostServer) -> None:
    well("doctor")
    assert board.requests == []
    assert failed(well, "--alert") == {}
    assert [path for _, path, _, _ in board.requests] == [f"/alerts/{TOKEN}"]
    board.faults.append("unauthorised")
    assert "could not be sent" in failed(well, "--alert")["alerts"]["said"]


def test_what_nobody_is_told_is_advice(well: Paper) -> None:
    well.replace("config/publication.yaml", "{env: ALERTS_CHAT}", "{env: ALERTS_CHAT}\n    for: [failed]")
    alerts = checks(well("doctor", "--json"))["alerts"]
    assert alerts["ok"]
    assert "unsure" in alerts["remedy"]


def test_the_samples_address_is_advice(paper: Paper) -> None:
    address = checks(paper("doctor", "--json"))["address"]
    assert address["ok"]
    assert "base_url" in address["remedy"]


def test_broken_settings_are_told_with_file_and_line_and_the_machine_is_looked_at_all_the_same(well: Paper) -> None:
    well.replace("config/publication.yaml", "timezone: Asia/Tokyo", "timezone: Asia/Edo")
    answer = well("doctor", "--json")
    found = checks(answer)
    assert answer.code == 1
    assert "config/publication.yaml:" in found["settings"]["said"]
    assert "Asia/Tokyo" in found["settings"]["remedy"]
    assert found["disk"]["ok"]


def test_a_secret_that_is_not_there_is_named_and_one_that_is_there_is_not_shown(
    well: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = well.root / "config" / "channels.yaml"
    hook = "hook: {kind: webhook, url: 'https://hook.example.net/', secret: {env: HOOK_SECRET}}\n"
    channels.write_text(channels.read_text(encoding="utf-8") + hook, encoding="utf-8")
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    assert "HOOK_SECRET" in failed(well)["secrets"]["said"]
    well.environment["HOOK_SECRET"] = TOKEN
    assert failed(well) == {}


def test_a_secret_that_ends_soon_is_advice_and_one_that_has_ended_fails(well: Paper) -> None:
    for day, ok in (("2099-01-01", True), ("2020-01-01", False)):
        settings = well.root / "config" / "publication.yaml"
        text = settings.read_text(encoding="utf-8").partition("alerts:\n  - to")[0]
        settings.write_text(f"{text}alerts:\n  - to: {{env: ALERTS_CHAT, expires: {day}}}\n", encoding="utf-8")
        assert checks(well("doctor", "--json"))["secrets"]["ok"] is ok
    with_days_left = {one.name: one for one in examine(well.root, clock=lambda: datetime(2019, 12, 25, tzinfo=UTC))}
    assert "env:ALERTS_CHAT of alerts ends on 2020-01-01" in with_days_left["secrets"].said.en
    assert with_days_left["secrets"].remedy is not None


def test_a_ready_article_with_an_error_fails_and_a_draft_is_only_counted(well: Paper) -> None:
    well.write("draft", "::: dialogue\n", id="7ra1ny7b", status="draft")
    content = checks(well("doctor", "--json"))["content"]
    assert content["ok"]
    assert "1 draft with errors" in content["said"]
    well.write("rain", "::: dialogue\n")
    assert "1 blocked" in failed(well)["content"]["said"]


def test_a_file_that_cannot_be_read_fails(well: Paper) -> None:
    well.write().write_text("---\ntitle: [\n", encoding="utf-8")
    assert "1 unreadable" in failed(well)["content"]["said"]


def test_a_scheduled_article_needs_a_publisher(well: Paper) -> None:
    well.write(published="2099-06-18T07:00:00+09:00")
    well("publish")
    found = failed(well)
    assert list(found) == ["publisher"]
    assert "serve" in found["publisher"]["remedy"]
    with reception(well.root, handover.Visits()):
        assert failed(well) == {}


def test_a_ledger_that_is_none_fails_and_nothing_else_hides_it(well: Paper) -> None:
    ledger = well.root / ".kawaraban" / "ledger.sqlite"
    ledger.parent.mkdir(exist_ok=True)
    ledger.write_bytes(b"a letter, and no ledger. " * 100)
    assert "ledger" in failed(well)


def test_a_ledger_that_was_copied_elsewhere_fails(well: Paper) -> None:
    well.write()
    assert well("publish").code == 0
    copy = Paper(well.root.parent / "copy", environment=well.environment)
    shutil.copytree(well.root, copy.root)
    assert "resume" in failed(copy)["ledger"]["remedy"]


def test_a_clock_behind_the_ledger_fails(well: Paper) -> None:
    with open_house(well.root, clock=lambda: NOW, who="editor") as house:
        house.ledger.hold(Scope(channel="note"), now=NOW, who="editor")
    found = {one.name: one for one in examine(well.root, clock=lambda: NOW - timedelta(hours=1))}
    assert not found["clock"].ok
    assert found["clock"].remedy is not None


def test_a_publish_that_takes_long_is_named_with_its_process(well: Paper) -> None:
    def locks(at: datetime) -> Check:
        return next(one for one in examine(well.root, clock=lambda: at) if one.name == "locks")

    with (
        open_house(well.root, clock=lambda: NOW, who="editor") as house,
        house.ledger.lock("publish", owner=owner(), now=NOW, lease=timedelta(hours=1)),
    ):
        short, long = locks(NOW + timedelta(minutes=1)), locks(NOW + timedelta(minutes=30))
    assert f"pid {os.getpid()}" in short.said.en
    assert short.remedy is None
    assert long.remedy is not None
    assert long.ok


def test_a_full_disk_fails_before_it_is_quite_full(well: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    nearly_full = SimpleNamespace(total=10**12, used=10**12 - 10**8, free=10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: nearly_full)
    assert "0.1 GB" in failed(well)["disk"]["said"]


def test_a_folder_that_cannot_be_written_fails(well: Paper) -> None:
    (well.root / "public").symlink_to("/proc/self")
    assert "can't be written" in failed(well)["folders"]["said"]


def test_it_looks_at_a_publisher_without_talking_to_a_stranger(well: Paper) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        state = well.root / ".kawaraban" / "publisher.json"
        state.parent.mkdir(exist_ok=True)
        state.write_text(f'{{"port": {free.getsockname()[1]}, "token": "x", "pid": 1}}', encoding="utf-8")
        assert checks(well("doctor", "--json"))["publisher"]["ok"], "nothing is scheduled"
