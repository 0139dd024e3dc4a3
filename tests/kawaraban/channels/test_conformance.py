"""Site, feed and note keep the conformance kit; webhook and rehearsal inherit it beside their own tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kawaraban.channels.conformance import ByHandConformance, EditionConformance, KindConformance
from kawaraban.channels.feed import Feed
from kawaraban.channels.note import Note
from kawaraban.channels.protocol import Surroundings
from kawaraban.channels.site import Site
from kawaraban.edition import EditionFile
from kawaraban.errors import Refused
from tests.builders import NOW, channel, publication
from tests.kawaraban.channels.editions import Paper
from tests.kawaraban.channels.note_house import note


def surroundings(root: Path, name: str) -> Surroundings:
    return Surroundings(root, publication(), channel(name), lambda _asset: b"", lambda: NOW)


class TestSite(EditionConformance):
    kind = Site

    @pytest.fixture(autouse=True)
    def _root(self, tmp_path: Path) -> None:
        self.root = tmp_path

    def channel(self) -> Site:
        return Site(surroundings(self.root, "site"))

    def edition(self, words: str) -> tuple[Sequence[EditionFile], str]:
        paper = Paper({words: (f"{words}の音。", ["雨"])})
        return paper.files(), paper.digest()


class TestFeed(KindConformance):
    kind = Feed

    def test_it_is_written_with_its_site_and_never_alone(self, tmp_path: Path) -> None:
        paper = Paper({"river": ("川の音。", [])})
        feed = Feed(surroundings(tmp_path, "rss"))
        with pytest.raises(Refused):
            feed.write(paper.files(), paper.digest())
        assert not feed.shows_edition(paper.digest())
        assert not list(tmp_path.iterdir())


class TestNote(ByHandConformance):
    kind = Note

    @pytest.fixture(autouse=True)
    def _root(self, tmp_path: Path) -> None:
        self.root = tmp_path

    def channel(self) -> Note:
        return note(self.root)
