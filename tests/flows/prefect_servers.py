"""A real Prefect server for the tests of this room, on a database that was migrated once; and a line to it that can be cut."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows import server

DATABASE = ("prefect.db", "prepared")


@dataclass(frozen=True)
class Asked:
    """What a Prefect server tells about its runs."""

    url: str

    def _ask(self, what: str, **filters: Any) -> Any:
        data = json.dumps(filters).encode()
        request = urllib.request.Request(f"{self.url}/{what}/filter", data, {"Content-Type": "application/json"})  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
            return json.load(response)

    def run(self, identity: str) -> dict[str, Any]:
        found = self._ask("flow_runs", flow_runs={"id": {"any_": [identity]}})
        assert len(found) == 1
        return dict(found[0])

    def newest(self) -> dict[str, Any]:
        """The run that began last."""
        return dict(self._ask("flow_runs", sort="START_TIME_DESC", limit=1)[0])

    def tasks(self, identity: str) -> dict[str, str]:
        """Name → state of a run's tasks, once the recorder has written them all."""
        found = self._ask("task_runs", flow_runs={"id": {"any_": [identity]}})
        return {task["name"]: task["state_type"] for task in found}

    def artifacts(self, identity: str) -> dict[str, Any]:
        """Kind → content of a run's artifacts."""
        found = self._ask("artifacts", artifacts={"flow_run_id": {"any_": [identity]}})
        return {artifact["type"]: artifact["data"] for artifact in found}


@contextmanager
def running_server(root: Path, kept: Path) -> Iterator[Asked]:
    """Run a server whose database is copied from `kept`, where the first one, which migrates it, leaves a copy."""
    home = server.home(root)
    home.mkdir(parents=True, exist_ok=True)
    for name in DATABASE:
        with suppress(FileNotFoundError):
            shutil.copyfile(kept / name, home / name)
    was_prepared = server.is_prepared(root)
    with server.prefect_server(root, lambda _sentence: None) as found:
        assert found is not None
        if not was_prepared:
            with suppress(sqlite3.Error):  # it is in use: a copy that can't be made only costs the next run its time
                _keep(home, kept)
        yield Asked(found.api_url)


def _keep(home: Path, kept: Path) -> None:
    """Copy a database that is in use; another worker may be at the same, so each makes a file of its own first."""
    fresh = kept / f"fresh-{os.getpid()}.db"
    with closing(sqlite3.connect(home / "prefect.db")) as one, closing(sqlite3.connect(fresh)) as other:
        one.backup(other)
    fresh.replace(kept / "prefect.db")
    marked = kept / f"prepared-{os.getpid()}"
    shutil.copyfile(home / "prepared", marked)
    marked.replace(kept / "prepared")


@dataclass
class Line:
    """A line of TCP on loopback to a server; `cut` ends it as a server's death would."""

    port: int
    listener: socket.socket
    ends: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def cut(self) -> None:
        for end in (self.listener, *self.ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def line_to(asked: Asked) -> Iterator[Line]:
    """Lay a line to a server."""
    target = int(asked.url.rpartition(":")[2].partition("/")[0])
    listener = socket.create_server(("127.0.0.1", 0))
    line = Line(listener.getsockname()[1], listener)
    thread = threading.Thread(target=_serve, args=(line, target), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.cut()
        thread.join()


def _serve(line: Line, target: int) -> None:
    pumps: list[threading.Thread] = []
    with suppress(OSError):
        while True:
            near, _ = line.listener.accept()
            far = socket.create_connection(("127.0.0.1", target))
            line.ends += [near, far]
            for one, other in ((near, far), (far, near)):
                pumps.append(threading.Thread(target=_pump, args=(one, other), daemon=True))
                pumps[-1].start()
    for pump in pumps:
        pump.join()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)


def environment(root: Path, api_url: str) -> dict[str, str]:
    """The environment of a process that publishes there with that server."""
    return {**os.environ, "KAWARABAN_ROOT": str(root), "PREFECT_API_URL": api_url, "LC_ALL": "en_GB.UTF-8"}
