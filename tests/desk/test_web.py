"""The web process as it begins: what is public, and whether all is well. Asked over a real socket by the HTTP library."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import requests
import uvicorn
from lxml.html import fromstring

from desk.cli.writing import skeleton
from desk.web.app import make_app
from flows.compose import open_house
from flows.stages.ending import withdraw
from flows.stages.publishing import publish
from flows.stages.values import PublishRequest
from kawaraban.library import write_atomically
from tests.builders import NOW


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, data in skeleton():
        write_atomically(tmp_path / path, data, durable=False)
    return tmp_path


@contextmanager
def serving(root: Path, now: datetime = NOW) -> Iterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(make_app(root, clock=lambda: now), host="127.0.0.1", port=0, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(5)


def published(root: Path) -> None:
    with open_house(root, clock=lambda: NOW) as house:
        publish(house, PublishRequest(), lambda _step: None, now=NOW)


def test_before_anything_is_public_it_says_so(root: Path) -> None:
    with serving(root) as url:
        answer = requests.get(url, timeout=5)
    assert answer.status_code == 404
    assert "まだ何も公開していません" in answer.text


def test_the_preview_is_what_is_public_and_is_never_kept(root: Path) -> None:
    published(root)
    with serving(root) as url:
        home = requests.get(f"{url}/", timeout=5)
        page = requests.get(f"{url}/articles/where-wet-things-go/", timeout=5)
        missing = requests.get(f"{url}/articles/nowhere/", timeout=5)
    assert home.content == (root / "public" / "index.html").read_bytes()
    assert page.content == (root / "public/articles/where-wet-things-go/index.html").read_bytes()
    assert (missing.status_code, "頁が" in missing.text) == (404, True)
    assert home.headers["cache-control"] == "no-store"
    assert "script-src 'none'" in home.headers["content-security-policy"]


def test_another_name_for_this_machine_is_not_answered(root: Path) -> None:
    with serving(root) as url:
        answer = requests.get(url, headers={"Host": "evil.example.com"}, timeout=5)
    assert answer.status_code == 400


def test_nothing_outside_the_public_folder_is_served(root: Path) -> None:
    published(root)
    with serving(root) as url:
        for path in (
            "/../config/publication.yaml",
            "/%2e%2e/config/publication.yaml",
            "/..%2f.kawaraban/ledger.sqlite",
        ):
            answer = requests.Request("GET", url).prepare()
            answer.url = f"{url}{path}"
            with requests.Session() as session:
                assert session.send(answer, timeout=5).status_code == 404


def test_health_says_what_is_late_what_is_forgotten_and_who_answers(root: Path) -> None:
    with serving(root) as url:
        before = requests.get(f"{url}/health", timeout=20)
        published(root)
        after = requests.get(f"{url}/health", timeout=20)
    assert before.status_code == 503
    assert before.json()["without_row"] > 0
    said = after.json()
    assert (said["overdue"], said["without_row"], said["publisher"], said["error"]) == (0, 0, False, None)


def test_broken_settings_are_said_and_the_process_lives(root: Path) -> None:
    with serving(root) as url:
        (root / "config" / "publication.yaml").write_text("name: [\n", encoding="utf-8")
        health = requests.get(f"{url}/health", timeout=5)
        page = requests.get(url, timeout=5)
    assert health.status_code == page.status_code == 503
    assert "config/publication.yaml" in health.json()["error"]


def test_it_never_imports_prefect(root: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from desk.web.app import make_app; from desk.web.health import Health\n"
        f"clock = lambda: datetime(2024, 11, 5, tzinfo=UTC); make_app(Path({str(root)!r}), clock=clock)\n"
        f"Health(Path({str(root)!r}), clock).measured(); print('prefect' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_what_was_taken_down_is_answered_with_410_and_its_tombstone(root: Path) -> None:
    published(root)
    with open_house(root, clock=lambda: NOW) as house:
        withdraw(house, "where-wet-things-go", (), "事実の確認をやり直します", now=NOW)
    with serving(root) as url:
        page = requests.get(f"{url}/articles/where-wet-things-go/", timeout=5)
        beside = requests.get(f"{url}/articles/where-wet-things-go", timeout=5, allow_redirects=False)
        itself = requests.get(f"{url}/articles/where-wet-things-go/410.html", timeout=5)
    assert page.status_code == 410
    assert "事実の確認をやり直します" in "".join(map(str, fromstring(page.content).itertext()))
    assert (beside.status_code, beside.headers["location"]) == (307, "/articles/where-wet-things-go/")
    assert itself.status_code == 404
