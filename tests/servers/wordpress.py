"""
WordPress on MariaDB, both Debian's, served by PHP's own web server.

It has no idempotency: the same post sent twice is two posts, the second with the slug `…-2`. The site is one for all
tests: begin with `clear()`. What is scheduled goes out when a test asks for `/wp-cron.php`.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from lxml import html

from tests.servers.running import Command, answers, free_port, installed, running
from tests.servers.stored import Stored

STATUSES = "publish,future,draft,pending,private"
_PARTS = Path(__file__).parent / "parts" / "wordpress"
_ONCE = """\
CREATE DATABASE wordpress CHARACTER SET utf8mb4;
CREATE USER wordpress@'%' IDENTIFIED BY 'wordpress';
GRANT ALL ON wordpress.* TO wordpress@'%';
"""  # one statement a line: mariadbd reads it so


@dataclass(frozen=True)
class WordPress:
    """The site: where it is, its log, and the application password of each user (their logins are their roles)."""

    url: str
    port: int
    log: Path
    passwords: Mapping[str, str]
    user: str = "editor"

    @property
    def password(self) -> str:
        """The application password of `user`."""
        return self.passwords[self.user]

    def stored(self, statuses: str = STATUSES) -> list[Stored]:
        """All posts of every status, oldest first, without those in the trash; `text` is the blocks as they were sent."""
        posts = [self._post(post) for post in self._all("posts", status=statuses, order="asc", orderby="id")]
        return sorted(posts, key=lambda post: int(post.id))

    def media(self) -> list[Stored]:
        """The media library, oldest first: `url` is the file's, `alts` its one description."""
        return [
            Stored(
                id=str(one["id"]),
                url=one["source_url"],
                text=one["caption"]["raw"],
                title=one["title"]["raw"],
                alts=(one["alt_text"],),
                raw=one,
            )
            for one in self._all("media", order="asc", orderby="id")
        ]

    def delete(self, post: str) -> None:
        """Put a post into the trash, as an editor's click does."""
        self._told("DELETE", f"posts/{post}")

    def clear(self) -> None:
        """Delete all posts, also those in the trash, all media, tags and categories."""
        for kind in ("posts", "media", "tags", "categories"):
            more = {"status": f"{STATUSES},trash"} if kind == "posts" else {}
            for one in self._all(kind, **more):
                if not (kind == "categories" and one["slug"] == "uncategorized"):
                    self._told("DELETE", f"{kind}/{one['id']}", force="true")

    def terms(self, kind: str) -> dict[int, str]:
        """Id → name of all `tags` or `categories`."""
        return {one["id"]: one["name"] for one in self._all(kind)}

    def _post(self, post: dict[str, Any]) -> Stored:
        text: str = post["content"]["raw"]
        pictures = html.fragments_fromstring(f"<div>{text}</div>")[0].iter("img")
        return Stored(
            id=str(post["id"]),
            url=post["link"],
            text=text,
            title=post["title"]["raw"],
            status=post["status"],
            alts=tuple(picture.get("alt", "") for picture in pictures),
            raw=post,
        )

    def _all(self, kind: str, **words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        pages = page = 1
        while page <= pages:
            answer = self._told("GET", kind, **words, context="edit", per_page="100", page=str(page))
            pages, page = int(answer.headers["X-WP-TotalPages"]), page + 1
            found += answer.json()
        return found

    def _told(self, method: str, path: str, **words: str) -> requests.Response:
        who = ("administrator", self.passwords["administrator"])
        answer = requests.request(method, f"{self.url}/wp-json/wp/v2/{path}", params=words, auth=who, timeout=30)
        assert answer.ok, f"{answer.status_code}: {answer.text[:500]}"
        return answer


@contextmanager
def wordpress(data: Path) -> Iterator[WordPress]:
    """Run a fresh site with its data in this folder."""
    program = installed("wordpress", "php", "mariadbd")
    port, site, log = free_port(), data / "site", data / "log"
    shutil.copytree(program / "site", site)
    shutil.copy(_PARTS / "wp-config.php", site)
    with _mariadb(data / "mariadb") as database:
        environment = {"PORT": str(port), "DATABASE_PORT": str(database), "PHP_CLI_SERVER_WORKERS": "4"}
        passwords = _set_up(site, environment)
        url = f"http://127.0.0.1:{port}"
        with running(_php("-S", f"127.0.0.1:{port}", "-t", site), log=log, ready=answers(url), environment=environment):
            made = WordPress(url, port, log, passwords)
            made.clear()
            yield made


@contextmanager
def _mariadb(data: Path) -> Iterator[int]:
    """A database server of our own; gives its port. It may forget what it wrote when the machine stops."""
    port, user = free_port(), pwd.getpwuid(os.getuid()).pw_name
    tables, once = data / "tables", data / "once.sql"
    data.mkdir(parents=True)
    once.write_text(_ONCE, encoding="utf-8")
    install: Command = (
        "mariadb-install-db", "--no-defaults", f"--datadir={tables}", f"--user={user}", "--skip-test-db",
        "--auth-root-authentication-method=normal",
    )  # fmt: skip
    subprocess.run(install, check=True, capture_output=True)
    server: Command = (
        shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin") or "mariadbd", "--no-defaults",
        f"--datadir={tables}", f"--user={user}", f"--init-file={once}", f"--port={port}", "--bind-address=127.0.0.1",
        "--socket=", f"--pid-file={data / 'pid'}", "--skip-name-resolve", "--performance-schema=off",
        "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M",
    )  # fmt: skip
    with running(server, log=data / "log", ready=_listening(port)):
        yield port


def _listening(port: int) -> Callable[[], bool]:
    def asked() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                return bool(connection.recv(1))
        except OSError:
            return False

    return asked


def _set_up(site: Path, environment: Mapping[str, str]) -> dict[str, str]:
    done = subprocess.run(
        _php(_PARTS / "setup.php"), cwd=site, env={**os.environ, **environment}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"{"), done
    passwords: dict[str, str] = json.loads(done.stdout)
    return passwords


def _php(*words: str | Path) -> list[str | Path]:
    """PHP with room for pictures, and no mail."""
    return ["php", "-d", "upload_max_filesize=16M", "-d", "post_max_size=20M", "-d", "sendmail_path=true", *words]
