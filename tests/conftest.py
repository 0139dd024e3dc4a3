"""Fixtures every room may use: golden files, and the rule that nothing outside a test's own folder is touched."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# a busy machine is no failure; and CI judges a change by the same examples each time: to look further is a developer's run
settings.register_profile("kawaraban", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("kawaraban")

pytest_plugins = ["tests.servers.fixtures"]

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with `tests/golden/<name>`; `--update-golden` writes it, and git shows the difference."""
    update = bool(request.config.getoption("--update-golden"))

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden file {name}: run with --update-golden and read the difference"
        assert text == path.read_text(encoding="utf-8")

    return compare
