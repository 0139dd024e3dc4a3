"""Front matter: strict, with file, line and remedy; changed key by key without touching another byte."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.article import frontmatter, reader
from kawaraban.article.model import Article
from kawaraban.errors import WrongInput
from tests.builders import MATTER, article

FILE = PurePosixPath("articles/2024/x/index.md")
JST = timezone(timedelta(hours=9))


def parse(matter: str) -> Article:
    return reader.parse(f"---\n{matter}\n---\n本文\n", FILE, "d")


def refused(matter: str) -> WrongInput:
    with pytest.raises(WrongInput) as error:
        parse(f"id: 5r8w2kqd\n{matter}")
    return error.value


def test_a_whole_article_is_read() -> None:
    matter = article().matter
    assert (matter.id, matter.slug, matter.speakers) == ("5r8w2kqd", "where-wet-things-go", ("汀", "Lio"))
    assert matter.published == datetime(2024, 6, 17, 22, tzinfo=UTC)


def test_words_that_yaml_1_1_would_change_stay_text() -> None:
    matter = parse("id: 5r8w2kqd\ntitle: no\ntags: [on, 12:30, 0o7, 1e3]\nslug: yes").matter
    assert (matter.title, matter.tags, matter.slug) == ("no", ("on", "12:30", "0o7", "1e3"), "yes")


def test_a_bare_date_keeps_the_precision_of_a_day() -> None:
    assert parse("id: 5r8w2kqd\ntitle: a\nupdated: 2024-06-30").matter.updated == date(2024, 6, 30)


@pytest.mark.parametrize(
    ("matter", "code", "line", "remedy"),
    [
        ("title: a\ntag: [x]", "unknown-key", 4, "tags"),
        ("title: a\npublished: 2024-06-30 07:00", "naive-datetime", 4, "+09:00"),
        ("title: a\npublished: 2024-06-30T07:00:00", "naive-datetime", 4, "+09:00"),
        ("title: a\nslug: ../../x", "wrong-value", 4, "rain-and-roofs"),
        ("title: a\nstatus: published", "wrong-value", 4, "draft"),
        ("title: a\nchannels:\n  note: {dely: 3d}", "unknown-key", 5, "delay"),
        ("title: a\ntags: ['..']", "wrong-value", 4, None),
        ("slug: a", "missing-key", 2, None),
    ],
)
def test_what_is_wrong_is_said_with_line_and_remedy(matter: str, code: str, line: int, remedy: str | None) -> None:
    error = refused(matter)
    assert isinstance(error, reader.ArticleProblems)
    finding = error.findings[0]
    assert (finding.code, finding.file, finding.line) == (code, FILE, line)
    if remedy is not None:
        assert finding.remedy is not None
        assert remedy in finding.remedy.en


@pytest.mark.parametrize(
    ("matter", "message", "line"),
    [
        ("title: a\ntitle: b", "written twice", 4),
        ("title: 題名: そう", "not readable as YAML", 3),
        ("title: &a [x]\ntags: *a", "anchors", 3),
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]", "anchors", 3),
        ("title: !!python/object:os.system x", "tag", 3),
        ("title: a\nupdated: 2024-02-30", "no such date", 4),
        ("title: " + "[" * 40 + "]" * 40, "nested too deeply", 3),
    ],
)
def test_yaml_that_is_not_ours_is_refused_with_its_line(matter: str, message: str, line: int) -> None:
    error = refused(matter)
    assert message in error.said("en")
    assert error.place is not None
    assert error.place.line == line


def test_a_title_that_needs_quotes_says_so_in_japanese() -> None:
    assert "囲んで" in refused("title: 題名: そう").said("ja")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no front matter", "does not begin"),
        (b"---\nid: 5r8w2kqd\n", "not closed"),
        ("---\ntitle: 題\n---\n".encode("shift_jis"), "not UTF-8"),
        (b"---\n" + b"a" * 5_000_000, "too large"),
    ],
)
def test_a_file_that_is_no_article_says_why(data: bytes, message: str) -> None:
    with pytest.raises(WrongInput, match=message) as error:
        reader.parse(reader.decode(data, FILE), FILE, "d")
    assert error.value.place is not None
    assert error.value.remedy is not None


def test_a_bom_and_windows_line_ends_are_read() -> None:
    text = reader.decode("\ufeff---\r\nid: 5r8w2kqd\r\ntitle: 題\r\n---\r\n一\r\n\r\n二\r\n".encode(), FILE)
    assert len(reader.parse(text, FILE, "d").blocks) == 2


SOURCE = f"---\n# first\n{MATTER}channels:\n  note: {{after: site, delay: 3d}}  # later\n  # between\nreview:\n  must:\n    updated: q\n---\n本文 # 見出し: ではない\n"


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("status", "draft", "status: draft"),
        ("updated", date(2024, 6, 30), "updated: 2024-06-30"),
        ("published", datetime(2024, 7, 1, 7, tzinfo=JST), "published: 2024-07-01T07:00:00+09:00"),
        ("title", "題: と # 記号", "title: '題: と # 記号'"),
        ("channels.rss.enabled", False, "    enabled: false"),
    ],
)
def test_one_key_changes_and_no_other_byte(key: str, value: object, line: str) -> None:
    changed = frontmatter.with_value(SOURCE, key, value)
    before, after = SOURCE.splitlines(), changed.splitlines()
    assert line in after
    name = key.split(".", maxsplit=1)[0]
    kept = [one for one in before if not one.startswith(f"{name}:")]
    assert [one for one in after if one in kept] == kept


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=30)


@given(TEXTS.filter(lambda text: re.search(r"\S", text) is not None))
def test_whatever_text_is_written_is_read_back(value: str) -> None:
    changed = frontmatter.with_value(SOURCE, "title", value)
    assert reader.parse(changed, FILE, "d").matter.title == value
    assert changed.partition("\n---\n")[2] == SOURCE.partition("\n---\n")[2]


@given(st.lists(TEXTS, max_size=4))
def test_lists_are_written_and_read_back(value: list[str]) -> None:
    names = [name for name in value if name.strip() and name not in (".", "..")]
    changed = frontmatter.with_value(SOURCE, "tags", names)
    assert list(reader.parse(changed, FILE, "d").matter.tags) == names


@pytest.mark.parametrize("key", ["status", "review.must.updated", "channels.note", "nothing"])
def test_a_key_can_go_without_a_trace(key: str) -> None:
    gone = frontmatter.without(SOURCE, key)
    kept: list[Any] = [line for line in SOURCE.splitlines() if line in gone.splitlines()]
    assert gone.splitlines() == kept
    if key == "review.must.updated":
        assert "review" not in gone
    assert "# between" in gone or key == "channels.note"


def test_writing_and_removing_again_gives_the_same_bytes() -> None:
    assert frontmatter.without(frontmatter.with_value(SOURCE, "expires", date(2025, 1, 1)), "expires") == SOURCE


def test_windows_line_ends_stay() -> None:
    source = SOURCE.replace("\n", "\r\n")
    changed = frontmatter.with_value(source, "status", "draft")
    assert changed == source.replace("status: ready", "status: draft")
