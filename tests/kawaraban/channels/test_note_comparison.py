"""What counts as a difference between a live note and what was prepared, and what note does by itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.channels.note.comparison import MOST, differences, is_another_article, shared_text
from kawaraban.channels.note.public import LiveNote
from kawaraban.channels.note.stored import read_stored
from kawaraban.errors import Sentence
from tests.kawaraban.channels.note_house import picture, variant


def live(body: str | None, **changes: Any) -> LiveNote:
    values: dict[str, Any] = {
        "key": "n1", "title": "雨の聞き方", "body": body, "user": "migiwa", "tags": (), "price": 0, "has_header": True,
        "published_at": "",
    }  # fmt: skip
    return LiveNote(**{**values, **changes})


def found(ours: str, theirs: str, **changes: Any) -> tuple[Sentence, ...]:
    return differences(live(theirs), variant(ours, **changes))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("<p>甲</p>", '<p name="a" id="a">甲</p>'),
        ("<p>甲 乙</p>", "<p>甲&nbsp;乙</p>"),
        ("<p>甲<br>乙</p>", "<p>甲<br>\n乙<br></p><p></p><p><br></p>"),
        ('<p><a href="https://e.jp/あ/">甲</a></p>',
         '<p><a href="https://e.jp/%E3%81%82" target="_blank" rel="noopener nofollow">甲</a></p>'),
        ("<p><strong>甲</strong></p>", "<p><b>甲</b></p>"),
        ("<ul><li><p>甲</p><ul><li><p>乙</p></li></ul></li></ul>", "<ul><li>甲</li><li>乙</li></ul>"),
        ("<p>https://e.jp/a</p>",
         '<figure data-src="https://e.jp/a" embedded-service="external-article" contenteditable="false"></figure>'),
        ("<p>｜漢字《かんじ》</p>", "<p><ruby>漢字<rp>（</rp><rt>かんじ</rt><rp>）</rp></ruby></p>"),
        ("<p>｜漢字《かんじ》</p>", "<p>|漢字《かんじ》</p>"),
        ("<p>式$${x}$$です</p>", "<p>式<nwc-formula>x</nwc-formula>です</p>"),
        ("<p>$$<br>x<br>$$</p>", "<p>x</p>"),
        ("<figure><blockquote><p>甲<br>　<br>乙</p></blockquote><figcaption>主</figcaption></figure>",
         "<figure><blockquote><p>甲</p><p>乙</p><p>—— 主</p></blockquote><figcaption></figcaption></figure>"),
        ('<pre class="codeBlock"><code>a\nb\n</code></pre>',
         '<pre data-name="preCode"><code data-name="code">a\nb</code></pre>'),
        ("<h2>題</h2>", "<table-of-contents><br></table-of-contents><h2>題</h2><hr>"),
        ("<p>か\u3099</p>", "<p>が</p>"),
    ],
)  # fmt: skip
def test_what_note_does_by_itself_is_no_difference(ours: str, theirs: str) -> None:
    assert found(ours, theirs) == ()


@pytest.mark.parametrize(
    ("ours", "theirs", "ja", "en"),
    [
        ("<p>甲乙丙</p>", "<p>甲乙丁</p>", "段落が違います：「甲乙丁」（原稿は「甲乙丙」）", "the paragraph differs: `甲乙丁` (ours is `甲乙丙`)"),
        ("<p>甲</p><p>乙</p>", "<p>甲</p>", "段落がありません：「乙」", "the paragraph is missing: `乙`"),
        ("<p>甲</p>", "<p>甲</p><p>広告</p>", "原稿にない段落があります：「広告」", "a paragraph that is not ours: `広告`"),
        ("<h2>題</h2>", "<p>題</p>", "大見出しが段落になっています：「題」", "the heading has become a paragraph: `題`"),
        ("<ul><li><p>項</p></li></ul>", "<p>項</p>", "箇条書きが段落になっています：「項」", "the list item has become a paragraph: `項`"),
        ("<figure><blockquote><p>言</p></blockquote><figcaption>主</figcaption></figure>",
         "<figure><blockquote><p>言</p></blockquote><figcaption></figcaption></figure>",
         "引用が違います：「言」（原稿は「言 主」）", "the quotation differs: `言` (ours is `言 主`)"),
        ('<p><a href="https://e.jp/">甲</a></p>', "<p>甲</p>", "リンクがありません：https://e.jp", "a link is missing: https://e.jp"),
    ],
)  # fmt: skip
def test_a_difference_is_said_in_words(ours: str, theirs: str, ja: str, en: str) -> None:
    assert found(ours, theirs) == (Sentence(ja=ja, en=en),)


FIGURE = '<figure><img src="x" alt=""><figcaption>{}</figcaption></figure>'


@pytest.mark.parametrize(
    ("caption", "theirs", "ja", "en"),
    [
        ("説明", "", "画像1の説明文がありません：「説明」", "the caption of picture 1 is missing: `説明`"),
        (
            "説明",
            "別の説明",
            "画像1の説明文が違います：「別の説明」（原稿は「説明」）",
            "the caption of picture 1 differs: `別の説明` (ours is `説明`)",
        ),
        (
            "説明",
            "説明続きの本文がここに",
            "画像1の説明文に本文が入り込んでいます：「続きの本文がここに」",
            "text of the article has got into the caption of picture 1: `続きの本文がここに`",
        ),
    ],
)
def test_a_caption_that_swallowed_the_text_is_seen(caption: str, theirs: str, ja: str, en: str) -> None:
    assert found("<p>【画像1：a.jpg】</p>", FIGURE.format(theirs), stored=FIGURE.format(caption)) == (
        Sentence(ja=ja, en=en),
    )


def test_missing_pictures_are_counted() -> None:
    assert found("", FIGURE.format(""), stored=FIGURE.format("") * 2) == (
        Sentence(ja="画像が1枚です（原稿は2枚）", en="it has 1 picture (ours has 2)"),
    )


def test_tags_header_and_price_are_compared() -> None:
    prepared = variant("<p>甲</p>", tags=("雨", "傘"), header=picture("header.jpg"))
    note = live("<p>甲</p>", tags=("雨", "1"), has_header=False, price=500)
    assert differences(note, prepared) == (
        Sentence(ja="タグがありません：#傘", en="a hashtag is missing: #傘"),
        Sentence(ja="原稿にないタグがあります：#1", en="a hashtag that is not ours: #1"),
        Sentence(ja="見出し画像がありません", en="the header picture is missing"),
        Sentence(ja="有料（500円）になっています", en="it costs money (500 yen)"),
    )


def test_what_note_does_not_say_is_no_difference() -> None:
    prepared = variant("<p>甲</p>", tags=("雨",), header=picture("header.jpg"))
    assert differences(live("<p>甲</p>", tags=None, has_header=None, price=None), prepared) == ()


def test_many_differences_are_counted() -> None:
    said = found("".join(f"<p>段落{number}</p>" for number in range(50)), "")
    assert len(said) == MOST + 1
    assert said[-1] == Sentence(ja="ほか30か所", en="and 30 more")


def test_a_short_note_with_its_title_is_never_another_article() -> None:
    assert not is_another_article(live("<p>書きかけ</p>"), variant("<p>まったく違う本文</p>"))
    assert is_another_article(live("<p>書きかけの別の記事です。</p>", title="別"), variant("<p>まったく違う本文</p>"))
    assert not is_another_article(live(None, title="別"), variant("<p>まったく違う本文</p>"))


def test_half_of_a_text_is_the_same_text() -> None:
    whole = "駅の忘れ物台帳をめくると、雨の翌日にだけ頁が増えている。"
    assert shared_text(whole[:15], whole) == 1
    assert shared_text("夏の市場を歩く人たち", whole) == 0


@given(st.text(alphabet="<>/=\"'&;! abpfigure甲\x00\n", max_size=80))
def test_any_answer_can_be_read(source: str) -> None:
    assert read_stored(source).text is not None
