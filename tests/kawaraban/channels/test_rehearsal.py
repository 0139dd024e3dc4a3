"""The rehearsal channel keeps the conformance kit, as each kind of idempotency, on a folder and on a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from kawaraban import registry
from kawaraban.capabilities import Capabilities
from kawaraban.channels.conformance import KEY, MachineConformance, ThreadConformance, sample
from kawaraban.channels.protocol import Surroundings
from kawaraban.channels.rehearsal import Rehearsal, RehearsalSettings
from kawaraban.config import NetworkSettings
from kawaraban.counting import Measure
from kawaraban.delivery import Receipt
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Unavailable, Unsure
from tests.builders import NOW, channel, publication
from tests.servers.posts import PostServer, post_server


def rehearsal(root: Path, **own: Any) -> Rehearsal:
    paper = publication(network=NetworkSettings(private=True))
    return Rehearsal(Surroundings(root, paper, channel("rehearsal", own=own), lambda _asset: b"", lambda: NOW))


class OnAFolder(MachineConformance):
    kind = Rehearsal
    idempotency: ClassVar[str]

    @pytest.fixture(autouse=True)
    def _root(self, tmp_path: Path) -> None:
        self.root = tmp_path
        self.faults: list[str] = []

    def able(self) -> Capabilities:
        return registry.capabilities(channel("rehearsal", own={"idempotency": self.idempotency}))

    def channel(self) -> Rehearsal:
        return rehearsal(self.root, idempotency=self.idempotency, faults=self.faults)

    def stored(self) -> int:
        return len(list((self.root / "rehearsal").glob("*.json")))

    @contextmanager
    def _playing(self, fault: str) -> Iterator[None]:
        self.faults.append(fault)
        yield
        self.faults.clear()

    def losing_the_answer(self) -> Any:
        return self._playing("lost")

    def unreachable(self) -> Any:
        return self._playing("down")


class OnAServer(MachineConformance):
    kind = Rehearsal
    idempotency: ClassVar[str]

    @pytest.fixture(autouse=True)
    def _server(self, tmp_path: Path) -> Iterator[None]:
        self.root = tmp_path
        with post_server(keeps_keys=self.idempotency == "header") as self.board:
            self.address = self.board.url
            yield

    board: PostServer
    address: str

    def able(self) -> Capabilities:
        return registry.capabilities(channel("rehearsal", own={"idempotency": self.idempotency}))

    def channel(self) -> Rehearsal:
        return rehearsal(self.root, idempotency=self.idempotency, server=self.address)

    def stored(self) -> int:
        return len(self.board.posts)

    @contextmanager
    def losing_the_answer(self) -> Iterator[None]:
        self.board.faults.append("lose")
        yield

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        self.address = "http://127.0.0.1:1"
        yield
        self.address = self.board.url


class ThreadsOnAFolder(OnAFolder, ThreadConformance):
    def able(self) -> Capabilities:
        return registry.capabilities(channel("rehearsal", own={"idempotency": self.idempotency, "limit": 80}))

    def channel(self) -> Rehearsal:
        return rehearsal(self.root, idempotency=self.idempotency, faults=self.faults, limit=80)

    def answered(self, receipt: Receipt) -> str:
        stored = json.loads((self.root / "rehearsal" / f"{receipt.remote_id}.json").read_text(encoding="utf-8"))
        return str(stored["answers_to"])


class ThreadsOnAServer(OnAServer, ThreadConformance):
    def able(self) -> Capabilities:
        return registry.capabilities(channel("rehearsal", own={"idempotency": self.idempotency, "limit": 80}))

    def channel(self) -> Rehearsal:
        return rehearsal(self.root, idempotency=self.idempotency, server=self.address, limit=80)

    def answered(self, receipt: Receipt) -> str:
        return self.board.posts[receipt.remote_id].get("answers_to", "")

    def requests(self) -> list[bytes]:
        return [body for method, _, _, body in self.board.requests if method in ("PUT", "POST")]


class TestNaturalKeyOnAFolder(OnAFolder):
    idempotency = "natural"


class TestHeaderOnAFolder(OnAFolder):
    idempotency = "header"


class TestFindOnAFolder(OnAFolder):
    idempotency = "find"


class TestNothingOnAFolder(OnAFolder):
    idempotency = "none"


class TestNaturalKeyOnAServer(OnAServer):
    idempotency = "natural"


class TestThreadsByNaturalKeyOnAFolder(ThreadsOnAFolder):
    idempotency = "natural"


class TestThreadsByListOnAFolder(ThreadsOnAFolder):
    idempotency = "find"


class TestThreadsByNaturalKeyOnAServer(ThreadsOnAServer):
    idempotency = "natural"


class TestThreadsByListOnAServer(ThreadsOnAServer):
    idempotency = "find"


class TestHeaderOnAServer(OnAServer):
    idempotency = "header"


class TestFindOnAServer(OnAServer):
    idempotency = "find"


class TestNothingOnAServer(OnAServer):
    idempotency = "none"


@pytest.mark.parametrize(
    ("fault", "failure", "posts"),
    [
        ("down", Unavailable, 0),
        ("busy", Unavailable, 0),
        ("refused", Refused, 0),
        ("unauthorised", NotAuthorised, 0),
        ("dropped", Unsure, 0),
        ("lost", Unsure, 1),
    ],
)
def test_each_fault_is_the_failure_it_stands_for(
    tmp_path: Path, fault: str, failure: type[ChannelFailure], posts: int
) -> None:
    made = rehearsal(tmp_path, faults=[fault])
    with pytest.raises(failure):
        made.create(made.prepare(sample()), KEY, lambda _note: None)
    assert len(list((tmp_path / "rehearsal").glob("*.json"))) == posts


def test_the_script_goes_on_after_a_restart_and_then_all_is_well(tmp_path: Path) -> None:
    for fault in (Unavailable, Refused, None, None):
        made = rehearsal(tmp_path, faults=["down", "refused"])
        if fault is None:
            assert made.create(made.prepare(sample()), KEY, lambda _note: None).remote_id
        else:
            with pytest.raises(fault):
                made.create(made.prepare(sample()), KEY, lambda _note: None)


def test_a_dry_run_leaves_a_file_a_person_can_read(tmp_path: Path) -> None:
    made = rehearsal(tmp_path)
    made.create(made.prepare(sample()), KEY, lambda _note: None)
    (file,) = (tmp_path / "rehearsal").iterdir()
    assert json.loads(file.read_text(encoding="utf-8"))["title"] == "川の音"
    assert "川の音を聞く。" in file.read_text(encoding="utf-8")


def test_a_limit_makes_threads_only_where_a_post_can_be_asked_for() -> None:
    kinds = {
        kind: registry.capabilities(channel("rehearsal", own={"idempotency": kind, "limit": 80}))
        for kind in ("natural", "header", "find", "none")
    }
    assert {kind: able.threads for kind, able in kinds.items()} == {
        "natural": True, "header": False, "find": True, "none": False,
    }  # fmt: skip
    assert all(able.text == Measure("graphemes", 80) for able in kinds.values())
    assert registry.capabilities(channel("rehearsal", own={})).text is None


def test_it_announces_when_it_is_told_to() -> None:
    quiet = channel("rehearsal", own={})
    loud = channel("rehearsal", own={"announces": True, "idempotency": "none"})
    assert not registry.capabilities(quiet).announces
    assert registry.capabilities(loud) == replace(registry.capabilities(loud), announces=True, idempotency="none")
    assert RehearsalSettings().burst == 3
