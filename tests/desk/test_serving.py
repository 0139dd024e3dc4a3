"""The supervisor's parts: children that are started again, signs of life for systemd, one serve per root."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desk.serving import supervisor
from desk.serving.child import Child
from desk.serving.notifying import notify, watchdog_seconds
from desk.serving.supervisor import Supervisor, only_one
from flows import server
from kawaraban.errors import Conflict, Sentence, WrongInput

NAME = Sentence(ja="係", en="the process")


def child(said: list[str], *command: str) -> Child:
    return Child(NAME, lambda: subprocess.Popen(command), lambda sentence: said.append(sentence.en))


def test_what_dies_is_started_again_after_a_pause_that_grows_and_it_is_said() -> None:
    said: list[str] = []
    one = child(said, sys.executable, "-c", "raise SystemExit(3)")
    pauses = []
    for _ in range(3):
        one.again = 0.0  # the pause is over
        one.tend()
        assert one.process is not None
        one.process.wait()
        pauses.append(one.pause)
        one.tend()
    assert pauses == [0.5, 1.0, 2.0]
    assert said[0] == "the process has ended (exit 3); it is started again in 0.5 s"
    one.tend()
    assert one.process is None  # its pause is not over


def test_what_can_not_be_started_is_said_and_ends_nothing() -> None:
    said: list[str] = []
    child(said, "/no/such/program").tend()
    assert "the process can't start" in said[0]


def test_what_does_not_end_when_asked_is_killed() -> None:
    program = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); sys.stdin.read()"
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return started[-1]

    one = Child(NAME, start, lambda _sentence: None)
    one.tend()
    with started[0] as process:
        assert process.stdout is not None
        process.stdout.readline()
        one.ask_to_end()
        assert not one.ended(time.monotonic() + 0.2)
        assert process.returncode == -9


def test_systemd_hears_of_us_by_a_path_and_by_an_abstract_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not notify("READY=1")
    abstract = f"kawaraban-test-{os.getpid()}"
    for bound, told in ((str(tmp_path / "notify"), str(tmp_path / "notify")), (f"\0{abstract}", f"@{abstract}")):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.bind(bound)
            monkeypatch.setenv("NOTIFY_SOCKET", told)
            assert notify("READY=1")
            assert listening.recv(100) == b"READY=1"


def test_signs_of_life_come_twice_as_often_as_they_must_and_only_from_who_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert watchdog_seconds() is None
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    assert watchdog_seconds() == 30
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid() + 1))
    assert watchdog_seconds() is None


def test_one_serve_a_root_and_the_second_learns_who_it_is(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from desk.serving.supervisor import only_one\n"
        "with only_one(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Conflict, match=f"pid {holder.pid}"), only_one(tmp_path):
            pass
        holder.kill()
        holder.wait()
        with only_one(tmp_path):  # the kernel let it go
            pass


def test_a_port_that_is_taken_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        serving = Supervisor(tmp_path, taken.getsockname()[1], lambda _sentence: None)
        with pytest.raises(WrongInput, match="is taken"):
            serving.run()


def test_a_publisher_whose_loop_turns_no_more_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "BEAT_SECONDS", 5.0)
    said: list[str] = []
    serving = Supervisor(tmp_path, server.free_port(), lambda sentence: said.append(sentence.en))
    serving.publisher = child(said, sys.executable, "-c", "import sys; sys.stdin.read()")
    serving.publisher.start = lambda: subprocess.Popen(["sleep", "60"])
    serving.publisher.tend()
    process = serving.publisher.process
    assert process is not None
    beat = tmp_path / ".kawaraban" / "publisher.json"
    beat.parent.mkdir()
    beat.write_text("{}", encoding="utf-8")
    serving._feel_the_pulse()
    serving.publisher.began -= 60  # it has had time to start
    serving._feel_the_pulse()
    assert process.poll() is None
    os.utime(beat, (0, 0))
    serving._feel_the_pulse()
    assert process.returncode == -9
    assert "has not moved for" in said[0]
