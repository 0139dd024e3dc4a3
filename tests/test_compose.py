"""docker-compose.yml keeps the compose specification, and what each service runs really runs on loopback."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
IN_CI = os.environ.get("CI") == "true"


def absent(reason: str) -> None:
    """Skip, except in CI, where the thing must be there."""
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(url: str, seconds: float = 90) -> tuple[int, dict[str, str]]:
    """The status and headers once the server answers at all."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - loopback
                return response.status, {key.lower(): value for key, value in response.headers.items()}
        except urllib.error.HTTPError as error:
            return error.code, {key.lower(): value for key, value in error.headers.items()}
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)  # a server is starting: there is no other signal to wait for


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def test_the_file_keeps_the_compose_specification() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    if not checker.exists():
        absent("check-jsonschema is not installed: make test installs it")
    result = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_password_stands_in_the_file() -> None:
    for service in COMPOSE["services"].values():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key:
                assert value.startswith("${"), key


def test_everything_but_the_site_stays_on_loopback() -> None:
    for name, service in COMPOSE["services"].items():
        for port in service.get("ports", []):
            assert name == "site" or str(port).startswith("127.0.0.1:")


def test_the_site_service_serves_a_published_folder(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        absent("nginx is not installed")
        return
    site = tmp_path / "site"
    (site / "articles" / "a").mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (site / "articles" / "a" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (site / "404.html").write_text("<!doctype html>", encoding="utf-8")
    (site / "feed.xml").write_text("<rss/>", encoding="utf-8")
    (site / "feed.json").write_text("{}", encoding="utf-8")
    port = free_port()
    server = (ROOT / "config" / "nginx.conf").read_text(encoding="utf-8")
    server = server.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("listen [::]:80;", "")
    server = server.replace("/srv/site", str(site))
    folders = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {tmp_path}/pid; error_log stderr; {'user root;' if os.geteuid() == 0 else ''}\n"
        f"events {{}}\nhttp {{ access_log off; include /etc/nginx/mime.types; {folders}\n{server} }}\n",
        encoding="utf-8",
    )
    with running([nginx, "-c", str(configuration)], dict(os.environ), tmp_path / "nginx.log"):
        base = f"http://127.0.0.1:{port}"
        assert answer(f"{base}/")[0] == 200
        assert answer(f"{base}/articles/a/")[0] == 200
        assert answer(f"{base}/nothing/")[0] == 404
        status, headers = answer(f"{base}/feed.xml")
        assert (status, headers["content-type"]) == (200, "application/xml; charset=utf-8")
        assert headers["access-control-allow-origin"] == "*"
        assert "etag" in headers
        assert answer(f"{base}/feed.json")[1]["content-type"] == "application/feed+json; charset=utf-8"


POSTGRES = os.environ.get("KAWARABAN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def in_postgres(*statements: str) -> None:
    import asyncpg

    async def run() -> None:
        connection = await asyncpg.connect(POSTGRES, timeout=3)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def test_the_prefect_service_answers_on_postgresql(tmp_path: Path) -> None:
    if not (IN_CI or os.environ.get("KAWARABAN_SERVERS")):
        pytest.skip("starts a server for 15 s: set KAWARABAN_SERVERS=1")
    database = f"kawaraban_compose_{os.getpid()}"
    try:
        in_postgres(f'CREATE DATABASE "{database}"')
    except Exception as error:  # noqa: BLE001 - any reason means that there is no usable PostgreSQL here
        pytest.skip(f"no PostgreSQL on loopback: {type(error).__name__}")
    port = free_port()
    service = COMPOSE["services"]["prefect"]
    secret_free = {key: value for key, value in service["environment"].items() if "PASSWORD" not in str(value)}
    environment = {
        **os.environ,
        **secret_free,
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_UI_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": POSTGRES.replace("postgresql:", "postgresql+asyncpg:").rsplit("/", 1)[
            0
        ]
        + f"/{database}",
    }
    command = [str(Path(sys.executable).with_name("prefect")), *service["command"]]
    command[command.index("--host") + 1] = "127.0.0.1"
    command[command.index("--port") + 1] = str(port)
    try:
        with running(command, environment, tmp_path / "prefect.log"):
            assert answer(f"http://127.0.0.1:{port}/api/health")[0] == 200
    finally:
        in_postgres(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
