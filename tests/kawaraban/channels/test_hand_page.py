"""The copy page of a post and of a mailing in a real browser: what a click puts on the clipboard, and what is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import chromium
from tests.builders import MATTER
from tests.kawaraban.channels.test_hand import COVER, SENTENCE, X_POST, hand, rendered

THREAD = f"{MATTER}{COVER}tags: [傘]\nchannels: {{out: {{text: {SENTENCE * 9}}}}}\n"
OWN = {"network": "x", "pictures": "cover"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900})
    opened.grant_permissions(["clipboard-read", "clipboard-write"])
    yield opened
    opened.close()


def page_of(context: BrowserContext, root: Path, matter: str, **own: Any) -> Page:
    opened = context.new_page()
    opened.goto((hand(root, **own).package(rendered(matter, **own), None) / "index.html").as_uri())
    return opened


def copied(page: Page, part: str) -> str:
    button = page.locator(f"button[data-copy='{part}']")
    button.click()
    expect(button).to_have_text("写した")
    said: str = page.evaluate("navigator.clipboard.readText()")
    return said


def test_each_post_and_alt_text_is_copied_to_the_letter(context: BrowserContext, tmp_path: Path) -> None:
    page = page_of(context, tmp_path, THREAD, **OWN)
    variant = rendered(THREAD, **OWN)
    for number, part in enumerate(variant.parts, 1):
        assert copied(page, f"post-{number}") == part.text
    assert copied(page, "alt-1") == "玄関に並ぶ傘"
    assert page.locator("button.next").count() == 0
    assert page.locator("a[download]").get_attribute("download") == variant.assets[0].name


def test_the_address_goes_into_the_command(context: BrowserContext, tmp_path: Path) -> None:
    page = page_of(context, tmp_path, THREAD, **OWN)
    field, command = page.get_by_label("出した投稿のURL"), "kawaraban record where-wet-things-go out"
    field.fill(f" {X_POST}#m ")
    assert copied(page, "record") == f"{command} {X_POST}"
    field.fill("https://www.example.net/p.php?story=1&id=2;rm `x` $(y)")
    shown = f'{command} "https://www.example.net/p.php?story=1&id=2rmxy"'
    assert page.locator("#command").text_content() == shown
    field.fill("")
    assert page.locator("#command").text_content() == f"{command} URL"


def test_a_mailing_is_copied_rich_plain_and_as_source(context: BrowserContext, tmp_path: Path) -> None:
    page = page_of(context, tmp_path, MATTER, form="mail")
    variant = rendered(form="mail")
    assert copied(page, "subject") == variant.title
    assert copied(page, "source") == variant.body
    assert copied(page, "plain-body") == copied(page, "body") == variant.text
    assert page.locator("#command").text_content() == "kawaraban record where-wet-things-go out"


@pytest.mark.parametrize("own", [OWN, {"form": "mail"}], ids=["post", "mail"])
def test_everybody_can_use_it(context: BrowserContext, tmp_path: Path, own: dict[str, Any]) -> None:
    for scheme in ("light", "dark"):
        page = page_of(context, tmp_path, THREAD, **own)
        page.emulate_media(color_scheme=scheme)
        assert Axe().run(page).response["violations"] == []
