"""
Reading an archive: the library cold and from its cache, beside what nobody can do without.

Run `python -m bench.reading [COUNT]…` (default 1000 10000). Every line is measured in the same run, right after each
other, so that the ratios mean something on a busy machine. `cpu` counts this process and its children.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench import corpus
from kawaraban.article import frontmatter, markdown
from kawaraban.library import Library

SHARE = 100  # articles that the slow parser reads; its figure is scaled


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds on the wall and of CPU."""

    name: str
    wall: float
    cpu: float


def measured(name: str, work: Callable[[], object], scale: float = 1) -> Measured:
    """Do the work once."""
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return Measured(name, (time.perf_counter() - wall) * scale, (_cpu() - cpu) * scale)


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def compare(count: int) -> list[Measured]:
    """Measure an archive of `count` articles."""
    folder = Path(tempfile.mkdtemp(prefix="kawaraban-bench-"))
    try:
        corpus.write(folder, count)
        files = sorted((folder / "content" / "articles").rglob("index.md"))
        some = files[:: max(count // SHARE, 1)]
        scale = len(files) / len(some)
        library = Library(folder / "content", folder / "cache")
        return [
            measured("open, read, YAML of the head", lambda: [_plain(file) for file in files]),
            measured("library, nothing cached", lambda: _read(library, count)),
            measured("library, again", lambda: _read(Library(folder / "content", folder / "cache"), count)),
            measured("bodies only, our one parse", lambda: [_parsed(file) for file in some], scale),
            measured("bodies only, markdown-it-py", lambda: [_oracle(file) for file in some], scale),
        ]
    finally:
        shutil.rmtree(folder)


def _plain(file: Path) -> object:
    head = file.read_text(encoding="utf-8").split("\n---\n", 1)[0]
    return yaml.load(head.removeprefix("---\n"), Loader=yaml.CSafeLoader)


def _read(library: Library, count: int) -> None:
    reading = library.read_all()
    assert len(reading.articles) == count, reading.findings[:3]


def _parsed(file: Path) -> object:
    return markdown.blocks(frontmatter.split(file.read_text(encoding="utf-8"), file).body, file)


def _oracle(file: Path) -> object:
    from markdown_it import MarkdownIt

    body = frontmatter.split(file.read_text(encoding="utf-8"), file).body
    return MarkdownIt("commonmark", {"breaks": True, "html": False}).enable(["table", "strikethrough"]).render(body)


def main() -> None:
    """Print one table per archive size."""
    for count in [int(one) for one in sys.argv[1:]] or [1_000, 10_000]:
        rows = compare(count)
        print(f"\n{count:,} articles{'':18}   wall s    cpu s   cpu / plain")
        for row in rows:
            print(f"  {row.name:32} {row.wall:8.2f} {row.cpu:8.2f} {row.cpu / rows[0].cpu:12.2f}")


if __name__ == "__main__":
    main()
