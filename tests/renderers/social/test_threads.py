"""A text that is too long: cut where a reader pauses, each post fits, and nothing of it is lost."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kawaraban.capabilities import Capabilities
from kawaraban.counting import Measure, graphemes
from kawaraban.errors import WrongInput
from kawaraban.variant import PublicFacts, Variant
from renderers.social import render
from renderers.social.composing import Composed, TooLongError, Wording, composed
from renderers.social.words import marked
from tests.builders import MATTER, article, channel, publication

SHORT = Measure("graphemes", 60, max_bytes=400)
LINK = "https://example.com/articles/where-wet-things-go/"
TEXTS = st.text(
    st.one_of(
        st.sampled_from(
            "あ漢ー。！？、 \n\n#＃「」（）👨👩\u200d\ufe0f\u3099か❤葛\U000e0100🇯🇵abc.,https://example.com/"
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=300,
)
MEASURES = st.sampled_from(
    [
        SHORT,
        Measure("graphemes", 140, max_bytes=3000),
        Measure("code points", 80, link=23),
        Measure("utf16", 80),
        Measure("bytes", 200),
        Measure("weighted", 140, link=23),
        Measure("graphemes", 70, link=23, local_names=True),
    ]
)


def said(text: str, measure: Measure = SHORT, *, threads: bool = True, tags: tuple[str, ...] = ()) -> Composed:
    able = Capabilities(text=measure, threads=threads)
    return composed(Wording(marked(text), own=True, link=LINK, tags=tags), able, measure)


def words(text: str, measure: Measure = SHORT) -> list[str]:
    """The words of each post, without the link's line of the first."""
    return [post.text.removesuffix(f"\n{LINK}") for post in said(text, measure).posts]


def rendered(text: str, able: Capabilities, more: str = "") -> Variant:
    matter = f"{MATTER}{more}channels:\n  post:\n    text: |\n" + "".join(
        f"      {line}\n" for line in text.split("\n")
    )
    return render(article(matter=matter), publication(), channel("post", kind="rehearsal"), PublicFacts(), able)


def test_between_paragraphs_before_all() -> None:
    text = "一つ目の文です。二つ目の文です。\n\n" + "次の段落の文。" * 9
    assert words(text, Measure("graphemes", 90))[0] == "一つ目の文です。二つ目の文です。"


def test_after_a_sentence_with_its_bracket() -> None:
    text = "「傘は玄関に置く。」それが決まりです。ところが雨の日は誰も守らないのでした"
    assert words(text, Measure("graphemes", 80))[0] == "「傘は玄関に置く。」それが決まりです。"


def test_not_between_what_was_said_and_that_it_was() -> None:
    text = "そこで傘を玄関に置いたらどうですか、「置きますよ。」と彼は言ったのだが、その日もまた濡れた傘が廊下にあった"
    assert words(text, Measure("graphemes", 82))[0] == "そこで傘を玄関に置いたらどうですか、"


def test_after_a_comma_where_there_is_no_sentence() -> None:
    text = "雨の日の玄関に並んだ傘の柄を、ひとつずつ確かめながら歩いている人の話"
    assert words(text, Measure("graphemes", 75))[0] == "雨の日の玄関に並んだ傘の柄を、"


def test_between_phrases_where_there_is_no_sign() -> None:
    text = "雨の日の玄関に並んだ傘の柄をひとつずつ確かめながら歩いている人の話である"
    first = words(text, Measure("graphemes", 73))[0]
    assert text.startswith(first)
    assert first.endswith(("を", "に", "だ", "の", "ずつ"))


def test_a_paragraph_of_400_letters_without_a_space_is_a_thread_whose_parts_fit() -> None:
    text = "濡れた傘を畳んで玄関の隅に立てかけておくと翌朝には乾いているはずだったのに" * 11
    variant = rendered(text, Capabilities(text=Measure("graphemes", 300, max_bytes=3000), threads=True))
    assert len(variant.parts) == 2
    assert all(len(graphemes(part.text)) <= 300 for part in variant.parts)
    assert variant.text == "\n\n".join(part.text for part in variant.parts)


def test_the_first_post_has_link_and_hashtags_and_the_others_do_not() -> None:
    text = "雨の日には傘を畳んで置く場所がいる。" * 9
    able = Capabilities(text=Measure("graphemes", 120), threads=True)
    first, *others = rendered(text, able, "tags: [傘, 雨の日]\n").parts
    assert first.text.splitlines()[-2:] == [LINK, "#傘 #雨の日"]
    assert [span.kind for span in first.spans] == ["link", "tag", "tag"]
    assert others
    assert not any(LINK in part.text or part.spans for part in others)


def test_where_there_are_no_threads_it_says_how_much_too_long_it_is() -> None:
    with pytest.raises(WrongInput) as caught:
        rendered("あ" * 300, Capabilities(text=Measure("graphemes", 300)))
    assert caught.value.what.en == f"post: too long: {300 + 1 + len(LINK)} of 300"
    assert "channels.post.text" in str(caught.value.remedy)
    assert caught.value.place is not None
    assert caught.value.place.line == MATTER.count("\n") + 4


def test_bytes_that_do_not_fit_are_said_in_bytes() -> None:
    with pytest.raises(WrongInput, match=r"too long: 30\d\d of 3000 bytes"):
        rendered("👨‍👩‍👧‍👦" * 119, Capabilities(text=Measure("graphemes", 300, max_bytes=3000)))


def test_a_link_longer_than_a_post_is_named() -> None:
    with pytest.raises(TooLongError) as caught:
        said(f"見よ https://example.org/{'a' * 80} を")
    assert caught.value.stuck.startswith("https://example.org/")


def test_a_title_is_not_divided_for_hashtags() -> None:
    wording = Wording(marked("傘" * 8), own=False, link=LINK, tags=("長いハッシュタグ", "雨"))
    made = composed(wording, Capabilities(threads=True), SHORT)
    assert (len(made.posts), made.dropped) == (1, ("長いハッシュタグ", "雨"))


def test_hashtags_that_are_said_in_the_words_are_not_said_again() -> None:
    assert said("#傘 の話", Measure("graphemes", 300), tags=("傘", "雨")).posts[0].text.endswith(f"\n{LINK}\n#雨")


@settings(max_examples=150, deadline=None)
@given(TEXTS, MEASURES)
@example("あ" * 200, SHORT)
@example("👨‍👩‍👧‍👦" * 40, SHORT)
@example("か\u3099 " * 100, Measure("bytes", 200))
def test_every_post_fits_and_nothing_but_white_space_is_lost(text: str, measure: Measure) -> None:
    whole = marked(text)
    try:
        posts = said(text, measure).posts
    except TooLongError as error:
        assert error.stuck  # noqa: PT017 - only a thing that no cut can shorten stops a thread
        return
    assert all(measure.fits(post.text, post.links) for post in posts)
    pieces = [posts[0].text if LINK in whole.links else posts[0].text.removesuffix(f"\n{LINK}")]
    pieces += [post.text for post in posts[1:]]
    pieces = ["" if piece == LINK and LINK not in whole.links else piece for piece in pieces]
    assert regex.sub(r"\s", "", "".join(pieces)) == regex.sub(r"\s", "", whole.text)
    assert [mark.target for post in posts for mark in post.marks if mark.target != LINK] == [
        mark.target for mark in whole.marks if mark.target != LINK
    ]
    borders = set[int]()
    place = 0
    for sign in graphemes(whole.text):
        borders.add(place)
        place += len(sign)
    place = 0
    for piece in pieces:
        place = whole.text.index(piece, place)
        assert not piece or place in borders
        place += len(piece)


@settings(max_examples=150, deadline=None)
@given(TEXTS, MEASURES)
def test_marks_decode_to_what_they_say(text: str, measure: Measure) -> None:
    try:
        posts = said(text, measure, tags=("傘",)).posts
    except TooLongError:
        return
    for part in (post.part() for post in posts):
        raw = part.text.encode()
        assert unicodedata.normalize("NFC", part.text) == part.text
        for span in part.spans:
            shown = raw[span.start : span.end].decode()
            assert shown == (span.target if span.kind == "link" else f"#{span.target}")
            before, after = raw[: span.start].decode(), raw[span.end :].decode()
            assert not before or before[-1].isspace()
            assert span.kind == "tag" or not after or after[0].isspace()
