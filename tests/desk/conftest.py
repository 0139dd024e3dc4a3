"""A paper for each test, and no Prefect server: tests/flows/test_publish.py has one for all of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import flows.publish
from tests.desk.papers import Paper, paper_at


@contextmanager
def nowhere(_root: object, _say: object, meanwhile: object = None) -> Iterator[None]:
    """A place where no Prefect server is to be had."""
    del meanwhile
    yield None


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.publish, "prefect_server", nowhere)
    monkeypatch.setenv("KAWARABAN_USER", "editor")
    monkeypatch.delenv("KAWARABAN_LEDGER", raising=False)


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    """An empty paper with the channels site, rss and note."""
    return paper_at(tmp_path / "paper")
