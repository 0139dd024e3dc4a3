"""A content folder of any size, made from the samples: other ids, slugs, dates and words, the same shape and length."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

from kawaraban.article.new import ALPHABET

ROOT = Path(__file__).parents[1]
WORDS = "雨屋根軒縁側瓦土間井戸橋路地坂石段灯籠簾障子畳襖梁柱庭垣根門戸窓煙突煤炭薪釜臼杵"


def write(root: Path, count: int, seed: int = 7) -> None:
    """Copy `config/` and write `count` articles with series and people below `root`."""
    shutil.copytree(ROOT / "config", root / "config")
    for name in ("series", "people"):
        shutil.copytree(ROOT / "content" / name, root / "content" / name)
    samples = sorted((ROOT / "content" / "articles").rglob("index.md"))
    chance = random.Random(seed)  # noqa: S311 - the same archive every time
    for number in range(count):
        add(root, number, samples[number % len(samples)], chance)


def add(root: Path, number: int, sample: Path, chance: random.Random, *, newest: bool = False) -> Path:
    """Write article `number`, in the shape of `sample` with its pictures, among the others or as the newest; return its file."""
    year, month, day = 2010 + number % 14, 1 + number // 14 % 12, 1 + number // 168 % 28
    if newest:
        year, month, day = 2024, 10, 1
    folder = root / "content" / "articles" / str(year) / f"column-{number:06d}"
    folder.mkdir(parents=True)
    text = sample.read_text(encoding="utf-8")
    word = "".join(chance.choices(WORDS, k=6))
    for pattern, value in (
        (r"^id: .*$", f"id: {article_id(number)}"),
        (r"^title: (.*)$", rf"title: {word}の話 {number}――\1"),
        (r"^slug: .*$", f"slug: column-{number:06d}"),
        (r"^published: .*$", f"published: {year}-{month:02d}-{day:02d}T07:00:00+09:00"),
        (r"^updated: .*\n", ""),
        (r"^tags: .*$", f"tags: [{word[:2]}, {word[2:4]}, 暮らし]"),
    ):
        text = re.sub(pattern, value, text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^(汀|Lio): ", rf"\1: {word}、", text, flags=re.MULTILINE)
    (folder / "index.md").write_text(text, encoding="utf-8")
    for picture in sample.parent.glob("*.png"):
        shutil.copy(picture, folder)  # a hard link would change the time of every other one
    return folder / "index.md"


def article_id(number: int) -> str:
    """Return the id of article `number`: a letter first, so that YAML reads text."""
    digits = ""
    for _ in range(7):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return f"k{digits}"
