"""What stands on a channel already is taken over: nothing goes there twice, and it can be changed and taken down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.stages.adopting import Search, Taken, Wish, search, take
from flows.stages.ending import withdraw
from flows.stages.looking import status
from kawaraban.delivery import State, Word
from kawaraban.errors import WrongInput
from tests.flows.notices import NOON, TOKYO, News, newsroom

KAWA, AME = "kawa0001", "ame00002"
PAGE = "https://example.com/articles/{}/"
OLD = "2023-02-01T07:00:00+09:00"
BEFORE = datetime(2023, 2, 1, 7, 30, tzinfo=TOKYO)


@pytest.fixture
def news(tmp_path: Path) -> Iterator[News]:
    with newsroom(tmp_path / "paper") as made:
        yield made


def pinned(news: News, name: str, text: str) -> None:
    """Somebody put it up by hand, long ago."""
    news.board.notices[name] = (text, BEFORE)


def found(news: News, *names: str, post: str | None = None) -> Search:
    with news.house() as house:
        return search(house, Wish(names, ("board",), post))


def adopt(
    news: News, *names: str, titles: bool = False, as_it_is: bool = False, post: str | None = None
) -> list[Taken]:
    with news.house() as house:
        wish = Wish(names, ("board",), post)
        return list(take(house, search(house, wish), titles=titles, as_it_is=as_it_is))


def words(news: News, article: str) -> dict[str, Word]:
    with news.house() as house:
        return {row.channel: row.word for row in status(house, [article], now=news.now)}


def as_it_would_be(slug: str) -> str:
    return f"話 {slug}\n{PAGE.format(slug)}"


def test_what_is_there_is_found_by_its_address_and_not_posted_again(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    pinned(news, "k1", as_it_would_be("kawa"))
    [one] = found(news).candidates
    assert (one.action.article, one.match.how, one.certain) == (KAWA, "address", True)
    assert news.row(KAWA) is None, "looking writes nothing"
    [taken] = adopt(news)
    row = news.row(KAWA)
    assert row is not None
    assert (row.state, row.remote_id, row.url) == (State.LIVE, "k1", f"{news.board.url}/notices/k1")
    assert row.first_live == BEFORE
    assert taken.differences == ()
    news.publish()
    news.publish("kawa", channels=("board",))
    assert list(news.board.notices) == ["k1"]
    assert found(news).candidates == ()


def test_what_was_born_off_is_on_from_then_and_reads_as_what_it_is(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    news.publish()
    assert words(news, KAWA) == {"site": Word.LIVE, "board": Word.OFF}
    pinned(news, "k1", as_it_would_be("kawa"))
    adopt(news)
    assert words(news, KAWA)["board"] is Word.LIVE
    news.publish()
    assert words(news, KAWA)["board"] is Word.LIVE, "a plan made afterwards keeps it so"


def test_what_was_adopted_is_changed_and_taken_down_like_any_other(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    news.publish()
    pinned(news, "k1", as_it_would_be("kawa"))
    adopt(news)
    news.write("kawa", KAWA, published=OLD, title="川の話")
    news.publish("kawa")
    assert list(news.board.notices) == ["k1"]
    assert news.board.notices["k1"][0].startswith("川の話")
    with news.house() as house:
        withdraw(house, "kawa", ("board",), now=news.now)
    assert news.board.notices == {}


def test_how_it_differs_is_said_and_it_may_stay_so(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    news.write("ame", AME, published=OLD)
    pinned(news, "k1", f"古い紙です {PAGE.format('kawa')}")
    pinned(news, "a1", f"雨の紙です {PAGE.format('ame')}")
    [taken] = adopt(news, "kawa")
    assert [one.en for one in taken.differences] == ["the text"]
    assert words(news, KAWA)["board"] is Word.DRIFTED
    adopt(news, "ame", as_it_is=True)
    assert words(news, AME)["board"] is Word.LIVE
    news.publish()
    assert news.board.notices["k1"][0].startswith("古い紙"), "a person decides"
    news.publish("kawa", channels=("board",), refresh=True)
    assert news.board.notices["k1"][0] == as_it_would_be("kawa")
    assert words(news, KAWA)["board"] is Word.LIVE


def test_a_title_alone_counts_only_with_consent(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    pinned(news, "k1", "話　ｋａｗａ\nまえに書いた紙")
    [one] = found(news).candidates
    assert (one.match.how, one.certain) == ("title", True)
    assert adopt(news) == []
    assert [one.candidate.action.article for one in adopt(news, titles=True)] == [KAWA]


def test_what_could_be_two_things_is_a_question_that_a_person_answers(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    pinned(news, "k1", f"一枚め {PAGE.format('kawa')}")
    pinned(news, "k2", f"二枚め {PAGE.format('kawa')}")
    [one] = found(news).candidates
    assert not one.certain
    assert {post.receipt.remote_id for post in one.match.posts} == {"k1", "k2"}
    assert adopt(news, titles=True) == []
    adopt(news, "kawa", post=f"{news.board.url}/notices/k2")
    row = news.row(KAWA)
    assert row is not None
    assert row.remote_id == "k2"
    assert found(news).candidates == (), "the other one is not this article's any more"


def test_a_post_that_is_another_articles_already_can_not_be_chosen(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    news.write("ame", AME, published=OLD)
    pinned(news, "k1", as_it_would_be("kawa"))
    adopt(news, "kawa")
    for post in ("k1", "nowhere"):
        with pytest.raises(WrongInput):
            adopt(news, "ame", post=post)
    assert news.row(AME) is None


def test_of_two_who_adopt_at_once_the_second_takes_no_post_that_the_first_took(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    news.write("ame", AME, published=OLD)
    pinned(news, "k1", as_it_would_be("kawa"))
    seen = [found(news, name, post="k1") for name in ("kawa", "ame", "kawa")]
    with news.house() as house:
        assert [len(take(house, one)) for one in seen] == [1, 0, 0]
    assert news.row(AME) is None


def test_what_an_unsure_try_left_is_taken_for_what_it_is(news: News) -> None:
    news.write("kawa", KAWA)
    news.publish()
    assert len(news.board.notices) == 1
    assert found(news).candidates == ()


def test_what_is_withdrawn_is_left_alone(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    pinned(news, "k1", as_it_would_be("kawa"))
    adopt(news)
    with news.house() as house:
        withdraw(house, "kawa", ("board",), now=news.now)
    pinned(news, "k1", as_it_would_be("kawa"))
    assert found(news).candidates == ()


def test_a_channel_that_does_not_answer_is_said_and_the_others_go_on(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    pinned(news, "k1", as_it_would_be("kawa"))
    news.token("an old one")
    with news.house() as house:
        silent = search(house, Wish()).silent
    assert list(silent) == ["board"]
    assert "refuses our token" in silent["board"].en


def test_another_account_is_looked_at_by_nobody(news: News) -> None:
    news.publish()
    news.write("kawa", KAWA, published=OLD)
    pinned(news, "k1", as_it_would_be("kawa"))
    news.board.identity = "b-0002"
    with news.house() as house:
        done = search(house, Wish())
    assert done.candidates == ()
    assert "another account" in done.silent["board"].en


def test_a_draft_whose_post_is_out_is_taken_over_too(news: News) -> None:
    news.write("kawa", KAWA, published=OLD, status="draft")
    pinned(news, "k1", as_it_would_be("kawa"))
    assert len(adopt(news)) == 1
    row = news.row(KAWA)
    assert row is not None
    assert row.public


def test_a_post_dated_after_our_clock_is_live_from_now(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    news.board.notices["k1"] = (as_it_would_be("kawa"), NOON + timedelta(days=2))
    adopt(news)
    row = news.row(KAWA)
    assert row is not None
    assert row.first_live == NOON


@pytest.mark.parametrize("channel", ["site", "gopher"])
def test_what_can_not_be_looked_at_is_wrong_use(news: News, channel: str) -> None:
    with news.house() as house, pytest.raises(WrongInput):
        search(house, Wish((), (channel,)))


def test_an_article_that_is_nowhere_is_named(news: News) -> None:
    news.write("kawa", KAWA, published=OLD)
    assert found(news, "kawa").lost == ("話 kawa",)
    assert found(news).lost == ()
