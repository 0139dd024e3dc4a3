"""The head of a variant: what stands around the body, from front matter, publication and facts. Shared by site and feed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from itertools import dropwhile

from kawaraban import address
from kawaraban.article.blocks import Blocks, Heading, Paragraph, SourceCard
from kawaraban.article.model import Article
from kawaraban.config import Publication, ReleaseSettings
from kawaraban.variant import Asset, Contents, CorrectionNote, Head, PublicFacts, SourceNote
from renderers import text

# what no title may carry: controls, and marks that turn the direction of what follows
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
DESCRIPTION_LENGTH = 200


def one_line(title: str) -> str:
    """Return a title as one line without control and direction characters, NFC, spaces single."""
    spaced = re.sub(r"[\r\n\t]+", " ", title)
    return " ".join(unicodedata.normalize("NFC", _UNWANTED.sub("", spaced)).split(" ")).strip()


def lead(blocks: Blocks) -> str:
    """Return the words of the paragraphs before the first box or heading; source cards stand above them."""
    words = []
    for block in dropwhile(lambda block: isinstance(block, SourceCard), blocks):
        if not isinstance(block, Paragraph):
            break
        words.append(text.inline(block.content, readings=False).replace("\n", ""))
    return "\n".join(words)


def description(article: Article, release: ReleaseSettings | None, first_words: str) -> str:
    """Return the article's own description, else the first sentences of its lead, never more than 200 characters."""
    own = (release.description if release else None) or article.matter.description
    if own:
        return one_line(own)[:DESCRIPTION_LENGTH]
    sentences = re.findall(r"[^。！？]+[。！？]?", first_words.split("\n", maxsplit=1)[0])
    result = ""
    for sentence in sentences:
        if result and len(result) + len(sentence) > 120:  # noqa: PLR2004 - a description reads best at 60 to 120
            break
        result += sentence
    return one_line(result)[:DESCRIPTION_LENGTH]


def _here(moment: datetime | None, publication: Publication) -> datetime | None:
    """The same instant written with another offset must not make another variant."""
    return moment.astimezone(publication.zone) if moment is not None else None


def head_of(
    article: Article,
    publication: Publication,
    facts: PublicFacts,
    blocks: Blocks,
    *,
    release: ReleaseSettings | None = None,
    assets: Mapping[str, Asset] | None = None,
) -> Head:
    """Return the whole head; `blocks` are those the channel carries, `assets` its pictures by reference."""
    matter = article.matter
    series = publication.series_named(matter.series) if matter.series else None
    first_words = lead(blocks)
    cover = (assets or {}).get(matter.cover.src) if matter.cover else None
    return Head(
        article=article.id,
        slug=article.slug,
        url=address.absolute(publication.base_url, address.article(article.slug)),
        lang=matter.lang or (series.lang if series and series.lang else publication.lang),
        short_title=one_line(matter.short_title),
        description=description(article, release, first_words),
        lead=first_words,
        series=matter.series or "",
        tags=tuple(unicodedata.normalize("NFC", tag) for tag in (*matter.tags, *(series.tags if series else ()))),
        authors=matter.authors or (series.authors if series else ()) or publication.authors,
        speakers=matter.speakers,
        published=_here(facts.published or matter.published, publication),
        updated=matter.updated,
        expires=_here(matter.expires, publication),
        sources=tuple(SourceNote(**source.model_dump()) for source in matter.sources),
        corrections=tuple(CorrectionNote(date=entry.date, text=entry.text) for entry in matter.corrections),
        aliases=matter.aliases,
        contents=tuple(
            Contents(level=block.level, text=text.inline(block.content, readings=False), anchor=block.anchor)
            for block in blocks
            if isinstance(block, Heading) and block.level == 2  # noqa: PLR2004 - the contents list has one level
        ),
        cover=cover.name if cover else "",
        canonical_url=matter.canonical_url,
        feed_id=matter.feed_id,
        archived=matter.status == "archived",
        characters=text.count(blocks),
    )
