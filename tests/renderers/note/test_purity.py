"""A variant is the same in every process: nothing of it comes from a clock, a zone, a hash seed, a locale or a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from lxml import html

from kawaraban.variant import Variant
from renderers.note.dialect import STORED_HTML
from tests.renderers.note.articles import flavour
from tests.renderers.note.test_conservation import DIALECT
from tests.renderers.note.test_sample import on_note, sample

ATTRIBUTES = {"name", "id", "href", "src", "alt", "width", "height", "class", "start"}
ROOT = Path(__file__).parents[3]
PRINTED = "from tests.renderers.note.test_sample import *; print(on_note(sample()).model_dump_json(), end='')"


def elsewhere(folder: Path, **environment: str) -> Variant:
    """The sample's variant, rendered by a process of its own."""
    made = subprocess.run(
        [sys.executable, "-c", PRINTED],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    return Variant.model_validate_json(made.stdout)


def test_every_process_renders_the_same_variant(tmp_path: Path) -> None:
    here = on_note(sample())
    east = elsewhere(tmp_path, PYTHONHASHSEED="1", TZ="Asia/Tokyo", LC_ALL="C")
    west = elsewhere(ROOT, PYTHONHASHSEED="4242", TZ="America/New_York", LC_ALL="C.UTF-8")
    assert east == west == here
    assert east.losses == here.losses
    assert {east.digest, west.digest} == {here.digest}


def test_what_note_stores_has_only_what_note_has() -> None:
    stored = flavour(on_note(sample()), STORED_HTML)
    assert "<!--" not in stored
    assert stored.count("<figure") == stored.count("<figcaption>") == 2
    holder = html.fragment_fromstring(stored, create_parent="div")
    assert {str(element.tag) for element in holder.iterdescendants()} <= {*DIALECT, "img"}
    assert {name for element in holder.iterdescendants() for name in element.attrib} <= ATTRIBUTES
    assert stored.count(' class="') == stored.count('class="codeBlock"') == 1
