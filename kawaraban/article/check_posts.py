"""The lint of the words that an editor wrote for channels that announce: whether they are one post."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kawaraban.article import locating
from kawaraban.article.finding import Finding, Severity
from kawaraban.capabilities import Capabilities
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from kawaraban.article.model import Article


def findings(article: Article, able: Mapping[str, Capabilities]) -> Iterator[Finding]:
    """Yield a warning for each `text` that is longer than a post of its channel, link and hashtags not counted."""
    for name, release in article.matter.channels.items():
        measure = able[name].text if name in able else None
        words = unicodedata.normalize("NFC", release.text or "").strip()
        if measure is None or measure.fits(words):
            continue
        severity: Severity = "warning"
        place = locating.key_place(article, f"channels.{name}.text")
        message, remedy = _said(name, able[name], words)
        yield Finding("post-long", severity, article.path, *place, message, remedy)


def _said(name: str, able: Capabilities, words: str) -> tuple[Sentence, Sentence]:
    size, limit = (able.text.count(words), able.text.limit) if able.text else (0, 0)
    remedy = Sentence(
        ja=f"kawaraban show で形を見て、一つにするなら{limit}までにしてください（リンクとハッシュタグも数えます）",
        en=f"see it with `kawaraban show`; one post holds {limit}, link and hashtags included",
    )
    if able.threads:
        return Sentence(
            ja=f"{name} の text は一つの投稿に入らず、連投になります（{size}／{limit}）",
            en=f"`text` of {name} does not fit into one post and becomes a thread: {size} of {limit}",
        ), remedy
    return Sentence(
        ja=f"{name} の text は長すぎて出せません（{size}／{limit}）",
        en=f"`text` of {name} is too long to go out: {size} of {limit}",
    ), remedy
