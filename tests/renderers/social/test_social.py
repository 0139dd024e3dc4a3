"""What is announced: title or own words, the link, the tags, each on lines of their own."""

from __future__ import annotations

from typing import Any

import pytest

from kawaraban.variant import PublicFacts, Variant
from renderers.social import render
from renderers.social.words import hashtags
from tests.builders import MATTER, article, channel, publication

LINK = "https://example.com/articles/where-wet-things-go/"


def rendered(matter: str = MATTER, **release: Any) -> Variant:
    return render(article(matter=matter), publication(), channel("hook", kind="webhook", **release), PublicFacts())


def test_without_own_words_the_title_is_said() -> None:
    assert rendered().text == f"傘のしまい方――濡れたものの置き場所\n{LINK}"


def test_the_articles_own_words_come_first_and_nothing_sticks_to_the_link() -> None:
    matter = f"{MATTER}tags: [傘, '2024', 雨の日]\nchannels:\n  hook: {{text: 雨の日の玄関の話です。}}\n"
    assert rendered(matter).text == f"雨の日の玄関の話です。\n{LINK}\n#傘 #雨の日"


def test_the_channels_own_hashtags_take_the_tags_place() -> None:
    matter = f"{MATTER}tags: [傘]\nchannels:\n  hook: {{hashtags: [雨, '#音']}}\n"
    assert rendered(matter).text.splitlines()[-1] == "#雨 #音"


def test_that_the_text_stays_at_home_is_a_declared_loss() -> None:
    assert [loss.code for loss in rendered().losses] == ["whole-text"]


def test_another_address_of_the_original_is_the_one_that_is_linked_percent_encoded() -> None:
    matter = f"{MATTER}canonical_url: https://example.com/記事/傘\n"
    assert rendered(matter).text.splitlines()[1] == "https://example.com/%E8%A8%98%E4%BA%8B/%E5%82%98"


@pytest.mark.parametrize(
    ("names", "tags"),
    [
        (["C++"], ("C",)),
        (["#雨", "＃雨", "雨"], ("雨",)),
        (["2024", "2024年"], ("2024年",)),
        (["雨・風"], ("雨・風",)),
        (["a-b", "、"], ("ab",)),
        (["か\u3099"], ("が",)),
    ],
)
def test_a_tag_is_what_every_network_takes_as_one(names: list[str], tags: tuple[str, ...]) -> None:
    assert hashtags(names) == tags


def test_rendering_is_pure() -> None:
    assert rendered().digest == rendered().digest
