"""The edition: its pages, what an added or edited article touches, and that nothing links to what is not there."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import unquote, urldefrag

import pytest

from kawaraban.edition import EditionFile, LiveArticle, Stage, edition_digest
from renderers.feed import edition as feed_edition
from tests.builders import channel
from tests.renderers.site.papers import (
    SINCE,
    archive,
    file_behind,
    files,
    links,
    made,
    on_site,
    paper,
    parsed,
    sample,
    whole,
    written,
)
from tests.renderers.site.test_variant import readable

STAMP = re.compile(r"(site|seal)-[0-9a-f]{10}\.")


def stable(page: str) -> str:
    """A page without the digests that every change of the sheet moves."""
    return STAMP.sub(r"\1-0000000000.", readable(page))


def keys(live: Sequence[LiveArticle]) -> dict[str, str]:
    return {file.path: file.key for file in files(live)}


def touched(before: Sequence[LiveArticle], after: Sequence[LiveArticle]) -> set[str]:
    old, new = keys(before), keys(after)
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


# --- what the pages are ----------------------------------------------------------------------------------------------


def test_the_pages_of_a_small_paper(golden: Callable[[str, str], None]) -> None:
    pages = made(whole())
    golden("site/article.html", stable(pages["articles/why-wells-are-round/index.html"]))
    golden("site/home.html", stable(pages["index.html"]))
    golden("site/series.html", stable(pages["series/ame-no-kikikata/index.html"]))


def test_an_edition_has_every_page_the_design_names() -> None:
    paths = {file.path for file in files(whole())}
    assert {
        "index.html", "404.html", "robots.txt", "sitemap.xml", "corrections/index.html", "feeds/index.html", "about/index.html",
        "archive/index.html", "archive/2024/04/index.html", "series/index.html", "series/ame-no-kikikata/index.html",
        "tags/井戸/index.html", "people/lio/index.html", "people/migiwa/index.html",
        "articles/why-wells-are-round/index.html", "articles/why-wells-are-round/well-abababab.png",
        "old/well.html", "articles/round-wells/index.html",
    } <= paths  # fmt: skip


def test_no_path_leads_out_of_the_folder() -> None:
    odd = written(
        1, tags="['a/b', '...', '井戸']", aliases="['../../etc/passwd', '/a/%2e%2e/b', 'https://old.example/x/']"
    )
    for file in files([odd]):
        assert not file.path.startswith(("/", "\\")), file.path
        assert not {"..", "."} & set(file.path.split("/")), file.path


def test_assets_come_before_pages_and_pages_before_lists() -> None:
    stage = {file.path: file.stage for file in files(whole())}
    assert stage["articles/why-wells-are-round/well-abababab.png"] is Stage.ASSETS
    assert stage["articles/why-wells-are-round/index.html"] is Stage.PAGES
    assert stage["index.html"] is Stage.LISTS
    assert stage["sitemap.xml"] is Stage.FEEDS


def test_no_two_files_have_one_path() -> None:
    counted = Counter(
        file.path for file in files([*whole(), written(5, aliases="[/archive/, /about/index.html, rope-1]")])
    )
    assert max(counted.values()) == 1


# --- links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["https://example.com", "https://example.com/paper"])
def test_every_link_leads_to_a_file_and_every_fragment_to_an_element(base: str) -> None:
    live = [*whole(), *archive(45)]
    if base != "https://example.com":
        live = [_moved(item, base) for item in live]
    made_files = files(live, base_url=base)
    variants = [LiveArticle(item.variant.model_copy(update={"channel": "rss"}), SINCE) for item in live]
    feeds = {file.path for file in feed_edition(paper(base_url=base), channel("rss"), variants)}
    paths = {file.path for file in made_files} | feeds
    pages = {file.path: file.make().decode() for file in made_files if file.path.endswith(".html")}
    ids = {path: set(parsed(page).xpath("//@id")) for path, page in pages.items()}
    for path, page in pages.items():
        here = address_of(page, f"{base}/{path.removesuffix('index.html')}")
        for link in links(page, here):
            if not link.startswith(base) or link.startswith((f"{base}/rims", f"{base}/notes", f"{base}/wells")):
                continue
            target = file_behind(link, base)
            assert target in paths, f"{path} → {link}"
            fragment = urldefrag(link).fragment
            assert not fragment or fragment in ids[target] or fragment in _unquoted(ids[target], fragment), (
                f"{path} → {link}"
            )


def _unquoted(ids: set[str], fragment: str) -> set[str]:

    return {fragment} if unquote(fragment) in ids else set()


def address_of(page: str, otherwise: str) -> str:
    """A page's own address: a tag's slash is one percent-encoded sign of it, though its file lies in two folders."""
    return next(iter(parsed(page).xpath("//meta[@property='og:url']/@content")), otherwise)


def _moved(item: LiveArticle, base: str) -> LiveArticle:
    head = item.variant.head
    url = head.url.replace("https://example.com", base)
    return replace(item, variant=item.variant.model_copy(update={"head": head.model_copy(update={"url": url})}))


def test_a_bare_page_links_to_nothing_of_the_site_and_keeps_its_words() -> None:
    for file in files(whole()):
        if file.bare is None:
            continue
        page = file.make().decode()
        bare = file.bare().decode()
        here = f"https://example.com/{file.path.removesuffix('index.html')}"
        elsewhere = [
            link
            for link in links(bare, here)
            if link.startswith("https://example.com/") and urldefrag(link).url != here
            and "/assets/" not in link and not link.endswith(".png")
            and not link.startswith(("https://example.com/rims", "https://example.com/notes", "https://example.com/wells"))
        ]  # fmt: skip
        assert elsewhere == [], file.path
        assert _words(bare) == _words(page)


def _words(page: str) -> str:
    return "".join(parsed(page).find("body").itertext())


# --- what changes ----------------------------------------------------------------------------------------------------


def shape(paths: set[str]) -> set[str]:
    return {re.sub(r"\d+", "N", path) for path in paths}


@pytest.mark.parametrize("count", [100, 900, 2500])
def test_an_added_article_touches_the_same_few_files_whatever_the_archive_holds(count: int) -> None:
    live = archive(count + 1)
    moved = touched(live[:-1], live)
    assert shape(moved) - {"sitemap-N.xml"} == {
        "articles/well-N/index.html", "index.html", "series/index.html", "series/ame-no-kikikata/index.html",
        "tags/井戸/index.html", "people/lio/index.html", "people/migiwa/index.html", "archive/N/N/index.html", "archive/index.html",
        *(["sitemap.xml"] if count < 1000 else []),
    }  # fmt: skip
    assert sum(path.startswith("articles/") for path in moved) == 2
    assert len(moved) == 11


def test_an_edited_body_touches_only_its_own_page() -> None:
    live = archive(60)
    edited = [*live]
    edited[7] = replace(live[7], variant=live[7].variant.model_copy(update={"body": "<p>直した話。</p>"}))
    assert touched(live, edited) == {"articles/well-7/index.html"}


def test_a_changed_title_touches_its_page_its_neighbours_and_the_lists_it_stands_in() -> None:
    live = archive(60)
    edited = [*live]
    edited[7] = replace(live[7], variant=live[7].variant.model_copy(update={"title": "別の題"}))
    assert touched(live, edited) == {
        *(f"articles/well-{number}/index.html" for number in (6, 7, 8)),
        "series/ame-no-kikikata/page/1/index.html", "tags/井戸/page/1/index.html", "people/lio/page/1/index.html",
        "people/migiwa/page/1/index.html", "archive/2020/01/index.html",
    }  # fmt: skip


def test_page_one_is_the_oldest_and_old_pages_never_move() -> None:
    list_of = "series/ame-no-kikikata"
    before, after = keys(archive(60)), keys(archive(140))
    assert before[f"{list_of}/page/1/index.html"] == after[f"{list_of}/page/1/index.html"]
    first = made(archive(60))[f"{list_of}/page/1/index.html"]
    assert parsed(first).xpath("//article/a/@href")[-1].endswith("/articles/well-0/")
    assert f"{list_of}/page/6/index.html" in after
    assert f"{list_of}/page/7/index.html" not in after


def test_pages_of_a_list_show_every_article_once() -> None:
    for count in (1, 19, 20, 39, 40, 41, 79, 80):
        pages = made(archive(count))
        shown = Counter(
            href.rsplit("/", 2)[1]
            for path, page in pages.items()
            if re.fullmatch(r"tags/井戸/(page/\d+/)?index\.html", path)
            for href in parsed(page).xpath("//article/a/@href")
        )
        assert set(shown.values()) == {1}
        assert len(shown) == count


def test_the_order_of_the_articles_and_the_place_of_the_run_do_not_matter() -> None:
    live = [*whole(), *archive(30)]
    shuffled = random.Random(3).sample(live, len(live))
    assert edition_digest(files(live)) == edition_digest(files(shuffled))
    assert [file.path for file in files(live)] == [file.path for file in files(shuffled)]
    assert made(live) == made(shuffled)


def test_equal_keys_are_equal_bytes() -> None:
    """A writer that remembers keys must never miss a change."""
    before = whole()
    after = [
        replace(before[0], variant=on_site(sample(), description="別の紹介。")),
        *before[1:],
        written(9, tags="[綱]"),
    ]
    old: dict[str, EditionFile] = {file.path: file for file in files(before)}
    for file in files(after):
        if file.path in old and old[file.path].key == file.key:
            assert file.make() == old[file.path].make(), file.path


# --- what is not shown -----------------------------------------------------------------------------------------------


def test_an_archived_article_keeps_its_page_and_leaves_every_list() -> None:
    live = whole()
    live[1] = replace(live[1], hidden=True)
    pages = made(live)
    assert "articles/rope-1/index.html" in pages
    for path, page in pages.items():
        if path != "articles/rope-1/index.html":
            assert "articles/rope-1/" not in page, path


def test_neighbours_pass_over_what_is_archived() -> None:
    live = [written(1), replace(written(2), hidden=True), written(3)]
    page = parsed(made(live)["articles/rope-3/index.html"])
    assert page.xpath("//nav[@class='neighbours']/a/@href") == ["../rope-1/"]
    assert page.xpath("//nav[@class='neighbours']/a/@rel") == ["prev"]


def test_an_empty_paper_has_its_pages() -> None:
    pages = made([])
    assert "最初の一枚を" in pages["index.html"]
    assert "まだ始まっていません" in pages["series/ame-no-kikikata/index.html"]


def test_a_paper_of_one_article_has_no_neighbours() -> None:
    pages = made([written(1)])
    assert "neighbours" not in pages["articles/rope-1/index.html"]


def test_the_source_card_stands_above_the_contents() -> None:
    page = made(whole())["articles/why-wells-are-round/index.html"]
    assert page.index('class="source"') < page.index('<details class="contents"') < page.index("井戸の縁をのぞくと")


def test_the_corrections_are_told_newest_first() -> None:
    one = written(1, corrections="[{date: 2024-05-02, text: 綱の太さを改めた}]", updated="2024-05-02")
    page = parsed(made([whole()[0], one])["corrections/index.html"])
    told = [element.text_content().strip() for element in page.xpath("//article//p[@class='says']")]
    assert told == ["綱の太さを改めた", "「八尺」を「六尺」に改めた"]
    assert "第二版" in made([written(3), one])["articles/rope-1/index.html"]
