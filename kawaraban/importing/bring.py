"""
Bringing pages into `content/`: new ones as drafts with their doubts, known ones merged, answered doubts settled.

Beside each article lies `import.json` (where every line came from, the proof, what the import wrote) and `import.txt`
(the source, byte for byte). The same file a second time changes nothing; an edited article is merged, never overwritten.
All pages are read and judged before the first is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kawaraban.errors import Sentence, WrongInput
from kawaraban.importing.arriving import Arrival
from kawaraban.importing.imported import Destination, Imported
from kawaraban.importing.profile import Profile
from kawaraban.importing.provenance import Index

__all__ = ["Imported", "Importer"]


@dataclass(frozen=True, slots=True)
class Importer(Destination):
    """
    Where pages are brought to, by which rules; `now` is the day a year may be counted back from.

    `channels` are the configured names (None: take the profile's word for it). `recorded` is called with (article id,
    address) when an editor answers that the article is elsewhere already: the doubt ends only when it returns.
    """

    def bring(
        self, sources: Sequence[Path], accept: Mapping[str, str] | None = None, *, dry_run: bool = False
    ) -> tuple[Imported, ...]:
        """Bring every page in; raise WrongInput for a page, answer or folder that can't be used, before any is written."""
        if len(sources) > 1 and accept:
            raise WrongInput(
                Sentence(ja="--accept は一つの頁だけに使えます", en="--accept is for one page at a time"),
                remedy=Sentence(ja="頁を一つずつ取り込んでください", en="import the pages one by one"),
            )
        index = Index.of(self.content)
        profile = self._fitting_profile()
        works = [Arrival(self, profile, source, accept or {}, index) for source in sources]
        return tuple([work.finish(dry_run=dry_run) for work in [work.prepared() for work in works]])

    def _fitting_profile(self) -> Profile:
        """A notice and a doubt may only speak of channels that are configured."""
        if self.channels is None:
            return self.profile
        about = self.profile.notice_about if self.profile.notice_about in self.channels else ""
        shown = tuple(name for name in self.profile.notice_channels if name in self.channels)
        return self.profile.model_copy(update={"notice_about": about, "notice_channels": shown})
