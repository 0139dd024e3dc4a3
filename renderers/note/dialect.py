"""The choices an operator has about note's dialect (keys of the channel in `config/channels.yaml`)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

STORED_HTML = "text/x-note-html"
"""Media type of the flavour that note stores: with ids, figures and captions; for read-back and golden files."""

LIST_DEPTH = 5
"""note nests lists five levels deep."""

TITLE_LIMIT = 255
"""note refuses longer titles."""

TITLE_ADVICE = 100
"""Longer titles are cut in note's own lists."""


class Dialect(BaseModel):
    """
    `lists`: keep nesting, or write nested items with └ in one level; `inline_code`: in 「」 or plain; `contents`: 目次.

    The channel's other keys are not the renderer's business.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    lists: Literal["nested", "flat"] = "nested"
    inline_code: Literal["plain", "brackets"] = "plain"
    contents: bool = False
