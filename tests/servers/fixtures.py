"""
The real servers as fixtures, each started once a session by the first test that asks for it.

A module that uses one carries `pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("pds")]` (the server's
name), so that one worker starts it. Where it is not installed its tests are skipped with the remedy; in CI they fail.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.servers.ghost import Ghost, ghost
from tests.servers.mastodon import Mastodon, mastodon
from tests.servers.pds import Pds, pds
from tests.servers.running import NotInstalledError, end_of
from tests.servers.snac import Snac, snac
from tests.servers.wordpress import WordPress, wordpress

Server = TypeVar("Server")
FIXTURES = ("pds_server", "snac_server", "mastodon_server", "wordpress_server", "ghost_server")


@pytest.fixture(scope="session")
def pds_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pds]:
    with _started(pds, tmp_path_factory.mktemp("pds")) as server:
        yield server


@pytest.fixture(scope="session")
def snac_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snac]:
    with _started(snac, tmp_path_factory.mktemp("snac")) as server:
        yield server


@pytest.fixture(scope="session")
def mastodon_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mastodon]:
    with _started(mastodon, tmp_path_factory.mktemp("mastodon")) as server:
        yield server


@pytest.fixture(scope="session")
def wordpress_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """One site for all tests: a test begins with `clear()`."""
    with _started(wordpress, tmp_path_factory.mktemp("wordpress") / "here") as server:
        yield server


@pytest.fixture(scope="session")
def ghost_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ghost]:
    """One site for all tests: a test begins with `clear()`."""
    with _started(ghost, tmp_path_factory.mktemp("ghost")) as server:
        yield server


@contextmanager
def _started(starter: Callable[[Path], AbstractContextManager[Server]], data: Path) -> Iterator[Server]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(starter(data))
        except NotInstalledError as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing))
            pytest.skip(str(missing))
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the server's log with a test that failed."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for name in FIXTURES:
            if name in item.funcargs:
                server: Any = item.funcargs[name]  # Any: one of several servers, all of which have a log
                report.sections.append((f"log of {name}", end_of(server.log)))
    return report
