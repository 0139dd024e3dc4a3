"""
A mock of Mastodon with a memory (PyPI: mastodon_mock): keeps idempotency keys, limits of length, edits, schedules.

Its answers are those of Mastodon 4.6. It gives every account away that is asked for: take a fresh one for every test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.servers.mastodon_account import Account, account
from tests.servers.running import Command, answers, free_port, installed, running


@dataclass(frozen=True)
class Mastodon:
    """The server: where it is, and where its log is."""

    url: str
    port: int
    log: Path

    def account(self) -> Account:
        """Open a fresh account, with an access token of full scope."""
        made = requests.post(f"{self.url}/api/v1/_mock/dev_user", json={}, timeout=30)
        made.raise_for_status()
        return account(self.url, made.json()["access_token"])


@contextmanager
def mastodon(data: Path, *, requests_in_5_minutes: int = 0) -> Iterator[Mastodon]:
    """Run one with its data in this folder; more requests than so many (0: any number) are answered with 429."""
    program = installed("mastodon") / "venv" / "bin" / "mastodon_mock"
    data.mkdir(parents=True, exist_ok=True)
    port, log, settings = free_port(), data / "log", data / "settings.toml"
    settings.write_text(
        f'domain = "127.0.0.1:{port}"\n'
        f'url_scheme = "http"\n'
        f'media_storage_path = "{data / "media"}"\n'
        f'[database]\npath = "{data / "database"}"\n'
        f"[ratelimit]\nenabled = {str(requests_in_5_minutes > 0).lower()}\nlimit = {requests_in_5_minutes}\n",
        encoding="utf-8",
    )
    command: Command = (program, "serve", "--config", settings, "--host", "127.0.0.1", "--port", str(port))
    url = f"http://127.0.0.1:{port}"
    with running(command, log=log, ready=answers(f"{url}/api/v2/instance"), cwd=data):
        yield Mastodon(url, port, log)
