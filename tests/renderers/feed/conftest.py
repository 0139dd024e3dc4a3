"""The feeds most tests look at, made once."""

from __future__ import annotations

import pytest

from tests.renderers.feed.feeds import everything, usual, written


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    return written(usual())


@pytest.fixture(scope="session")
def full() -> dict[str, bytes]:
    return written(everything())
