"""The copy page in a real browser: what a click puts on the clipboard, from a server and from a file."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kawaraban.variant import Variant
from tests.browser import chromium
from tests.kawaraban.channels.note_house import note, picture, variant

BODY = (
    '<h2>台帳</h2>\n<p>雨の翌日にだけ<strong>「頁」</strong>が増える。<br><a href="https://e.jp/">記録</a></p>\n'
    "<p>【画像1：01-kasa.jpg】</p>\n<ul><li><p>親</p><ul><li><p>子</p></li></ul></li></ul>\n"
    '<pre class="codeBlock"><code>a &lt; b\n</code></pre>\n<p>｜傘《かさ》</p>\n'
)
WITHOUT_EVENTS = "document.execCommand = () => false"
# what Chromium puts around a flavour on its way: the encoding, or a whole document
TRANSPORT = re.compile("^<meta[^>]*>|^<html><head></head><body>|</body></html>$")
CATCHER = """<!doctype html><html lang="ja"><title>editor</title><div id="e" contenteditable>…</div><script>
document.addEventListener('paste', (event) => {
  event.preventDefault();
  const data = event.clipboardData;
  window.caught = { html: data.getData('text/html'), plain: data.getData('text/plain'), types: [...data.types] };
});</script>"""


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


def prepared() -> Variant:
    kasa = picture("01-kasa.jpg", caption="四本の傘", alt="一本だけ黒い傘")
    return variant(
        BODY,
        pictures=(kasa,),
        header=picture("header.jpg", alt="傘"),
        tags=("雨", "傘"),
        text="台帳\n雨の翌日",
        title="題 <名> & “雨”",
    )


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return note(tmp_path).package(prepared(), None)


@pytest.fixture
def server(package: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Keep the test's output clean."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(package)))
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}/index.html"
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture(params=["served", "from file", "from file, without copy events"])
def page(request: pytest.FixtureRequest, context: BrowserContext, package: Path) -> Page:
    """The copy page in three ways: over HTTP, from the disk, and where only the asynchronous clipboard is left."""
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.complaints = complaints  # type: ignore[attr-defined] # carried to the test with the page
    if "without" in request.param:
        opened.add_init_script(WITHOUT_EVENTS)
    address = request.getfixturevalue("server") if "served" in request.param else (package / "index.html").as_uri()
    opened.goto(str(address))
    return opened


@pytest.fixture
def pasted(context: BrowserContext, tmp_path: Path) -> Callable[[], dict[str, Any]]:
    """Paste into an editor of our own with the keys a person presses, and see both flavours."""
    (tmp_path / "editor.html").write_text(CATCHER, encoding="utf-8")
    editor = context.new_page()
    editor.goto((tmp_path / "editor.html").as_uri())

    def paste() -> dict[str, Any]:
        editor.bring_to_front()
        editor.click("#e")
        editor.keyboard.press("Control+V")
        caught: dict[str, Any] = editor.evaluate("window.caught")
        return caught

    return paste


def copied(page: Page, part: str) -> None:
    page.bring_to_front()
    button = page.locator(f"button[data-copy='{part}']")
    button.click()
    expect(button).to_have_text("写した")


def test_every_button_writes_both_flavours_to_the_letter(page: Page, pasted: Callable[[], dict[str, Any]]) -> None:
    parts = page.evaluate("JSON.parse(document.getElementById('parts').textContent)")
    names = [button.get_attribute("data-copy") for button in page.locator("button[data-copy]").all()]
    assert names == ["title", "body", "plain-body", "caption-1", "tags", "record"]
    for name in filter(None, names):
        copied(page, name)
        caught = pasted()
        assert caught["plain"] == parts[name]["plain"]
        assert TRANSPORT.sub("", caught["html"]) == parts[name].get("html", "")
        assert set(caught["types"]) == {"text/plain", *(["text/html"] if "html" in parts[name] else [])}
    assert page.complaints == []  # type: ignore[attr-defined] # put there by the fixture


def test_every_change_can_be_copied(
    context: BrowserContext, tmp_path: Path, pasted: Callable[[], dict[str, Any]]
) -> None:
    live = prepared().model_copy(update={"title": "前の題", "body": BODY.replace("増える", "減る").replace("子", "孫")})
    page = context.new_page()
    page.goto((note(tmp_path).package(prepared(), live) / "index.html").as_uri())
    sheet = page.locator(".changes button")
    assert [button.get_attribute("data-copy") for button in sheet.all()] == ["new-title", "change-1", "change-2"]
    for name, rich in (("new-title", ""), ("change-1", "<strong>「頁」</strong>が増える"), ("change-2", "<p>子</p>")):
        copied(page, name)
        assert rich in pasted()["html"]
    assert pasted()["plain"] == "子"
    assert page.locator("button.next").count() == 0


from_file = pytest.mark.parametrize("page", ["from file"], indirect=True)


@from_file
def test_the_address_goes_into_the_command(page: Page, pasted: Callable[[], dict[str, Any]]) -> None:
    page.get_by_label("出した記事のURL").fill(" https://note.com/migiwa/n/n4f0c7b884789?a=1&b=2#c ")
    copied(page, "record")
    assert pasted()["plain"] == "kawaraban record ame-no-kikikata note https://note.com/migiwa/n/n4f0c7b884789"
    page.get_by_label("出した記事のURL").fill("$(x); `y` 'z'")
    assert page.locator("#command").text_content() == "kawaraban record ame-no-kikikata note xyz"
    page.get_by_label("出した記事のURL").fill("")
    assert page.locator("#command").text_content() == "kawaraban record ame-no-kikikata note URL"


@from_file
def test_an_editor_that_parses_the_paste_gets_the_same_structure(
    page: Page, pasted: Callable[[], dict[str, Any]]
) -> None:
    copied(page, "body")
    tags = page.evaluate(
        """html => [...new DOMParser().parseFromString(html, 'text/html').body.children]
            .map(e => e.localName + ':' + e.textContent.trim()).filter(t => !t.startsWith('meta'))""",
        pasted()["html"],
    )
    assert tags == [
        "h2:台帳", "p:雨の翌日にだけ「頁」が増える。記録", "p:【画像1：01-kasa.jpg】", "ul:親子", "pre:a < b", "p:｜傘《かさ》",
    ]  # fmt: skip


def test_the_next_step_is_the_one_filled_button(context: BrowserContext, package: Path) -> None:
    page = context.new_page()
    page.goto((package / "index.html").as_uri())
    filled = page.locator("button.next")
    for part in ("title", "body", "tags"):
        assert filled.get_attribute("data-copy") == part
        copied(page, part)
    assert filled.count() == 0


def test_without_scripts_the_text_can_be_selected(browser: Browser, package: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((package / "index.html").as_uri())
    page.locator("summary", has_text="全文を見る").click()
    assert not page.locator("#url").is_visible()
    words = page.locator("main").inner_text()
    for said in ("題 <名> & “雨”", "雨の翌日にだけ「頁」が増える。", "#雨", "四本の傘", "文字を選んで写して"):
        assert said in words
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_needs_a_sideways_scroll_and_targets_are_large_enough(
    context: BrowserContext, package: Path, width: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto((package / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heights = page.eval_on_selector_all(
        "button, a.button, li label, #url", "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= (44 if width < 960 else 24)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("changing", [False, True])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, scheme: str, *, changing: bool) -> None:
    live = (
        prepared().model_copy(update={"title": "前の題", "body": BODY.replace("増える", "減る")}) if changing else None
    )
    made = note(tmp_path).package(prepared(), live)
    context = browser.new_context(color_scheme=scheme, locale="ja-JP")  # type: ignore[arg-type] # light or dark
    page = context.new_page()
    page.goto((made / "index.html").as_uri())
    for folded in page.locator("details").all():
        folded.evaluate("e => { e.open = true }")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()
