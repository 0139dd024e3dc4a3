"""R5: the box about a cited article: `◆label:"title"` and its bullets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kawaraban.importing.dating import split_publication
from kawaraban.importing.lines import WHITE, Line
from kawaraban.importing.profile import Profile
from kawaraban.importing.scraped import Form, Said, Scraped, Slot, SourceBox

_ADDRESS = re.compile(r"https?://[^\s/?#]\S*")
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "'": "'", "〝": "〟"}


def opens_source(lines: Sequence[Line], at: int, profile: Profile, *, in_head: bool) -> bool:
    """
    Whether a box begins at `lines[at]`.

    It has the mark, a label and a title. Below the head the mark may also be a heading's: there a known field must follow.
    """
    if _title(lines[at].words, profile) is None:
        return False
    following = lines[at + 1].words if at + 1 < len(lines) else ""
    return in_head or _field(following, profile) is not None


def read_source(lines: Sequence[Line], profile: Profile, page: Scraped, crawled: date) -> int:
    """Read the box at the start of `lines` into the page; return how many lines it took."""
    opened = _title(lines[0].words, profile)
    number = len(page.sources)
    label, quote, title = opened if opened is not None else ("", "", lines[0].words)
    page.sources.append(SourceBox(title))
    close = _QUOTES.get(quote, "")
    words = f"{profile.source_mark}{label}:{quote}{title}{close}"
    form: Form = (f"{profile.source_mark}{label}:{quote}", Slot(f"sources.{number}.title"), close)
    page.said.append(Said("R5", (lines[0].number,), words, form))
    taken = 1
    for line in lines[1:]:
        if not line.words.startswith(profile.bullet):
            break
        _read_field(line, profile, page, crawled)
        taken += 1
    if 1 < taken < len(lines) and not lines[taken].after_blank:  # a wrapped value looks like this
        number = lines[taken].number
        page.ask(
            "sources", f"{number}行目は題材の囲みの続きか", f"does line {number} belong to the box about the source?"
        )
    return taken


def _title(words: str, profile: Profile) -> tuple[str, str, str] | None:
    """Return (label, opening quote, title): the quotes around a title are typography, those inside it stay."""
    if not words.startswith(profile.source_mark):
        return None
    found = re.match(r"^\s*([^:：]{1,20}?)\s*[:：]\s*(\S.*)$", words.removeprefix(profile.source_mark))
    if found is None:
        return None
    title = found[2]
    if len(title) > 2 and _QUOTES.get(title[0]) == title[-1]:  # noqa: PLR2004 - two quotes and something between
        return found[1], title[0], title[1:-1]
    return found[1], "", title


def _field(words: str, profile: Profile) -> tuple[str, str] | None:
    """Return (label, value) of a bullet that is one of the profile's fields."""
    found = re.match(
        rf"^{re.escape(profile.bullet)}[{re.escape(WHITE)}]*([^:：]{{1,20}}?)\s*[:：][{re.escape(WHITE)}]*(\S.*)$",
        words,
    )
    return (found[1], found[2]) if found and found[1] in profile.source_fields else None


def _read_field(line: Line, profile: Profile, page: Scraped, crawled: date) -> None:
    box, place = page.sources[-1], f"sources.{len(page.sources) - 1}"
    found = _field(line.words, profile)
    label, value = found if found is not None else ("", "")
    key = profile.source_fields.get(label)
    if key is None or getattr(box, key) or (key == "url" and not _ADDRESS.fullmatch(value)):
        text = line.words.removeprefix(profile.bullet).strip(WHITE)
        extra = sum(len(other.extra) for other in page.sources)
        box.extra.append(text)
        page.said.append(Said("R5", (line.number,), f"• {text}", ("• ", Slot(f"x-source-extra.{extra}"))))
        page.ask("sources", f"「{text}」は題材のどの項目か", f"which field of the source is `{text}`?")
        return
    form: Form = (f"• {label}:", Slot(f"{place}.{key}"))
    dated = split_publication(value, crawled) if key == "publication" else None
    if dated is not None:
        value_words = value
        box.publication, box.date = dated.name, dated.read.day
        form = (*form, dated.between, Slot(f"{place}.date", dated.read.form))
    else:
        value_words = value
        setattr(box, key, value)
    page.said.append(Said("R5", (line.number,), f"• {label}:{value_words}", form))
