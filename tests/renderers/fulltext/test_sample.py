"""A whole article elsewhere: golden files for each markup, and nothing that depends on where it is made."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kawaraban.variant import Variant
from tests.renderers.fulltext.places import MARKUPS, Markup, elsewhere, sample

ROOT = Path(__file__).parents[3]
SUFFIX = {"blocks": "blocks.html", "html": "html", "mail": "mail.html"}
PRINTED = "from tests.renderers.fulltext.places import *; print(elsewhere(sample(), '{}').model_dump_json(), end='')"


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_whole_article_in_each_markup(markup: Markup, golden: Callable[[str, str], None]) -> None:
    variant = elsewhere(sample(), markup)
    golden(f"fulltext/bridges.{SUFFIX[markup]}", variant.body.rstrip("\n") + "\n")
    losses = "".join(f"{loss.line} {loss.code}: {loss.what_ja} / {loss.what_en}\n" for loss in variant.losses)
    golden(f"fulltext/bridges.{markup}.losses.txt", losses)


def test_its_plain_text_and_the_plain_body_of_its_mail(golden: Callable[[str, str], None]) -> None:
    golden("fulltext/bridges.txt", elsewhere(sample(), "html").text + "\n")
    golden("fulltext/bridges.mail.txt", elsewhere(sample(), "mail").text + "\n")


@pytest.mark.parametrize("markup", MARKUPS)
def test_every_process_makes_the_same(markup: Markup, tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-c", PRINTED.format(markup)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "4242", "TZ": "America/New_York",
             "LC_ALL": "C", "PYTHONUTF8": "1"},
        cwd=tmp_path, capture_output=True, check=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert Variant.model_validate_json(made.stdout) == elsewhere(sample(), markup)


def test_the_head_has_what_such_a_place_may_want_and_nothing_its_readers_do_not_see() -> None:
    head = elsewhere(sample(), "blocks").head
    assert (head.slug, head.series, head.tags) == ("names-of-bridges", "雨の聞き方", ("橋", "川", "名前"))
    assert head.description.startswith("名札のない橋を")
    assert head.cover == "hashi-abababab.png"
    assert (head.aliases, head.contents, head.sources, head.characters) == ((), (), (), 0)


def test_each_block_of_wordpress_is_opened_and_closed_in_order() -> None:
    body = elsewhere(sample(), "blocks").body
    open_blocks: list[str] = []
    for closing, name, attributes in re.findall(r"<!-- (/?)wp:([a-z-]+)(?: (\{.*?\}))? -->", body):
        if closing:
            assert open_blocks.pop() == name
        else:
            open_blocks.append(name)
            assert json.loads(attributes or "{}") is not None
    assert open_blocks == []
    assert "[" not in body, "a bracket would open a shortcode"
