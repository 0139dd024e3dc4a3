"""A whole paper in a folder of the test's own: this checkout's settings and samples, published without Prefect."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.compose import open_house
from flows.stages.building import build
from flows.stages.publishing import publish
from flows.stages.values import Published, PublishRequest

ROOT = Path(__file__).parents[1]
SAMPLES = ("names-of-small-tools", "the-gutter-that-sings", "where-wet-things-go")


def paper(root: Path, *, samples: bool = True, settings: Mapping[str, str] | None = None) -> Path:
    """Make a paper at `root`; `settings` replaces text in `config/channels.yaml`."""
    shutil.copytree(ROOT / "config", root / "config")
    shutil.copytree(
        ROOT / "content", root / "content", ignore=None if samples else shutil.ignore_patterns("20[0-9][0-9]")
    )
    (root / "content" / "articles").mkdir(exist_ok=True)
    channels = root / "config" / "channels.yaml"
    text = channels.read_text(encoding="utf-8")
    for old, new in (settings or {}).items():
        assert old in text
        text = text.replace(old, new)
    channels.write_text(text, encoding="utf-8")
    return root


def write(root: Path, slug: str, body: str = "雨の日の本文。\n", **matter: str) -> Path:
    """Write an article; `matter` are lines of its front matter as YAML text."""
    values = {
        "title": f"話 {slug}",
        "slug": slug,
        "status": "ready",
        "published": "2024-06-18T07:00:00+09:00",
        **matter,
    }
    path = root / "content" / "articles" / "2024" / slug / "index.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = "\n".join(f"{key}: {value}" for key, value in values.items())
    path.write_text(f"---\n{head}\n---\n{body}", encoding="utf-8")
    return path


def published(root: Path, now: datetime, *names: str, **request: Any) -> Published:
    """Publish at `now`, site and feeds only unless told otherwise."""
    wanted = PublishRequest(names=names, **{"channels": ("site", "rss"), **request})
    with open_house(root, clock=lambda: now, who="tester") as house:
        return publish(house, wanted, lambda _step: None, now=now)


def built(root: Path, out: Path, now: datetime) -> Path:
    """The edition as it would be at `now`, in `out`."""
    with open_house(root, clock=lambda: now, who="tester") as house:
        build(house, out, now=now)
    return out
