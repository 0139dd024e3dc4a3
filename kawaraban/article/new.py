"""New articles: ids, slug proposals, and the text a fresh file begins with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Protocol

from kawaraban.article.frontmatter import with_value
from kawaraban.config import Series

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32, lower case: no i, l, o, u
ID_LENGTH = 8


class Choice(Protocol):
    """Where chance comes from: `random.Random`, `secrets.SystemRandom`."""

    def choice(self, seq: str, /) -> str:
        """Return one character of `seq`."""


def new_id(chance: Choice) -> str:
    """
    Return a fresh opaque id: 40 random bits, no date in it that might have to be corrected.

    One of digits only would be a number to YAML, so it has a letter.
    """
    while (made := "".join(chance.choice(ALPHABET) for _ in range(ID_LENGTH))).isdigit():
        pass
    return made


def slug_proposal(title: str, article_id: str) -> str:
    """Return the ASCII words of a title as a slug; a title without any gives the id (Japanese is never romanised)."""
    words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKC", title).lower())
    slug = "-".join(words)[:60].strip("-")
    return slug if len(slug) >= 3 else article_id  # noqa: PLR2004 - one or two letters say nothing


def draft(title: str, article_id: str, series: Series | None = None, speakers: Sequence[str] = ()) -> str:
    """
    Return the text of a new file: front matter with `status: draft`, then the series' skeleton.

    `speakers` are the publication's, for a series that names none.
    """
    text = f"---\nid: {article_id}\n---\n"
    text = with_value(text, "title", title)
    text = with_value(text, "slug", slug_proposal(title, article_id))
    if series is not None:
        text = with_value(text, "series", series.name)
    names = (series.speakers if series is not None else ()) or speakers
    if names:
        text = with_value(text, "speakers", list(names))
    text = with_value(text, "status", "draft")
    skeleton = series.skeleton.strip("\n") if series is not None else ""
    return f"{text}\n{skeleton}\n" if skeleton else f"{text}\n"
