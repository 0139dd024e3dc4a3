"""Where pages are brought to, and what came of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from kawaraban.article.model import Status
from kawaraban.article.new import Choice
from kawaraban.config import Publication
from kawaraban.errors import Sentence
from kawaraban.importing.merging import Clash
from kawaraban.importing.profile import Profile
from kawaraban.importing.proof import Proof


@dataclass(frozen=True, slots=True)
class Imported:
    """
    One page brought in. `path` is the article's file below `content/`; `changed` the files that were (or would be) written.

    `record` is the address where the article already is elsewhere; `clashes` the places editor and source both changed.
    `sentences`: the text of a question → the question in both languages, where the program made it.
    `status`: the article's own, as its file has it afterwards.
    """

    id: str
    path: PurePosixPath
    must: Mapping[str, str]
    should: Mapping[str, str]
    proof: Proof
    changed: tuple[str, ...]
    record: str | None = None
    clashes: tuple[Clash, ...] = ()
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    status: Status = "draft"

    @property
    def conflicts(self) -> int:
        """How many places editor and source both changed."""
        return len(self.clashes)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a page is brought to; see `Importer`, which is one."""

    content: Path
    publication: Publication
    profile: Profile
    now: datetime
    chance: Choice
    channels: Sequence[str] | None = None
    recorded: Callable[[str, str], None] | None = None
