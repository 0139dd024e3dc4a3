"""Who holds a lease: a process, named so that its death can be known on its own machine and nowhere else."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

from kawaraban.errors import Sentence


@cache
def machine() -> str:
    """
    Return this machine's name, with the process namespace where there is one.

    Two containers share a kernel but can't see each other's processes; the namespace keeps them from judging.
    """
    try:
        space = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        space = ""
    return f"{platform.node()}.{space}".rstrip(".")


@cache
def _boot() -> str:
    """Return the id of this boot; "" where the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Return when that process started, in clock ticks since boot (proc(5), field 22); "" where it can't be known."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return line.rpartition(")")[2].split()[19]


def owner() -> str:
    """Return the name of this process: `machine/boot/pid/start`. Stable as long as it lives, never given twice."""
    pid = os.getpid()
    return "/".join((machine(), _boot(), str(pid), _started(pid)))


def said_of(name: str) -> Sentence:
    """Return the process of that name as a person looks for it; a name of another form as it is."""
    parts = name.rsplit("/", 3)
    if len(parts) != 4:  # noqa: PLR2004 - the four parts of a name
        return Sentence(ja=name, en=name)
    where, _, pid, _ = parts
    if where == machine():
        return Sentence(ja=f"この機械のプロセス {pid}", en=f"process {pid} on this machine")
    host = where.rpartition(".")[0] or where
    return Sentence(ja=f"{host} のプロセス {pid}", en=f"process {pid} on {host}")


def is_dead(name: str) -> bool:
    """
    Return whether the process of that name is gone for certain.

    False whenever it can't be known: another machine, a name of another form. A boot that is over took all its
    processes with it; a pid that starts at another tick is another process.
    """
    parts = name.rsplit("/", 3)
    if len(parts) != 4 or parts[0] != machine() or not parts[2].isdigit():  # noqa: PLR2004 - the four parts of a name
        return False
    _, boot, pid, start = parts
    if boot and boot != _boot():
        return True
    return not _runs(int(pid)) or (bool(start) and _started(int(pid)) not in ("", start))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is there, and belongs to somebody else
        return True
    return True
