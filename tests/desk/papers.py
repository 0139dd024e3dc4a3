"""A paper in a folder of the test's own, and the command called on it in this process, without a Prefect server."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.cli import main
from desk.cli.writing import skeleton

SAMPLE_ID, SAMPLE = "3k7m9q2x", "where-wet-things-go"
MATTER = {
    "id": "7ra1ny7a",
    "title": "雨樋の音を聞く",
    "slug": "rain",
    "status": "ready",
    "published": "2024-06-18T07:00:00+09:00",
    "description": "屋根を流れる水の音について、朝のうちに書きとめたこと。",
    "tags": "[雨]",
}


@dataclass(frozen=True)
class Answer:
    """What a call of the command left: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass
class Paper:
    """A folder with settings and articles, and the command on it."""

    root: Path
    language: str = "en"
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, language: str | None = None) -> Answer:
        """Call `kawaraban WORDS` in this process; an exit of argparse is an exit code like any other."""
        out, err = io.StringIO(), io.StringIO()
        locale = {"ja": "ja_JP.UTF-8", "en": "en_GB.UTF-8"}[language or self.language]
        environment = _environment(LC_ALL=locale, KAWARABAN_ROOT=str(self.root), **self.environment)
        with environment, redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(list(words))
            except SystemExit as ended:
                code = int(str(ended.code or 0))
        answer = Answer(code, out.getvalue(), err.getvalue())
        assert "Traceback" not in answer.said, answer.said
        return answer

    def write(self, slug: str = "rain", body: str = "雨の日の本文。\n", **matter: str) -> Path:
        """Write an article; values of `matter` stand in the file as they are, "" leaves a key out."""
        values = {**MATTER, "slug": slug, **matter}
        lines = [f"{key}: {value}" for key, value in values.items() if value]
        path = self.root / "content" / "articles" / "2024" / slug.replace("/", "-").replace(".", "-") / "index.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["---", *lines, "---", "", body]), encoding="utf-8")
        return path

    def replace(self, file: str, old: str, new: str) -> None:
        """Change a file of the paper."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def page(self, slug: str = "rain") -> Path:
        """Where an article's page is."""
        return self.root / "public" / "articles" / slug / "index.html"

    def word(self, article: str, channel: str) -> str:
        """How `status` calls a delivery."""
        rows = self("status", article, "--json").document["deliveries"]
        return str(next(row["word"] for row in rows if row["channel"] == channel))


def paper_at(root: Path, *, sample: bool = False) -> Paper:
    """A fresh paper as `init` makes it, with or without its sample article."""
    for path, data in skeleton():
        if sample or path.parts[:2] != ("content", "articles"):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
    (root / "content" / "articles").mkdir(parents=True, exist_ok=True)
    return Paper(root)


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
