"""The systemd service starts what is installed, is told when it is ready, and is started again whatever happens."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desk.serving.supervisor import OTHERS_SECONDS, PUBLISHER_SECONDS

ROOT = Path(__file__).parent.parent
FILE = ROOT / "config" / "kawaraban.service"


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign] # systemd's keys have capitals
    parser.read_string(FILE.read_text(encoding="utf-8"))
    return parser


def test_it_is_watched_and_always_started_again() -> None:
    service = unit()["Service"]
    assert (service["Type"], service["Restart"], service["NotifyAccess"]) == ("notify", "always", "main")
    assert int(service["WatchdogSec"]) >= 30
    assert unit()["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit()["Install"]["WantedBy"] == "multi-user.target"


def test_it_is_given_the_time_that_serve_needs_to_end() -> None:
    assert PUBLISHER_SECONDS + OTHERS_SECONDS < 10 < int(unit()["Service"]["TimeoutStopSec"])


def test_systemd_takes_it(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    program = Path(sys.executable).with_name("kawaraban")
    text = FILE.read_text(encoding="utf-8")
    text = text.replace("/srv/paper/.venv/bin/kawaraban", str(program)).replace("User=kawaraban", f"User={os.getuid()}")
    copy = tmp_path / "kawaraban.service"
    copy.write_text(text, encoding="utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    complaints = [line for line in checked.stderr.splitlines() if copy.name in line]
    assert (checked.returncode, complaints) == (0, [])
