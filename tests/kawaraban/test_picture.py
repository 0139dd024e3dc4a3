"""Pictures: what a file really is, what a channel gets, and what is refused with file and remedy."""

from __future__ import annotations

import hashlib
import struct
import zlib
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from PIL import Image, ImageCms

from kawaraban import picture
from kawaraban.article.model import Picture
from kawaraban.errors import Sentence, WrongInput
from kawaraban.picture import AssetStore, inspect, prepare
from kawaraban.variant import Recipe
from renderers.pictures import asset_name, site_asset

FILE = "articles/2024/well/well.jpg"
GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def photograph(width: int = 40, height: int = 20, orientation: int = 1, kind: str = "JPEG") -> bytes:
    """A picture whose left half is red, with a camera's name, a place and an orientation in its EXIF."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "Migiwa Camera"
    exif[GPS] = {1: "N", 2: (35.0, 41.0, 22.0)}
    out = BytesIO()
    image.save(out, kind, exif=exif, quality=95)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def colour(image: Image.Image, x: int, y: int) -> str:
    red, _, blue, *_ = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]  # an RGB pixel is a tuple
    return "red" if red > blue else "blue"


def recipe(width: int = 1600, kind: str = "JPEG", **more: Any) -> Recipe:
    return Recipe.model_validate({"width": width, "format": kind, **more})


def test_the_orientation_of_the_camera_is_applied() -> None:
    turned = opened(prepare(photograph(orientation=6), recipe()))
    assert turned.size == (20, 40)
    assert (colour(turned, 10, 3), colour(turned, 10, 36)) == ("red", "blue")
    mirrored = opened(prepare(photograph(orientation=2), recipe()))
    assert (colour(mirrored, 3, 10), colour(mirrored, 36, 10)) == ("blue", "red")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_is_inspected_is_the_size_after_turning(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "well.jpg"
    path.write_bytes(photograph(orientation=orientation))
    found = inspect(path, FILE)
    assert (found.width, found.height) == opened(prepare(path.read_bytes(), recipe())).size


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_camera_and_place_do_not_leave_the_house(kind: str) -> None:
    source = photograph(kind=kind)
    assert b"Migiwa Camera" in source
    made = prepare(source, recipe(kind=kind))
    assert b"Migiwa" not in made
    assert b"Exif" not in made[:4096]
    assert dict(opened(made).getexif()) == {}
    assert not {"exif", "xmp", "photoshop", "comment"} & set(opened(made).info)


def test_xmp_and_comments_do_not_leave_the_house() -> None:
    out = BytesIO()
    Image.new("RGB", (9, 9)).save(out, "JPEG", comment=b"secret", xmp=b"<x:xmpmeta>secret</x:xmpmeta>")
    assert b"secret" in out.getvalue()
    assert b"secret" not in prepare(out.getvalue(), recipe())


def test_a_large_picture_is_shrunk_and_a_small_one_is_left_alone() -> None:
    assert opened(prepare(photograph(3200, 1601), recipe(1600))).size == (1600, 800)
    assert opened(prepare(photograph(40, 20), recipe(1600))).size == (40, 20)
    assert opened(prepare(photograph(400, 2), recipe(40))).size == (40, 1)


@pytest.mark.parametrize(("width", "height"), [(3200, 1601), (40, 20), (1601, 3), (1599, 999), (4001, 2999)])
def test_the_page_says_the_size_the_picture_will_have(width: int, height: int) -> None:
    source = Picture(FILE, "ab" * 32, width, height, "image/jpeg")
    asset = site_asset(source, alt="井戸")
    assert opened(prepare(photograph(width, height), asset.recipe)).size == (asset.width, asset.height)


def test_a_crop_fills_its_box_round_the_point_that_matters() -> None:
    made = opened(prepare(photograph(400, 100), recipe(50, height=50, crop=True, focus=(0.0, 0.5))))
    assert made.size == (50, 50)
    assert colour(made, 45, 25) == "red"


def test_equal_input_gives_equal_bytes() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        assert prepare(photograph(300, 200), recipe(100, kind)) == prepare(photograph(300, 200), recipe(100, kind))


def test_what_is_see_through_becomes_white_paper_in_a_jpeg() -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(prepare(out.getvalue(), recipe())).getpixel((4, 4)) == (255, 255, 255)
    kept = opened(prepare(out.getvalue(), recipe(kind="PNG")))
    assert kept.convert("RGBA").getpixel((4, 4)) == (0, 0, 0, 0)


def test_a_palette_with_a_hole_keeps_it_when_shrunk() -> None:
    image = Image.new("P", (64, 64), 1)
    image.putpalette([255, 255, 255, 0, 0, 0])
    image.paste(0, (0, 0, 32, 64))
    out = BytesIO()
    image.save(out, "PNG", transparency=0)
    made = opened(prepare(out.getvalue(), recipe(16, "PNG"))).convert("RGBA")
    assert made.getpixel((1, 8))[3] == 0  # type: ignore[index]  # an RGBA pixel is a tuple
    assert made.getpixel((14, 8))[3] == 255  # type: ignore[index]  # an RGBA pixel is a tuple


def test_colours_are_brought_to_srgb_and_a_broken_profile_does_no_harm() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (profile, b"no profile at all"):
        out = BytesIO()
        Image.new("RGB", (8, 8), "red").save(out, "JPEG", icc_profile=icc)
        made = opened(prepare(out.getvalue(), recipe()))
        assert colour(made, 4, 4) == "red"
        assert "icc_profile" not in made.info


def test_a_print_shop_s_cmyk_is_shown_on_a_screen() -> None:
    out = BytesIO()
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(out, "JPEG")
    made = opened(prepare(out.getvalue(), recipe()))
    assert made.mode == "RGB"
    assert colour(made, 4, 4) == "red"


def test_an_animation_stays_one() -> None:
    frames = [Image.new("RGB", (40, 20), name) for name in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=[50, 70, 90], loop=0)
    made = opened(prepare(out.getvalue(), recipe(20, "GIF")))
    assert getattr(made, "n_frames", 1) == 3
    assert made.size == (20, 10)


def test_a_limit_of_bytes_is_kept() -> None:
    noise = Image.effect_noise((600, 600), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, "PNG")
    free, tight = prepare(out.getvalue(), recipe()), prepare(out.getvalue(), recipe(max_bytes=200_000))
    assert len(tight) <= 200_000 < len(free)


def noisy(kind: str = "PNG", mode: str = "RGB", size: int = 500, **more: Any) -> bytes:
    out = BytesIO()
    Image.effect_noise((size, size), 120).convert(mode).save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_limit_that_quality_alone_cannot_keep_costs_pixels(kind: str) -> None:
    made = prepare(noisy(), recipe(kind=kind, max_bytes=9_000))
    assert len(made) <= 9_000
    shown = opened(made)
    assert (shown.format, shown.width == shown.height, shown.width < 500) == (kind, True, True)


def test_a_drawing_keeps_its_pixels_and_its_holes_where_fewer_colours_are_enough() -> None:
    image = Image.merge(
        "RGBA", (*Image.effect_noise((200, 200), 120).convert("RGB").split(), Image.new("L", (200, 200)))
    )
    out = BytesIO()
    image.save(out, "PNG")
    made = prepare(out.getvalue(), recipe(kind="PNG", max_bytes=len(out.getvalue()) // 2))
    shown = opened(made)
    assert shown.size == (200, 200)
    assert shown.convert("RGBA").getchannel("A").getextrema() == (0, 0)


def test_an_animation_keeps_to_a_limit_and_moves_on() -> None:
    frames = [Image.effect_noise((200, 200), 90 + number) for number in range(3)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50)
    made = prepare(out.getvalue(), recipe(kind="GIF", max_bytes=30_000))
    assert len(made) <= 30_000
    assert getattr(opened(made), "n_frames", 1) == 3


def test_what_can_not_be_made_small_enough_is_refused_in_words() -> None:
    with pytest.raises(WrongInput, match="can't be made smaller"):
        prepare(noisy(), recipe(max_bytes=100), FILE)


def test_a_scan_of_sixteen_bits_is_not_white_paper() -> None:
    out = BytesIO()
    Image.new("I;16", (8, 8), 0x4000).save(out, "PNG")
    value = opened(prepare(out.getvalue(), recipe())).convert("L").getpixel((4, 4))
    assert isinstance(value, int | float)
    assert abs(value - 0x40) < 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_camera_and_place_stay_at_home_also_in_a_card(kind: str) -> None:
    source = photograph(400, 300, orientation=6, kind=kind)
    made = prepare(source, recipe(60, height=30, crop=True, max_bytes=5_000))
    assert opened(made).size == (60, 30)
    assert dict(opened(made).getexif()) == {}
    assert b"Migiwa" not in made


# --- what is refused -------------------------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 64


def bomb(width: int = 60000, height: int = 60000) -> bytes:
    """A PNG of a few bytes that says it is thousands of pixels wide."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("drawing.svg", SVG),
        ("phone.jpg", HEIC),
        ("empty.png", b""),
        ("text.png", "ただの文字".encode()),
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("bomb.png", bomb()),
        ("wide.png", bomb(9500, 9000)),
        ("old.tiff", b"II*\0\x08\0\0\0\0\0"),
    ],
)
def test_what_is_no_usable_picture_is_refused_with_file_and_remedy(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(WrongInput) as caught:
        inspect(path, f"articles/2024/well/{name}")
    assert caught.value.place is not None
    assert caught.value.place.file == PurePosixPath(f"articles/2024/well/{name}")
    assert caught.value.remedy is not None
    assert "ください" in caught.value.said("ja")


def test_a_picture_that_breaks_off_is_refused_when_it_is_made() -> None:
    whole = photograph(600, 400)
    with pytest.raises(WrongInput) as caught:
        prepare(whole[: len(whole) // 2], recipe(), FILE)
    assert FILE in caught.value.said("en")


def test_a_bomb_is_refused_also_when_it_is_made() -> None:
    with pytest.raises(WrongInput):
        prepare(bomb(), recipe(), FILE)


def test_a_file_that_is_too_heavy_is_refused_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "heavy.jpg"
    path.write_bytes(photograph())
    monkeypatch.setattr(picture, "MAX_BYTES", 100)
    with pytest.raises(WrongInput) as caught:
        inspect(path, FILE)
    assert caught.value.remedy is not None


def test_a_file_that_is_gone_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.jpg", tmp_path):
        with pytest.raises(WrongInput) as caught:
            inspect(path, FILE)
        assert FILE in caught.value.said("en")


# --- the store, names ------------------------------------------------------------------------------------------------


def stored(tmp_path: Path) -> tuple[AssetStore, Path, Picture]:
    path = tmp_path / "content" / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(photograph(300, 200))
    return AssetStore(tmp_path / "assets", tmp_path / "content"), path, inspect(path, FILE)


def test_a_picture_once_made_survives_its_source(tmp_path: Path) -> None:
    store, path, found = stored(tmp_path)
    asset = site_asset(found, alt="井戸", width=100)
    made = store.bytes_of(asset)
    path.unlink()
    assert store.bytes_of(asset) == made
    assert [file.name for file in (tmp_path / "assets").rglob("*") if file.is_file()] == [asset.digest]


def test_a_picture_that_changed_since_it_was_read_is_refused(tmp_path: Path) -> None:
    store, path, found = stored(tmp_path)
    path.write_bytes(photograph(301, 200))
    with pytest.raises(WrongInput) as caught:
        store.bytes_of(site_asset(found, alt="井戸"))
    assert FILE in caught.value.said("en")
    assert not (tmp_path / "assets").exists()


@pytest.mark.parametrize(
    ("file", "start"),
    [("a/屋根と樋.png", "picture-"), ("a/My Photo (1).JPG", "my-photo-1-"), ("a/ＷＥＬＬ.jpg", "well-"), ("a/..jpg", "picture-"), ("a/" + "x" * 99 + ".png", "x" * 40 + "-")],
)  # fmt: skip
def test_a_name_is_one_that_every_server_takes(file: str, start: str) -> None:
    digest = hashlib.sha256(file.encode()).hexdigest()
    assert asset_name(Picture(file, digest, 1, 1, "image/png"), "png") == f"{start}{digest[:8]}.png"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_is_cut_off_is_refused_before_anything_is_sent(tmp_path: Path, kind: str) -> None:
    out = BytesIO()
    Image.effect_noise((300, 200), 90).save(out, kind)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.write_bytes(out.getvalue() + b"appended by a telephone" * 1000)
    cut.write_bytes(out.getvalue()[: len(out.getvalue()) // 2])
    assert inspect(whole, FILE).width == 300
    with pytest.raises(WrongInput) as refused:
        inspect(cut, FILE)
    assert refused.value.what == Sentence(
        ja="「well.jpg」は画像として読めません", en="`well.jpg` is not readable as a picture"
    )
