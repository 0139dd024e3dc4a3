"""Site and feeds of a whole paper, from files to folder: what is there when, what it links to, and what an edit moves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import html

import kawaraban.channels.site.channel
from flows.compose import open_house
from flows.stages.edition import files_of, groups, recorded_live
from kawaraban.channels.site.folder import PublicFolder
from tests.kawaraban.channels.crawl import Crawler
from tests.papers import ROOT, SAMPLES, paper, published, write

BASE = "https://paper.example"
SEVEN = datetime.fromisoformat("2024-06-18T07:00:00+09:00").astimezone(UTC)
LATER = datetime(2024, 11, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FEEDS = ("feed.xml", "atom.xml", "feed.json")


def at_paper_example(root: Path) -> Path:
    file = root / "config" / "publication.yaml"
    text = file.read_text(encoding="utf-8").replace("base_url: https://example.com", f"base_url: {BASE}")
    file.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return at_paper_example(paper(tmp_path / "paper", samples=False))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, published once; tests only look."""
    root = at_paper_example(paper(tmp_path_factory.mktemp("samples") / "paper"))
    assert not [result for result in published(root, LATER).results if result.failed]
    return root


def items(root: Path) -> dict[str, dict[str, str]]:
    """Slug → item of the site's JSON feed."""
    path = root / "public" / "feed.json"
    found = json.loads(path.read_text(encoding="utf-8"))["items"] if path.exists() else []
    return {item["url"].rstrip("/").rpartition("/")[2]: item for item in found}


def page(root: Path, slug: str) -> Path:
    return root / "public" / "articles" / slug / "index.html"


def stamps(root: Path) -> dict[str, int]:
    folder = root / "public"
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()
    }


def parsed(data: bytes) -> Any:
    """HTML, parsed as a browser would."""
    return html.fromstring(data)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- when ---


def test_20_an_item_is_there_from_its_second_on_and_not_one_before(empty: Path) -> None:
    write(empty, "rain", id="5r8w2kq1")
    published(empty, SEVEN - SECOND)
    assert not page(empty, "rain").exists()
    assert items(empty) == {}
    published(empty, SEVEN)
    assert page(empty, "rain").is_file()
    assert set(items(empty)) == {"rain"}
    for form in FEEDS:
        assert b"5r8w2kq1" in (empty / "public" / form).read_bytes()


def test_a_feeds_delay_counts_from_the_page_which_is_there_first(tmp_path: Path) -> None:
    root = at_paper_example(paper(tmp_path / "paper", samples=False, settings={"delay: 0m": "delay: 10m"}))
    write(root, "rain", id="5r8w2kq1")
    ten = timedelta(minutes=10)
    for moment, there in ((SEVEN, False), (SEVEN + ten - SECOND, False), (SEVEN + ten, True)):
        published(root, moment)
        assert page(root, "rain").is_file()
        assert ("rain" in items(root)) is there, moment
        assert not Crawler(root / "public", BASE).dead()
    assert items(root)["rain"]["date_published"] == "2024-06-18T07:00:00+09:00"


def test_what_is_mended_within_the_delay_reaches_subscribers_mended(tmp_path: Path) -> None:
    root = at_paper_example(paper(tmp_path / "paper", samples=False, settings={"delay: 0m": "delay: 10m"}))
    path = write(root, "rain", "雨は三粒。\n", id="5r8w2kq1")
    published(root, SEVEN)
    edit(path, "三粒", "二粒")
    published(root, SEVEN + timedelta(minutes=5))
    assert "二粒" in page(root, "rain").read_text(encoding="utf-8")
    published(root, SEVEN + timedelta(minutes=10))
    assert "雨は二粒。" in items(root)["rain"]["content_html"]


def test_21_what_is_not_public_is_in_no_file(empty: Path) -> None:
    write(empty, "good", id="5r8w2kq0")
    write(empty, "draft", id="5r8w2kq1", status="draft")
    write(empty, "review", id="5r8w2kq2", status="review")
    write(empty, "future", id="5r8w2kq3", published="2030-06-18T07:00:00+09:00")
    write(empty, "embargoed", id="5r8w2kq4", embargo="2030-06-18T07:00:00+09:00")
    write(empty, "doubted", id="5r8w2kq5", review="{must: {updated: いつか}}")
    write(empty, "expired", id="5r8w2kq6", expires="2024-07-01T00:00:00+09:00")
    write(empty, "archived", id="5r8w2kq7", status="archived")
    published(empty, LATER)
    assert set(items(empty)) == {"good"}
    for path in (empty / "public").rglob("*"):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        for slug in ("draft", "review", "future", "embargoed", "doubted", "expired"):
            assert f"articles/{slug}" not in text, path
        if path.suffix in {".xml", ".json"}:
            assert "5r8w2kq7" not in text, path


def test_17_the_date_of_publication_never_moves_once_it_is_out(empty: Path) -> None:
    path = write(empty, "rain", id="5r8w2kq1")
    published(empty, SEVEN)
    edit(path, "2024-06-18T07:00", "2024-06-20T07:00")
    published(empty, SEVEN + timedelta(days=5))
    assert items(empty)["rain"]["date_published"] == "2024-06-18T07:00:00+09:00"


# --- links ---


def test_31_every_link_and_picture_of_site_and_feeds_is_there(samples: Path) -> None:
    crawler = Crawler(samples / "public", BASE)
    assert crawler.dead() == []
    assert any("articles/" in link for links in crawler._seen.values() for link in links)


def test_40_every_feed_a_page_names_is_there_and_reads_well(samples: Path) -> None:
    named = set()
    for path in (samples / "public").rglob("*.html"):
        for link in parsed(path.read_bytes()).xpath("//link[@rel='alternate'][@type]"):
            named.add((link.get("type"), str(link.get("href"))))
    assert len(named) == 9
    for kind, url in named:
        data = (samples / "public" / url.removeprefix(f"{BASE}/")).read_bytes()
        if kind == "application/feed+json":
            assert json.loads(data)["feed_url"] == url
        else:
            assert not feedparser.parse(data).bozo


def test_23_the_feeds_carry_every_sample_whole(samples: Path) -> None:
    assert set(items(samples)) == set(SAMPLES)
    for slug, item in items(samples).items():
        source = next((samples / "content").rglob(f"{slug}/index.md")).read_text(encoding="utf-8")
        turns = len(re.findall(r"^(?:汀|Lio): ", source, re.MULTILINE))
        assert len(re.findall(r"<p><strong>(?:汀|Lio)</strong>：", item["content_html"])) == turns > 5


def test_no_link_is_dead_at_any_step_of_a_real_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state before every step is the one that a kill -9 there would leave."""
    root = at_paper_example(paper(tmp_path / "paper"))
    (root / "public").mkdir()
    (root / "public" / "ads.txt").write_text("theirs", encoding="utf-8")
    crawler, steps = Crawler(root / "public", BASE), []

    def crawl(step: str) -> None:
        steps.append(step)
        assert crawler.dead() == [], step

    class Watched(PublicFolder):
        def __init__(self, top: Path, staging: Path, _watch: object) -> None:
            super().__init__(top, staging, crawl)

    monkeypatch.setattr(kawaraban.channels.site.channel, "PublicFolder", Watched)
    assert not [one for one in published(root, LATER).results if one.failed]
    first = len(steps)
    gone, changed = (next((root / "content").rglob(f"{slug}/index.md")) for slug in SAMPLES[:2])
    edit(gone, "status: ready", "status: ready\nwithdrawn: {at: 2024-11-06, reason: 取り下げ}")
    edit(changed, "tags: [音, 屋根, 図解]", "tags: [音, 瓦]")
    write(root, "new", "あたらしい話。\n", id="5r8w2kq1", tags="[瓦, 霧]")
    assert not [one for one in published(root, LATER + timedelta(days=2)).results if one.failed]
    assert first > 40
    assert len(steps) > first + 20
    left = sorted(path.name for path in page(root, SAMPLES[0]).parent.iterdir())
    assert left == ["410.html"]  # its pictures went, too
    assert set(items(root)) == {*SAMPLES[1:], "new"}
    assert not (root / "public" / "tags" / "図解").exists()
    assert (root / "public" / "ads.txt").read_text(encoding="utf-8") == "theirs"


def test_an_item_held_back_keeps_the_picture_it_shows(tmp_path: Path) -> None:
    root = at_paper_example(paper(tmp_path / "paper", settings={"delay: 0m": "update: never\n  delay: 0m"}))
    published(root, LATER)
    article = next((root / "content").rglob("the-gutter-that-sings"))
    before = items(root)["the-gutter-that-sings"]["content_html"]
    (article / "downpipe.png").write_bytes((article / "屋根と樋.png").read_bytes())
    published(root, LATER + timedelta(hours=1))
    assert items(root)["the-gutter-that-sings"]["content_html"] == before
    assert Crawler(root / "public", BASE).dead() == []


def test_an_item_without_its_page_is_not_in_the_feeds(samples: Path) -> None:
    with open_house(samples, clock=lambda: LATER) as house:
        (group,) = groups(house)
        live = recorded_live(house, group)
        assert len(live["rss"]) == 3
        one = next(iter(live["site"]))
        del live["site"][one]
        files = {file.path: file for file in files_of(house, group, live)}
        assert one.encode() not in files["feed.xml"].make()


# --- what an edit moves ---


def test_47_an_unchanged_file_is_not_written_again(samples: Path) -> None:
    before = stamps(samples)
    again = published(samples, LATER + timedelta(days=1))
    assert (again.results, again.furniture) == ((), ())
    assert stamps(samples) == before


def test_48_a_typo_changes_its_page_and_the_feeds_that_hold_it_and_moves_no_date(tmp_path: Path) -> None:
    root = at_paper_example(paper(tmp_path / "paper"))
    published(root, LATER)
    before, dates = stamps(root), items(root)["where-wet-things-go"]
    edit(next((root / "content").rglob("where-wet-things-go/index.md")), "雨の日の玄関には", "雨の日の戸口には")
    published(root, LATER + timedelta(hours=1), "where-wet-things-go", kind="typo")
    changed = {path for path, stamp in stamps(root).items() if before.get(path) != stamp}
    series = {f"series/ame-no-kikikata/{form}" for form in FEEDS}
    assert {*FEEDS, *series, "articles/where-wet-things-go/index.html"} <= changed
    assert not {path for path in changed if "dougu-no-namae" in path or "names-of-small-tools" in path}
    after = items(root)["where-wet-things-go"]
    assert "雨の日の戸口には" in after["content_html"]
    assert [after[key] for key in ("id", "date_published", "date_modified")] == [
        dates[key] for key in ("id", "date_published", "date_modified")
    ]


def test_an_update_moves_updated_and_shows_no_correction(empty: Path) -> None:
    write(empty, "rain", id="5r8w2kq1")
    published(empty, SEVEN)
    published(empty, SEVEN + timedelta(days=1, minutes=30), "rain", kind="update")
    item = items(empty)["rain"]
    assert (item["date_published"], item["date_modified"]) == ("2024-06-18T07:00:00+09:00", "2024-06-19T07:30:00+09:00")
    assert "訂正" not in item["content_html"]


def test_a_correction_is_shown_on_page_feed_and_the_corrections_page_and_moves_updated(empty: Path) -> None:
    write(empty, "rain", id="5r8w2kq1")
    published(empty, SEVEN)
    moment = SEVEN + timedelta(days=1)
    published(empty, moment, "rain", kind="correction", say="三割を三割五分に改めた")
    item = items(empty)["rain"]
    assert (item["id"][-8:], item["date_modified"]) == ("5r8w2kq1", "2024-06-19T07:00:00+09:00")
    assert "<strong>訂正</strong>（2024年6月19日）：三割を三割五分に改めた" in item["content_html"]
    for path in (page(empty, "rain"), empty / "public" / "corrections" / "index.html"):
        assert "三割を三割五分に改めた" in parsed(path.read_bytes()).text_content().replace("\n", "")
    rss = feedparser.parse((empty / "public" / "feed.xml").read_bytes())
    assert rss.entries[0].published_parsed[:5] == (2024, 6, 17, 22, 0)
    assert rss.entries[0].updated_parsed[:5] == (2024, 6, 18, 22, 0)


def test_a_page_somebody_edited_by_hand_is_noticed_and_made_again(empty: Path) -> None:
    write(empty, "rain", id="5r8w2kq1")
    published(empty, SEVEN)
    before = page(empty, "rain").read_bytes()
    page(empty, "rain").write_text("scribbled", encoding="utf-8")
    assert published(empty, SEVEN + timedelta(hours=1)).furniture == ("site",)
    assert page(empty, "rain").read_bytes() == before
    assert published(empty, SEVEN + timedelta(hours=2)).furniture == ()


def test_two_processes_that_publish_at_once_publish_once(empty: Path) -> None:
    write(empty, "rain", id="5r8w2kq1")
    program = (
        "import sys; from datetime import datetime; from pathlib import Path; from tests.papers import published\n"
        "done = published(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))\n"
        "print(sum(not one.failed for one in done.results), sum(one.failed for one in done.results))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(empty), SEVEN.isoformat()], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert said == ["0 0", "2 0"]
    assert set(items(empty)) == {"rain"}
