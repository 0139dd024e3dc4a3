"""The keys of a note channel in `config/channels.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kawaraban.config.written import Duration, shaped
from kawaraban.errors import Sentence


class Settings(BaseModel):
    """
    `user`: the name in the account's address (note.com/USER).

    `path`: where packages are written, below the root (`packages/` and the channel's name where it isn't said).
    `lists`, `inline_code`, `contents` are read by the renderer (docs/channels/note.md). `api`: the server of note's
    public reading interface; another one only in tests. `timeout`: how long reading waits for note before the page
    counts as not verified.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: Annotated[str, shaped(r"[A-Za-z0-9_]+", "river_paper")]
    path: Annotated[str, StringConstraints(min_length=1)] | None = None
    api: Annotated[str, StringConstraints(pattern=r"^https?://[^/?#]+/?$")] = "https://note.com"
    timeout: Annotated[Duration, Field(gt=timedelta(), le=timedelta(minutes=2))] = timedelta(seconds=10)
    lists: Literal["nested", "flat"] = "nested"
    inline_code: Literal["plain", "brackets"] = "plain"
    contents: bool = False

    @classmethod
    def asks(cls) -> Mapping[str, Sentence]:
        """Return how a person is asked for each key (protocol.Asks)."""
        return {
            "user": Sentence(ja="noteのID（note.com/ の後）", en="the name in note.com/…"),
            "path": Sentence(ja="貼る一式を置くフォルダー", en="the folder for the packages"),
            "lists": Sentence(ja="入れ子の箇条書き", en="how nested lists are written"),
            "inline_code": Sentence(ja="行内のコード", en="how code in a line is written"),
            "contents": Sentence(ja="目次を入れるか", en="whether the steps ask for a table of contents"),
        }
