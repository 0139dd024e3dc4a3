"""Handing a publish to a running publisher: what it says arrives, strangers get nothing, silence is said."""

from __future__ import annotations

import json
import os
import queue
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from flows.handover import Asking, Visit, Visits, answers, hand_over, reception, runs, whereabouts
from flows.stages.values import Published, PublishRequest, Step
from kawaraban.errors import Conflict, Place, Sentence, WrongInput
from kawaraban.plan import Plan

REQUEST = PublishRequest(("3k7m9q2x",), ("site",))
STEP = Step("read", Sentence(ja="読んでいます", en="reading"))
DONE = Published(Plan("ab" * 32, ()), ())


@contextmanager
def publisher(root: Path, work: Callable[[Visit], None]) -> Iterator[Visits]:
    """A publisher that does `work` with everything it is asked for."""
    visits: Visits = queue.Queue()

    def serve() -> None:
        while (visit := visits.get()) is not None:
            work(visit)

    with reception(root, visits, beat=0.05):
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield visits
        visits.put(None)  # type: ignore[arg-type] # the sign to stop
        thread.join(5)


def test_progress_and_end_arrive(tmp_path: Path) -> None:
    asked = []

    def work(visit: Visit) -> None:
        asked.append(visit.request)
        visit.progress(STEP)
        visit.done(DONE)

    steps: list[Step] = []
    with publisher(tmp_path, work):
        assert hand_over(tmp_path, REQUEST, steps.append) == DONE
    assert (asked, steps) == ([REQUEST], [STEP])


def test_an_error_arrives_as_the_kind_it_was_with_place_and_remedy(tmp_path: Path) -> None:
    error = WrongInput(
        Sentence(ja="だめ", en="no"), place=Place(Path("a.md"), 3), remedy=Sentence(ja="直す", en="mend it")
    )
    with publisher(tmp_path, lambda visit: visit.failed(error)), pytest.raises(WrongInput) as raised:
        hand_over(tmp_path, REQUEST, lambda _step: None)
    assert raised.value.said("ja") == error.said("ja")


def test_where_no_publisher_runs_the_caller_does_it_itself(tmp_path: Path) -> None:
    assert hand_over(tmp_path, REQUEST, lambda _step: None) is None
    with publisher(tmp_path, lambda visit: visit.done(DONE)):
        left = (tmp_path / ".kawaraban" / "publisher.json").read_text(encoding="utf-8")
    assert whereabouts(tmp_path) is None
    (tmp_path / ".kawaraban" / "publisher.json").write_text(left, encoding="utf-8")  # one that was killed leaves it
    assert hand_over(tmp_path, REQUEST, lambda _step: None) is None


def test_a_publisher_that_is_stopped_keeps_nobody_waiting(tmp_path: Path) -> None:
    """The kernel takes the connection for a process that was stopped: nothing is ever said on it."""
    with socket.create_server(("127.0.0.1", 0)) as stopped:
        (tmp_path / ".kawaraban").mkdir()
        said = json.dumps({"port": stopped.getsockname()[1], "token": "t", "pid": os.getpid()})
        (tmp_path / ".kawaraban" / "publisher.json").write_text(said, encoding="utf-8")
        assert hand_over(tmp_path, REQUEST, lambda _step: None, greeting=0.1) is None
        assert not answers(tmp_path, patience=0.1)
        assert runs(tmp_path)  # whoever puts a ledger back must know of it all the same


def test_a_publisher_that_runs_answers(tmp_path: Path) -> None:
    with publisher(tmp_path, lambda visit: visit.done(DONE)):
        assert answers(tmp_path)


@pytest.mark.parametrize("written", ["", "[]", '{"port": "x"}', '{"port": 1}'])
def test_a_broken_file_is_no_publisher(tmp_path: Path, written: str) -> None:
    (tmp_path / ".kawaraban").mkdir()
    (tmp_path / ".kawaraban" / "publisher.json").write_text(written, encoding="utf-8")
    assert hand_over(tmp_path, REQUEST, lambda _step: None) is None


def test_only_the_owner_can_read_the_token(tmp_path: Path) -> None:
    with publisher(tmp_path, lambda visit: visit.done(DONE)):
        file = tmp_path / ".kawaraban" / "publisher.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert json.loads(file.read_text(encoding="utf-8"))["pid"] == os.getpid()


def test_a_stranger_without_the_token_is_not_heard(tmp_path: Path) -> None:
    asked: list[Visit] = []
    with publisher(tmp_path, asked.append):
        here = whereabouts(tmp_path)
        assert here is not None
        with pytest.raises(AuthenticationError):
            Client(("127.0.0.1", here.port), authkey=b"guess")
    assert not asked


def test_whoever_hangs_in_the_greeting_keeps_nobody_out(tmp_path: Path) -> None:
    with publisher(tmp_path, lambda visit: visit.done(DONE)):
        here = whereabouts(tmp_path)
        assert here is not None
        with Client(("127.0.0.1", here.port)):
            assert hand_over(tmp_path, REQUEST, lambda _step: None) == DONE


def test_a_publisher_that_dies_in_the_middle_is_said(tmp_path: Path) -> None:
    with publisher(tmp_path, lambda visit: visit.close()), pytest.raises(Conflict) as raised:
        hand_over(tmp_path, REQUEST, lambda _step: None)
    assert "kawaraban status" in (raised.value.remedy or STEP.what).en


def test_long_silence_of_a_live_publisher_is_not_its_end(tmp_path: Path) -> None:
    """It says now and then that it lives, while a long stage says nothing."""
    release = threading.Event()

    def work(visit: Visit) -> None:
        release.wait(0.6)
        visit.done(DONE)

    with publisher(tmp_path, work):
        assert hand_over(tmp_path, REQUEST, lambda _step: None, patience=0.3) == DONE


def test_the_publisher_learns_on_whose_behalf_it_works(tmp_path: Path) -> None:
    asked = []

    def work(visit: Visit) -> None:
        asked.append(visit.who)
        visit.done(DONE)

    with publisher(tmp_path, work):
        hand_over(tmp_path, REQUEST, lambda _step: None, who="hatsune")
    assert asked == ["hatsune"]


def test_whoever_asked_and_went_does_not_stop_the_work(tmp_path: Path) -> None:
    ended = threading.Event()
    started = threading.Event()

    def work(visit: Visit) -> None:
        started.set()
        visit.peer.poll(5)
        visit.progress(STEP)
        visit.done(DONE)
        ended.set()

    with publisher(tmp_path, work):
        here = whereabouts(tmp_path)
        assert here is not None
        peer = Client(("127.0.0.1", here.port), authkey=here.token.encode())
        peer.send(Asking(REQUEST))
        assert started.wait(5)
        peer.close()
        assert ended.wait(5)
