"""Whole files: any text is an article or is refused with file, line and remedy; the samples read as the oracle reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from kawaraban import strict_yaml
from kawaraban.article import blocks, frontmatter, reader
from kawaraban.article.model import Article, FrontMatter
from kawaraban.article.schema import front_matter_schema
from kawaraban.article.walk import every_block, every_inline
from kawaraban.article.words import plain
from kawaraban.config import ReleaseSettings
from kawaraban.errors import WrongInput
from tests.kawaraban.article import oracle, outlines

ROOT = Path(__file__).parents[3]
FILE = PurePosixPath("articles/2024/x/index.md")
SAMPLES = sorted((ROOT / "content" / "articles").rglob("index.md"))

LINES = st.sampled_from(["---", "id: 5r8w2kqd", "title: 題", "tags: [a, 'b']", "tags:", "  - x", "sources: [{title: t}]", "channels: {note: {at: 07:15}}", "published: 2024-06-30",
                         "updated: 2024-06-30 07:00", "a: &a [x]", "b: *a", "k: !t x", "<<: {a: 1}", "? [x]", "review: {must: {a: }}", "\ttab: 1", "title: '", "x-a: |", "  字\u2028",
                         "title: a: b", "cover: {src: a, focus: [1]}", "{", "]", "...", "%YAML 1.1", "--- x", "\ufeff---", "\x00", "\x85", "::: dialogue", "汀: 一", ":::", "[^1]: x", "$$", "", " "])  # fmt: skip


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=80), st.lists(LINES, max_size=14).map("\n".join)), st.booleans())
def test_any_text_is_an_article_or_is_refused_in_both_languages(text: str, fenced: bool) -> None:  # noqa: FBT001 - drawn
    source = f"---\nid: 5r8w2kqd\n{text}\n---\n本文\n" if fenced else text
    refused = refusal(lambda: reader.parse(source, FILE, "d"))
    if isinstance(refused, reader.ArticleProblems):
        assert all(finding.line is not None and finding.remedy is not None for finding in refused.findings)
    if refused is not None:
        assert refused.place is not None
        assert refused.place.line is not None
        assert 1 <= refused.place.line <= len(re.split("\r\n|\r|\n", source))
        assert refused.said("ja") != refused.said("en")


def refusal(read: Callable[[], object]) -> WrongInput | None:
    try:
        read()
    except WrongInput as error:
        return error
    return None


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_are_refused_with_their_line(data: bytes) -> None:
    refused = refusal(lambda: reader.decode(data, FILE))
    assert refused is None or (refused.place is not None and refused.place.line is not None)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_mark_and_line_ends_change_nothing_that_is_read(newline: str, mark: str) -> None:
    text = SAMPLES[0].read_text(encoding="utf-8")
    plainly = reader.parse(text, FILE, "d")
    read = reader.parse(mark + text.replace("\n", newline), FILE, "d")
    assert (read.matter, read.blocks, read.line_of) == (plainly.matter, plainly.blocks, plainly.line_of)


def test_line_separators_of_unicode_are_no_lines() -> None:
    with pytest.raises(reader.ArticleProblems) as refused:
        reader.parse("---\nid: 5r8w2kqd\ntitle: 一\u2028二\nslug: ../x\n---\n", FILE, "d")
    assert refused.value.findings[0].line == 4


# --- the samples -------------------------------------------------------------------------------------------------


def sample(path: Path) -> Article:
    return reader.parse(path.read_text(encoding="utf-8"), FILE, "d")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_every_sample_reads_without_a_finding(path: Path) -> None:
    assert sample(path).findings == ()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_what_is_commonmark_in_a_sample_reads_as_the_oracle_reads_it(path: Path) -> None:
    """The house's own notations are taken out; what is left is what everybody's CommonMark (with GFM's tables) knows."""
    body = frontmatter.split(path.read_text(encoding="utf-8"), FILE).body
    body = re.sub(r"^(:::.*|\$\$\n.*\n\$\$|表: .*|\[\^.*|https://.*)$", "", body, flags=re.MULTILINE)
    body = re.sub(r"^\$\$.*?^\$\$$", "", body, flags=re.MULTILINE | re.DOTALL)
    body = re.sub(r"^\|.*\n", "", re.sub(r"^: ", "", body, flags=re.MULTILINE), flags=re.MULTILINE)
    body = re.sub(r"\[([^\]]+)\]\{[^}]+\}", r"\1", re.sub(r"\[\^[^\]]+\]|\$[^$\n]+\$", "", body))
    body = re.sub(r"[｜|]([^《\n]+)《[^》\n]+》", r"\1", body)
    body = re.sub(r"^> —— .*\n", "", body, flags=re.MULTILINE)
    assert outlines.outline(body) == oracle.outline(body)


def test_every_construct_is_in_a_sample() -> None:
    read = [sample(path) for path in SAMPLES]
    found: set[type] = {type(block) for article in read for block in every_block(article.blocks)}
    found |= {type(node) for article in read for node, _ in every_inline(article.blocks)}
    every = {kind for kind in vars(blocks).values() if isinstance(kind, type) and kind.__module__ == blocks.__name__}
    parts = {blocks.ListItem, blocks.Turn, blocks.KeyPoint, blocks.Term, blocks.Footnote}
    unwanted = {blocks.Emphasis, blocks.Image}  # `check` advises against the one; the other stands alone: a Figure
    assert every - parts - unwanted - found == set()


# --- the schema --------------------------------------------------------------------------------------------------

SCHEMA = json.loads((ROOT / "docs" / "article.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def as_json(value: Any) -> Any:
    """YAML as an editor's tool sees it: instants and days are text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    return [as_json(inner) for inner in value] if isinstance(value, list) else value


def matter_of(source: str) -> dict[str, Any]:
    values = as_json(dict(strict_yaml.load(frontmatter.split(source, FILE).yaml, FILE).values))
    assert isinstance(values, dict)
    return values


def test_the_schema_is_a_schema_and_the_exported_file_is_it() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert front_matter_schema() == SCHEMA


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_the_schema_accepts_the_samples(path: Path) -> None:
    assert list(VALIDATOR.iter_errors(matter_of(path.read_text(encoding="utf-8")))) == []


WHOLE = """\
---
schema: 1
id: 5r8w2kqd
title: 題
short_title: 短い題
slug: rain
aliases: [/old/, old-rain]
series: 雨の聞き方
status: ready
lang: ja
authors: [汀]
speakers: [汀, Lio]
published: 2024-06-30T07:00:00+09:00
updated: 2024-06-30
embargo: 2024-06-29T00:00:00Z
expires: 2030-01-01T00:00:00+09:00
description: 雨の話
tags: [雨]
cover: {src: a.png, alt: 雨, caption: 雨の日, credit: 汀, focus: [0.5, 0.2], generated: false}
canonical_url: https://example.com/x
feed_id: urn:x
sources:
  - {title: 題, publication: 紙, date: 2024-06-16, author: 人, url: https://example.com/y, summary: 話, lang: en}
corrections:
  - {date: 2024-07-01, text: 数を直した}
withdrawn: {at: 2024-08-01T00:00:00+09:00, reason: 誤り}
after_article: 5r8w2kqe
channels:
  note: {enabled: true, title: 別の題, text: 一言, description: 説明, hashtags: [雨], after: site, delay: 3d, window: 07:00-21:00, update: ask, hold: 待つ, late: 1h 30m}
  site: {at: 07:15}
  rss: {at: 2024-06-30T08:00:00+09:00}
review:
  must: {slug: 案}
  should: {cover: ない}
x-memo: {なん: でも}
---
本文
"""


def test_every_key_of_the_design_is_read_and_in_the_schema() -> None:
    article = reader.parse(WHOLE, FILE, "d")
    written = matter_of(WHOLE)
    fields = {field.alias or name for name, field in FrontMatter.model_fields.items()}
    assert set(written) - {"x-memo"} == fields
    assert set(written["channels"]["note"]) | {"at"} == set(ReleaseSettings.model_fields)
    assert list(VALIDATOR.iter_errors(written)) == []
    assert str(article.matter.channels["note"].delay) == "3 days, 0:00:00"
    assert [type(block) for block in article.blocks] == [blocks.Paragraph]
    assert plain(article.blocks[0].content if isinstance(article.blocks[0], blocks.Paragraph) else ()) == "本文"


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("status: ready", "status: published"),
        ("slug: rain", "slug: Rain_1"),
        ("lang: ja", "lang: 日本語"),
        ("tags: [雨]", "tags: 雨"),
        ("schema: 1", "schema: 9"),
        ("canonical_url: https://example.com/x", "canonical_url: javascript:x"),
        ("title: 題", "titel: 題"),
        ("delay: 3d", "delay: soon"),
        ("update: ask", "update: maybe"),
        ("published: 2024-06-30T07:00:00+09:00", "published: soon"),
    ],
)
def test_reader_and_schema_refuse_the_same(line: str, instead: str) -> None:
    assert line in WHOLE
    source = WHOLE.replace(line, instead, 1)
    with pytest.raises(WrongInput) as refused:
        reader.parse(source, FILE, "d")
    place = refused.value.place
    assert place is not None
    assert place.line == source[: source.index(instead)].count("\n") + 1
    assert refused.value.remedy is not None
    assert list(VALIDATOR.iter_errors(matter_of(source))) != []
