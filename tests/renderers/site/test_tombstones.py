"""Where an article was taken down: a page in the theme under each of its addresses, and nowhere a link to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from kawaraban.edition import EditionFile, Gone, Stage, edition_digest
from renderers.site import edition
from tests.builders import channel
from tests.renderers.site.papers import drawn, file_behind, links, paper, parsed, whole, written

DAY = datetime(2024, 11, 5, 3, tzinfo=UTC)
ONE = written(
    9, title="抜けた桶の話", slug="lost-bucket", aliases="[/old/bucket/, /old/bucket.html, ../../x, rope-1]"
).variant


def files(*gone: Gone) -> dict[str, EditionFile]:
    found = edition(paper(), channel("site"), whole(), feeds=[channel("rss")], bytes_of=drawn, gone=gone)
    return {file.path: file for file in found}


def words(file: EditionFile) -> str:
    return "".join(parsed(file.make().decode()).xpath("string(//main)").split())


def test_it_says_title_day_and_reason_and_asks_not_to_be_indexed() -> None:
    stone = files(Gone(ONE, DAY, "事実に <誤り> がありました。"))["articles/lost-bucket/410.html"]
    assert stone.stage is Stage.TOMBSTONES
    assert "抜けた桶の話この記事は2024年11月5日に取り下げました。事実に<誤り>がありました。" in words(stone)
    page = parsed(stone.make().decode())
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert not page.xpath("//link[@rel='canonical']")
    assert not page.xpath("//img")


def test_an_article_whose_time_was_over_says_that_and_a_day_is_enough() -> None:
    stone = files(Gone(ONE, date(2024, 11, 5), expired=True))["articles/lost-bucket/410.html"]
    assert "この記事の公開は2024年11月5日に終わりました。" in words(stone)


def test_each_former_address_has_one_but_none_that_something_stands_at() -> None:
    stones = {path for path, file in files(Gone(ONE, DAY)).items() if file.stage is Stage.TOMBSTONES}
    assert stones == {"articles/lost-bucket/410.html", "old/bucket/410.html", "old/bucket.html410.html"}
    taken = ONE.model_copy(update={"head": ONE.head.model_copy(update={"slug": "rope-1", "aliases": ()})})
    assert not [file for file in files(Gone(taken, DAY)).values() if file.stage is Stage.TOMBSTONES]


def test_nothing_links_to_it_and_it_links_to_nothing_that_is_gone() -> None:
    there = files(Gone(ONE, DAY, "確認中です。"))
    base = paper().base_url
    for path, file in there.items():
        if path.endswith((".html", ".xml", ".txt", ".json")):
            text = file.make().decode()
            assert "lost-bucket" not in text, path
    stone = there["articles/lost-bucket/410.html"].make().decode()
    for link in links(stone, f"{base}/articles/lost-bucket/"):
        name = file_behind(link, base)
        assert link.endswith("/lost-bucket/#main") or name in there or name in {"feed.xml", "atom.xml", "feed.json"}, (
            link
        )


def test_it_changes_with_what_it_says_and_with_nothing_else() -> None:
    said = Gone(ONE, DAY, "確認中です。")
    assert edition_digest(files(said).values()) == edition_digest(files(said).values())
    others = (replace(said, reason=""), replace(said, expired=True), replace(said, at=date(2024, 11, 6)))
    path = "articles/lost-bucket/410.html"
    assert len({files(one)[path].key for one in (said, *others)}) == 4
    before, after = files(), files(said)
    assert {name for name in after if name not in before or after[name].key != before[name].key} == {
        name for name, file in after.items() if file.stage is Stage.TOMBSTONES
    }
