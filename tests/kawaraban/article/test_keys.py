"""Changing one key of the front matter: whatever style it was written in, no other byte moves and the value reads back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import PurePath
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kawaraban import strict_yaml
from kawaraban.article import frontmatter
from kawaraban.article.frontmatter import with_value, without

JST = timezone(timedelta(hours=9))
FILE = PurePath("index.md")


def values(source: str) -> dict[str, Any]:
    return dict(strict_yaml.load(frontmatter.split(source, FILE).yaml, FILE).values)


# --- entries in every style an editor may use --------------------------------------------------------------------

# (lines of an entry named KEY, what it says); the second half of each pair is what YAML makes of it
STYLES: list[tuple[str, object]] = [
    ("KEY: 傘", "傘"),
    ("KEY:   傘   # わけ", "傘"),
    ("KEY: '題: と # 記号'  # わけ", "題: と # 記号"),
    ('KEY: "改\\n行" ', "改\n行"),
    ("KEY: plain words\n  over two lines  # c", "plain words over two lines"),
    ('KEY: "quoted\n  over # two"  # c', "quoted over # two"),
    ("KEY: 'a\n\n  b'", "a\nb"),
    ("KEY: |\n  一\n\n  # 二\n", "一\n\n# 二\n"),
    ("KEY: >-  # 折る\n  一\n  二", "一 二"),
    ("KEY: |+\n  一\n\n", "一\n\n"),
    ("KEY: |\n  一\n    ", "一\n  \n"),
    ("KEY: |2-\n    深く", "  深く"),
    ("KEY:", None),
    ("KEY:   # まだ", None),
    ("KEY: ~", None),
    ("KEY: []", []),
    ("KEY: [a, 'b, c', \"d\"]  # 並び", ["a", "b, c", "d"]),
    ("KEY: [\n  a,  # 一つ\n  b,\n]", ["a", "b"]),
    ("KEY:\n- a\n- b", ["a", "b"]),
    ("KEY:  # 並び\n    - a  # 一つ\n    # 間\n    - b", ["a", "b"]),
    ("KEY:\n  - {title: 題, url: https://example.com/}\n  - title: 二\n    summary: |\n      長い\n", [{"title": "題", "url": "https://example.com/"}, {"title": "二", "summary": "長い\n"}]),
    ("KEY: {a: 1, b: {c: '}'}}", {"a": 1, "b": {"c": "}"}}),
    ("KEY: {a: 1,\n  b: 2,  # 二\n  }", {"a": 1, "b": 2}),
    ("KEY:\n  a: 1\n  # 間\n  b:\n    c: x", {"a": 1, "b": {"c": "x"}}),
    ("'KEY': 2024-06-30", date(2024, 6, 30)),
    ('"KEY" : 12:30', "12:30"),
    ("KEY: a\u2028b\x85c", "a\u2028b\x85c"),
]  # fmt: skip
BETWEEN = st.sampled_from(["", "\n", "# 見出し: のような注\n", " \n", "#\n\n"])


@st.composite
def files(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """A file with keys k0, k1 … in any styles, and what they say."""
    chosen = draw(st.lists(st.sampled_from(STYLES), min_size=1, max_size=5))
    text, said = draw(BETWEEN), {}
    for number, (lines, value) in enumerate(chosen):
        entry = lines.replace("KEY", f"k{number}")
        text += entry if "|+" in lines else f"{entry.removesuffix(chr(10))}\n{draw(BETWEEN)}"
        said[f"k{number}"] = value
    mark = draw(st.sampled_from(["", "\ufeff"]))
    source = f"{mark}---\n{text}---\n本文 k0: そのまま\n---\n"
    return (source.replace("\n", "\r\n") if draw(st.booleans()) else source), said


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
SCALARS = st.one_of(
    TEXT,
    st.sampled_from(["no", "12:30", "2024-06-30", "2024-06-30T07:00:00+09:00", "~", "null", "1e3", "- a", "a: b", "a #b", "", " ", "\ufeff", "{", "!x", "&a", "*a", "---", "|", "'", '"', "a\nb", "@", "%", "true", "0x1f"]),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([UTC, JST])),
)  # fmt: skip
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=5
)


def spans(source: str, key: str) -> tuple[str, str]:
    """What stands before the entry of a top-level key (its lines) and after it, comments and blank lines left out."""
    lines = source.splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if re.match(rf"[\"']?{key}[\"']?\s*:", line))
    after = next(i for i in range(start + 1, len(lines)) if re.match(r"[\"']?k\d[\"']?\s*:|---\s*$|new\s*:", lines[i]))
    return "".join(lines[:start]), "".join(lines[after:])


COMMENTS = ("  # わけ", "  # c", "   # まだ", "  # 並び", "  # 折る")


def entry(source: str, key: str) -> str:
    before, after = spans(source, key)
    return source[len(before) : len(source) - len(after)]


@settings(max_examples=250, deadline=None)
@given(files(), VALUES, st.data())
def test_one_key_changes_whatever_the_styles(
    file: tuple[str, dict[str, object]], value: object, data: st.DataObject
) -> None:
    source, said = file
    if "\r\n" in source:  # in a block scalar YAML reads \r\n as \n
        assert values(source) == said
    key = data.draw(st.sampled_from(sorted(said)))
    changed = with_value(source, key, value)
    assert values(changed) == said | {key: value}
    assert spans(changed, key) == spans(source, key)
    comment = next((one for one in COMMENTS if one in entry(source, key).partition("\n")[0]), "")
    assert comment in entry(changed, key)


@settings(max_examples=120, deadline=None)
@given(files(), VALUES)
def test_a_new_key_stands_last_and_goes_again_without_a_trace(
    file: tuple[str, dict[str, object]], value: object
) -> None:
    source, said = file
    added = with_value(source, "new", value)
    assert values(added) == said | {"new": value}
    assert without(added, "new") == source


@settings(max_examples=120, deadline=None)
@given(files(), st.data())
def test_a_key_goes_and_the_others_stay(file: tuple[str, dict[str, object]], data: st.DataObject) -> None:
    source, said = file
    key = data.draw(st.sampled_from(sorted(said)))
    number = int(key[1:])
    assume(len(said) > 1)
    assume(number == 0 or "|+" not in entry(source, f"k{number - 1}"))  # it would take in the blank lines after the key
    gone = without(source, key)
    assert values(gone) == {name: value for name, value in said.items() if name != key}
    assert spans(source, key) == (gone[: len(spans(source, key)[0])], gone[len(gone) - len(spans(source, key)[1]) :])


NESTED = """\
---
id: 5r8w2kqd
channels: {note: {after: site, delay: 3d}, rss: {}}  # 流し書き
review:
    must:   # 四つ下げ
        updated: 年がない  # 確かめる
        # あいだの注
        slug: '案: x'
    should: {cover: 画像}
---
本文
"""


@pytest.mark.parametrize(
    ("key", "value", "before", "after"),
    [
        ("channels.note.delay", "1d", "delay: 3d}", "delay: 1d}"),
        ("channels.note.enabled", False, "delay: 3d}", "delay: 3d, enabled: false}"),
        ("channels.note.text", "a, b: {c}", "delay: 3d}", "delay: 3d, text: 'a, b: {c}'}"),
        ("channels.rss.hashtags", ["a", "b"], "rss: {}", "rss: {hashtags: [a, b]}"),
        ("channels.x.at", datetime(2024, 7, 1, 7, tzinfo=JST), "rss: {}}", "rss: {}, x: {at: 2024-07-01T07:00:00+09:00}}"),
        ("review.must.updated", "年", "updated: 年がない  #", "updated: 年  #"),
        ("review.must.note", "まだか", "slug: '案: x'\n", "slug: '案: x'\n        note: まだか\n"),
        ("review.should.tags", "なし", "{cover: 画像}", "{cover: 画像, tags: なし}"),
        ("withdrawn.reason", "誤報", "{cover: 画像}\n", "{cover: 画像}\nwithdrawn:\n  reason: 誤報\n"),
    ],
)  # fmt: skip
def test_a_nested_key_changes_in_the_style_it_stands_in(key: str, value: object, before: str, after: str) -> None:
    assert with_value(NESTED, key, value) == NESTED.replace(before, after, 1)


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("channels.note.after", "after: site, delay", "delay"),
        ("channels.note.delay", ", delay: 3d", ""),
        ("channels.rss", ", rss: {}", ""),
        ("channels", "channels: {note: {after: site, delay: 3d}, rss: {}}  # 流し書き\n", ""),
        ("review.should.cover", "    should: {cover: 画像}\n", ""),
        ("review.must.slug", "        slug: '案: x'\n", ""),
        ("nothing.at.all", "", ""),
    ],
)
def test_a_nested_key_goes_with_the_mapping_it_leaves_empty(key: str, before: str, after: str) -> None:
    assert without(NESTED, key) == NESTED.replace(before, after, 1)


def test_an_empty_front_matter_takes_its_first_key() -> None:
    assert with_value("---\n# まだ何もない\n---\n", "title", "題") == "---\n# まだ何もない\ntitle: 題\n---\n"


def test_a_text_that_looks_like_an_instant_stays_text() -> None:
    written = with_value("---\nid: x\n---\n", "title", "2024-06-30T07:00:00+09:00")
    said: Mapping[str, object] = values(written)
    assert said["title"] == "2024-06-30T07:00:00+09:00"
