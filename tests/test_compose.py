"""docker-compose.yml keeps the compose specification, its image is complete, and what its services run really runs on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
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
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

from desk.cli.writing import skeleton

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))  # Any: YAML
SERVICES: dict[str, Any] = COMPOSE["services"]  # Any: YAML
POSTGRES = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")


def absent(reason: str) -> NoReturn:
    """Skip, except in CI, where the thing must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


# --- the file ---------------------------------------------------------------------------------------------------


def test_the_file_keeps_the_compose_specification() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")  # brings the schema along: no network
    if not checker.exists():
        absent("check-jsonschema is not installed: make test installs it")
    result = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_password_stands_in_the_file_and_none_is_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key:
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), key
    assert not re.search(r"://\w+:(?!\$\{)[^@/\s]+@", text)


def test_everything_but_the_site_stays_on_loopback() -> None:
    for name, service in SERVICES.items():
        for port in service.get("ports", []):
            assert name == "site" or str(port).startswith("127.0.0.1:")


def test_the_web_server_serves_the_folder_that_the_site_channel_writes() -> None:
    """That nginx does with this configuration what is promised is tested in tests/kawaraban/channels/test_served.py."""
    folder, configuration = SERVICES["site"]["volumes"]
    channels = yaml.safe_load((ROOT / "config" / "channels.yaml").read_text(encoding="utf-8"))
    assert folder["source"] == f"./{channels['site']['path']}"
    assert not folder["bind"]["create_host_path"]
    own, there, _ = configuration.split(":")
    served = (ROOT / own).read_text(encoding="utf-8")
    assert f"root {folder['target']};" in served
    assert there == "/etc/nginx/conf.d/default.conf"
    assert "listen 80;" in served
    assert SERVICES["site"]["ports"] == ["80:80"]


def test_what_has_to_run_always_comes_back_after_a_reboot() -> None:
    for name in ("serve", "site", "prefect", "database"):
        assert SERVICES[name]["restart"] == "unless-stopped"
        assert "profiles" not in SERVICES[name]
    serve = SERVICES["serve"]
    assert serve["command"] == ["serve"]
    assert (serve["volumes"], serve["user"]) == (SERVICES["kawaraban"]["volumes"], SERVICES["kawaraban"]["user"])
    assert serve["environment"] == SERVICES["kawaraban"]["environment"]
    assert float(serve["stop_grace_period"].removesuffix("s")) > 10  # serve ends within ten seconds, by itself
    assert "http://127.0.0.1:8765/health" in serve["healthcheck"]["test"][-1]


# --- the image --------------------------------------------------------------------------------------------------


def dockerfile() -> list[list[str]]:
    """The instructions of the Dockerfile, continued lines joined, in words."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_the_image_gets_every_room_and_everything_the_wheel_is_made_of() -> None:
    copied = {name for words in dockerfile() if words[0] == "COPY" and "--from" not in words[1] for name in words[1:-1]}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rooms = re.search(r"^packages = \[(.*?)\]", project, re.MULTILINE)
    assert rooms
    assert copied >= set(re.findall(r"\"(\w+)\"", rooms[1])) | {
        "requirements.lock",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    }
    ignored = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] not in ("#", "")
    ]
    for name in copied:
        assert (ROOT / name).exists()
        assert not fnmatch(name, "*") or f"!{name}" in ignored, f".dockerignore keeps {name} out of the image"


def test_the_image_pins_every_package_and_runs_as_an_ordinary_user() -> None:
    words = dockerfile()
    installs = [" ".join(one) for one in words if one[0] == "RUN" and "install" in one]
    assert installs
    assert "--require-hashes" in installs[0]
    assert all("--no-deps" in one for one in installs)
    assert [one[1] for one in words if one[0] == "USER"] == ["kawaraban"]
    assert SERVICES["kawaraban"]["user"].endswith("1000}")


# --- what the services run --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prefect:
    """Prefect's server as the service runs it, on PostgreSQL: its address, and the checks of its health and its database's."""

    url: str
    log: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server answers; fail with its log where it ends or never does."""
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - loopback
                return
        except (OSError, urllib.error.HTTPError):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server does not answer:\n{log.read_text(encoding='utf-8')[-3000:]}")
            time.sleep(0.1)  # a server is starting: there is no other signal to wait for


def in_postgres(statement: str) -> None:
    import asyncpg

    async def run() -> None:
        connection = await asyncpg.connect(POSTGRES, timeout=3)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def inherited() -> dict[str, str]:
    """The environment without anything of Prefect's or ours: a container has none of it."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "KAWARABAN_"))}


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    if os.environ.get("CI") != "true" and not os.environ.get("KAWARABAN_SERVERS"):
        pytest.skip("starts servers for 20 s: set KAWARABAN_SERVERS=1")
    database = f"kawaraban_compose_{os.getpid()}"
    try:
        in_postgres(f'CREATE DATABASE "{database}"')
    except Exception as error:  # noqa: BLE001 - any reason means that there is no usable PostgreSQL here
        absent(f"no PostgreSQL answers at {POSTGRES}: {type(error).__name__}")
    folder, port = tmp_path_factory.mktemp("prefect"), free_port()
    service = SERVICES["prefect"]
    url = f"http://127.0.0.1:{port}/api"
    environment = {
        **inherited(),
        **service["environment"],
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": url,
        "PREFECT_UI_API_URL": url,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": POSTGRES.replace("postgresql:", "postgresql+asyncpg:").rsplit("/", 1)[
            0
        ]
        + f"/{database}",
    }
    command = [str(Path(sys.executable).with_name(service["entrypoint"][0])), *service["command"]]
    command[command.index("--host") + 1] = "127.0.0.1"
    command[command.index("--port") + 1] = str(port)
    log = folder / "log"
    try:
        with running(command, environment, log) as process:
            await_answer(f"{url}/health", process, log)
            yield Prefect(url, log)
    finally:
        in_postgres(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def test_the_prefect_service_on_postgresql_is_healthy_by_its_own_check(prefect: Prefect) -> None:
    kind, program, *rest = SERVICES["prefect"]["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "python")
    check = [part.replace("http://127.0.0.1:4200/api", prefect.url) for part in rest]
    assert check != rest
    assert subprocess.run([sys.executable, *check], check=False).returncode == 0


def test_the_database_service_is_healthy_by_its_own_check(prefect: Prefect) -> None:
    del prefect  # only that PostgreSQL is there
    if shutil.which("pg_isready") is None:
        absent("pg_isready is not installed")
    kind, check = SERVICES["database"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    server = re.sub(r"^.*@([^/]+)/.*$", r"\1", POSTGRES)
    host, _, port = server.partition(":")
    assert (
        subprocess.run(
            [*shlex.split(check), "-h", host, "-p", port or "5432"], check=False, stdout=subprocess.DEVNULL
        ).returncode
        == 0
    )


def test_the_program_service_publishes_and_its_run_is_on_that_server(prefect: Prefect, tmp_path: Path) -> None:
    service = SERVICES["kawaraban"]
    for path, data in skeleton():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    environment = {
        **inherited(),
        **{key: value for key, value in service["environment"].items() if "${" not in value},
        "KAWARABAN_ROOT": str(tmp_path),
        "PREFECT_API_URL": prefect.url,
    }
    command = [str(Path(sys.executable).with_name("kawaraban")), *service["command"]]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    assert "公開" in result.stdout  # LANG says Japanese
    assert (tmp_path / "public" / "index.html").is_file()
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{prefect.url}/flow_runs/filter", data=b"{}", headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
        runs = json.load(answer)
    assert [run["state_type"] for run in runs] == ["COMPLETED"]
