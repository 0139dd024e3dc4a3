"""
A Prefect server to run flows on: one that answers already, or our own child on loopback.

Nothing here imports Prefect. The settings are those measured to keep runs quick on SQLite (task-run recorder in
batches), leases across restarts (file system), old rows away (vacuum) and everything at home (no telemetry). The
database lies under `.kawaraban/prefect/`; the first start migrates it, which takes a quarter of a minute and is said.
The child ends with us: asked first, killed by its pid after a grace time, and by the kernel if we die.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from kawaraban.errors import Sentence

START_SECONDS = 60.0
MIGRATING_SECONDS = 180.0
STOP_SECONDS = 5.0
PROBE_SECONDS = 1.0

Say = Callable[[Sentence], None]


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A server that answers: its API address, and whether it is our own child."""

    api_url: str
    own: bool


def home(root: Path) -> Path:
    """Return the folder that Prefect may call its home: nothing of the user's own Prefect is touched."""
    return root / ".kawaraban" / "prefect"


def client_settings(root: Path) -> Mapping[str, str]:
    """Return the environment of a process that runs flows (read when `prefect` is imported)."""
    return {
        "PREFECT_HOME": str(home(root)),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLIENT_MAX_RETRIES": "1",
        "PREFECT_API_REQUEST_TIMEOUT": "5",
        "PREFECT_CLI_PROMPT": "false",
        # the console belongs to us; the steps are in Prefect's own log of the run
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
        "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "INFO",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    }


def server_settings(root: Path, port: int) -> Mapping[str, str]:
    """Return the environment of our own server on `port`."""
    return {
        **client_settings(root),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_UI_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home(root) / 'prefect.db'}",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    }


def answers(api_url: str, seconds: float = PROBE_SECONDS) -> bool:
    """Return whether a Prefect API answers its health check in time."""
    try:
        with urllib.request.urlopen(f"{api_url.rstrip('/')}/health", timeout=seconds) as response:  # noqa: S310 - http(s) only, checked below
            return bool(response.status == 200)  # noqa: PLR2004 - HTTP's own number
    except (OSError, ValueError):
        return False


@contextmanager
def prefect_server(
    root: Path, say: Say, meanwhile: Callable[[str], None] = lambda _api_url: None
) -> Iterator[PrefectServer | None]:
    """
    Yield a server that answers: the configured (PREFECT_API_URL), the remembered, or our own; None if there is none.

    Our own is ended afterwards; `meanwhile` is called with its API address while it starts. Whatever goes wrong here is said and never stops
    a publish. To be called from a thread that outlives the `with`: the kernel ends our own server when its thread ends.
    """
    answering = known(root)
    if answering is not None:
        yield PrefectServer(answering, own=False)
        return
    if configured := os.environ.get("PREFECT_API_URL"):
        say(
            Sentence(
                ja=f"設定されたPrefectサーバーが答えません: {configured}",
                en=f"the configured Prefect server does not answer: {configured}",
            )
        )
    child = _started(root, say, meanwhile)
    if child is None:
        yield None
        return
    process, api_url = child
    try:
        yield PrefectServer(api_url, own=True)
    finally:
        forget(root)
        stop(process)


def known(root: Path) -> str | None:
    """Return the API address of a server that answers: the configured (PREFECT_API_URL) or the remembered."""
    candidates = [os.environ.get("PREFECT_API_URL", "")]
    with suppress(OSError, ValueError, KeyError, TypeError):
        remembered = json.loads(_remembered(root).read_text(encoding="utf-8"))
        if _lives(int(remembered["pid"])):  # another's server may answer at the port of one that is gone
            candidates.append(str(remembered["api_url"]))
    return next((url for url in candidates if url.startswith(("http://", "https://")) and answers(url)), None)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, PermissionError)  # it is there, and belongs to somebody else
    return True


def _remembered(root: Path) -> Path:
    return home(root) / "server.json"


def _started(root: Path, say: Say, meanwhile: Callable[[str], None]) -> tuple[subprocess.Popen[bytes], str] | None:
    folder = home(root)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        prepared = is_prepared(root)
        if not prepared:
            say(
                Sentence(
                    ja="Prefectのデータベースを用意しています（初回だけ、15秒ほど）",
                    en="preparing Prefect's database (the first time only, about 15 s)",
                )
            )
        port = free_port()
        process = launch(root, port)
    except OSError as error:
        say(Sentence(ja=f"Prefectサーバーを起動できません: {error}", en=f"Prefect's server can't be started: {error}"))
        return None
    api_url = f"http://127.0.0.1:{port}/api"
    try:
        with suppress(Exception):  # it is only meant to save time
            meanwhile(api_url)
        up = _up(process, api_url, START_SECONDS if prepared else MIGRATING_SECONDS)
    except BaseException:  # somebody pressed Ctrl-C: no server is left behind
        stop(process)
        raise
    if not up:
        stop(process)
        say(
            Sentence(
                ja=f"Prefectサーバーが答えません（記録: {folder / 'server.log'}）",
                en=f"Prefect's server does not answer (log: {folder / 'server.log'})",
            )
        )
        return None
    remember(root, api_url, process.pid)
    return process, api_url


def remember(root: Path, api_url: str, pid: int) -> None:
    """Keep where our server answers, and that its database is migrated; what can't be written only costs time."""
    with suppress(OSError):
        _remembered(root).write_text(json.dumps({"api_url": api_url, "pid": pid}), encoding="utf-8")
        _prepared(root).write_text(version("prefect"), encoding="utf-8")


def forget(root: Path) -> None:
    """Forget our server: it has ended."""
    with suppress(OSError):
        _remembered(root).unlink(missing_ok=True)


def free_port() -> int:
    """Return a port of loopback that is free at this moment."""
    """Return a port that nobody listens on, on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(root: Path, port: int) -> subprocess.Popen[bytes]:
    """Start our own server as a child on `port`; its log lies in `home`. It answers some seconds later."""
    home(root).mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **server_settings(root, port)}
    command = [sys.executable, "-m", "flows.server", "child", str(os.getpid()), str(port)]
    with (home(root) / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _up(process: subprocess.Popen[bytes], api_url: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if answers(api_url, 0.5):
            return True
        time.sleep(0.1)
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a child: ask, wait, then kill it by its pid."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _prepared(root: Path) -> Path:
    return home(root) / "prepared"


def is_prepared(root: Path) -> bool:
    """Return whether the database was migrated to its end, by the version of Prefect that is installed."""
    with suppress(OSError, UnicodeDecodeError):
        known = _prepared(root).read_text(encoding="utf-8")
        return known == version("prefect") and (home(root) / "prefect.db").exists()
    return False


def prepare(root: Path, say: Say) -> bool:
    """Migrate the database once, beforehand; return whether it lies ready."""
    if is_prepared(root):
        return True
    with prefect_server(root, say) as server:
        return server is not None


PARENT = "KAWARABAN_PARENT"
"""The variable in which a child process finds its parent's pid."""


def die_with_parent() -> None:
    """Let the kernel ask this process to end when the parent named in PARENT dies (Linux); no effect without a parent."""
    parent = os.environ.get(PARENT, "")
    if sys.platform == "linux" and parent.isdigit():
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG, see prctl(2)
        if os.getppid() != int(parent):
            sys.exit(0)


def _child(parent: int, port: int) -> None:
    """Become the server; the kernel ends it when `parent` dies (Linux; elsewhere only an orderly end does)."""
    os.environ[PARENT] = str(parent)
    die_with_parent()
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    os.execv(sys.executable, command)  # noqa: S606 - the same interpreter


def main(arguments: list[str]) -> int:
    """`python -m flows.server prepare [ROOT]`, or, for our own use, `child PARENT PORT`."""
    match arguments:
        case ["child", parent, port]:
            _child(int(parent), int(port))
            return 1
        case ["prepare", *rest]:
            root = Path(rest[0] if rest else os.environ.get("KAWARABAN_ROOT", ".")).resolve()
            return 0 if prepare(root, lambda sentence: print(sentence.en, file=sys.stderr)) else 1  # noqa: T201 - a command
        case _:
            print(main.__doc__, file=sys.stderr)  # noqa: T201 - a command
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
