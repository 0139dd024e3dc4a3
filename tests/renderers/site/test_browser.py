"""What people see: a real Chromium on phone and desk, light and dark; axe finds nothing, nothing scrolls sideways or is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from kawaraban.edition import LiveArticle
from tests.browser import chromium
from tests.renderers.site.papers import archive, files, served, whole, written

WELL = "/articles/why-wells-are-round/"
PAGES = {
    "article": WELL,
    "home": "/",
    "series": "/series/ame-no-kikikata/",
    "feeds": "/feeds/",
    "find": "/archive/",
    "not found": "/404.html",
    "about": "/about/",
    "corrections": "/corrections/",
    "person": "/people/migiwa/",
    "older page": "/tags/%E4%BA%95%E6%88%B8/page/1/",
    "wide": "/articles/rope-40/",
}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SPACING = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}"
WIDE = (
    "| 一 | 二 | 三 | 四 | 五 | 六 | 七 |\n|--|--|--|--|--|--|--|\n| 長い言葉が入る | 長い言葉が入る | 長い言葉が入る | 長い言葉が入る "
    "| 長い言葉が入る | 長い言葉が入る | 長い言葉が入る |\n\n```\n"
    + "x" * 300
    + "\n```\n\n"
    + "https://example.com/"
    + "a" * 200
    + "\n\n"
    "$$\n" + " + ".join(f"x_{n}" for n in range(60)) + "\n$$\n\n::: dialogue\n汀: " + "W" * 120 + "\n:::\n"
)


def everything() -> list[LiveArticle]:
    awkward = written(40, body=WIDE, title="Supercalifragilistic" * 3, published="2021-01-01T07:00:00+09:00")
    return [*whole(), *archive(42), awkward]


@dataclass(frozen=True)
class Site:
    """A browser and the site it looks at."""

    browser: Browser
    base: str

    def page(self, path: str, width: int, scheme: Scheme = "light") -> Page:
        page = self.browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="ja-JP")
        page.goto(self.base + path)
        return page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    for file in files(everything()):
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.make())
    with served(folder) as base, chromium() as browser:
        yield Site(browser, base)


@pytest.mark.parametrize("name", ["article", "home", "series", "feeds", "find", "not found", "wide"])
def test_axe_finds_nothing(site: Site, name: str) -> None:
    page = site.page(PAGES[name], 390)
    for width, scheme in product((390, 1280), SCHEMES):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        results = Axe().run(page, options={"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}})
        assert results.violations_count == 0, f"{name} {width} {scheme}: {results.generate_report()}"
    page.close()


CUT = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const cut = [...document.querySelectorAll('main *, header *, footer *')].filter(e => {
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (!box.width || style.position === 'absolute' && style.clipPath !== 'none') return false;
    if (e.closest('pre, .scroller, .math, .hidden, .skip, .masthead, .hashira, thead')) return false;
    return box.right > document.documentElement.clientWidth + 1 || box.left < -1;
  }).map(e => e.tagName + '.' + e.className);
  return [wide, cut];
}"""


WIDTHS = (320, 390, 640, 720, 1119, 1120, 1280, 1920)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_or_is_cut_off(site: Site, name: str) -> None:
    page = site.page(PAGES[name], 390)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CUT) == [0, []], f"{name} at {width}"
    page.close()


@pytest.mark.parametrize("name", ["article", "home", "series", "wide"])
def test_wider_spacing_of_letters_and_lines_cuts_nothing(site: Site, name: str) -> None:
    """The text spacing of WCAG 1.4.12."""
    page = site.page(PAGES[name], 390)
    page.add_style_tag(content=SPACING)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CUT) == [0, []], f"{name} at {width}"
    page.close()


def face(page: Page, selector: str) -> set[str]:
    session: Any = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    return {font["familyName"] for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]}


CJK = ("CJK", "Mincho", "Hiragino", "Yu ", "IPA", "Noto Serif JP", "Noto Sans JP")


def test_japanese_is_set_in_a_japanese_face(site: Site) -> None:
    """Without one a browser shows boxes, and every other look at the page would be worthless."""
    page = site.page(WELL, 1280)
    for selector in (".words p", ".speaker", "h1"):
        faces = face(page, selector)
        assert faces, selector
        assert all(any(mark in name for mark in CJK) for name in faces), f"{selector}: {faces}"
    page.close()


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    x, y, width, height = found["x"], found["y"], found["width"], found["height"]
    return {"x": x, "y": y, "width": width, "height": height, "right": x + width, "bottom": y + height}


def test_names_hang_in_the_margin_on_a_desk_and_stand_above_on_a_phone(site: Site) -> None:
    page = site.page(WELL, 1280)
    name, words = box(page, ".speaker"), box(page, ".words")
    assert words["x"] == pytest.approx(box(page, "h1")["x"])
    assert name["right"] == pytest.approx(words["x"], abs=1)
    assert abs(name["y"] - words["y"]) < 12
    page.set_viewport_size({"width": 390, "height": 844})
    name, words = box(page, ".speaker"), box(page, ".words")
    assert name["x"] == words["x"]
    assert name["bottom"] <= words["y"] + 1
    page.close()


def test_the_text_measures_36_em_on_a_desk_and_20_on_a_phone(site: Site) -> None:
    page = site.page(WELL, 1280)
    assert box(page, ".body > p")["width"] == 648
    strip = box(page, ".hashira-in")
    assert (strip["x"], strip["width"], strip["height"]) == (62, 46, 560)
    page.set_viewport_size({"width": 390, "height": 844})
    assert box(page, ".body > p")["width"] == 340
    assert page.evaluate("getComputedStyle(document.querySelector('.body > p')).fontSize") == "17px"
    page.close()


def test_contents_stand_in_the_margin_from_1120_and_are_a_closed_line_below(site: Site) -> None:
    page = site.page(WELL, 1120)
    assert page.locator(".contents.aside").is_visible()
    assert not page.locator("details.contents").is_visible()
    assert box(page, ".contents.aside")["y"] == pytest.approx(box(page, ".source")["y"], abs=1)
    page.set_viewport_size({"width": 1119, "height": 900})
    assert not page.locator(".contents.aside").is_visible()
    assert page.locator("details.contents").get_attribute("open") is None
    assert box(page, "details.contents")["y"] > box(page, ".source")["bottom"]
    page.close()


def test_a_table_becomes_labels_and_values_on_a_phone(site: Site) -> None:
    page = site.page(WELL, 390)
    label = page.evaluate("getComputedStyle(document.querySelector('td'), '::before').content")
    assert label == '"溝の数"'
    assert page.evaluate("getComputedStyle(document.querySelector('tbody tr')).display") == "block"
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate("getComputedStyle(document.querySelector('tbody tr')).display") == "table-row"
    page.close()


def test_previous_and_next_stand_side_by_side_with_a_hairline_between(site: Site) -> None:
    page = site.page(WELL, 1280)
    before, after = box(page, ".neighbours a[rel=prev]"), box(page, ".neighbours a[rel=next]")
    assert before["y"] == after["y"]
    assert box(page, ".neighbours a[rel=next] .title")["x"] - after["x"] == pytest.approx(29)
    page.set_viewport_size({"width": 390, "height": 844})
    assert box(page, ".neighbours a[rel=next]")["y"] >= box(page, ".neighbours a[rel=prev]")["bottom"]
    page.close()


def test_the_headline_of_the_home_page_stands_upright_on_a_desk(site: Site) -> None:
    page = site.page("/", 1280)
    assert page.evaluate("getComputedStyle(document.querySelector('.front h2')).writingMode") == "vertical-rl"
    assert box(page, ".masthead")["height"] == box(page, ".front h2")["height"] == 628
    assert box(page, ".front h2")["right"] < box(page, ".masthead")["x"]
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("getComputedStyle(document.querySelector('.front h2')).writingMode") == "horizontal-tb"
    page.close()


def test_what_a_finger_presses_is_44_px_high_on_a_phone(site: Site) -> None:
    small = """() => [...document.querySelectorAll('nav a, summary, .foot a, .imprint a, .forms a, .pager a, .ways a, .counts a, .entry a')]
      .filter(e => e.getBoundingClientRect().height && e.getBoundingClientRect().height < 44 && !e.closest('.hashira'))
      .map(e => e.textContent)"""
    page = site.page("/", 390)
    for name in ("home", "article", "series", "feeds", "find", "older page"):
        page.goto(site.base + PAGES[name])
        assert page.evaluate(small) == [], name
    page.close()


def test_pictures_have_their_place_before_they_are_there(site: Site) -> None:
    page = site.page(WELL, 390)
    ratio = page.evaluate(
        "(i => i.getBoundingClientRect().width / i.getBoundingClientRect().height)(document.querySelector('.body img'))"
    )
    assert ratio == pytest.approx(1600 / 900, rel=0.01)
    page.close()


def test_on_paper_only_the_text_remains(site: Site) -> None:
    page = site.page(WELL, 1280, "dark")
    page.emulate_media(media="print")
    for gone in (".top nav", ".hashira", ".contents.aside", "details.contents", ".neighbours", ".slip", ".back"):
        assert not page.locator(gone).first.is_visible(), gone
    for kept in (".imprint", "h1", ".source", ".colophon", ".notes"):
        assert page.locator(kept).first.is_visible(), kept
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    page.close()


def test_without_style_the_order_of_reading_is_the_order_of_the_source(site: Site) -> None:
    page = site.page("/", 390)
    text = page.locator("body").inner_text()
    assert text.index("A Rope, a Rim") < text.index("井戸の話。")
    page.goto(site.base + WELL)
    text = page.locator("main").inner_text()
    places = [
        text.index(word)
        for word in ("井戸はなぜ丸いのか", "Ropes & Rims", "井戸の縁をのぞくと", "縁を測る", "キーワード解説", "奥付")
    ]
    assert places == sorted(places)
    page.close()


def test_a_reader_with_a_keyboard_sees_where_they_are(site: Site) -> None:
    page = site.page(WELL, 1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "本文へ"
    assert box(page, ".skip")["height"] > 24
    page.keyboard.press("Tab")
    style = page.evaluate("(s => [s.outlineStyle, s.outlineWidth])(getComputedStyle(document.activeElement))")
    assert style == ["solid", "2px"]
    page.close()
