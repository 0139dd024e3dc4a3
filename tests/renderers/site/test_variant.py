"""An article as the site's variant: whole, pure, theme-free, safe."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import html

from kawaraban.article.blocks import Blocks
from kawaraban.library import Library
from kawaraban.variant import LiveElsewhere, PublicFacts, Variant
from renderers import text
from renderers.carried import carried
from tests.builders import article, channel
from tests.renderers.note.test_conservation import characters, spoken
from tests.renderers.note.trees import trees
from tests.renderers.site.papers import PICTURE, SINCE, of_blocks, on_site, paper, sample

ROOT = Path(__file__).parents[3]
PICTURES = {"a.jpg": PICTURE, "雨傘.png": PICTURE}
_WORDS = ("alt", "title", "alttext", "data-language")


def readable(page: str) -> str:
    """A page with a line for each block, so that a golden file's difference can be read."""
    return re.sub(r"(</(?:p|li|div|dt|dd|h\d|th|td|a|span|figcaption)>)(?=<)", "\\1\n", page)


def tree_of(variant: Variant) -> Any:
    """The body, parsed as a browser would."""
    return html.fragment_fromstring(variant.body, create_parent="div")


def shown(variant: Variant) -> str:
    """Every word the page shows or reads out, and what is declared as lost."""
    tree = tree_of(variant)
    attributes = [element.get(name, "") for element in tree.iter() for name in _WORDS]
    addresses = [element.get("href", "") for element in tree.iterfind(".//p[@class='embed']/a")]
    return "".join((*tree.itertext(), *attributes, *addresses, *(loss.text for loss in variant.losses)))


def test_the_sample_as_the_site_shows_it(golden: Callable[[str, str], None]) -> None:
    variant = on_site(sample())
    golden("site/wells.body.html", readable(variant.body))
    golden("site/wells.txt", variant.text + "\n")
    golden("site/wells.losses.txt", "".join(f"{loss.line} {loss.code}: {loss.what_ja}\n" for loss in variant.losses))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_every_character_is_in_the_variant_or_in_a_loss(blocks: Blocks) -> None:
    variant = of_blocks(blocks, PICTURES)
    shown_here = carried(blocks, channel("site"), paper(), PublicFacts())
    said = characters("".join(spoken(shown_here)))
    assert not said - characters(shown(variant))
    assert not characters("".join(text.lines(shown_here))) - characters(variant.text)
    assert variant == of_blocks(blocks, PICTURES)
    assert Variant.model_validate_json(variant.model_dump_json()).digest == variant.digest


@pytest.mark.parametrize("one", Library(ROOT / "content").read_all().articles, ids=lambda one: str(one.slug))
def test_the_shipped_samples_lose_nothing(one: object) -> None:
    variant = on_site(one)  # type: ignore[arg-type]  # the library's articles, named by pytest
    assert variant.losses == ()


def test_the_digest_does_not_depend_on_hash_seed_zone_or_machine() -> None:
    code = "from tests.renderers.site.papers import on_site, sample; print(on_site(sample()).digest)"
    found = {on_site(sample()).digest}
    for seed, zone in (("1", "America/New_York"), ("77", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        found.add(run.stdout.strip())
    assert len(found) == 1


def test_a_notice_turns_into_the_link_once_the_other_copy_is_live() -> None:
    before = on_site(sample())
    facts = PublicFacts(live={"note": LiveElsewhere("https://note.com/example/n/n1", SINCE)})
    after = on_site(sample(), facts)
    assert "後日、noteでも公開" in before.body
    assert '<a href="https://note.com/example/n/n1">本稿はnoteにも掲載しています。</a>' in after.body
    assert before.digest != after.digest


def test_a_notice_leads_to_pages_only_whatever_the_other_server_gave_as_its_address() -> None:
    facts = PublicFacts(live={"note": LiveElsewhere("javascript:alert(1)", SINCE)})
    after = on_site(sample(), facts)
    assert "javascript:" not in after.body
    assert "<p>本稿はnoteにも掲載しています。</p>" in after.body


def test_reading_time_counts_no_ruby() -> None:
    plain, with_ruby = article("雨雨雨\n"), article("｜雨《あめ》雨雨\n")
    assert on_site(plain).head.characters == on_site(with_ruby).head.characters == 3


def test_lead_description_and_contents_carry_no_footnote_marks() -> None:
    head = on_site(article("井戸の縁に立つ[^1]。\n\n## 節[^1]\n\n[^1]: 北の村で。\n")).head
    assert (head.lead, head.description) == ("井戸の縁に立つ。", "井戸の縁に立つ。")


def test_the_markup_says_what_things_are() -> None:
    tree = tree_of(on_site(sample()))
    assert [element.text for element in tree.iterfind(".//p[@class='speaker']")] == ["汀", "Lio", "汀"]
    assert tree.find(".//ruby/rp") is not None
    assert tree.find(".//section[@class='source']//cite/a").get("href") == "https://example.com/rims?a=1&b=2"
    assert len(tree.findall(".//dl[@class='glossary']/div/dt")) == 2
    assert len(tree.findall(".//ol[@class='points']/li")) == 2
    assert {(img.get("width"), img.get("height")) for img in tree.iter("img")} == {("1600", "900")}
    assert tree.find(".//figure/figcaption/b").text == "図1"
    assert [th.get("scope") for th in tree.iter("th")] == ["col", "col", "col", "row", "row"]
    assert tree.find(".//math").get("alttext")
    assert [back.get("href") for back in tree.iterfind(".//a[@role='doc-backlink']")] == ["#fnref1", "#fnref1-2"]


def test_anchors_are_there_once_and_every_fragment_leads_somewhere() -> None:
    tree = tree_of(on_site(sample()))
    ids = [element.get("id") for element in tree.iterfind(".//*[@id]")]
    assert len(ids) == len(set(ids))
    fragments = {a.get("href")[1:] for a in tree.iter("a") if a.get("href").startswith("#")}
    assert fragments <= set(ids)
    assert {entry.anchor for entry in on_site(sample()).head.contents} <= set(ids)


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)> & \" ' ]]> \x07"


def test_hostile_text_stays_text() -> None:
    body = f"{HOSTILE}\n\n::: dialogue\n汀: {HOSTILE}\n:::\n\n[x](javascript:alert(1))\n"
    variant = on_site(article(body))
    tree = tree_of(variant)
    assert not list(tree.iter("script", "img", "iframe"))
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert not [a for a in tree.iter("a") if a.get("href", "").startswith("javascript")]
    assert "\x07" not in variant.body
    assert "<script>alert(1)</script>" in "".join(tree.itertext())


def test_a_picture_that_is_not_there_leaves_its_words_and_a_loss() -> None:
    variant = on_site(article("![庭の図](gone.png)\n"))
    assert [loss.code for loss in variant.losses] == ["picture"]
    assert "庭の図" in variant.body
    assert "<img" not in variant.body
