"""The card and the pictures of a post: what each network takes, and that nothing promised is left out in silence."""

from __future__ import annotations

import pytest

from kawaraban.article.model import Picture
from kawaraban.capabilities import Capabilities, Pictures
from kawaraban.counting import Measure
from kawaraban.errors import WrongInput
from kawaraban.variant import PublicFacts, Variant
from renderers.social import render
from tests.builders import MATTER, article, channel, publication

LINK = "https://example.com/articles/where-wet-things-go/"
COUNT = Measure("graphemes", 300, max_bytes=3000)
COVER = f"{MATTER}description: 濡れた傘の話。\ncover: {{src: kasa.jpg, alt: 玄関の傘, focus: [0.2, 0.5]}}\n"
BODY = "前書き。\n\n![樋](toi.png)\n\n![桶](oke.gif)\n"


def picture(name: str, width: int = 3000, height: int = 2000) -> Picture:
    kind = {"jpg": "jpeg"}.get(name[-3:], name[-3:])
    return Picture(f"articles/2024/where-wet-things-go/{name}", f"{len(name):x}" * 64, width, height, f"image/{kind}")


ALL = {name: picture(name) for name in ("kasa.jpg", "toi.png", "oke.gif")}


def rendered(able: Capabilities, matter: str = COVER, pictures: dict[str, Picture] | None = None) -> Variant:
    made = article(BODY, matter, ALL if pictures is None else pictures)
    return render(made, publication(), channel("post", kind="rehearsal"), PublicFacts(), able)


def able(attaches: str, pictures: Pictures | None = None, **more: bool) -> Capabilities:
    taken = pictures or Pictures(4, max_bytes=1_000_000)
    return Capabilities(text=COUNT, pictures=taken, attaches=attaches, **more)  # type: ignore[arg-type] # a literal, from the test's table


def test_a_card_carries_the_link_so_the_text_does_not() -> None:
    variant = rendered(able("card"))
    assert variant.card is not None
    assert (variant.card.url, variant.card.title) == (LINK, "傘のしまい方――濡れたものの置き場所")
    assert variant.card.description == "濡れた傘の話。"
    asset = variant.asset(variant.card.picture)
    assert asset is not None
    assert (asset.width, asset.height, asset.media_type) == (1200, 630, "image/jpeg")
    assert (asset.recipe.crop, asset.recipe.focus, asset.recipe.max_bytes) == (True, (0.2, 0.5), 1_000_000)
    assert LINK not in variant.text
    assert variant.parts[0].pictures == ()


def test_a_small_cover_is_not_blown_up_for_a_card() -> None:
    variant = rendered(able("card"), pictures={**ALL, "kasa.jpg": picture("kasa.jpg", 600, 600)})
    assert [(asset.width, asset.height) for asset in variant.assets] == [(600, 315)]


def test_a_cards_picture_does_not_move_and_that_is_told() -> None:
    variant = rendered(able("card"), COVER.replace("kasa.jpg", "oke.gif"))
    assert [asset.media_type for asset in variant.assets] == ["image/jpeg"]
    assert [loss.code for loss in variant.losses] == ["whole-text", "animation"]


def test_a_card_needs_no_picture() -> None:
    variant = rendered(able("card"), MATTER)
    assert variant.card is not None
    assert variant.card.picture == ""
    assert variant.assets == ()


def test_the_cover_goes_with_the_first_post_and_its_alt_text() -> None:
    variant = rendered(able("cover"))
    (name,) = variant.parts[0].pictures
    asset = variant.asset(name)
    assert asset is not None
    assert (asset.alt, asset.width, asset.height) == ("玄関の傘", 2048, 1365)
    assert variant.card is None
    assert LINK in variant.parts[0].text


def test_all_pictures_as_many_as_are_taken_and_the_others_are_losses() -> None:
    variant = rendered(able("all", Pictures(2, max_bytes=1_000_000)))
    assert [asset.alt for asset in variant.assets] == ["玄関の傘", "樋"]
    assert variant.parts[0].pictures == tuple(asset.name for asset in variant.assets)
    assert [loss.what_en for loss in variant.losses if loss.code == "picture"] == [
        "the picture `oke.gif` is not carried."
    ]


def test_a_picture_takes_the_form_that_the_network_takes() -> None:
    taken = Pictures(4, media_types=frozenset({"image/jpeg", "image/png"}), max_bytes=1_000_000, max_pixels=1_000_000)
    variant = rendered(able("all", taken), pictures={**ALL, "toi.png": picture("toi.png", 300, 200)})
    assert [asset.media_type for asset in variant.assets] == ["image/jpeg", "image/png", "image/jpeg"]
    assert all(asset.width * asset.height <= 1_000_000 for asset in variant.assets)
    assert [loss.code for loss in variant.losses] == ["whole-text", "animation"]
    free = rendered(able("all", Pictures(4)))
    assert [asset.media_type for asset in free.assets] == ["image/jpeg", "image/png", "image/gif"]


@pytest.mark.parametrize("attaches", ["card", "cover", "all"])
def test_a_picture_that_is_not_there_stops_the_post(attaches: str) -> None:
    with pytest.raises(WrongInput, match=r"the picture `kasa.jpg` is missing") as caught:
        rendered(able(attaches), pictures={})
    assert caught.value.place is not None
    assert caught.value.place.line == COVER.count("\n") + 1
    assert caught.value.remedy is not None


def test_a_picture_without_alt_text_stops_the_post() -> None:
    with pytest.raises(WrongInput, match=r"`kasa.jpg` has no alternative text"):
        rendered(able("cover"), COVER.replace("alt: 玄関の傘, ", ""))


def test_an_alt_text_that_the_network_does_not_take_whole_stops_the_post() -> None:
    with pytest.raises(WrongInput, match=r"too long: 4 of 3 characters"):
        rendered(able("cover", Pictures(4, alt=3)))


def test_where_nothing_is_attached_the_first_post_has_the_link() -> None:
    variant = rendered(Capabilities(text=COUNT))
    assert (variant.assets, variant.card) == ((), None)
    assert variant.parts[0].text.endswith(LINK)


def test_a_channel_that_does_not_count_gets_what_it_got_before() -> None:
    variant = rendered(Capabilities())
    assert (variant.parts, variant.card) == ((), None)
    assert [asset.media_type for asset in variant.assets] == ["image/jpeg"]
    assert variant.text == f"傘のしまい方――濡れたものの置き場所\n{LINK}"
