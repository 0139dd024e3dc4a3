"""The bluesky channel against a real PDS: the kit first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kawaraban.capabilities import Capabilities
from kawaraban.channels.bluesky import Bluesky
from kawaraban.channels.conformance import MachineConformance
from tests.kawaraban.channels.bluesky_house import GET, PUT, Front, Login, bluesky, front
from tests.servers.pds import Account, Pds

pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("pds")]


@pytest.fixture
def account(pds_server: Pds) -> Account:
    return pds_server.account()


@pytest.fixture
def door(pds_server: Pds) -> Iterator[Front]:
    with front(pds_server.url) as standing:
        yield standing


class TestTheKit(MachineConformance):
    kind = Bluesky

    @pytest.fixture(autouse=True)
    def _server(self, tmp_path: Path, account: Account, door: Front) -> None:
        self.root, self.account, self.door, self.address = tmp_path, account, door, door.url

    def able(self) -> Capabilities:
        return Bluesky.able(self.channel()._settings)

    def channel(self) -> Bluesky:
        return bluesky(self.root, Login(self.address, self.account.handle, self.account.password))

    def stored(self) -> int:
        return len(self.account.stored())

    @contextmanager
    def losing_the_answer(self) -> Iterator[None]:
        self.door.play(PUT, "lose")
        self.door.play(GET, "lose")  # asking what became of it comes to nothing, too
        yield

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        self.address = "http://127.0.0.1:1"
        yield
        self.address = self.door.url
