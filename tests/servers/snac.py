"""
snac2 (Debian), a small server of the fediverse that speaks Mastodon's interface in its own way: the awkward one.

It ignores idempotency keys, has no /api/v2/instance, takes 100 000 characters, counts a link as 32, and calls itself
"4.0.0 (not true; really snac/…)". An account costs a tenth of a second: take a fresh one for every test.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.servers.mastodon_account import Account, account
from tests.servers.running import answers, free_port, installed, running

_THREADS = 64
"""It sends each post to its own shared inbox: with the four threads it takes by itself they wait for each other."""


@dataclass(frozen=True)
class Snac:
    """The server: where it is, its log, its program and its data."""

    url: str
    port: int
    log: Path
    program: Path
    data: Path

    def account(self) -> Account:
        """Open a fresh account, with an access token of full scope."""
        name = f"u{secrets.token_hex(6)}"
        said = subprocess.run([self.program, "adduser", self.data, name], capture_output=True, text=True, check=True)
        password = re.search(r"^User password is (\S+)$", said.stdout + said.stderr, re.MULTILINE)
        assert password is not None, said
        return account(self.url, self._token(name, password[1]))

    def _token(self, name: str, password: str) -> str:
        """The code flow of OAuth, with the form a person would fill in between."""
        back = f"{self.url}/back"
        words = {"client_name": "kawaraban", "redirect_uris": back, "scopes": "read write"}
        app = requests.post(f"{self.url}/api/v1/apps", data=words, timeout=30).json()
        form = {"login": name, "passwd": password, "redir": back, "cid": app["client_id"], "state": ""}
        sent = requests.post(f"{self.url}/oauth/x-snac-login", data=form, allow_redirects=False, timeout=30)
        grant = {
            "grant_type": "authorization_code",
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            "redirect_uri": back,
            "code": parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0],
        }
        token: str = requests.post(f"{self.url}/oauth/token", data=grant, timeout=30).json()["access_token"]
        return token


@contextmanager
def snac(data: Path) -> Iterator[Snac]:
    """Run one with its data in this folder."""
    program = installed("snac") / "snac"
    data.mkdir(parents=True, exist_ok=True)
    port, log, base = free_port(), data / "log", data / "snac"
    _set_up(program, base, port)
    url = f"http://127.0.0.1:{port}"
    with running((program, "httpd", base), log=log, ready=answers(f"{url}/api/v1/instance")):
        yield Snac(url, port, log, program, base)


def _set_up(program: Path, base: Path, port: int) -> None:
    asked = f"127.0.0.1\n{port}\n127.0.0.1:{port}\n\nadmin@example.com\n"
    subprocess.run([program, "init", base], input=asked, capture_output=True, text=True, check=True)
    settings = base / "server.json"
    known = json.loads(settings.read_text(encoding="utf-8"))
    settings.write_text(json.dumps({**known, "protocol": "http", "num_threads": _THREADS}), encoding="utf-8")
