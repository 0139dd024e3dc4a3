"""What systemd wants to hear of a service (`Type=notify`, `WatchdogSec=`): one datagram each, sd_notify(3)."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(said: str) -> bool:
    """Send `READY=1`, `WATCHDOG=1`, `STOPPING=1` or `STATUS=…`; False where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as outward:
        outward.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        outward.sendall(said.encode())
        return True
    return False


def watchdog_seconds() -> float | None:
    """Return how often systemd wants a sign of life (half of its patience); None: it does not ask us."""
    patience, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not patience.isdigit() or (pid and pid != str(os.getpid())):
        return None
    return int(patience) / 2_000_000
