"""The feeds in readers that remember (59): 304, what an edit makes new, and how an item reads on a terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from kawaraban.edition import LiveArticle
from tests.panel.serving import Newsboat, serving
from tests.panel.test_panel import DATES, IDS
from tests.renderers.feed.feeds import BODY, NASTY, everything, live, odd, usual, written


def typo() -> list[LiveArticle]:
    return [live(1, BODY.replace("二段落目", "三段落目"), title=NASTY, day="2024-06-25"), *usual()[1:]]


def moved() -> list[LiveArticle]:
    """Another slug, title, series and date of update."""
    head = {"slug": "moved", "url": "https://example.com/articles/moved/", "series": "", "updated": DATES[0]}
    return [odd(live(1, day="2024-06-25"), title="別の題", head=head), *usual()[1:]]


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_59_a_reader_library_sees_nothing_new_in_an_edit_and_gets_304(path: str) -> None:
    from reader import make_reader

    with serving() as (url, served), make_reader(":memory:") as reader:

        def update(items: Sequence[LiveArticle]) -> tuple[int, int] | None:
            served.files = written(items)
            found = reader.update_feed(f"{url}/{path}")
            return None if found is None else (found.new, found.modified)

        reader.add_feed(f"{url}/{path}")
        assert update(usual()) == (3, 0)
        assert update(usual()) is None
        assert served.statuses[-1] == 304
        assert update(typo()) == (0, 1)
        assert update(moved()) == (0, 1)
        assert update(moved()[1:]) in {None, (0, 0)}
        assert sorted(entry.id for entry in reader.get_entries()) == sorted(IDS)
        entry = reader.get_entry((f"{url}/{path}", IDS[0]))
        assert (entry.link, entry.title) == ("https://example.com/articles/moved/", "別の題")


def test_59_newsboat_shows_every_item_once_gets_304_and_sees_nothing_new_in_an_edit(tmp_path: Path) -> None:
    with serving() as (url, served):
        newsboat = Newsboat(tmp_path, f"{url}/feed.xml", f"{url}/series/ame-no-kikikata/atom.xml")
        served.files = written(usual())
        assert newsboat.run("reload", "print-unread").startswith("3 ")
        for _ in range(2):  # it remembers an ETag only of a feed that it has stored before
            newsboat.run("reload")
        assert served.statuses[-2:] == [304, 304]
        for edited in (typo(), moved()):
            served.files = written(edited)
            assert newsboat.run("reload", "print-unread").startswith("3 ")
    with sqlite3.connect(tmp_path / "cache.db") as database:
        rows = database.execute("SELECT guid, title, pubDate FROM rss_item ORDER BY pubDate DESC").fetchall()
    database.close()
    assert [row[0] for row in rows] == IDS
    assert [row[2] for row in rows] == [int(date.timestamp()) for date in DATES]


ON_A_TERMINAL = """
  題材：The Roof & the Rain[1]
  Review（2024年5月1日）
  A. Tin

  屋根の記録


  題材：手もとの覚え書き
  私家版

雨の拍（はく）を数える（註1）[2]。傾いた字とkawara < tin、a+b。

汀：ぽつり、と鳴りました。

Lio：それは一つ二つです。

  * 瓦
  * 草

     1. 茅
     2. 藁


図と表

[image 3]
縦の樋

屋根くらべ
屋根 音
瓦   低い

print("雨 < 晴 & 曇 ]]>")

a < b

https://example.com/embed[4]

  静かな屋根。

  ――古い手帳

ポイント整理

  * 音は知らせ

      * 遠い音ほど早い


キーワード解説
庇（ひさし）

        小さな屋根


註1 註の本文。
二行目。

訂正（2024年6月20日）：二つを三つに改めた
"""


def test_an_item_reads_well_on_a_terminal(tmp_path: Path) -> None:
    """Ruby, sources, dialogue, lists, figure, table, code, formula, quote, glossary, footnotes, correction."""
    (tmp_path / "feed.xml").write_bytes(written(everything())["feed.xml"])
    newsboat = Newsboat(tmp_path, f"file://{tmp_path}/feed.xml")
    newsboat.run("reload")
    shown = newsboat.shown(90, 100)
    start = next(number for number, line in enumerate(shown) if "題材：The Roof" in line)
    end = shown.index("Links:")
    assert shown[start:end] == [*ON_A_TERMINAL.strip("\n").split("\n"), ""]
