"""Where a Prefect server comes from: the one that answers, else our own child, else none, and never an exception."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from flows import server
from kawaraban.errors import Sentence


@contextmanager
def imitation(status: int = 200) -> Iterator[str]:
    """A server that answers every request with `status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            pass

    listener = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}/api"
    finally:
        listener.shutdown()
        listener.server_close()


@pytest.fixture(autouse=True)
def _no_configured_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


def test_a_configured_server_that_answers_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with imitation() as url:
        monkeypatch.setenv("PREFECT_API_URL", url)
        with server.prefect_server(tmp_path, lambda _: None) as found:
            assert found == server.PrefectServer(url, own=False)


def test_a_remembered_server_that_answers_is_used(tmp_path: Path) -> None:
    with imitation() as url:
        server.home(tmp_path).mkdir(parents=True)
        (server.home(tmp_path) / "server.json").write_text(
            json.dumps({"api_url": url, "pid": os.getpid()}), encoding="utf-8"
        )
        with server.prefect_server(tmp_path, lambda _: None) as found:
            assert found == server.PrefectServer(url, own=False)


def test_the_address_of_a_server_that_is_gone_is_not_used_although_another_answers_there(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with imitation() as url:
        server.home(tmp_path).mkdir(parents=True)
        memory = server.home(tmp_path) / "server.json"
        memory.write_text(json.dumps({"api_url": url, "pid": gone.pid}), encoding="utf-8")
        assert server.known(tmp_path) is None


def test_a_database_whose_migration_was_cut_short_is_not_taken_for_prepared(tmp_path: Path) -> None:
    server.home(tmp_path).mkdir(parents=True)
    (server.home(tmp_path) / "prefect.db").write_bytes(b"half")
    assert not server.is_prepared(tmp_path)


@pytest.mark.parametrize("status", [404, 500])
def test_a_server_that_is_not_healthy_does_not_answer(status: int) -> None:
    with imitation(status) as url:
        assert not server.answers(url)


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "http://127.0.0.1:1/api", "nonsense"])
def test_what_is_no_server_does_not_answer(url: str) -> None:
    assert not server.answers(url, 0.2)


def test_a_broken_memory_of_a_server_is_ignored(tmp_path: Path) -> None:
    server.home(tmp_path).mkdir(parents=True)
    (server.home(tmp_path) / "server.json").write_text("[]", encoding="utf-8")
    assert server.known(tmp_path) is None


def test_a_folder_that_cannot_be_made_means_no_server_and_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".kawaraban").write_text("in the way", encoding="utf-8")
    said: list[Sentence] = []
    with server.prefect_server(tmp_path, said.append) as found:
        assert found is None
    assert "can't be started" in said[0].en


def test_telemetry_is_off_on_both_sides(tmp_path: Path) -> None:
    settings = server.server_settings(tmp_path, 1)
    assert settings["DO_NOT_TRACK"] == "1"
    assert settings["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_starting_a_server_never_imports_prefect_here() -> None:
    program = "import sys, flows.server; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_our_own_server_dies_with_its_parent() -> None:
    """A parent that is killed can't end its child, so the kernel does."""
    if sys.platform != "linux":
        pytest.skip("PR_SET_PDEATHSIG is Linux's")
    program = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', "
        "'import flows.server as s, os, sys, time; "
        "os.execv = lambda *a: (print(os.getpid(), flush=True), time.sleep(60)); s._child(int(sys.argv[1]), 1)', "
        "str(os.getpid())])\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    return state != "Z"
