"""A server ends with the tests that started it, however they end, and says why when it does not start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers.running import NotInstalledError, NotReadyError, installed, running

ROOT = Path(__file__).parents[2]
_TESTS = """
import os, sys
from pathlib import Path
from tests.servers.running import running
with running(["sh", "-c", "sleep 60 & sleep 60"], log=Path(sys.argv[1]), ready=lambda: True) as leader:
    print(leader, flush=True)
    sys.stdin.read()
"""


def test_a_server_ends_when_the_tests_are_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _TESTS, str(tmp_path / "log")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as tests:
        assert tests.stdout is not None
        group = int(tests.stdout.readline())
        assert _lives(group)
        tests.kill()
    until = time.monotonic() + 20
    while _lives(group) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _lives(group)


def test_a_server_and_its_workers_end_with_the_block(tmp_path: Path) -> None:
    with running(["sh", "-c", "sleep 60 & sleep 60"], log=tmp_path / "log", ready=lambda: True) as group:
        assert _lives(group)
    assert not _lives(group)


def test_a_server_that_ends_at_once_shows_its_log(tmp_path: Path) -> None:
    with (
        pytest.raises(NotReadyError, match=r"(?s)ended with 3.*no such port"),
        running(["sh", "-c", "echo no such port; exit 3"], log=tmp_path / "log", ready=lambda: False),
    ):
        pass


def test_what_is_not_installed_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWARABAN_SERVERS_FOLDER", str(tmp_path))
    with pytest.raises(NotInstalledError, match="run tests/servers/install ghost"):
        installed("ghost")


def _lives(group: int) -> bool:
    """Whether a process of this group runs; one that ended and waits for its parent does not."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGCONT)
        states = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
        return any(line.split()[0] == str(group) and "Z" not in line for line in states.splitlines())
    return False
