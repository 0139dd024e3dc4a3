"""Feeds: an edition channel without a folder of its own; its files are written with the site it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Surroundings
from kawaraban.config.load import own_settings
from kawaraban.delivery import Receipt
from kawaraban.edition import EditionFile
from kawaraban.errors import Refused, Sentence


class FeedChannelSettings(BaseModel):
    """`site`: the configured name of the site whose folder the feeds are written into."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    site: str = "site"


class Feed:
    """RSS 2.0, Atom and JSON Feed, for the site and each series."""

    kind: ClassVar[str] = "feed"
    renderer: ClassVar[str] = "feed"
    capabilities: ClassVar[Capabilities] = Capabilities(
        edition=True,
        finds="key",
        idempotency="natural",
        shows=frozenset({"table", "footnote", "math", "code", "definition-list", "dialogue"}),
    )
    Settings: ClassVar[type[BaseModel]] = FeedChannelSettings

    def __init__(self, surroundings: Surroundings) -> None:
        self.site = own_settings(surroundings.settings, FeedChannelSettings).site

    def write(self, files: Iterable[EditionFile], digest: str) -> Receipt:
        """Always Refused: the site's one write carries the feeds, so that no feed links to a page that is not there."""
        del files, digest
        raise Refused(
            Sentence(ja=f"フィードは {self.site} といっしょに書かれます", en=f"feeds are written with {self.site}")
        )

    def holds(self, path: str) -> bool:
        """Always False: it has no folder of its own."""
        del path
        return False

    def shows_edition(self, digest: str) -> bool:
        """Always False, for the same reason."""
        del digest
        return False
