"""
What an import remembers of itself, beside the article: `import.json`, and the source byte for byte in `import.txt`.

Both are written by the machine and never edited. `written` is the article's text as the import made it: the base of the
merge when the page comes again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, ValidationError

from kawaraban.importing.lines import content_lines
from kawaraban.importing.profile import RULES

RECORD, SOURCE, CLASHES = "import.json", "import.txt", "import-conflict.md"
SIMILAR = 0.5


class Part(BaseModel):
    """A frozen part of the record; a newer program's keys are kept out of the way."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class SourceFile(Part):
    """The file a page came from."""

    name: str
    sha256: str
    bytes: int


class LineRecord(Part):
    """One content line of the source: which rule read it, and on which line of `written` it stands (None: dropped)."""

    rule: str
    at: int | None = None


class ProofRecord(Part):
    """The conservation proof's figures."""

    lines: int
    conserved: int


class Record(Part):
    """`import.json`."""

    version: int = 1
    program: str = ""
    profile: str
    id: str
    title: str
    slug: str
    source: SourceFile
    proof: ProofRecord
    rules: Mapping[str, str] = {}
    lines: Mapping[int, LineRecord] = {}
    written: str

    def text(self) -> bytes:
        """Return the file's bytes; equal records are equal bytes."""
        return (json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n").encode()


@cache
def program() -> str:
    """Return the program's name and version."""
    try:
        return f"kawaraban {version('kawaraban')}"
    except PackageNotFoundError:
        return "kawaraban"


def used_rules(rules: Mapping[int, str]) -> Mapping[str, str]:
    """Return the ids of the rules that read a line, with what they mean."""
    used = set(rules.values())
    return {name: f"{what.ja} / {what.en}" for name, what in RULES.items() if name in used}


@dataclass(frozen=True, slots=True)
class Known:
    """An article an earlier import made: its folder below `content/`, and the record."""

    folder: PurePosixPath
    record: Record


@dataclass(slots=True)
class Index:
    """Every earlier import below `content`, read once."""

    content: Path
    _known: list[Known] = field(default_factory=list)

    @classmethod
    def of(cls, content: Path) -> Index:
        """Read the records; one that can't be read is as if it were not there."""
        return cls(content, list(_records(content)))

    def add(self, known: Known) -> None:
        """Take in what was just imported, in place of what was there."""
        self._known = [other for other in self._known if other.record.id != known.record.id] + [known]

    def same(self, data: bytes) -> Known | None:
        """Return the article made of exactly these bytes."""
        digest = hashlib.sha256(data).hexdigest()
        return next((known for known in self._known if known.record.source.sha256 == digest), None)

    def earlier(self, name: str, title: str, text: str) -> Known | None:
        """Return the article made of an earlier state of this page: same title or file name, and half of its lines."""
        near = [known for known in self._known if name == known.record.source.name or title == known.record.title]
        rated = [(self._similarity(known, text), known) for known in near]
        best = max(rated, key=lambda pair: pair[0], default=None)
        return best[1] if best is not None and best[0] >= SIMILAR else None

    def _similarity(self, known: Known, text: str) -> float:
        try:
            before = (self.content / known.folder / SOURCE).read_bytes().decode("utf-8-sig", "replace")
        except OSError:
            return 0.0
        one, other = (Counter(line.words for line in content_lines(part)) for part in (before, text))
        return 2 * sum((one & other).values()) / max(1, one.total() + other.total())


def _records(content: Path) -> Iterator[Known]:
    for file in sorted((content / "articles").glob(f"*/*/{RECORD}")):
        try:
            record = Record.model_validate_json(file.read_bytes())
        except (OSError, ValidationError):
            continue
        yield Known(PurePosixPath(file.parent.relative_to(content).as_posix()), record)
