"""
Pictures: what a file really is, and the bytes a channel gets.

`inspect` reads only the header and believes the bytes, not the name. `prepare` applies the EXIF orientation, drops EXIF,
GPS and XMP, brings colours to sRGB, shrinks or crops, and encodes without a clock: equal input gives equal bytes.
AssetStore keeps prepared bytes by digest under `.kawaraban/assets/`, so that a source that vanishes does no harm.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath

from PIL import Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from kawaraban.article.model import Picture
from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.variant import Asset, Recipe

MAX_PIXELS = 80_000_000
MAX_BYTES = 40 * 1024 * 1024
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_ORIENTATION = 0x0112  # EXIF tag 274
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}
_TAIL = 4096
_SIDEWAYS = range(5, 9)
_FINE = 86
"""The quality that is tried first (JPEG and WebP; a PNG of less has 256 colours)."""
_STEPS = (
    *((1.0, quality) for quality in (_FINE, 78, 70, 60, 50, 40)),
    *((scale, quality) for scale in (0.8, 0.64, 0.5, 0.35, 0.25, 0.12, 0.06) for quality in (70, 50)),
)
"""(scale, quality) in the order in which they are tried until the bytes keep to a limit."""


def inspect(path: Path, file: str) -> Picture:
    """Return what a picture file is; raise WrongInput where it is none we can use. `file` is its path below `content/`."""
    data = _bytes(path, file)
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            width, height = image.size
            # for PNG, Pillow decodes the whole picture to find EXIF behind it: only where there is any
            exif = image.getexif() if image.format != "PNG" or b"eXIf" in data else {}
            if exif.get(_ORIENTATION, 1) in _SIDEWAYS:
                width, height = height, width
            kind = str(image.format)
            if kind in _ENDS and _ENDS[kind] not in data[-_TAIL:]:
                image.load()  # perhaps it was cut off: only decoding tells, and costs too much for every picture
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise _unreadable(file) from error
    if width * height > MAX_PIXELS:
        raise WrongInput(
            Sentence(ja=f"画像が大きすぎます（{width}×{height}）", en=f"the picture is too large ({width}×{height})"),
            place=Place(PurePosixPath(file)),
            remedy=Sentence(ja="8000×8000ほどまでに縮めてください", en="shrink it to about 8000×8000"),
        )
    return Picture(file, hashlib.sha256(data).hexdigest(), width, height, f"image/{kind.lower()}")


def _bytes(path: Path, file: str) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise WrongInput(
                Sentence(
                    ja=f"画像ファイルが大きすぎます（{size:,}バイト）",
                    en=f"the picture file is too large ({size:,} bytes)",
                ),
                place=Place(PurePosixPath(file)),
                remedy=Sentence(ja="40MBより小さく保存し直してください", en="save it smaller than 40 MB"),
            )
        return path.read_bytes()
    except OSError as error:
        raise WrongInput(
            Sentence(ja=f"画像を読めません: {error.strerror}", en=f"the picture can't be read: {error.strerror}"),
            place=Place(PurePosixPath(file)),
            remedy=Sentence(
                ja="ファイルがあるか、読めるかを確かめてください", en="see that the file is there and can be read"
            ),
        ) from error


def _unreadable(file: str) -> WrongInput:
    name = PurePosixPath(file).name
    return WrongInput(
        Sentence(ja=f"「{name}」は画像として読めません", en=f"`{name}` is not readable as a picture"),
        place=Place(PurePosixPath(file)),
        remedy=Sentence(ja="JPEG・PNG・GIF・WebPで保存し直してください", en="save it as JPEG, PNG, GIF or WebP"),
    )


def prepare(data: bytes, recipe: Recipe, file: str = "") -> bytes:
    """Return the bytes a channel gets; raise WrongInput where the source can't be decoded."""
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            if recipe.format == "GIF" and getattr(opened, "is_animated", False) and not recipe.crop:
                return _within(partial(_animation, opened, recipe), recipe, file)
            image = _srgb(_eight_bits(ImageOps.exif_transpose(opened)))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise _unreadable(file) from error
    sized = _cropped(image, recipe) if recipe.crop and recipe.height else _shrunk(image, recipe)
    return _within(partial(_encoded, sized, recipe), recipe, file)


def _within(encode: Callable[[float, int], bytes], recipe: Recipe, file: str) -> bytes:
    """Return the bytes that keep to the recipe's limit: encoded with less and less quality, then with fewer pixels."""
    smallest = 0
    for scale, quality in _STEPS:
        data = encode(scale, quality)
        if recipe.max_bytes is None or len(data) <= recipe.max_bytes:
            return data
        smallest = len(data)
    raise WrongInput(
        Sentence(
            ja=f"画像を{recipe.max_bytes:,}バイトまで縮められません（{smallest:,}バイト）",
            en=f"the picture can't be made smaller than {smallest:,} bytes; {recipe.max_bytes:,} are taken",
        ),
        place=Place(PurePosixPath(file)),
        remedy=Sentence(ja="もっと単純な画像に替えてください", en="take a simpler picture"),
    )


def _eight_bits(image: Image.Image) -> Image.Image:
    """A scan of 16 bits would become white paper, were it converted as it is."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image


def _srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA"):
        # a broken profile is no reason to refuse the picture
        with suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            return (
                ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=image.mode) or image
            )
    return image


def _shrunk(image: Image.Image, recipe: Recipe) -> Image.Image:
    width, height = image.size
    scale = min(1.0, recipe.width / width, (recipe.height / height) if recipe.height else 1.0)
    if scale == 1.0:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return _continuous(image).resize(size, Image.Resampling.LANCZOS)


def _cropped(image: Image.Image, recipe: Recipe) -> Image.Image:
    size = (recipe.width, recipe.height or recipe.width)
    return ImageOps.fit(_continuous(image), size, Image.Resampling.LANCZOS, centering=recipe.focus)


def _continuous(image: Image.Image) -> Image.Image:
    """Palette pictures can't be resized smoothly."""
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image


def _encoded(image: Image.Image, recipe: Recipe, scale: float, quality: int) -> bytes:
    image = _scaled(image, scale)
    if recipe.format == "JPEG":
        return _jpeg(_opaque(image), quality)
    out = BytesIO()
    image.info = {key: value for key, value in image.info.items() if key == "transparency"}
    if recipe.format == "WEBP":
        image.save(out, "WEBP", quality=quality, method=4)
    elif recipe.format == "PNG" and quality < _FINE:
        _continuous(image).convert("RGBA").quantize(256, Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    else:
        image.save(out, recipe.format, optimize=True)
    return out.getvalue()


def _scaled(image: Image.Image, scale: float) -> Image.Image:
    """Return a picture with fewer pixels, never with more."""
    if scale == 1.0:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return _continuous(image).resize(size, Image.Resampling.LANCZOS)


def _opaque(image: Image.Image) -> Image.Image:
    """JPEG has no transparency: what is see-through becomes white paper."""
    if image.mode in ("RGBA", "LA", "P"):
        layered = image.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return image.convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    image.info = {}  # Pillow would write a comment of the camera or the cutter back into the file
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _animation(image: Image.Image, recipe: Recipe, scale: float, quality: int) -> bytes:
    del quality
    frames = [_scaled(_shrunk(frame.convert("RGBA"), recipe), scale) for frame in ImageSequence.Iterator(image)]
    durations = [frame.info.get("duration", 100) for frame in ImageSequence.Iterator(image)]
    out = BytesIO()
    frames[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=image.info.get("loop", 0),
        disposal=2,
    )
    return out.getvalue()


class AssetStore:
    """Prepared bytes by digest in `folder`, made from the files below `content` when they are first asked for."""

    def __init__(self, folder: Path, content: Path) -> None:
        self._folder = folder
        self._content = content

    def bytes_of(self, asset: Asset) -> bytes:
        """Return an asset's bytes; raise WrongInput when neither the store nor the source has them."""
        kept = self._folder / asset.digest[:2] / asset.digest
        try:
            return kept.read_bytes()
        except FileNotFoundError:
            pass
        data = _bytes(self._content / asset.file, asset.file)
        if hashlib.sha256(data).hexdigest() != asset.source:
            raise WrongInput(
                Sentence(ja="画像が読み取りの間に変わりました", en="the picture changed while it was being read"),
                place=Place(PurePosixPath(asset.file)),
                remedy=Sentence(ja="もう一度公開してください", en="publish again"),
            )
        prepared = prepare(data, asset.recipe, asset.file)
        _keep(kept, prepared)
        return prepared


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
