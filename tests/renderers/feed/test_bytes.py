"""The same input is the same bytes, anywhere and always (the feed checklist, 45, 46, 48 and 49; 47: tests/flows)."""

from __future__ import annotations

import locale
import os
import random
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest

from renderers.feed import edition
from tests.builders import channel, publication
from tests.renderers.feed.feeds import BODY, everything, items, live, usual, written

ROOT = Path(__file__).parents[3]
PROGRAM = """
import hashlib, random, sys
from tests.renderers.feed.feeds import everything, usual, written
items = [*everything()[:1], *usual()[1:]]
files = written(random.Random(int(sys.argv[1])).sample(items, 3))
print(hashlib.sha256(b"".join(path.encode() + files[path] for path in sorted(files))).hexdigest())
"""


def test_45_hash_seed_time_zone_language_and_order_change_no_byte() -> None:
    digests = set()
    for seed, zone, lang in (
        ("0", "Asia/Tokyo", "ja_JP.UTF-8"),
        ("1", "America/New_York", "C"),
        ("2", "UTC", "de_DE.UTF-8"),
    ):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LANG": lang, "LC_ALL": lang}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, seed], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1


def test_45_eight_threads_at_once_change_no_byte() -> None:
    orders = [random.Random(seed).sample(usual(), 3) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert len({str(sorted(files.items())) for files in pool.map(written, orders)}) == 1


def test_46_no_clock_host_path_or_version_is_inside(files: dict[str, bytes], full: dict[str, bytes]) -> None:
    for given in (files, full):
        for path, data in given.items():
            assert version("feedgen").encode() not in data, path
            assert str(ROOT).encode() not in data, path
            assert socket.gethostname().encode() not in data or socket.gethostname() == "localhost", path
            years = {
                int(year) for year in re.findall(rb"(20\d\d)-\d\d-\d\dT|\w{3}, \d\d \w{3} (\d{4})", data)[0] if year
            }
            assert years <= {2024}, path


def test_48_one_character_changes_that_item_only_and_every_feed_that_holds_it() -> None:
    before, after = [live(1), live(2)], [live(1, BODY.replace("二段落目", "三段落目")), live(2)]
    old, new = written(before), written(after)
    assert [one == other for one, other in zip(items(old), items(new), strict=True)].count(False) == 1
    assert all(old[path] != new[path] for path in old)
    for path in (path for path in old if path.endswith(".xml")):
        assert len(old[path].split(b"\n")) == len(new[path].split(b"\n"))
        differing = [
            one for one, other in zip(old[path].split(b"\n"), new[path].split(b"\n"), strict=True) if one != other
        ]
        assert len(differing) == 1, path


def test_48_a_key_changes_with_its_bytes_and_comes_back_with_them() -> None:
    before, after = [live(1), live(2)], [live(1, BODY.replace("二段落目", "三段落目")), live(2)]
    keys = [
        {file.path: file.key for file in edition(publication(), channel("rss"), each)}
        for each in (before, after, before)
    ]
    assert all(keys[0][path] != keys[1][path] for path in keys[0])
    assert keys[0] == keys[2]


def test_49_the_processs_locale_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("the locale is the process's own")

    before = locale.setlocale(locale.LC_ALL)
    monkeypatch.setattr(locale, "setlocale", refuse)
    written(everything())
    monkeypatch.undo()
    assert locale.setlocale(locale.LC_ALL) == before
