"""
The supervisor of `kawaraban serve`: the publisher, the web process, and a Prefect server where none answers.

It looks at them five times a second and does nothing else. What dies is started again; the children die with it, by the
kernel's hand (Linux). A publisher whose loop turns no more is killed and started again; a Prefect server that answers
no more, too, but releases never wait for that.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from desk.serving.child import Child
from desk.serving.notifying import notify, watchdog_seconds
from flows import server
from flows.handover import STATE, whereabouts
from kawaraban.errors import Conflict, Sentence, WrongInput

TURN_SECONDS = 0.2
PROBE_SECONDS = 5.0
SILENT_SECONDS = 60.0
BEAT_SECONDS = 300.0
PUBLISHER_SECONDS = 7.0
OTHERS_SECONDS = 2.0

PUBLISHER = Sentence(ja="公開の係", en="the publisher")
WEB = Sentence(ja="画面の係", en="the web process")
PREFECT = Sentence(ja="Prefectサーバー", en="Prefect's server")


@dataclass
class Supervisor:
    """The processes of one root. `port` is the web process's; `stop` ends it all."""

    root: Path
    port: int
    say: Callable[[Sentence], None]
    stop: threading.Event = field(default_factory=threading.Event)
    prefect_port: int = 0
    ready: bool = False
    _probed: float = 0.0
    _answered: float = 0.0
    _signed: float = 0.0
    _started_for: int | None = None

    def run(self) -> None:
        """Keep them alive until somebody ends it. Raises Conflict where another serves this root, WrongInput for the port."""
        with only_one(self.root):
            _must_be_free(self.port)
            self.publisher = Child(PUBLISHER, self._process("flows.publisher"), self.say)
            self.web = Child(WEB, self._process("desk.web", "--port", str(self.port)), self.say)
            self.prefect = Child(PREFECT, self._prefect, self.say)
            self._greet()
            try:
                while not self.stop.is_set():
                    self._turn()
                    self.stop.wait(TURN_SECONDS)
            finally:
                self._end()

    # --- living ---

    def _turn(self) -> None:
        self.publisher.tend()
        self.web.tend()
        if time.monotonic() - self._probed > PROBE_SECONDS or (self.prefect.pid and not self._answered):
            self._tend_prefect()
        self._feel_the_pulse()
        self._sign()

    def _process(self, module: str, *more: str) -> Callable[[], subprocess.Popen[bytes]]:
        command = [sys.executable, "-P", "-m", module, *more]

        def start() -> subprocess.Popen[bytes]:
            environment = {**os.environ, "KAWARABAN_ROOT": str(self.root), server.PARENT: str(os.getpid())}
            return subprocess.Popen(  # noqa: S603 - our own interpreter and modules
                command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
            )

        return start

    def _feel_the_pulse(self) -> None:
        """Kill a publisher whose loop has not turned for minutes: nothing it does takes so long without a step."""
        pid = self.publisher.pid
        if pid is None or time.monotonic() - self.publisher.began < BEAT_SECONDS:
            return
        with suppress(OSError):
            silent = time.time() - (self.root / STATE / "publisher.json").stat().st_mtime
            if silent > BEAT_SECONDS:
                said = f"{silent:.0f}"
                self.publisher.kill(
                    Sentence(ja=f"公開の係が{said}秒動いていません", en=f"the publisher has not moved for {said} s")
                )

    def _sign(self) -> None:
        """Tell systemd when we are ready, and that we live."""
        if not self.ready:
            here = whereabouts(self.root)
            self.ready = here is not None and here.pid == self.publisher.pid
            if self.ready:
                notify("READY=1")
        every = watchdog_seconds()
        if every is not None and time.monotonic() - self._signed >= every / 2:
            self._signed = time.monotonic()
            notify("WATCHDOG=1")

    # --- Prefect's server ---

    def _tend_prefect(self) -> None:
        """Use the one that answers; else keep our own. One that is configured is never replaced by ours."""
        self._probed = time.monotonic()
        own = f"http://127.0.0.1:{self.prefect_port}/api"
        if self.prefect.pid is not None:
            self._look_at_own(own)
            return
        if self.prefect.process is not None:  # it has died: say so
            server.forget(self.root)
        elif os.environ.get("PREFECT_API_URL") or server.known(self.root) is not None:
            return
        self._answered = 0.0
        self.prefect.tend()

    def _look_at_own(self, own: str) -> None:
        pid = self.prefect.pid
        if pid is not None and server.answers(own, 1.0):
            if not self._answered:
                server.remember(self.root, own, pid)
            self._answered = time.monotonic()
            return
        patience = SILENT_SECONDS if self._answered else server.MIGRATING_SECONDS
        if time.monotonic() - (self._answered or self.prefect.began) > patience:
            self.prefect.kill(Sentence(ja="Prefectサーバーが答えません", en="Prefect's server does not answer"))

    def _prefect(self) -> subprocess.Popen[bytes]:
        if not server.is_prepared(self.root):
            self.say(
                Sentence(
                    ja="Prefectのデータベースを用意しています（初回だけ、15秒ほど）。公開はそのあいだも止まりません",
                    en="preparing Prefect's database (the first time only, about 15 s); releases go on meanwhile",
                )
            )
        return server.launch(self.root, self.prefect_port)

    # --- beginning and end ---

    def _greet(self) -> None:
        configured = os.environ.get("PREFECT_API_URL") or server.known(self.root)
        self.prefect_port = self.port + 1 if _is_free(self.port + 1) else server.free_port()
        prefect = (configured or f"http://127.0.0.1:{self.prefect_port}/api").removesuffix("/api")
        self.say(
            Sentence(
                ja=f"公開中のもの  http://127.0.0.1:{self.port}/\n様子      http://127.0.0.1:{self.port}/health\n"
                f"Prefect    {prefect}/\n止めるには Ctrl-C",
                en=f"what is public  http://127.0.0.1:{self.port}/\nhealth          http://127.0.0.1:{self.port}/health\n"
                f"Prefect         {prefect}/\nstop with Ctrl-C",
            )
        )

    def _end(self) -> None:
        """End them within ten seconds: the publisher first, while Prefect can still be told how its runs ended."""
        notify("STOPPING=1")
        self.publisher.ask_to_end()
        self.publisher.ended(time.monotonic() + PUBLISHER_SECONDS)
        others = [child for child in (self.web, self.prefect) if child.process is not None]
        for child in others:
            child.ask_to_end()
        until = time.monotonic() + OTHERS_SECONDS
        for child in others:
            child.ended(until)
        if self.prefect.process is not None:
            server.forget(self.root)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def _must_be_free(port: int) -> None:
    if not _is_free(port):
        raise WrongInput(
            Sentence(ja=f"ポート {port} はほかで使われています", en=f"port {port} is taken"),
            remedy=Sentence(
                ja="kawaraban serve --port で別の番号を選んでください", en="choose another: kawaraban serve --port"
            ),
        )


@contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Hold the root's lock; raise Conflict naming the process that has it. The kernel lets it go when we die."""
    path = root / STATE / "serve.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _served(file) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _served(file: IO[str]) -> Conflict:
    file.seek(0)
    pid = file.read().strip() or "?"
    return Conflict(
        Sentence(ja=f"ここではもう serve が動いています（{pid}）", en=f"serve runs here already (pid {pid})"),
        remedy=Sentence(ja=f"止めるには kill {pid}", en=f"to stop it: kill {pid}"),
    )


def stop_on_signals(stop: threading.Event) -> None:
    """Let Ctrl-C, SIGTERM and a closed terminal end it in good order."""

    def asked(_signal: int, _frame: object) -> None:
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, asked)
