"""Networks and mailings that only a person reaches: counted by their rules, packed for copying, recorded by an address."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError

from kawaraban import registry
from kawaraban.article.model import Picture
from kawaraban.capabilities import Capabilities
from kawaraban.channels.conformance import ByHandConformance, sample
from kawaraban.channels.hand import Hand
from kawaraban.channels.hand.settings import HandSettings
from kawaraban.channels.protocol import Surroundings
from kawaraban.counting import Measure
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused
from kawaraban.variant import Asset, PublicFacts, Variant
from tests.builders import MATTER, NOW, article, channel, publication

SENTENCE = "濡れた傘を畳んで玄関の隅に立てかけておくと、翌朝には乾いているはずだった。"
COVER = "cover: {src: kasa.png, alt: 玄関に並ぶ傘}\n"
KASA = Picture("articles/2024/where-wet-things-go/kasa.png", "ab" * 32, 600, 400, "image/png")
X_POST = "https://x.com/migiwa/status/1234567890"


def bytes_of(asset: Asset) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (asset.width, asset.height)).save(held, asset.recipe.format)
    return held.getvalue()


def hand(root: Path, **own: Any) -> Hand:
    return Hand(Surroundings(root, publication(), channel("out", kind="hand", own=own), bytes_of, lambda: NOW))


def rendered(matter: str = MATTER, body: str = "前書き。\n\n本文。\n", **own: Any) -> Variant:
    settings = channel("out", kind="hand", own=own)
    made = article(body, matter, {"kasa.png": KASA})
    return registry.renderer(settings)(made, publication(), settings, PublicFacts())


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class _ByHand(ByHandConformance):
    kind = Hand
    own: dict[str, Any]

    @pytest.fixture(autouse=True)
    def _root(self, tmp_path: Path) -> None:
        self.root = tmp_path

    def channel(self) -> Hand:
        return hand(self.root, **self.own)

    def able(self) -> Capabilities:
        return Hand.able(HandSettings(**self.own))


class TestPost(_ByHand):
    own = {"network": "x"}  # noqa: RUF012 - never changed


class TestMail(_ByHand):
    own = {"form": "mail"}  # noqa: RUF012 - never changed


# --- what it is counted by ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "measure"),
    [
        ({"network": "x"}, Measure("weighted", 280, link=23)),
        ({"network": "x", "limit": 4000}, Measure("weighted", 4000, link=23)),
        ({"network": "threads"}, Measure("bytes", 500)),
        ({"network": "threads", "unit": "code points"}, Measure("code points", 500)),
        ({"network": "mastodon", "limit": 3000}, Measure("graphemes", 3000, link=23, local_names=True)),
        ({"network": "line"}, Measure("utf16", 5000)),
        ({"limit": 140}, Measure("graphemes", 140)),
        ({}, None),
    ],
)
def test_a_post_is_counted_by_its_network_unless_the_settings_say_otherwise(
    own: dict[str, Any], measure: Measure | None
) -> None:
    assert Hand.able(HandSettings(**own)).text == measure


def test_a_unit_alone_counts_up_to_nothing() -> None:
    with pytest.raises(ValidationError, match="limit"):
        HandSettings(unit="bytes")


def test_what_reaches_people_at_once_is_late_after_a_while() -> None:
    post, mail = Hand.able(HandSettings()), Hand.able(HandSettings(form="mail"))
    assert (post.announces, post.late, post.withdraws) == (True, timedelta(hours=3), True)
    assert (mail.announces, mail.late, mail.withdraws) == (True, timedelta(hours=1), False)


# --- the package ---------------------------------------------------------------------------------------------------


def test_the_package_of_a_post_has_its_text_and_the_page(tmp_path: Path) -> None:
    variant = rendered(network="x")
    folder = hand(tmp_path, network="x").package(variant, None)
    assert folder == tmp_path / "packages" / "out" / "where-wet-things-go"
    made = files(folder)
    assert set(made) == {"index.html", "post.txt"}
    assert made["post.txt"].decode() == f"{variant.parts[0].text}\n"
    assert "58／280（全角は2、半角は1）" in made["index.html"].decode()


def test_a_thread_has_a_text_for_each_post(tmp_path: Path) -> None:
    matter = f"{MATTER}channels: {{out: {{text: {SENTENCE * 9}}}}}\n"
    variant = rendered(matter, network="x")
    made = files(hand(tmp_path, network="x").package(variant, None))
    assert sorted(name for name in made if name.startswith("post")) == ["post-01.txt", "post-02.txt", "post-03.txt"]
    assert all(Measure("weighted", 280, link=23).fits(part.text) for part in variant.parts)
    assert "3件の連投です" in made["index.html"].decode()


def test_pictures_lie_beside_it_with_their_alt_texts(tmp_path: Path) -> None:
    own = {"network": "x", "pictures": "cover"}
    made = files(hand(tmp_path, **own).package(rendered(MATTER + COVER, **own), None))
    assert made["images/kasa-abababab.png.alt.txt"].decode() == "玄関に並ぶ傘\n"
    assert Image.open(io.BytesIO(made["images/kasa-abababab.png"])).size == (600, 400)


def test_the_package_of_a_mailing_has_subject_and_both_bodies(tmp_path: Path) -> None:
    variant = rendered(body="前書き。\n\n**強い**本文。\n", form="mail")
    made = files(hand(tmp_path, form="mail").package(variant, None))
    assert set(made) == {"index.html", "subject.txt", "body.html", "body.txt"}
    assert made["subject.txt"].decode() == "傘のしまい方――濡れたものの置き場所\n"
    assert "<strong" in made["body.html"].decode()
    assert "強い本文。" in made["body.txt"].decode()
    assert "<strong" not in made["body.txt"].decode()


def test_where_nothing_is_counted_the_page_has_the_one_text(tmp_path: Path) -> None:
    made = files(hand(tmp_path).package(rendered(), None))
    assert made["post.txt"].decode().startswith("傘のしまい方")


def test_a_package_that_must_not_be_posted_is_taken_away(tmp_path: Path) -> None:
    out = hand(tmp_path)
    folder = out.package(rendered(), None)
    out.discard(rendered())
    assert not folder.exists()


# --- what a person says --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (X_POST, X_POST),
        (f" {X_POST}?s=20#m ", X_POST),
        ("https://www.X.com/a/status/1", "https://www.x.com/a/status/1"),
    ],
)
def test_a_post_is_recorded_by_its_address(tmp_path: Path, address: str, url: str) -> None:
    receipt = hand(tmp_path, network="x").recognise(address, rendered())
    assert (receipt.remote_id, receipt.url, receipt.verified) == (url, url, False)


def test_what_follows_a_question_mark_belongs_to_an_unknown_place(tmp_path: Path) -> None:
    address = "https://www.example.net/permalink.php?story=1&id=2"
    assert hand(tmp_path).recognise(address, rendered()).url == address


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("x.com/a/status/1", "no address of a post"),
        ("http://x.com/a/status/1", "no address of a post"),
        ("javascript:alert(1)", "no address of a post"),
        ("https://user@x.com/a", "no address of a post"),
        ("https://example.com/a", "no address on X"),
    ],
)
def test_what_is_no_address_of_a_post_is_refused(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as caught:
        hand(tmp_path, network="x").recognise(address, rendered())
    assert caught.value.remedy is not None


def test_the_articles_own_page_is_no_post(tmp_path: Path) -> None:
    variant = rendered()
    with pytest.raises(Refused, match="own page"):
        hand(tmp_path).recognise(variant.head.url, variant)


def test_a_person_takes_a_post_down_and_nobody_a_mailing(tmp_path: Path) -> None:
    receipt = Receipt(X_POST, X_POST, NOW, verified=False)
    with pytest.raises(Refused, match="a person removes the post"):
        hand(tmp_path).withdraw(receipt)
    with pytest.raises(Refused, match="can't be taken back"):
        hand(tmp_path, form="mail").withdraw(receipt)
    assert not hand(tmp_path).read(receipt, sample()).verified
